"""The call hierarchy of agents, skills and commands."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.features import call_hierarchy as feature
from agentls.features import name_at
from agentls.lsp.addresses import path_of
from agentls.lsp.requests.navigation import target_location
from agentls.lsp.requests.symbols import symbol_kind
from agentls.lsp.snapshot import Snapshot
from agentls.project.index import Index
from agentls.project.names import Definition


def prepare(snapshot: Snapshot, params: t.CallHierarchyPrepareParams) -> list[t.CallHierarchyItem] | None:
    """Return the definition that the name at a position means, or else that of the file."""
    uri = params.text_document.uri
    file = snapshot.indexed_file(uri, path_of(uri))
    if file is None:
        return None
    name = name_at.find_name_at(file.index, file.names, file.text, file.positions.offset(params.position))
    found = feature.prepare_call_hierarchy(file.index, file.names, name)
    item = _item(snapshot, found) if found else None
    return [item] if item else None


def incoming_calls(
    snapshot: Snapshot, params: t.CallHierarchyIncomingCallsParams
) -> list[t.CallHierarchyIncomingCall] | None:
    """Return the definitions whose files refer to an item."""
    index, definition = _resolved(snapshot, params.item.data)
    calls = feature.incoming_calls(index, definition) if index and definition else []
    return [
        t.CallHierarchyIncomingCall(item, _ranges(snapshot, call.definition.path, call))
        for call in calls
        if (item := _item(snapshot, call.definition))
    ]


def outgoing_calls(
    snapshot: Snapshot, params: t.CallHierarchyOutgoingCallsParams
) -> list[t.CallHierarchyOutgoingCall] | None:
    """Return the definitions that the file of an item refers to."""
    index, definition = _resolved(snapshot, params.item.data)
    calls = feature.outgoing_calls(index, definition) if index and definition else []
    return [
        t.CallHierarchyOutgoingCall(item, _ranges(snapshot, definition.path, call))
        for call in calls
        if definition and (item := _item(snapshot, call.definition))
    ]


def _item(snapshot: Snapshot, definition: Definition) -> t.CallHierarchyItem | None:
    target = target_location(snapshot, definition)
    return target and t.CallHierarchyItem(
        name=definition.full_name,
        kind=symbol_kind(definition, snapshot.client),
        uri=target.uri,
        range=target.target_range,
        selection_range=target.name_range,
        detail=" ".join(definition.description.split()) or None,
        data={"path": definition.path, "name": definition.name, "kind": definition.kind},
    )


def _resolved(snapshot: Snapshot, data: Any) -> tuple[Index | None, Definition | None]:
    """Return the definition of an item, with the index that contains it."""
    definition = snapshot.definition(data["path"], data["kind"], data["name"])
    return snapshot.index_containing(data["path"]), definition


def _ranges(snapshot: Snapshot, path: str, call: feature.Call) -> list[t.Range]:
    file = snapshot.file_positions(path)
    return [file.positions.range(span) for span in call.spans] if file else []
