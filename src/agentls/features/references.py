"""Navigation: which name stands at the cursor, what it names, and where else that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Definition, Names, Reference
from agentls.text.frontmatter import find_block
from agentls.text.offsets import Span

NameOccurrence: TypeAlias = Definition | Reference
"""A name in a file: something that the file defines, or refers to."""

_BEFORE = re.compile(r"(?:@agent-|@[\"']|\bmcp__|/)\Z")
_MAX_BEFORE = len("@agent-")
_AFTER = re.compile(r" \(agent\)[\"']")
_TOOL = re.compile(r"__[\w*-]*")


def find_name_at(index: Index, names: Names, text: str, offset: int) -> NameOccurrence | None:
    """The name at `offset` in `text`, which is the file of `names`. A word that could be a name and is
    none is not one."""
    end = text.find("\n", offset)
    line = Span(text.rfind("\n", 0, offset) + 1, end if end >= 0 else len(text))
    every: tuple[NameOccurrence, ...] = (*names.definitions, *names.references)
    found = [each for each in every if each.span.start <= line.end and line.start <= each.span.end]
    touched = [
        (not each.span.contains_cursor(offset), each.kind == "file", each.span.end - each.span.start, each)
        for each in found
        if full_span(each, text).contains_cursor(offset)
        and (isinstance(each, Definition) or is_reference(index, names, each))
    ]
    return min(touched, key=lambda each: each[:3])[3] if touched else None


def is_reference(index: Index, names: Names, reference: Reference) -> bool:
    """Whether a reference is one: by its form or kind, or since there is something of that name."""
    known = reference.form in DEFINITE_FORMS or reference.kind == "file"
    return known or bool(index.resolve(reference, names))


def full_span(found: NameOccurrence, text: str) -> Span:
    """All that belongs to a name as it is written: its scope, the sign in front of it, the tool of a server
    behind it."""
    start, end = found.span
    if isinstance(found, Definition):
        return found.span
    start -= len(found.qualifier) + 1 if found.qualifier else 0
    before = _BEFORE.search(text, max(0, start - _MAX_BEFORE), start)
    behind = (_TOOL if found.kind == "server" else _AFTER).match(text, end)
    return Span(before.start() if before else start, behind.end() if behind else end)


def find_definitions(index: Index, names: Names, found: NameOccurrence) -> list[Definition]:
    """What a name in the file of `names` leads to; several where nothing decides between them."""
    if isinstance(found, Definition):
        return [found]
    if found.kind != "file":
        return index.resolve_best(found, names)
    files = (index.get(path) for path in target_paths(names, found))
    return [file.main_definition for file in files if file and file.main_definition][:1]


def target_paths(names: Names, found: NameOccurrence) -> list[str]:
    """The paths to which a path in the file of `names` may lead, the likeliest first."""
    same = (each for each in names.references if each.span == found.span and each.kind == "file")
    return [each.name for each in same]


def resolve_name(index: Index, names: Names, found: NameOccurrence) -> Definition | None:
    """What is meant by a name in the file of `names`. A path means a file and not what that is called."""
    if isinstance(found, Definition):
        return found
    return next(iter(index.resolve(found, names)), None)


def reference_subject(index: Index, names: Names, found: NameOccurrence) -> NameOccurrence:
    """Whose references those of a name in the file of `names` are: what it leads to, or else itself."""
    return next(iter(find_definitions(index, names, found)), found)


def find_references(index: Index, wanted: NameOccurrence) -> Iterator[tuple[Names, Reference]]:
    """The references to `wanted`, each with the file that it stands in. It is a definition, or a name
    that leads nowhere."""
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
    """The names by which references may call something; a file also by its path."""
    if isinstance(wanted, Reference):
        return (wanted.name,)
    return wanted.all_names if wanted.is_entry else (*wanted.all_names, wanted.path)


def _means(index: Index, names: Names, reference: Reference, wanted: NameOccurrence) -> bool:
    if reference.kind == "file" or wanted.kind == "file":
        return reference.kind == "file"
    found = index.resolve(reference, names)
    if found or isinstance(wanted, Definition):
        return bool(found) and found[0] == wanted
    # What leads nowhere is compared by what it is said to be.
    return reference[:3] == wanted[:3] and is_reference(index, names, reference)


def is_up_to_date(found: NameOccurrence, text: str) -> bool:
    """Whether a name still stands where it stood when the file was read, which may have changed since."""
    stands = found.span.text_in(text)
    if found.kind == "file":
        return bool(stands) and found.name.endswith(stands.rpartition("/")[2])
    return stands == found.name or found.span == (0, 0)


def target_range(definition: Definition, text: str) -> Span:
    """What to show of a definition: the frontmatter in which its name stands, or else the name."""
    block = find_block(text)
    if block is None or definition.is_entry or definition.span.end > block.body_start:
        return definition.span
    return Span(0, len(text[: block.body_start].rstrip()))
