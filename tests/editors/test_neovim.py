"""agentls in a real Neovim, set up by the very lines of the README."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from editors.real import EDITORS, HERE, blocks, on_path, program, project, renamed, run, team

NEOVIM = EDITORS / "neovim"


def installed(folder: Path) -> dict[str, str]:
    """What tells Neovim where its files are: in `folder`, with those of agentls and the lines of
    the README for this version in place."""
    version = subprocess.run(
        [program("nvim"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"v(\d+)\.(\d+)", version)
    assert found
    current = (int(found[1]), int(found[2])) >= (0, 11)
    home = folder / "nvim"
    for part in ("lsp", "lua"):
        shutil.copytree(NEOVIM / part, home / part)
    heading = "Neovim 0.11 and later" if current else "Neovim 0.7 to 0.10"
    (home / "init.lua").write_text("\n".join(blocks(NEOVIM / "README.md", heading, "lua")), "utf-8")
    return {f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Neovim shows of a project with a broken agent."""
    nvim = program("nvim")
    folder = tmp_path_factory.mktemp("neovim")
    on_save = folder / "on_save.lua"
    on_save.write_text("\n".join(blocks(NEOVIM / "README.md", "On save", "lua")), "utf-8")
    return run(
        [nvim, "--headless", "-i", "NONE", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"],
        project(folder / "project"),
        **installed(folder),
        AGENTLS_ON_SAVE=str(on_save),
        PATH=on_path(folder / "bin"),
    )


def test_a_broken_tool_is_shown(seen: dict[str, Any]) -> None:
    ((source, code, line, column, message),) = seen["diagnostics"]
    assert (source, code, line, column) == ("agentls", "unknown-tool", 3, 13)
    assert "`Bahs`" in message


def test_one_server_runs_and_only_for_agents(seen: dict[str, Any]) -> None:
    assert seen["elsewhere"] == 0
    assert seen["clients"] == ["agentls"]
    assert seen["root"].endswith("/project")


def test_tools_are_completed(seen: dict[str, Any]) -> None:
    assert "Bash" in seen["completion"]
    assert "Read" not in seen["completion"]


def test_the_fence_tells_what_the_runtime_makes_of_the_file(seen: dict[str, Any]) -> None:
    assert "reviewer" in seen["hover"]
    assert "Ignored: `Bahs`" in seen["hover"]


def test_the_outline(seen: dict[str, Any]) -> None:
    assert seen["outline"] == ["frontmatter", "Task"]


def test_the_fix_mends_the_file(seen: dict[str, Any]) -> None:
    assert "`Bash`" in seen["actions"][0]
    assert "Disable unknown-tool for this line" in seen["actions"]
    assert seen["fixed"] == ["tools: Read, Bash, Glob"]


def test_a_file_is_fixed_and_formatted_when_it_is_saved(seen: dict[str, Any]) -> None:
    assert seen["saved"] == [
        "name: reviewer",
        "description: Reviews code. Use it after every change.",
        "tools: Read, Glob",
    ]
    assert seen["written"][1:4] == seen["saved"]


def test_checkhealth_tells_the_version_and_the_project(seen: dict[str, Any]) -> None:
    health = "\n".join(seen["health"])
    assert re.search(r"OK:? agentls \d+\.\d+\.\d+ in /.*/bin/agentls", health)
    assert re.search(r"OK:? Running for /.*/project", health)
    assert "ERROR" not in health
    assert "WARN" not in health


def test_an_agent_gets_another_name_in_all_fifty_files(tmp_path: Path) -> None:
    home = tmp_path / "project"
    before = team(home)
    run(
        [program("nvim"), "--headless", "-i", "NONE", "-n", "-c", f"luafile {HERE / 'rename.lua'}"],
        home,
        **installed(tmp_path),
        PATH=on_path(tmp_path / "bin"),
    )
    files = [path for path in home.rglob("*") if path.is_file()]
    after = {path.relative_to(home).as_posix(): path.read_text("utf-8") for path in files}
    assert after == renamed(before)


def test_checkhealth_tells_that_there_is_no_server(tmp_path: Path) -> None:
    home = project(tmp_path / "project")
    (tmp_path / "empty").mkdir()
    steps = ("checkhealth agentls", "w! health.txt", "qall!")
    command = [program("nvim"), "--headless", "-i", "NONE", "-n", ".claude/agents/reviewer.md"]
    said = subprocess.run(
        [*command, *(part for step in steps for part in ("-c", step))],
        cwd=home,
        env={**os.environ, **installed(tmp_path), "PATH": str(tmp_path / "empty")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stderr
    health = (home / "health.txt").read_text("utf-8")
    assert re.search(r"ERROR:? Program `agentls` not found", health)
    assert "Install agentls" in health
    assert "Not running" in health
    # Neovim 0.11 and later say nothing by themselves, and leave it to the health check.
    assert said.count("see :checkhealth agentls") == ("setup()" in health)
    assert "stack traceback" not in said + health
