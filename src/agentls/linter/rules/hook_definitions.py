"""Rules about `hooks`: their events, entries, handlers and matchers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import chain

from agentls.dialects.hooks import HandlerFault, HookField, find_handler_faults, is_alias
from agentls.dialects.loader import Dialect
from agentls.dialects.tool_names import MCP_PREFIX, resolve_tool
from agentls.document.edits import indent_lines, insert_field, quote_scalar, remove_entry
from agentls.linter.rule import Context, Finding, Fix, describe_effect, join_titles, rule
from agentls.linter.shared import hook_shape as shape
from agentls.linter.shared.load_reasons import can_be_read, findings_for_reason
from agentls.linter.shared.suggestions import suggest
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, is_null


class _InvalidPart(NamedTuple):
    """A part of `hooks` because of which the event, its entry or its handler is ignored.

    `breaks_guard` tells whether it may have been meant to guard permissions. `ignored` names what is ignored.
    `value` is the span of the value to change to `meant`, if something else was probably meant.
    """

    breaks_guard: bool
    span: Span
    problem: str
    ignored: str
    fixes: tuple[Fix, ...] = ()
    value: Span | None = None
    meant: str | None = None


def _findings(ctx: Context, parts: Iterable[_InvalidPart]) -> Iterator[Finding]:
    """Yield the findings for invalid parts, except those for which a runtime rejects the file."""
    rejected = {
        reason.span for reading in ctx.readings for reason in reading.reasons if reason.kind == "broken-hooks"
    }
    for part in parts:
        if part.span not in rejected:
            guard_effect = ctx.dialect.hooks.broken_guard_effect if part.breaks_guard else ""
            effect = ctx.describe_effect(guard_effect or f"ignores {part.ignored}")
            yield _with_fixes(ctx, Finding(part.span, f"{part.problem}. {effect}."), part)


def _with_fixes(ctx: Context, finding: Finding, part: _InvalidPart) -> Finding:
    """Return a finding with the fixes for an invalid part, and with what was probably meant."""
    if part.value is None:
        return finding._replace(fixes=part.fixes)
    return suggest(ctx, finding.span, finding.message, part.value, part.meant)


def _invalid_entries(ctx: Context) -> Iterator[_InvalidPart]:
    """Yield what does not have the required shape: `hooks` as a whole, known events and their entries."""
    for key, hooks in entries_of_type(ctx, "hooks"):
        if not (key.value.schema or isinstance(hooks.value, Mapping) or is_alias(hooks.value)):
            problem = f"`{key.name}` must be a mapping of events, not {describe_value(hooks.value)}"
            yield _InvalidPart(True, hooks.report_span, problem, "it")
    for entry in shape.unschemed_events(ctx):
        event = ctx.dialect.hook_event(entry.key.text)
        if event is None or is_alias(entry.value):
            continue
        if not isinstance(entry.value, Sequence):
            problem = f"`{event.name}` must be a list, not {describe_value(entry.value)}"
            is_broken = event.rejects_if_invalid and not is_null(entry.value)
            yield _InvalidPart(
                is_broken, entry.report_span, problem, "it", _convert_to_list(ctx, entry.value)
            )
            continue
        for item in entry.value.items:
            if isinstance(item, Mapping):
                handlers = item.get("hooks")
                if handlers is None:
                    problem = f"This entry of `{event.name}` has no list `hooks`"
                    yield _InvalidPart(
                        event.rejects_if_invalid, item.span, problem, "it", _move_handler(ctx, item)
                    )
                elif not isinstance(handlers.value, Sequence) and not is_alias(handlers.value):
                    problem = f"`hooks` must be a list of handlers, not {describe_value(handlers.value)}"
                    yield _InvalidPart(event.rejects_if_invalid, item.span, problem, "it")
            elif not is_alias(item):
                found = describe_value(item)
                problem = f"An entry of `{event.name}` must be a mapping with a list `hooks`, not {found}"
                yield _InvalidPart(event.rejects_if_invalid, item.span, problem, "it")


def _invalid_items(ctx: Context) -> Iterator[_InvalidPart]:
    """Yield the matchers that are not strings, and the handlers that are not mappings."""
    matcher = next((field for field in ctx.dialect.hooks.entry_fields if field.name == "matcher"), None)
    for entry in shape.hook_entries(ctx):
        if matcher and entry.matcher and not matcher.accepts(entry.matcher.value):
            problem = f"`matcher` must be a string, not {describe_value(entry.matcher.value)}"
            fixes = _join_matcher(ctx, entry.matcher)
            if is_null(entry.matcher.value):
                fixes = _remove_field(ctx, entry.node, entry.matcher, safe=False)
            is_guard = entry.event.rejects_if_invalid
            yield _InvalidPart(is_guard, entry.matcher.report_span, problem, "the entry", fixes)
        for node in entry.handlers.items:
            if not isinstance(node, Mapping) and not is_alias(node):
                problem = f"A handler must be a mapping with `type`, not {describe_value(node)}"
                fixes = _convert_to_handler(ctx, entry, node)
                yield _InvalidPart(entry.event.rejects_if_invalid, node.span, problem, "it", fixes)


def _handler_faults(ctx: Context, problem: str) -> Iterator[tuple[shape.LocatedHandler, HandlerFault, bool]]:
    """Yield the handlers that are invalid in this way, and whether they may have been meant to guard permissions."""
    for handler in shape.hook_handlers(ctx):
        for fault in find_handler_faults(handler.node, ctx.dialect.hooks):
            if fault.problem == problem:
                yield handler, fault, handler.group.event.rejects_if_invalid


def _unknown_types(ctx: Context) -> Iterator[_InvalidPart]:
    """Yield the unknown types of handlers."""
    for handler, fault, is_guard in _handler_faults(ctx, "unknown type"):
        assert fault.entry is not None, "an unknown type is written"
        value = fault.entry.value
        problem = f"`type` must be {fault.field.expected}, not {describe_value(value)}"
        meant = closest_match(value.text, fault.field.values) if isinstance(value, Scalar) else None
        meant = meant or _evident_type(ctx, handler.node)
        yield _InvalidPart(is_guard, fault.span, problem, "the handler", (), value.span, meant)


def _missing_fields(ctx: Context) -> Iterator[_InvalidPart]:
    """Yield the required fields that handlers do not have."""
    for handler, fault, is_guard in _handler_faults(ctx, "missing"):
        kind = f" for `type: {handler.kind.name}`" if handler.kind else ""
        problem = f"`{fault.field.name}` {'has no value' if fault.entry else 'is missing'}{kind}"
        fixes = _insert_type(ctx, handler) if fault.field.name == "type" and fault.entry is None else ()
        yield _InvalidPart(is_guard, fault.span, problem, "the handler", fixes)


def _invalid_fields(ctx: Context) -> Iterator[_InvalidPart]:
    """Yield the fields of handlers that have a value of the wrong type."""
    for handler, fault, is_guard in _handler_faults(ctx, "mismatch"):
        assert fault.entry is not None, "a field with a wrong value is written"
        value = fault.entry.value
        problem = shape.describe_mismatch(ctx, fault.field, value)
        meant = _intended_value(fault.field, value)
        if meant:
            yield _InvalidPart(is_guard, fault.span, problem, "the handler", (), value.span, meant)
            continue
        fixes = () if fault.field.required else _remove_field(ctx, handler.node, fault.entry, safe=False)
        yield _InvalidPart(is_guard, fault.span, problem, "the handler", fixes)


def _is_handler(ctx: Context, node: Mapping) -> bool:
    """Whether a mapping has fields of a handler."""
    names = {field.name for kind in ctx.dialect.hooks.handlers for field in kind.fields} | {"type"}
    return any(entry.key.text in names for entry in node.entries)


def _convert_to_list(ctx: Context, value: Node) -> tuple[Fix, ...]:
    """Return the fix that makes the value of an event, an entry or a handler, the only entry of a list."""
    if not isinstance(value, Mapping):
        return ()
    handlers = value.get("hooks")
    is_entry = handlers is not None and isinstance(handlers.value, Sequence)
    if not is_entry and (handlers or value.get("matcher") or not _is_handler(ctx, value)):
        return ()
    if value.flow:
        before, after = ("[", "]") if is_entry else ("[{hooks: [", "]}]")
        edits = _surround(value.span, before, after)
    elif is_entry:
        edits = indent_lines(ctx.document, value.span, "- ", 2)
    else:
        column = ctx.document.lines.column(value.span.start)
        lead = f"- hooks:{ctx.document.newline}{' ' * (column + 4)}- {_missing_type(ctx, value, column + 6)}"
        edits = indent_lines(ctx.document, value.span, lead, 6)
    return ctx.make_fix("Convert to a list", *edits)


def _move_handler(ctx: Context, item: Mapping) -> tuple[Fix, ...]:
    """Return the fix that moves a handler that is written as an entry to the list `hooks` of this entry."""
    if not _is_handler(ctx, item):
        return ()
    first, *rest = item.entries
    if item.flow:
        edits = () if item.get("matcher") else _surround(item.span, "{hooks: [", "]}")
    else:
        # The entry keeps its matcher, which can only stay in its line if it comes first.
        start = rest[0] if first.key.text == "matcher" and rest else first
        if item.get("matcher") and start is first:
            return ()
        column = ctx.document.lines.column(first.key.span.start)
        lead = f"hooks:{ctx.document.newline}{' ' * (column + 2)}- {_missing_type(ctx, item, column + 4)}"
        edits = indent_lines(ctx.document, Span(start.key.span.start, item.span.end), lead, 4)
    return ctx.make_fix("Move the handler to `hooks`", *edits)


def _surround(span: Span, before: str, after: str) -> tuple[Edit, ...]:
    return (Edit(Span(span.start, span.start), before), Edit(Span(span.end, span.end), after))


@rule("not loaded", subjects=("reason broken-hooks",))
def broken_hooks(ctx: Context) -> Iterator[Finding]:
    """A hook is invalid, and because of it the agent is not loaded.

    A hook of `PreToolUse`, `PermissionRequest` or `PreSkillShellCommand` can be what guards the permissions of
    an agent. If one of them is invalid, for example because its `type` is unknown, its `command` is missing or
    its `matcher` is a list, Claude Code does not load the file, because without the guard the agent could do
    more than its author intended. The hooks of other events are ignored if they are invalid.

    `hooks` must be a mapping from events to lists. What looks like a guard elsewhere has the same effect: one of
    these events outside `hooks`, or a list `hooks` below an unknown key other than `metadata`.

    ## Bad

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash
          command: ./check.sh
    ```

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: comand
              command: ./check.sh
    ```

    ## Good

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              command: ./check.sh
    ```
    """
    parts: dict[Span, _InvalidPart] = {}
    for finding in findings_for_reason(ctx, "broken-hooks"):
        parts = parts or {part.span: part for find in _PARTS for part in find(ctx)}
        part = parts.get(finding.span)
        complete = _with_fixes(ctx, finding, part) if part else finding
        fixes = complete.fixes if part else _move_below_hooks(ctx, finding.span)
        usable = tuple(fix for fix in fixes if can_be_read(ctx, fix.edits))
        yield complete._replace(fixes=usable, effects=finding.effects)


_PARTS = (_invalid_entries, _invalid_items, _unknown_types, _missing_fields, _invalid_fields)


def _move_below_hooks(ctx: Context, key: Span) -> tuple[Fix, ...]:
    """Return the fix that moves an event at the top level below `hooks`, if there is no such key."""
    root = ctx.document.root
    entry = next((entry for entry in root.entries if entry.key.span == key), None)
    if entry is None or root.flow or ctx.entry("hooks"):
        return ()
    edits = indent_lines(ctx.document, entry.span, f"hooks:{ctx.document.newline}  ", 2)
    return ctx.make_fix("Move it below `hooks`", *edits)


@rule("ignored", subjects=("type hooks",))
def unknown_hook_event(ctx: Context) -> Iterator[Finding]:
    """A hook event is unknown, so its hooks never run.

    Event names are case-sensitive. Claude Code ignores an unknown event, with a warning in the debug
    log.

    ## Bad

    ```yaml
    hooks:
      postToolUse:
        - matcher: Edit
          hooks:
            - type: command
              command: ./format.sh
    ```

    ## Good

    ```yaml
    hooks:
      PostToolUse:
        - matcher: Edit
          hooks:
            - type: command
              command: ./format.sh
    ```
    """
    events = list(shape.hook_events(ctx))
    present = {entry.key.text for _, entry in events}
    rejected = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for key, entry in events:
        written = entry.key.text
        event = ctx.dialect.hook_event(written)
        readers = [r.runtime for r in ctx.readings if key.known_to(r.runtime.name)]
        without = [each for each in readers if not (event and event.known_to(each.name))]
        if not without or entry.key.span in rejected:
            continue
        message = f"Unknown event {format_code(written)}; {describe_effect(without, 'ignores its hooks')}."
        if event:
            message = (
                f"{format_code(written)} is not an event of {join_titles(without)}; its hooks are ignored."
            )
        known = [e.name for e in ctx.dialect.hooks.events if all(e.known_to(r.name) for r in readers)]
        meant = closest_match(written, known)
        finding = suggest(ctx, entry.key.span, message, entry.key.span, meant)
        # Renaming to an event that is present would make a duplicate key, of which only the last is used.
        if meant in present or not finding.fixes:
            finding = finding._replace(fixes=_remove_event(ctx, key.name, entry))
        yield finding


def _remove_event(ctx: Context, key: str, event: Entry) -> tuple[Fix, ...]:
    """Return the fix that removes an event from the mapping that is the value of `key`."""
    hooks = ctx.entry(key)
    if hooks is None or not isinstance(hooks.value, Mapping) or event not in hooks.value.entries:
        return ()
    return _remove_field(ctx, hooks.value, event, safe=False)


@rule("ignored", subjects=("type hooks",))
def invalid_hook_entry(ctx: Context) -> Iterator[Finding]:
    """An entry of a hook event is invalid, and is ignored.

    The value of an event is a list. Each entry has an optional `matcher`, which is a string, and a
    list `hooks` of handlers. A common mistake is to omit the inner list. Claude Code ignores invalid
    entries, with a warning in the debug log. In a skill or a command, an invalid entry or handler of
    `PreToolUse`, `PermissionRequest` or `PreSkillShellCommand` takes away all hooks and `allowed-tools`; an
    agent is then not loaded (see `broken-hooks`).

    ## Bad

    ```yaml
    hooks:
      Stop:
        - type: command
          command: ./done.sh
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ```
    """
    yield from _findings(ctx, chain(_invalid_entries(ctx), _invalid_items(ctx)))


def _join_matcher(ctx: Context, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that joins a matcher that is a list of names."""
    if not isinstance(entry.value, Sequence):
        return ()
    names = [item.text if isinstance(item, Scalar) else "" for item in entry.value.items]
    if not names or not all(re.fullmatch(r"\w+", name) for name in names):
        return ()
    joined = "|".join(names)
    edit = Edit(Span(entry.key.span.end, entry.value.span.end), f": {joined}")
    return ctx.make_fix(f"Change to `{joined}`", edit)


def _convert_to_handler(ctx: Context, entry: shape.HookEntry, node: Node) -> tuple[Fix, ...]:
    """Return the fix that converts a line with a command to a handler."""
    if not isinstance(node, Scalar) or node.type != "str" or not node.text or entry.handlers.flow:
        return ()
    at = node.span.start
    lead = f"type: command{ctx.document.newline}{' ' * ctx.document.lines.column(at)}command: "
    return ctx.make_fix("Convert to a `command` handler", Edit(Span(at, at), lead))


@rule("ignored", subjects=("type hooks",))
def unknown_hook_type(ctx: Context) -> Iterator[Finding]:
    """The type of a hook handler is unknown, so the handler never runs.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: comand
              command: ./done.sh
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ```
    """
    yield from _findings(ctx, _unknown_types(ctx))


@rule("ignored", subjects=("type hooks",))
def missing_hook_field(ctx: Context) -> Iterator[Finding]:
    """A required field of a hook handler is missing, so the handler never runs.

    Every handler requires `type`. A `command` handler also requires `command`, `http` requires `url`,
    `prompt` and `agent` require `prompt`, and `mcp_tool` requires `server` and `tool`. Claude Code
    ignores a handler without them, with a warning in the debug log.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - command: ./done.sh
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ```
    """
    yield from _findings(ctx, _missing_fields(ctx))


def _has(node: Mapping, field: HookField) -> bool:
    """Whether a field is present and has a value."""
    entry = node.get(field.name)
    return entry is not None and not is_null(entry.value)


def _insert_type(ctx: Context, handler: shape.LocatedHandler) -> tuple[Fix, ...]:
    """Return the fix that inserts the type of a handler, if its fields show it."""
    kind = _evident_type(ctx, handler.node)
    edit = insert_field(ctx.document, handler.node, f"type: {kind}") if kind else None
    return ctx.make_fix(f"Insert `type: {kind}`", edit) if edit else ()


def _evident_type(ctx: Context, node: Mapping) -> str | None:
    """Return the only type whose required fields a handler has."""
    candidates = [
        kind.name
        for kind in ctx.dialect.hooks.handlers
        if all(_has(node, field) for field in kind.fields if field.required)
    ]
    return candidates[0] if len(candidates) == 1 else None


def _missing_type(ctx: Context, node: Mapping, indent: int) -> str:
    """Return the line with the type of a handler that has none, and the indentation of the next line."""
    kind = None if node.get("type") else _evident_type(ctx, node)
    return f"type: {kind}{ctx.document.newline}{' ' * indent}" if kind else ""


@rule("ignored", subjects=("type hooks",))
def invalid_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a hook handler has a value of the wrong type, so the handler never runs.

    A quoted number is a string: Claude Code ignores a handler with `timeout: "5"`, with a warning in
    the debug log.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              timeout: "5"
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              timeout: 5
    ```
    """
    yield from _findings(ctx, _invalid_fields(ctx))


def _intended_value(field: HookField, value: Node) -> str | None:
    """Return the value that was most likely intended for a field."""
    if not isinstance(value, Scalar):
        return None
    if field.type == "number" and value.type == "str":
        return value.text if re.fullmatch(r"\d+(\.\d+)?", value.text) else None
    if field.type == "boolean":
        return value.text if value.text in ("true", "false") else None
    return closest_match(value.text, field.values)


@rule("suggestion", tags=("unnecessary",), subjects=("type hooks",))
def unknown_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a hook is unknown and has no effect.

    Claude Code ignores unknown fields. The field may be misspelt, or belong to another type of
    handler.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              time_out: 5
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              timeout: 5
    ```
    """
    entry_fields = [field.name for field in ctx.dialect.hooks.entry_fields]
    for entry in shape.hook_entries(ctx):
        yield from _unknown_fields(ctx, entry.node, entry_fields, "a hook entry")
    for handler in shape.hook_handlers(ctx):
        if handler.kind:
            names = list(ctx.dialect.hooks.fields_of(handler.kind))
            yield from _unknown_fields(ctx, handler.node, names, f"a handler of type `{handler.kind.name}`")


