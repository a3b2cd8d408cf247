"""Diagnostics that the client pulls, and code actions for them."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t
from pygls.exceptions import JsonRpcContentModified

from agentls.features import code_action as feature
from agentls.features.code_action import CodeAction
from agentls.lsp import convert
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.text.offsets import Span
from agentls.workspace import settings_files


def diagnostic(
    snapshot: Snapshot, params: t.DocumentDiagnosticParams
) -> t.RelatedFullDocumentDiagnosticReport | t.RelatedUnchangedDocumentDiagnosticReport:
    """Return the diagnostics of a document, or that they are unchanged."""
    opened = snapshot.open_document(params.text_document.uri)
    if opened is None:
        return t.RelatedFullDocumentDiagnosticReport([])
    revision = str(opened.revision)
    if params.previous_result_id == revision:
        return t.RelatedUnchangedDocumentDiagnosticReport(revision)
    return t.RelatedFullDocumentDiagnosticReport(snapshot.protocol_diagnostics(opened), result_id=revision)


def code_action(snapshot: Snapshot, params: t.CodeActionParams) -> list[t.CodeAction] | None:
    """Return the code actions for the diagnostics in a range."""
    file, only = snapshot.agent_file(params.text_document.uri), params.context.only
    if only is not None and not {"", t.CodeActionKind.QuickFix} & {*only}:
        return None
    if file is None:
        return _settings_actions(snapshot, params)
    span = file.positions.span(params.range)
    return [
        _converted(snapshot, file, action, {"at": [*span, number]})
        for number, action in enumerate(_actions(snapshot, file, span))
    ]


def _settings_actions(snapshot: Snapshot, params: t.CodeActionParams) -> list[t.CodeAction] | None:
    """Return code actions that change misspelt words in a file of settings."""
    uri = params.text_document.uri
    file = snapshot.settings_file(uri)
    if file is None:
        return None
    span, client = file.positions.span(params.range), snapshot.client
    return [
        t.CodeAction(
            f"Change to `{problem.suggestion}`",
            t.CodeActionKind.QuickFix if client.supports_quick_fixes else None,
            convert.to_settings_diagnostics([problem], file.positions),
            is_preferred=True if client.supports_preferred else None,
            edit=convert.to_workspace_edit((edit,), uri, file.version, file.positions, client),
        )
        for problem in settings_files.parse_settings(file.path, file.text).problems
        if problem.span and problem.span.overlaps(span) and (edit := problem.edit(file.text))
    ]


def resolve_code_action(snapshot: Snapshot, wanted: t.CodeAction) -> t.CodeAction:
    """Add the edit of a code action, unless its document has changed meanwhile."""
    data: Any = wanted.data
    file = snapshot.agent_file(data["uri"])
    if file is None or file.opened.revision != data["revision"]:
        raise JsonRpcContentModified
    start, end, number = data["at"]
    wanted.edit = _edit(snapshot, file, _actions(snapshot, file, Span(start, end))[number])
    return wanted


def _actions(snapshot: Snapshot, file: OpenAgentFile, span: Span) -> list[CodeAction]:
    moves = snapshot.client.supports_file_renames
    return feature.code_actions(file.document, snapshot.diagnostics(file.opened), span, moves=moves)


def _converted(
    snapshot: Snapshot, file: OpenAgentFile, action: CodeAction, data: dict[str, Any]
) -> t.CodeAction:
    """Convert a code action, with its edit or with the data to resolve it."""
    uri, client = file.opened.uri, snapshot.client
    found = convert.to_code_action(action, uri, file.positions, client, snapshot.file_positions)
    if client.resolves_action_edits:
        found.data = {"uri": uri, "revision": file.opened.revision, **data}
    else:
        found.edit = _edit(snapshot, file, action)
    return found


def _edit(snapshot: Snapshot, file: OpenAgentFile, action: CodeAction) -> t.WorkspaceEdit:
    opened = file.opened
    if action.new_path:
        return t.WorkspaceEdit(document_changes=[t.RenameFile(opened.uri, snapshot.uri(action.new_path))])
    return convert.to_workspace_edit(
        action.edits, opened.uri, opened.version, file.positions, snapshot.client
    )
