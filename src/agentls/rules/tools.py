"""Rules about `tools` and `disallowedTools`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import Dialect
from agentls.rewrite import change_list, quoted, with_value, without_entry
from agentls.rule import Context, Finding, Fix, Related, rule
from agentls.rules.entries import (
    DENIED,
    EVERY_MCP_TOOL,
    SEPARATOR,
    TOOLS,
    as_code,
    effect,
    fault_of,
    faults,
    fix_if_harmless,
    in_any_case,
    is_mostly_foreign,
    is_unclosed,
    listing,
    old_tool,
    pieces_of,
    removal,
    replacement,
    runtime,
    translation,
    without_specifiers,
)
from agentls.text import Edit, apply
from agentls.toollist import ALL, Listed, ToolList, is_denied, split_text
from agentls.yamltree import Entry, Mapping, Scalar, Sequence


@rule("error")
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
    tools = ctx.document.tools
    entry = ctx.reading.get(TOOLS)
    if entry is None or not tools.leaves_none:
        return
    if tools.mode == "none":
        what = "names no tool" if isinstance(entry.value, Scalar) and entry.value.text else "is empty"
        if isinstance(entry.value, Mapping):
            what = "is a mapping"
        yield Finding(
            entry.mark,
            f"`tools` {what}: {runtime(ctx)} starts the agent without any tool.",
            tuple(fix for fix in _value_fixes(ctx, entry) if _gives_tools(ctx, fix)),
        )
        return
    names = [dropped.name for dropped in tools.dropped]
    none = f"{listing(names)} is not" if len(names) == 1 else f"None of {listing(names, ', ')} is"
    reasons = {dropped.why for dropped in tools.dropped}
    why = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    yield Finding(
        entry.mark,
        f"{none} available{why}. {runtime(ctx)} refuses to start the agent without any tool.",
        tuple(
            fix
            for listed in ctx.document.tool_lists
            if listed.key.name == TOOLS
            for fix in fix_if_harmless(
                ctx, f"Write the names that {runtime(ctx)} knows", translation(ctx, listed)
            )
            if _gives_tools(ctx, fix)
        ),
    )


def _gives_tools(ctx: Context, fix: Fix) -> bool:
    """Whether the agent has tools after the fix."""
    return not ctx.document._replace(text=apply(ctx.text, fix.edits)).tools.leaves_none


def _value_fixes(ctx: Context, entry: Entry) -> Iterator[Fix]:
    """Ways out of a value of `tools` that names no tool."""
    root = ctx.reading.root
    assert root is not None, "the entry was found in it"
    if isinstance(entry.value, Mapping) and entry.value.entries:
        on, off = _switches(entry.value, ctx.dialect)
        if on:
            yield Fix(f"Write {listing(on)}", (with_value(entry, ", ".join(on)),))
        elif off and root.get(DENIED) is None:
            key = Edit(entry.key.span, DENIED)
            value = with_value(entry, ", ".join(off))
            yield from fix_if_harmless(ctx, f"Take away {listing(off)} with `{DENIED}`", (key, value))
    else:
        yield Fix('Write `"*"` for all tools', (with_value(entry, '"*"'),))
        yield from fix_if_harmless(
            ctx, "Remove `tools`, which gives all tools", (without_entry(ctx.document, root, entry),)
        )


def _switches(value: Mapping, dialect: Dialect) -> tuple[list[str], list[str]]:
    """The tools that a mapping as in other products switches on, and those that it switches off."""
    switched: dict[bool, list[str]] = {True: [], False: []}
    for entry in value.entries:
        if isinstance(entry.value, Scalar) and entry.value.type == "bool":
            tools = switched[entry.value.value]
            tools += [tool for tool in _meant(entry.key.text, dialect) if tool not in tools]
    return switched[True], switched[False]


def _meant(name: str, dialect: Dialect) -> tuple[str, ...]:
    """The tools that a name from anywhere stands for, none if it is not known."""
    right_case = in_any_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return (right_case,)
    row = dialect.foreign_tool(name) or old_tool(name, dialect)
    return row.now if row else ()


@rule("warning")
def unknown_tool(ctx: Context) -> Iterator[Finding]:
    """No tool has this name.

    Claude Code drops entries that it does not know, without a word, as long as one other entry
    is left. In `disallowedTools` an unknown name takes nothing away. Quotes, backticks and brackets
    that are part of the text count as part of the name. Tools of your own can be added to the
    setting `tools`; those of MCP servers are written `mcp__server__tool` and are never reported.

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
    for tools, listed, now in faults(ctx, "unknown-tool"):
        name = listed.entry.name or listed.entry.text
        if is_unclosed(name):
            unclosed = f"{as_code(name)} has no closing parenthesis; all that follows belongs to the entry."
            yield Finding(listed.entry.span, unclosed)
            continue
        message = f"There is no tool {as_code(name)}: {effect(ctx, tools)}."
        if now:
            message += f" Did you mean {listing(now)}?"
        stripped = bool(now) and now[0] in name
        yield Finding(
            listed.entry.name_span,
            message,
            replacement(ctx, tools, listed, now, safe=stripped) if now else removal(ctx, tools, listed),
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
    for tools, listed, now in faults(ctx, "wrong-case-tool"):
        yield Finding(
            listed.entry.name_span,
            f"Names of tools are case-sensitive: write {listing(now)} for `{listed.entry.name}`."
            f" As it stands {effect(ctx, tools)}.",
            replacement(ctx, tools, listed, now, safe=True),
        )


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
    for tools, listed, now in faults(ctx, "removed-tool"):
        old = old_tool(listed.entry.name, ctx.dialect)
        assert old is not None, "the fault comes from this row"
        fixes = [fix for name in now for fix in replacement(ctx, tools, listed, (name,))]
        if not now or tools.key.name == DENIED:
            fixes = [*removal(ctx, tools, listed), *fixes]
        yield Finding(
            listed.entry.name_span,
            f"There is no tool `{listed.entry.name}` any more ({old.note}): {effect(ctx, tools)}.",
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
        for listed in tools.items:
            name, tool = listed.entry.name, listed.tool
            if listed.standing != "available" or tool is None or tool == name:
                continue
            if any(other.entry[1:3] == (tool, listed.entry.specifier) for other in tools.items):
                fixes = removal(ctx, tools, listed, safe=True)
            else:
                edit = Edit(listed.entry.name_span, tool)
                plain = listed.entry.span.of(ctx.text) == listed.entry.text
                fixes = fix_if_harmless(ctx, f"Write `{tool}`", (edit,) if plain else (), safe=True)
            old = ctx.dialect.old_tool(name)
            note = f" ({old.note})" if old else ""
            yield Finding(
                listed.entry.name_span,
                f"`{name}` is called `{tool}` now{note}. The old name still works.",
                fixes,
            )


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
    whole = [tools for tools in ctx.document.tool_lists if is_mostly_foreign(tools)]
    for tools in whole:
        dropped = [listed.entry.text for listed in tools.items if fault_of(listed, tools, ctx.dialect)]
        yield Finding(
            tools.value.span,
            f"This list is written for {_owner(tools, ctx.dialect)}."
            f" {runtime(ctx)} does not know {listing(dropped)}.",
            fix_if_harmless(ctx, f"Write the names that {runtime(ctx)} knows", translation(ctx, tools)),
        )
    for tools, listed, now in faults(ctx, "foreign-tool"):
        row = ctx.dialect.foreign_tool(listed.entry.name)
        assert row is not None, "the fault comes from this row"
        nearest_here = f" What comes nearest is {listing(now)}." if now else ""
        yield Finding(
            listed.entry.name_span,
            f"`{row.name}` is a tool of {row.of}: {effect(ctx, tools)}.{nearest_here}",
            replacement(ctx, tools, listed, now) if now else removal(ctx, tools, listed),
        )


def _owner(tools: ToolList, dialect: Dialect) -> str:
    """The product that most of the foreign names belong to."""
    owners = [row.of for listed in tools.items if (row := dialect.foreign_tool(listed.entry.name))]
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
    if _runs_main_session(ctx):
        return
    for tools, listed, _ in faults(ctx, "unavailable-tool"):
        tool = ctx.dialect.tool(listed.entry.name)
        assert tool is not None, "the fault comes from this row"
        if tool.subagents == "never":
            when = "never available to subagents"
        else:
            when = f"available to subagents with `permissionMode: {tool.subagents}` only"
        yield Finding(
            listed.entry.name_span,
            f"`{tool.name}` is {when}: {effect(ctx, tools)}.",
            removal(ctx, tools, listed),
        )


def _runs_main_session(ctx: Context) -> bool:
    """Whether the agent is meant to run the main session, as no subagent has a first prompt."""
    return ctx.entry("initialPrompt") is not None and not ctx.in_plugin


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
        f" {runtime(ctx)} drops {listing(names)}.",
    )


@rule("warning")
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
    found = list(faults(ctx, "tool-separator"))
    for tools in ctx.document.tool_lists if found else ():
        for scalar in tools.value.items if isinstance(tools.value, Sequence) else (tools.value,):
            wrong = [
                listed
                for of, listed, _ in found
                if of is tools and scalar.span.start <= listed.entry.span.start < scalar.span.end
            ]
            if isinstance(scalar, Scalar) and wrong:
                yield _separator_finding(ctx, scalar, wrong)


def _separator_finding(ctx: Context, scalar: Scalar, wrong: list[Listed]) -> Finding:
    """The finding about one text in which the entries `wrong` hold separators that are none."""
    texts = [listed.entry.text for listed in wrong]
    marks = dict.fromkeys(
        mark for text in texts for mark in SEPARATOR.findall(without_specifiers(text)) if mark
    )
    shown = " and ".join(_MARKS.get(mark, f"`{mark}`") for mark in marks)
    verb = "do" if len(marks) > 1 else "does"
    pieces: list[str] = []
    for text in split_text(scalar.text):
        pieces += pieces_of(text) if text in texts else text.split("\n")
    names = ", ".join(pieces)
    if scalar.style == "double" and '"' not in names and "\\" not in names:
        names = f'"{names}"'
    elif scalar.style in ("single", "double") or not _NEEDS_NO_QUOTES.fullmatch(names):
        names = quoted(names)
    return Finding(
        wrong[0].entry.span if len(wrong) == 1 else scalar.span,
        f"{shown[0].upper()}{shown[1:]} {verb} not separate tools: {runtime(ctx)} looks for"
        f" {'a tool' if len(wrong) == 1 else 'tools'} called {listing(texts)}, and finds none.",
        fix_if_harmless(ctx, "Write commas", (Edit(scalar.span, names),) if pieces else ()),
    )


_MARKS = {"\n": "a line break", "\t": "a tab", "\u00a0": "a no-break space"}
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z](?:[\w ,()/.*-]|:(?=\S))*")


