"""Rules about `hooks`: the events and the entries below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects.hooks import HookEvent
from agentls.document.edits import indent_lines
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.rules.loading import can_be_read, findings_for_reason
from agentls.linter.rules.values import suggest
from agentls.linter.shared import hook_shape as shape
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null


class _Misshapen(NamedTuple):
    """An event or an entry below it that has not the shape of one."""

    event: HookEvent
    span: Span
    message: str
    fixes: tuple[Fix, ...]


def _misshapen(ctx: Context) -> Iterator[_Misshapen]:
    """What has no list of entries below an event, or no list of handlers in such an entry."""
    for entry in shape.unschemed_events(ctx):
        event = ctx.dialect.hook_event(entry.key.text)
        if event is None or shape.is_alias(entry.value):
            continue
        if not isinstance(entry.value, Sequence):
            message = f"`{event.name}` is {describe_value(entry.value)}, not a list"
            yield _Misshapen(event, entry.report_span, message, _as_list(ctx, entry.value))
            continue
        for item in entry.value.items:
            if isinstance(item, Mapping):
                handlers = item.get("hooks")
                if handlers is None:
                    message = f"This entry of `{event.name}` has no list `hooks`"
                    yield _Misshapen(event, item.span, message, _nested(ctx, item))
                elif not isinstance(handlers.value, Sequence) and not shape.is_alias(handlers.value):
                    message = f"`hooks` is {describe_value(handlers.value)}, not a list of handlers"
                    yield _Misshapen(event, item.span, message, ())
            elif not shape.is_alias(item) and not is_null(item):
                message = (
                    f"An entry of `{event.name}` is a mapping with a list `hooks`, not {describe_value(item)}"
                )
                yield _Misshapen(event, item.span, message, ())


def _is_handler(ctx: Context, node: Mapping) -> bool:
    """Whether a mapping has fields of a handler."""
    names = {field.name for kind in ctx.dialect.hooks.handlers for field in kind.fields} | {"type"}
    return any(entry.key.text in names for entry in node.entries)


def _as_list(ctx: Context, value: Node) -> tuple[Fix, ...]:
    """The fix that makes the mapping below an event the only entry of a list."""
    if not isinstance(value, Mapping):
        return ()
    handlers = value.get("hooks")
    whole = handlers is not None and isinstance(handlers.value, Sequence)
    if not whole and (handlers or value.get("matcher") or not _is_handler(ctx, value)):
        return ()
    if value.flow:
        before, behind = ("[", "]") if whole else ("[{hooks: [", "]}]")
        edits = _around(value.span, before, behind)
    elif whole:
        edits = indent_lines(ctx.document, value.span, "- ", 2)
    else:
        lead = f"- hooks:{ctx.document.newline}{' ' * (ctx.document.lines.column(value.span.start) + 4)}- "
        edits = indent_lines(ctx.document, value.span, lead, 6)
    return ctx.make_fix("Write a list", *edits)


def _nested(ctx: Context, item: Mapping) -> tuple[Fix, ...]:
    """The fix that moves a handler which stands in the place of an entry below its own `hooks`."""
    if not _is_handler(ctx, item):
        return ()
    first, *rest = item.entries
    if item.flow:
        edits = () if item.get("matcher") else _around(item.span, "{hooks: [", "]}")
    else:
        # A matcher stays where it is, if it comes first.
        start = rest[0] if first.key.text == "matcher" and rest else first
        if item.get("matcher") and start is first:
            return ()
        lead = f"hooks:{ctx.document.newline}{' ' * (ctx.document.lines.column(first.key.span.start) + 2)}- "
        edits = indent_lines(ctx.document, Span(start.key.span.start, item.span.end), lead, 4)
    return ctx.make_fix("Move the handler into a list `hooks`", *edits)


def _around(span: Span, before: str, behind: str) -> tuple[Edit, ...]:
    return (Edit(Span(span.start, span.start), before), Edit(Span(span.end, span.end), behind))


@rule("error")
def broken_hooks(ctx: Context) -> Iterator[Finding]:
    """`hooks` is broken in a way that keeps the agent from loading.

    `hooks` must be a mapping from events to lists, and each entry below `PreToolUse` or
    `PermissionRequest` must have a list `hooks`. If not, Claude Code skips the whole file, so
    that a guard which cannot run does not give the agent more freedom than was meant.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash
          command: ./check.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              command: ./check.sh
    ---

    You review code.
    ```
    """
    fixes: dict[Span, tuple[Fix, ...]] = {}
    for finding in findings_for_reason(ctx, "broken-hooks"):
        fixes = fixes or {each.span: each.fixes for each in _misshapen(ctx)}
        usable = [fix for fix in fixes.get(finding.span, ()) if can_be_read(ctx, fix.edits)]
        yield finding._replace(fixes=tuple(usable))


@rule("warning")
def unknown_hook_event(ctx: Context) -> Iterator[Finding]:
    """There is no such event, so its hooks never run.

    The names of events are case-sensitive. Claude Code ignores an unknown one, with a warning in
    the debug log.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      postToolUse:
        - matcher: Edit
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: Edit
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```
    """
    events = list(shape.hook_events(ctx))
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for key, entry in events:
        written = entry.key.text
        event = ctx.dialect.hook_event(written)
        readers = [r.runtime for r in ctx.readings if key.known_to(r.runtime.name)]
        without = [each for each in readers if not (event and event.known_to(each.name))]
        if not without or entry.key.span in refused:
            continue
        message = (
            f"There is no event {format_code(written)}. {describe_effect(without, 'ignores its hooks')}."
        )
        if event:
            message = f"{describe_effect(without, f'knows no event {format_code(written)}, and ignores its hooks')}."
        known = [e.name for e in ctx.dialect.hooks.events if all(e.known_to(r.name) for r in readers)]
        meant = closest_match(written, known)
        finding = suggest(ctx, entry.key.span, message, entry.key.span, meant)
        # The last of two equal keys would push out the other.
        taken = any(each.key.text == meant for _, each in events)
        yield finding._replace(fixes=()) if taken else finding


@rule("warning")
def invalid_hook_entry(ctx: Context) -> Iterator[Finding]:
    """An entry below an event has not the shape of one, and is ignored.

    Below an event stands a list; each entry has an optional `matcher`, which is text, and a list
    `hooks` of handlers. It is a common slip to leave out the inner list. Claude Code ignores what
    it does not understand, with a warning in the debug log.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - type: command
          command: ./done.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ---

    You review code.
    ```
    """
    for each in _misshapen(ctx):
        if not each.event.rejects_if_invalid:
            yield Finding(each.span, f"{each.message}. {ctx.runtime_titles} ignores it.", each.fixes)
    matcher = next((field for field in ctx.dialect.hooks.entry_fields if field.name == "matcher"), None)
    for group in shape.hook_entries(ctx):
        if matcher and group.matcher and not matcher.accepts(group.matcher.value):
            yield from _wrong_matcher(ctx, group.matcher)
        for node in group.handlers.items:
            if not isinstance(node, Mapping) and not shape.is_alias(node) and not is_null(node):
                message = f"A handler is a mapping with `type`, not {describe_value(node)}. {ctx.runtime_titles} ignores it."
                yield Finding(node.span, message, _as_command(ctx, group, node))


def _wrong_matcher(ctx: Context, entry: Entry) -> Iterator[Finding]:
    """A matcher that is no text; a list of names can be written as one."""
    if is_null(entry.value):
        return
    fixes: tuple[Fix, ...] = ()
    if isinstance(entry.value, Sequence):
        names = [item.text if isinstance(item, Scalar) else "" for item in entry.value.items]
        if names and all(re.fullmatch(r"\w+", name) for name in names):
            joined = "|".join(names)
            edit = Edit(Span(entry.key.span.end, entry.value.span.end), f": {joined}")
            fixes = ctx.make_fix(f"Write `{joined}`", edit)
    message = f"A matcher is text, not {describe_value(entry.value)}. {ctx.runtime_titles} ignores the entry."
    yield Finding(entry.report_span, message, fixes)


def _as_command(ctx: Context, group: shape.HookEntry, node: Node) -> tuple[Fix, ...]:
    """The fix that makes a handler of a line with a command."""
    if not isinstance(node, Scalar) or node.type != "str" or not node.text or group.handlers.flow:
        return ()
    at = node.span.start
    lead = f"type: command{ctx.document.newline}{' ' * ctx.document.lines.column(at)}command: "
    return ctx.make_fix("Write a handler of the type `command`", Edit(Span(at, at), lead))
