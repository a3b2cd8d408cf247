"""The names in lists of tools: the entries with their spans, and the tools that a name resolves to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from agentls.dialects.loader import MAX_REMEMBERED, Dialect
from agentls.dialects.runtimes import Runtime, ToolGrammar
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Node, Scalar, Sequence

MCP_PREFIX = "mcp__"
ALL_TOOLS = "*"
EVERY_MCP_TOOL = MCP_PREFIX + ALL_TOOLS

_SPECIFIER = lazy_pattern(r"([^()]*)\((.*)\)", re.DOTALL)


class ToolEntry(NamedTuple):
    """One entry of a list of tools. `text` is the whole entry, `name` the part before a specifier in parentheses."""

    text: str
    name: str
    specifier: str | None
    span: Span

    @property
    def name_span(self) -> Span:
        """Return the span of the name, or that of the whole entry if the source has it in another form."""
        length = self.span.end - self.span.start
        return (
            Span(self.span.start, self.span.start + len(self.name)) if length == len(self.text) else self.span
        )


def split_tool_list(value: Node, document: str, grammar: ToolGrammar) -> tuple[ToolEntry, ...]:
    """Return the entries of a value of `tools`. `document` is the text that the spans of `value` refer to."""
    if grammar.is_mapping:
        return ()
    separators = grammar.separators
    scalars: tuple[Node, ...] = ()
    if isinstance(value, Scalar):
        scalars = (value,)
    elif isinstance(value, Sequence):
        separators = separators if grammar.splits_items else ""
        scalars = value.items
    strings = (scalar for scalar in scalars if isinstance(scalar, Scalar) and scalar.type == "str")
    written = tuple((scalar, scalar.span.text_in(document)) for scalar in strings)
    return _split_strings(written, separators, grammar.specifiers)


@lru_cache(maxsize=16)  # Several rules and readings ask about the same lists.
def _split_strings(
    written: tuple[tuple[Scalar, str], ...], separators: str, has_specifiers: bool
) -> tuple[ToolEntry, ...]:
    """Return the entries of strings, each with its text in the document."""
    entries: list[ToolEntry] = []
    for scalar, source in written:
        at, start = 0, scalar.span.start
        for text in split_tool_names(scalar.text, separators):
            found = source.find(text, at)
            span = Span(start + found, start + found + len(text)) if found >= 0 else scalar.span
            at = found + len(text) if found >= 0 else at
            parts = _SPECIFIER.fullmatch(text) if has_specifiers and "(" in text else None
            entries.append(ToolEntry(text, parts[1] if parts else text, parts[2] if parts else None, span))
    return tuple(entries)


def split_tool_names(text: str, separators: str) -> list[str]:
    """Split `text` at the separators outside parentheses. Empty pieces are omitted."""
    if "(" not in text:
        for separator in separators[1:]:
            text = text.replace(separator, separators[0])
        parts = text.split(separators[0]) if separators else (text,)
        return [stripped for part in parts if (stripped := part.strip())]
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


def tool_names_in(value: Node) -> Iterator[str]:
    """Yield the names in a list of tools of any format, with their specifiers. The value is a string, a list, or a
    mapping, of which the entries are omitted that deny a tool."""
    if isinstance(value, Scalar):
        yield from split_tool_names(value.text, ", ") if value.type == "str" else ()
    elif isinstance(value, Sequence):
        for item in value.items:
            if isinstance(item, Scalar):
                yield from split_tool_names(item.text, ",")
    else:
        yield from (
            entry.key.text
            for entry in value.entries
            if isinstance(entry.value, Scalar) and entry.value.text in ("true", "allow", "ask")
        )


def grammar_for(dialect: Dialect, runtime: Runtime | None) -> ToolGrammar:
    """Return how a runtime reads the lists of tools in a dialect."""
    return (runtime.tool_grammar if runtime else None) or dialect.tool_grammar


def is_external_tool(name: str, dialect: Dialect, runtime: Runtime | None = None) -> bool:
    """Whether nothing is known about a tool of that name: it is from a server or an extension, it was added in the
    configuration, or the dialect has no table of tools."""
    if not dialect.tools or name in dialect.configured_tools:
        return True
    parent = dialect.tool(name.partition("/")[0]) if "/" in name else None
    patterns = () if parent and parent.members else grammar_for(dialect, runtime).external_tools
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def is_mcp_tool(name: str, dialect: Dialect) -> bool:
    """Whether `name` has the form of an MCP tool in Claude Code, and the format uses the same form."""
    grammar = dialect.tool_grammar
    external = any(fnmatchcase(name, pattern) for pattern in grammar.external_tools)
    server = re.fullmatch(grammar.server_pattern, name) if grammar.server_pattern else None
    return name.startswith(MCP_PREFIX) and (external or server is not None)


def only_denies(name: str, dialect: Dialect) -> bool:
    """Whether `name` is the pattern for the tools of all servers, and only works in a list of denied tools."""
    grammar = dialect.tool_grammar
    is_claude_like = bool(dialect.tools) and EVERY_MCP_TOOL in grammar.external_tools and not grammar.globs
    return name == EVERY_MCP_TOOL and is_claude_like


ToolStatus = Literal["available", "unavailable", "old", "foreign", "unknown"]


class ToolResolution(NamedTuple):
    """What a name in a tool list resolves to: its status, and the names of the tools."""

    standing: ToolStatus
    tools: tuple[str, ...] = ()

    @property
    def tool(self) -> str | None:
        """Return the tool that the name resolves to, or the first of several."""
        return self.tools[0] if self.tools else None


def resolve_tool(
    name: str, dialect: Dialect, permission_mode: str | None, runtime: Runtime | None = None
) -> ToolResolution:
    """Return what `name` resolves to in the list of a subagent that runs in `permission_mode`, for one runtime or
    for those of the dialect."""
    cache = dialect.resolved_tools
    key = (name, permission_mode, runtime.name if runtime else None)
    resolution = cache.get(key)
    if resolution is None:
        if len(cache) >= MAX_REMEMBERED:
            cache.clear()
        resolution = cache[key] = _resolve_tool(name, dialect, permission_mode, runtime)
    return resolution


def _resolve_tool(
    name: str, dialect: Dialect, permission_mode: str | None, runtime: Runtime | None
) -> ToolResolution:
    if is_external_tool(name, dialect, runtime) or not dialect.tools:
        return ToolResolution("available", (name,))  # Nothing is known about the name, so it is accepted.
    grammar = grammar_for(dialect, runtime)
    if name in grammar.wildcards and not grammar.wildcard_alone:
        return ToolResolution("available", (name,))
    if grammar.ignores_case:
        name = dialect.tool_ignoring_case(name) or name
    tool = dialect.tool(name) if grammar.own_names else None
    if tool:
        if not (tool.availability == "always" or (tool.mode and tool.mode == permission_mode)):
            return ToolResolution("unavailable", (tool.name,))
        return ToolResolution("available", (tool.name,))
    old = dialect.old_tool(name)
    if old:
        return ToolResolution("available", old.replacements) if old.still_accepted else ToolResolution("old")
    foreign = dialect.foreign_tool(name)
    if foreign and runtime and runtime.name in foreign.accepted_by:
        return ToolResolution("available", foreign.replacements)
    return ToolResolution("foreign" if foreign else "unknown")
