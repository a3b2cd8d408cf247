"""The definition that a file is, and where it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.rule import Context
from agentls.project.names import Definition
from agentls.text.offsets import Span


def main_definition(ctx: Context) -> Definition | None:
    """What the file defines, where it loads and the project is known."""
    own = ctx.names.main_definition if ctx.names else None
    return own if own and own.loads else None


def name_span(ctx: Context, own: Definition) -> Span:
    """Where a finding about the name goes: to the fence where the name of the file stands in."""
    if own.span.start < own.span.end:
        return own.span
    block = ctx.document.frontmatter
    return block.opening if block else Span(0, min(3, len(ctx.text)))


def project_path(own: Definition, path: str) -> str:
    """The path of another file, as short as it is clear."""
    return path.removeprefix(f"{own.base_folder}/") if own.base_folder else path


def parent_folders(folder: str) -> Iterator[str]:
    """The folders above `folder`, the nearest first."""
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder
