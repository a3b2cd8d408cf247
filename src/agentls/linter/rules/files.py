"""Rules about the file as such: its name, its place, its size."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, rule
from agentls.text.offsets import Span


@rule("warning", tags=("deprecated",))
def outdated_file_name(ctx: Context) -> Iterator[Finding]:
    """The file has a name, or lies in a folder, of an older form of the format.

    Chat modes have become agents: VS Code still reads `.chatmode.md`, but wants the file moved to
    `.github/agents`, under a name that ends in `.agent.md`. Other runtimes do not look for it where it
    is.

    ## Bad

    ```markdown .github/chatmodes/example.chatmode.md
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .github/agents/example.agent.md
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    place = next((place for place in ctx.dialect.places if place.holds(ctx.document.path)), None)
    if place is None or not place.renamed_suffix:
        return
    folder = f"{place.moved_to}/" if place.moved_to else ""
    name = f"{folder}{place.stem(ctx.document.path)}{place.renamed_suffix}"
    yield Finding(Span(0, min(3, len(ctx.text))), f"Files of this kind have a new name. Move it to `{name}`.")


@rule("warning")
def prompt_too_long(ctx: Context) -> Iterator[Finding]:
    """The prompt has more characters than a runtime takes.

    The cloud agent of GitHub is documented to take 30,000 characters. VS Code and Copilot CLI have no
    such limit.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    (30,001 characters)
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for reading in ctx.readings:
        most = reading.runtime.prompt.max_prompt_length
        length = len(ctx.text[reading.body_start :].strip()) if most and reading.loads else 0
        if length > most:
            yield Finding(
                reading.closing or Span(0, 3),
                f"The prompt has {length:,} characters. {reading.runtime.title} takes {most:,} at most.",
            )