@rule("warning")
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


def _with_specifier(ctx: Context) -> Iterator[tuple[ToolList, Listed]]:
    """The entries of tools at hand with a specifier that is to narrow them down."""
    for tools in ctx.document.tool_lists:
        for listed in tools.items:
            specifier = listed.entry.specifier
            if specifier and specifier.strip(" :*") and listed.standing == "available":
                yield tools, listed


def _without_specifier(ctx: Context, tools: ToolList, listed: Listed) -> tuple[Fix, ...]:
    """The fix that leaves just the tool, once."""
    others = [other for other in tools.items if other.tool == listed.tool and other is not listed]
    if any(not other.entry.specifier for other in others):
        return removal(ctx, tools, listed)
    edits = change_list(ctx.document, tools.value, {listed.entry.span: (listed.entry.name,)})
    return fix_if_harmless(ctx, f"Write `{listed.entry.name}`", edits)


@rule("information")
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
    if _runs_main_session(ctx):
        return
    for tools, listed in _with_specifier(ctx):
        row = ctx.dialect.tool(listed.tool or "")
        if row and row.scoping and tools.key.name == TOOLS:
            yield Finding(
                listed.entry.span,
                f"`{listed.entry.text}`: {row.scoping[0].lower()}{row.scoping[1:]}",
                _without_specifier(ctx, tools, listed),
            )


