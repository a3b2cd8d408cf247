"""Names in lists: agents and skills in specifiers of tools, servers in the names of their tools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.hooks import HookEvent
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import ToolGrammar
from agentls.dialects.tool_names import ToolEntry
from agentls.project.names import NameKind, Reference, ReferenceForm, split_qualified_name
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, content_span

_ITEM = lazy_pattern(r"[^\s,()]+")
_NO_NAME = lazy_pattern(r"[*{}$<>()\[\]^+?\\\n]")


def is_name(text: str) -> bool:
    """Whether `text` can be a name and is not a pattern or placeholder."""
    return bool(text) and not _NO_NAME.search(text)


def make_reference(kind: NameKind, name: str, offset: int, form: ReferenceForm = "key") -> Reference:
    """The reference for a name at the offset `at`. Names of servers have no qualifier."""
    if kind == "server":
        return Reference(kind, name, "", Span(offset, offset + len(name)), form)
    return Reference(kind, *split_qualified_name(name, offset), form)


def names_in_scalar(kind: NameKind, scalar: Scalar, text: str) -> Iterator[Reference]:
    """The name in a scalar, unless it is a pattern or has escapes."""
    span = content_span(scalar, text)
    if span.text_in(text) == scalar.text and is_name(scalar.text):
        yield make_reference(kind, scalar.text, span.start)


def names_in_tool_entry(
    entry: ToolEntry, tool: str | None, dialect: Dialect, grammar: ToolGrammar, form: ReferenceForm
) -> Iterator[Reference]:
    """The names in an entry of a list of tools, or in a permission rule. `tool` is the tool that it resolves to."""
    if entry.span.end - entry.span.start != len(entry.text):
        return
    row = dialect.tool(tool) if tool else None
    if entry.specifier is not None and row and row.refers_to:
        kind: NameKind = row.refers_to
        start = entry.span.start + len(entry.name) + 1
        for word in _ITEM.finditer(entry.specifier):
            name = word[0].removesuffix(":*")
            if is_name(name):
                yield make_reference(kind, name, start + word.start(), form)
    elif row is None and entry.name not in grammar.wildcards:
        yield from server_in_tool_name(entry.name, entry.span.start, dialect, grammar, form)


def server_in_tool_name(
    name: str, offset: int, dialect: Dialect, grammar: ToolGrammar, form: ReferenceForm
) -> Iterator[Reference]:
    """The server in the name of a tool, which is at the offset `at`."""
    found = re.fullmatch(grammar.server_pattern, name) if grammar.server_pattern else None
    if found is None or found.lastindex is None:
        return
    server = found[found.lastindex]
    tool_set = dialect.tool(server)
    # A tool set also has members with a qualifier, under its current or former name.
    if is_name(server) and not (tool_set and tool_set.members) and not dialect.old_tool(server):
        yield make_reference("server", server, offset + found.start(found.lastindex), form)


def names_in_hooks(hooks: Node, dialect: Dialect, text: str) -> Iterator[Reference]:
    """The names in a value of hooks: in matchers and in fields of handlers."""
    for entry in hooks.entries if isinstance(hooks, Mapping) else ():
        event = dialect.hook_event(entry.key.text)
        for group in entry.value.items if isinstance(entry.value, Sequence) else ():
            if isinstance(group, Mapping):
                if event:
                    yield from _names_in_matcher(group.get("matcher"), event, dialect, text)
                yield from _names_in_handlers(group.get("hooks"), dialect, text)


def _names_in_matcher(
    matcher: Entry | None, event: HookEvent, dialect: Dialect, text: str
) -> Iterator[Reference]:
    """The names in a matcher, which are separated by `|` or commas."""
    if matcher and isinstance(matcher.value, Scalar):
        span = content_span(matcher.value, text)
        for word in _ALTERNATIVE.finditer(text, *span):
            if event.matches_tools:
                yield from server_in_tool_name(word[0], word.start(), dialect, dialect.tool_grammar, "key")
            elif event.refers_to and is_name(word[0]):
                yield make_reference(event.refers_to, word[0], word.start())


def _names_in_handlers(handlers: Entry | None, dialect: Dialect, text: str) -> Iterator[Reference]:
    """The names in the fields of handlers."""
    for node in handlers.value.items if handlers and isinstance(handlers.value, Sequence) else ():
        if isinstance(node, Mapping):
            row = next((dialect.hook_handler(kind.text) for kind in _field_strings(node, "type")), None)
            for field in row.fields if row else ():
                for value in _field_strings(node, field.name) if field.refers_to else ():
                    yield from names_in_scalar(field.refers_to or "any", value, text)


_ALTERNATIVE = lazy_pattern(r"[^\s|,]+")


def describe_server(server: Node) -> str:
    """The address or the program of an MCP server, without options, variables and queries, which may be secret."""
    if not isinstance(server, Mapping):
        return ""
    address = next(
        (each for key in ("url", "httpUrl", "serverUrl") for each in _field_strings(server, key)), None
    )
    if address:
        return _SECRET.sub("", address.text)
    words = [each.text for key in ("command", "args") for each in _field_strings(server, key)]
    program, *rest = (*words, "")
    first = next((word for word in rest if word not in _YES_OPTIONS), "")
    return f"{program} {'' if first.startswith('-') else _SECRET.sub('', first)}".strip()


_SECRET = lazy_pattern(r"(?<=//)[^/@]*@|[?#].*", re.DOTALL)
_YES_OPTIONS = ("-y", "--yes")


def _field_strings(mapping: Mapping, key: str) -> tuple[Scalar, ...]:
    """The strings in the value of a key: the value itself, or the items of a list."""
    entry = mapping.get(key)
    return string_items(entry.value) if entry else ()


def string_items(value: Node) -> tuple[Scalar, ...]:
    """The strings in a value: the value itself, or the items of a list."""
    items = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item for item in items if isinstance(item, Scalar) and item.type == "str")
