"""Navigation in the protocol: in the client's positions, across files, in a supported form."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import lsprotocol.types as t
import pytest
import pytest_lsp
from pygls.capabilities import get_capability

from agentls.text.offsets import LineIndex, Position, Span
from lsp.wire import Config, Editor, capabilities, change_document, identifier, open_document, session, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = ["vscode-1.139.1", "neovim-0.12.4", "minimal"]

LEAD = """\
---
name: lead
description: Leads 🧪 the team.
tools: Read, Agent(reviewer), mcp__github__push
---

🧪🧪 Ask @agent-reviewer, then `reviewer`. Read [the notes](../notes/style.md) and [none](none.md).
"""
REVIEWER = """\
---
# 🧪
name: reviewer
description: Reviews code.
tools: Read
---

As @agent-lead says. /release
"""
RELEASE = """\
---
description: Makes a release.
---

Ask the 🧪 reviewer, that is @agent-reviewer.
"""
SERVERS = """\
{
  // 🧪 The servers.
  "mcpServers": {"🧪": {"command": "x"}, "github": {"command": "hub", "args": ["serve"]}}
}
"""
SETTINGS = """\
{"agent": "reviewer", "permissions": {"deny": ["mcp__github__push", "Agent(lead)"]}}
"""
FILES = {
    ".mcp.json": SERVERS,
    ".claude/settings.json": SETTINGS,
    ".claude/notes/style.md": "Notes.\n",
    ".claude/agents/lead.md": LEAD,
    ".claude/agents/reviewer.md": REVIEWER,
    ".claude/commands/release.md": RELEASE,
}

NAMES = ["github", "lead", "release", "reviewer", "🧪"]


def write(folder: Path) -> Path:
    """A project of these files."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, which no test changes."""
    return write(tmp_path_factory.mktemp("project"))


@pytest_lsp.fixture(scope="module", loop_scope="module", params=CLIENTS, config=Config)
async def client(request: pytest.FixtureRequest, lsp_client: Editor, project: Path) -> AsyncIterator[None]:
    """A client with UTF-16 positions, one with UTF-8 positions, and one with almost no capabilities, each with the
    lead open."""
    await start(lsp_client, capabilities(request.param), project)
    await start_with_lead(lsp_client, project)
    yield
    await lsp_client.shutdown_session()


async def start_with_lead(client: Editor, project: Path) -> None:
    """Open the lead, and wait until all files are read."""
    open_document(client, LEAD, uri_of(project, "agents/lead.md"))
    while len(await client.workspace_symbol_async(t.WorkspaceSymbolParams("")) or []) < len(NAMES):
        await asyncio.sleep(0.01)


def uri_of(project: Path, name: str) -> str:
    """The URI of a file of the project."""
    return (project / place_of(name)).as_uri()


def place_of(name: str) -> str:
    """The path of a file of the project."""
    return name if name in FILES else f".claude/{name}"


def encoding(client: Editor) -> str:
    """Return the position encoding of the client."""
    return str(getattr(client.agreed, "value", client.agreed) or "utf-16")


def can(client: Editor, path: str) -> bool:
    """Whether the client announced something."""
    return bool(get_capability(client.capabilities, path, None))


def cursor(client: Editor, project: Path, name: str, words: str) -> t.TextDocumentPositionParams:
    """Return the position in a file of the project before `words`."""
    text = FILES[place_of(name)]
    at = LineIndex(text).position(text.index(words), encoding(client))  # type: ignore[arg-type]
    return t.TextDocumentPositionParams(identifier(uri_of(project, name)), t.Position(*at))


def covered(client: Editor, uri: str, range_: t.Range, texts: dict[str, str] = FILES) -> str:
    """Return a range as the client sees it: the file, the line and the text."""
    path = next(path for path in texts if uri.endswith(path))
    lines = LineIndex(texts[path])
    start, end = (
        lines.offset(Position(at.line, at.character), encoding(client))  # type: ignore[arg-type]
        for at in (range_.start, range_.end)
    )
    return f"{path.rpartition('/')[2]}:{range_.start.line + 1}:{Span(start, end).text_in(texts[path])}"


async def definition(
    client: Editor, place: t.TextDocumentPositionParams
) -> Sequence[t.Location | t.LocationLink]:
    """Request a definition."""
    found = await client.text_document_definition_async(
        t.DefinitionParams(place.text_document, place.position)
    )
    assert found is None or isinstance(found, Sequence)
    return found or []


