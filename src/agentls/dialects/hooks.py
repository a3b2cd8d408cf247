"""The types of the tables about hooks and servers."""

from collections.abc import Iterator
from typing import Literal

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null

RefersTo = Literal["", "agent", "skill", "command", "server"]
"""The kind of definition that a string refers to; "" if it is not a name."""


def is_alias(value: Node) -> bool:
    """Whether a value is an alias of a list or a mapping, whose content is unknown here."""
    return isinstance(value, Scalar) and value.is_alias


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
    type: Literal["text", "url", "number", "boolean", "list", "mapping", "any"]
    summary: str
    source: str
    required: bool = False
    values: tuple[str, ...] = ()
    no_effect: str = ""
    tool_events_only: bool = False
    refers_to: RefersTo = ""

    def accepts(self, value: Node) -> bool:
        """Whether a value has the type of the field and, where those are limited, is one of its values."""
        if is_alias(value):
            return True
        if not isinstance(value, Scalar):
            return self.type in ("list" if isinstance(value, Sequence) else "mapping", "any")
        if self.values and value.text not in self.values:
            return False
        if self.type == "number":
            return value.type in ("int", "float") and value.value > 0
        if self.type == "url":
            return value.type == "str" and _URL.match(value.text) is not None
        types = {"text": "str", "boolean": "bool", "any": value.type}
        return value.type == types.get(self.type)

    @property
    def expected(self) -> str:
        """A noun phrase for the values that the field accepts."""
        if self.values:
            return join_names(self.values, " or ")
        types = {
            "text": "a string",
            "url": "a URL",
            "number": "a positive number",
            "boolean": "`true` or `false`",
        }
        return types.get(self.type, f"a {self.type}")


_URL = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:\S")


class HookHandler(NamedTuple):
    """A type of hook handler, with the fields that only this type has."""

    name: str
    summary: str
    source: str
    fields: tuple[HookField, ...]


class Hooks(NamedTuple):
    """The vocabulary of `hooks`: events, the fields of an entry below an event, types of handlers, and the fields
    that all handlers share.

    `broken_guard_effect` is what a runtime does, instead of not loading the file, if the definition of an event with
    `rejects_if_invalid` is invalid. Keys in `keys_with_any_content` may contain what looks like hooks."""

    events: tuple[HookEvent, ...] = ()
    entry_fields: tuple[HookField, ...] = ()
    handlers: tuple[HookHandler, ...] = ()
    common_fields: tuple[HookField, ...] = ()
    broken_guard_effect: str = ""
    keys_with_any_content: tuple[str, ...] = ()

    def fields_of(self, kind: HookHandler | None) -> dict[str, HookField]:
        """The fields that a handler of a kind can have, by name."""
        return {field.name: field for field in (*self.common_fields, *(kind.fields if kind else ()))}


class HandlerFault(NamedTuple):
    """A field because of which a handler is invalid: its type is unknown, or the field is missing or has another type.
    `entry` is the field in the file, if it is there."""

    problem: Literal["unknown type", "missing", "mismatch"]
    field: HookField
    entry: Entry | None
    span: Span


def find_handler_faults(handler: Mapping, hooks: Hooks) -> Iterator[HandlerFault]:
    """Find what makes a handler invalid. Values that cannot be resolved, and fields without an effect, are valid."""
    written = handler.get("type")
    name = written.value.text if written and isinstance(written.value, Scalar) else ""
    kind = next((kind for kind in hooks.handlers if kind.name == name), None)
    for field in hooks.fields_of(kind).values():
        entry = handler.get(field.name)
        if field.required and (entry is None or is_null(entry.value)):
            first = handler.entries[0].key.span if handler.entries else handler.span
            span = entry.report_span if entry else written.report_span if written else first
            yield HandlerFault("missing", field, entry, span)
        elif entry and not field.no_effect and not field.accepts(entry.value):
            problem: Literal["unknown type", "mismatch"] = (
                "unknown type" if field.name == "type" else "mismatch"
            )
            yield HandlerFault(problem, field, entry, entry.report_span)


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
