"""The tree of agent files in the protocol: groups, files, verdicts, and news of changes."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lsp.wire import Editor, capabilities, open_document, session

AGENT = "---\nname: {0}\ndescription: Does {0} for the team.\ntools: {1}\n---\n\nYou do {0}.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Agents of two products, one of which no runtime loads, a skill and a memory file."""
    files = {
        ".claude/agents/good.md": AGENT.format("good", "Read"),
        ".claude/agents/review/odd.md": AGENT.format("odd", "Read, Bahs"),
        ".claude/agents/bad.md": "---\nname: bad\n---\n\nNo description.\n",
        ".claude/agents/README.md": "# About these agents\n",
        ".claude/skills/tidy/SKILL.md": "---\nname: tidy\ndescription: Tidies up.\n---\n\nTidy up.\n",
        ".opencode/agents/helper.md": "---\ndescription: Helps.\n---\n\nHelp.\n",
        "CLAUDE.md": "# Notes\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


async def ask(client: Editor, method: str, params: dict[str, Any]) -> Any:
    """Send a request beyond the protocol."""
    send: Any = client.protocol.send_request_async
    answer = await asyncio.wait_for(send(f"agentls/{method}", params), 30)
    data = answer._asdict() if hasattr(answer, "_asdict") else answer
    return json.loads(json.dumps(data), object_hook=lambda row: SimpleNamespace(**row))


async def groups(client: Editor) -> dict[tuple[str, str], Any]:
    """Return the groups of the only project by runtime and folder."""
    (tree,) = await ask(client, "tree", {})
    return {(group.runtime, group.folder): group for group in tree.groups}


@pytest.mark.asyncio
async def test_the_tree_has_groups_by_runtime_and_place(project: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), project) as client:
        found = await groups(client)
        assert [(*key, row.title, row.files, row.rejected) for key, row in found.items()] == [
            ("Claude Code", ".claude/agents", "Agents", 3, 1),
            ("Claude Code", ".claude/skills", "Skills", 1, 0),
            ("Claude Code", "", "Memory files", 1, 0),
            ("OpenCode", ".opencode/agents", "Agents", 1, 0),
        ]
        group = {"root": project.as_posix(), "group": found["Claude Code", ".claude/agents"].id}
        files = await ask(client, "treeFiles", group)
        assert [(row.detail, row.name, row.loads) for row in files] == [
            ("", "bad", False),
            ("", "good", True),
            ("review", "odd", True),
        ]
        assert files[1].uri == (project / ".claude/agents/good.md").as_uri()
        assert await ask(client, "treeFiles", {"root": project.as_posix(), "group": "gone"}) == []


@pytest.mark.asyncio
async def test_the_tree_has_the_servers_of_a_file_and_the_files_of_the_user(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".claude/agents").mkdir(parents=True)
    (home / ".claude/agents/mine.md").write_text(AGENT.format("mine", "Read"))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    server = {"command": "npx", "args": ["tickets-server"]}
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"tickets": server}}))
    async with session(capabilities("vscode-1.139.1"), project) as client:
        tree, user = await ask(client, "tree", {})
        (servers,) = [group for group in tree.groups if group.kind == "server"]
        assert (servers.runtime, servers.title, servers.folder) == ("Claude Code", "MCP servers", ".mcp.json")
        (row,) = await ask(client, "treeFiles", {"root": tree.root, "group": servers.id})
        assert (row.name, row.description, row.position.line) == ("tickets", "npx tickets-server", 0)
        (group,) = user.groups
        assert (user.name, group.folder, group.files) == ("User", "~/.claude/agents", 1)
        (mine,) = await ask(client, "treeFiles", {"root": user.root, "group": group.id})
        assert (mine.name, mine.position) == ("mine", None)
        (verdict,) = await ask(client, "verdicts", {"paths": [mine.path]})
        assert verdict.level == "works"


@pytest.mark.asyncio
async def test_verdicts_are_those_of_inspect_and_check(project: Path) -> None:
    paths = [f"{project.as_posix()}/{path}" for path in ("gone.md", ".claude/agents/good.md")]
    paths += [f"{project.as_posix()}/.claude/agents/{path}" for path in ("review/odd.md", "bad.md")]
    paths.append(f"{project.as_posix()}/.opencode/agents/helper.md")
    async with session(capabilities("vscode-1.139.1"), project) as client:
        await groups(client)  # The project has been read.
        good, odd, bad, helper = await ask(client, "verdicts", {"paths": paths})
    assert [row.level for row in (good, odd, bad, helper)] == ["works", "impaired", "broken", "works"]
    assert "Bahs" in odd.problems[0]
    assert "loads this file" in good.verdicts[0]
    assert (good.name.line, good.name.character) == (1, 6)
    assert helper.name is None, "OpenCode names an agent after its file"


@pytest.mark.asyncio
async def test_the_text_in_the_editor_decides(project: Path) -> None:
    path = project / ".claude/agents/good.md"
    async with session(capabilities("vscode-1.139.1"), project) as client:
        open_document(client, AGENT.format("good", "Bahs"), path.as_uri())
        (found,) = await ask(client, "verdicts", {"paths": [path.as_posix()]})
    assert found.level == "broken", "the agent has no tools"


@pytest.mark.asyncio
@pytest.mark.parametrize("shows_tree", [True, False])
async def test_a_client_that_shows_the_tree_is_told_of_changes(project: Path, shows_tree: bool) -> None:
    announced = capabilities("vscode-1.139.1")
    announced.experimental = {"agentTree": shows_tree}
    news: list[str] = []
    async with session(announced, project) as client:

        @client.feature("agentls/didChangeTree")
        def changed(params: Any) -> None:
            news.extend(params.paths)

        await groups(client)
        await asyncio.sleep(0.7)
        news.clear()
        path = project / ".claude/agents/good.md"
        open_document(client, AGENT.format("better", "Read"), path.as_uri())
        await asyncio.sleep(0.7)
        assert [row.name for row in await files_of(client, project)] == ["bad", "better", "odd"]
    assert (path.as_posix() in news) == shows_tree


async def files_of(client: Editor, project: Path) -> Any:
    """Return the agents of Claude Code."""
    group = (await groups(client))["Claude Code", ".claude/agents"]
    return await ask(client, "treeFiles", {"root": project.as_posix(), "group": group.id})
