"""Offsets inside, positions outside.

Everything in the core speaks *offsets*: code points counted from the start of the text.
An editor speaks *positions*: a line and a character in one of three encodings. This module
is the only place where one is turned into the other. A line ends at ``\\n``, ``\\r\\n`` or ``\\r``
and nowhere else, as the Language Server Protocol has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, count
from typing import Literal, NamedTuple

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A half-open range of offsets, `start` included, `end` excluded."""

    start: int
    end: int

    def text_in(self, text: str) -> str:
        """The piece of `text` that the span covers."""
        return text[self.start : self.end]

    def contains_cursor(self, offset: int) -> bool:
        """Whether `offset` lies inside or at either edge, as a cursor does."""
        return self.start <= offset <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an offset, or touch where one of them is empty."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


class Edit(NamedTuple):
    """Replace what `span` covers by `new_text`."""

    span: Span
    new_text: str


class Position(NamedTuple):
    """A zero-based line, and a zero-based character in the units of an `Encoding`."""

    line: int
    character: int


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made. They refer to the old text and must not overlap."""
    pieces = []
    end = len(text)
    for edit in sorted(edits, reverse=True):
        pieces.append(text[edit.span.end : end])
        pieces.append(edit.new_text)
        end = edit.span.start
    pieces.append(text[:end])
    return "".join(reversed(pieces))


class LineIndex:
    """The lines of one text, and the way between its offsets and positions."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        if "\r" in text:
            self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
        else:
            # Adding up lengths is quicker than a search for each line end.
            lengths = accumulate(map(len, text.split("\n")[:-1]))
            self._starts = [0, *map(int.__add__, lengths, count(1))]

    def __len__(self) -> int:
        """The number of lines; a text that ends in a line end has an empty last one."""
        return len(self._starts)

    def line_number(self, offset: int) -> int:
        """The zero-based line that holds `offset`."""
        return bisect_right(self._starts, offset) - 1

    def line_span(self, number: int) -> Span:
        """The span of line `number` (zero-based) without its line end."""
        start = self._starts[number]
        if number + 1 == len(self._starts):
            return Span(start, len(self._text))
        end = self._starts[number + 1]
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def column(self, offset: int) -> int:
        """How many code points `offset` is from the start of its line."""
        return offset - self._starts[self.line_number(offset)]

    def position(self, offset: int, encoding: Encoding) -> Position:
        """Where `offset` lies, its character counted in units of `encoding`."""
        offset = max(0, min(offset, len(self._text)))
        line = self.line_number(offset)
        start = self._starts[line]
        if self._ascii or encoding == "utf-32":
            return Position(line, offset - start)
        return Position(line, _code_unit_count(self._text[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of `position`, moved to the nearest place that exists.

        A line past the end gives the end of the text, a character past the end of its line
        the end of that line, and one inside a character the start of that character.
        """
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self._text)
        start, end = self.line_span(position.line)
        if self._ascii or encoding == "utf-32":
            return max(start, min(start + position.character, end))
        units = 0
        for offset in range(start, end):
            units += _code_unit_count(self._text[offset], encoding)
            if units > position.character:
                return offset
        return end


def _code_unit_count(piece: str, encoding: Encoding) -> int:
    """How many code units `piece` takes in utf-8 or utf-16; lone surrogates count as written."""
    if encoding == "utf-8":
        return len(piece.encode("utf-8", "surrogatepass"))
    return len(piece.encode("utf-16-le", "surrogatepass")) // 2
