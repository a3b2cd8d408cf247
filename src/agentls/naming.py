"""What the words of lists name: agents and skills behind tools, servers in the names of their tools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import Dialect, ToolGrammar
from agentls.names import Form, Kind, Reference, bare
from agentls.text import Span
from agentls.toollist import ToolEntry
from agentls.yamltree import Mapping, Node, Scalar, Sequence

_ITEM = re.compile(r"[^\s,()]+")
_NO_NAME = re.compile(r"[*{}$<>()\[\]^+?\\\n]")


def is_name(text: str) -> bool:
    """Whether a text can be a name, and is no pattern or placeholder."""
    return bool(text) and not _NO_NAME.search(text)


def in_entry(
    entry: ToolEntry, tool: str | None, dialect: Dialect, grammar: ToolGrammar, form: Form
) -> Iterator[Reference]:
    """The names in an entry of a list of tools, or in a rule about one. `tool` is the tool that it means."""
    if entry.span.end - entry.span.start != len(entry.text):
        return
    row = dialect.tool(tool) if tool else None
    if entry.specifier is not None and row and row.refers:
        kind: Kind = row.refers
        start = entry.span.start + len(entry.name) + 1
        for word in _ITEM.finditer(entry.specifier):
            name = word[0].removesuffix(":*")
            if is_name(name):
                yield Reference(kind, *bare(name, start + word.start()), form)
    elif row is None and entry.name not in grammar.all:
        yield from in_tool(entry.name, entry.span.start, dialect, grammar, form)


def in_tool(name: str, at: int, dialect: Dialect, grammar: ToolGrammar, form: Form) -> Iterator[Reference]:
    """The server in the name of a tool, which stands at the offset `at`."""
    found = re.fullmatch(grammar.server, name) if grammar.server else None
    if found is None or found.lastindex is None:
        return
    server = found[found.lastindex]
    of = dialect.tool(server)
    if is_name(server) and not (of and of.members):
        start = at + found.start(found.lastindex)
        yield Reference("server", server, "", Span(start, start + len(server)), form)


def described(server: Node) -> str:
    """How a definition of an MCP server reaches it: its address, or its program. Nothing that may be secret
    is told: no options, no variables, no query."""
    if not isinstance(server, Mapping):
        return ""
    address = next((text for key in ("url", "httpUrl", "serverUrl") for text in _texts(server, key)), "")
    if address:
        return _SECRET.sub("", address)
    program, *rest = (*_texts(server, "command"), *_texts(server, "args"), "")
    first = next((word for word in rest if word not in _HARMLESS), "")
    return f"{program} {'' if first.startswith('-') else _SECRET.sub('', first)}".strip()


_SECRET = re.compile(r"(?<=//)[^/@]*@|[?#].*", re.DOTALL)
_HARMLESS = ("-y", "--yes")


def _texts(mapping: Mapping, key: str) -> tuple[str, ...]:
    """The texts in the value of a key: itself, or the items of a list."""
    entry = mapping.get(key)
    value = entry.value if entry else None
    items = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item.text for item in items if isinstance(item, Scalar) and item.type == "str")
