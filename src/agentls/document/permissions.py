"""Permissions in frontmatter: an ordered list of entries in which the last matching entry decides.

They are written as a mapping from permissions to actions, or to mappings from patterns to actions. In both,
`*` matches any characters and `?` matches one. A trailing ` *` is optional, so that `git *` also matches `git`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Scalar

DENY = "deny"
ALLOW = "allow"
ANYTHING = "*"


class PermissionEntry(NamedTuple):
    """One entry: the `action` for uses of `permission` that match `pattern`.

    `entry` is its YAML entry, in `mapping`; `None` for one action for everything.
    """

    permission: str
    pattern: str
    action: str
    entry: Entry
    mapping: Mapping | None


class UnreachablePermission(NamedTuple):
    """An entry that never decides, and the later entry that always decides instead."""

    entry: PermissionEntry
    decided_by: PermissionEntry


def _entries_by_permission(reading: Reading) -> Iterator[tuple[str, tuple[PermissionEntry, ...]]]:
    """The permissions with their entries in the order in which the runtime applies them: the mapping of tools
    comes first."""
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
    """The entries of one permission: one for a scalar, else one for each pattern."""
    name, value = entry.key.text, entry.value
    if isinstance(value, Scalar):
        yield PermissionEntry(name, ANYTHING, value.text, entry, mapping)
    elif isinstance(value, Mapping):
        for inner in value.entries:
            action = inner.value.text if isinstance(inner.value, Scalar) else ""
            yield PermissionEntry(name, inner.key.text, action, inner, value)


def ordered_permissions(reading: Reading) -> tuple[PermissionEntry, ...]:
    """The entries that apply, in their order. The last value of a duplicate permission is used, at the position of
    the first one."""
    return tuple(entry for entries in dict(_entries_by_permission(reading)).values() for entry in entries)


def find_unreachable(reading: Reading) -> Iterator[UnreachablePermission]:
    """The entries that never decide although their action differs from that of the deciding entry."""
    assigned = tuple(_entries_by_permission(reading))
    by_permission = dict(assigned)
    entries = tuple(entry for each in by_permission.values() for entry in each)
    for name, each in assigned:
        for entry in each if by_permission[name] is not each else ():
            decider = next((later for later in by_permission[name] if _covers(later, entry)), None)
            if decider and decider.action != entry.action:
                yield UnreachablePermission(entry, decider)
    general: list[tuple[list[str], list[str], PermissionEntry]] = []
    most = min(_MAX_COMPARED, _MAX_PAIRS // max(1, len(entries)))
    found: list[UnreachablePermission] = []
    for entry in reversed(entries):
        for permission, pattern, decider in general:
            # The first two conditions exclude nearly all pairs at low cost.
            if (
                _has_parts(entry.pattern, pattern)
                and _has_parts(entry.permission, permission)
                and _covers(decider, entry)
            ):
                if decider.action != entry.action:
                    found.append(UnreachablePermission(entry, decider))
                break
        wild = _WILDCARD.search(entry.permission) or _WILDCARD.search(entry.pattern)
        if wild and len(general) < most:
            general.append((_literal_parts(entry.permission), _literal_parts(entry.pattern), entry))
    yield from reversed(found)


_WILDCARD = lazy_pattern(r"[*?]")
_MAX_COMPARED = 200
"""The number of patterns, from the end, with which earlier entries are compared."""


_MAX_PAIRS = 60_000
"""The number of pairs that are compared, so that fewer patterns are compared with very many entries."""


def _literal_parts(pattern: str) -> list[str]:
    """The literal parts of a pattern between its wildcards, which every match contains."""
    return _WILDCARD.split(f"{pattern[:-2]}*" if pattern.endswith(" *") else pattern)


def _has_parts(pattern: str, pieces: list[str]) -> bool:
    """Whether a pattern contains these parts, a necessary condition for being covered by their pattern."""
    return (
        pattern.startswith(pieces[0])
        and pattern.endswith(pieces[-1])
        and all(piece in pattern for piece in pieces)
    )


def _covers(general: PermissionEntry, special: PermissionEntry) -> bool:
    return pattern_covers(general.permission, special.permission) and pattern_covers(
        general.pattern, special.pattern
    )


class Permissions(NamedTuple):
    """Entries in their order. Those with a wildcard in the permission are listed by their places, and of the others
    the last place of each permission, as there may be very many."""

    entries: tuple[PermissionEntry, ...]
    literal: dict[str, int]
    general: tuple[int, ...]


def find_permissions(reading: Reading) -> Permissions:
    """The entries that apply, for questions about many tools."""
    entries = ordered_permissions(reading)
    names = enumerate(entry.permission for entry in entries)
    general = tuple(at for at, name in names if _WILDCARD.search(name))
    return Permissions(entries, {entry.permission: at for at, entry in enumerate(entries)}, general)


def removes_tool(name: str, permissions: Permissions) -> bool:
    """Whether the tools with the permission `name` are not available to the model at all."""
    last = deciding_entry(name, permissions)
    return last is not None and last.pattern == ANYTHING and last.action == DENY


def deciding_entry(name: str, permissions: Permissions) -> PermissionEntry | None:
    """The last entry for the permission `name`, which decides for every use if its pattern matches anything."""
    entries = permissions.entries
    last = permissions.literal.get(name, -1)
    for at in reversed(permissions.general[-_MAX_COMPARED:]):
        if at < last:
            break
        if pattern_covers(entries[at].permission, name):
            last = at
            break
    return entries[last] if last >= 0 else None


@lru_cache(maxsize=4096)
def pattern_covers(general: str, special: str) -> bool:
    """Whether everything that matches the pattern `special` also matches `general`."""
    start_positions = frozenset(_skip_stars(general, 0))
    return all(_all_match(general, each, start_positions) for each in _variants(special))


def _variants(pattern: str) -> tuple[str, ...]:
    return (pattern, pattern[:-2]) if pattern.endswith(" *") else (pattern,)


def _all_match(general: str, special: str, start_positions: frozenset[int]) -> bool:
    """Whether everything that matches `special` literally also matches a variant of `general`.

    The positions that a match can reach in `general` are followed along `special`. A wildcard of `special` is
    represented by a character that neither pattern contains.
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
    """The positions in `pattern` after one more character, `None` for one that it does not contain."""
    reached: set[int] = set()
    for position in positions:
        if position < len(pattern):
            if pattern[position] == "*":
                reached.update(_skip_stars(pattern, position))
            elif pattern[position] in ("?", character):
                reached.update(_skip_stars(pattern, position + 1))
    return frozenset(reached)


def _skip_stars(pattern: str, position: int) -> Iterator[int]:
    """The position, and those that are reachable from it without a character."""
    yield position
    while position < len(pattern) and pattern[position] == "*":
        position += 1
        yield position
