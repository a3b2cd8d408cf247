"""Rules about `@path` in a text, which includes another file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.document.locate import project_root
from agentls.linter.rule import Context, Finding, join_titles, rule
from agentls.project.path_references import IMPORT_PATTERN
from agentls.text.offsets import Span

_CODE_SPAN = re.compile(r"(`+)[^`\n]+\1")


@rule("information")
def broken_import(ctx: Context) -> Iterator[Finding]:
    """`@path` leads to a file that is not there.

    In a `CLAUDE.md`, a `GEMINI.md` or a command it stands for the text of another file. Where there is
    none, nothing is included, and nothing is said. In a memory file the path counts from its own folder,
    in a command from that of the project. Code is left alone.

    ## Bad

    ```markdown CLAUDE.md
    Follow @docs/style.md.
    ```

    ## Good

    ```markdown CLAUDE.md
    Follow @CLAUDE.md, and ask @anna.
    ```
    """
    readers = [reading.runtime for reading in ctx.readings if reading.runtime.imports]
    if not readers or "@" not in ctx.text:
        return
    body = ctx.document.body_start
    spans = [match.span() for match in _CODE_SPAN.finditer(ctx.text, body)]
    for found in IMPORT_PATTERN.finditer(ctx.text, body):
        at, path = found.start(), found[1]
        quoted = any(start <= at < end for start, end in spans)
        if quoted or _is_there(ctx, path) or ctx.document.markdown.in_code(at):
            continue
        yield Finding(
            Span(*found.span(1)), f"There is no file `{path}`: {join_titles(readers)} includes nothing here."
        )


def _is_there(ctx: Context, path: str) -> bool:
    """Whether there is such a file in the folder of this one, or in one above it up to the root of
    the project that its place tells."""
    root, folder = project_root(ctx.document), ctx.document.path.rpartition("/")[0]
    ups = 0 if root is None else len([part for part in folder[len(root) :].split("/") if part])
    return any(ctx.world.exists("../" * up + path) for up in range(ups + 1))
