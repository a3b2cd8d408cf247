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
    ToolStatus,
    grammar_for,
    is_external_tool,
    resolve_tool,
    split_tool_list,
)
from agentls.document import permissions
from agentls.readers.reading import Reading
from agentls.text.spelling import match_ignoring_case
from agentls.text.yaml_tree import Node, is_null


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


def _ignored_reason(name: str, status: ToolStatus, dialect: Dialect) -> str:
    """The reason why an entry of that name is ignored."""
    if status == "unavailable":
        return "not available to subagents"
    right_case = match_ignoring_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return f"names are case-sensitive; use `{right_case}`"
    if status == "old":
        return "removed"
    foreign = dialect.foreign_tool(name)
    return f"a tool of {foreign.of}" if foreign else "unknown tool"


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
    first = next((each for each in found if each.standing != "available"), found[0])
    dropped_by = (
        runtime for runtime, each in zip(runtimes, found, strict=True) if each.standing != "available"
    )
    return ResolvedEntry(entry, *first, tuple(dropped_by))


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
    """The tools that the agent of `reading` may use: listed, without denied ones, with those that `memory` adds.

    Observed in Claude Code 2.1.328 on 2026-11-20.
    """
    dialect, runtime = reading.dialect, reading.runtime
    grammar = grammar_for(dialect, runtime)
    if grammar.map:
        return _tools_by_permission(reading)
    tools = reading.entry("tools") if dialect.key("tools") else None
    denied_entry = reading.entry("disallowedTools") if dialect.key("disallowedTools") else None
    denied = split_tool_list(denied_entry.value, document, grammar) if denied_entry else ()
    memory = _tools_added_by_memory(reading, dialect)
    if tools is None or (is_null(tools.value) and not grammar.no_value):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    listed = split_tool_list(tools.value, document, grammar)
    all_listed = any(entry.text in grammar.all for entry in listed) and (len(listed) == 1 or not grammar.lone)
    if all_listed or not (listed or grammar.none):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    names = [entry.text for entry in listed]
    if not names and not memory:
        return AvailableTools("none")
    denied_names = {entry.text for entry in denied}
    entries = [name for name in names if name not in denied_names]
    entries += [name for name in memory if name not in entries]
    denied_tools = {
        tool
        for entry in denied
        for tool in resolve_tool(entry.name, dialect, permission_mode, runtime).tools or (entry.name,)
    }
    available: dict[str, None] = {}
    dropped: list[IgnoredTool] = []
    for text, name in (*((e.text, e.name) for e in listed), *((name, name) for name in memory)):
        standing, resolved = resolve_tool(name, dialect, permission_mode, runtime)
        if not resolved and runtime.unknown_tools == "undocumented":
            standing, resolved = "available", (name,)
        existing = tuple(tool for tool in resolved if _has_tool(tool, dialect, runtime))
        if standing != "available":
            dropped.append(IgnoredTool(text, _ignored_reason(name, standing, dialect)))
        elif resolved and not existing:
            dropped.append(IgnoredTool(text, missing_in_runtime(runtime)))
        elif any(is_denied(tool, denied_tools) for tool in resolved):
            dropped.append(IgnoredTool(text, "denied by `disallowedTools`"))
        else:
            available |= dict.fromkeys(existing)
    return AvailableTools("listed", tuple(entries), tuple(available), tuple(dropped))


def missing_in_runtime(runtime: Runtime) -> str:
    """The reason why an entry is ignored by one runtime although another one of the dialect supports it."""
    return f"not available in {runtime.title}"


def _has_tool(name: str, dialect: Dialect, runtime: Runtime) -> bool:
    """Whether the runtime has the tool `name`; an undocumented tool is assumed to exist."""
    tool = dialect.tool(name)
    return tool is None or not tool.runtimes or runtime.name in tool.runtimes


def _tools_by_permission(reading: Reading) -> AvailableTools:
    """The tools that the agent may use if permissions control them: all that they do not remove.

    Observed in OpenCode 1.18.33 on 2026-11-20.
    """
    entries = permissions.ordered_permissions(reading)
    denied = [
        tool.name
        for tool in reading.dialect.tools
        if permissions.removes_tool(tool.permission or tool.name, entries)
    ]
    if not permissions.removes_tool(_ANY_OTHER_TOOL, entries):
        return AvailableTools("all", dropped=tuple(IgnoredTool(name, "denied") for name in denied))
    remaining = [tool.name for tool in reading.dialect.tools if tool.name not in denied]
    known = (*(tool.permission or tool.name for tool in reading.dialect.tools), ALL_TOOLS)
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


def _tools_added_by_memory(reading: Reading, dialect: Dialect) -> tuple[str, ...]:
    """The tools that a valid value of `memory` adds, in the order in which they are added."""
    key = dialect.key("memory")
    value = reading.string("memory")
    known = key is not None and not key.no_effect and any(value == word.name for word in key.values)
    return ("Write", "Edit", "Read") if known else ()


def names_denying(tool: str) -> tuple[str, ...]:
    """The names that deny `tool`: its own, that of its MCP server, and that of all MCP tools."""
    if not tool.startswith(MCP_PREFIX):
        return (tool,)
    server = "__".join(tool.split("__")[:2])
    return tuple(dict.fromkeys((tool, "mcp__*", server, f"{server}__*")))


def is_denied(tool: str, denied: set[str]) -> bool:
    """Whether a denied name covers `tool`."""
    return not denied.isdisjoint(names_denying(tool))
