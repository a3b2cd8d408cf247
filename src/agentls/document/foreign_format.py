"""Which format a file is written for, where that is not the one of its place.

Authors copy agents from one product to another. A file whose keys and tools mostly belong
elsewhere is told so once, instead of key by key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects import crosswalk
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import resolve_tool, tool_names_in
from agentls.document.tools import ToolList
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar

_MIN_NAMES = 3
"""So many names of another format there must be in a file that is taken to be written for it."""


class ForeignFormat(NamedTuple):
    """A format, and what is of it in the file: entries that mean nothing here, and names of tools."""

    format: crosswalk.Format
    entries: tuple[Entry, ...]
    tools: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are none here."""
        return tuple(dict.fromkeys((*(entry.key.text for entry in self.entries), *self.tools)))


def detect_foreign_format(
    root: Mapping,
    tool_lists: tuple[ToolList, ...],
    dialect: Dialect,
    runtimes: tuple[Runtime, ...],
    loads: bool,
) -> ForeignFormat | None:
    """The format that a file is written for, or `None` for the one of its place. What is of use to one
    of the `runtimes` speaks for no other format.

    It must have several names that are none here and, if it `loads`, at least one key among them, and
    not get all the tools that it lists. Nothing may speak for the format of the place: no key or tool
    that only this one has of the two and, if the file loads, no model.
    """
    unknown_entries = [entry for entry in root.entries if entry.key.text and not dialect.key(entry.key.text)]
    if loads and not unknown_entries:
        return None
    table = crosswalk.load_crosswalk()
    format_here = table.formats.get(dialect.name)
    if format_here.files if format_here else dialect.kind != "agent":
        return None
    names = dict.fromkeys(
        name.partition("(")[0] for value in _tool_values(root, dialect) for name in tool_names_in(value)
    )
    unknown_tools = [
        name
        for name in names
        if all(
            resolve_tool(name, dialect, None, runtime).standing in ("foreign", "unknown")
            for runtime in runtimes
        )
    ]
    if len(unknown_entries) + len(unknown_tools) < _MIN_NAMES:
        return None
    best: ForeignFormat | None = None
    for row in table.formats.values():
        if row.files or table.are_alike(row.name, dialect.name):
            continue
        entries = tuple(
            entry for entry in unknown_entries if table.keys.concepts_of(entry.key.text, row.name)
        )
        tools = tuple(name for name in unknown_tools if table.tools.concepts_of(name, row.name))
        count = len(entries) + len(tools)
        if count >= _MIN_NAMES and (best is None or count > len(best.entries) + len(best.tools)):
            best = ForeignFormat(row, entries, tools)
    known_tools = [
        item.entry.name for tools in tool_lists for item in tools.items if dialect.tool(item.tool or "")
    ]
    works_here = loads and known_tools and not unknown_tools
    if best is None or works_here or (loads and not best.entries):
        return None
    return None if _fits_its_place(root, known_tools, best, dialect, loads) else best


def _tool_values(root: Mapping, dialect: Dialect) -> Iterator[Node]:
    """The values of the keys for tools."""
    for entry in root.entries:
        key = dialect.key(entry.key.text)
        if key and key.type == "tools":
            yield entry.value


def _fits_its_place(
    root: Mapping, known_tools: list[str], candidate: ForeignFormat, dialect: Dialect, loads: bool
) -> bool:
    """Whether something in the file makes sense here, and not in the format that it may come from."""
    table, name = crosswalk.load_crosswalk(), candidate.format.name
    for entry in root.entries:
        key = dialect.key(entry.key.text)
        if key and table.keys.formats_with(key.name) and not table.keys.concepts_of(key.name, name):
            return True
        if loads and key and key.type == "model" and isinstance(entry.value, Scalar):
            model = dialect.models.get(entry.value.text)
            if model and model.name not in dialect.models.inherits:
                return True
    return any(not table.tools.concepts_of(tool, name) for tool in known_tools)
