"""Rules about ignore comments."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.rule import RULES, Context, Finding, Fix, rule
from agentls.text import Edit


@rule("hint", tags=("unnecessary",))
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
    for comment in ctx.unused:
        missing = [code for code in comment.codes if code not in RULES]
        message = f"There is no rule `{missing[0]}`" if missing else "This comment silences nothing"
        yield Finding(
            comment.span, message, (Fix("Remove the comment", (Edit(comment.span, ""),), safe=True),)
        )
