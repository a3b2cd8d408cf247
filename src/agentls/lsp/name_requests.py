"""From name to name: definitions, references, highlights, links and symbols of all projects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types as t

from agentls.lsp.client import Client
from agentls.text.offsets import LineIndex

if TYPE_CHECKING:
    from agentls.features.hover import Hover
    from agentls.features.references import NameOccurrence
    from agentls.lsp.convert import Positions
    from agentls.lsp.server import Server
    from agentls.project.index import Index
    from agentls.project.names import Definition, Names, Reference


def register(server: Server) -> None:
    """Register what every client gets."""
    server.feature(t.TEXT_DOCUMENT_DEFINITION)(definition)
    server.feature(t.TEXT_DOCUMENT_REFERENCES)(references)
    server.feature(t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)(highlight)
    server.feature(t.TEXT_DOCUMENT_DOCUMENT_LINK)(links)


def offer(server: Server, client: Client) -> None:
    """Register what depends on what the client can do."""
    options = t.WorkspaceSymbolOptions(resolve_provider=True) if client.resolves_places else None
    server.feature(t.WORKSPACE_SYMBOL, options)(symbols)
    if client.resolves_places:
        server.feature(t.WORKSPACE_SYMBOL_RESOLVE)(resolve_symbol)


class Here(NamedTuple):
    """A file that a request is about, with its names and those of its project."""

    text: str
    at: Positions
    project: Index
    names: Names


def here(ls: Server, uri: str) -> Here | None:
    """The file `uri`, if it has names: an open agent file, or another one in the index of a project."""
    from agentls.lsp.open_documents import path_of

    asked, path = ls.ask(uri), path_of(uri)
    if asked:
        index = ls.projects.index(asked.document)
        names = index.get(asked.document.path)
        return Here(asked.document.text, asked.at, index, names) if names else None
    held = ls.projects.holding(path) if path else None
    if path is None or held is None:
        return None
    text, names = ls.projects.text(path), ls.projects.names(path)
    return Here(text, ls.positions(LineIndex(text)), held, names) if text is not None and names else None


def _asked(ls: Server, uri: str, position: t.Position) -> tuple[Here, NameOccurrence] | None:
    """The file and the name in it that a request is about."""
    from agentls.features import references as navigation

    seen = here(ls, uri)
    if seen is None:
        return None
    found = navigation.find_name_at(seen.project, seen.names, seen.text, seen.at.offset(position))
    return (seen, found) if found else None


# Questions


def definition(ls: Server, params: t.DefinitionParams) -> list[t.Location] | list[t.LocationLink] | None:
    """Where the name at a position is defined."""
    from agentls.features import references as navigation

    asked = _asked(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, found = asked
    sites = list(_sites(ls, seen, found))
    if not ls.client.definition_links:
        return [t.Location(site.uri, site.name) for site in sites]
    origin = seen.at.range(navigation.full_span(found, seen.text))
    return [t.LocationLink(site.uri, site.extent, site.name, origin) for site in sites]


class Site(NamedTuple):
    """Where a name leads: a file, and in it the range of the name and of what to show with it."""

    uri: str
    name: t.Range
    extent: t.Range


def _sites(ls: Server, seen: Here, found: NameOccurrence) -> Iterator[Site]:
    """Where a name leads."""
    from agentls.features import references as navigation

    if found.kind == "file":
        path = _existing(navigation.target_paths(seen.names, found))
        if path:
            yield Site(ls.projects.uri(path), _START, _START)
        return
    for target in navigation.find_definitions(seen.project, seen.names, found):
        yield from _site(ls, target)


def _site(ls: Server, wanted: Definition) -> Iterator[Site]:
    """Where a definition stands in its file as that is now; nowhere if it is gone."""
    from agentls.features import references as navigation

    text = ls.projects.text(wanted.path)
    if text is None:
        return
    if not navigation.is_up_to_date(wanted, text):
        now = ls.projects.names(wanted.path)
        found = [each for each in now.definitions if each.name == wanted.name] if now else []
        if not found:
            return
        wanted = found[0]
    extent = navigation.target_range(wanted, text)
    at = ls.positions(LineIndex(text[: extent.end]))  # The rest of the lines does not matter.
    yield Site(ls.projects.uri(wanted.path), at.range(wanted.span), at.range(extent))


_START = t.Range(t.Position(0, 0), t.Position(0, 0))


def _existing(paths: Iterable[str]) -> str | None:
    """The first path that there is a file at."""
    return next(filter(os.path.exists, paths), None)


def links(ls: Server, params: t.DocumentLinkParams) -> list[t.DocumentLink] | None:
    """The paths in a file that lead to others."""
    from agentls.features import references as navigation

    seen = here(ls, params.text_document.uri)
    if seen is None:
        return None
    spans = {each.span: each for each in seen.names.references if each.kind == "file"}
    found = ((span, _existing(navigation.target_paths(seen.names, each))) for span, each in spans.items())
    return [t.DocumentLink(seen.at.range(span), ls.projects.uri(path)) for span, path in found if path]


def references(ls: Server, params: t.ReferenceParams) -> list[t.Location] | None:
    """Where else that is named what is named at a position."""
    from agentls.features import references as navigation
    from agentls.project.names import Definition

    asked = _asked(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, found = asked
    wanted = navigation.reference_subject(seen.project, seen.names, found)
    declared = []
    if params.context.include_declaration and isinstance(wanted, Definition):
        declared = [t.Location(site.uri, site.name) for site in _site(ls, wanted)]
    return declared + list(_uses(ls, seen.project, wanted))


def _uses(ls: Server, index: Index, wanted: NameOccurrence) -> Iterator[t.Location]:
    """The places of the references to `wanted`, as their files are now; each is read once."""
    from agentls.features import references as navigation

    found: dict[str, list[Reference]] = {}
    for names, reference in navigation.find_references(index, wanted):
        found.setdefault(names.path, []).append(reference)
    for path, known in sorted(found.items()):
        text = ls.projects.text(path)
        if text is None:
            continue
        uri, at, rows = ls.projects.uri(path), ls.positions(LineIndex(text)), known
        if not all(navigation.is_up_to_date(each, text) for each in known):
            now = ls.projects.names(path)
            rows = navigation.references_in(index, now, wanted) if now else []
        yield from (t.Location(uri, at.range(each.span)) for each in rows)


def highlight(ls: Server, params: t.DocumentHighlightParams) -> list[t.DocumentHighlight] | None:
    """Where else in the file that is named what is named at a position."""
    from agentls.features import references as navigation

    asked = _asked(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, found = asked
    wanted = navigation.reference_subject(seen.project, seen.names, found)
    spans = [each.span for each in navigation.references_in(seen.project, seen.names, wanted)]
    marks = [t.DocumentHighlight(seen.at.range(span), t.DocumentHighlightKind.Read) for span in spans]
    if wanted in seen.names.definitions and wanted.span.start < wanted.span.end:
        marks.insert(0, t.DocumentHighlight(seen.at.range(wanted.span), t.DocumentHighlightKind.Write))
    return marks


def card(ls: Server, uri: str, offset: int) -> Hover | None:
    """A card about what the name at an offset names."""
    from agentls.features import name_hover

    seen = here(ls, uri)
    if seen is None:
        return None
    return name_hover.hover(seen.project, seen.names, seen.text, offset, ls.projects.document)


# The names of all projects


def symbols(
    ls: Server, params: t.WorkspaceSymbolParams
) -> list[t.WorkspaceSymbol] | list[t.SymbolInformation]:
    """The agents, skills, commands and servers that a few letters fit."""
    from agentls.features import workspace_symbol

    found = workspace_symbol.workspace_symbols((project.index for project in ls.projects.all()), params.query)
    if ls.client.resolves_places:
        return [
            t.WorkspaceSymbol(
                t.LocationUriOnly(ls.projects.uri(each.path)),
                each.full_name,
                _symbol_kind(each, ls.client),
                data={"path": each.path, "name": each.name, "kind": each.kind},
                container_name=_container(each),
            )
            for each in found
        ]
    return [
        t.SymbolInformation(
            t.Location(site.uri, site.name),
            each.full_name,
            _symbol_kind(each, ls.client),
            container_name=_container(each),
        )
        for each in found
        for site in _site(ls, each)
    ]


def resolve_symbol(ls: Server, symbol: t.WorkspaceSymbol) -> t.WorkspaceSymbol:
    """Where in its file a symbol stands."""
    data: Any = symbol.data
    index = ls.projects.holding(data["path"])
    names = index.get(data["path"]) if index else None
    same = (
        each
        for each in (names.definitions if names else ())
        if (each.name, each.kind) == (data["name"], data["kind"])
    )
    site = next((site for each in same for site in _site(ls, each)), None)
    symbol.location = t.Location(symbol.location.uri, site.name if site else _START)
    return symbol


def _container(found: Definition) -> str:
    """What a definition belongs to: a plugin, or else what kind of file it is."""
    from agentls.features import name_hover

    return found.qualifier or name_hover.kind_label(found)


def _symbol_kind(found: Definition, client: Client) -> t.SymbolKind:
    kinds = (_KINDS[found.kind], t.SymbolKind.String)
    return next((kind for kind in kinds if kind in client.place_kinds), min(client.place_kinds))


_KINDS = {
    "agent": t.SymbolKind.Class,
    "skill": t.SymbolKind.Module,
    "command": t.SymbolKind.Function,
    "server": t.SymbolKind.Interface,
}
