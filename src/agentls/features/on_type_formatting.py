"""What follows from a line break in the frontmatter: the next item of a list, the end of a list, the closing fence.

Editors call it for each line break, so there are no edits unless it is certain what the user is about to write.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.document.document import Document
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Scalar, Sequence, is_null, walk

_FENCE = "---"
_BLOCK_STYLES = ("literal", "folded")
_DASH = lazy_pattern(r" *- +")


def format_on_type(document: Document, offset: int) -> tuple[Edit, ...]:
    """The edits after the user has typed a line break. `offset` is on the new line, which has no text except in the
    second line of the file, where the user may have typed on."""
    number = document.lines.line_number(offset)
    line = document.lines.line_span(number)
    if number == 1:
        return _close_frontmatter(document, line)
    if number == 0 or line.text_in(document.text).strip():
        return ()
    return _continue_list(document, document.lines.line_span(number - 1), line)


def _close_frontmatter(document: Document, line: Span) -> tuple[Edit, ...]:
    """The edit that adds the closing fence below `line` if the first line of the file opens a frontmatter without
    content below `line`."""
    block = document.frontmatter
    first = document.lines.line_span(0).text_in(document.text)
    if block is None or block.closing or not document.dialect.keys or first.removeprefix("\ufeff") != _FENCE:
        return ()
    if document.text[line.end : block.content.end].strip():
        return ()
    is_last = line.end == len(document.text)
    closing = document.newline + _FENCE + (document.newline if is_last else "")
    return (Edit(Span(line.end, line.end), closing),)


def _continue_list(document: Document, above: Span, line: Span) -> tuple[Edit, ...]:
    """The edit that starts the next item if the line above is an item, or ends the list if that item is empty."""
    for items in _block_lists(document):
        for at, item in enumerate(items):
            if not (above.start <= item.span.start and item.span.end <= above.end):
                continue
            lead = _DASH.fullmatch(document.text, above.start, item.span.start)
            if is_null(item) and item.span.start == item.span.end:
                is_last = at and not Span(item.span.end, above.end).text_in(document.text).strip()
                return (Edit(Span(above.start, line.end), ""),) if is_last else ()
            return (Edit(line, lead[0]),) if lead and item.style not in _BLOCK_STYLES else ()
    return ()


def _block_lists(document: Document) -> Iterator[list[Scalar]]:
    """Yield the scalars of each list in block style."""
    for node in walk(document.root):
        if isinstance(node, Sequence) and not node.flow:
            yield [item for item in node.items if isinstance(item, Scalar)]
