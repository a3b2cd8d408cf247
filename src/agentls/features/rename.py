"""Rename: all that changes with a name, the same from whichever place of it, and why it may not change.

The index says where a name stands. A file may have changed since it was indexed, so each place is held
against the text as it is now.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from agentls.document import edits as rewrite
from agentls.document.document import Document
from agentls.document.locate import is_inside
from agentls.features.references import find_name_at, resolve_name
from agentls.linter.reason_wording import describe_reason
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, Names, Reference
from agentls.text.offsets import Edit, Span, apply_edits

Why = Literal["name", "reference", "link", "prose"]
"""What stands in the place of an edit: the name itself, a reference, a path, or a word in prose that is the
name by its letters, which somebody has to look at."""


class RenameEdit(NamedTuple):
    """An edit in the file at `path`."""

    path: str
    edit: Edit
    reason: Why


class Move(NamedTuple):
    """A file or folder that gets another path."""

    old: str
    new: str

    def apply_to(self, path: str) -> str:
        """Where `path` lies after the move."""
        return self.new + path[len(self.old) :] if is_inside(self.old, path) else path


class Renaming(NamedTuple):
    """What a new name comes to. The edits refer to the files as they lie before the move. `stays` is the
    path of a file or folder that keeps the old name, since the editor cannot rename it."""

    changes: tuple[RenameEdit, ...] = ()
    move: Move | None = None
    unrenamed_path: str = ""


class RenameError(NamedTuple):
    """Why there is no renaming."""

    reason: str


class Files(NamedTuple):
    """What is asked about the files of the project at `root`: the text of one, what a text would be at a
    path as a document and as names, and whether something is at a path."""

    root: str
    text: Callable[[str], str | None]
    document: Callable[[str, str], Document | None]
    names: Callable[[str, str], Names | None]
    exists: Callable[[str], bool]

    def hold(self, path: str) -> bool:
        """Whether a path lies in the project."""
        return path.startswith(f"{self.root.rstrip('/')}/")

    def shown(self, path: str) -> str:
        """A path as people know it: counted from the root."""
        return path.removeprefix(f"{self.root.rstrip('/')}/")


def prepare_rename(
    index: Index, names: Names, text: str, offset: int, files: Files
) -> tuple[Definition, Span] | RenameError | None:
    """What is named at `offset` in `text`, which is the file of `names`, and where the name stands; `None`
    where there is no name."""
    found = find_name_at(index, names, text, offset)
    if found is None or found.kind == "file":
        return None
    definition = resolve_name(index, names, found)
    if definition is None:
        document = files.document(names.path, text)
        built_in = document.dialect.builtin_agents if document else ()
        if any(agent.name == found.name for agent in built_in):
            return RenameError(f"`{found.name}` is a built-in agent, which cannot be renamed.")
        return RenameError(f"There is no `{found.name}` in this project that could be renamed.")
    if not files.hold(definition.path):
        return RenameError(f"`{definition.name}` lies outside of the project, in {definition.path}.")
    return definition, found.span


def rename(
    index: Index, definition: Definition, new: str, files: Files, *, moves: bool = True
) -> Renaming | RenameError:
    """All that changes when `definition` is called `new`. `moves` tells whether files can be renamed."""
    new = new.strip()
    document = _document(definition, files)
    unit = _named_path(document, definition) if document else None
    move = Move(unit, _called(unit, definition.name, new)) if unit and moves else None
    renaming = _renaming(index, definition, new, document, move, files)
    if isinstance(renaming, RenameError):
        return renaming
    if move and (move.new.count("/") != move.old.count("/") or _UNFIT_PATH.search(new)):
        return RenameError(f"`{new}` cannot be the name of a file.")
    # Where capital letters make no difference, the file is there under its old name.
    if move and move.new.lower() != move.old.lower() and files.exists(move.new):
        return RenameError(f"{files.shown(move.new)} is there already.")
    links = _links(index, move, files) if move else ()
    return Renaming(_in_order((*renaming.changes, *links)), move, "" if moves else unit or "")


def rename_files(index: Index, old: str, new: str, files: Files) -> tuple[Renaming, list[str]]:
    """What changes along with a file or folder that somebody is about to move, and the reasons for which
    names stay as they are that the move would change."""
    move = Move(old, new)
    changes = list(_links(index, move, files))
    reasons: list[str] = []
    for names in list(index):
        definition = names.main_definition
        if definition is None or move.apply_to(names.path) == names.path or not _may_follow(definition, move):
            continue
        document = _document(definition, files)
        name = _name_after(document, definition, move, files) if document else definition.name
        if name != definition.name:
            renaming = _renaming(index, definition, name, document, move, files)
            if isinstance(renaming, RenameError):
                reasons.append(renaming.reason)
            else:
                changes += renaming.changes
    return Renaming(_in_order(changes), move), reasons


def _may_follow(definition: Definition, move: Move) -> bool:
    """Whether a name may have to do with what moves: it comes from the path, or begins the name of that."""
    written = definition.span.start < definition.span.end
    return not written or posixpath.basename(move.old).startswith(definition.name)


def _name_after(document: Document, definition: Definition, move: Move, files: Files) -> str:
    """The name that goes with the place in which a file lies after a move."""
    if definition.span.start < definition.span.end and _named_path(document, definition) == move.old:
        last, stem = move.old.rpartition("/")[2], definition.name
        fixed, fresh = last[len(stem) :], move.new.rpartition("/")[2]
        return fresh.removesuffix(fixed) if fresh.endswith(fixed) else definition.name
    after = files.document(move.apply_to(document.path), document.text)
    own = extract.extract_names(after).main_definition if after else None
    return own.name if own and own.qualifier == definition.qualifier else definition.name


def _renaming(
    index: Index, definition: Definition, new: str, document: Document | None, move: Move | None, files: Files
) -> Renaming | RenameError:
    text = files.text(definition.path)
    names = _current_names(index.get(definition.path), definition, text, files)
    home = next((each for each in names.definitions if _same(each, definition)), None) if names else None
    if text is None or home is None:
        return RenameError(f"`{definition.name}` is no longer found in {files.shown(definition.path)}.")
    reason = _invalid_name(index, definition, new, files)
    if reason:
        return RenameError(reason)
    changes = [*_own(definition.path, text, home, new), *_references(index, definition, new, files)]
    # A skill or a server that is called by an ordinary word is mostly called like a program or a deed.
    if definition.kind == "agent" or not _ORDINARY.fullmatch(definition.name):
        changes += _prose(index, definition, new, {change.path for change in changes}, files)
    renaming = Renaming(_in_order(changes), move)
    reason = _find_failure(definition, new, document, renaming, files)
    return RenameError(reason) if reason else renaming


def _document(definition: Definition, files: Files) -> Document | None:
    """The document that is the definition; there is none of what is an entry in a file."""
    text = None if definition.is_entry else files.text(definition.path)
    return None if text is None else files.document(definition.path, text)


def _current_names(
    names: Names | None, definition: Definition, text: str | None, files: Files
) -> Names | None:
    """The names of a file as its text is now. They are gathered anew if a name does not stand where it
    stood."""
    if names is None or text is None:
        return None
    called = definition.all_names
    for each in _all(names):
        if each.name in called and each.span.start < each.span.end and each.span.text_in(text) != each.name:
            return files.names(names.path, text)
    return names


def _all(names: Names) -> Iterator[Definition | Reference]:
    """What a file defines, and what it refers to."""
    yield from names.definitions
    yield from names.references


def _same(one: Definition, other: Definition) -> bool:
    return (one.kind, one.name, one.qualifier, one.is_entry) == (
        other.kind,
        other.name,
        other.qualifier,
        other.is_entry,
    )


def _own(path: str, text: str, definition: Definition, new: str) -> Iterator[RenameEdit]:
    """The edit of the name itself, in the quotes that it has. Where these hold escapes they are a part of it."""
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
        new, inside = rewrite.write_scalar(new), True
    yield RenameEdit(path, Edit(definition.span, new if inside else f"{sign}{new}{sign}"), "name")


# --- why not --------------------------------------------------------------------------------------

_UNFIT_PATH = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_SERVER = re.compile(r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*")
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]*")
_UNMARKED = ("word", "noun", "item")
_ORDINARY = re.compile(r"[^\W\d_]+")


def _invalid_name(index: Index, definition: Definition, new: str, files: Files) -> str | None:
    """Why `new` is no name for `definition`, as far as its file does not matter."""
    if not new:
        return "A name is needed."
    if new == definition.name:
        return f"`{new}` is its name already."
    if len(new.splitlines()) > 1:
        return "A name is a single line."
    if definition.kind == "server" and not _SERVER.fullmatch(new):
        return f"`{new}` cannot stand in the names of tools: only letters, digits, `-` and single `_` can."
    rivals = index.find_definitions(definition.kind, new)
    for other in (*rivals, *index.find_definitions("any", new)):
        if other in rivals and _conflict(index, definition, other):
            return f"There is another {other.kind} `{new}` already, in {files.shown(other.path)}."
        if _conflict(index, definition, other) and any(
            _in_prose(index, each) for each in (definition, other)
        ):
            return (
                f"There is a {other.kind} `{new}`, and one could not tell which of the two is meant in prose."
            )
    return None


def _conflict(index: Index, one: Definition, other: Definition) -> bool:
    """Whether some runtime knows both of two definitions in one project, or from the user's home."""
    folders = sorted((f"{one.base_folder.rstrip('/')}/", f"{other.base_folder.rstrip('/')}/"), key=len)
    known = not set(one.runtimes).isdisjoint(other.runtimes)
    near = folders[1].startswith(folders[0]) or other.base_folder == index.user_folder
    return known and near and one.qualifier == other.qualifier


