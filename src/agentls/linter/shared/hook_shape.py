"""The shape of `hooks`: events, the entries below them, and the handlers that these run.

No rules stand here; those about hooks, handlers and matchers walk with these functions. A
plugin's hooks are ignored as a whole, so nothing is walked there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects.hooks import HookEvent, HookField, HookHandler
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.linter.rule import Context
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence

ALL = ("", "*", ".*")
"""The matchers that leave nothing out."""


class HookEntry(NamedTuple):
    """An entry below an event: its mapping, its matcher, and the list of handlers that it runs."""

    event: HookEvent
    node: Mapping
    matcher: Entry | None
    handlers: Sequence


class LocatedHandler(NamedTuple):
    """A handler: the entry that it belongs to, its own mapping, and its kind if that is known."""

    group: HookEntry
    node: Mapping
    kind: HookHandler | None


def unschemed_events(ctx: Context) -> tuple[Entry, ...]:
    """The entries of `hooks`, known events or not. Where the table has a shape for them, what stands
    below is compared with that, and not here."""
    return tuple(entry for key, entry in hook_events(ctx) if not key.shape)


def hook_events(ctx: Context) -> Iterator[tuple[Key, Entry]]:
    """The entries of `hooks` with its key, known events or not."""
    for key, entry in entries_of_type(ctx, "hooks"):
        for event in entry.value.entries if isinstance(entry.value, Mapping) else ():
            yield key, event


def hook_entries(ctx: Context) -> Iterator[HookEntry]:
    """The entries below known events that have handlers."""
    for entry in unschemed_events(ctx):
        event = ctx.dialect.hook_event(entry.key.text)
        items = entry.value.items if event and isinstance(entry.value, Sequence) else ()
        for item in items:
            handlers = item.get("hooks") if isinstance(item, Mapping) else None
            if event and isinstance(item, Mapping) and handlers and isinstance(handlers.value, Sequence):
                yield HookEntry(event, item, item.get("matcher"), handlers.value)


def hook_handlers(ctx: Context) -> Iterator[LocatedHandler]:
    """The handlers of known events."""
    for group in hook_entries(ctx):
        for node in group.handlers.items:
            if isinstance(node, Mapping):
                kind = node.get("type")
                name = kind.value.text if kind and isinstance(kind.value, Scalar) else ""
                yield LocatedHandler(group, node, ctx.dialect.hook_handler(name))


def tool_matchers(ctx: Context) -> Iterator[tuple[HookEntry, Scalar]]:
    """The matchers in text of events about tools, unless they leave nothing out."""
    for group in hook_entries(ctx):
        value = group.matcher.value if group.matcher else None
        if group.event.tool and isinstance(value, Scalar) and value.type == "str" and value.text not in ALL:
            yield group, value


def handler_fields(dialect: Dialect, kind: HookHandler | None) -> dict[str, HookField]:
    """The fields that a handler of a kind may have, by their names."""
    return {field.name: field for field in (*dialect.hooks.common, *(kind.fields if kind else ()))}


def is_alias(value: Node) -> bool:
    return isinstance(value, Scalar) and value.is_alias
