"""Rules about permissions: entries that never decide, and unknown names."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import tool_names
from agentls.dialects.loader import Dialect
from agentls.document import permissions
from agentls.document.edits import remove_entry
from agentls.document.permissions import ANYTHING, PERMISSION_KEY, TOOLS_KEY, PermissionEntry
from agentls.linter.rule import Context, Finding, Fix, Related, rule
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import code_span, join_names
from agentls.text.yaml_tree import Entry, Mapping


@rule("ignored", subjects=("format with permissions",))
def overruled_permission(ctx: Context) -> Iterator[Finding]:
    """An entry of the permissions never decides, since a later one fits whatever it fits.

    In OpenCode the order of the entries counts: of all that fit, the last one decides. `"*"` at the
    end cancels everything above it, so it belongs at the top, and what is more special below.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    permission:
      bash:
        "git *": allow
        "*": deny
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    permission:
      bash:
        "*": deny
        "git *": allow
    ---

    You review code.
    ```
    """
    # Whatever an entry overrules, it is moved in front of the first.
    fixes: dict[int, tuple[Fix, ...]] = {}
    for grant, by in permissions.find_unreachable(ctx.reading):
        if grant.mapping is by.mapping:
            at = by.entry.key.span.start
            if at not in fixes:
                fixes[at] = _moved(ctx, grant, by)
        name, other = grant.entry.key.text, by.entry.key.text
        where = "" if by.mapping is None or grant.mapping is by.mapping else _within(ctx, by)
        message = (
            f"{code_span(name)} never decides: the last entry that fits counts, and {code_span(other)}"
            f"{where}, which says `{by.action}`, fits all that it does."
        )
        related = (Related(by.entry.key.span, "This one decides"),)
        moved = fixes.get(by.entry.key.span.start, ()) if grant.mapping is by.mapping else ()
        yield Finding(grant.entry.key.span, message, moved, related)


def _within(ctx: Context, grant: PermissionEntry) -> str:
    """Where an entry stands, in words."""
    for key in (PERMISSION_KEY, TOOLS_KEY):
        entry = ctx.reading.entry(key)
        if entry and grant.mapping is entry.value:
            return f" in `{key}`"
    return f" in {code_span(grant.permission)}"


def _moved(ctx: Context, grant: PermissionEntry, by: PermissionEntry) -> tuple[Fix, ...]:
    """The fix that puts the general entry in front of the special one, in a mapping of one entry a line."""
    mapping = grant.mapping
    if mapping is None or mapping.flow or (grant.permission, grant.pattern) == (by.permission, by.pattern):
        return ()
    lines = ctx.document.lines
    start = lines.line_span(lines.line_number(grant.entry.key.span.start)).start
    out = remove_entry(ctx.document, mapping, by.entry)
    moved = out.span.text_in(ctx.text).rstrip() + ctx.document.newline
    return ctx.make_fix(
        f"Move {code_span(by.entry.key.text)} in front of it", Edit(Span(start, start), moved), out
    )


@rule("ignored", subjects=("format with permissions",))
def unknown_permission(ctx: Context) -> Iterator[Finding]:
    """A permission has a name that rules no tool.

    OpenCode takes any name, since servers and plugins bring tools of their own, and applies the entry
    to tools of that name only. Names are in lower case. `edit` rules all tools that change files, so
    `write: deny` takes nothing away.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    permission:
      write: deny
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    permission:
      edit: deny
    ---

    You review code.
    ```
    """
    for key in (PERMISSION_KEY, TOOLS_KEY):
        entry = ctx.entry(key)
        if entry is None or ctx.dialect.key(PERMISSION_KEY) is None or not isinstance(entry.value, Mapping):
            continue
        there = {each.key.text for each in entry.value.entries}
        for each in entry.value.entries:
            fault = _explain_unknown(each.key.text, key, ctx.dialect)
            if fault:
                yield _unknown_permission(ctx, each, there, *fault)


def _explain_unknown(name: str, key: str, dialect: Dialect) -> tuple[str, tuple[str, ...]] | None:
    """What is wrong with the name of a permission, and what to write instead."""
    tool = dialect.tool(name)
    if tool and tool.permission and not (key == TOOLS_KEY and name in permissions.PERMISSION_OF_TOOL):
        return f"`{tool.permission}` rules the tool `{name}`", (tool.permission,)
    known = [*(tool.name for tool in dialect.tools), *_names(dialect)]
    if name in known or ANYTHING in name or "?" in name or name in dialect.user_tools:
        return None
    if key == TOOLS_KEY and name in permissions.PERMISSION_OF_TOOL:
        return None
    right_case = match_ignoring_case(name, known)
    if right_case:
        return "names are in lower case", (dialect.permission_for(right_case),)
    foreign, old = dialect.foreign_tool(name), dialect.old_tool(name)
    if foreign:
        now = dict.fromkeys(dialect.permission_for(each) for each in foreign.now)
        return f"`{name}` is a tool of {foreign.of}", tuple(now)
    if old:
        return old.note, old.now
    if tool_names.is_external_tool(name, dialect):
        return None
    meant = closest_match(name, known, most=1)
    return ("no tool has this name", (meant,)) if meant else None


def _names(dialect: Dialect) -> list[str]:
    """The permissions that are known."""
    key = dialect.key(PERMISSION_KEY)
    return [field.name for field in key.fields] if key else []


def _unknown_permission(
    ctx: Context, entry: Entry, there: set[str], why: str, now: tuple[str, ...]
) -> Finding:
    """The finding about a name that rules nothing."""
    name = entry.key.text
    message = f"{code_span(name)} rules none of the tools of {ctx.runtime_titles}: {why}."
    if not now:
        return Finding(entry.key.span, message)
    message += f" Write {join_names(now)}."
    free = len(now) == 1 and now[0] not in there
    fixes = ctx.make_fix(f"Write {join_names(now)}", Edit(entry.key.span, now[0])) if free else ()
    return Finding(entry.key.span, message, fixes)
