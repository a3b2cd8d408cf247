"""Linked editing: the names of a pair of tags in the prompt, which change together."""

from __future__ import annotations

from agentls.document.document import Document
from agentls.text.markdown_parts import TagPair
from agentls.text.offsets import Span


def linked_editing_ranges(document: Document, offset: int) -> tuple[Span, Span] | None:
    """The names in the opening and the closing tag of the pair with the name at `offset`, or `None`."""
    if offset < document.body_start:
        return None
    pairs = (_name_spans(document.text, pair) for pair in document.markdown.tags)
    return next((pair for pair in pairs if any(span.contains_cursor(offset) for span in pair)), None)


def _name_spans(text: str, pair: TagPair) -> tuple[Span, Span]:
    opening = text.index("<", pair.opening.start) + len("<")
    closing = text.index("</", pair.closing.start) + len("</")
    return Span(opening, opening + len(pair.name)), Span(closing, closing + len(pair.name))
