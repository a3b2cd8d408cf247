"""The outline of a file, and what of it can be folded.

The frontmatter with its keys comes first, then the sections of the prompt: headings by their
level, lines in bold that act as headings, and what stands between a pair of tags. A pair of
tags holds all that begins inside it; otherwise a section reaches to the next heading that is
not below it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Literal, NamedTuple

from agentls.document.document import Document
from agentls.text.markdown import Heading, TagPair
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Mapping, Node, Scalar, Sequence

Kind = Literal["frontmatter", "key", "section", "bold", "tag"]

UNTITLED = "(no title)"

_MAX_DETAIL = 60
_MAX_TAG_DEPTH = 20  # No prompt nests tags like this; an editor that recurses must not choke on one.


class DocumentSymbol(NamedTuple):
    """A part of the file. `span` covers all of it and `selection`, which lies inside, its name;
    the children lie inside too, in order and apart from each other."""

    name: str
    detail: str
    kind: Kind
    span: Span
    selection_span: Span
    children: tuple[DocumentSymbol, ...] = ()


def document_symbols(document: Document) -> tuple[DocumentSymbol, ...]:
    """The parts of the file, nested."""
    return (*_frontmatter(document), *_sections(document))


# --- the frontmatter --------------------------------------------------------------------------


def _frontmatter(document: Document) -> Iterator[DocumentSymbol]:
    """The frontmatter, if there is one."""
    block = document.frontmatter
    if block is None:
        return
    end = (block.closing or block.content).end
    span = strip_span(document.text, Span(block.opening.start, max(block.opening.end, end)))
    keys = tuple(_keys(document, span))
    yield DocumentSymbol("frontmatter", document.reading.name or "", "frontmatter", span, block.opening, keys)


def _keys(document: Document, inside: Span) -> Iterator[DocumentSymbol]:
    """The keys with their values, each behind the one before it."""
    end = inside.start
    for entry in sorted(document.root.entries, key=lambda entry: entry.span):
        span = strip_span(document.text, entry.span)
        if span.start < end or span.end > inside.end or span.start == span.end:
            continue  # An alias or a merged key, which has no place of its own.
        end = span.end
        selection = Span(span.start, min(entry.key.span.end, span.end))
        yield DocumentSymbol(_name(entry.key.text), _detail(entry.value), "key", span, selection)


def _detail(value: Node) -> str:
    """A value in a few words."""
    if isinstance(value, Scalar):
        text = value.text
    elif isinstance(value, Sequence):
        text = ", ".join(_detail(item) for item in value.items[:_MAX_DETAIL])
    else:
        assert isinstance(value, Mapping), "a node is a scalar, a sequence or a mapping"
        text = ", ".join(entry.key.text for entry in value.entries[:_MAX_DETAIL])
    words = " ".join(text[: 4 * _MAX_DETAIL].split())
    return textwrap.shorten(words, _MAX_DETAIL, placeholder=" ...")


# --- the body ---------------------------------------------------------------------------------


class _OpenSection:
    """A section that is not finished: its heading or tag, and the children found so far."""

    def __init__(self, of: Heading | TagPair | None) -> None:
        self.of = of
        self.children: list[DocumentSymbol] = []


def _sections(document: Document) -> tuple[DocumentSymbol, ...]:
    """The sections of the body, nested by the levels of headings and by tags."""
    text = document.text
    top = _OpenSection(None)
    stack = [top]

    def close(end: int) -> None:
        section = stack.pop()
        assert section.of is not None, "the body itself stays open"
        stack[-1].children.append(_section(text, section.of, end, tuple(section.children)))

    def close_tags_before(offset: int) -> None:
        while tags := [section.of for section in stack if isinstance(section.of, TagPair)]:
            if tags[-1].closing.end > offset:
                break
            while stack[-1].of is not tags[-1]:
                close(_line_start(text, tags[-1].closing.start))
            close(tags[-1].closing.end)

    starts: list[Heading | TagPair] = [*document.markdown.headings, *document.markdown.tags]
    for start in sorted(starts, key=_start):
        offset = _start(start)
        close_tags_before(offset)
        if isinstance(start, Heading):
            while isinstance(stack[-1].of, Heading) and not _is_below(start, stack[-1].of):
                close(_line_start(text, offset))
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
    """Whether `heading` begins a section inside that of `other`. A line in bold is below any real
    heading."""
    if heading.level == 0 or other.level == 0:
        return other.level != 0
    return heading.level > other.level


def _section(
    text: str, of: Heading | TagPair, end: int, children: tuple[DocumentSymbol, ...]
) -> DocumentSymbol:
    """A section that ends at `end`, without the blank lines at its end."""
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
    """`text` as a name, which must not be blank."""
    return " ".join(text.split()) or UNTITLED


def _line_start(text: str, offset: int) -> int:
    """Where the line of `offset` starts."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def strip_span(text: str, span: Span) -> Span:
    """`span` without the blanks and line ends at its edges."""
    piece = span.text_in(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.start + len(piece.rstrip())))
