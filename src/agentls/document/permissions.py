"""Permissions: who may do what, as an ordered list in which the last entry that fits decides.

A frontmatter writes them as mappings: from permissions to actions, or to mappings from patterns to
actions. In both, `*` stands for any characters and `?` for one; a `*` behind a blank at the end may
be missing together with the blank, so that `git *` also fits `git`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from agentls.readers.reading import Reading
from agentls.text.yaml_tree import Entry, Mapping, Scalar

DENY = "deny"
ALLOW = "allow"
ANYTHING = "*"


class PermissionEntry(NamedTuple):
    """One entry: what is done (`action`) when `permission` is wanted for something that fits `pattern`.

    `entry` is what stands in the file, and `mapping` where; `None` for a word for everything.
    """

    permission: str
    pattern: str
    action: str
    entry: Entry
    mapping: Mapping | None


class UnreachablePermission(NamedTuple):
    """An entry that never decides, and the later one that decides in its place."""

    grant: PermissionEntry
    decided_by: PermissionEntry


def _assigned(reading: Reading) -> Iterator[tuple[str, tuple[PermissionEntry, ...]]]:
    """Each permission that is set, with its entries, in the order in which the runtime takes them: the
    switches first."""
    keys = reading.dialect.tool_keys
    switches, permission = reading.entry(keys.allowed), reading.entry(keys.permissions)
    if switches and isinstance(switches.value, Mapping) and reading.dialect.tool_grammar.is_mapping:
        for entry in switches.value.entries:
            name = keys.switches.get(entry.key.text, entry.key.text)
            action = ALLOW if isinstance(entry.value, Scalar) and entry.value.value else DENY
            yield name, (PermissionEntry(name, ANYTHING, action, entry, switches.value),)
    if permission and isinstance(permission.value, Mapping):
        for entry in permission.value.entries:
            yield entry.key.text, tuple(_patterns(entry, permission.value))
    elif permission and isinstance(permission.value, Scalar) and permission.value.type == "str":
        yield ANYTHING, (PermissionEntry(ANYTHING, ANYTHING, permission.value.text, permission, None),)


def _patterns(entry: Entry, mapping: Mapping) -> Iterator[PermissionEntry]:
    """The entries of one permission: one for a word, else one for each pattern."""
    name, value = entry.key.text, entry.value
    if isinstance(value, Scalar):
        yield PermissionEntry(name, ANYTHING, value.text, entry, mapping)
    elif isinstance(value, Mapping):
        for inner in value.entries:
            action = inner.value.text if isinstance(inner.value, Scalar) else ""
            yield PermissionEntry(name, inner.key.text, action, inner, value)


def ordered_permissions(reading: Reading) -> tuple[PermissionEntry, ...]:
    """The entries that count, in their order. A permission that is set twice counts as it is set the
    second time, in the place of the first."""
    return tuple(grant for grants in dict(_assigned(reading)).values() for grant in grants)


def find_unreachable(reading: Reading) -> Iterator[UnreachablePermission]:
    """The entries that never decide, where it makes a difference."""
    assigned = tuple(_assigned(reading))
    slots = dict(assigned)
    grants = tuple(grant for each in slots.values() for grant in each)
    for name, each in assigned:
        for grant in each if slots[name] is not each else ():
            by = next((later for later in slots[name] if _covers(later, grant)), None)
            if by and by.action != grant.action:
                yield UnreachablePermission(grant, by)
    general: list[tuple[list[str], list[str], PermissionEntry]] = []
    found: list[UnreachablePermission] = []
    for grant in reversed(grants):
        for permission, pattern, by in general:
            # A quick answer for nearly all pairs.
            if _has(grant.pattern, pattern) and _has(grant.permission, permission) and _covers(by, grant):
                if by.action != grant.action:
                    found.append(UnreachablePermission(grant, by))
                break
        wild = _WILD.search(grant.permission) or _WILD.search(grant.pattern)
        if wild and len(general) < _MOST:
            general.append((_pieces(grant.permission), _pieces(grant.pattern), grant))
    yield from reversed(found)


_WILD = re.compile(r"[*?]")
_MOST = 200
"""The number of patterns with which the entries above them are compared, from the end."""


def _pieces(pattern: str) -> list[str]:
    """What stands in a pattern between the characters that stand for others, in everything that fits it."""
    return _WILD.split(f"{pattern[:-2]}*" if pattern.endswith(" *") else pattern)


def _has(pattern: str, pieces: list[str]) -> bool:
    """Whether a pattern has these pieces, as one does all of whose texts fit the one that they are from."""
    return (
        pattern.startswith(pieces[0])
        and pattern.endswith(pieces[-1])
        and all(piece in pattern for piece in pieces)
    )


def _covers(general: PermissionEntry, special: PermissionEntry) -> bool:
    return pattern_covers(general.permission, special.permission) and pattern_covers(
        general.pattern, special.pattern
    )


def removes_tool(name: str, grants: tuple[PermissionEntry, ...]) -> bool:
    """Whether the tools that the permission `name` rules are not offered to the model at all."""
    last = next((grant for grant in reversed(grants) if pattern_covers(grant.permission, name)), None)
    return last is not None and last.pattern == ANYTHING and last.action == DENY


@lru_cache(maxsize=4096)
def pattern_covers(general: str, special: str) -> bool:
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
