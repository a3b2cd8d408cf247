"""Rules about the matchers of hooks."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects.loader import Dialect
from agentls.dialects.tool_names import MCP_PREFIX, resolve_tool
from agentls.document.edits import insert_field, quote_scalar
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared import hook_shape as shape
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import format_code
from agentls.text.yaml_tree import Mapping, Scalar


@rule("warning")
def specifier_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher holds a permission rule such as `Bash(git *)`, and never matches.

    A matcher is compared with the bare names of tools. With parentheses in it, it is read as a
    regular expression that fits no tool. The permission rule belongs into `if` of the handler.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash(git *)
          hooks:
            - type: command
              command: ./check.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              if: Bash(git *)
              command: ./check.sh
    ---

    You review code.
    ```
    """
    for group, matcher in shape.tool_matchers(ctx):
        part = _specifier(ctx.dialect, matcher.text)
        if part is None:
            continue
        name = part.partition("(")[0]
        handler = group.handlers.items[0] if len(group.handlers.items) == 1 else None
        fixes: tuple[Fix, ...] = ()
        if part == matcher.text.strip() and isinstance(handler, Mapping) and handler.get("if") is None:
            condition = insert_field(ctx.document, handler, f"if: {quote_scalar(part)}")
            fixes = ctx.make_fix("Move the permission rule into `if`", Edit(matcher.span, name), condition)
        yield Finding(
            matcher.span,
            f"A matcher is compared with the bare names of tools, and {format_code(part)} fits none."
            f" Write `{name}` here and {format_code(part)} in `if` of the handler.",
            fixes,
        )


_SPECIFIER = re.compile(r"(?:^|(?<=[|,\s]))(?P<name>\w+)\([^()]*\)(?=$|[|,\s])")


def _specifier(dialect: Dialect, text: str) -> str | None:
    """The first permission rule in a matcher that fits no tool as a regular expression."""
    for found in _SPECIFIER.finditer(text):
        if not (dialect.tool(found["name"]) or dialect.old_tool(found["name"])):
            continue
        pattern, _ = _compiled(found[0])
        if pattern is None or not any(pattern.search(tool.name) for tool in dialect.tools):
            return found[0]
    return None


