"""Tool lists: their entries with spans, split as the dialect's grammar says, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from agentls import permissions
from agentls.dialects import Dialect, Key, Runtime, ToolGrammar
from agentls.reading import Reading
from agentls.spelling import in_any_case
from agentls.text import Span
from agentls.yamltree import Node, Scalar, Sequence, is_null

MCP_PREFIX = "mcp__"
ALL = "*"

_SPECIFIER = re.compile(r"([^()]*)\((.*)\)", re.DOTALL)


class ToolEntry(NamedTuple):
    """One entry of a list. `text` is all of it, `name` the part before a specifier in parentheses."""

    text: str
    name: str
    specifier: str | None
    span: Span

    @property
    def name_span(self) -> Span:
        """The name alone; the whole entry where its place in the source is not plain."""
        length = self.span.end - self.span.start
        return (
            Span(self.span.start, self.span.start + len(self.name)) if length == len(self.text) else self.span
        )


class Dropped(NamedTuple):
    """An entry that gives the agent nothing, and why, in words."""

    name: str
    why: str


class Tools(NamedTuple):
    """What an agent may use.

    `mode` is "all" (nothing listed, or `*`), "listed", or "none" for a value that is empty or
    not understood. `entries` are the names as the runtime tells them to its model, `available`
    the tools that they come to, and `dropped` those that come to nothing.
    """

    mode: Literal["all", "listed", "none"]
    entries: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    @property
    def leaves_none(self) -> bool:
        """Whether the agent is left without a single tool."""
        return self.mode == "none" or (self.mode == "listed" and not self.available)


def split(value: Node, document: str, grammar: ToolGrammar) -> tuple[ToolEntry, ...]:
    """The entries of a value of `tools`; `document` is the text that its spans refer to."""
    if grammar.map:
        return ()
    if isinstance(value, Scalar):
        return tuple(_split_scalar(value, document, grammar)) if value.type == "str" else ()
    if isinstance(value, Sequence):
        inner = grammar if grammar.splits_items else grammar._replace(separators="")
        return tuple(
            entry
            for item in value.items
            if isinstance(item, Scalar)
            for entry in split(item, document, inner)
        )
    return ()


def _split_scalar(scalar: Scalar, document: str, grammar: ToolGrammar) -> Iterator[ToolEntry]:
    at = scalar.span.start
    for text in split_text(scalar.text, grammar.separators):
        found = document.find(text, at, scalar.span.end)
        span = Span(found, found + len(text)) if found >= 0 else scalar.span
        at = span.end if found >= 0 else at
        parts = _SPECIFIER.fullmatch(text) if grammar.specifiers else None
        yield ToolEntry(text, parts[1] if parts else text, parts[2] if parts else None, span)


def split_text(text: str, separators: str) -> list[str]:
    """`text` cut at the separators outside parentheses, without empty pieces."""
    pieces: list[str] = []
    depth = start = 0
    for at, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character in separators and depth == 0:
            pieces.append(text[start:at])
            start = at + 1
    pieces.append(text[start:])
    return [piece.strip() for piece in pieces if piece.strip()]


def names_in(value: Node) -> Iterator[str]:
    """The names in a list of tools of any format, with their specifiers: of text, of a list, and of a
    mapping those that it does not forbid."""
    if isinstance(value, Scalar):
        yield from split_text(value.text, ", ") if value.type == "str" else ()
    elif isinstance(value, Sequence):
        for item in value.items:
            if isinstance(item, Scalar):
                yield from split_text(item.text, ",")
    else:
        yield from (
            entry.key.text
            for entry in value.entries
            if isinstance(entry.value, Scalar) and entry.value.text in ("true", "allow", "ask")
        )


def grammar_of(dialect: Dialect, runtime: Runtime | None) -> ToolGrammar:
    """How a runtime reads the lists of tools in a dialect."""
    return (runtime.tool_grammar if runtime else None) or dialect.tool_grammar


def is_other(name: str, dialect: Dialect, runtime: Runtime | None = None) -> bool:
    """Whether a tool of that name comes from a server or an extension, of whose tools nothing is known,
    or from a product of whose tools nothing is known at all."""
    if not dialect.tools or name in dialect.user_tools:
        return True
    of = dialect.tool(name.partition("/")[0]) if "/" in name else None
    others = () if of and of.members else grammar_of(dialect, runtime).others
    return any(fnmatchcase(name, pattern) for pattern in others)


Standing = Literal["available", "unavailable", "old", "foreign", "unknown"]


class Resolution(NamedTuple):
    """What a name in a tool list stands for: `tools` are the names of the tools behind it."""

    standing: Standing
    tools: tuple[str, ...] = ()

    @property
    def tool(self) -> str | None:
        """The tool behind the name, or the first of several."""
        return self.tools[0] if self.tools else None


def resolve(
    name: str, dialect: Dialect, permission_mode: str | None, runtime: Runtime | None = None
) -> Resolution:
    """What `name` stands for in the list of a subagent that runs in `permission_mode`, to one runtime
    or to those of the dialect."""
    if is_other(name, dialect, runtime) or not dialect.tools:
        return Resolution("available", (name,))  # Without a catalogue nothing speaks against a name.
    grammar = grammar_of(dialect, runtime)
    if grammar.any_case:
        name = dialect.tool_in_any_case(name) or name
    tool = dialect.tool(name) if grammar.own_names else None
    if tool:
        if tool.subagents == "never" or tool.subagents not in ("yes", permission_mode):
            return Resolution("unavailable", (tool.name,))
        return Resolution("available", (tool.name,))
    old = dialect.old_tool(name)
    if old:
        return Resolution("available", old.now) if old.works else Resolution("old")
    foreign = dialect.foreign_tool(name)
    if foreign and runtime and runtime.name in foreign.works:
        return Resolution("available", foreign.now)
    return Resolution("foreign" if foreign else "unknown")


def _why(name: str, standing: Standing, dialect: Dialect) -> str:
    """Why an entry of that name gives the agent nothing, in words."""
    if standing == "unavailable":
        return "not available to subagents"
    right_case = in_any_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return f"the tool is called `{right_case}`"
    if standing == "old":
        return "the tool was removed"
    foreign = dialect.foreign_tool(name)
    return f"a tool of {foreign.of}" if foreign else "no tool has this name"


class Listed(NamedTuple):
    """An entry of a list, what its name stands for to all runtimes that count or to the first one
    that drops it, and which of them drop it."""

    entry: ToolEntry
    standing: Standing
    tools: tuple[str, ...]
    dropped_by: tuple[Runtime, ...] = ()

    @property
    def tool(self) -> str | None:
        """The tool behind the name, or the first of several."""
        return self.tools[0] if self.tools else None


def look_up(
    entry: ToolEntry, dialect: Dialect, permission_mode: str | None, runtimes: tuple[Runtime, ...]
) -> Listed:
    """What an entry stands for to the runtimes that count."""
    found = [resolve(entry.name, dialect, permission_mode, runtime) for runtime in runtimes]
    first = next((each for each in found if each.standing != "available"), found[0])
    dropped_by = (
        runtime for runtime, each in zip(runtimes, found, strict=True) if each.standing != "available"
    )
    return Listed(entry, *first, tuple(dropped_by))


class ToolList(NamedTuple):
    """A list of tools in the frontmatter: its key, its value, and the entries in it."""

    key: Key
    value: Node
    items: tuple[Listed, ...]

    @property
    def available(self) -> set[str]:
        """The tools that the list comes to."""
        return {tool for item in self.items if item.standing == "available" for tool in item.tools}


def effective(reading: Reading, document: str, permission_mode: str | None) -> Tools:
    """What the agent of `reading` may use: listed, minus denied, plus what `memory` brings.

    Observed in Claude Code 2.1.328 on 2026-11-20.
    """
    dialect, runtime = reading.dialect, reading.runtime
    grammar = grammar_of(dialect, runtime)
    if grammar.map:
        return _permitted(reading)
    tools = reading.get("tools") if dialect.key("tools") else None
    denied_entry = reading.get("disallowedTools") if dialect.key("disallowedTools") else None
    denied = split(denied_entry.value, document, grammar) if denied_entry else ()
    memory = _memory_tools(reading, dialect)
    if tools is None or (is_null(tools.value) and not grammar.no_value):
        return Tools("all", dropped=tuple(Dropped(entry.text, "denied") for entry in denied))
    listed = split(tools.value, document, grammar)
    every = any(entry.text in grammar.all for entry in listed) and (len(listed) == 1 or not grammar.lone)
    if every or not (listed or grammar.none):
        return Tools("all", dropped=tuple(Dropped(entry.text, "denied") for entry in denied))
    names = [entry.text for entry in listed]
    if not names and not memory:
        return Tools("none")
    refused = {entry.text for entry in denied}
    roster = [name for name in names if name not in refused]
    roster += [name for name in memory if name not in roster]
    denied_tools = {
        tool
        for entry in denied
        for tool in resolve(entry.name, dialect, permission_mode, runtime).tools or (entry.name,)
    }
    available: dict[str, None] = {}
    dropped: list[Dropped] = []
    for text, name in (*((e.text, e.name) for e in listed), *((name, name) for name in memory)):
        standing, tools_meant = resolve(name, dialect, permission_mode, runtime)
        if not tools_meant and runtime.unknown_tools == "undocumented":
            standing, tools_meant = "available", (name,)
        there = tuple(tool for tool in tools_meant if _is_there(tool, dialect, runtime))
        if standing != "available":
            dropped.append(Dropped(text, _why(name, standing, dialect)))
        elif tools_meant and not there:
            dropped.append(Dropped(text, not_there(runtime)))
        elif any(is_denied(tool, denied_tools) for tool in tools_meant):
            dropped.append(Dropped(text, "also in `disallowedTools`"))
        else:
            available |= dict.fromkeys(there)
    return Tools("listed", tuple(roster), tuple(available), tuple(dropped))


def not_there(runtime: Runtime) -> str:
    """Why an entry gives the agent nothing in one runtime, though it does in another of the dialect."""
    return f"{runtime.title} has no such tool"


def _is_there(name: str, dialect: Dialect, runtime: Runtime) -> bool:
    """Whether the runtime has the tool of that name, as far as one knows."""
    tool = dialect.tool(name)
    return tool is None or not tool.runtimes or runtime.name in tool.runtimes


def _permitted(reading: Reading) -> Tools:
    """What the agent may use where permissions rule it: all that they do not take away.

    Observed in OpenCode 1.18.33 on 2026-11-20.
    """
    grants = permissions.counting(reading)
    denied = [
        tool.name
        for tool in reading.dialect.tools
        if permissions.takes_away(tool.permission or tool.name, grants)
    ]
    if not permissions.takes_away(_NO_TOOL, grants):
        return Tools("all", dropped=tuple(Dropped(name, "denied") for name in denied))
    left = [tool.name for tool in reading.dialect.tools if tool.name not in denied]
    known = (*(tool.permission or tool.name for tool in reading.dialect.tools), ALL)
    left += dict.fromkeys(
        grant.permission
        for grant in grants
        if is_other(grant.permission, reading.dialect)
        and grant.permission not in known
        and not permissions.takes_away(grant.permission, grants)
    )
    return Tools("listed", tuple(left), tuple(left)) if left else Tools("none")


_NO_TOOL = "no tool has this name"


def _memory_tools(reading: Reading, dialect: Dialect) -> tuple[str, ...]:
    """The tools that a valid value of `memory` adds, in the order in which they are added."""
    key = dialect.key("memory")
    value = reading.text("memory")
    known = key is not None and not key.no_effect and any(value == word.name for word in key.values)
    return ("Write", "Edit", "Read") if known else ()


def denying(tool: str) -> tuple[str, ...]:
    """The names that deny `tool`: its own, its MCP server's, and all of MCP."""
    if not tool.startswith(MCP_PREFIX):
        return (tool,)
    server = "__".join(tool.split("__")[:2])
    return tuple(dict.fromkeys((tool, "mcp__*", server, f"{server}__*")))


def is_denied(tool: str, denied: set[str]) -> bool:
    """Whether a denied name covers `tool`."""
    return not denied.isdisjoint(denying(tool))
