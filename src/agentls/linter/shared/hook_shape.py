"""The shape of `hooks`: events, the entries of an event, and the handlers that an entry runs.

The rules about hooks, handlers and matchers walk the frontmatter with these functions. The hooks of a plugin
agent are ignored as a whole, so these functions yield nothing for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.hooks import HookEvent, HookField, HookHandler
from agentls.dialects.records import Key
from agentls.linter.rule import Context
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.named_tuples import NamedTuple
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence

ALL = ("", "*", ".*")
"""The matchers that match everything."""


class HookEntry(NamedTuple):
    """An entry of an event: its mapping, its matcher, and the list of handlers that it runs."""

    event: HookEvent
    node: Mapping
    matcher: Entry | None
    handlers: Sequence


class LocatedHandler(NamedTuple):
    """A handler: the entry that contains it, its mapping, and its kind if that is known."""

    group: HookEntry
    node: Mapping
    kind: HookHandler | None


def unschemed_events(ctx: Context) -> tuple[Entry, ...]:
    """Return the events in `hooks`, known or not, whose values no schema of the table describes.

    The values of other events are compared with that schema instead.
    """
    return tuple(entry for key, entry in hook_events(ctx) if not key.value.schema)


def hook_events(ctx: Context) -> Iterator[tuple[Key, Entry]]:
    """Yield the events in `hooks`, known or not, each with the key `hooks`."""
    for key, entry in entries_of_type(ctx, "hooks"):
        for event in entry.value.entries if isinstance(entry.value, Mapping) else ():
            yield key, event


def hook_entries(ctx: Context) -> Iterator[HookEntry]:
    """Yield the entries of known events that have handlers."""
    for entry in unschemed_events(ctx):
        event = ctx.dialect.hook_event(entry.key.text)
        items = entry.value.items if event and isinstance(entry.value, Sequence) else ()
        for item in items:
            handlers = item.get("hooks") if isinstance(item, Mapping) else None
            if event and isinstance(item, Mapping) and handlers and isinstance(handlers.value, Sequence):
                yield HookEntry(event, item, item.get("matcher"), handlers.value)


def hook_handlers(ctx: Context) -> Iterator[LocatedHandler]:
    """Yield the handlers of known events."""
    for group in hook_entries(ctx):
        for node in group.handlers.items:
            if isinstance(node, Mapping):
                kind = node.get("type")
                name = kind.value.text if kind and isinstance(kind.value, Scalar) else ""
                yield LocatedHandler(group, node, ctx.dialect.hook_handler(name))


def tool_matchers(ctx: Context) -> Iterator[tuple[HookEntry, Scalar]]:
    """Yield the matchers of tool events that are strings and do not match everything."""
    for group in hook_entries(ctx):
        value = group.matcher.value if group.matcher else None
        if (
            group.event.matches_tools
            and isinstance(value, Scalar)
            and value.type == "str"
            and value.text not in ALL
        ):
            yield group, value


def describe_mismatch(ctx: Context, field: HookField, value: Node) -> str:
    """Say in a clause what the value of a field must be, and what it is instead."""
    # The quotes of a string such as `"5"` are what is wrong with it.
    is_written = isinstance(value, Scalar) and value.span.end > value.span.start
    written = format_code(value.span.text_in(ctx.text)) if is_written else describe_value(value)
    return f"`{field.name}` must be {field.expected}, not {written}"
