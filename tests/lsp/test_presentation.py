"""Semantic tokens, inlay hints, colours, selection ranges, linked editing and calls, as they go over the wire."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import lsprotocol.types as t

from agentls.features.token_legend import TOKEN_TYPES
from lsp.wire import AGENT, Editor, capabilities, identifier, open_document, session

VSCODE = capabilities("vscode-1.139.1")
TEXT = AGENT.replace("---\n\n#", "model: haiku\ncolor: red\n---\n\n<a>\n😀\n</a>\n\n#")
WHOLE = t.Range(t.Position(0, 0), t.Position(99, 0))


async def tokens(client: Editor, range_: t.Range | None = None) -> list[tuple[int, int, str, list[str]]]:
    """The semantic tokens: line, character, type and modifiers."""
    found: t.SemanticTokens | None
    if range_:
        params = t.SemanticTokensRangeParams(identifier(), range_)
        found = await client.text_document_semantic_tokens_range_async(params)
    else:
        found = await client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(identifier()))
    provider: Any = client.offered.semantic_tokens_provider
    assert found is not None
    rows, line, character = [], 0, 0
    for delta_line, delta, _, kind, bits in zip(*[iter(found.data)] * 5, strict=True):
        character = delta if delta_line else character + delta
        line += delta_line
        names = [name for at, name in enumerate(provider.legend.token_modifiers) if bits >> at & 1]
        rows.append((line, character, provider.legend.token_types[kind], names))
    return rows


async def test_semantic_tokens_of_a_document_and_of_a_range() -> None:
    async with session(VSCODE) as client:
        open_document(client, TEXT)
        found = await tokens(client)
        assert (3, 7, "function", ["defaultLibrary"]) in found
        assert (3, 13, "function", ["unknown"]) in found
        line = t.Range(t.Position(3, 0), t.Position(3, 99))
        assert await tokens(client, line) == [row for row in found if row[0] == 3]


async def test_inlay_hints_follow_the_settings() -> None:
    async with session(VSCODE, configuration={"inlayHints": {"tokens": True, "models": False}}) as client:
        open_document(client, TEXT)
        for _ in range(2):
            found = await client.text_document_inlay_hint_async(t.InlayHintParams(identifier(), WHOLE))
        assert found
        assert all(str(hint.label).endswith(" tokens") for hint in found)


async def test_an_unknown_hint_is_reported() -> None:
    async with session(capabilities("plain"), inlayHints={"modles": True}) as client:
        open_document(client, TEXT)
        await client.text_document_hover_async(t.HoverParams(identifier(), t.Position(0, 0)))
        assert ["inlayHints.modles" in message.message for message in client.messages] == [True]


async def test_a_colour_is_presented_by_names() -> None:
    async with session(VSCODE) as client:
        open_document(client, TEXT)
        (found,) = await client.text_document_document_color_async(t.DocumentColorParams(identifier()))
        assert found.range == t.Range(t.Position(5, 7), t.Position(5, 10))
        params = t.ColorPresentationParams(identifier(), t.Color(0.0, 1.0, 1.0, 1.0), found.range)
        first, *_ = await client.text_document_color_presentation_async(params)
        assert first.label == "cyan"
        assert first.text_edit == t.TextEdit(found.range, "cyan")


async def test_selection_ranges_and_linked_editing() -> None:
    async with session(VSCODE) as client:
        open_document(client, TEXT)
        params = t.SelectionRangeParams(identifier(), [t.Position(3, 8), t.Position(0, 0)])
        found = await client.text_document_selection_range_async(params)
        assert found
        assert [each.range.start for each in found] == [t.Position(3, 7), t.Position(0, 0)]
        assert found[0].parent
        at = t.LinkedEditingRangeParams(identifier(), t.Position(8, 1))
        linked = await client.text_document_linked_editing_range_async(at)
        assert linked
        assert [each.start for each in linked.ranges] == [t.Position(8, 1), t.Position(10, 2)]


async def test_calls_lead_from_file_to_file(tmp_path: Path) -> None:
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    lead = AGENT.replace("name: reviewer", "name: lead").replace("You", "Call @agent-reviewer. You")
    (folder / "lead.md").write_text(lead)
    (folder / "reviewer.md").write_text(AGENT)
    uri = (folder / "reviewer.md").as_uri()
    async with session(VSCODE, tmp_path) as client:
        open_document(client, AGENT, uri)
        await client.text_document_rename_async(t.RenameParams(identifier(uri), t.Position(9, 0), "x"))
        params = t.CallHierarchyPrepareParams(identifier(uri), t.Position(1, 8))
        (item,) = await client.text_document_prepare_call_hierarchy_async(params) or ()
        assert item.name == "reviewer"
        incoming = await client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(item))
        (call,) = incoming or ()
        assert (call.from_.name, call.from_ranges[0].start.line) == ("lead", 8)
        outgoing = await client.call_hierarchy_outgoing_calls_async(
            t.CallHierarchyOutgoingCallsParams(call.from_)
        )
        assert [each.to.name for each in outgoing or ()] == ["reviewer"]


async def test_names_get_their_colour_once_the_project_is_read(tmp_path: Path) -> None:
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    (folder / "lead.md").write_text(AGENT.replace("name: reviewer", "name: lead"))
    uri = (folder / "reviewer.md").as_uri()
    async with session(VSCODE, tmp_path) as client:
        open_document(client, AGENT.replace("You", "Ask @agent-lead. You"), uri)
        for _ in range(300):
            if client.token_refreshes:
                break
            await asyncio.sleep(0.05)
        params = t.SemanticTokensParams(identifier(uri))
        found = await client.text_document_semantic_tokens_full_async(params)
        assert found
        assert found.data[-2] == TOKEN_TYPES.index("class")
        assert client.token_refreshes == 1


async def test_nothing_of_it_is_offered_to_a_client_without_it() -> None:
    async with session(capabilities("plain")) as client:
        offered = client.offered
        assert offered.semantic_tokens_provider is None
        assert offered.inlay_hint_provider is None
        assert offered.color_provider is None
        assert offered.selection_range_provider is None
        assert offered.linked_editing_range_provider is None
        assert offered.call_hierarchy_provider is None
