"""Rules about lists of tools: their entries, and what they result in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.loader import Dialect
from agentls.dialects.tool_names import ALL_TOOLS, grammar_for, split_tool_names
from agentls.document.edits import edit_list, quote_scalar, remove_entry, set_value
from agentls.document.tools import (
    AvailableTools,
    ResolvedEntry,
    ToolList,
    names_denying,
    not_there,
)
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, join_titles, rule
from agentls.linter.shared.load_reasons import remaining_findings
from agentls.linter.shared.tool_entries import (
    DENIED,
    EVERY_MCP_TOOL,
    SEPARATOR,
    TOOLS,
    UnresolvedEntry,
    allows_unlisted_tools,
    entry_effect,
    entry_effects,
    equivalent_tools,
    explain_entry,
    find_former_tool,
    find_unresolved,
    has_open_parenthesis,
    is_mostly_foreign,
    is_read_as_string,
    remove_entries,
    replace_entry,
    runs_main_session,
    split_entry,
    strip_specifiers,
    translate_list,
)
from agentls.linter.shared.translation import (
    foreign_format_of,
)
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.wording import code_span, join_names
from agentls.text.yaml_tree import Entry, Mapping, Scalar, Sequence


@rule("ignored", subjects=("unresolved tool", "reason unknown-tool"))
def unknown_tool(ctx: Context) -> Iterator[Finding]:
    """No tool has this name.

    Claude Code drops entries that it does not know, without a word, as long as one other entry
    is left. In `disallowedTools` an unknown name takes nothing away. Quotes, backticks and brackets
    that are part of the text count as part of the name. Tools of your own can be added to the
    setting `tools`; those of MCP servers are written `mcp__server__tool` and are never reported.

    Products get new tools every week, so a name that resembles none that is known is no more than a
    hint: the table may be older than the tool.

    Gemini CLI loads an agent only if it knows every name in `tools`, by its exact letters.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grpe
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, Bash]
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

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, run_shell_command]
    ---

    You review code.
    ```
    """
    yield from _rejected_tools(ctx)
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
            effects=entry_effects(ctx, tools, now) if now else ctx.effects(Consequence.SUGGESTION),
        )


@rule("ignored", subjects=("unresolved tool",))
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
            effects=entry_effects(ctx, tools, () if allows_unlisted_tools(ctx) else now),
        )


def _where(ctx: Context, listed: ResolvedEntry) -> str:
    """In which runtimes an entry comes to nothing, if it is good for others."""
    some = len(listed.ignored_by) < len(ctx.readings)
    return f" in {join_titles(listed.ignored_by)}" if some else ""


@rule("ignored", tags=("deprecated",), subjects=("unresolved tool",))
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


@rule("suggestion", tags=("deprecated",), subjects=("renamed tool",))
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
            what = "called" if len(old.now) == 1 else "split into"
            message = f"`{listed.entry.name}` is {what} {join_names(old.now)} now ({old.note})."
            yield Finding(
                listed.entry.name_span,
                f"{message} The old name still works.",
                (*_with_new_name(ctx, tools, listed, old.now), *every),
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


@rule("ignored", subjects=("unresolved tool",))
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
            effects=ctx.effects(Consequence.IGNORED, tools.key.source),
        )
    for tools, listed, now in find_unresolved(ctx, "foreign-tool"):
        row = ctx.dialect.foreign_tool(listed.entry.name)
        assert row is not None, "the fault comes from this row"
        if row.same:
            message = f"`{row.name}` is the name for {join_names(now)} in {row.of}: {entry_effect(ctx, tools, listed)}."
        else:
            nearest_here = f" What comes nearest is {join_names(now)}." if now else ""
            message = f"`{row.name}` is a tool of {row.of}: {entry_effect(ctx, tools, listed)}.{nearest_here}"
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, now) if now else remove_entries(ctx, tools, listed),
            effects=entry_effects(ctx, tools, now),
        )


def _owner(tools: ToolList, dialect: Dialect) -> str:
    """The product that most of the foreign names belong to."""
    owners = [row.of for listed in tools.items if (row := dialect.foreign_tool(listed.entry.name))]
    return max(owners, key=owners.count)


@rule("ignored", subjects=("unresolved tool",))
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
        if tool.subagents == "never":
            when = "never available to subagents"
        else:
            when = f"available to subagents with `permissionMode: {tool.subagents}` only"
        yield Finding(
            listed.entry.name_span,
            f"`{tool.name}` is {when}: {entry_effect(ctx, tools, listed)}.",
            remove_entries(ctx, tools, listed),
        )


@rule("advice", subjects=("tools",))
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


def _rejected_tools(ctx: Context) -> Iterator[Finding]:
    """Names for which a runtime rejects the file."""
    found = list(remaining_findings(ctx, "unknown-tool"))
    faults = {
        listed.entry.name_span: (tools, listed, fault)
        for tools in (ctx.document.tool_lists if found else ())
        for listed in tools.items
        if (fault := explain_entry(listed, tools, ctx.dialect))
    }
    for finding in found:
        if finding.span not in faults:
            yield finding
            continue
        tools, listed, fault = faults[finding.span]
        if fault.now:
            message = f"{finding.message} Did you mean {join_names(fault.now, ' or ')}?"
            yield finding._replace(message=message, fixes=replace_entry(ctx, tools, listed, fault.now))
        else:
            yield finding._replace(fixes=remove_entries(ctx, tools, listed))


@rule("no tools")
def no_tools(ctx: Context) -> Iterator[Finding]:
    """The agent is left without a single tool.

    An empty value, a mapping, a number, or a list in which no name is known: Claude Code starts
    such an agent with no tool at all, or refuses to start it. Nothing is said when the file is
    loaded. To give the agent all tools, leave the key out or write `"*"`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools:
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
    left = [(reading, tools) for reading in ctx.readings if (tools := _left_without(ctx, reading))]
    left.sort(key=lambda pair: pair[0].runtime.without_tools == "unknown")
    if not left:
        return
    (reading, tools), runtime = left[0], left[0][0].runtime
    runtimes = [r.runtime for r, _ in left if r.runtime.without_tools == runtime.without_tools]
    verb = {"refused": "refuses to start", "started": "starts", "unknown": "may start"}[runtime.without_tools]
    entry = reading.entry(TOOLS)
    assert entry is not None, "without a list the agent has all tools"
    if tools.mode == "none":
        what = "names no tool" if isinstance(entry.value, Scalar) and entry.value.text else "is empty"
        if isinstance(entry.value, Mapping):
            what = "is a mapping"
        known = runtime.without_tools != "unknown"
        meant = runtime.without_tools == "started" and what == "is empty"
        starts = "starts" if known else "may start"
        yield Finding(
            entry.report_span,
            f"`tools` {what}: {describe_effect(runtimes, f'{starts} the agent without any tool')}.",
            tuple(fix for fix in _value_fixes(ctx, entry) if _gives_tools(ctx, fix)),
            effects=_effects(left, Consequence.ADVICE if meant else Consequence.NO_TOOLS, doubtful=not known),
        )
        return
    names = [dropped.name for dropped in tools.dropped]
    none = f"{join_names(names)} is not" if len(names) == 1 else f"None of {join_names(names, ', ')} is"
    reasons = {dropped.reason for dropped in tools.dropped}
    why = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    lists = [listed for listed in ctx.document.tool_lists if listed.key.name == TOOLS]
    known = all(
        explain_entry(each, tools, ctx.dialect) != _NO_NAME for tools in lists for each in tools.items
    )
    doubtful = runtime.without_tools == "unknown" or (ctx.dialect.tool_grammar.open and not known)
    yield Finding(
        entry.report_span,
        f"{none} available{why}. {describe_effect(runtimes, f'{verb} the agent without any tool')}.",
        tuple(
            fix
            for listed in lists
            for fix in ctx.make_fix(
                f"Write the names that {ctx.describe_effect('knows')}", *translate_list(ctx, listed)
            )
            if _gives_tools(ctx, fix)
        ),
        effects=_effects(left, Consequence.NO_TOOLS, doubtful=doubtful),
    )


def _effects(
    left: list[tuple[Reading, AvailableTools]], consequence: Consequence, *, doubtful: bool
) -> tuple[Effect, ...]:
    """The effect on each runtime that leaves the agent without tools. If it is doubtful that one does, the
    agent may lack no more than the entries."""
    consequence = Consequence.IGNORED if doubtful and consequence is Consequence.NO_TOOLS else consequence
    return tuple(Effect(reading.runtime.name, consequence) for reading, _ in left)


_NO_NAME = UnresolvedEntry("unknown-tool")


_NO_MATTER = ("refused", "undocumented")


def _left_without(ctx: Context, reading: Reading) -> AvailableTools | None:
    """The tools of an agent that a runtime leaves without any, unless it refuses the file for them, or
    nobody knows what it does then, or the author has it so."""
    runtime, grammar = reading.runtime, grammar_for(reading.dialect, reading.runtime)
    entry = reading.entry(TOOLS)
    if (
        entry is None
        or grammar.map
        or runtime.unknown_tools in _NO_MATTER
        or is_read_as_string(ctx, entry.value)
    ):
        return None
    tools = ctx.document.tools_in(reading)
    if not tools.is_empty or any(reason.span == entry.report_span for reason in reading.reasons):
        return None
    # Such a list is written for another runtime, and works there.
    every = any(dropped.name in reading.dialect.tool_grammar.all for dropped in tools.dropped)
    elsewhere = any(dropped.reason == not_there(runtime) for dropped in tools.dropped)
    return None if every or elsewhere or (tools.mode == "none" and grammar.none_on_purpose) else tools


def _gives_tools(ctx: Context, fix: Fix) -> bool:
    """Whether the agent has tools after the fix."""
    return not ctx.document.with_edits(fix.edits).available_tools.is_empty


def _value_fixes(ctx: Context, entry: Entry) -> Iterator[Fix]:
    """Ways out of a value of `tools` that names no tool."""
    root = ctx.reading.root
    assert root is not None, "the entry was found in it"
    if isinstance(entry.value, Mapping) and entry.value.entries:
        on, off = _switches(entry.value, ctx.dialect)
        if on:
            yield Fix(f"Write {join_names(on)}", (set_value(entry, ", ".join(on)),))
        elif off and root.get(DENIED) is None:
            key = Edit(entry.key.span, DENIED)
            value = set_value(entry, ", ".join(off))
            yield from ctx.make_fix(f"Take away {join_names(off)} with `{DENIED}`", key, value)
    else:
        yield Fix('Write `"*"` for all tools', (set_value(entry, '"*"'),))
        yield from ctx.make_fix(
            "Remove `tools`, which gives all tools", remove_entry(ctx.document, root, entry)
        )


def _switches(value: Mapping, dialect: Dialect) -> tuple[list[str], list[str]]:
    """The tools that a mapping as in other products switches on, and those that it switches off."""
    switched: dict[bool, list[str]] = {True: [], False: []}
    for entry in value.entries:
        if isinstance(entry.value, Scalar) and entry.value.type == "bool":
            tools = switched[entry.value.value]
            tools += [tool for tool in equivalent_tools(entry.key.text, dialect) if tool not in tools]
    return switched[True], switched[False]


@rule("ignored", subjects=("unresolved tool",))
def tool_separator(ctx: Context) -> Iterator[Finding]:
    """Tools are separated by something that does not separate.

    Within a text only commas and spaces do. With `;`, `|`, a tab or a line break between them,
    Claude Code takes several tools for one name that it does not know.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read; Grep
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
    found = list(find_unresolved(ctx, "tool-separator"))
    for tools in ctx.document.tool_lists if found else ():
        for scalar in tools.value.items if isinstance(tools.value, Sequence) else (tools.value,):
            wrong = [
                listed
                for of, listed, _ in found
                if of is tools and scalar.span.start <= listed.entry.span.start < scalar.span.end
            ]
            if isinstance(scalar, Scalar) and wrong:
                inside = isinstance(tools.value, Sequence) and not ctx.dialect.tool_grammar.splits_items
                yield from (
                    (_item_finding(ctx, tools, listed) for listed in wrong)
                    if inside
                    else (_separator_finding(ctx, scalar, wrong),)
                )


def _item_finding(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> Finding:
    """The finding about an item of a list that holds several tools, where each needs an item."""
    text = listed.entry.text
    edits = edit_list(ctx.document, tools.value, {listed.entry.span: tuple(split_entry(text))})
    return Finding(
        listed.entry.span,
        f"Each item of the list is one tool: {describe_effect(listed.ignored_by, 'looks for a tool called')}"
        f" {code_span(text)}. There is none.",
        ctx.make_fix("Make them items of their own", *edits),
    )


def _separator_finding(ctx: Context, scalar: Scalar, wrong: list[ResolvedEntry]) -> Finding:
    """The finding about one text in which the entries `wrong` hold separators that are none."""
    texts = [listed.entry.text for listed in wrong]
    marks = dict.fromkeys(
        mark for text in texts for mark in SEPARATOR.findall(strip_specifiers(text)) if mark
    )
    shown = " and ".join(_MARKS.get(mark, f"`{mark}`") for mark in marks)
    verb = "do" if len(marks) > 1 else "does"
    pieces: list[str] = []
    for text in split_tool_names(scalar.text, ctx.dialect.tool_grammar.separators):
        pieces += split_entry(text) if text in texts else text.split("\n")
    names = ", ".join(pieces)
    if scalar.style == "double" and '"' not in names and "\\" not in names:
        names = f'"{names}"'
    elif scalar.style in ("single", "double") or not _NEEDS_NO_QUOTES.fullmatch(names):
        names = quote_scalar(names)
    return Finding(
        wrong[0].entry.span if len(wrong) == 1 else scalar.span,
        f"{shown[0].upper()}{shown[1:]} {verb} not separate tools: {ctx.describe_effect('looks for')}"
        f" {'a tool' if len(wrong) == 1 else 'tools'} called {join_names(texts)}. There is none.",
        ctx.make_fix("Write commas", *([Edit(scalar.span, names)] if pieces else [])),
    )


_MARKS = {" ": "a blank", "\n": "a line break", "\t": "a tab", "\u00a0": "a no-break space"}


_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z](?:[\w ,()/.*-]|:(?=\S))*")


@rule("ignored", subjects=("specifier",))
def unscoped_specifier(ctx: Context) -> Iterator[Finding]:
    """A specifier in parentheses does not narrow a tool down.

    `Bash(git:*)` in `tools` gives the agent all of Bash: other commands run as well, and those that
    fit are not approved beforehand. `Bash(rm:*)` in `disallowedTools` takes all of Bash away. What
    an agent may run is ruled by the permissions in the settings, or by a `PreToolUse` hook.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Bash(git:*)
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
    for tools, listed in _with_specifier(ctx):
        row = ctx.dialect.tool(listed.tool or "")
        if row is None or not tools.key.specifier or (row.scoping and tools.key.name == TOOLS):
            continue
        preload = f" To load a skill into the agent, list it in `{_SKILLS}`."
        yield Finding(
            listed.entry.span,
            f"The specifier of `{listed.entry.text}` is not applied. {tools.key.specifier}"
            f"{preload if row.name == 'Skill' and tools.key.name == TOOLS else ''}",
            _without_specifier(ctx, tools, listed),
        )


_SKILLS = "skills"


def _with_specifier(ctx: Context) -> Iterator[tuple[ToolList, ResolvedEntry]]:
    """The entries of tools at hand with a specifier that is to narrow them down."""
    for tools in ctx.document.tool_lists:
        for listed in tools.items:
            specifier = listed.entry.specifier
            if specifier and specifier.strip(" :*") and listed.standing == "available":
                yield tools, listed


def _without_specifier(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> tuple[Fix, ...]:
    """The fix that leaves just the tool, once."""
    others = [other for other in tools.items if other.tool == listed.tool and other is not listed]
    if any(not other.entry.specifier for other in others):
        return remove_entries(ctx, tools, listed)
    edits = edit_list(ctx.document, tools.value, {listed.entry.span: (listed.entry.name,)})
    return ctx.make_fix(f"Write `{listed.entry.name}`", *edits)


@rule("advice", subjects=("specifier",))
def agent_types_ignored(ctx: Context) -> Iterator[Finding]:
    """The types of agents in parentheses do not count in a subagent.

    `Agent(worker, tester)` in `tools` restricts which agents may be started while this agent runs
    the main session (`--agent`). As a subagent it may start any agent. An agent with an
    `initialPrompt` is meant to run the main session, and is not reported.

    ## Bad

    ```markdown
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: Read, Agent(worker, tester)
    ---

    You lead the work.
    ```

    ## Good

    ```markdown
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: Read, Agent
    ---

    You lead the work.
    ```
    """
    if runs_main_session(ctx):
        return
    for tools, listed in _with_specifier(ctx):
        row = ctx.dialect.tool(listed.tool or "")
        if row and row.scoping and tools.key.name == TOOLS:
            yield Finding(
                listed.entry.span,
                f"`{listed.entry.text}`: {row.scoping[0].lower()}{row.scoping[1:]}",
                _without_specifier(ctx, tools, listed),
            )


@rule("ignored", subjects=("several tool lists",))
def allowed_and_denied(ctx: Context) -> Iterator[Finding]:
    """A tool stands in `tools` and in `disallowedTools`.

    `disallowedTools` comes first: Claude Code takes away what it names, and then looks for the
    tools of `tools` in what is left. A specifier makes no difference: `Bash(rm:*)` in
    `disallowedTools` takes away `Bash`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Bash
    disallowedTools: Bash
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
    lists = {tools.key.name: tools for tools in ctx.document.tool_lists}
    if TOOLS not in lists or DENIED not in lists:
        return
    allowed, denied = lists[TOOLS], lists[DENIED]
    named: dict[str, list[ResolvedEntry]] = {}
    for each in denied.items:
        named.setdefault(each.tool or each.entry.name, []).append(each)
    for listed in allowed.items:
        if listed.standing != "available" or listed.tool is None:
            continue
        tool = listed.tool
        by = [each for name in names_denying(tool) for each in named.get(name, ())]
        by.sort(key=lambda each: each.entry.span)
        if not by:
            continue
        yield Finding(
            listed.entry.span,
            f"`{by[0].entry.text}` in `disallowedTools` takes `{listed.entry.text}` away again.",
            (*remove_entries(ctx, allowed, listed, safe=True), *remove_entries(ctx, denied, *by)),
            tuple(Related(each.entry.span, "Taken away here") for each in by),
        )


@rule("suggestion", tags=("unnecessary",), subjects=("tools",))
def duplicate_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed twice.

    That does no harm: Claude Code gives the tool once. Old names count as the tools they stand
    for. Entries with different specifiers are not reported here.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep, Read
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
    for tools in ctx.document.tool_lists:
        seen: dict[tuple[str | None, str | None], ResolvedEntry] = {}
        for listed in tools.items:
            if listed.standing != "available":
                continue
            first = seen.setdefault((listed.tool, listed.entry.specifier), listed)
            if first is not listed:
                same_name = first.entry.name == listed.entry.name
                yield Finding(
                    listed.entry.span,
                    f"`{listed.entry.text}` is listed already.",
                    # Of two names for one tool the old one goes, by the fix of `renamed-tool`.
                    remove_entries(ctx, tools, listed, safe=True) if same_name else (),
                    (Related(first.entry.span, "Listed here"),),
                )


@rule("ignored", subjects=("unresolved tool",))
def wildcard_not_understood(ctx: Context) -> Iterator[Finding]:
    """A pattern or keyword in `tools` is not understood.

    `*` stands for all tools, but only by itself. `Read*` and `All` are names of no tool, and are
    dropped. `mcp__*`, for the tools of all MCP servers, is understood in `disallowedTools` only; in
    `tools` each server is named, as in `mcp__github`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Web*
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, WebFetch, WebSearch
    ---

    You review code.
    ```
    """
    for tools, listed, now in find_unresolved(ctx, "wildcard-not-understood"):
        name = listed.entry.name
        if name == EVERY_MCP_TOOL:
            message = f"`{name}` is understood in `{DENIED}` only. Name each server, as in `mcp__github`."
            fixes = remove_entries(ctx, tools, listed)
        elif ALL_TOOLS in name:
            message = f"{code_span(name)} is no tool: {entry_effect(ctx, tools, listed)}."
            message += (
                " `*` stands for all tools only by itself."
                if ALL_TOOLS in ctx.dialect.tool_grammar.all
                else ""
            )
            fixes = replace_entry(ctx, tools, listed, now) if now else remove_entries(ctx, tools, listed)
        else:
            entry = ctx.entry(tools.key.name)
            assert entry is not None, "the list stands in the frontmatter"
            message = (
                f"`{name}` is not a keyword: {entry_effect(ctx, tools, listed)}. `*` stands for all tools."
            )
            fixes = ctx.make_fix('Write `"*"` for all tools', set_value(entry, '"*"'))
        yield Finding(listed.entry.name_span, message, fixes)


@rule("ignored")
def missing_tool(ctx: Context) -> Iterator[Finding]:
    """A key does nothing without a tool that the agent does not have.

    In VS Code an agent starts those in `agents` by the tool `agent`. Where it has `tools`, that one has
    to be among them.

    ## Bad

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: [read]
    agents: [reviewer]
    ---

    You lead the work.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: [read, agent]
    agents: [reviewer]
    ---

    You lead the work.
    ```
    """
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.needs_tool or not key.known_to(reading.runtime.name):
                continue
            empty = not entry.value.items if isinstance(entry.value, Sequence) else True
            tools = ctx.document.tools_in(reading)
            tool = reading.dialect.tool(key.needs_tool)
            enough = {key.needs_tool, *(tool.members if tool else ())}
            if empty or tools.mode == "all" or enough & set(tools.available):
                continue
            yield Finding(
                entry.report_span,
                f"`{key.name}` does nothing in {reading.runtime.title} unless {join_names([key.needs_tool])}"
                " is among the tools.",
            )
