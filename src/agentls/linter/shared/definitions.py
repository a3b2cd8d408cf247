"""The main definition of a file, and how findings show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentls.linter.rule import Context
from agentls.text.offsets import Span

if TYPE_CHECKING:
    from agentls.project.names import Definition


def main_definition(ctx: Context) -> Definition | None:
    """Return the main definition of the file, or `None` if the file does not load or has no project."""
    own = ctx.names.main_definition if ctx.names else None
    return own if own and own.loads else None


def name_span(ctx: Context, own: Definition) -> Span:
    """Return the span of the name, or of the opening `---` if the name is taken from the file name."""
    if own.span.start < own.span.end:
        return own.span
    block = ctx.document.frontmatter
    return block.opening if block else ctx.document.start_span


def project_path(own: Definition, path: str) -> str:
    """Return `path` relative to the base folder of `own` if it is inside it, otherwise unchanged."""
    return path.removeprefix(f"{own.base_folder}/") if own.base_folder else path
