"""Rules about files that are written for another product."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, Related, Severity, rule
from agentls.linter.rules.loading import certainty, describe_rejection
from agentls.linter.shared.translation import foreign_format_of, is_reported_for_file, translate_file
from agentls.text.wording import join_names


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
    origin = foreign_format_of(ctx)
    if origin is None or ctx.document.frontmatter is None:
        return
    refusing = [
        reading
        for reading in ctx.readings
        if any(is_reported_for_file(ctx, reason.kind, reason.span) for reason in reading.reasons)
    ]
    title = origin.format.title
    message = (
        f"This file is written for {title}: {join_names(origin.names)} mean nothing to {ctx.runtime_titles}."
    )
    if refusing:
        message += f" {describe_rejection(refusing)}."
    related = tuple(Related(entry.key.span, f"A key of {title}") for entry in origin.entries)
    most = certainty(refusing) if refusing else Severity.WARNING
    yield Finding(ctx.document.frontmatter.opening, message, translate_file(ctx, origin), related, most)
