"""Code actions about the rules of diagnostics: their pages, and the settings that disable them."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types as t

from agentls.linter.check import Diagnostic
from agentls.lsp import convert
from agentls.lsp.client import EXPLAIN, SAVE
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.text.offsets import Edit
from agentls.text.toml_edits import add_to_array
from agentls.workspace.disk import rule_page_uri

NEW_SETTINGS = "agentls.toml"


def rule_actions(
    snapshot: Snapshot, file: OpenAgentFile, diagnostics: Iterable[Diagnostic], kind: str
) -> list[t.CodeAction]:
    """Return for the rule of each diagnostic the actions that disable it in the settings of the project and that show
    its page, as far as the client can do that."""
    found = []
    by_code = {diagnostic.code: diagnostic for diagnostic in diagnostics}
    for code, diagnostic in by_code.items():
        own = convert.to_diagnostics(
            [diagnostic], file.opened.uri, file.positions, snapshot.client, snapshot.file_positions
        )
        actions = (_disable(snapshot, file, code), _explain(snapshot, code))
        for action in filter(None, actions):
            action.kind = kind if snapshot.client.supports_action_kind(kind) else None
            action.diagnostics = own
            found.append(action)
    return found


def _explain(snapshot: Snapshot, code: str) -> t.CodeAction | None:
    if EXPLAIN not in snapshot.client.commands:
        return None
    title = f"Explain {code}"
    return t.CodeAction(title, command=t.Command(title, EXPLAIN, arguments=[rule_page_uri(code)]))


def _disable(snapshot: Snapshot, file: OpenAgentFile, code: str) -> t.CodeAction | None:
    if not file.project.is_on_disk:
        return None
    loaded = snapshot.configuration.settings_in(file.document.path.rpartition("/")[0])
    path = loaded.file or f"{file.project.root}/{NEW_SETTINGS}"
    name = path.rpartition("/")[2]
    text = snapshot.text(path) if loaded.file else ""
    setting = ("tool", "agentls", "ignore") if name == "pyproject.toml" else ("ignore",)
    edits = add_to_array(text, setting, code) if text is not None else ()
    edit = _settings_edit(snapshot, path, text or "", edits, is_new=not loaded.file) if edits else None
    if edit is None:
        return None
    uri = snapshot.uri(path)
    # The settings are read from the disk, and not every editor saves what it has changed.
    command = t.Command("Save", SAVE, arguments=[uri]) if SAVE in snapshot.client.commands else None
    return t.CodeAction(f"Disable {code} in {name}", edit=edit, command=command)


def _settings_edit(
    snapshot: Snapshot, path: str, text: str, edits: tuple[Edit, ...], *, is_new: bool
) -> t.WorkspaceEdit | None:
    """Return the edit of a file of settings, or of one that is created; `None` if the client cannot do that."""
    uri, client = snapshot.uri(path), snapshot.client
    changes = convert.to_text_edits(edits, snapshot.positions(text))
    if not client.supports_versioned_edits:
        return None if is_new else t.WorkspaceEdit(changes={uri: changes})
    if is_new and not client.supports_file_creation:
        return None
    opened = snapshot.open_document(uri)
    document = t.OptionalVersionedTextDocumentIdentifier(uri, opened.version if opened else None)
    created = [t.CreateFile(uri, options=t.CreateFileOptions(ignore_if_exists=True))] if is_new else []
    return t.WorkspaceEdit(document_changes=[*created, t.TextDocumentEdit(document, changes)])