def _in_prose(index: Index, definition: Definition) -> bool:
    """Whether something refers to a definition without saying of what kind it is."""
    return any(reference.kind == "any" for _, reference in index.find_references(definition))


def _find_failure(
    definition: Definition, new: str, document: Document | None, renaming: Renaming, files: Files
) -> str | None:
    """Why the renaming would not come out as it should: the files are read as they would be."""
    edits: dict[str, list[Edit]] = {}
    for change in renaming.changes:
        if change.reason in ("name", "reference"):
            edits.setdefault(change.path, []).append(change.edit)
    if document:
        path = renaming.move.apply_to(definition.path) if renaming.move else definition.path
        own_edits = tuple(edits.get(definition.path, ()))
        after = files.document(path, apply_edits(document.text, own_edits)) or document.with_edits(own_edits)
        own = extract.extract_names(after).main_definition
        renamed = definition._replace(name=new)
        reason = _new_reason(document, after) or _special_meaning(document, definition, new)
        if reason or own is None or not _same(own, renamed):
            return reason or f"The file would not get the name `{new}` by that."
    if _PLAIN.fullmatch(new) and rewrite.write_scalar(new) == new:
        return None  # It can stand wherever a name can.
    for path, changed in edits.items():
        after_all = files.names(path, apply_edits(files.text(path) or "", changed))
        if after_all is None or sum(each.name == new for each in _all(after_all)) < len(changed):
            return f"`{new}` cannot be written in all places of the name in {files.shown(path)}."
    return None


