"""Rules about `hooks`: events, entries, handlers and matchers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects.hooks import HookEvent, HookField
from agentls.dialects.loader import Dialect
from agentls.dialects.tool_names import MCP_PREFIX, resolve_tool
from agentls.document.edits import indent_lines, insert_field, quote_scalar, remove_entry
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.shared import hook_shape as shape
from agentls.linter.shared.load_reasons import can_be_read, findings_for_reason
from agentls.linter.shared.suggestions import suggest
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
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


@rule("not loaded", subjects=("reason broken-hooks",))
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


@rule("ignored", subjects=("type hooks",))
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


@rule("ignored", subjects=("type hooks",))
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
        if not each.event.guard:
            yield Finding(each.span, f"{each.message}. {ctx.runtime_titles} ignores it.", each.fixes)
    matcher = next((field for field in ctx.dialect.hooks.entry if field.name == "matcher"), None)
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


@rule("ignored", subjects=("type hooks",))
def unknown_hook_type(ctx: Context) -> Iterator[Finding]:
    """A handler has a type that does not exist, and never runs.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: comand
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
    names = [kind.name for kind in ctx.dialect.hooks.handlers]
    for handler in shape.hook_handlers(ctx):
        entry = handler.node.get("type")
        if handler.kind or entry is None or is_null(entry.value) or shape.is_alias(entry.value):
            continue
        known = ", ".join(f"`{name}`" for name in names)
        message = f"A handler is of the type {known}, not {describe_value(entry.value)}. {ctx.runtime_titles} ignores it."
        meant = closest_match(entry.value.text, names) if isinstance(entry.value, Scalar) else None
        yield suggest(ctx, entry.report_span, message, entry.value.span, meant)


@rule("ignored", subjects=("type hooks",))
def missing_hook_field(ctx: Context) -> Iterator[Finding]:
    """A handler lacks a field that it cannot do without, and never runs.

    Each handler has a `type`. One of the type `command` needs a `command`, `http` a `url`, `prompt`
    and `agent` a `prompt`, and `mcp_tool` a `server` and a `tool`. Claude Code ignores a handler
    without them, with a warning in the debug log.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - command: ./done.sh
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
    for handler in shape.hook_handlers(ctx):
        for field in shape.handler_fields(ctx.dialect, handler.kind).values():
            if not field.required or _has(handler.node, field):
                continue
            entry = handler.node.get(field.name)
            first = handler.node.entries[0].key.span if handler.node.entries else handler.node.span
            written = handler.node.get("type")
            span = entry.report_span if entry else written.report_span if written else first
            kind = f" of the type `{handler.kind.name}`" if handler.kind else ""
            fixes = _add_type(ctx, handler) if field.name == "type" and entry is None else ()
            message = f"A handler{kind} needs `{field.name}`. {ctx.runtime_titles} ignores this one."
            yield Finding(span, message, fixes)


def _has(node: Mapping, field: HookField) -> bool:
    """Whether a field is there, with something in it."""
    entry = node.get(field.name)
    return entry is not None and not is_null(entry.value)


def _add_type(ctx: Context, handler: shape.LocatedHandler) -> tuple[Fix, ...]:
    """The fix that adds the type of the only kind of handler which has all it needs."""
    fitting = [
        kind.name
        for kind in ctx.dialect.hooks.handlers
        if all(_has(handler.node, field) for field in kind.fields if field.required)
    ]
    if len(fitting) != 1:
        return ()
    field = f"type: {fitting[0]}"
    return ctx.make_fix(f"Add `{field}`", insert_field(ctx.document, handler.node, field))


@rule("ignored", subjects=("type hooks",))
def invalid_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a handler has a value of the wrong type, and the handler never runs.

    A number in quotes is text: Claude Code ignores a handler with `timeout: "5"`, with a warning in
    the debug log.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              timeout: "5"
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
              timeout: 5
    ---

    You review code.
    ```
    """
    for handler in shape.hook_handlers(ctx):
        fields = shape.handler_fields(ctx.dialect, handler.kind)
        for entry in handler.node.entries:
            field = fields.get(entry.key.text)
            value = entry.value
            if field is None or field.no_effect or field.name == "type":
                continue
            if field.accepts(value) or is_null(value):
                continue
            wanted = {"text": "text", "boolean": "`true` or `false`"}.get(field.type, f"a {field.type}")
            if field.values:
                wanted = " or ".join(f"`{word}`" for word in field.values)
            given = (
                format_code(value.span.text_in(ctx.text))
                if isinstance(value, Scalar)
                else describe_value(value)
            )
            message = f"`{field.name}` takes {wanted}, not {given}. {ctx.runtime_titles} ignores the handler."
            yield suggest(ctx, entry.report_span, message, value.span, _meant(field, value))


