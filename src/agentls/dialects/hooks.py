"""The types of the tables about hooks and servers."""

from typing import Literal, NamedTuple

from agentls.text.yaml_tree import Node, Scalar, Sequence

RefersTo = Literal["", "agent", "skill", "command", "server"]
"""The kind of definition that a string refers to; "" if it is not a name."""


class HookEvent(NamedTuple):
    """An event that runs hooks. `matcher_subject` describes what its matcher is compared with ("" if a matcher is
    ignored). `matches_tools` marks events about the use of a tool, whose matcher names tools. `rejects_if_invalid`
    marks events for which an invalid definition prevents the agent from loading. `runtimes` are those that know the
    event (all of the dialect if empty). `refers_to` is the kind of name in its matcher, if it is not a tool."""

    name: str
    summary: str
    source: str
    matcher_subject: str = ""
    matches_tools: bool = False
    rejects_if_invalid: bool = False
    runtimes: tuple[str, ...] = ()
    refers_to: RefersTo = ""

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the event."""
        return not self.runtimes or runtime in self.runtimes


class HookField(NamedTuple):
    """A field of a hook or of a server. `no_effect` states why the field has no effect. `tool_events_only` marks a
    field that prevents a handler from running on events that are not about the use of a tool. `refers_to` is the
    kind of name in its value."""

    name: str
    type: Literal["text", "number", "boolean", "list", "mapping", "any"]
    summary: str
    source: str
    required: bool = False
    values: tuple[str, ...] = ()
    no_effect: str = ""
    tool_events_only: bool = False
    refers_to: RefersTo = ""

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
    """A type of hook handler, with the fields that only this type has."""

    name: str
    summary: str
    source: str
    fields: tuple[HookField, ...]


class Hooks(NamedTuple):
    """The vocabulary of `hooks`: events, the fields of an entry below an event, types of handlers, and the fields
    that all handlers share."""

    events: tuple[HookEvent, ...] = ()
    entry_fields: tuple[HookField, ...] = ()
    handlers: tuple[HookHandler, ...] = ()
    common_fields: tuple[HookField, ...] = ()


class Transport(NamedTuple):
    """A transport of an MCP server. `required_field` is the field that it requires. `alias_of` is the transport for
    which this name is an alias."""

    name: str
    summary: str
    required_field: str
    source: str
    alias_of: str = ""


class Servers(NamedTuple):
    """The vocabulary of an MCP server's definition. The first transport is the default."""

    transports: tuple[Transport, ...] = ()
    fields: tuple[HookField, ...] = ()
