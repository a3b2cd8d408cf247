"""Document symbols: the frontmatter with its keys, and the sections of the prompt.

A section starts with a heading, a bold line that is used as a heading, or the opening tag of a pair. A pair of
tags contains everything that starts inside it. Any other section ends at the next heading of the same or a higher
level.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Literal

from agentls.document.document import Document
from agentls.text.markdown_parts import Heading, TagPair
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Mapping, Node, Scalar, Sequence

Kind = Literal["frontmatter", "key", "section", "bold", "tag"]

UNTITLED = "(no title)"

_MAX_DETAIL = 60
_MAX_SECTIONS = 2_000  # No prompt has that many, and each costs an editor a symbol and a folding range.
_MAX_TAG_DEPTH = 20  # No prompt nests tags this deep; an editor may process symbols recursively.


class DocumentSymbol(NamedTuple):
    """A part of the file. `span` covers all of it, `selection_span` its name. Both this and the children are inside
    `span`; the children are in order and do not overlap."""

    name: str
    detail: str
    kind: Kind
    span: Span
    selection_span: Span
    children: tuple[DocumentSymbol, ...] = ()


def document_symbols(document: Document) -> tuple[DocumentSymbol, ...]:
    """The symbols of a document, as a tree."""
    return (*_frontmatter(document), *_sections(document))


# --- frontmatter ------------------------------------------------------------------------------


def _frontmatter(document: Document) -> Iterator[DocumentSymbol]:
    """The symbol of the frontmatter, if there is one."""
    block = document.frontmatter
    if block is None:
        return
    end = (block.closing or block.content).end
    span = strip_span(document.text, Span(block.opening.start, max(block.opening.end, end)))
    keys = tuple(_keys(document, span))
    yield DocumentSymbol("frontmatter", document.reading.name or "", "frontmatter", span, block.opening, keys)


def _keys(document: Document, inside: Span) -> Iterator[DocumentSymbol]:
    """The symbols of the keys with their values, which do not overlap."""
    end = inside.start
    for entry in sorted(document.root.entries, key=lambda entry: entry.span):
        span = strip_span(document.text, entry.span)
        if span.start < end or span.end > inside.end or span.start == span.end:
            continue  # An alias or a merged key has no span of its own.
        end = span.end
        selection = Span(span.start, min(entry.key.span.end, span.end))
        yield DocumentSymbol(_name(entry.key.text), _detail(entry.value), "key", span, selection)


def _detail(value: Node) -> str:
    """A value as a short line."""
    if isinstance(value, Scalar):
        text = value.text
    elif isinstance(value, Sequence):
        text = ", ".join(_detail(item) for item in value.items[:_MAX_DETAIL])
    else:
        assert isinstance(value, Mapping), "a node is a scalar, a sequence or a mapping"
        text = ", ".join(entry.key.text for entry in value.entries[:_MAX_DETAIL])
    words = " ".join(text[: 4 * _MAX_DETAIL].split())
    return textwrap.shorten(words, _MAX_DETAIL, placeholder=" ...")


# --- body -------------------------------------------------------------------------------------


class _OpenSection:
    """A section that is not closed: its heading or tag, and its children so far."""

    def __init__(self, of: Heading | TagPair | None) -> None:
        self.of = of
        self.children: list[DocumentSymbol] = []


def _sections(document: Document) -> tuple[DocumentSymbol, ...]:
    """The sections of the body, nested by the levels of headings and by tags; the first ones if there are very many."""
    text, lines = document.text, document.lines
    top = _OpenSection(None)
    stack = [top]

    def line_start(offset: int) -> int:
        return lines.line_start(lines.line_number(offset))

    def close(end: int) -> None:
        section = stack.pop()
        assert section.of is not None, "the body itself stays open"
        stack[-1].children.append(_section(text, section.of, end, tuple(section.children)))

    def close_tags_before(offset: int) -> None:
        while tags := [section.of for section in stack if isinstance(section.of, TagPair)]:
            if tags[-1].closing.end > offset:
                break
            while stack[-1].of is not tags[-1]:
                close(line_start(tags[-1].closing.start))
            close(tags[-1].closing.end)

    starts: list[Heading | TagPair] = [*document.markdown.headings, *document.markdown.tags]
    for start in sorted(starts, key=_start)[:_MAX_SECTIONS]:
        offset = _start(start)
        close_tags_before(offset)
        if isinstance(start, Heading):
            while isinstance(stack[-1].of, Heading) and not _is_below(start, stack[-1].of):
                close(line_start(offset))
        elif sum(isinstance(section.of, TagPair) for section in stack) >= _MAX_TAG_DEPTH:
            continue
        stack.append(_OpenSection(start))
    close_tags_before(len(text))
    while len(stack) > 1:
        close(len(text))
    return tuple(top.children)


def _start(of: Heading | TagPair) -> int:
    return of.span.start if isinstance(of, Heading) else of.opening.start


def _is_below(heading: Heading, other: Heading) -> bool:
    """Whether `heading` starts a section inside that of `other`. A bold line is below any heading."""
    if heading.level == 0 or other.level == 0:
        return other.level != 0
    return heading.level > other.level


def _section(
    text: str, of: Heading | TagPair, end: int, children: tuple[DocumentSymbol, ...]
) -> DocumentSymbol:
    """The symbol of a section that ends at `end`, without trailing blank lines."""
    kind: Kind
    if isinstance(of, TagPair):
        name, kind, selection = f"<{of.name}>", "tag", strip_span(text, of.opening)
    elif of.level:
        name, kind, selection = of.title, "section", of.span
    else:
        name, kind, selection = of.title.rstrip(": "), "bold", of.span
    start, last = selection
    if children:
        last = children[-1].span.end
    span = Span(start, max(last, strip_span(text, Span(start, max(last, end))).end))
    return DocumentSymbol(_name(name), "", kind, span, selection, children)


def _name(text: str) -> str:
    """`text` as a name, which must not be empty."""
    return " ".join(text.split()) or UNTITLED


def strip_span(text: str, span: Span) -> Span:
    """`span` without whitespace at its edges."""
    piece = span.text_in(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.start + len(piece.rstrip())))
