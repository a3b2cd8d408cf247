"""agentls in a real Neovim, with the configuration that users are told to copy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NEOVIM = HERE.parent.parent / "editors" / "neovim"
AGENT = """\
---
name: reviewer
description: Reviews code 🧪. Use it after every change.
tools: Read, Bahs, Glob
---

# Task

You review code.
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Neovim shows of a project with a broken agent."""
    nvim = shutil.which("nvim")
    if nvim is None:
        if os.environ.get("CI"):
            pytest.fail("nvim is not installed, and this is CI")
        pytest.skip("nvim is not installed")
    project = tmp_path_factory.mktemp("project")
    (project / ".claude/agents").mkdir(parents=True)
    (project / ".claude/agents/reviewer.md").write_text(AGENT, "utf-8")
    (project / "README.md").write_text("# Project\n", "utf-8")
    (project / "agentls.toml").write_text("", "utf-8")
    run = subprocess.run(
        [nvim, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"],
        cwd=project,
        env={
            **os.environ,
            "AGENTLS_COMMAND": json.dumps([sys.executable, "-m", "agentls", "server"]),
            "AGENTLS_NEOVIM": str(NEOVIM),
            "XDG_STATE_HOME": str(project / ".state"),
            "XDG_CACHE_HOME": str(project / ".cache"),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = (line.partition(": ") for line in run.stdout.splitlines() if ": " in line)
    return {name: json.loads(value) for name, _, value in lines}


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