def _meant(field: HookField, value: Node) -> str | None:
    """The value that was most likely meant for a field."""
    if not isinstance(value, Scalar):
        return None
    if field.type == "number":
        return value.text if re.fullmatch(r"\d+(\.\d+)?", value.text) else None
    if field.type == "boolean":
        return value.text if value.text in ("true", "false") else None
    return closest_match(value.text, field.values)


@rule("suggestion", tags=("unnecessary",), subjects=("type hooks",))
def unknown_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a hook is not known, and has no effect.

    Claude Code tolerates fields that it does not know. It may be a misspelt one, or one that
    belongs to another type of handler.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              time_out: 5
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
              timeout: 5
    ---

    You review code.
    ```
    """
    entry_fields = [field.name for field in ctx.dialect.hooks.entry]
    for group in shape.hook_entries(ctx):
        yield from _unknown_fields(ctx, group.node, entry_fields, "an entry")
    for handler in shape.hook_handlers(ctx):
        if handler.kind:
            names = list(shape.handler_fields(ctx.dialect, handler.kind))
            yield from _unknown_fields(
                ctx, handler.node, names, f"a handler of the type `{handler.kind.name}`"
            )


def _unknown_fields(ctx: Context, node: Mapping, names: list[str], what: str) -> Iterator[Finding]:
    """The fields of a mapping that are not among `names`."""
    for entry in node.entries:
        written = entry.key.text
        if written in names:
            continue
        message = f"{format_code(written)} is no field of {what}, and has no effect."
        meant = closest_match(written, names)
        if meant and node.get(meant) is None:
            yield suggest(ctx, entry.key.span, message, entry.key.span, meant)
        else:
            yield Finding(entry.key.span, message, _removal(ctx, node, entry))


def _removal(ctx: Context, node: Mapping, entry: Entry, *, safe: bool = True) -> tuple[Fix, ...]:
    """The fix that takes a field out, unless it shares its line with the dash of the list."""
    if not node.flow and entry is node.entries[0]:
        return ()
    edit = remove_entry(ctx.document, node, entry)
    return ctx.make_fix(f"Remove {format_code(entry.key.text)}", edit, safe=safe)


@rule("advice", tags=("unnecessary",), subjects=("type hooks",))
def ineffective_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a handler has no effect in an agent.

    `once` makes a hook run once a session, but only in a skill. In an agent it is ignored, and the
    handler runs every time.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              once: true
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
    for handler in shape.hook_handlers(ctx):
        fields = shape.handler_fields(ctx.dialect, handler.kind)
        for entry in handler.node.entries:
            field = fields.get(entry.key.text)
            if field and field.no_effect and entry.value.value is not False:
                message = f"{field.no_effect}. In an agent it is ignored."
                yield Finding(entry.key.span, message, _removal(ctx, handler.node, entry))


@rule("ignored", subjects=("type hooks",))
def misplaced_condition(ctx: Context) -> Iterator[Finding]:
    """A handler has `if` on an event that is not about a tool, and never runs.

    `if` holds a permission rule such as `Bash(git *)`, which the use of a tool is held against. On
    other events there is nothing to hold against it, and Claude Code leaves the handler out.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              if: Bash(git *)
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
      PostToolUse:
        - matcher: Bash
          hooks:
            - type: command
              if: Bash(git *)
              command: ./done.sh
    ---

    You review code.
    ```
    """
    for handler in shape.hook_handlers(ctx):
        event = handler.group.event
        fields = shape.handler_fields(ctx.dialect, handler.kind)
        for entry in handler.node.entries:
            field = fields.get(entry.key.text)
            if field and field.only_for_tools and not event.tool and not is_null(entry.value):
                message = f"`{event.name}` is not about a tool: a handler with `{field.name}` never runs."
                yield Finding(entry.key.span, message, _removal(ctx, handler.node, entry, safe=False))


@rule("ignored", subjects=("type hooks",))
def specifier_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher holds a permission rule such as `Bash(git *)`, and never matches.

    A matcher is compared with the bare names of tools. With parentheses in it, it is read as a
    regular expression that fits no tool. The permission rule belongs into `if` of the handler.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash(git *)
          hooks:
            - type: command
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
              if: Bash(git *)
              command: ./check.sh
    ---

    You review code.
    ```
    """
    for group, matcher in shape.tool_matchers(ctx):
        part = _specifier(ctx.dialect, matcher.text)
        if part is None:
            continue
        name = part.partition("(")[0]
        handler = group.handlers.items[0] if len(group.handlers.items) == 1 else None
        fixes: tuple[Fix, ...] = ()
        if part == matcher.text.strip() and isinstance(handler, Mapping) and handler.get("if") is None:
            condition = insert_field(ctx.document, handler, f"if: {quote_scalar(part)}")
            fixes = ctx.make_fix("Move the permission rule into `if`", Edit(matcher.span, name), condition)
        yield Finding(
            matcher.span,
            f"A matcher is compared with the bare names of tools, and {format_code(part)} fits none."
            f" Write `{name}` here and {format_code(part)} in `if` of the handler.",
            fixes,
        )


