"""Code lenses in the protocol: with commands for clients that have them, and refreshed if other files change."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import lsprotocol.types as t
import pytest

from lsp.test_project import LEAD, OTHER, open_file, write
from lsp.wire import SECONDS, Editor, capabilities, identifier, session

pytestmark = pytest.mark.asyncio


def client_with(commands: list[str] | None = None, refresh: bool = True) -> t.ClientCapabilities:
    found = capabilities("minimal")
    found.experimental = {"commands": commands} if commands is not None else None
    found.workspace = t.WorkspaceClientCapabilities(
        code_lens=t.CodeLensWorkspaceClientCapabilities(refresh_support=refresh)
    )
    return found


async def lenses(client: Editor, uri: str) -> list[t.CodeLens]:
    """Return the lenses of a document with their titles."""
    found = await client.text_document_code_lens_async(t.CodeLensParams(identifier(uri)))
    assert all(lens.command is None for lens in found or [])
    return [await client.code_lens_resolve_async(lens) for lens in found or []]


def titles(found: list[t.CodeLens]) -> list[str]:
    return [lens.command.title for lens in found if lens.command]


async def until(condition: Any) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), SECONDS)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / ".claude/agents/lead.md", LEAD.format("reviewer"))
    write(tmp_path / ".claude/agents/reviewer.md", OTHER.format("reviewer"))
    return tmp_path


async def test_lenses_are_refreshed_when_the_references_are_known_and_when_they_change(project: Path) -> None:
    async with session(client_with(), project) as client:
        uri = open_file(client, project / ".claude/agents/reviewer.md")
        await until(lambda: client.lens_refreshes)
        found = await lenses(client, uri)
        assert titles(found) == [
            "1 reference",
            "tokens: about 4 in the description, 3 in the prompt",
            "all tools",
        ]
        assert {lens.range.start.line for lens in found} == {0}
        name = t.Position(2, 6)
        asked = t.ReferenceParams(t.ReferenceContext(False), identifier(uri), name)
        assert len(await client.text_document_references_async(asked) or []) == 1
        open_file(client, project / ".claude/agents/lead.md")
        other = t.VersionedTextDocumentIdentifier(2, (project / ".claude/agents/lead.md").as_uri())
        change = t.TextDocumentContentChangeWholeDocument(LEAD.format("writer"))
        count = client.lens_refreshes
        client.text_document_did_change(t.DidChangeTextDocumentParams(other, [change]))
        await until(lambda: client.lens_refreshes > count)
        assert titles(await lenses(client, uri))[0] == "no references"


async def test_commands_are_sent_only_to_clients_that_have_them(project: Path) -> None:
    has = ["agentls.showReferences", "agentls.inspect"]
    for commands in (has, [], None):
        async with session(client_with(commands), project) as client:
            uri = open_file(client, project / ".claude/agents/reviewer.md")
            await until(lambda client=client: client.lens_refreshes)
            found = [lens.command for lens in await lenses(client, uri)]
            expected = [has[0], has[1], has[1]] if commands else ["", "", ""]
            assert [command.command for command in found if command] == expected
            if commands and found[0]:
                assert [*(found[0].arguments or ())] == [uri, {"line": 2, "character": 6}]
