"""Permissions: who may do what, as an ordered list in which the last entry that fits decides.

A frontmatter writes them as mappings: from permissions to actions, or to mappings from patterns to
actions. In both, `*` stands for any characters and `?` for one; a `*` behind a blank at the end may
be missing together with the blank, so that `git *` also fits `git`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from agentls.reading import Reading
from agentls.yamltree import Entry, Mapping, Node, Scalar

DENY = "deny"
ALLOW = "allow"
EVERYTHING = "*"

PERMISSION = "permission"
SWITCHES = "tools"
"""The keys: the permissions, and tools with truth values, which are an older way to write them."""

SWITCHED = {"write": "edit", "patch": "edit"}
"""What the switches for tools come to that are ruled together with others."""


class Grant(NamedTuple):
    """One entry: what is done (`action`) when `permission` is wanted for something that fits `pattern`.

    `entry` is what stands in the file, and `mapping` where; `None` for a word for everything.
    """

    permission: str
    pattern: str
    action: str
    entry: Entry
    mapping: Mapping | None


class Overruled(NamedTuple):
    """An entry that never decides, and the later one that decides in its place."""

    grant: Grant
    by: Grant


def written(reading: Reading) -> Iterator[Grant]:
    """All entries, in the order in which the runtime takes them: the switches first."""
    switches = reading.get(SWITCHES)
    if switches and isinstance(switches.value, Mapping) and reading.dialect.tool_grammar.map:
        for entry in switches.value.entries:
            name = entry.key.text
            action = ALLOW if isinstance(entry.value, Scalar) and entry.value.value else DENY
            yield Grant(SWITCHED.get(name, name), EVERYTHING, action, entry, switches.value)
    permission = reading.get(PERMISSION)
    if permission is None or reading.dialect.key(PERMISSION) is None:
        return
    if isinstance(permission.value, Mapping):
        for entry in permission.value.entries:
            yield from _patterns(entry, permission.value)
    elif isinstance(permission.value, Scalar) and permission.value.type == "str":
        yield Grant(EVERYTHING, EVERYTHING, permission.value.text, permission, None)


def _patterns(entry: Entry, mapping: Mapping) -> Iterator[Grant]:
    """The entries of one permission: one for a word, else one for each pattern."""
    name, value = entry.key.text, entry.value
    if isinstance(value, Scalar):
        yield Grant(name, EVERYTHING, value.text, entry, mapping)
    elif isinstance(value, Mapping):
        for inner in value.entries:
            yield Grant(name, inner.key.text, _text(inner.value), inner, value)


def _text(value: Node) -> str:
    return value.text if isinstance(value, Scalar) else ""


def counting(reading: Reading) -> tuple[Grant, ...]:
    """The entries in the order in which they count. A permission that stands in both keys counts as
    it is said by the second, in the place that it has in the first."""
    return tuple(grant for grants in _slots(reading).values() for grant in grants)


def _slots(reading: Reading) -> dict[str, tuple[Grant, ...]]:
    slots: dict[str, tuple[Grant, ...]] = {}
    for grant in written(reading):
        before = slots.get(grant.permission, ())
        # The patterns of one permission stand together in a mapping.
        same = bool(before) and before[0].mapping is grant.mapping and grant.pattern != before[-1].pattern
        slots[grant.permission] = (*before, grant) if same else (grant,)
    return slots


def overruled(reading: Reading) -> Iterator[Overruled]:
    """The entries that never decide, where it makes a difference."""
    grants = counting(reading)
    for grant in written(reading):
        if grant in grants:
            later = grants[grants.index(grant) + 1 :]
            by = next((g for g in reversed(later) if _covers(g, grant)), None)
        else:
            by = next((g for g in grants if _covers(g, grant)), None)
        if by and by.action != grant.action:
            yield Overruled(grant, by)


def _covers(general: Grant, special: Grant) -> bool:
    return covers(general.permission, special.permission) and covers(general.pattern, special.pattern)


def takes_away(name: str, grants: tuple[Grant, ...]) -> bool:
    """Whether the tools that the permission `name` rules are not offered to the model at all."""
    last = next((grant for grant in reversed(grants) if covers(grant.permission, name)), None)
    return last is not None and last.pattern == EVERYTHING and last.action == DENY


@cache
def covers(general: str, special: str) -> bool:
    """Whether everything that fits the pattern `special` fits `general` as well."""
    starts = frozenset(_beyond(general, 0))
    return all(_all_fit(general, each, starts) for each in _forms(special))


def _forms(pattern: str) -> tuple[str, ...]:
    return (pattern, pattern[:-2]) if pattern.endswith(" *") else (pattern,)


def _all_fit(general: str, special: str, starts: frozenset[int]) -> bool:
    """Whether all that fits `special`, word for word, fits `general` in one of its forms.

    The places in `general` at which a text can have arrived are followed along `special`. Where that
    allows any character, one that stands in neither is the hardest.
    """
    ends = {len(form) for form in _forms(general)}
    seen: set[tuple[int, frozenset[int]]] = set()
    todo = [(0, starts)]
    while todo:
        at, places = todo.pop()
        if (at, places) in seen:
            continue
        seen.add((at, places))
        if at == len(special):
            if not places & ends:
                return False
        elif special[at] == "*":
            todo += [(at + 1, places), (at, _step(general, places, None))]
        else:
            todo.append((at + 1, _step(general, places, None if special[at] == "?" else special[at])))
    return True


def _step(pattern: str, places: frozenset[int], character: str | None) -> frozenset[int]:
    """The places in `pattern` behind one more character, `None` for one that it does not name."""
    reached: set[int] = set()
    for place in places:
        if place < len(pattern):
            if pattern[place] == "*":
                reached.update(_beyond(pattern, place))
            elif pattern[place] in ("?", character):
                reached.update(_beyond(pattern, place + 1))
    return frozenset(reached)


def _beyond(pattern: str, place: int) -> Iterator[int]:
    """The place, and those that can be reached from it without a character."""
    yield place
    while place < len(pattern) and pattern[place] == "*":
        place += 1
        yield place
