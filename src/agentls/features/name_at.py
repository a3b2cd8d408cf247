"""The name at a position: a definition or a reference, with the span that it covers."""

from __future__ import annotations

from typing import TypeAlias

from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Definition, Names, Reference
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

NameOccurrence: TypeAlias = Definition | Reference
"""A name in a file: a definition or a reference."""

_BEFORE = lazy_pattern(r"(?:@agent-|@[\"']|\bmcp__|/)\Z")
_MAX_BEFORE = len("@agent-")
_AFTER = lazy_pattern(r" \(agent\)[\"']")
_TOOL = lazy_pattern(r"__[\w*-]*")


def find_name_at(index: Index, names: Names, text: str, offset: int) -> NameOccurrence | None:
    """The name at `offset` in `text`, which is the file of `names`. A candidate in prose must be defined."""
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
    """Whether a candidate is a reference: by its form or kind, or because its name is defined."""
    known = reference.form in DEFINITE_FORMS or reference.kind == "file"
    return known or bool(index.resolve(reference, names))


def full_span(found: NameOccurrence, text: str) -> Span:
    """The span of a name with everything that is written with it: its qualifier, the sign before it, the tool of a
    server after it."""
    start, end = found.span
    if isinstance(found, Definition):
        return found.span
    start -= len(found.qualifier) + 1 if found.qualifier else 0
    before = _BEFORE.search(text, max(0, start - _MAX_BEFORE), start)
    after = (_TOOL if found.kind == "server" else _AFTER).match(text, end)
    return Span(before.start() if before else start, after.end() if after else end)


def is_up_to_date(found: NameOccurrence, text: str) -> bool:
    """Whether `text`, which may have changed since the file was read, still has the name at its span."""
    current = found.span.text_in(text)
    if found.kind == "file":
        return bool(current) and found.name.endswith(current.rpartition("/")[2])
    return current == found.name or found.span == (0, 0)
