"""Rules about ignore comments."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match


@rule("suggestion", tags=("unnecessary",), contains="agentls:")
def unused_suppression(ctx: Context) -> Iterator[Finding]:
    """An ignore comment suppresses no diagnostic.

    The problem was fixed, the comment names an unknown rule, or the comment is in the wrong place: on a
    separate line it applies to the entry below it, after a value it applies to its own line.

    ## Bad

    ```yaml
    # agentls: ignore[unknown-tool]
    ```

    ## Good

    ```yaml
    # agentls: ignore[unknown-tool]
    tools: Read, OurOwnTool
    ```
    """
    for comment in ctx.unused_suppressions:
        message, meant = "Unused ignore comment.", ""
        unknown = next((code for code in comment.codes if code not in ctx.rule_codes), None)
        if unknown is not None:
            suggestion = closest_match(unknown, ctx.rule_codes)
            message = f"Unknown rule `{unknown}` in ignore comment."
            meant = f"`{suggestion}`" if suggestion else ""
        span = _removable_span(ctx.text, comment.span)
        fix = Fix("Remove the ignore comment", (Edit(span, ""),), safe=True)
        yield Finding(comment.span, message, (fix,), meant=meant)


def _removable_span(text: str, span: Span) -> Span:
    """Return what to remove along with the ignore comment at `span`: the rest of a YAML comment, the spaces
    before it, and the whole line if it contains nothing else."""
    start, end = span
    next_line = text.find("\n", end) + 1 or len(text)
    if text[start] == "#":
        end += len(text[end:next_line].rstrip("\r\n"))
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip() and not text[end:next_line].strip():
        return Span(line, next_line)
    return Span(line + len(text[line:start].rstrip(" \t")), end)
