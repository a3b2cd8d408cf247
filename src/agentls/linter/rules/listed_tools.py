"""Rules about lists of tools: their entries, and the tools that the agent has because of them."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import ALL_TOOLS, EVERY_MCP_TOOL, grammar_for, split_tool_names
from agentls.document.edits import edit_list, quote_scalar, remove_entry, set_value
from agentls.document.tools import (
    AvailableTools,
    ResolvedEntry,
    ToolList,
    is_lost_in_background,
    missing_in_runtime,
    names_denying,
    runs_in_background,
)
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, join_titles, rule
from agentls.linter.shared.load_reasons import remaining_findings
from agentls.linter.shared.suggestions import remove_key
from agentls.linter.shared.tool_entries import (
    DENIED,
    SEPARATOR,
    TOOLS,
    WITHOUT_TOOLS,
    UnresolvedEntry,
    allows_unlisted_tools,
    entry_effect,
    entry_effects,
    equivalent_tools,
    explain_entry,
    find_former_tool,
    find_unresolved,
    has_open_parenthesis,
    insert_tool,
    is_mostly_foreign,
    is_read_as_string,
    remove_entries,
    replace_entry,
    runs_main_session,
    split_entry,
    strip_specifiers,
    translate_list,
)
from agentls.linter.shared.translation import foreign_format_of
from agentls.linter.shared.value_types import entries_of_type
from agentls.readers.reading import Reading
from agentls.text.escaping import code_span
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import describe_value, join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


@rule("ignored", subjects=("unresolved tool", "reason unknown-tool"))
def unknown_tool(ctx: Context) -> Iterator[Finding]:
    """No tool has this name.

    Claude Code silently ignores unknown entries as long as at least one other entry remains. In
    `disallowedTools` an unknown name denies nothing. Quotes, backticks and brackets inside a
    string are part of the name. Add your own tools to the setting `tools`; tools of MCP servers are
    written `mcp__server__tool` and are never reported.

    Some products add tools every week. For these, a name that is not close to a known tool is only a
    hint, because the tool may be newer than the table.

    Gemini CLI rejects an agent if any name in `tools` is unknown. Names are case-sensitive there.

    ## Bad

    ```yaml
    tools: Read, Grpe
    ```

    ```yaml .gemini/agents
    tools: [read_file, Bash]
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```

    ```yaml .gemini/agents
    tools: [read_file, run_shell_command]
    ```
    """
    yield from _rejected_tools(ctx)
    for tools, listed, replacements in find_unresolved(ctx, "unknown-tool"):
        name = listed.entry.name or listed.entry.text
        if has_open_parenthesis(name):
            message = f"Unclosed parenthesis in {code_span(name)}; everything after it is part of this entry."
            yield Finding(listed.entry.span, message)
            continue
        problem = (
            f"Unknown tool {code_span(name)}"
            if replacements
            else f"{code_span(name)} is not a tool known to agentls"
        )
        # The name is right except for quotes or brackets around it.
        is_safe = bool(replacements) and replacements[0] in name and "(" not in name
        yield Finding(
            listed.entry.name_span,
            f"{problem}; {entry_effect(ctx, tools, listed)}.",
            replace_entry(ctx, tools, listed, replacements, safe=is_safe),
            effects=entry_effects(ctx, tools, replacements)
            if replacements
            else ctx.effects(Consequence.SUGGESTION),
            meant=join_names(replacements),
        )


def _rejected_tools(ctx: Context) -> Iterator[Finding]:
    """Yield a finding for each name that makes a runtime reject the file."""
    findings = list(remaining_findings(ctx, "unknown-tool"))
    unresolved_entries = {
        listed.entry.name_span: (tools, listed, unresolved.replacements)
        for tools in (ctx.document.tool_lists if findings else ())
        for listed in tools.items
        if (unresolved := explain_entry(listed, tools, ctx.dialect))
    }
    for finding in findings:
        if finding.span not in unresolved_entries:
            yield finding
            continue
        tools, listed, replacements = unresolved_entries[finding.span]
        yield finding._replace(
            fixes=replace_entry(ctx, tools, listed, replacements),
            meant=join_names(replacements),
        )


def _sentence(clause: str) -> str:
    """Return a clause as a sentence."""
    return f"{clause[0].upper()}{clause[1:]}."


@rule("ignored", subjects=("type tools",))
def tool_not_a_string(ctx: Context) -> Iterator[Finding]:
    """An item of a list of tools is not a string, and is ignored.

    An entry such as `Bash(npm: test)` contains `: ` and is a mapping in YAML, unless it is quoted.

    ## Bad

    ```yaml
    tools:
      - Read
      - Bash(npm: test)
    ```

    ## Good

    ```yaml
    tools:
      - Read
      - Bash
    ```
    """
    for key, entry in entries_of_type(ctx, "tools"):
        if key.value.schema or key.value.schemas or not isinstance(entry.value, Sequence):
            continue
        for item in entry.value.items:
            if isinstance(item, Scalar) and (item.type in ("str", "null") or item.is_alias):
                continue
            message = (
                f"A tool must be a string, not {describe_value(item)}. {ctx.describe_effect('ignores it')}."
            )
            yield Finding(item.span, message, _quote_item(ctx, item))


def _quote_item(ctx: Context, item: Node) -> tuple[Fix, ...]:
    """Return the fix that quotes an item that is a mapping only because of the colon in it."""
    written = item.span.text_in(ctx.text)
    if not isinstance(item, Mapping) or item.flow or "\n" in written:
        return ()
    return ctx.make_fix("Quote the item", Edit(item.span, quote_scalar(written)))


@rule("ignored", subjects=("unresolved tool",))
def wrong_case_tool(ctx: Context) -> Iterator[Finding]:
    """The name of a tool is written in the wrong case.

    Tool names are case-sensitive. Claude Code treats `read` as an unknown name and ignores it.

    ## Bad

    ```yaml
    tools: Read, grep
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    is_table_incomplete = allows_unlisted_tools(ctx)
    for tools, listed, replacements in find_unresolved(ctx, "wrong-case-tool"):
        name, right = f"`{listed.entry.name}`", join_names(replacements)
        if is_table_incomplete:
            not_supported = ctx.describe_effect(f"is not documented to support {name}")
            message = f"The tool is named {right}; {not_supported}."
        elif len(listed.ignored_by) < len(ctx.readings):
            # The other readers accept names in any case.
            ignored = describe_effect(listed.ignored_by, "ignores tool names in the wrong case")
            message = f"{ignored}: use {right}, not {name}."
        else:
            message = f"Tool names are case-sensitive: use {right}, not {name}."
            message += f" {_sentence(entry_effect(ctx, tools, listed))}"
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, replacements, safe=True),
            effects=entry_effects(ctx, tools, () if is_table_incomplete else replacements),
        )


@rule("ignored", tags=("deprecated",), subjects=("unresolved tool",))
def removed_tool(ctx: Context) -> Iterator[Finding]:
    """A tool was removed or renamed, and its old name no longer works.

    Claude Code silently ignores the names of removed tools. Most of these tools have a successor,
    which must be listed by its own name.

    ## Bad

    ```yaml
    tools: Read, LS
    ```

    ## Good

    ```yaml
    tools: Read, Glob
    ```
    """
    for tools, listed, replacements in find_unresolved(ctx, "removed-tool"):
        old = find_former_tool(listed.entry.name, ctx.dialect)
        assert old is not None, "the code comes from this row"
        fixes = [fix for name in replacements for fix in replace_entry(ctx, tools, listed, (name,))]
        if not replacements or tools.key.name == DENIED:
            fixes = [*remove_entries(ctx, tools, listed), *fixes]
        message = f"`{listed.entry.name}` was {old.note}; {entry_effect(ctx, tools, listed)}."
        if replacements:
            message += f" Use {join_names(replacements)} instead."
        yield Finding(listed.entry.name_span, message, tuple(dict.fromkeys(fixes)))


@rule("suggestion", tags=("deprecated",), subjects=("renamed tool",))
def renamed_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed by an old name that still works.

    Claude Code still accepts some old names, such as `Task` for `Agent`. Its documentation uses only
    the new names.

    ## Bad

    ```yaml
    tools: Read, Task
    ```

    ## Good

    ```yaml
    tools: Read, Agent
    ```
    """
    for tools in ctx.document.tool_lists:
        renamed = [
            (listed, old)
            for listed in tools.items
            if listed.standing == "available" and (old := find_former_tool(listed.entry.name, ctx.dialect))
        ]
        rename_all = _replace_old_names(ctx, tools, [listed for listed, _ in renamed])
        for listed, old in renamed:
            what = "renamed to" if len(old.replacements) == 1 else "split into"
            yield Finding(
                listed.entry.name_span,
                f"`{listed.entry.name}` was {what} {join_names(old.replacements)}; the old name still works.",
                (*_replace_old_name(ctx, tools, listed, old.replacements), *rename_all),
            )


def _replace_old_name(
    ctx: Context, tools: ToolList, listed: ResolvedEntry, current: tuple[str, ...]
) -> tuple[Fix, ...]:
    """Return the fix that replaces an old name, or removes it if its current name is also listed."""
    entry = listed.entry
    if any(other.entry[1:3] == (current[0], entry.specifier) for other in tools.items):
        return remove_entries(ctx, tools, listed, safe=True) if len(current) == 1 else ()
    if entry.span.text_in(ctx.text) != entry.text:
        return ()
    title = f"Change to {join_names(current)}"
    if len(current) == 1:
        return ctx.make_fix(title, Edit(entry.name_span, current[0]), safe=True)
    edits = edit_list(ctx.document, tools.value, {entry.span: current})
    return ctx.make_fix(title, *edits, safe=True)


def _replace_old_names(ctx: Context, tools: ToolList, renamed: list[ResolvedEntry]) -> tuple[Fix, ...]:
    """Return the fix that replaces all old names of a list, without duplicates."""
    if len(renamed) < 2 or any(listed.entry.specifier for listed in renamed):
        return ()
    present = {listed.entry.name for listed in tools.items}
    changes: dict[Span, tuple[str, ...]] = {}
    for listed in renamed:
        changes[listed.entry.span] = tuple(name for name in listed.tools if name not in present)
        present.update(listed.tools)
    edits = edit_list(ctx.document, tools.value, changes)
    return ctx.make_fix(f"Replace all {len(renamed)} renamed tools", *edits, safe=True)


@rule("ignored", subjects=("unresolved tool",))
def foreign_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed by the name that it has in another product.

    Every product has its own tools: `run_shell_command` in Gemini CLI is `Bash` in Claude Code, which
    silently ignores the names of other products. If most tools of a list belong to other products,
    there is one finding for the whole list.

    ## Bad

    ```yaml
    tools: Read, run_shell_command
    ```

    ## Good

    ```yaml
    tools: Read, Bash
    ```
    """
    lists = () if foreign_format_of(ctx) else ctx.document.tool_lists
    for tools in filter(is_mostly_foreign, lists):
        ignored = [listed.entry.text for listed in tools.items if explain_entry(listed, tools, ctx.dialect)]
        runtimes = dict.fromkeys(runtime for listed in tools.items for runtime in listed.ignored_by)
        not_supported = describe_effect(runtimes, f"does not support {join_names(ignored)}")
        yield Finding(
            tools.value.span,
            f"This list is written for {_main_owner(tools, ctx.dialect)}; {not_supported}.",
            _translate_list(ctx, tools),
            effects=ctx.effects(Consequence.IGNORED, tools.key.source),
        )
    for tools, listed, replacements in find_unresolved(ctx, "foreign-tool"):
        row = ctx.dialect.foreign_tool(listed.entry.name)
        assert row is not None, "the code comes from this row"
        message = f"`{row.name}` is a tool of {row.owner}; {entry_effect(ctx, tools, listed)}."
        if row.is_equivalent:
            message += f" Use {join_names(replacements)} instead."
        elif replacements:
            closest = "The closest tool is" if len(replacements) == 1 else "The closest tools are"
            message += f" {closest} {join_names(replacements)}."
        yield Finding(
            listed.entry.name_span,
            message,
            replace_entry(ctx, tools, listed, replacements),
            effects=entry_effects(ctx, tools, replacements),
        )


def _main_owner(tools: ToolList, dialect: Dialect) -> str:
    """Return the product that most of the foreign names belong to."""
    owners = [row.owner for listed in tools.items if (row := dialect.foreign_tool(listed.entry.name))]
    return max(owners, key=owners.count)


def _translate_list(ctx: Context, tools: ToolList) -> tuple[Fix, ...]:
    """Return the fix that replaces the tools of other products."""
    return ctx.make_fix(f"Change to the tools of {ctx.runtime_titles}", *translate_list(ctx, tools))


@rule("ignored", subjects=("unresolved tool",))
def unavailable_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed that is not available to subagents.

    Some tools, such as `AskUserQuestion`, are only available in the main session. Claude Code ignores
    them in the list of a subagent. `ExitPlanMode` requires `permissionMode: plan`. An agent with an
    `initialPrompt` is written for the main session, and is not reported.

    ## Bad

    ```yaml
    tools: Read, AskUserQuestion
    ```

    ## Good

    ```yaml
    tools: Read
    ```
    """
    if runs_main_session(ctx):
        return
    for tools, listed, _ in find_unresolved(ctx, "unavailable-tool"):
        tool = ctx.dialect.tool(listed.entry.name)
        assert tool is not None, "the code comes from this row"
        if tool.availability == "never":
            when = "never available to subagents"
        else:
            when = f"only available to subagents with `{ctx.dialect.tool_keys.mode}: {tool.mode}`"
        yield Finding(
            listed.entry.name_span,
            f"`{tool.name}` is {when}; {entry_effect(ctx, tools, listed)}.",
            remove_entries(ctx, tools, listed),
        )


@rule("advice", subjects=("tools",))
def tool_lost_in_background(ctx: Context) -> Iterator[Finding]:
    """A tool is listed that is not available when the agent runs in the background.

    Subagents run in the background by default. In the background Claude Code provides all tools of
    MCP servers but only some of the built-in tools: it removes `LSP`, the task list, and the tools that
    schedule prompts. Team members keep the task list and the schedule. A file that sets
    `background: false` is not reported. With `background: true` the agent never has the tool, and without
    any other it is never started (see `no-tools`).

    ## Bad

    ```yaml
    tools: Read, LSP
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    lost = [
        listed
        for tools in ctx.document.tool_lists
        if tools.key.name == TOOLS
        for listed in tools.items
        if listed.standing == "available" and is_lost_in_background(listed.tool or "", ctx.dialect)
    ]
    in_background = runs_in_background(ctx.reading)
    if not lost or in_background is False or not ctx.document.has_tools:
        return
    names = join_names(dict.fromkeys(listed.entry.name for listed in lost))
    if in_background:
        removes = ctx.describe_effect(f"removes {names} because the agent runs in the background")
        effects = ctx.effects(Consequence.IGNORED)
        yield Finding(lost[0].entry.name_span, f"{removes}.", effects=effects)
    else:
        removes = ctx.describe_effect(f"removes {names} when the agent runs in the background")
        yield Finding(lost[0].entry.name_span, f"{removes}, which is the default.")