@rule("warning")
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
    for listed in allowed.items:
        if listed.standing != "available" or listed.tool is None:
            continue
        tool = listed.tool
        by = [each for each in denied.items if is_denied(tool, {each.tool or each.entry.name})]
        if not by:
            continue
        yield Finding(
            listed.entry.span,
            f"`{by[0].entry.text}` in `disallowedTools` takes `{listed.entry.text}` away again.",
            (*removal(ctx, allowed, listed, safe=True), *removal(ctx, denied, *by)),
            tuple(Related(each.entry.span, "Taken away here") for each in by),
        )


@rule("hint", tags=("unnecessary",))
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
        seen: dict[tuple[str | None, str | None], Listed] = {}
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
                    removal(ctx, tools, listed, safe=True) if same_name else (),
                    (Related(first.entry.span, "Listed here"),),
                )


@rule("warning")
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
    for tools, listed, now in faults(ctx, "wildcard-not-understood"):
        name = listed.entry.name
        if name == EVERY_MCP_TOOL:
            message = f"`{name}` is understood in `{DENIED}` only. Name each server, as in `mcp__github`."
            fixes = removal(ctx, tools, listed)
        elif ALL in name:
            message = (
                f"{as_code(name)} is no tool: {effect(ctx, tools)}. `*` stands for all tools only by itself."
            )
            fixes = replacement(ctx, tools, listed, now) if now else removal(ctx, tools, listed)
        else:
            entry = ctx.entry(tools.key.name)
            assert entry is not None, "the list stands in the frontmatter"
            message = f"`{name}` is not a keyword: {effect(ctx, tools)}. `*` stands for all tools."
            fixes = fix_if_harmless(ctx, 'Write `"*"` for all tools', (with_value(entry, '"*"'),))
        yield Finding(listed.entry.name_span, message, fixes)
