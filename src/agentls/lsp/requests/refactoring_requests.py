"""Refactorings as code actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsprotocol import types as t

from agentls.features.refactorings.all_refactorings import REFACTORINGS
from agentls.features.refactorings.refactoring import Refactoring, Selection
from agentls.lsp import convert
from agentls.lsp.client import includes_kind
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.text.offsets import Span


def refactorings(
    snapshot: Snapshot, file: OpenAgentFile, params: t.CodeActionParams, only: list[str]
) -> list[t.CodeAction]:
    """Return the refactorings at a range, of the kinds in `only` (none: all). Editors also ask at each move of the
    cursor, and then get only those that remove a diagnostic, unless there is a selection."""
    span = file.positions.span(params.range)
    is_asked = params.context.trigger_kind != t.CodeActionTriggerKind.Automatic or span.start < span.end
    kinds = [
        kind
        for kind in dict.fromkeys(kind for kind, _ in REFACTORINGS)
        if includes_kind(only, kind)
        and (kind == "quickfix" or (is_asked and snapshot.client.supports_action_kind(kind)))
    ]
    return [
        _converted(snapshot, file, kind, refactoring, {"at": [*span], "kinds": kinds, "number": number})
        for number, (kind, refactoring) in enumerate(_find(snapshot, file, span, kinds))
    ]


def find_edit(snapshot: Snapshot, file: OpenAgentFile, data: Any) -> t.WorkspaceEdit:
    """Return the edit of the refactoring that `data` was sent with."""
    found = _find(snapshot, file, Span(*data["at"]), data["kinds"])
    return _edit(snapshot, file, found[data["number"]][1])


def _find(
    snapshot: Snapshot, file: OpenAgentFile, span: Span, kinds: Sequence[str]
) -> list[tuple[str, Refactoring]]:
    world = file.project.world(file.document)
    selection = Selection(file.document, span, snapshot.diagnostics(file.opened), world)
    return [
        (kind, refactoring)
        for kind, find in REFACTORINGS
        if kind in kinds
        for refactoring in find(selection)
        if snapshot.client.supports_file_creation or not refactoring.new_file
    ]


def _converted(
    snapshot: Snapshot, file: OpenAgentFile, kind: str, found: Refactoring, data: dict[str, Any]
) -> t.CodeAction:
    """Convert a refactoring, with its edit or with the data to resolve it."""
    uri, client = file.opened.uri, snapshot.client
    diagnostics = convert.to_diagnostics(
        found.diagnostics, uri, file.positions, client, snapshot.file_positions
    )
    action = t.CodeAction(
        found.title,
        kind if client.supports_action_kind(kind) else None,
        diagnostics=diagnostics or None,
    )
    if client.resolves_action_edits:
        action.data = {"uri": uri, "revision": file.opened.revision, "refactoring": data}
    else:
        action.edit = _edit(snapshot, file, found)
    return action


def _edit(snapshot: Snapshot, file: OpenAgentFile, found: Refactoring) -> t.WorkspaceEdit:
    """Return the edit for the client: of the document, after that of a new file."""
    opened, client = file.opened, snapshot.client
    if found.new_file is None:
        return convert.to_workspace_edit(found.edits, opened.uri, opened.version, file.positions, client)
    new_uri, start = snapshot.uri(found.new_file.path), t.Range(t.Position(0, 0), t.Position(0, 0))
    changes: list[t.CreateFile | t.TextDocumentEdit] = [
        t.CreateFile(new_uri),
        _document_edit(new_uri, None, [t.TextEdit(start, found.new_file.text)]),
    ]
    if found.edits:
        version = opened.version if client.supports_versioned_edits else None
        edits = convert.to_text_edits(found.edits, file.positions)
        changes.append(_document_edit(opened.uri, version, edits))
    return t.WorkspaceEdit(document_changes=changes)


def _document_edit(uri: str, version: int | None, edits: list[t.TextEdit]) -> t.TextDocumentEdit:
    return t.TextDocumentEdit(t.OptionalVersionedTextDocumentIdentifier(uri, version), edits)
