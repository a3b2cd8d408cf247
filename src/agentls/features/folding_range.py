"""Folding ranges: the frontmatter, sections, tag pairs and code blocks of more than one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentls.document.document import Document
from agentls.features.document_symbol import DocumentSymbol, document_symbols, strip_span
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span


class FoldingRange(NamedTuple):
    """A part of more than one line that can be folded."""

    span: Span
    kind: Literal["region"] | None = None


def folding_ranges(document: Document) -> tuple[FoldingRange, ...]:
    """The folding ranges of a document, in the order of the text: its symbols and code blocks."""
    folds = [
        FoldingRange(symbol.span, "region" if symbol.kind == "frontmatter" else None)
        for symbol in _flatten(document_symbols(document))
    ]
    text = document.text
    folds += [FoldingRange(strip_span(text, block.span)) for block in document.markdown.code_blocks]
    line_at = document.lines.line_number
    longer = [fold for fold in folds if line_at(fold.span.start) < line_at(fold.span.end)]
    return tuple(sorted(longer, key=lambda fold: fold.span))


def _flatten(symbols: tuple[DocumentSymbol, ...]) -> Iterator[DocumentSymbol]:
    for symbol in symbols:
        yield symbol
        yield from _flatten(symbol.children)
