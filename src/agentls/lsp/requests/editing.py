"""Completion and hover."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.features import completion as completion_feature
from agentls.features import hover as hover_feature
from agentls.features import name_completion, name_hover
from agentls.features.hover import Hover
from agentls.features.settings_completion import complete_settings
from agentls.features.settings_hover import hover_settings
from agentls.lsp import convert
from agentls.lsp.addresses import path_of
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.workspace.settings_files import settings_table


def completion(snapshot: Snapshot, params: t.CompletionParams) -> t.CompletionList | None:
    """Return the completion items at a position."""
    uri, client = params.text_document.uri, snapshot.client
    file = snapshot.agent_file(uri) or snapshot.settings_file(uri)
    if file is None:
        return None
    offset, snippets = file.positions.offset(params.position), client.supports_snippets
    if isinstance(file, OpenAgentFile):
        found = completion_feature.complete(
            file.document, offset, snippets=snippets, index=file.project.index
        )
    else:
        found = complete_settings(file.text, offset, settings_table(file.path), snippets=snippets)
    items = [convert.to_completion_item(item, uri, file.positions, client) for item in found.items]
    return t.CompletionList(found.is_incomplete, items)


def resolve_completion(snapshot: Snapshot, item: t.CompletionItem) -> t.CompletionItem:
    """Add the documentation of a completion item."""
    data: Any = item.data
    file = snapshot.agent_file(data["uri"])
    if file is None:
        return item
    page = name_completion.name_documentation(
        file.document, file.project.index, item.label, data["within"], snapshot.document
    ) or completion_feature.item_documentation(
        file.document.dialect, data["kind"], item.label, data["within"]
    )
    item.documentation = convert.to_documentation(page, snapshot.client)
    return item


def hover(snapshot: Snapshot, params: t.HoverParams) -> t.Hover | None:
    """Return the hover at a position: about the name there, and about the key, value or tool."""
    uri = params.text_document.uri
    agent, other, settings = snapshot.agent_file(uri), snapshot.other_file(uri), snapshot.settings_file(uri)
    file = agent or other
    if file is None:
        return None
    offset = file.positions.offset(params.position)
    if settings:
        found = hover_settings(settings.text, offset, settings_table(settings.path))
    elif agent:
        shown = snapshot.diagnostics(agent.opened)
        found = hover_feature.hover(agent.document, offset, agent.project.complete_index, shown)
    else:
        found = hover_feature.hover_unsupported_file(other.path, other.text, offset) if other else None
    merged = name_hover.merge_hovers(_name_hover(snapshot, uri, offset), found)
    return convert.to_hover(merged, file.positions, snapshot.client) if merged else None


def _name_hover(snapshot: Snapshot, uri: str, offset: int) -> Hover | None:
    """Return the hover about the definition of the name at an offset."""
    file = snapshot.indexed_file(uri, path_of(uri))
    if file is None:
        return None
    return name_hover.hover(file.index, file.names, file.text, offset, snapshot.document)
