"""Rules about the names in `tools` and `disallowedTools`."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.loader import Dialect
from agentls.document.edits import edit_list
from agentls.document.tools import ResolvedEntry, ToolList
from agentls.linter.rule import Context, Finding, Fix, Severity, describe_effect, join_titles, rule
from agentls.linter.shared.tool_entries import (
    DENIED,
    TOOLS,
    allows_unlisted_tools,
    entry_effect,
    explain_entry,
    find_former_tool,
    find_unresolved,
    has_open_parenthesis,
    is_mostly_foreign,
    remove_entries,
    replace_entry,
    runs_main_session,
    translate_list,
    trust,
)
from agentls.linter.shared.translation import foreign_format_of
from agentls.text.offsets import Edit, Span
from agentls.text.wording import code_span, join_names
from agentls.text.yaml_tree import Scalar


@rule("warning")
def unknown_tool(ctx: Context) -> Iterator[Finding]:
    """No tool has this name.

    Claude Code drops entries that it does not know, without a word, as long as one other entry
    is left. In `disallowedTools` an unknown name takes nothing away. Quotes, backticks and brackets
    that are part of the text count as part of the name. Tools of your own can be added to the
    setting `tools`; those of MCP servers are written `mcp__server__tool` and are never reported.

    Products get new tools every week, so a name that resembles none that is known is no more than a
    hint: the table may be older than the tool.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grpe
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    for tools, listed, now in find_unresolved(ctx, "unknown-tool"):
        name = listed.entry.name or listed.entry.text
        if has_open_parenthesis(name):
            unclosed = f"{code_span(name)} has no closing parenthesis; all that follows belongs to the entry."
            yield Finding(listed.entry.span, unclosed)
            continue
        message = f"There is no tool {code_span(name)}: {entry_effect(ctx, tools, listed)}."
        if allows_unlisted_tools(ctx):
            message = f"{ctx.runtime_titles} is not known to have a tool {code_span(name)}."
        if now:
            message += f" Did you mean {join_names(now)}?"
        stripped = bool(now) and now[0] in name and "(" not in name
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, now, safe=stripped)
            if now
            else remove_entries(ctx, tools, listed),
            at_most=trust(ctx, tools, now) if now else Severity.HINT,
        )


@rule("warning")
def wrong_case_tool(ctx: Context) -> Iterator[Finding]:
    """A tool's name is written with the wrong capital letters.

    Names of tools are case-sensitive. Claude Code takes `read` for an unknown name and drops it.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, grep
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    for tools, listed, now in find_unresolved(ctx, "wrong-case-tool"):
        name = listed.entry.name
        where = _where(ctx, listed)
        message = f"Names of tools are case-sensitive{where}: write {join_names(now)} for `{name}`."
        message += f" As it stands {entry_effect(ctx, tools, listed)}."
        if allows_unlisted_tools(ctx):
            message = f"{ctx.runtime_titles} calls the tool {join_names(now)}; `{name}` is not known to work."
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, now, safe=True),
            at_most=trust(ctx, tools, () if allows_unlisted_tools(ctx) else now),
        )


def _where(ctx: Context, listed: ResolvedEntry) -> str:
    """In which runtimes an entry comes to nothing, if it is good for others."""
    some = len(listed.ignored_by) < len(ctx.readings)
    return f" in {join_titles(listed.ignored_by)}" if some else ""


@rule("warning", tags=("deprecated",))
def removed_tool(ctx: Context) -> Iterator[Finding]:
    """A tool of this name existed once, but does no more.

    Claude Code drops the names of tools that are gone, without a word. Most of them have a
    successor, which has to be listed by its own name.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, LS
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Glob
    ---

    You review code.
    ```
    """
    for tools, listed, now in find_unresolved(ctx, "removed-tool"):
        old = find_former_tool(listed.entry.name, ctx.dialect)
        assert old is not None, "the fault comes from this row"
        fixes = [fix for name in now for fix in replace_entry(ctx, tools, listed, (name,))]
        if not now or tools.key.name == DENIED:
            fixes = [*remove_entries(ctx, tools, listed), *fixes]
        yield Finding(
            listed.entry.name_span,
            f"There is no tool `{listed.entry.name}` any more ({old.note}): {entry_effect(ctx, tools, listed)}.",
            tuple(dict.fromkeys(fixes)),
        )


@rule("hint", tags=("deprecated",))
def renamed_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed by an old name, which still works.

    Claude Code understands some old names, `Task` for `Agent` among them. Its documentation uses
    the new ones only.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Task
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Agent
    ---

    You review code.
    ```
    """
    for tools in ctx.document.tool_lists:
        renamed = [
            (listed, old)
            for listed in tools.items
            if listed.standing == "available" and (old := find_former_tool(listed.entry.name, ctx.dialect))
        ]
        every = _with_new_names(ctx, tools, [listed for listed, _ in renamed])
        for listed, old in renamed:
            what = "called" if len(old.replacements) == 1 else "split into"
            message = f"`{listed.entry.name}` is {what} {join_names(old.replacements)} now ({old.note})."
            yield Finding(
                listed.entry.name_span,
                f"{message} The old name still works.",
                (*_with_new_name(ctx, tools, listed, old.replacements), *every),
            )


def _with_new_name(
    ctx: Context, tools: ToolList, listed: ResolvedEntry, now: tuple[str, ...]
) -> tuple[Fix, ...]:
    """The fix that writes what an old name is called now, where that is not listed beside it."""
    entry = listed.entry
    if any(other.entry[1:3] == (now[0], entry.specifier) for other in tools.items):
        return remove_entries(ctx, tools, listed, safe=True) if len(now) == 1 else ()
    if entry.span.text_in(ctx.text) != entry.text:
        return ()
    if len(now) == 1:
        return ctx.make_fix(f"Write `{now[0]}`", Edit(entry.name_span, now[0]), safe=True)
    edits = edit_list(ctx.document, tools.value, {entry.span: now})
    return ctx.make_fix(f"Write {join_names(now)}", *edits, safe=True)


def _with_new_names(ctx: Context, tools: ToolList, renamed: list[ResolvedEntry]) -> tuple[Fix, ...]:
    """The fix that writes the new names of all that have one, each once."""
    if len(renamed) < 2 or any(listed.entry.specifier for listed in renamed):
        return ()
    there = {listed.entry.name for listed in tools.items}
    changes: dict[Span, tuple[str, ...]] = {}
    for listed in renamed:
        changes[listed.entry.span] = tuple(name for name in listed.tools if name not in there)
        there.update(listed.tools)
    edits = edit_list(ctx.document, tools.value, changes)
    return ctx.make_fix(f"Write the new names of all {len(renamed)} tools", *edits, safe=True)


@rule("warning")
def foreign_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed by the name that it has in another product.

    Every product has tools of its own: `run_shell_command` in Gemini is `Bash` here. Claude Code
    drops the names of others, without a word. Where most of a list is foreign there is one finding
    for all of it.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, run_shell_command
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Bash
    ---

    You review code.
    ```
    """
    lists = () if foreign_format_of(ctx) else ctx.document.tool_lists
    whole = [tools for tools in lists if is_mostly_foreign(tools)]
    for tools in whole:
        dropped = [listed.entry.text for listed in tools.items if explain_entry(listed, tools, ctx.dialect)]
        droppers = dict.fromkeys(runtime for listed in tools.items for runtime in listed.ignored_by)
        yield Finding(
            tools.value.span,
            f"This list is written for {_owner(tools, ctx.dialect)}."
            f" {describe_effect(droppers, f'does not know {join_names(dropped)}')}.",
            ctx.make_fix(f"Write the names that {ctx.describe_effect('knows')}", *translate_list(ctx, tools)),
            at_most=ctx.trust(tools.key.source),
        )
    for tools, listed, now in find_unresolved(ctx, "foreign-tool"):
        row = ctx.dialect.foreign_tool(listed.entry.name)
        assert row is not None, "the fault comes from this row"
        if row.is_equivalent:
            message = f"`{row.name}` is the name for {join_names(now)} in {row.owner}: {entry_effect(ctx, tools, listed)}."
        else:
            nearest_here = f" What comes nearest is {join_names(now)}." if now else ""
            message = (
                f"`{row.name}` is a tool of {row.owner}: {entry_effect(ctx, tools, listed)}.{nearest_here}"
            )
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, now) if now else remove_entries(ctx, tools, listed),
            at_most=trust(ctx, tools, now),
        )


