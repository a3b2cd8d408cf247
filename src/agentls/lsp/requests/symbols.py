"""Symbols of a document and of the workspace, and folding ranges."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.features import document_symbol as document_feature
from agentls.features import name_hover
from agentls.features import workspace_symbol as workspace_feature
from agentls.features.folding_range import folding_ranges
from agentls.lsp import convert
from agentls.lsp.client import Client
from agentls.lsp.requests.navigation import START, target_location
from agentls.lsp.snapshot import Snapshot
from agentls.project.names import Definition


def document_symbol(
    snapshot: Snapshot, params: t.DocumentSymbolParams
) -> list[t.DocumentSymbol] | list[t.SymbolInformation] | None:
    """Return the outline of a document. Editors outline the notes of a skill by themselves, as any other Markdown."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None or file.document.is_read_on_demand:
        return None
    found = document_feature.document_symbols(file.document)
    return convert.to_symbols(found, file.opened.uri, file.positions, snapshot.client)


def folding_range(snapshot: Snapshot, params: t.FoldingRangeParams) -> list[t.FoldingRange] | None:
    """Return the folding ranges of a document."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    found = folding_ranges(file.document)
    return convert.to_folding_ranges(found, file.positions, snapshot.client)


def workspace_symbol(
    snapshot: Snapshot, params: t.WorkspaceSymbolParams
) -> list[t.WorkspaceSymbol] | list[t.SymbolInformation]:
    """Return the agents, skills, commands and servers that match a query."""
    indexes = [project.index for project in snapshot.projects.values()]
    found = workspace_feature.workspace_symbols(indexes, params.query)
    if snapshot.client.resolves_symbols:
        return [_unresolved(snapshot, definition) for definition in found]
    return [
        t.SymbolInformation(
            t.Location(target.uri, target.name_range),
            definition.full_name,
            symbol_kind(definition, snapshot.client),
            container_name=_container(definition),
        )
        for definition in found
        if (target := target_location(snapshot, definition))
    ]


def _unresolved(snapshot: Snapshot, definition: Definition) -> t.WorkspaceSymbol:
    """Return a symbol without its range, for which its file would have to be read."""
    return t.WorkspaceSymbol(
        t.LocationUriOnly(snapshot.uri(definition.path)),
        definition.full_name,
        symbol_kind(definition, snapshot.client),
        data={"path": definition.path, "name": definition.name, "kind": definition.kind},
        container_name=_container(definition),
    )


def resolve_workspace_symbol(snapshot: Snapshot, symbol: t.WorkspaceSymbol) -> t.WorkspaceSymbol:
    """Add the range of a symbol."""
    data: Any = symbol.data
    definition = snapshot.definition(data["path"], data["kind"], data["name"])
    target = target_location(snapshot, definition) if definition else None
    symbol.location = t.Location(symbol.location.uri, target.name_range if target else START)
    return symbol


def _container(definition: Definition) -> str:
    """Return the plugin of a definition, or else the kind of its file."""
    return definition.qualifier or name_hover.kind_label(definition)


def symbol_kind(definition: Definition, client: Client) -> t.SymbolKind:
    """Return the kind of a definition that the client knows."""
    kinds = (_KINDS[definition.kind], t.SymbolKind.String)
    known = client.workspace_symbol_kinds
    return next((kind for kind in kinds if kind in known), min(known))


_KINDS = {
    "agent": t.SymbolKind.Class,
    "skill": t.SymbolKind.Module,
    "command": t.SymbolKind.Function,
    "server": t.SymbolKind.Interface,
}
