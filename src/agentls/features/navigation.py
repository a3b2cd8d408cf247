"""Navigation: which name stands at the cursor, what it names, and where else that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.index import Index
from agentls.names import STRONG, Definition, Names, Reference
from agentls.text import Span

_BEFORE = re.compile(r"(?:@agent-|@[\"']|\bmcp__|/)\Z")
_BEHIND = re.compile(r" \(agent\)[\"']")
_TOOL = re.compile(r"__[\w*-]*")


def at(index: Index, names: Names, text: str, offset: int) -> Definition | Reference | None:
    """The name at `offset` in `text`, which is the file of `names`: something that the file defines, or a
    reference. A word that could be a name and is none is not one."""
    found: list[tuple[bool, int, Definition | Reference]] = [
        (not definition.span.touches(offset), definition.span.end - definition.span.start, definition)
        for definition in names.definitions
        if definition.span.touches(offset)
    ]
    for reference in names.references:
        span = written(reference, text)
        if span.touches(offset) and counts(index, names, reference):
            found.append((not reference.span.touches(offset), span.end - span.start, reference))
    return min(found, key=lambda each: each[:2])[2] if found else None


def counts(index: Index, names: Names, reference: Reference) -> bool:
    """Whether a reference is one: by its form or kind, or since there is something of that name."""
    known = reference.form in STRONG or reference.kind == "file"
    return known or bool(index.resolve(reference, names))


def written(reference: Reference, text: str) -> Span:
    """All that belongs to a reference as it is written: the name with its scope, the sign in front of it,
    the tool of a server behind it."""
    start, end = reference.span
    start -= len(reference.scope) + 1 if reference.scope else 0
    before = _BEFORE.search(text, max(0, start - 7), start)
    behind = (_TOOL if reference.kind == "server" else _BEHIND).match(text, end)
    return Span(before.start() if before else start, behind.end() if behind else end)


def meant(index: Index, names: Names, found: Definition | Reference) -> Definition | None:
    """What is meant by a name in the file of `names`."""
    if isinstance(found, Definition):
        return found
    return next(iter(index.resolve(found, names)), None)


def uses_in(index: Index, names: Names, wanted: Definition) -> Iterator[Reference]:
    """The references in the file of `names` that mean `wanted`."""
    for reference in names.references:
        if reference.name in wanted.called and meant(index, names, reference) == wanted:
            yield reference
