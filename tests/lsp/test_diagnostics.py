"""Diagnostics in the protocol: which are sent to which client, and when."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import lsprotocol.types as t
import pytest
import pytest_lsp

from lsp.wire import (
    AGENT,
    BAHS,
    CLEAN,
    URI,
    Config,
    Editor,
    capabilities,
    change_document,
    close_document,
    codes,
    identifier,
    open_document,
    published,
    session,
    settled,
    start,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUSHED = ["visual-studio-code", "neovim@v0.7.0", "emacs", "minimal"]
TWICE = CLEAN.replace("tools:", "tools: Read\ntools:")


@pytest_lsp.fixture(scope="module", loop_scope="module", params=PUSHED, config=Config)
async def client(request: pytest.FixtureRequest, lsp_client: Editor) -> AsyncIterator[None]:
    """A client to which diagnostics are pushed."""
    await start(lsp_client, capabilities(request.param))
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(scope="module", loop_scope="module", config=Config)
async def pulling(lsp_client: Editor) -> AsyncIterator[None]:
    """A client that pulls diagnostics."""
    await start(lsp_client, capabilities("pulling"))
    yield
    await lsp_client.shutdown_session()


async def pull(client: Editor, known: str | None = None, uri: str = URI) -> t.DocumentDiagnosticReport:
    """Pull the diagnostics of a document."""
    params = t.DocumentDiagnosticParams(identifier(uri), previous_result_id=known)
    return await client.text_document_diagnostic_async(params)


async def test_a_diagnostic_has_what_the_client_can_show(client: Editor) -> None:
    open_document(client, AGENT)
    params = await published(client)
    (found,) = params.diagnostics
    can = client.capabilities and client.capabilities.text_document
    announced = can and can.publish_diagnostics
    assert (found.code, found.source, found.range) == ("unknown-tool", "agentls", BAHS)
    assert found.severity == t.DiagnosticSeverity.Warning
    assert "`Bahs`" in found.message
    assert bool(found.code_description) == bool(announced and announced.code_description_support)
    assert params.version == (1 if announced and announced.version_support else None)
    await close_document(client)


async def test_the_link_of_a_code_leads_to_its_page(client: Editor) -> None:
    open_document(client, AGENT)
    (found,) = (await published(client)).diagnostics
    if found.code_description:
        assert found.code_description.href.startswith("file:///")
        assert found.code_description.href.endswith("/agentls/linter/pages/unknown-tool.md")
    await close_document(client)


async def test_tags_and_related_information_only_if_announced(client: Editor) -> None:
    open_document(client, TWICE.replace("---\n\n#", "# agentls: ignore[no-such-rule]\n---\n\n#"))
    found = (await published(client)).diagnostics
    can = client.capabilities and client.capabilities.text_document
    announced = can and can.publish_diagnostics
    related = [place for one in found for place in one.related_information or []]
    tags = [tag for one in found for tag in one.tags or []]
    assert bool(related) == bool(announced and announced.related_information)
    assert bool(tags) == bool(announced and announced.tag_support)
    assert all(place.location.uri == URI for place in related)
    await close_document(client)


async def test_related_information_is_in_other_files(client: Editor, tmp_path: Path) -> None:
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    (agents / "second.md").write_text(CLEAN.replace("Reviews", "Checks all").replace("name", "\nname"))
    uri, other = ((agents / name).as_uri() for name in ("first.md", "second.md"))
    open_document(client, CLEAN, uri)
    await published(client, uri)
    await settled(client)
    related = [place for one in client.diagnostics[uri] for place in one.related_information or []]
    can = client.capabilities and client.capabilities.text_document
    announced = can and can.publish_diagnostics
    if announced and announced.related_information:
        assert [(place.location.uri, place.location.range.start) for place in related] == [
            (other, t.Position(2, 6))
        ]
    else:
        assert not related
    await close_document(client, uri)


async def test_an_empty_list_only_clears(client: Editor) -> None:
    client.diagnostics.clear()
    open_document(client, CLEAN)
    await settled(client)
    assert URI not in client.diagnostics
    change_document(client, AGENT, 2)
    assert len((await published(client)).diagnostics) == 1
    change_document(client, CLEAN, 3)
    assert (await published(client)).diagnostics == ()
    client.diagnostics.clear()
    change_document(client, CLEAN + "\n", 4)
    await close_document(client)
    await settled(client)
    assert URI not in client.diagnostics


async def test_closing_clears(client: Editor) -> None:
    open_document(client, AGENT)
    await published(client)
    assert len(client.diagnostics[URI]) == 1
    await close_document(client)
    assert client.diagnostics[URI] == ()


async def test_only_the_changed_document_is_published(client: Editor) -> None:
    other = URI.replace("reviewer", "other")
    text = AGENT.replace("name: reviewer", "name: other").replace("Reviews code", "Writes the docs")
    open_document(client, text, other)
    await published(client, other)
    client.diagnostics.clear()
    open_document(client, AGENT)
    change_document(client, AGENT + "More.\n", 2)
    assert await codes(client) != []
    assert other not in client.diagnostics
    await close_document(client)
    await close_document(client, other)
    await settled(client)


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///C:/project/.claude/agents/a.md", "markdown"),
        ("file:///c%3A/My%20Project/.claude/agents/sub/a%C3%A4.md", "markdown"),
        ("file://server/share/.claude/agents/a.md", "markdown"),
        ("file:///odd/place/a.md", "chatagent"),
        ("untitled:Untitled-1", "chatagent"),
    ],
)
async def test_agents_are_checked(client: Editor, uri: str, language: str) -> None:
    open_document(client, AGENT, uri, language)
    assert await codes(client, uri) == ["unknown-tool"]
    await close_document(client, uri)
    assert await codes(client, uri) == []


@pytest.mark.parametrize(
    ("language", "lines", "expected"),
    [
        ("chatagent", "description: Does x. Use it when y.\ntools: [read]\nhandoffs: 1", "VS Code"),
        ("chatagent", "description: Does x. Use it when y.\nuser-invocable: 1", "Copilot CLI"),
        ("chatagent", "name: x\ndescription: Does x. Use it when y.\nmemory: 1", "value is ignored"),
        ("prompt", "agent: [a]", "`agent` must"),
        ("instructions", "applyTo: [a]", "`applyTo` must"),
        ("skill", "description: Does x. Use it when y.", "`name` is missing"),
    ],
)
async def test_what_was_never_saved_is_in_the_dialect_of_its_language(
    client: Editor, language: str, lines: str, expected: str
) -> None:
    uri = "untitled:Untitled-1"
    open_document(client, f"---\n{lines}\n---\n\nYou review.\n", uri, language)
    assert expected in str([found.message for found in (await published(client, uri)).diagnostics])
    await close_document(client, uri)


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///project/README.md", "markdown"),
        ("file:///collection/agents/a.md", "markdown"),
        ("file:///project/.claude/skills/review/notes.md", "markdown"),
        ("file:///project/.claude/notes/review.md", "markdown"),
        ("file:///project/.gemini/notes/a.md", "markdown"),
        ("file:///project/.claude/agents/a.txt", "plaintext"),
        ("git:///project/.claude/agents/a.md", "markdown"),
        ("file://[", "markdown"),
        ("untitled:Untitled-1", "markdown"),
    ],
)
async def test_other_files_are_not_checked(client: Editor, uri: str, language: str) -> None:
    open_document(client, AGENT, uri, language)
    change_document(client, AGENT + "\n", 2, uri)
    assert await codes(client, uri) == []
    outline = await client.text_document_document_symbol_async(t.DocumentSymbolParams(identifier(uri)))
    assert outline is None
    await close_document(client, uri)


async def test_pulled_diagnostics_have_a_result_id(pulling: Editor) -> None:
    open_document(pulling, AGENT)
    first = await pull(pulling)
    assert isinstance(first, t.RelatedFullDocumentDiagnosticReport)
    assert [(found.code, found.range) for found in first.items] == [("unknown-tool", BAHS)]
    again = await pull(pulling, first.result_id)
    assert isinstance(again, t.RelatedUnchangedDocumentDiagnosticReport)
    change_document(pulling, CLEAN, 2)
    last = await pull(pulling, first.result_id)
    assert isinstance(last, t.RelatedFullDocumentDiagnosticReport)
    assert list(last.items) == []
    await close_document(pulling)


async def test_a_client_that_pulls_receives_no_notifications(pulling: Editor) -> None:
    open_document(pulling, AGENT)
    change_document(pulling, AGENT + "\n", 2)
    await close_document(pulling)
    await settled(pulling)
    assert pulling.diagnostics == {}


async def test_pulling_diagnostics_of_other_files(pulling: Editor) -> None:
    open_document(pulling, AGENT, "file:///project/README.md")
    for uri in ("file:///project/README.md", "file:///never/opened.md"):
        report = await pull(pulling, uri=uri)
        assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
        assert list(report.items) == []


async def test_pull_is_announced_only_to_clients_that_pull(client: Editor) -> None:
    with pytest.raises(Exception, match="Method Not Found"):
        await pull(client)


@pytest.mark.parametrize(
    ("offered", "chosen", "column"),
    [
        (["utf-8"], "utf-8", 19),
        (["utf-16"], "utf-16", 17),
        (["utf-32", "utf-16"], "utf-32", 16),
        (["utf-7", "utf-8"], "utf-8", 19),
        (None, "utf-16", 17),
    ],
)
async def test_positions_are_counted_in_the_encoding_agreed_on(
    offered: list[t.PositionEncodingKind | str] | None, chosen: str, column: int
) -> None:
    can = t.ClientCapabilities(general=t.GeneralClientCapabilities(position_encodings=offered))
    async with session(can) as client:
        assert client.agreed == chosen
        open_document(client, AGENT.replace("Read, Bahs", "Read, 🧪, Bahs"))
        found = (await published(client)).diagnostics
        (bahs,) = [one for one in found if "Bahs" in one.message]
        assert bahs.range == t.Range(t.Position(3, column), t.Position(3, column + 4))
        grep = t.Range(t.Position(3, column + 6), t.Position(3, column + 10))
        hover = await client.text_document_hover_async(t.HoverParams(identifier(), grep.start))
        assert hover is not None
        assert hover.range == grep


async def test_other_line_ends(client: Editor) -> None:
    open_document(client, AGENT.replace("\n", "\r\n").replace("You", "\x0c\u2028 You"))
    found = (await published(client)).diagnostics
    assert BAHS in [one.range for one in found]
    await close_document(client)


async def test_links_are_looked_up_beside_the_file(client: Editor, tmp_path: Path) -> None:
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/there.md").write_text("")
    uri = (tmp_path / ".claude/agents/a.md").as_uri()
    open_document(client, CLEAN + "\nSee [one](there.md) and [another](gone.md).\n", uri)
    found = (await published(client, uri)).diagnostics
    assert ["gone.md" in one.message for one in found] == [True]
    await close_document(client, uri)
