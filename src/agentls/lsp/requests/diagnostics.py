"""Diagnostics that the client pulls, and code actions for them."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t
from pygls.exceptions import JsonRpcContentModified

from agentls.features import code_action as feature
from agentls.features.code_action import CheckedDocument, CodeAction
from agentls.lsp import convert
from agentls.lsp.client import FIX_ALL, includes_kind
from agentls.lsp.methods import Reply
from agentls.lsp.requests import refactoring_requests, rule_actions
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.text.offsets import Edit
from agentls.workspace import settings_files

_QUICK_FIX = t.CodeActionKind.QuickFix.value


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
    """Return the code actions for a range, of the kinds that the client asks for."""
    file = snapshot.agent_file(params.text_document.uri)
    only = [kind.value if isinstance(kind, t.CodeActionKind) else kind for kind in params.context.only or ()]
    if file is None:
        return _settings_actions(snapshot, params) if includes_kind(only, _QUICK_FIX) else None
    here = _diagnostics_asked_about(snapshot, file, params)
    fixes = [
        _converted(snapshot, file, action, {"here": here, "only": only, "number": number})
        for number, action in enumerate(_actions(snapshot, file, here, only))
    ]
    if includes_kind(only, _QUICK_FIX):
        chosen = [snapshot.diagnostics(file.opened)[number] for number in here]
        about_rules = rule_actions.rule_actions(snapshot, file, chosen, _QUICK_FIX)
    else:
        about_rules = []
    return [*fixes, *about_rules, *refactoring_requests.refactorings(snapshot, file, params, only)]


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
            _QUICK_FIX if client.supports_action_kind(_QUICK_FIX) else None,
            convert.to_settings_diagnostics([problem], file.positions),
            is_preferred=True if client.supports_preferred else None,
            edit=convert.to_workspace_edit((edit,), uri, file.version, file.positions, client),
        )
        for problem in settings_files.parse_settings(file.path, file.text).problems
        if problem.span and problem.span.overlaps(span) and (edit := problem.edit(file.text))
    ]


def resolve_code_action(snapshot: Snapshot, wanted: t.CodeAction) -> t.CodeAction | Reply:
    """Add the edit of a code action, unless its document has changed meanwhile."""
    data: Any = wanted.data
    if data is None:
        return wanted  # It is about a rule, and is complete.
    file = snapshot.agent_file(data["uri"])
    if file is None or file.opened.revision != data["revision"]:
        raise JsonRpcContentModified
    if "refactoring" in data:
        wanted.edit = refactoring_requests.find_edit(snapshot, file, data["refactoring"])
        return wanted
    action = _actions(snapshot, file, data["here"], data["only"])[data["number"]]
    edits = action.edits
    wanted.edit = _edit(snapshot, file, action, edits)
    if not (edits or action.new_path):
        reason = "it is not certain that every runtime would still load the file"
        return Reply(wanted, (f"“{action.title}” changes nothing, because {reason}.",))
    return wanted


def _diagnostics_asked_about(
    snapshot: Snapshot, file: OpenAgentFile, params: t.CodeActionParams
) -> list[int]:
    """Return the numbers of the diagnostics that the client names. If it names none that is current: of those in the
    range, and at a mere cursor, or if there are none, of all on its line."""
    span, own = file.positions.span(params.range), snapshot.diagnostics(file.opened)
    named = {
        (diagnostic.code, file.positions.span(diagnostic.range)) for diagnostic in params.context.diagnostics
    }
    found = [number for number, each in enumerate(own) if (each.code, each.span) in named]
    if found:
        return found
    lines = file.positions.lines
    found = [number for number, each in enumerate(own) if each.span.overlaps(span)]
    if params.range.start.line == params.range.end.line and (span.start == span.end or not found):
        line = lines.line_span(lines.line_number(span.start))
        found += [
            number for number, each in enumerate(own) if each.span.overlaps(line) and number not in found
        ]
    return found


def _actions(snapshot: Snapshot, file: OpenAgentFile, here: list[int], only: list[str]) -> list[CodeAction]:
    """Return the actions for the diagnostics with the numbers `here`, of the kinds in `only` (none: all)."""
    opened, client = file.opened, snapshot.client
    diagnostics = snapshot.diagnostics(opened)
    checked = CheckedDocument(file.document, diagnostics, opened.config, file.project.world(file.document))
    found: list[CodeAction] = []
    if includes_kind(only, _QUICK_FIX):
        chosen = [diagnostics[number] for number in here]
        found += feature.quick_fixes(
            checked, chosen, moves=client.supports_file_renames, try_later=client.resolves_action_edits
        )
    if client.supports_action_kind(FIX_ALL) and (includes_kind(only, FIX_ALL) if only else here):
        found += feature.fix_all_actions(checked)
    return found


def _converted(
    snapshot: Snapshot, file: OpenAgentFile, action: CodeAction, data: dict[str, Any]
) -> t.CodeAction:
    """Convert a code action, with its edit or with the data to resolve it."""
    uri, client = file.opened.uri, snapshot.client
    found = convert.to_code_action(action, uri, file.positions, client, snapshot.file_positions)
    if client.resolves_action_edits:
        found.data = {"uri": uri, "revision": file.opened.revision, **data}
    else:
        found.edit = _edit(snapshot, file, action, action.edits)
    return found


def _edit(
    snapshot: Snapshot, file: OpenAgentFile, action: CodeAction, edits: tuple[Edit, ...]
) -> t.WorkspaceEdit:
    opened = file.opened
    if action.new_path:
        return t.WorkspaceEdit(document_changes=[t.RenameFile(opened.uri, snapshot.uri(action.new_path))])
    return convert.to_workspace_edit(edits, opened.uri, opened.version, file.positions, snapshot.client)
