"""Resolve lists of tools: each entry for the readers, and the available tools of an agent."""

from collections.abc import Iterator
from typing import Literal

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
from agentls.text.named_tuples import NamedTuple
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


def _find_ignored_reason(entry: tuple[str, ToolStatus, str], dialect: Dialect) -> str:
    """The reason why a runtime ignores an entry: its name, its status and the name of the runtime."""
    name, status, runtime = entry
    if status == "unavailable":
        return "not available to subagents"
    # Few names are those of tools in another case, and then other runtimes may have the tool.
    known = dialect.tools if dialect.tool_ignoring_case(name) else ()
    right_case = match_ignoring_case(name, (tool.name for tool in known if tool.is_in(runtime)))
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
    """Resolve an entry for `runtimes`, which read the dialect."""
    names = tuple(runtime.name for runtime in runtimes)
    resolution, ignored = dialect.remember(_resolve_for_all, (entry.name, permission_mode, names))
    ignored_by = tuple(runtime for runtime in runtimes if runtime.name in ignored) if ignored else ()
    return ResolvedEntry(entry, *resolution, ignored_by)


def _resolve_for_all(
    asked: tuple[str, str | None, tuple[str, ...]], dialect: Dialect
) -> tuple[ToolResolution, frozenset[str]]:
    """What a name resolves to in a permission mode for runtimes, and the names of those that ignore it."""
    name, permission_mode, runtimes = asked[0], asked[1], tuple(map(dialect.runtime, asked[2]))
    found = [resolve_tool(name, dialect, permission_mode, runtime) for runtime in runtimes]
    if all(each.standing == "available" and _is_elsewhere(each, dialect, runtimes) for each in found):
        resolution = ToolResolution("foreign" if dialect.foreign_tool(name) else "unknown")
        return resolution, frozenset(asked[2])
    first = next((each for each in found if each.standing != "available"), found[0])
    pairs = zip(runtimes, found, strict=True)
    return first, frozenset(runtime.name for runtime, each in pairs if each.standing != "available")


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
    if grammar_for(reading.dialect, reading.runtime).is_mapping:
        return _tools_by_permission(reading)
    lists = _read_lists(reading, document)
    if lists.allowed is None:
        return AvailableTools(
            "all", dropped=tuple(IgnoredTool(entry.text, "denied") for entry in lists.denied)
        )
    names = [entry.text for entry in lists.allowed]
    if not names and not lists.added:
        return AvailableTools("none")
    denied_names = {entry.text for entry in lists.denied}
    entries = [name for name in names if name not in denied_names]
    entries += [name for name in lists.added if name not in entries and name not in denied_names]
    available: dict[str, None] = {}
    dropped: list[IgnoredTool] = []
    for text, tools, reason in _given_tools(reading, lists, permission_mode):
        if reason:
            dropped.append(IgnoredTool(text, reason))
        else:
            available |= dict.fromkeys(tools)
    return AvailableTools("listed", tuple(entries), tuple(available), tuple(dropped))


def has_tools(reading: Reading, document: str, permission_mode: str | None) -> bool:
    """Whether the agent has `available_tools`, which is mostly known after the first entry."""
    if grammar_for(reading.dialect, reading.runtime).is_mapping:
        return not _tools_by_permission(reading).is_empty
    lists = _read_lists(reading, document)
    return lists.allowed is None or any(
        tools for _, tools, _ in _given_tools(reading, lists, permission_mode)
    )


def toolless_runtimes(
    readings: tuple[Reading, ...], document: str, permission_mode: str | None
) -> frozenset[str]:
    """The names of the runtimes of these readings for which the agent has no tools."""
    toolless = (each for each in readings if not has_tools(each, document, permission_mode))
    return frozenset(each.runtime.name for each in toolless)


class _Lists(NamedTuple):
    """The lists of a reading: the allowed entries (`None` for all tools), the denied entries, and the tools that
    other keys add."""

    allowed: tuple[ToolEntry, ...] | None
    denied: tuple[ToolEntry, ...]
    added: tuple[str, ...]


def _read_lists(reading: Reading, document: str) -> _Lists:
    grammar, keys = grammar_for(reading.dialect, reading.runtime), reading.dialect.tool_keys
    tools, denied = _known_entry(reading, keys.allowed), denied_entries(reading, document)
    if tools is None or (is_null(tools.value) and not grammar.null_removes_all):
        return _Lists(None, denied, ())
    listed = split_tool_list(tools.value, document, grammar)
    has_wildcard = any(entry.text in grammar.wildcards for entry in listed)
    all_listed = has_wildcard and (len(listed) == 1 or not grammar.wildcard_alone)
    if all_listed or not (listed or grammar.empty_removes_all):
        return _Lists(None, denied, ())
    return _Lists(listed, denied, _added_tools(reading))


def _given_tools(
    reading: Reading, lists: _Lists, permission_mode: str | None
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each allowed and added entry with the tools that it gives, or the reason why it is ignored."""
    dialect, runtime = reading.dialect, reading.runtime
    denied = {
        tool
        for entry in lists.denied
        for tool in resolve_tool(entry.name, dialect, permission_mode, runtime).tools or (entry.name,)
    }
    in_background = runs_in_background(reading)
    allowed = ((entry.text, entry.name) for entry in lists.allowed or ())
    for text, name in (*allowed, *((name, name) for name in lists.added)):
        standing, resolved = resolve_tool(name, dialect, permission_mode, runtime)
        if not resolved and runtime.unknown_tools == "undocumented":
            standing, resolved = "available", (name,)
        existing = tuple(tool for tool in resolved if _has_tool(tool, dialect, runtime))
        if in_background is True and standing == "available":
            existing = tuple(tool for tool in existing if not is_lost_in_background(tool, dialect))
        if standing != "available":
            yield text, (), dialect.remember(_find_ignored_reason, (name, standing, runtime.name))
        elif only_denies(name, dialect):
            yield text, (), f"only works in `{dialect.tool_keys.denied}`"
        elif resolved and not existing:
            lost = in_background and is_lost_in_background(resolved[0], dialect)
            yield text, (), LOST_IN_BACKGROUND if lost else missing_in_runtime(runtime)
        elif denied and any(is_denied(tool, denied) for tool in resolved):
            yield text, (), f"denied by `{dialect.tool_keys.denied}`"
        else:
            yield text, existing, ""


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
    found = permissions.find_permissions(reading)
    denied = [
        tool.name
        for tool in reading.dialect.tools
        if permissions.removes_tool(tool.permission_name or tool.name, found)
    ]
    if not permissions.removes_tool(_ANY_OTHER_TOOL, found):
        return AvailableTools("all", dropped=tuple(IgnoredTool(name, "denied") for name in denied))
    remaining = [tool.name for tool in reading.dialect.tools if tool.name not in denied]
    known = (*(tool.permission_name or tool.name for tool in reading.dialect.tools), ALL_TOOLS)
    remaining += dict.fromkeys(
        entry.permission
        for entry in found.entries
        if is_external_tool(entry.permission, reading.dialect)
        and entry.permission not in known
        and not permissions.removes_tool(entry.permission, found)
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
        for key in reading.dialect.keys_adding_tools
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
