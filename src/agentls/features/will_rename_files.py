"""Rename of files: what changes along with a file or folder that the user renames or moves."""

from __future__ import annotations

import posixpath

from agentls.document.document import Document
from agentls.features.rename import (
    Files,
    Move,
    RenameError,
    Renaming,
    defining_document,
    find_edits,
    link_edits,
    named_path,
    sort_edits,
)
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition


def rename_files(index: Index, old: str, new: str, files: Files) -> tuple[Renaming, list[str]]:
    """The edits for a file or folder that is about to move, and the reasons why names that the move would
    change cannot be changed."""
    move = Move(old, new)
    changes = list(link_edits(index, move, files))
    reasons: list[str] = []
    for names in list(index):
        definition = names.main_definition
        if (
            definition is None
            or move.apply_to(names.path) == names.path
            or not _may_change_with(definition, move)
        ):
            continue
        document = defining_document(definition, files)
        name = _name_after_move(document, definition, move, files) if document else definition.name
        if name != definition.name:
            renaming = find_edits(index, definition, name, document, move, files)
            if isinstance(renaming, RenameError):
                reasons.append(renaming.reason)
            else:
                changes += renaming.changes
    return Renaming(sort_edits(changes), move), reasons


def _may_change_with(definition: Definition, move: Move) -> bool:
    """Whether a name may change with the path: it comes from the path, or the file name starts with it."""
    written = definition.span.start < definition.span.end
    return not written or posixpath.basename(move.old).startswith(definition.name)


def _name_after_move(document: Document, definition: Definition, move: Move, files: Files) -> str:
    """The name of a definition after its file has moved."""
    if definition.span.start < definition.span.end and named_path(document, definition) == move.old:
        last, stem = move.old.rpartition("/")[2], definition.name
        suffix, new_file_name = last[len(stem) :], move.new.rpartition("/")[2]
        return new_file_name.removesuffix(suffix) if new_file_name.endswith(suffix) else definition.name
    after = files.document(move.apply_to(document.path), document.text)
    definition_after = extract.extract_names(after).main_definition if after else None
    return (
        definition_after.name
        if definition_after and definition_after.qualifier == definition.qualifier
        else definition.name
    )