@rule("no tools")
def no_tools(ctx: Context) -> Iterator[Finding]:
    """The agent has no tools.

    If `tools` is empty, a mapping, a number, or a list of unknown names, Claude Code starts the agent
    without tools or refuses to start it. It loads the file without a warning. To give the agent all
    tools, remove the key or set it to `"*"`.

    ## Bad

    ```yaml
    tools:
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    toolless = [(reading, tools) for reading in ctx.readings if (tools := _without_tools(ctx, reading))]
    toolless.sort(key=lambda pair: pair[0].runtime.without_tools == "unknown")
    if not toolless:
        return
    (reading, tools), *_ = toolless
    entry = reading.entry(TOOLS)
    assert entry is not None, "without the key the agent has all tools"
    if tools.mode == "none":
        yield _no_names_finding(ctx, entry, toolless)
    else:
        yield _none_available_finding(ctx, entry, tools, toolless)


_Toolless = list[tuple[Reading, AvailableTools]]


def _no_names_finding(ctx: Context, entry: Entry, toolless: _Toolless) -> Finding:
    """Return the finding about a value of `tools` without any name."""
    runtimes = _alike(toolless)
    is_certain = runtimes[0].without_tools != "unknown"
    if isinstance(entry.value, Mapping):
        problem, consequence = "is a mapping", Consequence.NO_TOOLS
    elif (isinstance(entry.value, Scalar) and entry.value.text) or (
        isinstance(entry.value, Sequence) and entry.value.items
    ):
        problem, consequence = "contains no tool names", Consequence.NO_TOOLS
    else:
        # A runtime that starts such an agent may be given one on purpose.
        is_intended = runtimes[0].without_tools == "started"
        problem, consequence = "is empty", Consequence.ADVICE if is_intended else Consequence.NO_TOOLS
    starts = describe_effect(runtimes, f"{'starts' if is_certain else 'may start'} the agent without tools")
    return Finding(
        entry.report_span,
        f"`tools` {problem}; {starts}.",
        tuple(fix for fix in _value_fixes(ctx, entry) if _gives_tools(ctx, fix)),
        effects=_effects(toolless, consequence, is_certain=is_certain),
    )


def _none_available_finding(
    ctx: Context, entry: Entry, tools: AvailableTools, toolless: _Toolless
) -> Finding:
    """Return the finding about a list of which no tool is available."""
    runtimes = _alike(toolless)
    names = [ignored.name for ignored in tools.dropped]
    problem = f"{join_names(names)} is not" if len(names) == 1 else f"None of {join_names(names)} is"
    reasons = {ignored.reason for ignored in tools.dropped}
    why = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    lists = [each for each in ctx.document.tool_lists if each.key.name == TOOLS]
    is_explained = all(
        explain_entry(listed, tools, ctx.dialect) != _UNKNOWN for tools in lists for listed in tools.items
    )
    is_known = is_explained or not ctx.dialect.tool_grammar.is_open_set
    effect = describe_effect(runtimes, WITHOUT_TOOLS[runtimes[0].without_tools])
    if is_known:
        message = f"{problem} available{why}; {effect}."
    else:
        them = "it" if len(names) == 1 else "them"
        message = f"{problem} known to agentls. If no server or extension provides {them}, {effect}."
    consequence = Consequence.NO_TOOLS if is_known else Consequence.SUGGESTION
    return Finding(
        entry.report_span,
        message,
        tuple(fix for each in lists for fix in _translate_list(ctx, each) if _gives_tools(ctx, fix)),
        effects=_effects(toolless, consequence, is_certain=runtimes[0].without_tools != "unknown"),
    )


def _alike(toolless: _Toolless) -> list[Runtime]:
    """Return the runtimes that treat the agent as the first of them does."""
    runtimes = [reading.runtime for reading, _ in toolless]
    return [runtime for runtime in runtimes if runtime.without_tools == runtimes[0].without_tools]


def _effects(toolless: _Toolless, consequence: Consequence, *, is_certain: bool) -> tuple[Effect, ...]:
    """Return the effect on each runtime in which the agent has no tools.

    If that is uncertain, all that is known is that the entries are ignored.
    """
    if consequence is Consequence.NO_TOOLS and not is_certain:
        consequence = Consequence.IGNORED
    return tuple(Effect(reading.runtime.name, consequence) for reading, _ in toolless)


_UNKNOWN = UnresolvedEntry("unknown-tool")


def _without_tools(ctx: Context, reading: Reading) -> AvailableTools | None:
    """Return the tools of an agent for a runtime if there are none.

    Return `None` also if the runtime rejects the file because of them, if its behaviour is undocumented, or if
    the author intends it.
    """
    runtime, grammar = reading.runtime, grammar_for(reading.dialect, reading.runtime)
    entry = reading.entry(TOOLS)
    if (
        entry is None
        or grammar.is_mapping
        or runtime.unknown_tools in ("refused", "undocumented")
        or is_read_as_string(ctx, entry.value)
    ):
        return None
    if ctx.document.has_tools_in(reading):
        return None
    if any(reason.span == entry.report_span for reason in reading.reasons):
        return None
    tools = ctx.document.tools_in(reading)
    # A list with tools of another runtime, or with its word for all tools, is written for that one.
    has_keyword = any(ignored.name in reading.dialect.tool_grammar.wildcards for ignored in tools.dropped)
    works_elsewhere = any(ignored.reason == missing_in_runtime(runtime) for ignored in tools.dropped)
    is_intended = tools.mode == "none" and grammar.empty_is_intended
    return None if has_keyword or works_elsewhere or is_intended else tools


def _gives_tools(ctx: Context, fix: Fix) -> bool:
    """Whether the agent has tools after the fix."""
    return ctx.document.with_edits(fix.edits).has_tools


def _value_fixes(ctx: Context, entry: Entry) -> Iterator[Fix]:
    """Yield the fixes for a value of `tools` without any name."""
    root = ctx.reading.root
    assert root is not None, "the entry is in it"
    if isinstance(entry.value, Mapping) and entry.value.entries:
        on, off = _switches(entry.value, ctx.dialect)
        if on:
            yield Fix(f"Change to {join_names(on)}", (set_value(entry, ", ".join(on)),))
        elif off and root.get(DENIED) is None:
            key = Edit(entry.key.span, DENIED)
            value = set_value(entry, ", ".join(off))
            yield from ctx.make_fix(f"Deny {join_names(off)} in `{DENIED}`", key, value)
    else:
        if all(ALL_TOOLS in grammar_for(each.dialect, each.runtime).wildcards for each in ctx.readings):
            yield Fix('Change to `"*"` (all tools)', (set_value(entry, '"*"'),))
        yield from ctx.make_fix("Remove `tools` (all tools)", remove_entry(ctx.document, root, entry))


def _switches(value: Mapping, dialect: Dialect) -> tuple[list[str], list[str]]:
    """Return the tools that a mapping from tools to booleans enables, and those that it disables."""
    switched: dict[bool, list[str]] = {True: [], False: []}
    for entry in value.entries:
        if isinstance(entry.value, Scalar) and entry.value.type == "bool":
            tools = switched[entry.value.value]
            tools += [tool for tool in equivalent_tools(entry.key.text, dialect) if tool not in tools]
    return switched[True], switched[False]


@rule("ignored", subjects=("unresolved tool",))
def tool_separator(ctx: Context) -> Iterator[Finding]:
    """Tools are separated by a character that is not a separator.

    In a string only commas and spaces separate tools. If they are separated by `;`, `|`, a full-width comma, a
    tab or a line break, Claude Code reads them as one unknown name.

    ## Bad

    ```yaml
    tools: Read; Grep
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    found = list(find_unresolved(ctx, "tool-separator"))
    for tools in ctx.document.tool_lists if found else ():
        is_list = isinstance(tools.value, Sequence)
        for scalar in tools.value.items if isinstance(tools.value, Sequence) else (tools.value,):
            wrong = [
                listed
                for of, listed, _ in found
                if of is tools and scalar.span.start <= listed.entry.span.start < scalar.span.end
            ]
            if not isinstance(scalar, Scalar) or not wrong:
                continue
            if is_list and not ctx.dialect.tool_grammar.splits_items:
                for listed in wrong:
                    yield _item_finding(ctx, tools, listed)
            else:
                yield _separator_finding(ctx, scalar, wrong)


def _item_finding(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> Finding:
    """Return the finding about an item that contains several tools, in a list in which each needs an item."""
    text = listed.entry.text
    reads = describe_effect(listed.ignored_by, f"reads {code_span(text)} as an unknown tool")
    edits = edit_list(ctx.document, tools.value, {listed.entry.span: tuple(split_entry(text))})
    return Finding(
        listed.entry.span,
        f"Each list item must be one tool; {reads}.",
        ctx.make_fix("Split into separate items", *edits),
    )


def _separator_finding(ctx: Context, scalar: Scalar, wrong: list[ResolvedEntry]) -> Finding:
    """Return the finding about a string whose entries `wrong` contain characters that do not separate."""
    texts = [listed.entry.text for listed in wrong]
    marks = dict.fromkeys(
        mark for text in texts for mark in SEPARATOR.findall(strip_specifiers(text)) if mark
    )
    shown = " and ".join(_MARKS.get(mark, f"`{mark}`") for mark in marks)
    separate = "does not separate" if len(marks) == 1 else "do not separate"
    read_as = "an unknown tool" if len(wrong) == 1 else "unknown tools"
    return Finding(
        wrong[0].entry.span if len(wrong) == 1 else scalar.span,
        f"{shown[0].upper()}{shown[1:]} {separate} tools;"
        f" {ctx.describe_effect(f'reads {join_names(texts)} as {read_as}')}.",
        _separate_with_commas(ctx, scalar, texts),
    )


def _separate_with_commas(ctx: Context, scalar: Scalar, wrong: list[str]) -> tuple[Fix, ...]:
    """Return the fix that splits the entries `wrong` of a string, and separates all with commas."""
    pieces: list[str] = []
    for text in split_tool_names(scalar.text, ctx.dialect.tool_grammar.separators):
        pieces += split_entry(text) if text in wrong else text.split("\n")
    if not pieces:
        return ()
    names = ", ".join(pieces)
    if scalar.style == "double" and '"' not in names and "\\" not in names:
        names = f'"{names}"'
    elif scalar.style in ("single", "double") or not _NEEDS_NO_QUOTES.fullmatch(names):
        names = quote_scalar(names)
    return ctx.make_fix("Separate with commas", Edit(scalar.span, names))


_MARKS = {" ": "a space", "\n": "a line break", "\t": "a tab", "\u00a0": "a no-break space"}

_NEEDS_NO_QUOTES = lazy_pattern(r"[A-Za-z](?:[\w ,()/.*-]|:(?=\S))*")


@rule("ignored", subjects=("specifier",))
def unscoped_specifier(ctx: Context) -> Iterator[Finding]:
    """A specifier in parentheses does not restrict the tool.

    `Bash(git:*)` in `tools` gives the agent all of Bash: it can also run other commands, and commands
    that match are not pre-approved. `Bash(rm:*)` in `disallowedTools` denies all of Bash. To restrict
    what an agent can run, use the permissions in the settings or a `PreToolUse` hook.

    ## Bad

    ```yaml
    tools: Read, Bash(git:*)
    ```

    ## Good

    ```yaml
    tools: Read, Bash
    ```
    """
    for tools, listed in _with_specifier(ctx):
        row = ctx.dialect.tool(listed.tool or "")
        if row is None or not tools.key.docs.specifier or (row.specifier_effect and tools.key.name == TOOLS):
            continue
        message = f"The specifier in `{listed.entry.text}` is ignored. {tools.key.docs.specifier}"
        if row.name == "Skill" and tools.key.name == TOOLS:
            message += f" To preload a skill, list it in `{_SKILLS}`."
        yield Finding(listed.entry.span, message, _remove_specifier(ctx, tools, listed))


_SKILLS = "skills"


def _with_specifier(ctx: Context) -> Iterator[tuple[ToolList, ResolvedEntry]]:
    """Yield the entries of available tools with a specifier that does not allow everything."""
    for tools in ctx.document.tool_lists:
        for listed in tools.items:
            specifier = listed.entry.specifier
            if specifier and specifier.strip(" :*") and listed.standing == "available":
                yield tools, listed


def _remove_specifier(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> tuple[Fix, ...]:
    """Return the fix that keeps only the name, or removes the entry if the tool is also listed without a
    specifier."""
    others = [other for other in tools.items if other.tool == listed.tool and other is not listed]
    if any(not other.entry.specifier for other in others):
        return remove_entries(ctx, tools, listed)
    edits = edit_list(ctx.document, tools.value, {listed.entry.span: (listed.entry.name,)})
    return ctx.make_fix(f"Change to `{listed.entry.name}`", *edits)


@rule("advice", subjects=("specifier",))
def agent_types_ignored(ctx: Context) -> Iterator[Finding]:
    """The agents listed in `Agent(...)` do not restrict a subagent.

    `Agent(worker, tester)` in `tools` restricts which agents can be started if this agent runs the
    main session (`claude --agent`). As a subagent it can start any agent. An agent with an
    `initialPrompt` is written for the main session, and is not reported.

    ## Bad

    ```yaml
    tools: Read, Agent(worker, tester)
    ```

    ## Good

    ```yaml
    tools: Read, Agent
    ```
    """
    if runs_main_session(ctx):
        return
    for tools, listed in _with_specifier(ctx):
        row = ctx.dialect.tool(listed.tool or "")
        if row and row.specifier_effect and tools.key.name == TOOLS:
            yield Finding(listed.entry.span, row.specifier_effect, _remove_specifier(ctx, tools, listed))


@rule("ignored", subjects=("several tool lists",))
def allowed_and_denied(ctx: Context) -> Iterator[Finding]:
    """A tool is listed in both `tools` and `disallowedTools`.

    `disallowedTools` has priority: Claude Code removes its tools first, and then looks for the
    tools of `tools` in the rest. A specifier makes no difference: `Bash(rm:*)` in
    `disallowedTools` denies all of `Bash`.

    ## Bad

    ```yaml
    tools: Read, Bash
    disallowedTools: Bash
    ```

    ## Good

    ```yaml
    tools: Read
    ```
    """
    lists = {tools.key.name: tools for tools in ctx.document.tool_lists}
    if TOOLS not in lists or DENIED not in lists:
        return
    allowed, denied = lists[TOOLS], lists[DENIED]
    denied_by: dict[str, list[ResolvedEntry]] = {}
    for each in denied.items:
        denied_by.setdefault(each.tool or each.entry.name, []).append(each)
    for listed in allowed.items:
        if listed.standing != "available" or listed.tool is None:
            continue
        by = [each for name in names_denying(listed.tool) for each in denied_by.get(name, ())]
        by.sort(key=lambda each: each.entry.span)
        if not by:
            continue
        yield Finding(
            listed.entry.span,
            f"`{by[0].entry.text}` in `{DENIED}` denies `{listed.entry.text}`; the agent does not have it.",
            (*remove_entries(ctx, allowed, listed, safe=True), *remove_entries(ctx, denied, *by)),
            tuple(Related(each.entry.span, "denied here") for each in by),
        )


@rule("suggestion", tags=("unnecessary",), subjects=("tools",))
def duplicate_tool(ctx: Context) -> Iterator[Finding]:
    """A tool is listed twice.

    The duplicate has no effect. An old name is a duplicate of the current name of the same tool.
    Entries with different specifiers are not reported by this rule.

    ## Bad

    ```yaml
    tools: Read, Grep, Read
    ```

    ## Good

    ```yaml
    tools: Read, Grep
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
                    f"Duplicate tool `{listed.entry.text}`."
                    if same_name
                    else f"`{listed.entry.text}` is the same tool as `{first.entry.text}`.",
                    # `renamed-tool` has the fix that removes the old one of two names.
                    remove_entries(ctx, tools, listed, safe=True) if same_name else (),
                    (Related(first.entry.span, "first listed here"),),
                )