_SPECIFIER = re.compile(r"(?:^|(?<=[|,\s]))(?P<name>\w+)\([^()]*\)(?=$|[|,\s])")


def _specifier(dialect: Dialect, text: str) -> str | None:
    """The first permission rule in a matcher that fits no tool as a regular expression."""
    for found in _SPECIFIER.finditer(text):
        if not (dialect.tool(found["name"]) or dialect.old_tool(found["name"])):
            continue
        pattern, _ = _compiled(found[0])
        if pattern is None or not any(pattern.search(tool.name) for tool in dialect.tools):
            return found[0]
    return None


@rule("advice", tags=("unnecessary",), subjects=("type hooks",))
def ignored_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher stands on an event that has none, and is ignored.

    Some events, `Stop` among them, have nothing that a matcher could be compared with. The hooks
    run every time.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - matcher: Bash
          hooks:
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
    for group in shape.hook_entries(ctx):
        value = group.matcher.value if group.matcher else None
        if (
            group.event.matches
            or not isinstance(value, Scalar)
            or value.type != "str"
            or value.text in shape.ALL
        ):
            continue
        name, matcher = group.event.name, format_code(value.text)
        message = f"`{name}` has no matcher: {matcher} is ignored, and the hooks always run."
        yield Finding(value.span, message)


class _MatcherName(NamedTuple):
    """A name in a matcher: where it stands, and the tool that was most likely meant by it.
    `certain` tells whether no tool can have this name."""

    text: str
    span: Span
    certain: bool
    meant: str | None


_EXACT = re.compile(r"[A-Za-z0-9_\- ,|]*")


def _unknown_names(ctx: Context, matcher: Scalar) -> tuple[list[_MatcherName], int]:
    """The names in a matcher that belong to no tool, and the number of all its names.

    A matcher with other characters than those of names and lists is a regular expression, and
    has no names.
    """
    if not _EXACT.fullmatch(matcher.text):
        return [], 0
    names = [name.strip() for name in re.split(r"[,|]", matcher.text) if name.strip()]
    tools = [tool.name for tool in ctx.dialect.tools]
    found = []
    at = matcher.span.start
    for name in names:
        start = ctx.text.find(name, at, matcher.span.end)
        span = Span(start, start + len(name)) if start >= 0 else matcher.span
        at = span.end if start >= 0 else at
        if name.startswith(MCP_PREFIX):
            # A server alone is the name of no tool; an expression is needed to take in all of its.
            if "__" not in name.removeprefix(MCP_PREFIX).rstrip("_"):
                found.append(_MatcherName(name, span, True, f"{name.rstrip('_')}__.*"))
            continue
        standing, _ = resolve_tool(name, ctx.dialect, None)
        several = name.split()
        if len(several) > 1:
            joined = "|".join(several) if all(ctx.dialect.tool(each) for each in several) else None
            found.append(_MatcherName(name, span, True, joined))
        elif standing not in ("available", "unavailable"):
            old, foreign = ctx.dialect.old_tool(name), ctx.dialect.foreign_tool(name)
            now = old.now if old else foreign.now if foreign else ()
            case = match_ignoring_case(name, tools)
            meant = case or (now[0] if now else closest_match(name, tools))
            found.append(_MatcherName(name, span, standing != "unknown" or case is not None, meant))
    return found, len(names)


