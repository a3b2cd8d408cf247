"""Rules about permissions: entries without effect, and unknown names."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import tool_names
from agentls.dialects.loader import Dialect
from agentls.document import permissions
from agentls.document.edits import remove_entry
from agentls.document.permissions import ANYTHING, PermissionEntry
from agentls.linter.rule import Context, Finding, Fix, Related, rule
from agentls.text.escaping import code_span
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Scalar


@rule("ignored", tags=("unnecessary",), subjects=("format with permissions",))
def overruled_permission(ctx: Context) -> Iterator[Finding]:
    """A permission has no effect because a later one matches everything that it matches.

    OpenCode uses the last entry that matches. `"*"` at the end overrides all entries before it, so
    general entries belong at the top and specific ones after them.

    ## Bad

    ```yaml .opencode/agents
    permission:
      bash:
        "git *": allow
        "*": deny
    ```

    ## Good

    ```yaml .opencode/agents
    permission:
      bash:
        "*": deny
        "git *": allow
    ```
    """
    # An entry that overrules several others is moved before the first of them, by the same fix for all.
    fixes: dict[int, tuple[Fix, ...]] = {}
    for grant, by in permissions.find_unreachable(ctx.reading):
        is_same_mapping = grant.mapping is by.mapping
        name, other = code_span(grant.entry.key.text), code_span(by.entry.key.text)
        where = "" if is_same_mapping or by.mapping is None else f" in {_location(ctx, by)}"
        at = by.entry.key.span.start
        if is_same_mapping and at not in fixes:
            fixes[at] = _move_before(ctx, grant, by)
        yield Finding(
            grant.entry.key.span,
            f"{name} has no effect; {other}{where} (`{by.action}`) matches everything it matches and overrides it.",
            fixes.get(at, ()) if is_same_mapping else (),
            (Related(by.entry.key.span, "the entry that is used"),),
        )


def _location(ctx: Context, grant: PermissionEntry) -> str:
    """Return the key or the permission whose mapping contains an entry, as code."""
    for key in (ctx.dialect.tool_keys.permissions, ctx.dialect.tool_keys.allowed):
        entry = ctx.reading.entry(key)
        if entry and grant.mapping is entry.value:
            return f"`{key}`"
    return code_span(grant.permission)


def _move_before(ctx: Context, grant: PermissionEntry, by: PermissionEntry) -> tuple[Fix, ...]:
    """Return the fix that moves the general entry before the specific one, in a block mapping."""
    mapping = grant.mapping
    if mapping is None or mapping.flow or (grant.permission, grant.pattern) == (by.permission, by.pattern):
        return ()
    lines = ctx.document.lines
    start = lines.line_span(lines.line_number(grant.entry.key.span.start)).start
    out = remove_entry(ctx.document, mapping, by.entry)
    moved = out.span.text_in(ctx.text).rstrip() + ctx.document.newline
    title = f"Move {code_span(by.entry.key.text)} before {code_span(grant.entry.key.text)}"
    return ctx.make_fix(title, Edit(Span(start, start), moved), out)


@rule("ignored", subjects=("format with permissions",))
def unknown_permission(ctx: Context) -> Iterator[Finding]:
    """A permission has a name that controls no tool.

    OpenCode accepts any name, because servers and plugins have their own tools, and applies the entry
    only to tools of that name. Names are lower case. `edit` controls all tools that change files, so
    `write: deny` denies nothing. Beside `edit: deny` it is true, and is not reported.

    ## Bad

    ```yaml .opencode/agents
    permission:
      write: deny
    ```

    ## Good

    ```yaml .opencode/agents
    permission:
      edit: deny
    ```
    """
    keys = ctx.dialect.tool_keys
    for key in (keys.permissions, keys.allowed) if keys.permissions else ():
        entry = ctx.entry(key)
        if entry is None or not isinstance(entry.value, Mapping):
            continue
        present = {each.key.text for each in entry.value.entries}
        for each in entry.value.entries:
            unknown = _explain_unknown(each.key.text, key, ctx.dialect)
            if unknown and not _holds_anyway(ctx, each):
                yield _unknown_finding(ctx, each, present, unknown)


def _holds_anyway(ctx: Context, entry: Entry) -> bool:
    """Whether the permission that controls the tool of that name says the same for every use of the tool."""
    tool = ctx.dialect.tool(entry.key.text)
    if tool is None or not tool.permission_name or not isinstance(entry.value, Scalar):
        return False
    last = permissions.deciding_entry(tool.permission_name, permissions.find_permissions(ctx.reading))
    return last is not None and (last.pattern, last.action) == (ANYTHING, entry.value.text)


class _UnknownPermission(NamedTuple):
    """Why a name controls no tool, as a clause, and the names to use instead. `is_guess` tells that the name
    may also be one of a server or plugin."""

    problem: str
    replacements: tuple[str, ...]
    is_guess: bool = False


def _explain_unknown(name: str, key: str, dialect: Dialect) -> _UnknownPermission | None:
    """Return why the name of a permission controls no tool, or `None` if it may control one."""
    is_switch = key == dialect.tool_keys.allowed and name in dialect.tool_keys.switches
    tool = dialect.tool(name)
    if tool and tool.permission_name and not is_switch:
        return _UnknownPermission(
            f"The tool `{name}` is controlled by `{tool.permission_name}`", (tool.permission_name,)
        )
    known = [*(tool.name for tool in dialect.tools), *_permission_names(dialect)]
    if name in known or ANYTHING in name or "?" in name or name in dialect.configured_tools or is_switch:
        return None
    right_case = match_ignoring_case(name, known)
    if right_case:
        return _UnknownPermission(f"`{name}` is not lower case", (dialect.permission_for(right_case),))
    foreign, old = dialect.foreign_tool(name), dialect.old_tool(name)
    if foreign:
        replacements = tuple(dict.fromkeys(dialect.permission_for(each) for each in foreign.replacements))
        return _UnknownPermission(f"`{name}` is a tool of {foreign.owner}", replacements)
    if old:
        return _UnknownPermission(f"The tool `{name}` no longer exists", old.replacements)
    if tool_names.is_external_tool(name, dialect):
        return None
    closest = closest_match(name, known, max_distance=1)
    return _UnknownPermission(f"Unknown permission `{name}`", (closest,), is_guess=True) if closest else None


def _permission_names(dialect: Dialect) -> list[str]:
    """Return the known names of permissions."""
    key = dialect.key(dialect.tool_keys.permissions)
    return [field.name for field in key.fields] if key else []


def _unknown_finding(ctx: Context, entry: Entry, present: set[str], unknown: _UnknownPermission) -> Finding:
    """Return the finding about a permission that controls no tool."""
    message = f"{unknown.problem}; this entry controls no tool of {ctx.runtime_titles}."
    if not unknown.replacements:
        return Finding(entry.key.span, message)
    names = join_names(unknown.replacements)
    if not unknown.is_guess:
        message += f" Use {names} instead."
    finding = Finding(entry.key.span, message, meant=names if unknown.is_guess else "")
    first, *others = unknown.replacements
    if others or first in present:
        return finding
    return finding._replace(fixes=ctx.make_fix(f"Change to {names}", Edit(entry.key.span, first)))
