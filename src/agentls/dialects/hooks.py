"""The types of the tables about hooks and servers."""

from __future__ import annotations

from typing import Literal, NamedTuple

from agentls.text.yaml_tree import Node, Scalar, Sequence

Named = Literal["", "agent", "skill", "command", "server"]
"""What a word is the name of; "" for nothing that has one."""


class HookEvent(NamedTuple):
    """A moment at which hooks run. `matches` says what its matcher is compared with ("" where
    a matcher is ignored). `tool` marks events about the use of a tool, whose matcher names tools.
    `guard` marks events whose broken definition unloads the agent. `runtimes` are those that know
    the event (all of the dialect if empty). `refers` tells what its matcher is the name of, where that
    is no tool."""

    name: str
    summary: str
    source: str
    matches: str = ""
    tool: bool = False
    guard: bool = False
    runtimes: tuple[str, ...] = ()
    refers: Named = ""

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the event."""
        return not self.runtimes or runtime in self.runtimes


class HookField(NamedTuple):
    """A field of a hook or of a server. `no_effect` says why the field does nothing, `only_for_tools`
    marks a field that keeps a handler from running on events that are not about the use of a tool. `refers`
    tells what its text is the name of."""

    name: str
    type: Literal["text", "number", "boolean", "list", "mapping", "any"]
    summary: str
    source: str
    required: bool = False
    values: tuple[str, ...] = ()
    no_effect: str = ""
    only_for_tools: bool = False
    refers: Named = ""

    def accepts(self, value: Node) -> bool:
        """Whether a value has the type of the field and, where those are limited, is one of its values."""
        if isinstance(value, Scalar) and value.is_alias:
            return True
        if not isinstance(value, Scalar):
            return self.type in ("list" if isinstance(value, Sequence) else "mapping", "any")
        if self.values and value.text not in self.values:
            return False
        types = {"text": ("str",), "number": ("int", "float"), "boolean": ("bool",), "any": (value.type,)}
        return value.type in types.get(self.type, ())


class HookHandler(NamedTuple):
    """A kind of hook handler, with the fields that only it has."""

    name: str
    summary: str
    source: str
    fields: tuple[HookField, ...]


class Hooks(NamedTuple):
    """The vocabulary of `hooks`: events, the fields of an entry below an event, kinds of handlers,
    and the fields all of them share."""

    events: tuple[HookEvent, ...] = ()
    entry: tuple[HookField, ...] = ()
    handlers: tuple[HookHandler, ...] = ()
    common: tuple[HookField, ...] = ()


class Transport(NamedTuple):
    """A way to reach an MCP server. `requires` is the field without which it cannot be reached;
    `alias_of` names the transport that is meant by another word for it."""

    name: str
    summary: str
    requires: str
    source: str
    alias_of: str = ""


class Servers(NamedTuple):
    """The vocabulary of an MCP server's definition. The first transport is meant where none is named."""

    transports: tuple[Transport, ...] = ()
    fields: tuple[HookField, ...] = ()
