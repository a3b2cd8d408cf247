"""Selection ranges: ever larger parts of a file around the cursor.

In the frontmatter: a word, an entry of a list, a value, a key with its value, the content, the frontmatter with its
fences. In the body: a word, the content of a tag, a section. At last the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentls.document.document import Document
from agentls.features.document_symbol import DocumentSymbol, document_symbols, strip_span
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Mapping, Node, Sequence

_WORD = lazy_pattern(r"[\w-]+")


def selection_ranges(document: Document, offset: int) -> list[Span]:
    """The spans around `offset`, each inside the next one; the last one is the whole file."""
    text = document.text
    line = document.lines.line_span(document.lines.line_number(offset))
    words = (Span(*found.span()) for found in _WORD.finditer(text, *line))
    is_body = offset >= document.body_start
    parts = _in_symbols(document_symbols(document)) if is_body else _in_frontmatter(document)
    candidates = [*words, strip_span(text, line), *parts]
    around = {span for span in candidates if span.contains_cursor(offset) and span.start < span.end}
    spans: list[Span] = []
    for span in sorted(around, key=lambda span: (span.end - span.start, span)):
        if not spans or (span.start <= spans[-1].start and spans[-1].end <= span.end):
            spans.append(span)
    whole = Span(0, len(text))
    return spans if whole in spans else [*spans, whole]


def _in_frontmatter(document: Document) -> Iterator[Span]:
    """The frontmatter and its parts."""
    block = document.frontmatter
    if block is None:
        return
    end = (block.closing or block.content).end
    yield strip_span(document.text, Span(block.opening.start, max(block.opening.end, end)))
    yield strip_span(document.text, block.content)
    yield from (item.entry.span for tools in document.tool_lists for item in tools.items)
    yield from (strip_span(document.text, span) for span in _in_node(document.root))


def _in_node(node: Node) -> Iterator[Span]:
    """The values, items and entries in a value."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield item.span
            yield from _in_node(item)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield from (entry.span, entry.value.span)
            yield from _in_node(entry.value)


def _in_symbols(symbols: Iterable[DocumentSymbol]) -> Iterator[Span]:
    """The sections."""
    for symbol in symbols:
        yield symbol.span
        yield from _in_symbols(symbol.children)
