"""Renaming of names in all files at once, and the edits that follow from renamed or moved files.

The capabilities of the client decide what an edit contains: renamed files, labels, and edits in prose, which the
user has to confirm.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from agentls.features import rename as feature
from agentls.features.rename import Files, RenameEdit, RenameError, Renaming
from agentls.features.will_rename_files import rename_files
from agentls.lsp.addresses import path_of
from agentls.lsp.client import Client
from agentls.lsp.convert import Positions
from agentls.lsp.methods import Reply
from agentls.lsp.projects import Project
from agentls.lsp.snapshot import Snapshot
from agentls.project.index import Index
from agentls.project.names import Definition


@dataclass(frozen=True)
class RenameTarget:
    """The definition to rename, and the range of its name that the user has selected."""

    definition: Definition
    range: t.Range
    index: Index
    files: Files


def prepare_rename(snapshot: Snapshot, params: t.PrepareRenameParams) -> t.PrepareRenamePlaceholder | None:
    """Return the name at a position, and its range, if it can be renamed."""
    found = _rename_target(snapshot, params)
    return t.PrepareRenamePlaceholder(found.range, found.definition.name) if found else None


def rename(snapshot: Snapshot, params: t.RenameParams) -> Reply | None:
    """Return the edit that renames the definition of the name at a position."""
    found = _rename_target(snapshot, params)
    if found is None:
        return None
    moves = snapshot.client.supports_file_renames
    renaming = feature.rename(found.index, found.definition, params.new_name, found.files, moves=moves)
    if isinstance(renaming, RenameError):
        raise _request_failed(renaming)
    edit = _workspace_edit(snapshot, renaming, found.files)
    if not renaming.unrenamed_path:
        return Reply(edit)
    file = found.files.relative(renaming.unrenamed_path)
    return Reply(edit, (f"{file} keeps its name because this editor does not support renaming files.",))


def will_rename_files(snapshot: Snapshot, params: t.RenameFilesParams) -> Reply:
    """Return the edits that follow from files and folders that are about to be renamed or moved."""
    changes: list[RenameEdit] = []
    messages: list[str] = []
    files = _files(snapshot, "")
    moves = [(path_of(file.old_uri), path_of(file.new_uri)) for file in params.files]
    for old, new in moves:
        for project in snapshot.projects.values():
            if old and new and project.contains(old):
                files = files._replace(root=project.root)
                found, reasons = rename_files(project.index, old, new, files)
                changes += found.changes
                messages += [f"The name is not changed. {reason}" for reason in reasons]
    renaming = Renaming(tuple(dict.fromkeys(changes)))
    return Reply(_workspace_edit(snapshot, renaming, files) if changes else None, tuple(messages))


def _rename_target(snapshot: Snapshot, params: t.PrepareRenameParams | t.RenameParams) -> RenameTarget | None:
    uri = params.text_document.uri
    path = path_of(uri)
    project, file = _project_of(snapshot, uri, path), snapshot.indexed_file(uri, path)
    if project is None or file is None:
        return None
    files = _files(snapshot, project.root)
    offset = file.positions.offset(params.position)
    found = feature.prepare_rename(file.index, file.names, file.text, offset, files)
    if isinstance(found, RenameError):
        raise _request_failed(found)
    return RenameTarget(found[0], file.positions.range(found[1]), file.index, files) if found else None


def _project_of(snapshot: Snapshot, uri: str, path: str | None) -> Project | None:
    """Return the project of an open agent file, or the innermost project that contains another file."""
    file = snapshot.agent_file(uri)
    if file:
        return file.project
    around = [project for project in snapshot.projects.values() if path and project.contains(path)]
    return max(around, key=lambda project: len(project.root), default=None)


def _files(snapshot: Snapshot, root: str) -> Files:
    """Return the current files of a project. Each is read once."""
    return Files(root, cache(snapshot.text), snapshot.document, snapshot.names, os.path.lexists)


def _request_failed(error: RenameError) -> JsonRpcException:
    return JsonRpcException(error.reason, t.LSPErrorCodes.RequestFailed)


# The edit


def _workspace_edit(snapshot: Snapshot, renaming: Renaming, files: Files) -> t.WorkspaceEdit:
    """Return the edit for the client: first the texts, then the file or folder to rename."""
    client = snapshot.client
    certain, uncertain = _document_edits(snapshot, renaming, files)
    if not (client.supports_versioned_edits or client.supports_file_renames):
        return t.WorkspaceEdit(changes={edit.text_document.uri: _plain(edit) for edit in certain})
    operations: list[t.TextDocumentEdit | t.RenameFile] = [*certain, *uncertain]
    if renaming.move and client.supports_file_renames:
        old, new = map(snapshot.uri, renaming.move)
        operations.append(t.RenameFile(old, new, annotation_id=_annotation("name", client)))
    annotations = _ANNOTATIONS if client.supports_annotations else None
    return t.WorkspaceEdit(document_changes=operations, change_annotations=annotations)


def _plain(edit: t.TextDocumentEdit) -> list[t.TextEdit]:
    return [each for each in edit.edits if isinstance(each, t.TextEdit)]


def _document_edits(
    snapshot: Snapshot, renaming: Renaming, files: Files
) -> tuple[list[t.TextDocumentEdit], list[t.TextDocumentEdit]]:
    """Return the certain edits by document, and those that the user has to confirm."""
    client = snapshot.client
    by_path: dict[str, list[RenameEdit]] = {}
    for change in renaming.changes:
        by_path.setdefault(change.path, []).append(change)
    certain: list[t.TextDocumentEdit] = []
    uncertain: list[t.TextDocumentEdit] = []
    for path, changes in by_path.items():
        positions, document = snapshot.positions(files.text(path) or ""), _identifier(snapshot, path)
        names, prose = _split(changes, positions)
        if names:
            edits = [_text_edit(each, positions, client) for each in names]
            certain.append(t.TextDocumentEdit(document, edits))
        if prose and client.supports_annotations:
            edits = [_text_edit(each, positions, client) for each in prose]
            uncertain.append(t.TextDocumentEdit(document, edits))
    return certain, uncertain


def _split(changes: list[RenameEdit], positions: Positions) -> tuple[list[RenameEdit], list[RenameEdit]]:
    """Return the certain edits of a file, and those in prose.

    Some clients ask the user once for all edits of a `TextDocumentEdit`, so edits in prose are one of their own.
    It is applied after the certain edits, so an edit in prose on a line that those change would have wrong
    positions and is left out.
    """
    certain = [change for change in changes if change.reason != "prose"]
    lines = {positions.position(change.edit.span.start).line for change in certain}
    prose = [change for change in changes if change.reason == "prose"]
    return certain, [
        change for change in prose if positions.position(change.edit.span.start).line not in lines
    ]


_ANNOTATIONS = {
    "name": t.ChangeAnnotation("Name"),
    "reference": t.ChangeAnnotation("References"),
    "prose": t.ChangeAnnotation("Prose", needs_confirmation=True),
}


def _identifier(snapshot: Snapshot, path: str) -> t.OptionalVersionedTextDocumentIdentifier:
    """Return the identifier of a file, bound to the open version if the client supports that."""
    uri = snapshot.uri(path)
    opened = snapshot.open_document(uri)
    version = opened.version if opened and snapshot.client.supports_versioned_edits else None
    return t.OptionalVersionedTextDocumentIdentifier(uri, version)


def _text_edit(change: RenameEdit, positions: Positions, client: Client) -> t.TextEdit | t.AnnotatedTextEdit:
    range_, text = positions.range(change.edit.span), change.edit.new_text
    annotation = _annotation(change.reason, client)
    return t.AnnotatedTextEdit(annotation, range_, text) if annotation else t.TextEdit(range_, text)


def _annotation(reason: str, client: Client) -> str | None:
    """Return the annotation of an edit, if the client shows annotations."""
    return ("reference" if reason == "link" else reason) if client.supports_annotations else None