@rule("information", tags=("unnecessary",))
def ignored_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher stands on an event that has none, and is ignored.

    Some events, `Stop` among them, have nothing that a matcher could be compared with. The hooks
    run every time.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - matcher: Bash
          hooks:
            - type: command
              command: ./done.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./done.sh
    ---

    You review code.
    ```
    """
    for group in shape.hook_entries(ctx):
        value = group.matcher.value if group.matcher else None
        if (
            group.event.matcher_subject
            or not isinstance(value, Scalar)
            or value.type != "str"
            or value.text in shape.ALL
        ):
            continue
        name, matcher = group.event.name, format_code(value.text)
        message = f"`{name}` has no matcher: {matcher} is ignored, and the hooks always run."
        yield Finding(value.span, message)


class _MatcherName(NamedTuple):
    """A name in a matcher: where it stands, and the tool that was most likely meant by it.
    `certain` tells whether no tool can have this name."""

    text: str
    span: Span
    certain: bool
    meant: str | None


_EXACT = re.compile(r"[A-Za-z0-9_\- ,|]*")


def _unknown_names(ctx: Context, matcher: Scalar) -> tuple[list[_MatcherName], int]:
    """The names in a matcher that belong to no tool, and the number of all its names.

    A matcher with other characters than those of names and lists is a regular expression, and
    has no names.
    """
    if not _EXACT.fullmatch(matcher.text):
        return [], 0
    names = [name.strip() for name in re.split(r"[,|]", matcher.text) if name.strip()]
    tools = [tool.name for tool in ctx.dialect.tools]
    found = []
    at = matcher.span.start
    for name in names:
        start = ctx.text.find(name, at, matcher.span.end)
        span = Span(start, start + len(name)) if start >= 0 else matcher.span
        at = span.end if start >= 0 else at
        if name.startswith(MCP_PREFIX):
            # A server alone is the name of no tool; an expression is needed to take in all of its.
            if "__" not in name.removeprefix(MCP_PREFIX).rstrip("_"):
                found.append(_MatcherName(name, span, True, f"{name.rstrip('_')}__.*"))
            continue
        standing, _ = resolve_tool(name, ctx.dialect, None)
        several = name.split()
        if len(several) > 1:
            joined = "|".join(several) if all(ctx.dialect.tool(each) for each in several) else None
            found.append(_MatcherName(name, span, True, joined))
        elif standing not in ("available", "unavailable"):
            old, foreign = ctx.dialect.old_tool(name), ctx.dialect.foreign_tool(name)
            now = old.replacements if old else foreign.replacements if foreign else ()
            case = match_ignoring_case(name, tools)
            meant = case or (now[0] if now else closest_match(name, tools))
            found.append(_MatcherName(name, span, standing != "unknown" or case is not None, meant))
    return found, len(names)


@rule("warning")
def dead_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher names nothing but tools that do not exist, so its hooks never run.

    A matcher of letters, digits, `_`, `-`, spaces, commas and `|` is a name or a list of names, and
    compared exactly: `bash` does not match `Bash`, and `mcp__github` matches none of the tools of
    that server. For those write the regular expression `mcp__github__.*`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: bash
          hooks:
            - type: command
              command: ./check.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PreToolUse:
        - matcher: Bash
          hooks:
            - type: command
              command: ./check.sh
    ---

    You review code.
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        strangers, count = _unknown_names(ctx, matcher)
        if not strangers or len(strangers) < count or not all(name.certain for name in strangers):
            continue
        names = ", ".join(format_code(name.text) for name in strangers)
        what = f"No tool is called {names}" if count == 1 else f"None of {names} is a tool"
        (first, *more) = strangers
        hint = f" Did you mean `{first.meant}`?" if first.meant and not more else ""
        fixes = () if more else _write_meant(ctx, first)
        yield Finding(matcher.span, f"{what}: these hooks never run.{hint}", fixes)


def _write_meant(ctx: Context, name: _MatcherName) -> tuple[Fix, ...]:
    return ctx.make_fix(f"Write `{name.meant}`", Edit(name.span, name.meant)) if name.meant else ()


@rule("hint")
def unknown_tool_in_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher names a tool that is not known.

    The other names in the matcher count all the same. It may be misspelt, or the name of a tool
    that was removed, or another product's.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: Edit|Wirte
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: Edit|Write
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        strangers, count = _unknown_names(ctx, matcher)
        if len(strangers) == count and all(name.certain for name in strangers):
            continue
        for name in strangers:
            listed = (
                re.search(rf"(?<![\w-]){re.escape(name.meant)}(?![\w-])", matcher.text)
                if name.meant
                else None
            )
            hint = f" Did you mean `{name.meant}`?" if name.meant and not listed else ""
            message = f"No tool is known by the name {format_code(name.text)}.{hint}"
            yield Finding(name.span, message, () if listed else _write_meant(ctx, name))


@rule("warning")
def invalid_matcher(ctx: Context) -> Iterator[Finding]:
    """A matcher is not a valid regular expression, and cannot match.

    With other characters than letters, digits, `_`, `-`, spaces, commas and `|`, a matcher is a
    regular expression of JavaScript. It is not a pattern for files: `*Edit` is none, `.*Edit` is.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: "*Edit"
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    hooks:
      PostToolUse:
        - matcher: ".*Edit"
          hooks:
            - type: command
              command: ./format.sh
    ---

    You review code.
    ```
    """
    for _, matcher in shape.tool_matchers(ctx):
        problem = None if _EXACT.fullmatch(matcher.text) else _regex_problem(matcher.text)
        if problem is None or _specifier(ctx.dialect, matcher.text):
            continue
        message = (
            f"{format_code(matcher.text)} is not a valid regular expression ({problem}), and matches no tool."
        )
        fixes: tuple[Fix, ...] = ()
        if matcher.text[0] in "*+?" and _regex_problem(f".{matcher.text}") is None:
            better = f".{matcher.text}"
            fixes = ctx.make_fix(f"Write `{better}`", Edit(matcher.span, quote_scalar(better)))
        yield Finding(matcher.span, message, fixes)


# Python and JavaScript differ in many details of their expressions. These mistakes are the same
# in both, but for empty classes, which only JavaScript has.
_SAME_IN_JAVASCRIPT = (
    "nothing to repeat",
    "multiple repeat",
    "missing ), unterminated subpattern",
    "unbalanced parenthesis",
    "unterminated character set",
)
_EMPTY_CLASS = ("[]", "[^]")


def _regex_problem(text: str) -> str | None:
    """What is surely wrong with a regular expression of JavaScript."""
    _, problem = _compiled(text)
    if problem in _SAME_IN_JAVASCRIPT and not any(empty in text for empty in _EMPTY_CLASS):
        return problem
    return None


def _compiled(text: str) -> tuple[re.Pattern[str] | None, str]:
    """A regular expression, or else what Python says against it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text), ""
        except re.error as error:
            return None, error.msg
        except (RecursionError, OverflowError):
            return None, ""
