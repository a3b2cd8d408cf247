"""The index of a project: the names of all its files, with look-ups by name.

Files are updated and removed one at a time, in any order. The cost depends on the file, not on the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentls.dialects.runtimes import Runtime
from agentls.project.names import Definition, NameKind, Names, Reference, normalise_name
from agentls.project.namespace import Namespace
from agentls.text.offsets import Span
from agentls.text.paths import is_inside
from agentls.text.spelling import SpellingIndex

_ANY: tuple[NameKind, ...] = ("agent", "skill", "command")
_MATCHING_KINDS: dict[NameKind, tuple[NameKind, ...]] = {
    "any": _ANY,
    "agent": ("agent",),
    # Claude Code treats a command as a skill.
    "skill": ("skill", "command"),
    "command": ("command", "skill"),
    "server": ("server",),
    "file": (),
}


class Index:
    """The names of the files of one project and of the user's own files.

    Definitions in the `user_folder` ("" for none) are visible in every project.
    """

    def __init__(self, user_folder: str = "") -> None:
        self.user_folder = user_folder
        self._files: dict[str, Names] = {}
        self._definitions: dict[str, dict[str, list[Definition]]] = {}
        self._references: dict[str, dict[str, list[Reference]]] = {}
        # Most runs never ask for the references to a name, so that these files wait until one does.
        self._waiting: dict[str, Names] = {}
        self._namespaces: dict[tuple[str, ...], Namespace] = {}
        self._counts: dict[NameKind, int] = {}
        self._spelling: dict[NameKind, SpellingIndex] = {}
        self._permission_files: dict[str, Names] = {}
        self._visible: dict[object, list[Definition]] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def __iter__(self) -> Iterator[Names]:
        """The names of all files."""
        return iter(self._files.values())

    def get(self, path: str) -> Names | None:
        """The names of the file at `path`."""
        return self._files.get(path)

    def update(self, names: Names) -> bool:
        """Add a file or replace it. Returns whether that can affect other files, for which the spans of its
        references, which change with every edit, do not matter."""
        old = self._files.get(names.path)
        if old == names:
            return False
        if old:
            self._remove(old)
        self._files[names.path] = names
        if (old.definitions if old else ()) != names.definitions:
            self._spelling.clear()
            self._visible.clear()
        if names.permissions:
            self._permission_files[names.path] = names
        for definition in names.definitions:
            self._counts[definition.kind] = self._counts.get(definition.kind, 0) + 1
            for key in {normalise_name(name) for name in definition.all_names}:
                self._definitions.setdefault(key, {}).setdefault(names.path, []).append(definition)
        self._waiting[names.path] = names
        if names.main_definition and names.main_definition.loads:
            self._namespaces.setdefault(_namespace_key(names.main_definition), Namespace()).add(
                names.main_definition
            )
        return old is None or _without_spans(old) != _without_spans(names)

    def remove(self, path: str) -> bool:
        """Remove a file. Returns whether it was in the index."""
        old = self._files.get(path)
        if old is None:
            return False
        self._remove(old)
        self._spelling.clear()
        self._visible.clear()
        return True

    def _remove(self, old: Names) -> None:
        del self._files[old.path]
        self._permission_files.pop(old.path, None)
        for definition in old.definitions:
            self._counts[definition.kind] -= 1
            for name in definition.all_names:
                _forget(self._definitions, name, old.path)
        if self._waiting.pop(old.path, None) is None:
            for reference in old.references:
                _forget(self._references, reference.name, old.path)
        if old.main_definition and old.main_definition.loads:
            namespace = self._namespaces[_namespace_key(old.main_definition)]
            namespace.remove(old.main_definition)
            if not namespace:
                del self._namespaces[_namespace_key(old.main_definition)]

    # Look-ups

    def permission_files(self, runtime: Runtime) -> Iterator[Names]:
        """The files whose permission rules a runtime reads.

        None for a runtime that does not check deny rules first: there the order of the files, which is unknown,
        would decide.
        """
        found = self._permission_files.values() if runtime.denies_first else ()
        return (names for names in found if runtime.name in names.runtimes)

    def definitions(self, kind: NameKind) -> Iterator[Definition]:
        """All definitions of a kind."""
        kinds = _MATCHING_KINDS[kind] if kind == "any" else (kind,)
        return (each for names in self for each in names.definitions if each.kind in kinds)

    def count(self, kind: NameKind) -> int:
        """The number of definitions of a kind."""
        return self._counts.get(kind, 0)

    def suggest_name(self, kind: NameKind, name: str) -> str | None:
        """The closest match to the misspelt `name` among the names of definitions."""
        if kind not in self._spelling:
            self._spelling[kind] = SpellingIndex(
                name_of
                for known in _MATCHING_KINDS[kind]
                for each in self.definitions(known)
                for name_of in each.all_names
            )
        return self._spelling[kind].closest_match(name)

    def find_similar(self, name: str) -> list[Definition]:
        """The definitions whose names equal `name` apart from case and separators."""
        return [each for rows in self._definitions.get(normalise_name(name), {}).values() for each in rows]

    def find_definitions(self, kind: NameKind, name: str) -> list[Definition]:
        """The definitions with exactly that name."""
        kinds = _MATCHING_KINDS[kind]
        return [each for each in self.find_similar(name) if each.kind in kinds and name in each.all_names]

    def find_by_name(self, name: str) -> Iterator[tuple[Names, Reference]]:
        """The references with that name, each with the names of its file."""
        self._add_references()
        for path, rows in self._references.get(normalise_name(name), {}).items():
            names = self._files[path]
            yield from ((names, reference) for reference in rows if reference.name == name)

    def _add_references(self) -> None:
        """Add the references of the files that have changed since the last look-up."""
        for names in self._waiting.values():
            for reference in names.references:
                uses = self._references.setdefault(normalise_name(reference.name), {})
                uses.setdefault(names.path, []).append(reference)
        self._waiting.clear()

    def resolve(self, reference: Reference, names: Names) -> list[Definition]:
        """The definitions that a reference in the file of `names` can mean, the most likely first.

        Definitions that load come before others, then those that a reader of the file loads; then those in the
        same plugin, in the same base folder or the nearest parent folder, and in the user folder. This is the
        order of Claude Code (its docs, 2026-08-22); that of other runtimes is not documented.
        """
        found = self.find_definitions(reference.kind, reference.name)
        if reference.qualifier:
            found = [
                each
                for each in found
                if reference.qualifier in (each.qualifier, each.qualifier.partition(":")[0])
            ]
        return sorted(found, key=lambda each: (*self._distance(each, names), each.path))

    def resolve_best(self, reference: Reference, names: Names) -> list[Definition]:
        """The most likely definitions that a reference can mean; several if nothing decides between them."""
        found = self.resolve(reference, names)
        return [each for each in found if self._distance(each, names) == self._distance(found[0], names)]

    def visible_definitions(self, kinds: tuple[NameKind, ...], names: Names) -> list[Definition]:
        """The definitions that the file of `names` can refer to, in the order of `resolve`: those that the owner of
        its folder loads, each full name once, without the file itself and without servers of other agents."""
        cache_key = (kinds, names.path, names.base_folder, names.plugin, names.runtimes)
        if cache_key not in self._visible:
            self._visible[cache_key] = self._find_visible(kinds, names)
        return self._visible[cache_key]

    def _find_visible(self, kinds: tuple[NameKind, ...], names: Names) -> list[Definition]:
        if kinds not in self._visible:
            defined = (each for file in self for each in file.definitions)
            self._visible[kinds] = [each for each in defined if each.kind in kinds and each.loads]
        owner = {*names.runtimes[:1]}
        ranks: dict[object, tuple[bool, bool, int, int, int]] = {}
        found: list[tuple[tuple[bool, bool, int, int, int], str, str, Definition]] = []
        for each in self._visible[kinds]:
            is_same_file = each.path == names.path
            if (is_same_file and each.kind != "server") or (
                each.base_folder == each.path and not is_same_file
            ):
                continue
            if owner and owner.isdisjoint(each.runtimes):
                continue
            key = (each.kind, bool(each.qualifier), each.base_folder, each.runtimes, is_same_file)
            if key not in ranks:
                ranks[key] = self._distance(each, names)
            found.append((ranks[key], each.name, each.path, each))
        found.sort(key=lambda row: row[:3])
        return list({row[-1].full_name: row[-1] for row in reversed(found)}.values())[::-1]

    def find_references(self, definition: Definition) -> Iterator[tuple[Names, Reference]]:
        """The references that most likely mean `definition`."""
        for name in definition.all_names:
            for names, reference in self.find_by_name(name):
                found = self.resolve(reference, names)
                if found and found[0] == definition:
                    yield names, reference

    def find_path_references(self, folder: str) -> Iterator[tuple[Names, Reference]]:
        """The references to `folder`, which may also be a file, or to files in it."""
        for names in self:
            for reference in names.references:
                if reference.kind == "file" and is_inside(reference.name, folder):
                    yield names, reference

    def namespace(self, definition: Definition) -> Namespace:
        """The namespace of `definition`, which contains it if it is loaded."""
        return self._namespaces.get(_namespace_key(definition)) or Namespace()

    def _distance(self, definition: Definition, names: Names) -> tuple[bool, bool, int, int, int]:
        """The distance of a definition from a file that refers to it, as a sort key."""
        known = not names.runtimes or not set(names.runtimes).isdisjoint(definition.runtimes)
        near = definition.kind == "server" and definition.path == names.path
        if near or (definition.qualifier and names.plugin and definition.base_folder == names.base_folder):
            steps = (0, 0)
        elif (
            not definition.qualifier
            and is_inside(names.base_folder, definition.base_folder)
            and definition.base_folder != self.user_folder
        ):
            steps = (1, names.base_folder.count("/") - definition.base_folder.count("/"))
        elif definition.base_folder == self.user_folder:
            steps = (2, 0)
        else:
            steps = (3 if not definition.qualifier else 4, 0)
        return (
            not definition.loads,
            not known,
            *steps,
            _ANY.index(definition.kind) if definition.kind in _ANY else 0,
        )


_NO_SPAN = Span(0, 0)


def _without_spans(names: Names) -> Names:
    """The names of a file without the spans of its references."""
    return names._replace(references=tuple(each._replace(span=_NO_SPAN) for each in names.references))


def _namespace_key(definition: Definition) -> tuple[str, ...]:
    """The key of the namespace of a definition: kind, owner of the folder, base folder and plugin."""
    owner = definition.runtimes[0] if definition.runtimes else definition.dialect
    folder, base = definition.path.rpartition("/")[0], definition.base_folder
    if (
        definition.kind == "skill" and base == folder
    ):  # It is in a library of skills, each with its own folder.
        base = folder.rpartition("/")[0]
    return (definition.kind, owner, base, definition.qualifier.partition(":")[0])


def _forget(table: dict[str, dict[str, Any]], name: str, path: str) -> None:
    rows = table.get(normalise_name(name))
    if rows is not None and rows.pop(path, None) is not None and not rows:
        del table[normalise_name(name)]
