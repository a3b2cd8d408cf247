"""Offsets, spans and edits, and the conversion between offsets and positions.

The core uses *offsets*: numbers of code points from the start of the text. Editors use *positions*: a line and a
character in one of three encodings. Only this module converts between them. As in the Language Server Protocol,
a line ends with ``\\n``, ``\\r\\n`` or ``\\r``.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from posixpath import commonprefix
from typing import Literal

from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = lazy_pattern(r"\r\n|\n|\r")
_NEWLINE = lazy_pattern(r"\n")  # Faster by half for texts without `\r`.


class Span(NamedTuple):
    """A half-open range of offsets, `start` included, `end` excluded."""

    start: int
    end: int

    def text_in(self, text: str) -> str:
        """The piece of `text` that the span covers."""
        return text[self.start : self.end]

    def contains_cursor(self, offset: int) -> bool:
        """Whether `offset` is inside or at either edge, as a cursor can be."""
        return self.start <= offset <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share an offset, or touch where one of them is empty."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


class Edit(NamedTuple):
    """Replaces the text in `span` by `new_text`."""

    span: Span
    new_text: str


class Position(NamedTuple):
    """A zero-based line, and a zero-based character in the units of an `Encoding`."""

    line: int
    character: int


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply `edits` to `text`. Their spans refer to the old text and must not overlap."""
    pieces = []
    end = len(text)
    for edit in sorted(edits, reverse=True):
        pieces.append(text[edit.span.end : end])
        pieces.append(edit.new_text)
        end = edit.span.start
    pieces.append(text[:end])
    return "".join(reversed(pieces))


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """Return the edits that make `after` of `before`. They leave the lines alone that are in both, so that a cursor
    stays where it is."""
    from difflib import SequenceMatcher  # Only fixes of whole files need it.

    whole = _without_common_ends(Edit(Span(0, len(before)), after), before)
    # Whole lines compare better than the ends of lines.
    start = before.rfind("\n", 0, whole.span.start) + 1
    end = before.find("\n", whole.span.end) + 1 or len(before)
    old = before[start:end].splitlines(keepends=True)
    new = after[start : len(after) - (len(before) - end)].splitlines(keepends=True)
    starts = list(accumulate(map(len, old), initial=start))
    return tuple(
        _without_common_ends(Edit(Span(starts[i], starts[j]), "".join(new[k:n])), before)
        for change, i, j, k, n in SequenceMatcher(None, old, new).get_opcodes()
        if change != "equal"
    )


def _without_common_ends(edit: Edit, text: str) -> Edit:
    """Return an edit without the start and the end that the old and the new text have in common."""
    old, new = edit.span.text_in(text), edit.new_text
    start = len(commonprefix((old, new)))
    end = len(commonprefix((old[start:][::-1], new[start:][::-1])))
    return Edit(Span(edit.span.start + start, edit.span.end - end), new[start : len(new) - end])


class LineIndex:
    """The lines of a text, with conversions between offsets and positions.

    The lines are found as far as they are needed: most questions are about the frontmatter.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._ends = (_LINE_END if "\r" in text else _NEWLINE).finditer(text)
        self._starts = [0]

    def _find_next(self) -> bool:
        """Find the start of one more line, if there is one."""
        end = next(self._ends, None)
        if end:
            self._starts.append(end.end())
        return end is not None

    def __len__(self) -> int:
        """The number of lines; a text that ends with a line end has an empty last line."""
        self._starts += [end.end() for end in self._ends]
        return len(self._starts)

    def line_number(self, offset: int) -> int:
        """The zero-based line that contains `offset`."""
        if self._starts[-1] <= offset:
            for end in self._ends:
                self._starts.append(end.end())
                if end.end() > offset:
                    break
        return bisect_right(self._starts, offset) - 1

    def _has_line(self, number: int) -> bool:
        while number >= len(self._starts) and self._find_next():
            pass
        return number < len(self._starts)

    def line_start(self, number: int) -> int:
        """The offset at which line `number` (zero-based) starts, or the end of the text if there is none."""
        return self._starts[number] if self._has_line(number) else len(self._text)

    def line_span(self, number: int) -> Span:
        """The span of line `number` (zero-based) without its line end."""
        is_last = not self._has_line(number + 1)
        start = self._starts[number]
        if is_last:
            return Span(start, len(self._text))
        end = self._starts[number + 1]
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def column(self, offset: int) -> int:
        """The number of code points between the start of the line and `offset`."""
        number = self.line_number(offset)
        return offset - self._starts[number]

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of `offset`, with its character in code units of `encoding`."""
        offset = max(0, min(offset, len(self._text)))
        line = self.line_number(offset)
        start = self._starts[line]
        if self._ascii or encoding == "utf-32":
            return Position(line, offset - start)
        return Position(line, _code_unit_count(self._text[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of `position`, clamped to the text.

        A line past the end gives the end of the text, a character past the end of its line
        the end of that line, and one inside a character the start of that character.
        """
        if position.line < 0:
            return 0
        if not self._has_line(position.line):
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
    """The number of code units of `piece` in utf-8 or utf-16; lone surrogates are allowed."""
    if encoding == "utf-8":
        return len(piece.encode("utf-8", "surrogatepass"))
    return len(piece.encode("utf-16-le", "surrogatepass")) // 2
