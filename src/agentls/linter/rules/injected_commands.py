"""Rules about shell commands in a prompt, which the runtime runs before it sends the prompt."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.prompt_syntax import PromptCommands
from agentls.dialects.tool_names import split_tool_list
from agentls.dialects.value_schema import is_met
from agentls.document.edits import edit_list
from agentls.document.permissions import pattern_covers
from agentls.document.prompt_commands import find_commands
from agentls.document.shell_commands import commands_of, is_program, rule_for
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.project.command_permissions import allowed_in_file, allowed_in_settings
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import format_code


@rule("ignored", subjects=("project",))
def refused_command(ctx: Context) -> Iterator[Finding]:
    """A command in the prompt needs permission, so the runtime refuses the whole call.

    Claude Code runs a command in backticks after an exclamation mark before it sends the prompt, also in a code
    block and in a sentence that only mentions one. It does not ask: if the command is not one of those that are
    known to only read, `allowed-tools` or a permission rule in the settings must allow it. Otherwise nothing is sent.

    ## Bad

    ```markdown .claude/commands/outdated.md
    ---
    description: Shows outdated packages
    ---

    Explain what is outdated: !`npm outdated`
    ```

    ```markdown .claude/commands/other.md
    Explain the last change.
    ```

    ## Good

    ```markdown .claude/commands/outdated.md
    ---
    description: Shows outdated packages
    allowed-tools: Bash(npm outdated *)
    ---

    Explain what is outdated: !`npm outdated`
    ```

    ```markdown .claude/commands/other.md
    Explain the last change.
    ```
    """
    syntax, root = ctx.dialect.prompt_commands, ctx.reading.root
    if syntax is None or ctx.project_index is None or not ctx.reading.loads:
        return
    if root and syntax.unknown_when and is_met(syntax.unknown_when, root):
        return
    commands = find_commands(ctx.text, ctx.reading.body_start)
    if not commands:
        return
    allowed = [
        *allowed_in_file(ctx.document, syntax),
        *allowed_in_settings(ctx.project_index, ctx.reading.runtime, syntax),
    ]
    for command in commands:
        at = command.span.start
        for each in commands_of(command.script, allowed):
            at = max(at, ctx.text.find(each.text, at, command.span.end))
            if each.access == "refused":
                yield _refused(ctx, syntax, Span(at, at + len(each.text)), each.text)


def _refused(ctx: Context, syntax: PromptCommands, span: Span, refused: str) -> Finding:
    """Return the finding about the command `refused` of a script in the prompt."""
    message = (
        f"{format_code(refused)} runs before the prompt is sent, but nothing allows it;"
        f" {ctx.describe_effect('refuses the call')}."
    )
    if not _PROGRAM.match(refused):
        return Finding(span, f"{message} Separate the `!` from the backtick.")
    entry = f"{syntax.tool}({rule_for(refused)})"
    advice = f"Add {format_code(entry)} to `{syntax.allowing_key}`, or remove the `!`."
    return Finding(span, f"{message} {advice}", _allowing_fix(ctx, syntax.allowing_key, entry))


_PROGRAM = lazy_pattern(r"""[\w./~$"{]""")


def _allowing_fix(ctx: Context, key: str, allowed: str) -> tuple[Fix, ...]:
    """Return the fix that adds an entry to the key that allows commands."""
    entry, block = ctx.entry(key), ctx.document.frontmatter
    if _NEEDS_QUOTES.search(allowed) or block is None or block.closing is None:
        return ()
    if ctx.document.entry(key) is None:
        at = block.closing.start
        edits: tuple[Edit, ...] = (Edit(Span(at, at), f"{key}: {allowed}{ctx.document.newline}"),)
    else:
        tools = split_tool_list(entry.value, ctx.text, ctx.dialect.tool_grammar) if entry else ()
        changes: dict[Span, tuple[str, ...]] = {}
        if tools:
            changes[tools[-1].span] = (tools[-1].text, allowed)
        edits = edit_list(ctx.document, entry.value, changes) if entry and changes else ()
    return ctx.make_fix(f"Allow {format_code(allowed)}", *edits)


_NEEDS_QUOTES = lazy_pattern(r"""["'#\\]|: """)
"""What an unquoted entry of a list cannot contain."""


@rule("advice", subjects=("prompt with commands",))
def command_as_text(ctx: Context) -> Iterator[Finding]:
    """A command in backticks is not run, because a character precedes the exclamation mark.

    Claude Code runs such a command only at the start of a line and after a space. After another character it
    stays in the prompt as text, and so does a command in double backticks.

    ## Bad

    ```markdown .claude/commands/explain.md
    ---
    description: Explains the last change
    ---

    Explain the change on branch=!`git branch --show-current`.
    ```

    ## Good

    ```markdown .claude/commands/explain.md
    ---
    description: Explains the last change
    ---

    Explain the change on branch !`git branch --show-current`.
    ```
    """
    syntax = ctx.dialect.prompt_commands
    if syntax is None:
        return
    allowed = tuple(allowed_in_file(ctx.document, syntax))
    for found in _TEXT_COMMAND.finditer(ctx.text, ctx.reading.body_start):
        before, command, is_double = found["before"] or "", found["command"].strip(), found["ticks"] == "``"
        mark = found.start() + len(before)
        opens_code = ctx.text.count("`", ctx.text.rfind("\n", 0, mark) + 1, mark) % 2 == 0
        if not (before or is_double) or not opens_code or not _looks_run(command, before, allowed):
            continue
        if is_double:
            reason, advice = "it is in double backticks", "Change to single backticks"
            edit = Edit(Span(mark + 1, found.end()), f"`{command}`")
        else:
            reason, advice = f"`{before}` precedes the `!`", "Insert a space before `!`"
            edit = Edit(Span(mark, mark), " ")
        yield Finding(
            Span(mark, found.end()),
            f"{format_code(command)} is not run, because {reason}; {ctx.describe_effect('leaves it as text')}.",
            ctx.make_fix(advice, edit),
        )


_TEXT_COMMAND = lazy_pattern(
    r"(?:(?P<before>[=(:\[{|>\"',;*])|(?<!\S))!(?P<ticks>``?)(?P<command>[^`\n]+)(?P=ticks)(?!`)"
)


def _looks_run(command: str, before: str, allowed: tuple[str, ...]) -> bool:
    """Whether a command is probably meant to be run, and is not a word after an exclamation mark."""
    if any(pattern_covers(pattern, command) for pattern in allowed if pattern != "*"):
        return True
    program, *words = command.split() or [""]
    return is_program(program) and (bool(words) or before == "=")