def _owner(tools: ToolList, dialect: Dialect) -> str:
    """The product that most of the foreign names belong to."""
    owners = [row.owner for listed in tools.items if (row := dialect.foreign_tool(listed.entry.name))]
    return max(owners, key=owners.count)


@rule("warning")
def unavailable_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed that is never available to subagents.

    Some tools belong to the main session, such as `AskUserQuestion`. Claude Code drops them from
    the list of a subagent. `ExitPlanMode` is available with `permissionMode: plan` only. An agent
    with an `initialPrompt` is meant to run the main session itself, and is not reported.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, AskUserQuestion
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read
    ---

    You review code.
    ```
    """
    if runs_main_session(ctx):
        return
    for tools, listed, _ in find_unresolved(ctx, "unavailable-tool"):
        tool = ctx.dialect.tool(listed.entry.name)
        assert tool is not None, "the fault comes from this row"
        if tool.availability == "never":
            when = "never available to subagents"
        else:
            when = f"available to subagents with `{ctx.dialect.tool_keys.mode}: {tool.mode}` only"
        yield Finding(
            listed.entry.name_span,
            f"`{tool.name}` is {when}: {entry_effect(ctx, tools, listed)}.",
            remove_entries(ctx, tools, listed),
        )


@rule("information")
def tool_lost_in_background(ctx: Context) -> Iterator[Finding]:
    """A tool is listed that the agent loses when it runs in the background.

    Subagents run in the background by default. There Claude Code leaves them a part of the
    built-in tools, and all those of MCP servers; `LSP`, the task list, and the tools that schedule
    prompts are dropped. Members of a team keep the task list and the schedule. A file that sets
    `background: false` is not reported.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, LSP
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    lost = [
        listed
        for tools in ctx.document.tool_lists
        if tools.key.name == TOOLS
        for listed in tools.items
        if listed.standing == "available"
        and (tool := ctx.dialect.tool(listed.tool or ""))
        and not tool.background
    ]
    if not lost:
        return
    background = ctx.entry("background")
    if background and isinstance(background.value, Scalar) and background.value.text.lower() == "false":
        return
    names = dict.fromkeys(listed.entry.name for listed in lost)
    yield Finding(
        lost[0].entry.name_span,
        f"When the agent runs in the background, as it does by default,"
        f" {ctx.runtime_titles} drops {join_names(names)}.",
    )
