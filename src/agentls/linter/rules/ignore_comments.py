"""Rules about ignore comments."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import RULES, Context, Finding, Fix, rule
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match


@rule("suggestion", tags=("unnecessary",))
def unused_suppression(ctx: Context) -> Iterator[Finding]:
    """An ignore comment silences nothing.

    Either what it was written for has been mended, or it names a rule that does not exist, or it
    stands in the wrong place: on a line of its own it counts for the entry below, behind a
    value for its own line.

    ## Bad

    ```markdown
    ---
    name: reviewer
    # agentls: ignore[unknown-tool]
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    # agentls: ignore[unknown-tool]
    tools: Read, OurOwnTool
    ---

    You review code.
    ```
    """
    for comment in ctx.unused_suppressions:
        message = "This comment silences nothing."
        missing = next((code for code in comment.codes if code not in RULES), None)
        if missing is not None:
            meant = closest_match(missing, RULES)
            message = f"There is no rule `{missing}`." + (f" Did you mean `{meant}`?" if meant else "")
        fix = Fix("Remove the comment", (Edit(_whole(ctx.text, comment.span), ""),), safe=True)
        yield Finding(comment.span, message, (fix,))


def _whole(text: str, span: Span) -> Span:
    """What goes with the ignore comment at `span`: the rest of a YAML comment, the blanks in front
    of it, and the line if nothing else stands there."""
    start, end = span
    next_line = text.find("\n", end) + 1 or len(text)
    if text[start] == "#":
        end += len(text[end:next_line].rstrip("\r\n"))
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip() and not text[end:next_line].strip():
        return Span(line, next_line)
    return Span(line + len(text[line:start].rstrip(" \t")), end)