def _unknown_fields(ctx: Context, node: Mapping, names: list[str], owner: str) -> Iterator[Finding]:
    """Yield a finding for each field of a mapping that is not one of `names`."""
    for entry in node.entries:
        written = entry.key.text
        if written in names:
            continue
        ignores = ctx.describe_effect("ignores it")
        message = f"Unknown field {format_code(written)} in {owner}; {ignores}."
        meant = closest_match(written, names)
        if meant and node.get(meant) is None:
            yield suggest(ctx, entry.key.span, message, entry.key.span, meant)
        else:
            yield Finding(entry.key.span, message, _remove_field(ctx, node, entry))


def _remove_field(ctx: Context, node: Mapping, entry: Entry, *, safe: bool = True) -> tuple[Fix, ...]:
    """Return the fix that removes a field, unless it is the only one."""
    if len(node.entries) == 1:
        return ()
    edit = remove_entry(ctx.document, node, entry)
    return ctx.make_fix(f"Remove {format_code(entry.key.text)}", edit, safe=safe)


@rule("advice", tags=("unnecessary",), subjects=("type hooks",))
def ineffective_hook_field(ctx: Context) -> Iterator[Finding]:
    """A field of a hook handler has no effect in an agent.

    `once` runs a hook once per session, but only in a skill. In an agent Claude Code ignores it, and
    the handler runs every time.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
              once: true
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ```
    """
    for handler in shape.hook_handlers(ctx):
        fields = ctx.dialect.hooks.fields_of(handler.kind)
        for entry in handler.node.entries:
            field = fields.get(entry.key.text)
            if field and field.no_effect and entry.value.value is not False:
                message = f"{field.no_effect}; {ctx.describe_effect('ignores it')} in agents."
                yield Finding(entry.key.span, message, _remove_field(ctx, handler.node, entry))