async def references(
    client: Editor, place: t.TextDocumentPositionParams, *, declared: bool = True
) -> list[str]:
    """Request references."""
    context = t.ReferenceContext(include_declaration=declared)
    params = t.ReferenceParams(context, place.text_document, place.position)
    found = await client.text_document_references_async(params)
    return [covered(client, each.uri, each.range) for each in found or []]


async def test_a_name_leads_to_its_definition(client: Editor, project: Path) -> None:
    (found,) = await definition(client, cursor(client, project, "agents/lead.md", "@agent-reviewer"))
    assert isinstance(found, t.LocationLink) == can(client, "text_document.definition.link_support")
    if isinstance(found, t.LocationLink):
        assert covered(client, found.target_uri, found.target_selection_range) == "reviewer.md:3:reviewer"
        shown = covered(client, found.target_uri, found.target_range)
        assert shown == f"reviewer.md:1:{REVIEWER.partition(chr(10) * 2)[0]}"
        uri = uri_of(project, "agents/lead.md")
        assert found.origin_selection_range
        assert covered(client, uri, found.origin_selection_range) == "lead.md:7:@agent-reviewer"
    else:
        assert covered(client, found.uri, found.range) == "reviewer.md:3:reviewer"


async def test_other_words_have_no_definition(client: Editor, project: Path) -> None:
    for words in ("Ask", "description", "none"):
        assert await definition(client, cursor(client, project, "agents/lead.md", words)) == []


async def test_a_tool_leads_to_its_server(client: Editor, project: Path) -> None:
    (found,) = await definition(client, cursor(client, project, "agents/lead.md", "mcp__github"))
    uri, range_ = (
        (found.target_uri, found.target_range)
        if isinstance(found, t.LocationLink)
        else (found.uri, found.range)
    )
    assert covered(client, uri, range_) == ".mcp.json:3:github"


async def test_the_files_beside_the_agents_have_names_too(client: Editor, project: Path) -> None:
    # Their texts are those in the editor, with the client's positions.
    open_document(client, SERVERS, uri_of(project, ".mcp.json"), "json")
    place = cursor(client, project, ".mcp.json", "github")
    servers = [".mcp.json:3:github", "lead.md:4:github", "settings.json:1:github"]
    assert await references(client, place) == servers
    place = cursor(client, project, "settings.json", 'reviewer"')
    assert await references(client, place) == ["reviewer.md:3:reviewer", *REFERENCES]


async def test_a_path_leads_to_its_file(client: Editor, project: Path) -> None:
    (found,) = await definition(client, cursor(client, project, "agents/lead.md", "notes/style"))
    uri = found.target_uri if isinstance(found, t.LocationLink) else found.uri
    assert uri == uri_of(project, "notes/style.md")
    lead = uri_of(project, "agents/lead.md")
    (link,) = await client.text_document_document_link_async(t.DocumentLinkParams(identifier(lead))) or []
    assert link.target == uri_of(project, "notes/style.md")
    assert covered(client, lead, link.range) == "lead.md:7:../notes/style.md"


REFERENCES = [
    "lead.md:4:reviewer",
    "lead.md:7:reviewer",
    "lead.md:7:reviewer",
    "release.md:5:reviewer",
    "settings.json:1:reviewer",
]


async def test_references_are_found_in_all_files(client: Editor, project: Path) -> None:
    place = cursor(client, project, "agents/lead.md", "reviewer`")
    assert await references(client, place) == ["reviewer.md:3:reviewer", *REFERENCES]
    assert await references(client, place, declared=False) == REFERENCES


async def test_references_are_the_same_from_the_definition(client: Editor, project: Path) -> None:
    open_document(client, REVIEWER, uri_of(project, "agents/reviewer.md"))
    place = cursor(client, project, "agents/reviewer.md", "reviewer\n")
    assert await references(client, place, declared=False) == REFERENCES


@pytest.mark.parametrize("name", CLIENTS)
async def test_open_texts_are_used_and_changed_files_are_read_again(name: str, tmp_path: Path) -> None:
    project = write(tmp_path)
    async with session(capabilities(name), project) as client:
        await start_with_lead(client, project)
        place = cursor(client, project, "agents/lead.md", "reviewer`")
        assert len(await references(client, place)) == 6
        (project / ".claude/commands/release.md").write_bytes(RELEASE.replace("Ask", "Now ask").encode())
        (project / ".claude/agents/reviewer.md").write_bytes(b"---\nname: other\ndescription: x\n---\n")
        changed = LEAD.replace("🧪🧪 Ask @agent-reviewer, then", "@agent-reviewer and")
        change_document(client, changed, 2, uri_of(project, "agents/lead.md"))
        place.position = t.Position(6, 3)
        context = t.ReferenceContext(include_declaration=True)
        found = await client.text_document_references_async(
            t.ReferenceParams(context, place.text_document, place.position)
        )
        texts = {
            **FILES,
            ".claude/agents/lead.md": changed,
            ".claude/commands/release.md": RELEASE.replace("Ask", "Now ask"),
        }
        shown = [covered(client, each.uri, each.range, texts) for each in found or []]
        assert [each for each in shown if not each.endswith(":reviewer")] == []
        assert "release.md:5:reviewer" in shown


