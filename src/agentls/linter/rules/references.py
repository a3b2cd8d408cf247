"""Rules about `#file:` and `#tool:` in the prompt, which stand for files and tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from agentls.dialects.tool_names import resolve_tool
from agentls.linter.rule import Context, Finding, rule
from agentls.linter.rules.body import file_exists
from agentls.linter.shared.tool_entries import find_former_tool
from agentls.project.path_references import FILE_PATTERN, local_path
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.wording import join_names

_TOOL = re.compile(r"(?<![\w`#])#tool:([\w.*-]+(?:/[\w.*-]+)*)")


def _readers(ctx: Context) -> tuple[Reading, ...]:
    """The readings of those who understand references."""
    return tuple(reading for reading in ctx.readings if reading.runtime.references and reading.loads)


def _found(ctx: Context, kind: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """What is referred to in the prompt, outside blocks of code, and where that stands."""
    if kind not in ctx.text or not _readers(ctx):
        return
    for found in pattern.finditer(ctx.text, ctx.document.body_start):
        text = found[1].rstrip(".:!?")
        if text and not ctx.document.markdown.in_code(found.start()):
            yield text, Span(found.start(1), found.start(1) + len(text))


@rule("information")
def broken_file_reference(ctx: Context) -> Iterator[Finding]:
    """`#file:` leads to a file that is not there.

    VS Code gives the agent the file along with the prompt. It says nothing when there is none.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Follow #file:./review-guide.md to the letter.
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
    for written, span in _found(ctx, "#file:", FILE_PATTERN):
        path = local_path(written)
        if path and not file_exists(ctx, path):
            yield Finding(span, f"There is no file `{path}`.")


@rule("warning")
def unlisted_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` names a tool that the agent does not have.

    VS Code gives an agent with `tools` those and no others, whatever its prompt refers to.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read]
    ---

    Look things up with #tool:web/fetch first.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read, web/fetch]
    ---

    Look things up with #tool:web/fetch first.
    ```
    """
    for reading in _readers(ctx) if "#tool:" in ctx.text else ():
        tools = ctx.document.tools_in(reading)
        if tools.mode == "all":
            continue
        for name, span in _found(ctx, "#tool:", _TOOL):
            meant = resolve_tool(name, reading.dialect, None, reading.runtime).tools
            if meant and not any(_gives(ctx, given, tool) for given in tools.available for tool in meant):
                yield Finding(
                    span, f"`{name}` is not among the tools: {reading.runtime.title} does not give it."
                )


def _gives(ctx: Context, given: str, tool: str) -> bool:
    """Whether a listed tool or set covers another, or a part of it."""
    row, other = ctx.dialect.tool(given), ctx.dialect.tool(tool)
    inside = (row and tool in row.members) or (other and given in other.members)
    return given == tool or bool(inside) or fnmatchcase(tool, given)


@rule("hint", tags=("deprecated",))
def old_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` names a tool by an old name, which still works.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Look things up with #tool:fetch first.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Look things up with #tool:web/fetch first.
    ```
    """
    for name, span in _found(ctx, "#tool:", _TOOL):
        old = find_former_tool(name, ctx.dialect)
        if old and old.now:
            fixes = ctx.make_fix(f"Write `{old.now[0]}`", Edit(span, old.now[0])) if len(old.now) == 1 else ()
            what = "called" if len(old.now) == 1 else "split into"
            yield Finding(
                span, f"`{name}` is {what} {join_names(old.now)} now. The old name still works.", fixes
            )
