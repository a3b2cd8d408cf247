"""New files in the protocol: the folders of the project, models, and names that are taken."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp.test_tree import ask
from lsp.wire import Editor, capabilities, session

AGENT = "---\nname: {0}\ndescription: Does {0} for the team.\n---\n\nYou do {0}.\n"


@pytest.fixture
def agents(tmp_path: Path) -> Path:
    """A folder of agents, with one in a subfolder."""
    folder = tmp_path / ".claude/agents"
    (folder / "review").mkdir(parents=True)
    (folder / "lead.md").write_text(AGENT.format("lead"))
    (folder / "review" / "odd.md").write_text(AGENT.format("critic"))
    return folder


async def new(client: Editor, folder: Path, name: str, **more: str) -> Any:
    """Ask for a new agent of Claude Code."""
    params = {"dialect": "claude-code", "folder": str(folder), "name": name, "model": "", "file": "", **more}
    return await ask(client, "newAgent", params)


@pytest.mark.asyncio
async def test_the_folders_of_the_project_come_first(agents: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), agents.parents[1]) as client:
        (first, *rest) = await ask(client, "folders", {"kind": "agent"})
        skills = await ask(client, "folders", {"kind": "skill"})
    assert (first.folder, first.use, first.subfolders) == (".claude/agents", "used", ["review"])
    assert first.uri == agents.as_uri()
    assert {row.use for row in rest} == {"other"}
    assert (skills[0].folder, skills[0].use) == (".claude/skills", "read")


@pytest.mark.asyncio
async def test_a_taken_name_is_refused_with_the_reason(agents: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), agents.parents[1]) as client:
        await ask(client, "folders", {"kind": "agent"})
        free = await new(client, agents, "free", model="opus")
        file, name = await new(client, agents, "lead"), await new(client, agents / "review", "critic")
        invalid = await new(client, agents, "a: b")
    assert (free.file, free.problem) == ("free.md", "")
    assert "\nmodel: opus\n" in free.snippet
    assert file.problem == "`lead.md` already exists."
    assert name.problem == "`critic` is already defined in `.claude/agents/review/odd.md`."
    assert invalid.problem


@pytest.mark.asyncio
async def test_models_are_those_of_the_dialect(agents: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), agents.parents[1]) as client:
        found = await ask(client, "models", {"dialect": "claude-code"})
        none = await ask(client, "models", {"dialect": "claude-rule"})
    assert "opus" in [row.name for row in found]
    assert none == []
