"""Resolve lists of tools: each entry for the readers, and the available tools of an agent."""

from __future__ import annotations

from typing import Literal, NamedTuple

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import (
    ALL_TOOLS,
    MCP_PREFIX,
    ToolEntry,
    ToolResolution,
    ToolStatus,
    grammar_for,
    is_external_tool,
    only_denies,
    resolve_tool,
    split_tool_list,
)
from agentls.document import permissions
from agentls.readers.reading import Reading
from agentls.text.spelling import match_ignoring_case
from agentls.text.yaml_tree import Entry, Node, Scalar, is_null


class IgnoredTool(NamedTuple):
    """An entry that gives the agent no tool, and the reason for users."""

    name: str
    reason: str


class AvailableTools(NamedTuple):
    """The tools that an agent may use.

    `mode` is "all" (no list, or `*`), "listed", or "none" for a value that is empty or invalid. `entries` are
    the names as the runtime sends them to its model, `available` the tools that they resolve to, and `dropped`
    the entries that are ignored.
    """

    mode: Literal["all", "listed", "none"]
    entries: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    dropped: tuple[IgnoredTool, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the agent has no tools."""
        return self.mode == "none" or (self.mode == "listed" and not self.available)


def _ignored_reason(name: str, status: ToolStatus, dialect: Dialect, runtime: Runtime) -> str:
    """The reason why a runtime ignores an entry of that name."""
    if status == "unavailable":
        return "not available to subagents"
    right_case = match_ignoring_case(name, (tool.name for tool in dialect.tools if tool.is_in(runtime.name)))
    if right_case:
        return f"names are case-sensitive; use `{right_case}`"
    if status == "old":
        return "removed"
    foreign = dialect.foreign_tool(name)
    return f"a tool of {foreign.owner}" if foreign else "unknown tool"


class ResolvedEntry(NamedTuple):
    """An entry of a list with its resolution: that of the first runtime that ignores it, else that of all."""

    entry: ToolEntry
    standing: ToolStatus
    tools: tuple[str, ...]
    ignored_by: tuple[Runtime, ...] = ()

    @property
    def tool(self) -> str | None:
        """The tool that the name resolves to, or the first of several."""
        return self.tools[0] if self.tools else None


def resolve_entry(
    entry: ToolEntry, dialect: Dialect, permission_mode: str | None, runtimes: tuple[Runtime, ...]
) -> ResolvedEntry:
    """Resolve an entry for `runtimes`."""
    found = [resolve_tool(entry.name, dialect, permission_mode, runtime) for runtime in runtimes]
    if all(each.standing == "available" and _is_elsewhere(each, dialect, runtimes) for each in found):
        standing: ToolStatus = "foreign" if dialect.foreign_tool(entry.name) else "unknown"
        return ResolvedEntry(entry, standing, (), runtimes)
    first = next((each for each in found if each.standing != "available"), found[0])
    dropped_by = (
        runtime for runtime, each in zip(runtimes, found, strict=True) if each.standing != "available"
    )
    return ResolvedEntry(entry, *first, tuple(dropped_by))


def _is_elsewhere(resolution: ToolResolution, dialect: Dialect, runtimes: tuple[Runtime, ...]) -> bool:
    """Whether only other runtimes of the dialect than these have the tools that a name resolves to."""
    tools = [dialect.tool(name) for name in resolution.tools]
    return bool(tools) and not any(
        tool is None or any(tool.is_in(runtime.name) for runtime in runtimes) for tool in tools
    )


class ToolList(NamedTuple):
    """A list of tools in the frontmatter: its key, its value and its resolved entries."""

    key: Key
    value: Node
    items: tuple[ResolvedEntry, ...]

    @property
    def available(self) -> set[str]:
        """The available tools that the entries resolve to."""
        return {tool for item in self.items if item.standing == "available" for tool in item.tools}


def available_tools(reading: Reading, document: str, permission_mode: str | None) -> AvailableTools:
    """The tools that the agent of `reading` may use: listed, without denied ones, with those that other keys add.

    Observed in Claude Code 2.1.328 on 2026-11-20.
    """
    dialect, runtime = reading.dialect, reading.runtime
    grammar, keys = grammar_for(dialect, runtime), dialect.tool_keys
    if grammar.is_mapping:
        return _tools_by_permission(reading)
    tools, denied = _known_entry(reading, keys.allowed), denied_entries(reading, document)
    added = _added_tools(reading)
    if tools is None or (is_null(tools.value) and not grammar.null_removes_all):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    listed = split_tool_list(tools.value, document, grammar)
    has_wildcard = any(entry.text in grammar.wildcards for entry in listed)
    all_listed = has_wildcard and (len(listed) == 1 or not grammar.wildcard_alone)
    if all_listed or not (listed or grammar.empty_removes_all):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    names = [entry.text for entry in listed]
    if not names and not added:
        return AvailableTools("none")
    denied_names = {entry.text for entry in denied}
    entries = [name for name in names if name not in denied_names]
    entries += [name for name in added if name not in entries and name not in denied_names]
    denied_tools = {
        tool
        for entry in denied
        for tool in resolve_tool(entry.name, dialect, permission_mode, runtime).tools or (entry.name,)
    }
    in_background = runs_in_background(reading)
    available: dict[str, None] = {}
    dropped: list[IgnoredTool] = []
    for text, name in (*((e.text, e.name) for e in listed), *((name, name) for name in added)):
        standing, resolved = resolve_tool(name, dialect, permission_mode, runtime)
        if not resolved and runtime.unknown_tools == "undocumented":
            standing, resolved = "available", (name,)
        existing = tuple(tool for tool in resolved if _has_tool(tool, dialect, runtime))
        if in_background is True and standing == "available":
            existing = tuple(tool for tool in existing if not is_lost_in_background(tool, dialect))
        if standing != "available":
            dropped.append(IgnoredTool(text, _ignored_reason(name, standing, dialect, runtime)))
        elif only_denies(name, dialect):
            dropped.append(IgnoredTool(text, f"only works in `{keys.denied}`"))
        elif resolved and not existing:
            lost = in_background and is_lost_in_background(resolved[0], dialect)
            dropped.append(IgnoredTool(text, LOST_IN_BACKGROUND if lost else missing_in_runtime(runtime)))
        elif any(is_denied(tool, denied_tools) for tool in resolved):
            dropped.append(IgnoredTool(text, f"denied by `{keys.denied}`"))
        else:
            available |= dict.fromkeys(existing)
    return AvailableTools("listed", tuple(entries), tuple(available), tuple(dropped))


def denied_entries(reading: Reading, document: str) -> tuple[ToolEntry, ...]:
    """The entries of the list of tools that the agent may not use."""
    entry = _known_entry(reading, reading.dialect.tool_keys.denied)
    grammar = grammar_for(reading.dialect, reading.runtime)
    return split_tool_list(entry.value, document, grammar) if entry else ()


LOST_IN_BACKGROUND = "not available in the background"
"""The reason why an entry is ignored if the agent always runs in the background."""


def runs_in_background(reading: Reading) -> bool | None:
    """Whether the agent always runs in the background, or never; `None` if its file does not determine that."""
    entry, key = _known_entry(reading, _BACKGROUND), reading.dialect.key(_BACKGROUND)
    if entry is None or key is None or not key.known_to(reading.runtime.name):
        return None
    text = entry.value.text.lower() if isinstance(entry.value, Scalar) else ""
    return {"true": True, "false": False}.get(text)


_BACKGROUND = "background"


def is_lost_in_background(name: str, dialect: Dialect) -> bool:
    """Whether the tool `name` is not available to agents in the background."""
    tool = dialect.tool(name)
    return tool is not None and not tool.background


def missing_in_runtime(runtime: Runtime) -> str:
    """The reason why an entry is ignored by one runtime although another one of the dialect supports it."""
    return f"not available in {runtime.title}"


def _has_tool(name: str, dialect: Dialect, runtime: Runtime) -> bool:
    """Whether the runtime has the tool `name`; an undocumented tool is assumed to exist."""
    tool = dialect.tool(name)
    return tool is None or tool.is_in(runtime.name)


def _tools_by_permission(reading: Reading) -> AvailableTools:
    """The tools that the agent may use if permissions control them: all that they do not remove.

    Observed in OpenCode 1.18.33 on 2026-11-20.
    """
    entries = permissions.ordered_permissions(reading)
    denied = [
        tool.name
        for tool in reading.dialect.tools
        if permissions.removes_tool(tool.permission_name or tool.name, entries)
    ]
    if not permissions.removes_tool(_ANY_OTHER_TOOL, entries):
        return AvailableTools("all", dropped=tuple(IgnoredTool(name, "denied") for name in denied))
    remaining = [tool.name for tool in reading.dialect.tools if tool.name not in denied]
    known = (*(tool.permission_name or tool.name for tool in reading.dialect.tools), ALL_TOOLS)
    remaining += dict.fromkeys(
        entry.permission
        for entry in entries
        if is_external_tool(entry.permission, reading.dialect)
        and entry.permission not in known
        and not permissions.removes_tool(entry.permission, entries)
    )
    return (
        AvailableTools("listed", tuple(remaining), tuple(remaining)) if remaining else AvailableTools("none")
    )


_ANY_OTHER_TOOL = "any other tool"


def _known_entry(reading: Reading, key: str) -> Entry | None:
    return reading.entry(key) if reading.dialect.key(key) else None


def _added_tools(reading: Reading) -> tuple[str, ...]:
    """The tools that valid values of other keys add, in the order in which they are added."""
    return tuple(
        tool
        for key in reading.dialect.keys
        if key.effects.adds_tools and not key.effects.no_effect
        if reading.string(key.name) in [value.name for value in key.values]
        for tool in key.effects.adds_tools
    )


def names_denying(tool: str) -> tuple[str, ...]:
    """The names that deny `tool`: its own, that of its MCP server, and that of all MCP tools."""
    if not tool.startswith(MCP_PREFIX):
        return (tool,)
    server = "__".join(tool.split("__")[:2])
    return tuple(dict.fromkeys((tool, "mcp__*", server, f"{server}__*")))


def is_denied(tool: str, denied: set[str]) -> bool:
    """Whether a denied name covers `tool`."""
    return not denied.isdisjoint(names_denying(tool))