@rule("ignored", subjects=("unresolved tool",))
def wildcard_not_understood(ctx: Context) -> Iterator[Finding]:
    """A pattern or keyword in `tools` is not supported.

    `*` means all tools, but only as the whole entry. `Read*` and `All` are unknown names and are
    ignored. `mcp__*`, which means the tools of all MCP servers, only works in `disallowedTools`; in
    `tools` each server must be listed, as in `mcp__github`.

    VS Code looks for a tool named `*` and finds none, so `tools: ["*"]` leaves the agent without its tools. Without
    the key an agent has all tools, in VS Code and in Copilot CLI.

    ## Bad

    ```yaml
    tools: Read, Web*
    ```

    ```yaml .github/agents
    tools: ["*"]
    ```

    ## Good

    ```yaml
    tools: Read, WebFetch, WebSearch
    ```

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for tools, listed, replacements in find_unresolved(ctx, "wildcard-not-understood"):
        name = listed.entry.name
        if name == EVERY_MCP_TOOL:
            message = f"`{name}` only works in `{DENIED}`. List each server instead, as in `mcp__github`."
            yield Finding(listed.entry.name_span, message, remove_entries(ctx, tools, listed))
            continue
        if name == ALL_TOOLS and not ctx.dialect.tool_grammar.wildcard_alone:
            yield _wildcard_of_others(ctx, tools, listed)
            continue
        message = f"Unknown tool {code_span(name)}; {entry_effect(ctx, tools, listed)}."
        if ALL_TOOLS not in name:
            entry = ctx.entry(tools.key.name)
            assert entry is not None, "the list is in the frontmatter"
            message += " Use `*` for all tools."
            fixes = ctx.make_fix('Change to `"*"` (all tools)', set_value(entry, '"*"'))
        else:
            message += (
                " Only `*` alone means all tools." if ALL_TOOLS in ctx.dialect.tool_grammar.wildcards else ""
            )
            fixes = replace_entry(ctx, tools, listed, replacements)
        yield Finding(listed.entry.name_span, message, fixes)


def _wildcard_of_others(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> Finding:
    """Return the finding about `*` in a list where some of the runtimes support it."""
    entry = ctx.entry(tools.key.name)
    assert entry is not None, "the list is in the frontmatter"
    is_alone = len(tools.items) == 1
    return Finding(
        listed.entry.span,
        f"`*` is not a tool of {join_titles(listed.ignored_by)}"
        f"{'; the agent has none of its tools there' if is_alone else ', which ignores it'}."
        f" Remove `{tools.key.name}` for {tools.key.docs.default_effect}.",
        remove_key(ctx, entry),
        effects=tuple(Effect(runtime.name, Consequence.IGNORED) for runtime in listed.ignored_by),
    )


@rule("ignored", subjects=("format with required tools",))
def missing_tool(ctx: Context) -> Iterator[Finding]:
    """A key has no effect because the agent does not have the tool that it requires.

    In VS Code an agent starts the agents in `agents` with the tool `agent`. If the agent has `tools`, the
    list must contain that tool.

    ## Bad

    ```yaml .github/agents
    tools: [read]
    agents: [reviewer]
    ```

    ## Good

    ```yaml .github/agents
    tools: [read, agent]
    agents: [reviewer]
    ```
    """
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.requirement.required_tool or not key.known_to(reading.runtime.name):
                continue
            empty = not entry.value.items if isinstance(entry.value, Sequence) else True
            tools = ctx.document.tools_in(reading)
            tool = reading.dialect.tool(key.requirement.required_tool)
            enough = {key.requirement.required_tool, *(tool.members if tool else ())}
            if empty or tools.mode == "all" or enough & set(tools.available):
                continue
            required = key.requirement.required_tool
            message = (
                f"{reading.runtime.title} ignores `{key.name}` without the tool {join_names([required])}."
            )
            yield Finding(entry.report_span, message, insert_tool(ctx, required))