async def test_the_same_name_is_highlighted_in_the_file(client: Editor, project: Path) -> None:
    uri = uri_of(project, "agents/lead.md")
    place = cursor(client, project, "agents/lead.md", "reviewer)")
    found = await client.text_document_document_highlight_async(
        t.DocumentHighlightParams(place.text_document, place.position)
    )
    assert [covered(client, uri, each.range) for each in found or []] == REFERENCES[:3]
    place = cursor(client, project, "agents/lead.md", "lead\n")
    (own,) = (
        await client.text_document_document_highlight_async(
            t.DocumentHighlightParams(place.text_document, place.position)
        )
        or []
    )
    assert own.kind == t.DocumentHighlightKind.Write
    assert covered(client, uri, own.range) == "lead.md:2:lead"


async def test_hover_shows_the_definition_of_a_name(client: Editor, project: Path) -> None:
    place = cursor(client, project, "agents/lead.md", "@agent-reviewer")
    found = await client.text_document_hover_async(t.HoverParams(place.text_document, place.position))
    assert found
    assert found.range
    assert covered(client, place.text_document.uri, found.range) == "lead.md:7:@agent-reviewer"
    assert isinstance(found.contents, t.MarkupContent)
    assert "Reviews code." in found.contents.value
    assert "Tools: " in found.contents.value


async def test_hover_in_the_frontmatter_includes_the_facts(client: Editor, project: Path) -> None:
    place = cursor(client, project, "agents/lead.md", "reviewer)")
    found = await client.text_document_hover_async(t.HoverParams(place.text_document, place.position))
    assert found
    assert isinstance(found.contents, t.MarkupContent)
    assert found.contents.value.index("Reviews code.") < found.contents.value.index("Agent")


async def test_names_are_found_in_all_projects(client: Editor) -> None:
    found = await client.workspace_symbol_async(t.WorkspaceSymbolParams("rvw"))
    (symbol,) = found or []
    assert (symbol.name, symbol.kind, symbol.container_name) == (
        "reviewer",
        t.SymbolKind.Class,
        "Claude Code agent",
    )
    assert isinstance(symbol, t.WorkspaceSymbol) == can(client, "workspace.symbol.resolve_support")
    if isinstance(symbol, t.WorkspaceSymbol):
        assert not isinstance(symbol.location, t.Location)
        symbol = await client.workspace_symbol_resolve_async(symbol)
    assert isinstance(symbol.location, t.Location)
    assert covered(client, symbol.location.uri, symbol.location.range) == "reviewer.md:3:reviewer"
    every = await client.workspace_symbol_async(t.WorkspaceSymbolParams(""))
    assert sorted(each.name for each in every or []) == NAMES


async def test_a_symbol_that_has_gone_leads_to_its_file(tmp_path: Path) -> None:
    project = write(tmp_path)
    async with session(capabilities("vscode-1.139.1"), project) as client:
        await start_with_lead(client, project)
        (symbol,) = await client.workspace_symbol_async(t.WorkspaceSymbolParams("reviewer")) or []
        (project / ".claude/agents/reviewer.md").write_text("Nothing.")
        assert isinstance(symbol, t.WorkspaceSymbol)
        found = await client.workspace_symbol_resolve_async(symbol)
        assert isinstance(found.location, t.Location)
        assert found.location.range == t.Range(t.Position(0, 0), t.Position(0, 0))


async def test_other_files_have_no_navigation(client: Editor, project: Path) -> None:
    uri = (project / "README.md").as_uri()
    open_document(client, "Ask @agent-reviewer.\n", uri)
    place = t.TextDocumentPositionParams(identifier(uri), t.Position(0, 8))
    assert await definition(client, place) == []
    params = t.DocumentHighlightParams(place.text_document, place.position)
    assert await client.text_document_document_highlight_async(params) is None
    assert await client.text_document_document_link_async(t.DocumentLinkParams(identifier(uri))) is None
