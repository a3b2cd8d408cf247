"""Find references: the places in a project that refer to a definition or to an unresolved name."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.features.definition import find_definitions
from agentls.features.name_at import NameOccurrence, is_reference
from agentls.project.index import Index
from agentls.project.names import Definition, Names, Reference


def reference_subject(index: Index, names: Names, found: NameOccurrence) -> NameOccurrence:
    """The subject whose references are searched for a name in the file of `names`: its definition, or the name
    itself if it is unresolved."""
    return next(iter(find_definitions(index, names, found)), found)


def find_references(index: Index, wanted: NameOccurrence) -> Iterator[tuple[Names, Reference]]:
    """The references to `wanted`, a definition or an unresolved name, each with the names of its file."""
    for called in _names_of(wanted):
        for names, reference in index.find_by_name(called):
            if _means(index, names, reference, wanted):
                yield names, reference


def references_in(index: Index, names: Names, wanted: NameOccurrence) -> list[Reference]:
    """The references to `wanted` in the file of `names`."""
    called = _names_of(wanted)
    same = (each for each in names.references if each.name in called)
    return [each for each in same if _means(index, names, each, wanted)]


def _names_of(wanted: NameOccurrence) -> tuple[str, ...]:
    """The names that references to `wanted` can have; for a file also its path."""
    if isinstance(wanted, Reference):
        return (wanted.name,)
    return wanted.all_names if wanted.is_entry else (*wanted.all_names, wanted.path)


def _means(index: Index, names: Names, reference: Reference, wanted: NameOccurrence) -> bool:
    if reference.kind == "file" or wanted.kind == "file":
        return reference.kind == "file"
    found = index.resolve(reference, names)
    if found or isinstance(wanted, Definition):
        return bool(found) and found[0] == wanted
    # Unresolved references are equal if kind, name and qualifier are.
    return reference[:3] == wanted[:3] and is_reference(index, names, reference)