@rule("ignored", subjects=("type hooks",))
def misplaced_condition(ctx: Context) -> Iterator[Finding]:
    """A hook handler has `if` on an event that is not a tool event, so the handler never runs.

    `if` contains a permission rule such as `Bash(git *)`, which is compared with the use of a tool. For
    other events there is nothing to compare, and Claude Code ignores the handler.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              if: Bash(git *)
              command: ./done.sh
    ```

    ## Good

    ```yaml
    hooks:
      PostToolUse:
        - matcher: Bash
          hooks:
            - type: command
              if: Bash(git *)
              command: ./done.sh
    ```
    """
    for handler in shape.hook_handlers(ctx):
        event = handler.group.event
        fields = ctx.dialect.hooks.fields_of(handler.kind)
        for entry in handler.node.entries:
            field = fields.get(entry.key.text)
            if field and field.tool_events_only and not event.matches_tools and not is_null(entry.value):
                message = f"`{field.name}` only applies to tool events, and `{event.name}` is not one."
                message += f" {ctx.describe_effect('ignores the handler')}."
                yield Finding(entry.key.span, message, _remove_field(ctx, handler.node, entry, safe=False))


@rule("ignored", subjects=("type hooks",))
def specifier_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher contains a permission rule such as `Bash(git *)`, and never matches.

    A matcher is compared with the names of tools, without specifiers. A matcher with parentheses is a
    regular expression, which in this form matches no tool. The permission rule belongs in `if` of the
    handler.

    ## Bad

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash(git *)
          hooks:
            - type: command
              command: ./check.sh
    ```

    ## Good

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              if: Bash(git *)
              command: ./check.sh
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
            fixes = ctx.make_fix("Move the permission rule to `if`", Edit(matcher.span, name), condition)
        rule_text = format_code(part)
        yield Finding(
            matcher.span,
            f"Matchers are compared with tool names, and {rule_text} matches none."
            f" Use `{name}`, and {rule_text} in `if` of the handler.",
            fixes,
        )


_SPECIFIER = lazy_pattern(r"(?:^|(?<=[|,\s]))(?P<name>\w+)\([^()]*\)(?=$|[|,\s])")


def _specifier(dialect: Dialect, text: str) -> str | None:
    """Return the first permission rule in a matcher that as a regular expression matches no tool."""
    for found in _SPECIFIER.finditer(text):
        if not (dialect.tool(found["name"]) or dialect.old_tool(found["name"])):
            continue
        pattern, _ = _compiled(found[0])
        if pattern is None or not any(pattern.search(tool.name) for tool in dialect.tools):
            return found[0]
    return None


@rule("advice", tags=("unnecessary",), subjects=("type hooks",))
def ignored_matcher(ctx: Context) -> Iterator[Finding]:
    """A hook event does not support matchers, so the matcher is ignored.

    Some events, such as `Stop`, have nothing to compare a matcher with. Their hooks always run.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - matcher: Bash
          hooks:
            - type: command
              command: ./done.sh
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ```
    """
    for entry in shape.hook_entries(ctx):
        value = entry.matcher.value if entry.matcher else None
        if entry.event.matcher_subject or not isinstance(value, Scalar):
            continue
        if value.type == "str" and value.text not in shape.ALL:
            matcher = format_code(value.text)
            message = f"`{entry.event.name}` has no matchers; {matcher} is ignored and the hooks always run."
            assert entry.matcher is not None, "it has a value"
            yield Finding(value.span, message, _remove_field(ctx, entry.node, entry.matcher))


class _MatcherName(NamedTuple):
    """A name in a matcher that is not a known tool, with its span and the tool that was most likely intended.

    `certain` tells whether no tool can have this name.
    """

    text: str
    span: Span
    certain: bool
    meant: str | None


_EXACT = lazy_pattern(r"[A-Za-z0-9_\- ,|]*")


def _unknown_names(ctx: Context, matcher: Scalar) -> tuple[list[_MatcherName], int]:
    """Return the names in a matcher that are not known tools, and the number of all its names.

    A matcher with characters that do not appear in names and lists is a regular expression, and has no names.
    """
    if not _EXACT.fullmatch(matcher.text):
        return [], 0
    names = [name.strip() for name in re.split(r"[,|]", matcher.text) if name.strip()]
    found = []
    at = matcher.span.start
    for name in names:
        start = ctx.text.find(name, at, matcher.span.end)
        span = Span(start, start + len(name)) if start >= 0 else matcher.span
        at = span.end if start >= 0 else at
        unknown = _unknown_name(ctx.dialect, name, span)
        if unknown:
            found.append(unknown)
    return found, len(names)


def _unknown_name(dialect: Dialect, name: str, span: Span) -> _MatcherName | None:
    """Return one name in a matcher if it is not a known tool."""
    if name.startswith(MCP_PREFIX):
        # The name of a server is not the name of a tool; a regular expression matches all its tools.
        if "__" in name.removeprefix(MCP_PREFIX).rstrip("_"):
            return None
        return _MatcherName(name, span, True, f"{name.rstrip('_')}__.*")
    several = name.split()
    if len(several) > 1:
        joined = "|".join(several) if all(dialect.tool(each) for each in several) else None
        return _MatcherName(name, span, True, joined)
    standing, _ = resolve_tool(name, dialect, None)
    if standing in ("available", "unavailable"):
        return None
    tools = [tool.name for tool in dialect.tools]
    right_case = match_ignoring_case(name, tools)
    row = dialect.old_tool(name) or dialect.foreign_tool(name)
    meant = right_case or (row.replacements[0] if row and row.replacements else closest_match(name, tools))
    return _MatcherName(name, span, standing != "unknown" or right_case is not None, meant)


@rule("ignored", subjects=("type hooks",))
def dead_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher contains only names that no tool can have, so its hooks never run.

    A matcher of letters, digits, `_`, `-`, spaces, commas and `|` is a name or a list of names, and
    must match exactly: `bash` does not match `Bash`, and `mcp__github` matches none of the tools of
    that server. To match these, use the regular expression `mcp__github__.*`.

    ## Bad

    ```yaml
    hooks:
      PreToolUse:
        - matcher: bash
          hooks:
            - type: command
              command: ./check.sh
    ```

    ## Good

    ```yaml
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              command: ./check.sh
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        unknown, count = _unknown_names(ctx, matcher)
        if not unknown or len(unknown) < count or not all(name.certain for name in unknown):
            continue
        names = ", ".join(format_code(name.text) for name in unknown)
        message = f"Unknown {'tool' if count == 1 else 'tools'} {names}; these hooks never run."
        meant = unknown[0].meant if count == 1 else None
        fixes = _change_name(ctx, unknown[0]) if count == 1 else ()
        yield Finding(matcher.span, message, fixes, meant=f"`{meant}`" if meant else "")


def _change_name(ctx: Context, name: _MatcherName) -> tuple[Fix, ...]:
    """Return the fix that replaces a name in a matcher."""
    return ctx.make_fix(f"Change to `{name.meant}`", Edit(name.span, name.meant)) if name.meant else ()


@rule("suggestion", tags=("unnecessary",), subjects=("type hooks",))
def unknown_tool_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher contains the name of an unknown tool.

    The other names in the matcher still match. The name may be misspelt, belong to another product, or
    be the name of a tool that was removed.

    ## Bad

    ```yaml
    hooks:
      PostToolUse:
        - matcher: Edit|Wirte
          hooks:
            - type: command
              command: ./format.sh
    ```

    ## Good

    ```yaml
    hooks:
      PostToolUse:
        - matcher: Edit|Write
          hooks:
            - type: command
              command: ./format.sh
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        unknown, count = _unknown_names(ctx, matcher)
        if len(unknown) == count and all(name.certain for name in unknown):
            continue  # `dead-matcher` reports these.
        for name in unknown:
            is_listed = name.meant and re.search(rf"(?<![\w-]){re.escape(name.meant)}(?![\w-])", matcher.text)
            message = f"Unknown tool {format_code(name.text)} in a matcher."
            meant = f"`{name.meant}`" if name.meant and not is_listed else ""
            yield Finding(name.span, message, () if is_listed else _change_name(ctx, name), meant=meant)


@rule("ignored", subjects=("type hooks",))
def invalid_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher is an invalid regular expression, and cannot match.

    A matcher with any character other than letters, digits, `_`, `-`, spaces, commas and `|` is a
    JavaScript regular expression. It is not a glob pattern: `*Edit` is invalid, `.*Edit` is valid.

    ## Bad

    ```yaml
    hooks:
      PostToolUse:
        - matcher: "*Edit"
          hooks:
            - type: command
              command: ./format.sh
    ```

    ## Good

    ```yaml
    hooks:
      PostToolUse:
        - matcher: ".*Edit"
          hooks:
            - type: command
              command: ./format.sh
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        problem = None if _EXACT.fullmatch(matcher.text) else _regex_problem(matcher.text)
        if problem is None or _specifier(ctx.dialect, matcher.text):
            continue
        message = f"Invalid regular expression {format_code(matcher.text)}: {problem}. It matches no tool."
        fixes: tuple[Fix, ...] = ()
        if matcher.text[0] in "*+?" and _regex_problem(f".{matcher.text}") is None:
            better = f".{matcher.text}"
            fixes = ctx.make_fix(f"Change to `{better}`", Edit(matcher.span, quote_scalar(better)))
        yield Finding(matcher.span, message, fixes)


# Regular expressions of Python and JavaScript differ in many details. These errors are errors in both, except
# for empty classes, which only JavaScript allows.
_SAME_IN_JAVASCRIPT = (
    "nothing to repeat",
    "multiple repeat",
    "missing ), unterminated subpattern",
    "unbalanced parenthesis",
    "unterminated character set",
)
_EMPTY_CLASS = ("[]", "[^]")


def _regex_problem(text: str) -> str | None:
    """Return the error in a JavaScript regular expression, if it certainly has one."""
    _, problem = _compiled(text)
    if problem in _SAME_IN_JAVASCRIPT and not any(empty in text for empty in _EMPTY_CLASS):
        return problem
    return None


def _compiled(text: str) -> tuple[re.Pattern[str] | None, str]:
    """Compile a regular expression, or return the error message of Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text), ""
        except re.error as error:
            return None, error.msg
        except (RecursionError, OverflowError):
            return None, ""
