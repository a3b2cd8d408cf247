"""agentls in a real Neovim, with the configuration that users are told to copy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from editors.real import EDITORS, HERE, SERVER, program, project, run


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Neovim shows of a project with a broken agent."""
    nvim = program("nvim")
    home = project(tmp_path_factory.mktemp("neovim") / "project")
    return run(
        [nvim, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"],
        home,
        AGENTLS_COMMAND=json.dumps(SERVER),
        AGENTLS_NEOVIM=str(EDITORS / "neovim"),
        XDG_STATE_HOME=str(home / ".state"),
        XDG_CACHE_HOME=str(home / ".cache"),
    )


def test_a_broken_tool_is_shown(seen: dict[str, Any]) -> None:
    ((source, code, line, column, message),) = seen["diagnostics"]
    assert (source, code, line, column) == ("agentls", "unknown-tool", 3, 13)
    assert "`Bahs`" in message


def test_one_server_runs_and_only_for_agents(seen: dict[str, Any]) -> None:
    assert seen["elsewhere"] == 0
    assert seen["clients"] == ["agentls"]


def test_tools_are_completed(seen: dict[str, Any]) -> None:
    assert "Bash" in seen["completion"]
    assert "Read" not in seen["completion"]


def test_the_fence_tells_what_the_runtime_makes_of_the_file(seen: dict[str, Any]) -> None:
    assert "reviewer" in seen["hover"]
    assert "Dropped: `Bahs`" in seen["hover"]


def test_the_outline(seen: dict[str, Any]) -> None:
    assert seen["outline"] == ["frontmatter", "Task"]


def test_the_fix_mends_the_file(seen: dict[str, Any]) -> None:
    assert "`Bash`" in seen["actions"][0]
    assert "Ignore unknown-tool here" in seen["actions"]
    assert seen["fixed"] == ["tools: Read, Bash, Glob"]
