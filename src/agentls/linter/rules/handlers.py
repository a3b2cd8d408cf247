"""Rules about the handlers of hooks: their types and their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.hooks import HookField
from agentls.document.edits import insert_field, remove_entry
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.rules.values import suggest
from agentls.linter.shared import hook_shape as shape
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, is_null


@rule("warning")
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


@rule("warning")
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


@rule("warning")
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


@rule("hint", tags=("unnecessary",))
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
    entry_fields = [field.name for field in ctx.dialect.hooks.entry_fields]
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


@rule("information", tags=("unnecessary",))
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


@rule("warning")
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
            if field and field.tool_events_only and not event.matches_tools and not is_null(entry.value):
                message = f"`{event.name}` is not about a tool: a handler with `{field.name}` never runs."
                yield Finding(entry.key.span, message, _removal(ctx, handler.node, entry, safe=False))
