"""Lists of tools: what their entries come to, for a reader and for the whole agent."""

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
from agentls.text.yaml_tree import Entry, Node, is_null


class IgnoredTool(NamedTuple):
    """An entry that gives the agent nothing, and why, in words."""

    name: str
    reason: str


class AvailableTools(NamedTuple):
    """What an agent may use.

    `mode` is "all" (nothing listed, or `*`), "listed", or "none" for a value that is empty or
    not understood. `entries` are the names as the runtime tells them to its model, `available`
    the tools that they come to, and `dropped` those that come to nothing.
    """

    mode: Literal["all", "listed", "none"]
    entries: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    dropped: tuple[IgnoredTool, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the agent is left without a single tool."""
        return self.mode == "none" or (self.mode == "listed" and not self.available)


def _why(name: str, standing: ToolStatus, dialect: Dialect) -> str:
    """Why an entry of that name gives the agent nothing, in words."""
    if standing == "unavailable":
        return "not available to subagents"
    right_case = match_ignoring_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return f"the tool is called `{right_case}`"
    if standing == "old":
        return "the tool was removed"
    foreign = dialect.foreign_tool(name)
    return f"a tool of {foreign.owner}" if foreign else "no tool has this name"


class ResolvedEntry(NamedTuple):
    """An entry of a list, what its name stands for to all runtimes that count or to the first one
    that drops it, and which of them drop it."""

    entry: ToolEntry
    standing: ToolStatus
    tools: tuple[str, ...]
    ignored_by: tuple[Runtime, ...] = ()

    @property
    def tool(self) -> str | None:
        """The tool behind the name, or the first of several."""
        return self.tools[0] if self.tools else None


def resolve_entry(
    entry: ToolEntry, dialect: Dialect, permission_mode: str | None, runtimes: tuple[Runtime, ...]
) -> ResolvedEntry:
    """What an entry stands for to the runtimes that count."""
    found = [resolve_tool(entry.name, dialect, permission_mode, runtime) for runtime in runtimes]
    first = next((each for each in found if each.standing != "available"), found[0])
    dropped_by = (
        runtime for runtime, each in zip(runtimes, found, strict=True) if each.standing != "available"
    )
    return ResolvedEntry(entry, *first, tuple(dropped_by))


class ToolList(NamedTuple):
    """A list of tools in the frontmatter: its key, its value, and the entries in it."""

    key: Key
    value: Node
    items: tuple[ResolvedEntry, ...]

    @property
    def available(self) -> set[str]:
        """The tools that the list comes to."""
        return {tool for item in self.items if item.standing == "available" for tool in item.tools}


def available_tools(reading: Reading, document: str, permission_mode: str | None) -> AvailableTools:
    """What the agent of `reading` may use: listed, minus denied, plus what other keys add.

    Observed in Claude Code 2.1.328 on 2026-11-20.
    """
    dialect, runtime = reading.dialect, reading.runtime
    grammar, keys = grammar_for(dialect, runtime), dialect.tool_keys
    if grammar.is_mapping:
        return _tools_by_permission(reading)
    tools, denied_entry = _known_entry(reading, keys.allowed), _known_entry(reading, keys.denied)
    denied = split_tool_list(denied_entry.value, document, grammar) if denied_entry else ()
    added = _added_tools(reading)
    if tools is None or (is_null(tools.value) and not grammar.null_removes_all):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    listed = split_tool_list(tools.value, document, grammar)
    every = any(entry.text in grammar.wildcards for entry in listed) and (
        len(listed) == 1 or not grammar.wildcard_alone
    )
    if every or not (listed or grammar.empty_removes_all):
        return AvailableTools("all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in denied))
    names = [entry.text for entry in listed]
    if not names and not added:
        return AvailableTools("none")
    refused = {entry.text for entry in denied}
    roster = [name for name in names if name not in refused]
    roster += [name for name in added if name not in roster]
    denied_tools = {
        tool
        for entry in denied
        for tool in resolve_tool(entry.name, dialect, permission_mode, runtime).tools or (entry.name,)
    }
    available: dict[str, None] = {}
    dropped: list[IgnoredTool] = []
    for text, name in (*((e.text, e.name) for e in listed), *((name, name) for name in added)):
        standing, tools_meant = resolve_tool(name, dialect, permission_mode, runtime)
        if not tools_meant and runtime.unknown_tools == "undocumented":
            standing, tools_meant = "available", (name,)
        there = tuple(tool for tool in tools_meant if _has_tool(tool, dialect, runtime))
        if standing != "available":
            dropped.append(IgnoredTool(text, _why(name, standing, dialect)))
        elif tools_meant and not there:
            dropped.append(IgnoredTool(text, not_there(runtime)))
        elif any(is_denied(tool, denied_tools) for tool in tools_meant):
            dropped.append(IgnoredTool(text, f"also in `{keys.denied}`"))
        else:
            available |= dict.fromkeys(there)
    return AvailableTools("listed", tuple(roster), tuple(available), tuple(dropped))


def not_there(runtime: Runtime) -> str:
    """Why an entry gives the agent nothing in one runtime, though it does in another of the dialect."""
    return f"{runtime.title} has no such tool"


def _has_tool(name: str, dialect: Dialect, runtime: Runtime) -> bool:
    """Whether the runtime has the tool of that name, as far as one knows."""
    tool = dialect.tool(name)
    return tool is None or not tool.runtimes or runtime.name in tool.runtimes


def _tools_by_permission(reading: Reading) -> AvailableTools:
    """What the agent may use where permissions rule it: all that they do not take away.

    Observed in OpenCode 1.18.33 on 2026-11-20.
    """
    grants = permissions.ordered_permissions(reading)
    denied = [
        tool.name
        for tool in reading.dialect.tools
        if permissions.removes_tool(tool.permission_name or tool.name, grants)
    ]
    if not permissions.removes_tool(_NO_TOOL, grants):
        return AvailableTools("all", dropped=tuple(IgnoredTool(name, "denied") for name in denied))
    left = [tool.name for tool in reading.dialect.tools if tool.name not in denied]
    known = (*(tool.permission_name or tool.name for tool in reading.dialect.tools), ALL_TOOLS)
    left += dict.fromkeys(
        grant.permission
        for grant in grants
        if is_external_tool(grant.permission, reading.dialect)
        and grant.permission not in known
        and not permissions.removes_tool(grant.permission, grants)
    )
    return AvailableTools("listed", tuple(left), tuple(left)) if left else AvailableTools("none")


_NO_TOOL = "no tool has this name"


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
    """The names that deny `tool`: its own, its MCP server's, and all of MCP."""
    if not tool.startswith(MCP_PREFIX):
        return (tool,)
    server = "__".join(tool.split("__")[:2])
    return tuple(dict.fromkeys((tool, "mcp__*", server, f"{server}__*")))


def is_denied(tool: str, denied: set[str]) -> bool:
    """Whether a denied name covers `tool`."""
    return not denied.isdisjoint(names_denying(tool))
