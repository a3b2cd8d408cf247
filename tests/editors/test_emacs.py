"""agentls in a real Emacs, with both clients and the very lines of the README."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from editors.real import EDITORS, HERE, blocks, missing, on_path, program, project, run

README = EDITORS / "emacs" / "README.md"


@pytest.fixture(scope="module", params=["eglot", "lsp-mode"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Emacs shows of a project with a broken agent."""
    emacs, client = program("emacs"), request.param
    batch = [emacs, "-q", "--batch"]  # Not -Q, which hides what the distribution has installed.
    for library in ("markdown-mode", client):
        look = f'(progn (package-initialize) (kill-emacs (if (locate-library "{library}") 0 1)))'
        if subprocess.run([*batch, "--eval", look], capture_output=True, check=False).returncode:
            missing(f"{library} for Emacs is not installed")
    folder = tmp_path_factory.mktemp("emacs")
    configuration = folder / "configuration.el"
    lines = [*blocks(README, "", "elisp"), *blocks(README, client, "elisp")]
    configuration.write_text("\n".join(lines), "utf-8")
    home = project(folder / "project")
    return run(
        [*batch, "-l", str(HERE / "emacs.el")],
        home,
        AGENTLS_CLIENT=client,
        AGENTLS_CONFIGURATION=str(configuration),
        AGENTLS_PROJECT=str(home),
        PATH=on_path(folder / "bin"),
        HOME=str(folder),
    )


def test_only_agents_have_the_mode(seen: dict[str, Any]) -> None:
    assert (seen["elsewhere"], seen["mode"]) == ("markdown-mode", "agent-file-mode")


def test_a_broken_tool_is_shown(seen: dict[str, Any]) -> None:
    ((line, text, message),) = seen["diagnostics"]
    assert (line, text) == (4, "Bahs")
    assert "`Bahs`" in message


def test_tools_are_completed(seen: dict[str, Any]) -> None:
    assert "Bash" in seen["completion"]
    assert "Read" not in seen["completion"]


def test_the_fence_tells_what_the_runtime_makes_of_the_file(seen: dict[str, Any]) -> None:
    assert "Ignored: `Bahs`" in seen["hover"]


def test_the_outline(seen: dict[str, Any]) -> None:
    assert seen["outline"] == ["frontmatter", "Task"]


def test_the_fix_mends_the_file(seen: dict[str, Any]) -> None:
    assert "`Bash`" in seen["actions"][0]
    assert "Disable unknown-tool for this line" in seen["actions"]
    assert seen["fixed"] == "tools: Read, Bash, Glob"
    assert seen["cleared"]


def test_a_file_is_fixed_and_formatted_when_it_is_saved(seen: dict[str, Any]) -> None:
    name, _, tools = seen["saved"]
    assert (name, tools) == ("name: reviewer", "tools: Read, Bash, Glob")