def _new_reason(before: Document, after: Document) -> str | None:
    """What a runtime that counts has against a file that it had nothing against before."""
    old = {reading.runtime.name: {reason.kind for reason in reading.reasons} for reading in before.readings}
    for reading in after.readings:
        for reason in reading.reasons:
            if reason.kind not in old.get(reading.runtime.name, ()) and reading.runtime.verdict == "counts":
                return f"{describe_reason(reason)}. {reading.runtime.title} {reading.runtime.refusal}."
    return None


def _special_meaning(document: Document, definition: Definition, new: str) -> str | None:
    """What the runtime means by `new` itself."""
    words = document.dialect.special_agent_names if definition.kind == "agent" else ()
    word = next((word for word in words if word.name == new), None)
    return f"`{new}` has a meaning of its own. {word.summary}" if word else None


# --- files and paths ------------------------------------------------------------------------------


def _named_path(document: Document, definition: Definition) -> str | None:
    """The file, or the folder around it, that is called as the definition is."""
    identity, path = document.identity, document.path
    if document.reading.runtime.identity == "folder":
        return path.rpartition("/")[0] if identity.subfolders[-1:] == (definition.name,) else None
    return path if definition.name in (identity.stem, identity.default_name("path")) else None


def _called(unit: str, old: str, new: str) -> str:
    """The path of a file or folder once it is called `new`. What both names have in front of a `/` are
    folders, which stay."""
    folder, _, last = unit.rpartition("/")
    above, _, stem = old.rpartition("/")
    return f"{folder}/{new.removeprefix(f'{above}/') if above else new}{last[len(stem) :]}"


