"""Rules about files that load, but not as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, rule
from agentls.linter.rules.yaml import quote_invalid_values, repair_fixes
from agentls.readers.yaml_errors import entry_key
from agentls.text.frontmatter import split_entries
from agentls.text.offsets import Edit, Span


@rule("error")
def lost_lines(ctx: Context) -> Iterator[Finding]:
    """A part of a value is lost, since the frontmatter is not valid YAML.

    Qwen Code and Factory Droid read frontmatter line by line when YAML fails. Then only the first line
    of a value counts, a block of lines comes to nothing, and so does a list whose dashes are not
    indented by two blanks: an agent may end up with a description that is cut short, and with all
    tools. Nothing is said when the file is loaded.

    ## Bad

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it
      when: the code has changed.
    ---

    You review code.
    ```

    ## Good

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: >-
      Reviews code. Use it
      when: the code has changed.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    if reading.block is None or not reading.ignored_lines:
        return
    chunks = split_entries(ctx.text, reading.block)
    for at, chunk in enumerate((Span(reading.block.start, chunks[0].start), *chunks) if chunks else ()):
        lost = [span for span in reading.ignored_lines if chunk.start <= span.start < chunk.end]
        if not lost:
            continue
        candidates = (*quote_invalid_values(ctx), *repair_fixes(ctx, lost[0]))
        fix = next((fix for fix in candidates if _is_clean(ctx, fix.edits)), None)
        of = f"of `{entry_key(ctx.text, chunk)}` " if at else ""
        lines = "this line" if len(lost) == 1 else f"{len(lost)} lines"
        yield Finding(
            lost[0],
            f"{ctx.runtime_titles} {reading.runtime.effects.repair_effect}, and passes over {lines} {of}here.",
            (fix,) if fix else (),
        )


def _is_clean(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether after `edits` the runtime takes the frontmatter as it stands."""
    return ctx.document.with_edits(edits).reading.status == "clean"
