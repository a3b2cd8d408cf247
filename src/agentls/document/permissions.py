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

PERMISSION_KEY = "permission"
TOOLS_KEY = "tools"
"""The keys: the permissions, and tools with truth values, which are an older way to write them."""

PERMISSION_OF_TOOL = {"write": "edit", "patch": "edit"}
"""What the switches for tools come to that are ruled together with others."""


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

    entry: PermissionEntry
    decided_by: PermissionEntry


def _entries_by_permission(reading: Reading) -> Iterator[tuple[str, tuple[PermissionEntry, ...]]]:
    """Each permission that is set, with its entries, in the order in which the runtime takes them: the
    switches first."""
    switches, permission = reading.entry(TOOLS_KEY), reading.entry(PERMISSION_KEY)
    if switches and isinstance(switches.value, Mapping) and reading.dialect.tool_grammar.map:
        for entry in switches.value.entries:
            name = PERMISSION_OF_TOOL.get(entry.key.text, entry.key.text)
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
    return tuple(entry for entries in dict(_entries_by_permission(reading)).values() for entry in entries)


def find_unreachable(reading: Reading) -> Iterator[UnreachablePermission]:
    """The entries that never decide, where it makes a difference."""
    assigned = tuple(_entries_by_permission(reading))
    by_permission = dict(assigned)
    entries = tuple(entry for each in by_permission.values() for entry in each)
    for name, each in assigned:
        for entry in each if by_permission[name] is not each else ():
            decider = next((later for later in by_permission[name] if _covers(later, entry)), None)
            if decider and decider.action != entry.action:
                yield UnreachablePermission(entry, decider)
    general: list[tuple[list[str], list[str], PermissionEntry]] = []
    found: list[UnreachablePermission] = []
    for entry in reversed(entries):
        for permission, pattern, decider in general:
            # A quick answer for nearly all pairs.
            if (
                _has_parts(entry.pattern, pattern)
                and _has_parts(entry.permission, permission)
                and _covers(decider, entry)
            ):
                if decider.action != entry.action:
                    found.append(UnreachablePermission(entry, decider))
                break
        wild = _WILDCARD.search(entry.permission) or _WILDCARD.search(entry.pattern)
        if wild and len(general) < _MAX_COMPARED:
            general.append((_literal_parts(entry.permission), _literal_parts(entry.pattern), entry))
    yield from reversed(found)


_WILDCARD = re.compile(r"[*?]")
_MAX_COMPARED = 200
"""The number of patterns with which the entries above them are compared, from the end."""


def _literal_parts(pattern: str) -> list[str]:
    """What stands in a pattern between the characters that stand for others, in everything that fits it."""
    return _WILDCARD.split(f"{pattern[:-2]}*" if pattern.endswith(" *") else pattern)


def _has_parts(pattern: str, pieces: list[str]) -> bool:
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


def removes_tool(name: str, entries: tuple[PermissionEntry, ...]) -> bool:
    """Whether the tools that the permission `name` rules are not offered to the model at all."""
    last = next((entry for entry in reversed(entries) if pattern_covers(entry.permission, name)), None)
    return last is not None and last.pattern == ANYTHING and last.action == DENY


@lru_cache(maxsize=4096)
def pattern_covers(general: str, special: str) -> bool:
    """Whether everything that fits the pattern `special` fits `general` as well."""
    start_positions = frozenset(_skip_stars(general, 0))
    return all(_all_match(general, each, start_positions) for each in _variants(special))


def _variants(pattern: str) -> tuple[str, ...]:
    return (pattern, pattern[:-2]) if pattern.endswith(" *") else (pattern,)


def _all_match(general: str, special: str, start_positions: frozenset[int]) -> bool:
    """Whether all that fits `special`, word for word, fits `general` in one of its forms.

    The places in `general` at which a text can have arrived are followed along `special`. Where that
    allows any character, one that stands in neither is the hardest.
    """
    ends = {len(form) for form in _variants(general)}
    seen: set[tuple[int, frozenset[int]]] = set()
    todo = [(0, start_positions)]
    while todo:
        at, positions = todo.pop()
        if (at, positions) in seen:
            continue
        seen.add((at, positions))
        if at == len(special):
            if not positions & ends:
                return False
        elif special[at] == "*":
            todo += [(at + 1, positions), (at, _advance(general, positions, None))]
        else:
            todo.append((at + 1, _advance(general, positions, None if special[at] == "?" else special[at])))
    return True


def _advance(pattern: str, positions: frozenset[int], character: str | None) -> frozenset[int]:
    """The places in `pattern` behind one more character, `None` for one that it does not name."""
    reached: set[int] = set()
    for position in positions:
        if position < len(pattern):
            if pattern[position] == "*":
                reached.update(_skip_stars(pattern, position))
            elif pattern[position] in ("?", character):
                reached.update(_skip_stars(pattern, position + 1))
    return frozenset(reached)


def _skip_stars(pattern: str, position: int) -> Iterator[int]:
    """The place, and those that can be reached from it without a character."""
    yield position
    while position < len(pattern) and pattern[position] == "*":
        position += 1
        yield position