@rule("ignored", subjects=("type hooks",))
def dead_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher names nothing but tools that do not exist, so its hooks never run.

    A matcher of letters, digits, `_`, `-`, spaces, commas and `|` is a name or a list of names, and
    compared exactly: `bash` does not match `Bash`, and `mcp__github` matches none of the tools of
    that server. For those write the regular expression `mcp__github__.*`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: bash
          hooks:
            - type: command
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
    for _, matcher in shape.tool_matchers(ctx):
        strangers, count = _unknown_names(ctx, matcher)
        if not strangers or len(strangers) < count or not all(name.certain for name in strangers):
            continue
        names = ", ".join(format_code(name.text) for name in strangers)
        what = f"No tool is called {names}" if count == 1 else f"None of {names} is a tool"
        (first, *more) = strangers
        hint = f" Did you mean `{first.meant}`?" if first.meant and not more else ""
        fixes = () if more else _write_meant(ctx, first)
        yield Finding(matcher.span, f"{what}: these hooks never run.{hint}", fixes)


def _write_meant(ctx: Context, name: _MatcherName) -> tuple[Fix, ...]:
    return ctx.make_fix(f"Write `{name.meant}`", Edit(name.span, name.meant)) if name.meant else ()


@rule("suggestion", subjects=("type hooks",))
def unknown_tool_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher names a tool that is not known.

    The other names in the matcher count all the same. It may be misspelt, or the name of a tool
    that was removed, or another product's.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: Edit|Wirte
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
        - matcher: Edit|Write
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        strangers, count = _unknown_names(ctx, matcher)
        if len(strangers) == count and all(name.certain for name in strangers):
            continue
        for name in strangers:
            listed = (
                re.search(rf"(?<![\w-]){re.escape(name.meant)}(?![\w-])", matcher.text)
                if name.meant
                else None
            )
            hint = f" Did you mean `{name.meant}`?" if name.meant and not listed else ""
            message = f"No tool is known by the name {format_code(name.text)}.{hint}"
            yield Finding(name.span, message, () if listed else _write_meant(ctx, name))


@rule("ignored", subjects=("type hooks",))
def invalid_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher is not a valid regular expression, and cannot match.

    With other characters than letters, digits, `_`, `-`, spaces, commas and `|`, a matcher is a
    regular expression of JavaScript. It is not a pattern for files: `*Edit` is none, `.*Edit` is.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: "*Edit"
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
        - matcher: ".*Edit"
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        problem = None if _EXACT.fullmatch(matcher.text) else _regex_problem(matcher.text)
        if problem is None or _specifier(ctx.dialect, matcher.text):
            continue
        message = (
            f"{format_code(matcher.text)} is not a valid regular expression ({problem}), and matches no tool."
        )
        fixes: tuple[Fix, ...] = ()
        if matcher.text[0] in "*+?" and _regex_problem(f".{matcher.text}") is None:
            better = f".{matcher.text}"
            fixes = ctx.make_fix(f"Write `{better}`", Edit(matcher.span, quote_scalar(better)))
        yield Finding(matcher.span, message, fixes)


# Python and JavaScript differ in many details of their expressions. These mistakes are the same
# in both, but for empty classes, which only JavaScript has.
_SAME_IN_JAVASCRIPT = (
    "nothing to repeat",
    "multiple repeat",
    "missing ), unterminated subpattern",
    "unbalanced parenthesis",
    "unterminated character set",
)


_EMPTY_CLASS = ("[]", "[^]")


def _regex_problem(text: str) -> str | None:
    """What is surely wrong with a regular expression of JavaScript."""
    _, problem = _compiled(text)
    if problem in _SAME_IN_JAVASCRIPT and not any(empty in text for empty in _EMPTY_CLASS):
        return problem
    return None


def _compiled(text: str) -> tuple[re.Pattern[str] | None, str]:
    """A regular expression, or else what Python says against it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text), ""
        except re.error as error:
            return None, error.msg
        except (RecursionError, OverflowError):
            return None, ""
