"""Detect the format that a file is written for, if it is not the one of its place.

Authors copy agents from one product to another. If most keys and tools of a file belong to another format,
one diagnostic reports that instead of one for each key.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import crosswalk
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import resolve_tool, tool_names_in
from agentls.document.tools import ToolList
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar

_MIN_NAMES = 3
"""The minimal number of names of another format in a file that is written for it."""


class ForeignFormat(NamedTuple):
    """A format, with the unknown entries and tool names of a file that belong to it."""

    format: crosswalk.Format
    entries: tuple[Entry, ...]
    tools: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the format that are unknown in the dialect of the file."""
        return tuple(dict.fromkeys((*(entry.key.text for entry in self.entries), *self.tools)))


def detect_foreign_format(
    root: Mapping,
    tool_lists: tuple[ToolList, ...],
    dialect: Dialect,
    runtimes: tuple[Runtime, ...],
    loads: bool,
) -> ForeignFormat | None:
    """The format that a file is written for, `None` for the one of its place.

    The file must have several names of the other format that are unknown to all `runtimes`. If it `loads`, at
    least one of them must be a key, and not all of its tools may be known. The file must not have a key or tool
    that only the format of its place has of the two, nor, if it loads, a model.
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
    """Whether something in the file is valid in its dialect but not in the `candidate` format."""
    table, name = crosswalk.load_crosswalk(), candidate.format.name
    for entry in root.entries:
        key = dialect.key(entry.key.text)
        if key and table.keys.formats_with(key.name) and not table.keys.concepts_of(key.name, name):
            return True
        if loads and key and key.type == "model" and isinstance(entry.value, Scalar):
            model = dialect.model(entry.value.text)
            if model and model.name not in dialect.models.inherits:
                return True
    return any(not table.tools.concepts_of(tool, name) for tool in known_tools)
