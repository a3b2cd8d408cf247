"""Renaming: a name in all files at once, and what goes along with a file that is renamed or moved.

What a client can do decides what an edit has: files that get another name, words in prose that somebody
has to look at first, labels to choose by.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from agentls.lsp.client import Client
from agentls.lsp.convert import Positions
from agentls.lsp.name_requests import here
from agentls.text.offsets import LineIndex

if TYPE_CHECKING:
    from agentls.features.rename import Files, RenameEdit, RenameError, Renaming
    from agentls.lsp.project_indexes import Project
    from agentls.lsp.server import Server
    from agentls.project.index import Index
    from agentls.project.names import Definition


def register(ls: Server, client: Client) -> None:
    """Offer what a client announced. It takes a part in `initialize`, before which nothing is known of it."""
    options = t.RenameOptions(prepare_provider=True) if client.prepares_rename else None
    ls.feature(t.TEXT_DOCUMENT_RENAME, options)(rename)
    if client.prepares_rename:
        ls.feature(t.TEXT_DOCUMENT_PREPARE_RENAME)(prepare_rename)
    if client.tells_of_renames:
        # A path may lead to any file.
        everything = t.FileOperationFilter(t.FileOperationPattern("**/*"), scheme="file")
        ls.feature(t.WORKSPACE_WILL_RENAME_FILES, t.FileOperationRegistrationOptions([everything]))(
            will_rename_files
        )


async def prepare_rename(ls: Server, params: t.PrepareRenameParams) -> t.PrepareRenamePlaceholder | None:
    """What would be renamed at a position, and where it stands."""
    found = await _wanted(ls, params.text_document.uri, params.position)
    return t.PrepareRenamePlaceholder(found.range, found.definition.name) if found else None


async def rename(ls: Server, params: t.RenameParams) -> t.WorkspaceEdit | None:
    """The edit that gives what stands at a position another name."""
    from agentls.features import rename as feature

    found = await _wanted(ls, params.text_document.uri, params.position)
    if found is None:
        return None
    renaming = feature.rename(
        found.project, found.definition, params.new_name, found.files, moves=ls.client.renames_files
    )
    if isinstance(renaming, feature.RenameError):
        raise _failed(renaming)
    if renaming.unrenamed_path:
        name = found.files.relative(renaming.unrenamed_path)
        _say(ls, f"{name} keeps its name, since this editor does not rename files for others.")
    return _edit(ls, renaming, found.files)


async def will_rename_files(ls: Server, params: t.RenameFilesParams) -> t.WorkspaceEdit | None:
    """The edits that go along with files and folders which are about to be renamed or moved."""
    from agentls.features.rename import Renaming
    from agentls.features.will_rename_files import rename_files
    from agentls.lsp.open_documents import path_of

    changes: list[RenameEdit] = []
    files = _files(ls, "")
    for file in params.files:
        old, new = path_of(file.old_uri), path_of(file.new_uri)
        for project in ls.projects.all() if old and new else ():
            if old and new and old.startswith(f"{project.root}/"):
                await _complete(project)
                files = files._replace(root=project.root)
                found, reasons = rename_files(project.index, old, new, files)
                changes += found.changes
                for reason in reasons:
                    _say(ls, f"The name stays as it is. {reason}")
    return _edit(ls, Renaming(tuple(dict.fromkeys(changes))), files) if changes else None


class Wanted(NamedTuple):
    """What is to be renamed, and where its name stands that somebody points at."""

    definition: Definition
    range: t.Range
    project: Index
    files: Files


async def _wanted(ls: Server, uri: str, position: t.Position) -> Wanted | None:
    """What is named at a position, once the whole project is known."""
    from agentls.features import rename as feature
    from agentls.lsp.open_documents import path_of

    asked, path = ls.ask(uri), path_of(uri)
    if asked:
        project = ls.projects.project(asked.document)
    else:
        around = [each for each in ls.projects.all() if path and path.startswith(f"{each.root}/")]
        if not around:
            return None
        project = max(around, key=lambda each: len(each.root))
    await _complete(project)
    seen = here(ls, uri)
    if seen is None:
        return None
    files = _files(ls, project.root)
    found = feature.prepare_rename(seen.project, seen.names, seen.text, seen.at.offset(position), files)
    if isinstance(found, feature.RenameError):
        raise _failed(found)
    return Wanted(found[0], seen.at.range(found[1]), seen.project, files) if found else None


async def _complete(project: Project) -> None:
    """Wait until all files of a project are known."""
    while not project.complete and project.job and not project.job.done():
        await asyncio.wait((project.job,))


def _files(ls: Server, root: str) -> Files:
    """The files of a project as they are now, in the editor or on the disk, each read once."""
    import os
    from functools import cache

    from agentls.features.rename import Files

    projects = ls.projects
    return Files(root, cache(projects.text), projects.document, projects.names, os.path.lexists)


def _failed(refused: RenameError) -> JsonRpcException:
    return JsonRpcException(refused.reason, t.LSPErrorCodes.RequestFailed)


def _say(ls: Server, message: str) -> None:
    ls.window_show_message(t.ShowMessageParams(t.MessageType.Info, f"agentls: {message}"))


# The edit


def _edit(ls: Server, renaming: Renaming, files: Files) -> t.WorkspaceEdit:
    """The edit for the client: texts first, then the file or folder that is renamed."""
    client = ls.client
    by_path: dict[str, list[RenameEdit]] = {}
    for change in renaming.changes:
        by_path.setdefault(change.path, []).append(change)
    sure: list[t.TextDocumentEdit] = []
    unsure: list[t.TextDocumentEdit] = []
    for path, changes in by_path.items():
        at = ls.positions(LineIndex(files.text(path) or ""))
        document = _identifier(ls, path)
        certain = [change for change in changes if change.reason != "prose"]
        # Some clients ask once for all edits of a text, so that these are by themselves. They are made after
        # the others, where what stands behind those in a line is no longer where it was.
        lines = {at.position(change.edit.span.start).line for change in certain}
        words = [
            change
            for change in changes
            if change.reason == "prose" and at.position(change.edit.span.start).line not in lines
        ]
        if certain:
            sure.append(t.TextDocumentEdit(document, [_text_edit(each, at, client) for each in certain]))
        if words and client.annotates:
            unsure.append(t.TextDocumentEdit(document, [_text_edit(each, at, client) for each in words]))
    if not (client.versioned_edits or client.renames_files):
        plain = {
            edit.text_document.uri: [each for each in edit.edits if isinstance(each, t.TextEdit)]
            for edit in sure
        }
        return t.WorkspaceEdit(changes=plain)
    operations: list[t.TextDocumentEdit | t.RenameFile] = [*sure, *unsure]
    if renaming.move and client.renames_files:
        old, new = map(ls.projects.uri, renaming.move)
        operations.append(t.RenameFile(old, new, annotation_id=_label("name", client)))
    return t.WorkspaceEdit(
        document_changes=operations, change_annotations=_ANNOTATIONS if client.annotates else None
    )


_ANNOTATIONS = {
    "name": t.ChangeAnnotation("Name"),
    "reference": t.ChangeAnnotation("References"),
    "prose": t.ChangeAnnotation("Prose, to be looked at", needs_confirmation=True),
}


def _identifier(ls: Server, path: str) -> t.OptionalVersionedTextDocumentIdentifier:
    """A file, bound to the version that is open if the client can."""
    uri = ls.projects.uri(path)
    opened = ls.documents.get(uri)
    version = opened.version if opened and ls.client.versioned_edits else None
    return t.OptionalVersionedTextDocumentIdentifier(uri, version)


def _text_edit(change: RenameEdit, at: Positions, client: Client) -> t.TextEdit | t.AnnotatedTextEdit:
    where, new = at.range(change.edit.span), change.edit.new_text
    label = _label(change.reason, client)
    return t.AnnotatedTextEdit(label, where, new) if label else t.TextEdit(where, new)


def _label(why: str, client: Client) -> str | None:
    """What the client is told a change is, if it shows that."""
    return ("reference" if why == "link" else why) if client.annotates else None
