"""The parts of a Markdown text, with spans: headings, code blocks, links and pairs of tags."""

import re
from bisect import bisect_right

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern


class Heading(NamedTuple):
    """A heading. `level` is 1 to 6; a bold line that is used as a heading has `level` 0."""

    level: int
    title: str
    span: Span


class CodeBlock(NamedTuple):
    """A code block; `closed` is false if the closing fence is missing."""

    span: Span
    fenced: bool
    closed: bool


class Link(NamedTuple):
    """An inline link or an image; `destination` is as it is written, without the title."""

    span: Span
    destination: str
    destination_span: Span


class TagPair(NamedTuple):
    """A pair of tags on separate lines: `<name>` ... `</name>`."""

    name: str
    opening: Span
    closing: Span


class Markdown(NamedTuple):
    """The parts of a Markdown text, each list in the order of the text."""

    headings: tuple[Heading, ...]
    code_blocks: tuple[CodeBlock, ...]
    links: tuple[Link, ...]
    tags: tuple[TagPair, ...]

    def code_block_at(self, offset: int) -> CodeBlock | None:
        """The code block that contains `offset`."""
        at = bisect_right(self.code_blocks, offset, key=lambda block: block.span.start) - 1
        return self.code_blocks[at] if at >= 0 and offset < self.code_blocks[at].span.end else None

    def in_code(self, offset: int) -> bool:
        """Whether `offset` is in a code block."""
        return self.code_block_at(offset) is not None


def code_block(span: Span, text: str, *, fenced: bool) -> CodeBlock:
    """The code block at `span` of `text`."""
    return CodeBlock(span, fenced, not fenced or _is_closed(span.text_in(text)))


def inline_link(span: Span, text: str, destination: str) -> Link:
    """The link at `span` of `text`. The parser has replaced escapes and entities in its `destination`, which may
    therefore not be found; then its span is that of the link."""
    at = text.rfind(destination, span.start, span.end)
    return Link(span, destination, Span(at, at + len(destination)) if at >= 0 else span)


_CLOSING_FENCE = lazy_pattern(r"[ \t>]*(`{3,}|~{3,})[ \t]*\r?\n?\Z")


def _is_closed(block: str) -> bool:
    """Whether a fenced block's last line is a fence as long as its first."""
    fence = re.match(r"[ \t>]*(`{3,}|~{3,})", block)
    lines = block.rstrip("\r\n").rsplit("\n", 1)
    closing = _CLOSING_FENCE.match(lines[1]) if len(lines) == 2 else None
    return bool(fence and closing and closing[1].startswith(fence[1]))
