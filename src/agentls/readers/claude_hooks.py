"""The hooks because of which Claude Code does not load an agent.

Observed in 2.1.328 and 2.1.332, on 2026-11-30. A hook of some events can be what guards the permissions of the
agent, so one that is invalid unloads the agent: an agent without its guard could do more than its author intended.
The same applies to what looks like a guard in the wrong place: such an event outside `hooks`, or a list `hooks`
below an unknown key.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.hooks import HookEvent, find_handler_faults, is_alias
from agentls.dialects.loader import Dialect
from agentls.readers.reading import Cause, Reason
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null


def find_broken_guards(root: Mapping, text: str, dialect: Dialect) -> Iterator[Reason]:
    """Yield the reasons why hooks prevent an agent with this frontmatter from loading."""
    for entry in root.entries:
        if dialect.key(entry.key.text) is None and entry.key.text not in dialect.hooks.keys_with_any_content:
            yield from _find_misplaced(entry, (), dialect)
    yield from find_invalid_hooks(root, text, dialect)


def find_invalid_hooks(root: Mapping, text: str, dialect: Dialect) -> Iterator[Reason]:
    """Yield what is wrong in `hooks` with events that can guard permissions."""
    hooks = root.get("hooks")
    if hooks is None or is_null(hooks.value) or is_alias(hooks.value):
        return
    if not isinstance(hooks.value, Mapping):
        yield _broken("hooks not a mapping", hooks.report_span, hooks.value)
        return
    for entry in hooks.value.entries:
        event = dialect.hook_event(entry.key.text)
        if event is None:
            yield from _find_misplaced(entry, ("hooks",), dialect)
        elif event.rejects_if_invalid and hooks.value.get(event.name) is entry:
            yield from _validate_event(event, entry, text, dialect)


def _validate_event(event: HookEvent, entry: Entry, text: str, dialect: Dialect) -> Iterator[Reason]:
    """Yield what is wrong with the definition of an event. One without a value is ignored."""
    if is_null(entry.value) or is_alias(entry.value):
        return
    if not isinstance(entry.value, Sequence):
        yield _broken("event not a list", entry.report_span, event.name, entry.value)
        return
    for item in entry.value.items:
        handlers = item.get("hooks") if isinstance(item, Mapping) else None
        if is_alias(item) or (handlers and is_alias(handlers.value)):
            continue
        if not isinstance(item, Mapping) or handlers is None or not isinstance(handlers.value, Sequence):
            yield _broken("hook entry without a list", item.span, event.name)
            continue
        matcher = item.get("matcher")
        if matcher and not (isinstance(matcher.value, Scalar) and matcher.value.type == "str"):
            yield _broken("matcher not a string", matcher.report_span, matcher.value)
        for handler in handlers.value.items:
            yield from _validate_handler(handler, text, dialect)


def _validate_handler(handler: Node, text: str, dialect: Dialect) -> Iterator[Reason]:
    if is_alias(handler):
        return
    if not isinstance(handler, Mapping):
        yield _broken("handler not a mapping", handler.span, handler)
        return
    for fault in find_handler_faults(handler, dialect.hooks):
        if fault.entry is None or fault.problem == "missing":
            yield _broken("hook field missing", fault.span, fault.field.name)
        else:
            # The quotes of a string such as `"5"` are what is wrong with it.
            value = fault.entry.value
            written = value.span.text_in(text) if isinstance(value, Scalar) else ""
            data = (fault.field.name, fault.field.expected, written or value)
            yield _broken("hook field invalid", fault.span, *data)


def _find_misplaced(entry: Entry, path: tuple[str, ...], dialect: Dialect) -> Iterator[Reason]:
    """Yield what looks like a guard in an entry that is not one of the known keys or events, at any depth."""
    event = dialect.hook_event(entry.key.text)
    content = entry.value.entries if isinstance(entry.value, Mapping) else _items(entry.value)
    if event and event.rejects_if_invalid and content:
        yield _broken("event outside hooks", entry.key.span, event.name)
    elif path and path[0] != "hooks" and entry.key.text == "hooks" and _items(entry.value):
        yield _broken("hooks outside hooks", entry.key.span, ".".join(path))
    else:
        for nested in _entries_below(entry.value):
            yield from _find_misplaced(nested, (*path, entry.key.text), dialect)


def _entries_below(node: Node) -> Iterator[Entry]:
    """Yield the entries of a mapping, or of the mappings in a list."""
    if isinstance(node, Mapping):
        yield from node.entries
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _entries_below(item)


def _items(value: Node) -> tuple[Node, ...]:
    return value.items if isinstance(value, Sequence) else ()


def _broken(cause: Cause, span: Span, *data: str | Node) -> Reason:
    return Reason("broken-hooks", cause, span, data)