def _links(index: Index, move: Move, files: Files) -> Iterator[RenameEdit]:
    """The edits of the paths that lead to what moves, and of those in it that would lead astray."""
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
        text = files.text(names.path) if files.hold(names.path) else None
        if text is not None and files.exists(reference.name):
            written = _path_after(reference.span.text_in(text), reference.name, names, move, files)
            if written:
                yield RenameEdit(names.path, Edit(reference.span, written), "link")


def _path_after(written: str, target: str, names: Names, move: Move, files: Files) -> str | None:
    """How a path is written after a move, that leads to `target` in the file of `names`; `None` if it stays as
    it is, or leads elsewhere."""
    here, plain = posixpath.dirname(names.path), unquote(written)
    for base in dict.fromkeys((here, names.base)):
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
    """A path with nothing changed but the name of what moves, if the path names it."""
    parts, (old, new) = written.rstrip("/").split("/"), map(posixpath.basename, move)
    at = len(parts) - 1 - target[len(move.old) :].count("/")
    if at < 0 or parts[at] != old:
        return None
    parts[at] = new
    return "/".join(parts) + written[len(written.rstrip("/")) :]


# --- references and prose -------------------------------------------------------------------------


def _references(index: Index, definition: Definition, new: str, files: Files) -> Iterator[RenameEdit]:
    """The edits of the references, each without its scope."""
    # In the names of its tools, a plugin's server has the plugin in front.
    longest = definition._replace(name=new).all_names[-1]
    for path in dict.fromkeys(names.path for names, _ in index.find_references(definition)):
        text = files.text(path) if files.hold(path) else None
        names = _current_names(index.get(path), definition, text, files)
        for each in names.references if names else ():
            if names and each.name in definition.all_names and resolve_name(index, names, each) == definition:
                written = longest if each.name == definition.all_names[-1] else new
                doubtful = each.form in _UNMARKED and _ORDINARY.fullmatch(each.name)
                yield RenameEdit(path, Edit(each.span, written), "prose" if doubtful else "reference")


def _prose(
    index: Index, definition: Definition, new: str, paths: Iterable[str], files: Files
) -> Iterator[RenameEdit]:
    """The edits of the words in the texts at `paths` that are the name by their letters."""
    name = re.escape(definition.name)
    # What may not stand in front comes behind: the search starts at the letters, which are rare.
    word = re.compile(rf"{name}(?<![\w./@:#\\-]{name})(?![\w/\\-]|[.:@]\w)")
    for path in paths:
        text = files.text(path) or ""
        names = _current_names(index.get(path), definition, text, files)
        if names is None:
            continue
        known = {at for each in _all(names) for at in range(*each.span)}
        found = [Span(*each.span()) for each in word.finditer(text) if each.start() not in known]
        document = files.document(path, text) if found else None
        yield from (
            RenameEdit(path, Edit(span, new), "prose")
            for span in found
            if document and _in_words(document, span)
        )


def _in_words(document: Document, span: Span) -> bool:
    """Whether a place is in the prompt, or in a text of the frontmatter."""
    if span.start >= document.body_start:
        return True
    for entry in document.root.entries:
        if entry.value.span.start <= span.start < entry.value.span.end:
            key = document.dialect.key(entry.key.text)
            return key is not None and key.type == "text" and key.name != "name"
    return False


def _in_order(changes: Iterable[RenameEdit]) -> tuple[RenameEdit, ...]:
    """The changes by path and place, each place once."""
    places: dict[tuple[str, Span], RenameEdit] = {}
    for change in changes:
        places.setdefault((change.path, change.edit.span), change)
    return tuple(places[place] for place in sorted(places))
