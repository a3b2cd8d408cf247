"""Rules about files that are written for another product."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, Related, Severity, rule
from agentls.linter.rules.loading import certainty, effect
from agentls.linter.shared.translation import is_told_at_once, origin_of, whole
from agentls.text.wording import listing


@rule("error")
def wrong_dialect(ctx: Context) -> Iterator[Finding]:
    """A file is written for another product than the one that reads it.

    Agents are copied from one product to another, whose keys and tools have other names. What the
    runtime does not know it ignores, or it refuses the file. There is one finding for such a file in
    the place of one for each key and tool, an error if the file is refused, and a fix that
    translates what has a counterpart and takes out what has none. A file that has some keys for a second
    product beside those that count here is not reported.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    kind: local
    temperature: 0.2
    max_turns: 20
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep, Bash
    permissionMode: plan
    maxTurns: 20
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    maxTurns: 20
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, grep_search, run_shell_command]
    max_turns: 20
    ---

    You review code.
    ```
    """
    origin = origin_of(ctx)
    if origin is None or ctx.document.block is None:
        return
    refusing = [
        reading
        for reading in ctx.readings
        if any(is_told_at_once(ctx, reason.code, reason.span) for reason in reading.reasons)
    ]
    title = origin.format.title
    message = f"This file is written for {title}: {listing(origin.names)} mean nothing to {ctx.runtime}."
    if refusing:
        message += f" {effect(refusing)}."
    related = tuple(Related(entry.key.span, f"A key of {title}") for entry in origin.entries)
    most = certainty(refusing) if refusing else Severity.WARNING
    yield Finding(ctx.document.block.opening, message, whole(ctx, origin), related, most)
