"""The agent map in the protocol: what a client receives to show."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lsp.wire import Editor, capabilities, open_document, session

AGENT = '---\nname: {0}\ndescription: Does {0}.\n---\n\nThen start subagent_type: "{1}".\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two agents, one of whom starts the other."""
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "lead.md").write_text(AGENT.format("lead", "writer"))
    (folder / "writer.md").write_text(AGENT.format("writer", "lead"))
    return tmp_path


async def drawn(client: Editor, params: dict[str, Any]) -> Any:
    """Return the graph in the page that the server returns."""
    send: Any = client.protocol.send_request_async
    answer = await send("agentls/graph", params)
    data = re.search(r'id="data">(.*?)</script>', answer.html, re.DOTALL)
    assert data is not None
    assert answer.title in answer.html
    return json.loads(data[1])


@pytest.mark.asyncio
async def test_the_map_shows_the_text_in_the_editor(project: Path) -> None:
    uri = (project / ".claude/agents/writer.md").as_uri()
    async with session(capabilities("vscode-1.139.1"), project) as client:
        open_document(client, "\n".join((AGENT.format("writer", "lead"), "@agent-ghost")), uri)
        graph = await drawn(client, {"textDocument": {"uri": uri}})
    assert graph["root"] == project.as_posix()
    assert [node["name"] for node in graph["nodes"]] == ["ghost", "lead", "writer"]
    starts = [(edge["source"], edge["target"], edge["lines"]) for edge in graph["edges"]]
    lead, writer = ".claude/agents/lead.md", ".claude/agents/writer.md"
    assert sorted(starts) == [(lead, writer, [6]), (writer, lead, [6]), (writer, "agent:ghost", [8])]


@pytest.mark.asyncio
async def test_without_an_agent_the_map_shows_the_workspace(project: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), project) as client:
        graph = await drawn(client, {})
    assert [node["name"] for node in graph["nodes"]] == ["lead", "writer"]
