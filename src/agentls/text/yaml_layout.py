"""The layout of a block mapping: its entries with their lines and comments, and the edits that lay an entry out.

Laying out changes blanks only: the indentation (two for each level, also of lists), the blanks after a colon and
after the dash of an item, and those at the end of a line. The lines of a scalar keep their indentation relative to
each other, and everything else in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar

_INDENT = 2
_BLANKS = " \t"
_COLON = lazy_pattern(r"[ \t]*:[ \t]*")
_DASH = lazy_pattern(r"-([ \t]+)")
_INDENTED_BLOCK = lazy_pattern(r"[|>][-+]?[1-9]")


class Line(NamedTuple):
    """A line: its span with the line end, where its text starts and ends, the blanks after the text, and whether the
    text is a comment."""

    span: Span
    start: int
    end: int
    trailing: Span
    is_comment: bool

    @property
    def is_blank(self) -> bool:
        """Whether the line has no text."""
        return self.start == self.end

    @property
    def indent(self) -> int:
        """The number of blanks before the text."""
        return self.start - self.span.start


class Chunk(NamedTuple):
    """An entry with all lines that belong to it: the comments directly above it, its own, and indented comments
    below it."""

    span: Span
    lines: tuple[Line, ...]
    entry: Entry


class Layout(NamedTuple):
    """The lines of a block: groups of entries, and the runs of lines between them: blank ones, and comments that
    belong to no entry. The first gap is before the first group, the last one after the last."""

    groups: tuple[tuple[Chunk, ...], ...]
    gaps: tuple[tuple[Line, ...], ...]


def split_block(text: str, block: Span, root: Mapping) -> Layout | None:
    """The layout of the lines in `block`, whose content is the block mapping `root`. `None` if two entries share a
    line."""
    lines = list(_lines(text, block))
    rows = _rows_of_entries(lines, root)
    if rows is None:
        return None
    groups: list[list[Chunk]] = [[]]
    gaps: list[list[Line]] = []
    at = 0
    for number, (entry, (first, last)) in enumerate(zip(root.entries, rows, strict=True)):
        lead = first
        while lead > at and lines[lead - 1].is_comment and lines[lead - 1].indent <= lines[first].indent:
            lead -= 1
        if lead > at or not number:
            gaps.append(lines[at:lead])
            groups += [[]] if number else []
        at = last + 1
        while at < len(lines) and lines[at].is_comment and lines[at].indent > lines[first].indent:
            at += 1
        own = lines[lead:at]
        groups[-1].append(Chunk(Span(own[0].span.start, own[-1].span.end), tuple(own), entry))
    gaps.append(lines[at:])
    return Layout(tuple(map(tuple, groups)), tuple(map(tuple, gaps)))


def _lines(text: str, block: Span) -> Iterator[Line]:
    at = block.start
    while at < block.end:
        newline = text.find("\n", at, block.end)
        span = Span(at, block.end if newline < 0 else newline + 1)
        line = span.text_in(text).rstrip("\r\n")
        start = at + len(line) - len(line.lstrip(_BLANKS))
        end = max(start, at + len(line.rstrip(_BLANKS)))
        trailing = Span(end if end > start else at, at + len(line))
        yield Line(span, start, end, trailing, text.startswith("#", start))
        at = span.end


def _rows_of_entries(lines: list[Line], root: Mapping) -> list[tuple[int, int]] | None:
    """The numbers of the first and the last line of each entry."""
    rows: list[tuple[int, int]] = []
    at = 0
    for entry in root.entries:
        first = at
        while lines[first].span.end <= entry.key.span.start:
            first += 1
        at = first
        while lines[at].span.end < entry.span.end:
            at += 1
        if lines[first].start != entry.key.span.start or (rows and rows[-1][1] == first):
            return None
        rows.append((first, at))
    return rows


def lay_out(text: str, chunk: Chunk) -> tuple[Edit, ...]:
    """The edits that give the lines of a chunk their layout."""
    plan = _Plan(text, chunk.lines)
    plan.add_entry(chunk.entry, 0)
    return plan.edits()


class _Plan:
    """The new indentation of the lines of one entry, and the edits within them."""

    def __init__(self, text: str, lines: tuple[Line, ...]) -> None:
        self._text = text
        self._lines = lines
        self._at = 0
        self._indents: dict[int, int] = {}
        self._kept_ends: set[int] = set()  # Blanks at the end of these lines may belong to a scalar.
        self._edits: list[Edit] = []

    def edits(self) -> tuple[Edit, ...]:
        """The edits of all lines. A comment moves with the line below it, the last one with the line above."""
        last = max(self._indents, default=0)
        shift = self._indents.get(last, 0) - self._lines[last].indent
        for number in reversed(range(len(self._lines))):
            line = self._lines[number]
            if number in self._indents:
                shift = self._indents[number] - line.indent
            if number in self._indents or line.is_comment:
                self._replace(Span(line.span.start, line.start), " " * max(0, line.indent + shift))
            if number not in self._kept_ends:
                self._replace(line.trailing, "")
        return tuple(sorted(self._edits))

    def add_entry(self, entry: Entry, indent: int) -> None:
        """Lay out an entry of a mapping whose keys are at the column `indent`."""
        key, start = entry.key.span, _start(entry.value)
        shift = indent - self._column(key.start)
        self._indent_line(key.start, indent)
        if start > key.end and _COLON.fullmatch(self._text, key.end, start):
            self._replace(Span(key.end, start), ": " if entry.value.span.end > start else ":")
        self._add_node(entry.value, indent + _INDENT, shift)

    def _add_node(self, node: Node, indent: int, shift: int) -> None:
        """Lay out a value whose lines below that of its key are at the column `indent`. The key moves by `shift`."""
        if isinstance(node, Scalar):
            self._add_scalar(node, indent)
        elif node.flow:
            first, last = self._line_at(node.span.start), self._line_at(node.span.end - 1)
            self._move(range(first + 1, last + 1), shift)
        elif isinstance(node, Mapping):
            for entry in node.entries:
                self.add_entry(entry, indent)
        else:
            for item in node.items:
                self._add_item(item, indent)

    def _add_item(self, item: Node, indent: int) -> None:
        start = _start(item)
        dash = self._text.rfind("-", 0, start)
        shift = indent + _INDENT - self._column(start)
        self._indent_line(dash, indent)
        found = _DASH.fullmatch(self._text, dash, start)
        if found and item.span.end > start:
            self._replace(Span(*found.span(1)), " ")
        self._add_node(item, indent + _INDENT, shift)

    def _add_scalar(self, scalar: Scalar, indent: int) -> None:
        """Move the lines of a scalar so that the least indented one is at `indent`. That of its key stays."""
        start = _start(scalar)
        first = self._line_at(start)
        last = self._line_at(max(start, scalar.span.end - 1))
        is_block = scalar.style in ("literal", "folded")
        self._kept_ends.update(range(first + 1, last + 1) if is_block else range(first, last))
        starts_line = self._lines[first].start == start and scalar.span.end > start
        moved = range(first if starts_line else first + 1, last + 1)
        rows = [number for number in moved if not self._lines[number].is_blank]
        if rows and not _INDENTED_BLOCK.match(self._text, scalar.span.start):
            self._move(rows, indent - min(self._lines[number].indent for number in rows))

    def _move(self, numbers: Iterable[int], shift: int) -> None:
        """Indent lines by `shift` more than they are."""
        for number in numbers:
            if not self._lines[number].is_blank:
                self._indents[number] = self._lines[number].indent + shift

    def _indent_line(self, offset: int, indent: int) -> None:
        """Set the indentation of the line whose text starts at `offset`."""
        number = self._line_at(offset)
        if self._lines[number].start == offset:
            self._indents[number] = indent

    def _column(self, offset: int) -> int:
        return offset - self._lines[self._line_at(offset)].span.start

    def _line_at(self, offset: int) -> int:
        """The number of the line with `offset`. Nodes are visited in the order of the text."""
        while self._lines[self._at].span.end <= offset and self._at + 1 < len(self._lines):
            self._at += 1
        return self._at

    def _replace(self, span: Span, new: str) -> None:
        if span.text_in(self._text) != new:
            self._edits.append(Edit(span, new))


def _start(node: Node) -> int:
    """Where a node starts, with its anchor or tag."""
    properties = node.properties_span if isinstance(node, Scalar) else None
    return properties.start if properties else node.span.start
