"""How a prompt uses what the runtime fills in: as an argument, or by accident in code and in amounts of money."""

from __future__ import annotations

from typing import Literal

from agentls.document.prompt_arguments import (
    Placeholder,
    count_hinted,
    declared_names,
    find_placeholders,
)
from agentls.linter.rule import Context
from agentls.text.markdown_parts import CodeBlock
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern

MAX_POSITION = 9
"""The highest position that is looked at. Nobody types more arguments on purpose, or by accident."""


Role = Literal["argument", "script", "amount", "unclear"]


class ArgumentUse(NamedTuple):
    """A placeholder and what it seems to be. It is "unclear" in code that may be a script with arguments of its own,
    or one to be filled in."""

    placeholder: Placeholder
    role: Role
    is_in_code_block: bool = False


def argument_uses(ctx: Context) -> list[ArgumentUse]:
    """Return the uses of placeholders in the prompt, in the order of the text."""
    if ctx.dialect.prompt_arguments is None:
        return []
    placeholders = find_placeholders(ctx.text, ctx.reading.body_start, declared_names(ctx.reading))
    return [_use(ctx, each) for each in placeholders if (each.position or 0) <= MAX_POSITION]


def takes_arguments(ctx: Context, uses: list[ArgumentUse]) -> bool:
    """Whether the file is made for calls with arguments: its frontmatter says so, or it uses all of them."""
    return (
        bool(declared_names(ctx.reading))
        or count_hinted(ctx.document) > 0
        or any(use.placeholder.position is None for use in uses)
    )


def language_of(ctx: Context, block: CodeBlock) -> str:
    """Return the first word after the fence of a code block, in lower case."""
    first = ctx.text[block.span.start : block.span.end].partition("\n")[0]
    return first.strip("`~ \t\r").partition(" ")[0].lower()


def _use(ctx: Context, placeholder: Placeholder) -> ArgumentUse:
    start, end = placeholder.span
    if placeholder.position is None or placeholder.name or end - start > len("$0"):
        return ArgumentUse(placeholder, "argument")
    block = ctx.document.markdown.code_block_at(start)
    before = ctx.text[block.span.start if block else ctx.text.rfind("\n", 0, start) + 1 : start]
    return ArgumentUse(placeholder, _role(ctx, before, end, block), block is not None)


def _role(ctx: Context, before: str, end: int, block: CodeBlock | None) -> Role:
    """Return the role of a placeholder for one argument: `before` is the text before it, on its line or in its code
    block, and `end` is where it ends."""
    if _is_awk_program(before) or _PARAMETER.search(before, before.rfind("\n") + 1):
        return "script"
    is_amount = _AMOUNT.match(ctx.text, end) is not None
    if block is None:
        return "amount" if is_amount or _CURRENCY.search(before) else "argument"
    language, code = language_of(ctx, block), block.span.text_in(ctx.text)
    if language in _WITH_PARAMETERS or _FUNCTION.search(code):
        return "script"
    is_unclear = language in _LANGUAGES_WITH_DOLLARS or _SHEBANG.search(code)
    return "amount" if is_amount else "unclear" if is_unclear else "argument"


def _is_awk_program(before: str) -> bool:
    """Whether the text after `before` is in the quotes of a program for awk."""
    start = max((found.end() for found in _AWK.finditer(before)), default=-1)
    return start >= 0 and before.count("'", start) % 2 == 1


_AWK = lazy_pattern(r"\b[gmn]?awk\b")
_PARAMETER = lazy_pattern(
    r"\b(?:SELECT|WHERE|VALUES|AND|SET|LIMIT)\b|(?i:replace(?:all)?\(|\.sub\(|gsub\(|-replace\b|RewriteRule|\brewrite\s|\breturn\s30\d|\bperl\s-)"
)
"""What precedes a parameter of SQL or the group of a regular expression on its line."""
_FUNCTION = lazy_pattern(
    r"(?m:^[^\S\n]*(?:function\s+)?[\w-]+\s*\(\)\s*\{)|\blocal\s+\w+=|\$[@#*]|(?m:^[^\S\n]*shift\b)|\bgetopts\b"
    r"""|(?:dirname|basename)\s+"?\$0|Usage:\s*\$0"""
)
"""What shows that a script has arguments of its own."""
_SHEBANG = lazy_pattern(r"(?m:^[^\S\n]*#!)")
_WITH_PARAMETERS = ("sql", "psql", "plpgsql", "postgresql", "pgsql", "nginx", "apache", "apacheconf")
"""The languages in which a dollar sign with a number is a parameter or a group."""
_LANGUAGES_WITH_DOLLARS = (
    "perl",
    "php",
    "makefile",
    "make",
    "powershell",
    "ps1",
    "tcl",
    "vim",
    "awk",
    "latex",
    "tex",
)
"""Other languages in which it means something."""
_CURRENCY = lazy_pattern(
    r"(?:\b(?:US|A|AU|C|CA|HK|NZ|S|R)|[~≈]|\b(?:costs?|price[ds]?|fee|worth)(?: of| at)? )\Z"
)
_AMOUNT = lazy_pattern(
    r"[.,]\d|[-–]\d|[-–]\$\d\d|\s?(?:million|billion|thousand|USD|per)\b"
    r"|\s?/\s?(?:mo|month|yr|year|day|week|hr|hour|user|seat|[GMT]B|MTok|1[KkM])\b"
    r"|\s(?:a|an|each)\s(?:month|year|day|week|hour|user|seat|[GMT]B)\b"
)
"""What follows the first digit of an amount of money."""
