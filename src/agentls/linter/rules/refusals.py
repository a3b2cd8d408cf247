"""Rules about what makes a strict runtime refuse a whole file: keys, values, names of tools.

What is refused is found by the runtime's reading, from the tables of its dialect. A runtime that
is lenient in the same matter drops the one entry, which rules in other modules report.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, rule
from agentls.linter.rules.keys import closest_key
from agentls.linter.rules.keys import remove_key as key_removal
from agentls.linter.rules.loading import findings_for_reason
from agentls.linter.rules.values import with_suggestion
from agentls.linter.shared.corrections import correct_value
from agentls.linter.shared.tool_entries import explain_entry, remove_entries, replace_entry
from agentls.linter.shared.translation import is_reported_for_file, rename_key, translate_value
from agentls.text.offsets import Edit
from agentls.text.wording import format_code, join_names


def _reasons(ctx: Context, code: str) -> Iterator[Finding]:
    """The reasons of that code that are not told in one finding for the file."""
    for finding in findings_for_reason(ctx, code):
        if not is_reported_for_file(ctx, code, finding.span):
            yield finding


@rule("error")
def refused_key(ctx: Context) -> Iterator[Finding]:
    """A key is not known, and the runtime refuses the file for it.

    Gemini CLI loads an agent only if it knows every key. Notes for people and keys of other
    products have to go, or into a comment.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: blue
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in _reasons(ctx, "refused-key"):
        entry = next((e for e in ctx.document.root.entries if e.key.span == finding.span), None)
        if entry is None:
            yield finding
            continue
        foreign = ctx.dialect.foreign_key(entry.key.text)
        renamed = rename_key(ctx, entry, foreign) if foreign else ()
        meant = closest_key(entry.key.text, ctx.dialect)
        if foreign and foreign.owner and not foreign.is_misspelling:
            here = (
                f" Here it is called `{foreign.replacement}`."
                if foreign.is_equivalent and foreign.replacement
                else ""
            )
            message = f"{finding.message} It is a key of {foreign.owner}.{here}"
            fixes = ctx.make_fix(f"Write `{foreign.replacement}`", *renamed) or key_removal(ctx, entry)
            yield finding._replace(message=message, fixes=fixes)
        elif meant and ctx.document.entry(meant) is None:
            fixes = ctx.make_fix(f"Write `{meant}`", Edit(entry.key.span, meant))
            yield finding._replace(message=f"{finding.message} Did you mean `{meant}`?", fixes=fixes)
        else:
            yield finding._replace(fixes=key_removal(ctx, entry))


@rule("error")
def refused_value(ctx: Context) -> Iterator[Finding]:
    """A value is not what the runtime takes, and it refuses the file for it.

    Some runtimes drop a value that they do not understand; others refuse the whole file: Gemini CLI
    for every value of the wrong type, OpenCode so thoroughly that the whole program does not start.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    max_turns: "20"
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    max_turns: 20
    ---

    You review code.
    ```
    """
    for finding in _reasons(ctx, "refused-value"):
        entry = next((e for e in ctx.document.root.entries if e.report_span == finding.span), None)
        key = ctx.dialect.key(entry.key.text) if entry else None
        edits = translate_value(ctx, entry, key) if entry and key else ()
        if edits:
            yield finding._replace(fixes=ctx.make_fix(_title(edits[0]), *edits))
            continue
        named = with_suggestion(ctx, finding)
        yield named if named.fixes else named._replace(fixes=correct_value(ctx, finding.span))


def _title(edit: Edit) -> str:
    lines = edit.new_text.lstrip(": ").splitlines()
    return f"Write {format_code(lines[0])}" + (" and what belongs to it" if len(lines) > 1 else "")


@rule("error")
def refused_tool(ctx: Context) -> Iterator[Finding]:
    """A list of tools has a name that no tool has, and the runtime refuses the file for it.

    Gemini CLI knows its tools by their exact names, and loads an agent only if it knows every
    name in `tools`.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, Bash]
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, run_shell_command]
    ---

    You review code.
    ```
    """
    found = list(_reasons(ctx, "refused-tool"))
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


@rule("error")
def refused_duplicate(ctx: Context) -> Iterator[Finding]:
    """A key stands twice, and the runtime refuses the file for it.

    Most YAML parsers take equal keys for an error. Claude Code takes the last one.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: pro
    model: flash
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: flash
    ---

    You review code.
    ```
    """
    yield from findings_for_reason(ctx, "refused-duplicate")


@rule("error")
def missing_key(ctx: Context) -> Iterator[Finding]:
    """A key without which the runtime refuses the file is missing.

    `missing-name` and `missing-description` are about the two that nearly every runtime wants.

    ## Bad

    ```markdown .gemini/agents
    ---
    kind: remote
    name: reviewer
    ---
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    kind: remote
    name: reviewer
    agent_card_url: https://agents.example/reviewer
    ---
    ```
    """
    yield from findings_for_reason(ctx, "missing-key")


@rule("error")
def byte_order_mark(ctx: Context) -> Iterator[Finding]:
    """An invisible byte order mark stands in front of the frontmatter.

    Some editors write one at the beginning of a file in UTF-8. Most runtimes take it away; Gemini CLI
    does not, and sees no frontmatter.

    ## Bad

    ```markdown .gemini/agents
    \ufeff---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in findings_for_reason(ctx, "byte-order-mark"):
        yield finding._replace(
            fixes=ctx.make_fix("Remove the byte order mark", Edit(finding.span._replace(end=1), ""))
        )


@rule("error")
def malformed_closing_fence(ctx: Context) -> Iterator[Finding]:
    """The line of the closing fence is not what the runtime looks for.

    Only `---` alone on its line, at the left margin, is understood everywhere.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
      ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in findings_for_reason(ctx, "malformed-closing-fence"):
        yield finding._replace(fixes=ctx.make_fix("Write `---`", Edit(finding.span, "---")))


@rule("warning")
def unread_file(ctx: Context) -> Iterator[Finding]:
    """The runtime does not look at a file of this name, or in this folder.

    Gemini CLI reads only what lies in the folder itself, and no file whose name starts with `_`.

    ## Bad

    ```markdown .gemini/agents/review
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from findings_for_reason(ctx, "unread-file")


@rule("error")
def missing_prompt(ctx: Context) -> Iterator[Finding]:
    """There is no prompt below the frontmatter, or too little of it, and the runtime refuses the file.

    Kimi Code wants some text, Qwen Code ten characters of it and a line end behind the closing fence.

    ## Bad

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---
    ```

    ## Good

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from findings_for_reason(ctx, "missing-prompt")
