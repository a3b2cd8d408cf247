"""Rename: the edits that rename a definition with all its references, or the reason why it cannot be renamed.

The edits are the same from each occurrence of the name. The index has the spans of the name. A file may have
changed since it was indexed, so each span is compared with the current text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal
from urllib.parse import quote, unquote

from agentls.document.document import Document
from agentls.document.edits import write_scalar
from agentls.features.definition import resolve_name
from agentls.features.name_at import find_name_at
from agentls.linter.reason_wording import describe_reason
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, Names, Reference
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.paths import is_inside, relative_to
from agentls.text.patterns import lazy_pattern

EditReason = Literal["name", "reference", "link", "prose"]
"""What an edit changes: the name of the definition, a reference, a path, or an equal word in prose, which the
user should confirm."""


class RenameEdit(NamedTuple):
    """An edit in the file at `path`."""

    path: str
    edit: Edit
    reason: EditReason


class Move(NamedTuple):
    """A file or folder that gets a new path."""

    old: str
    new: str

    def apply_to(self, path: str) -> str:
        """The path after the move of a file that is now at `path`."""
        return self.new + path[len(self.old) :] if is_inside(path, self.old) else path


class Renaming(NamedTuple):
    """The result of a rename. The edits use paths from before the move. `unrenamed_path` is a file or folder that
    keeps the old name because the editor cannot rename files."""

    changes: tuple[RenameEdit, ...] = ()
    move: Move | None = None
    unrenamed_path: str = ""


class RenameError(NamedTuple):
    """Why a definition cannot be renamed."""

    reason: str


class Files(NamedTuple):
    """Access to the files of the project at `root`: the text at a path, the document and the names of a text at
    a path, and whether a path exists."""

    root: str
    text: Callable[[str], str | None]
    document: Callable[[str, str], Document | None]
    names: Callable[[str, str], Names | None]
    exists: Callable[[str], bool]

    def contains(self, path: str) -> bool:
        """Whether a path is in the project."""
        return path.startswith(f"{self.root.rstrip('/')}/")

    def relative(self, path: str) -> str:
        """A path relative to the root, for messages."""
        return relative_to(path, self.root)


def prepare_rename(
    index: Index, names: Names, text: str, offset: int, files: Files
) -> tuple[Definition, Span] | RenameError | None:
    """The definition of the name at `offset` in `text`, which is the file of `names`, and the span of the name;
    `None` if there is no name."""
    found = find_name_at(index, names, text, offset)
    if found is None or found.kind == "file":
        return None
    definition = resolve_name(index, names, found)
    if definition is None:
        document = files.document(names.path, text)
        built_in = document.dialect.builtin_agents if document else ()
        if any(agent.name == found.name for agent in built_in):
            return RenameError(f"`{found.name}` is a built-in agent and cannot be renamed.")
        return RenameError(f"`{found.name}` is not defined in this project.")
    if found.name == definition.label:
        return RenameError(
            f"`{found.name}` is only the `name` of the skill `{definition.name}`; change it there."
        )
    if not files.contains(definition.path):
        return RenameError(f"`{definition.name}` is defined outside the project, in {definition.path}.")
    return definition, found.span


def rename(
    index: Index, definition: Definition, new_name: str, files: Files, *, moves: bool = True
) -> Renaming | RenameError:
    """The edits that rename `definition` to `new`. `moves` tells whether the editor can rename files."""
    new_name = new_name.strip()
    document = defining_document(definition, files)
    old_path = named_path(document, definition) if document else None
    move = Move(old_path, _renamed_path(old_path, definition.name, new_name)) if old_path and moves else None
    renaming = find_edits(index, definition, new_name, document, move, files)
    if isinstance(renaming, RenameError):
        return renaming
    if move and (move.new.count("/") != move.old.count("/") or _NOT_IN_FILE_NAME.search(new_name)):
        return RenameError(f"`{new_name}` is not a valid file name.")
    # On a file system that ignores case, the new path exists if only case changes.
    if move and move.new.lower() != move.old.lower() and files.exists(move.new):
        return RenameError(f"{files.relative(move.new)} already exists.")
    links = link_edits(index, move, files) if move else ()
    return Renaming(sort_edits((*renaming.changes, *links)), move, "" if moves else old_path or "")


def find_edits(
    index: Index,
    definition: Definition,
    new_name: str,
    document: Document | None,
    move: Move | None,
    files: Files,
) -> Renaming | RenameError:
    text = files.text(definition.path)
    names = _current_names(index.get(definition.path), definition, text, files)
    current = (
        next((each for each in names.definitions if _is_same(each, definition)), None) if names else None
    )
    if text is None or current is None:
        return RenameError(f"`{definition.name}` was not found in {files.relative(definition.path)}.")
    reason = _invalid_name(index, definition, new_name, files)
    if reason:
        return RenameError(reason)
    changes = [
        *_name_edits(definition.path, text, current, new_name),
        *_reference_edits(index, definition, new_name, files),
    ]
    # In prose, a single word that is also the name of a skill or server mostly means something else.
    if definition.kind == "agent" or not _SINGLE_WORD.fullmatch(definition.name):
        changes += _prose_edits(index, definition, new_name, {change.path for change in changes}, files)
    renaming = Renaming(sort_edits(changes), move)
    reason = _find_failure(definition, new_name, document, renaming, files)
    return RenameError(reason) if reason else renaming


def defining_document(definition: Definition, files: Files) -> Document | None:
    """The document that a definition is; `None` for an entry in a file."""
    text = None if definition.is_entry else files.text(definition.path)
    return None if text is None else files.document(definition.path, text)


def _current_names(
    names: Names | None, definition: Definition, text: str | None, files: Files
) -> Names | None:
    """The names of a file with the current `text`, extracted again if a span no longer has its name."""
    if names is None or text is None:
        return None
    called = definition.all_names
    for each in _all_names(names):
        if each.name in called and each.span.start < each.span.end and each.span.text_in(text) != each.name:
            return files.names(names.path, text)
    return names


def _all_names(names: Names) -> Iterator[Definition | Reference]:
    """The definitions and references of a file."""
    yield from names.definitions
    yield from names.references


def _is_same(one: Definition, other: Definition) -> bool:
    return (one.kind, one.name, one.qualifier, one.is_entry) == (
        other.kind,
        other.name,
        other.qualifier,
        other.is_entry,
    )


def _name_edits(path: str, text: str, definition: Definition, new: str) -> Iterator[RenameEdit]:
    """The edit of the name in its definition, with its quotes. A name with escapes is replaced with its quotes."""
    start, end = definition.span
    if start == end:
        return
    inside = text[start:end] == definition.name
    sign, last = (text[start - 1 : start], text[end : end + 1]) if inside else (text[start], text[end - 1])
    if sign == last == "'":
        new = new.replace("'", "''")
    elif sign == last == '"':
        new = new.replace("\\", r"\\").replace('"', r"\"")
    else:
        new, inside = write_scalar(new), True
    yield RenameEdit(path, Edit(definition.span, new if inside else f"{sign}{new}{sign}"), "name")


# --- validation -----------------------------------------------------------------------------------

_NOT_IN_FILE_NAME = lazy_pattern(r'[<>:"|?*\\\x00-\x1f]')
_SERVER = lazy_pattern(r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*")
_PLAIN = lazy_pattern(r"[A-Za-z0-9][\w-]*")
_UNMARKED = ("word", "noun", "item")
_SINGLE_WORD = lazy_pattern(r"[^\W\d_]+")


def _invalid_name(index: Index, definition: Definition, new_name: str, files: Files) -> str | None:
    """Why `new` is not valid as the name of `definition`, as far as that does not depend on its file."""
    if not new_name:
        return "The new name is empty."
    if new_name == definition.name:
        return f"The name is already `{new_name}`."
    if len(new_name.splitlines()) > 1:
        return "A name must be a single line."
    if definition.kind == "server" and not _SERVER.fullmatch(new_name):
        return f"`{new_name}` is not valid in tool names: use letters, digits, `-` and single `_`."
    same_kind = index.find_definitions(definition.kind, new_name)
    for other in (*same_kind, *index.find_definitions("any", new_name)):
        if other in same_kind and _conflict(index, definition, other):
            return f"Another {other.kind} `{new_name}` already exists in {files.relative(other.path)}."
        if _conflict(index, definition, other) and any(
            _in_prose(index, each) for each in (definition, other)
        ):
            return f"The {other.kind} `{new_name}` already exists; references in prose would be ambiguous."
    return None


def _conflict(index: Index, one: Definition, other: Definition) -> bool:
    """Whether a runtime loads both definitions in one project, one of them maybe from the user folder."""
    folders = sorted((f"{one.base_folder.rstrip('/')}/", f"{other.base_folder.rstrip('/')}/"), key=len)
    same_runtime = not set(one.runtimes).isdisjoint(other.runtimes)
    visible = folders[1].startswith(folders[0]) or other.base_folder == index.user_folder
    return same_runtime and visible and one.qualifier == other.qualifier


def _in_prose(index: Index, definition: Definition) -> bool:
    """Whether something refers to a definition without its kind."""
    return any(reference.kind == "any" for _, reference in index.find_references(definition))


def _find_failure(
    definition: Definition, new_name: str, document: Document | None, renaming: Renaming, files: Files
) -> str | None:
    """Why the renaming would not have the intended result: the edited texts are read again."""
    edits: dict[str, list[Edit]] = {}
    for change in renaming.changes:
        if change.reason in ("name", "reference"):
            edits.setdefault(change.path, []).append(change.edit)
    if document:
        path = renaming.move.apply_to(definition.path) if renaming.move else definition.path
        file_edits = tuple(edits.get(definition.path, ()))
        after = files.document(path, apply_edits(document.text, file_edits)) or document.with_edits(
            file_edits
        )
        main_definition = extract.extract_names(after).main_definition
        renamed = definition._replace(name=new_name)
        reason = _new_reason(document, after) or _special_meaning(document, definition, new_name)
        if reason or main_definition is None or not _is_same(main_definition, renamed):
            return reason or f"With this edit the file would not get the name `{new_name}`."
    if _PLAIN.fullmatch(new_name) and write_scalar(new_name) == new_name:
        return None  # It needs no quotes or escapes anywhere.
    for path, changed in edits.items():
        after_all = files.names(path, apply_edits(files.text(path) or "", changed))
        if after_all is None or sum(each.name == new_name for each in _all_names(after_all)) < len(changed):
            return f"`{new_name}` cannot replace every occurrence of the name in {files.relative(path)}."
    return None


def _new_reason(before: Document, after: Document) -> str | None:
    """A reason of a primary runtime against the edited file that it did not have before."""
    old = {reading.runtime.name: {reason.kind for reason in reading.reasons} for reading in before.readings}
    for reading in after.readings:
        for reason in reading.reasons:
            known = reason.kind in old.get(reading.runtime.name, ())
            if not known and not reading.runtime.is_advisory:
                return f"{describe_reason(reason)}. {reading.runtime.title} {reading.runtime.effects.rejection_effect}."
    return None


def _special_meaning(document: Document, definition: Definition, new_name: str) -> str | None:
    """A message if `new` is a built-in or reserved name of the runtime."""
    words = document.dialect.special_agent_names if definition.kind == "agent" else ()
    word = next((word for word in words if word.name == new_name), None)
    return f"`{new_name}` is a reserved name. {word.summary}" if word else None


# --- files and paths ------------------------------------------------------------------------------


def named_path(document: Document, definition: Definition) -> str | None:
    """The file, or its folder, that has the name of the definition; `None` if neither has."""
    identity, path = document.identity, document.path
    if document.reading.runtime.naming.default_name == "folder":
        return path.rpartition("/")[0] if identity.subfolders[-1:] == (definition.name,) else None
    return path if definition.name in (identity.stem, identity.default_name("path")) else None


def _renamed_path(path: str, old: str, new: str) -> str:
    """The path of a file or folder renamed from `old` to `new`. The folders in front of a `/` in both names stay."""
    folder, _, last = path.rpartition("/")
    above, _, stem = old.rpartition("/")
    return f"{folder}/{new.removeprefix(f'{above}/') if above else new}{last[len(stem) :]}"


def link_edits(index: Index, move: Move, files: Files) -> Iterator[RenameEdit]:
    """The edits of paths to the moved files, and of relative paths inside them."""
    leading = list(index.find_path_references(move.old))
    if posixpath.dirname(move.old) != posixpath.dirname(move.new):
        leading += [
            (names, reference)
            for names in index
            if move.apply_to(names.path) != names.path
            for reference in names.references
            if reference.kind == "file"
        ]
    for names, reference in leading:
        text = files.text(names.path) if files.contains(names.path) else None
        if text is not None and files.exists(reference.name):
            written = _path_after(reference.span.text_in(text), reference.name, names, move, files)
            if written:
                yield RenameEdit(names.path, Edit(reference.span, written), "link")


def _path_after(written: str, target: str, names: Names, move: Move, files: Files) -> str | None:
    """The new text of a path in the file of `names` that refers to `target`; `None` if it stays the same or refers
    to another file."""
    here, plain = posixpath.dirname(names.path), unquote(written)
    for base in dict.fromkeys((here, names.base_folder)):
        full = posixpath.normpath(posixpath.join(base, plain))
        if full == target:
            start = posixpath.dirname(move.apply_to(names.path)) if base == here else base
            fresh = move.apply_to(target)
            if posixpath.normpath(posixpath.join(start, plain)) == fresh:
                return None
            after = _replace_segment(plain, target, move)
            if after is None or posixpath.normpath(posixpath.join(start, after)) != fresh:
                after = posixpath.relpath(fresh, start)
                after = f"./{after}" if plain.startswith("./") else after
            return quote(after) if plain != written else after
        if files.exists(full):
            return None
    return None


def _replace_segment(written: str, target: str, move: Move) -> str | None:
    """`written` with only the name of the moved file or folder replaced; `None` if the path does not contain it."""
    parts, (old, new) = written.rstrip("/").split("/"), map(posixpath.basename, move)
    at = len(parts) - 1 - target[len(move.old) :].count("/")
    if at < 0 or parts[at] != old:
        return None
    parts[at] = new
    return "/".join(parts) + written[len(written.rstrip("/")) :]


# --- references and prose -------------------------------------------------------------------------


def _reference_edits(index: Index, definition: Definition, new: str, files: Files) -> Iterator[RenameEdit]:
    """The edits of the references, without their qualifiers."""
    # The tool names of a server in a plugin contain the plugin.
    longest = definition._replace(name=new).all_names[-1]
    for path in dict.fromkeys(names.path for names, _ in index.find_references(definition)):
        text = files.text(path) if files.contains(path) else None
        names = _current_names(index.get(path), definition, text, files)
        for each in names.references if names else ():
            if names and each.name in definition.all_names and resolve_name(index, names, each) == definition:
                written = longest if each.name == definition.all_names[-1] else new
                if written == each.name:
                    continue
                doubtful = each.form in _UNMARKED and _SINGLE_WORD.fullmatch(each.name)
                yield RenameEdit(path, Edit(each.span, written), "prose" if doubtful else "reference")


def _prose_edits(
    index: Index, definition: Definition, new: str, paths: Iterable[str], files: Files
) -> Iterator[RenameEdit]:
    """The edits of words in prose in the files at `paths` that equal the name."""
    name = re.escape(definition.name)
    # The lookbehind follows the name, since a search that starts with rare letters is faster.
    word = re.compile(rf"{name}(?<![\w./@:#\\-]{name})(?![\w/\\-]|[.:@]\w)")
    for path in paths:
        text = files.text(path) or ""
        names = _current_names(index.get(path), definition, text, files)
        if names is None:
            continue
        known = {at for each in _all_names(names) for at in range(*each.span)}
        found = [Span(*each.span()) for each in word.finditer(text) if each.start() not in known]
        document = files.document(path, text) if found else None
        yield from (
            RenameEdit(path, Edit(span, new), "prose")
            for span in found
            if document and _is_prose(document, span)
        )


def _is_prose(document: Document, span: Span) -> bool:
    """Whether `span` is in the prompt, or in a text of the frontmatter."""
    if span.start >= document.body_start:
        return True
    for entry in document.root.entries:
        if entry.value.span.start <= span.start < entry.value.span.end:
            key = document.dialect.key(entry.key.text)
            return key is not None and key.type == "text" and key.name != "name"
    return False


def sort_edits(changes: Iterable[RenameEdit]) -> tuple[RenameEdit, ...]:
    """The edits ordered by path and span, without duplicates."""
    places: dict[tuple[str, Span], RenameEdit] = {}
    for change in changes:
        places.setdefault((change.path, change.edit.span), change)
    return tuple(places[place] for place in sorted(places))
