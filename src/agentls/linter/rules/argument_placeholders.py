"""Rules about the arguments of a call in a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.document.prompt_arguments import Placeholder, count_hinted, declared_names
from agentls.linter.consequence import Consequence
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.argument_uses import (
    argument_uses,
    language_of,
    takes_arguments,
)
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match
from agentls.text.wording import join_names, ordinal


@rule("ignored", subjects=("prompt with arguments",))
def argument_off_by_one(ctx: Context) -> Iterator[Finding]:
    """The prompt counts its arguments from `$1`, but the first one is `$0`.

    In Claude Code `$0` is the first argument and `$1` the second, in commands too. A number without an argument
    stays in the prompt as text. So `/review 12 speed` makes "pull request 12, focus on speed" of `$0` and `$1`,
    and "pull request speed, focus on $2" of `$1` and `$2`.

    ## Bad

    ```markdown .claude/commands/review.md
    ---
    description: Reviews a pull request
    argument-hint: "[number] [focus]"
    ---

    Review pull request $1 with a focus on $2.
    ```

    ## Good

    ```markdown .claude/commands/review.md
    ---
    description: Reviews a pull request
    argument-hint: "[number] [focus]"
    ---

    Review pull request $0 with a focus on $1.
    ```
    """
    uses = argument_uses(ctx)
    hinted = count_hinted(ctx.document) or len(declared_names(ctx.reading))
    arguments = [use for use in uses if use.role == "argument"]
    positions = {use.placeholder.position for use in arguments}
    # Without a hint, code may have parameters of its own.
    counted = [
        use.placeholder
        for use in arguments
        if use.placeholder.position and not use.placeholder.name and (hinted or not use.is_in_code_block)
    ]
    if 0 in positions or not counted or not (hinted or ctx.dialect.kind == "command"):
        return
    if None in positions and max(each.position or 0 for each in counted) < hinted:
        return
    first = min(counted, key=lambda each: (each.position or 0, each.span))
    written = first.span.text_in(ctx.text)
    # Without a hint, the first argument may be left out on purpose.
    effects = () if hinted else ctx.effects(Consequence.ADVICE)
    yield Finding(
        first.span,
        f"{ctx.describe_effect('counts arguments from `$0`')}, so `{written}` is the"
        f" {ordinal(first.position or 0)}. Number them from 0.",
        ctx.make_fix("Number the arguments from 0", *(_renumber(ctx.text, each) for each in counted)),
        effects=effects,
    )


def _renumber(text: str, placeholder: Placeholder) -> Edit:
    """Return the edit that lowers the number of a placeholder by one."""
    digits = re.search(r"\d+", placeholder.span.text_in(text))
    assert digits is not None, "it has a position"
    start = placeholder.span.start + digits.start()
    return Edit(Span(start, start + len(digits[0])), str(int(digits[0]) - 1))


@rule("advice", subjects=("prompt with arguments",))
def unescaped_dollar(ctx: Context) -> Iterator[Finding]:
    """A dollar sign with a number is replaced by an argument, although it is code or an amount of money.

    Claude Code replaces `$1` with the second argument wherever it is, as soon as the call has that many: in
    `awk '{print $1}'`, in the functions of a shell script, and in `$1.50`. A backslash keeps it: `\\$1`.

    ## Bad

    ```markdown .claude/commands/disk.md
    ---
    description: Shows the use of a disk
    argument-hint: "[folder]"
    ---

    Run `df -h $ARGUMENTS | awk '{print $5}'`.
    ```

    ## Good

    ```markdown .claude/commands/disk.md
    ---
    description: Shows the use of a disk
    argument-hint: "[folder]"
    ---

    Run `df -h $ARGUMENTS | awk '{print \\$5}'`.
    ```
    """
    uses = argument_uses(ctx)
    if not takes_arguments(ctx, uses):
        return
    for role, where in (("script", "in code"), ("amount", "in amounts of money")):
        found = [use.placeholder for use in uses if use.role == role]
        if not found:
            continue
        first = found[0]
        written = list(dict.fromkeys(each.span.text_in(ctx.text) for each in found))
        what = "arguments" if len(written) > 1 else f"the {ordinal(first.position or 0)} argument"
        edits = tuple(Edit(Span(each.span.start, each.span.start), "\\") for each in found)
        yield Finding(
            first.span,
            f"{ctx.describe_effect(f'replaces {join_names(written)} with {what}')}, {where} too."
            f" Write `\\{written[0]}` to keep it.",
            (Fix(f"Escape the dollar sign{'s' if len(found) > 1 else ''}", edits),),
        )


@rule("advice", subjects=("prompt with arguments",))
def unfilled_placeholder(ctx: Context) -> Iterator[Finding]:
    """A placeholder looks like one for arguments, but the runtime does not fill it in.

    Claude Code fills in `$ARGUMENTS`, `$0`, and `$name` for the names that `arguments` declares. It leaves
    `${name}`, `${1}`, `${ARGUMENTS}`, `$args` and names that are not declared as they are.

    ## Bad

    ```markdown .claude/commands/fix.md
    ---
    description: Fixes an issue
    arguments: issue branch
    ---

    Fix $issue on ${branch}.
    ```

    ## Good

    ```markdown .claude/commands/fix.md
    ---
    description: Fixes an issue
    arguments: issue branch
    ---

    Fix $issue on $branch.
    ```
    """
    syntax, names = ctx.dialect.prompt_arguments, declared_names(ctx.reading)
    if syntax is None or (ctx.dialect.kind != "command" and not takes_arguments(ctx, argument_uses(ctx))):
        return
    seen: set[str] = set()
    for found in _VARIABLE.finditer(ctx.text, ctx.reading.body_start):
        word = found["braced"] or found["plain"]
        is_filled_in = not found["braced"] and (word in names or found[0].startswith(syntax.placeholder))
        meant = None if is_filled_in else _placeholder_meant(word, names, syntax.placeholder)
        if meant is None or found[0] in seen or _is_variable(ctx, word, found.start()):
            continue
        seen.add(found[0])  # Each is reported once.
        span = Span(*found.span())
        yield Finding(
            span,
            f"{ctx.describe_effect(f'does not fill in `{found[0]}`')}; it stays in the prompt as text.",
            (Fix(f"Change to `{meant}`", (Edit(span, meant),)),),
            meant=f"`{meant}`",
        )


_VARIABLE = lazy_pattern(r"(?<!\\)\$(?:\{(?P<braced>[A-Za-z_][\w-]*|\d)\}|(?P<plain>[A-Za-z_]\w*))", re.ASCII)
_ALL_ARGUMENTS = ("ARGUMENTS", "ARGUMENT", "ARGS", "arguments", "argument", "args", "Arguments", "Args")
"""What people write for `$ARGUMENTS`."""


def _placeholder_meant(word: str, names: tuple[str, ...], placeholder: str) -> str | None:
    """Return the placeholder that the author probably meant with a variable that is not filled in. `placeholder`
    stands for all arguments."""
    if word.isdecimal() or word in names:
        return f"${word}"
    if word in _ALL_ARGUMENTS:
        return placeholder
    closest = closest_match(word, names, max_distance=1) if word.islower() else None
    return f"${closest}" if closest else None


def _is_variable(ctx: Context, word: str, offset: int) -> bool:
    """Whether the variable at `offset` belongs to code: the prompt assigns it, or the language has it."""
    if re.search(rf"(?<![\w$-]){word}=|\${word}\s*=|\b(?:for|read|read -r)\s+{word}\b", ctx.text):
        return True
    block = ctx.document.markdown.code_block_at(offset)
    return block is not None and (word.isdecimal() or language_of(ctx, block) in _LANGUAGES_WITH_VARIABLES)


_LANGUAGES_WITH_VARIABLES = (
    "powershell",
    "ps1",
    "pwsh",
    "php",
    "perl",
    "tcl",
    "typescript",
    "ts",
    "javascript",
    "js",
)
"""The languages in which a dollar sign starts the name of a variable, or a part of a string."""
