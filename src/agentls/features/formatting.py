"""Formatting of the frontmatter: the order of keys, indentation, blanks, and quotes around single words.

Every runtime that reads the file reads the formatted text as before: a change after which one would not is left out.
The body, the values, the comments, and the style of lists and texts stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from agentls.dialects.loader import Dialect
from agentls.document.document import Document
from agentls.document.edits import NOT_STRINGS
from agentls.document.equal_readings import have_equal_readings
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_layout import Chunk, Layout, Line, lay_out, split_block
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, Sequence, parse

_FIRST_KEYS = ("name", "description")
_LONE_CR = lazy_pattern(r"\r(?!\n)")
_WORD = lazy_pattern(r"[A-Za-z][\w./-]*")

_MAX_LEFT_OUT = 20
"""After this many changes that would be read differently, the other ones are left out as well."""


class Formatting(NamedTuple):
    """The edits that format a file, or the reason why its frontmatter cannot be formatted."""

    edits: tuple[Edit, ...] = ()
    problem: str = ""


def format_document(document: Document) -> Formatting:
    """The edits that format the frontmatter of a document. A document without frontmatter needs none."""
    layout = _find_layout(document)
    if not isinstance(layout, Layout):
        return Formatting(problem=layout)
    return Formatting(_make_changes(document, layout, list(_changes(document, layout))))


def format_range(document: Document, span: Span) -> tuple[Edit, ...]:
    """The edits that format the entries of the frontmatter that overlap `span`, without reordering them."""
    layout = _find_layout(document)
    if not isinstance(layout, Layout):
        return ()
    last = max(span.start, span.end - 1)  # Selected lines end at the start of the next one.
    changes = [
        change
        for group in layout.groups
        for chunk in group
        if chunk.span.start <= last and span.start < chunk.span.end
        for change in _entry_changes(document.text, chunk)
    ]
    return _make_changes(document, layout, changes)


def _find_layout(document: Document) -> Layout | str:
    """The layout of the frontmatter, or the reason why it cannot be formatted: "" if there is nothing to format."""
    block = document.frontmatter
    if block is None or document.is_read_on_demand:
        return ""
    if block.closing is None:
        return "the frontmatter is not closed"
    if _LONE_CR.search(document.text, *block.content):
        return "a line ends in CR alone"
    root, error = parse(MappedText.unchanged(document.text, block.content))
    if error:
        return f"invalid YAML in line {document.lines.line_number(error.offset) + 1}: {error.message}"
    layout = None
    if isinstance(root, Mapping) and not root.flow:
        layout = split_block(document.text, block.content, root)
    return layout or ""


# --- changes ----------------------------------------------------------------------------------


class _Change(NamedTuple):
    """What is changed as a whole or not at all: edits, or the order of chunks. `order` has pairs of spans: that of a
    chunk, and that of the chunk that takes its place."""

    edits: tuple[Edit, ...] = ()
    order: tuple[tuple[Span, Span], ...] = ()


def _changes(document: Document, layout: Layout) -> Iterator[_Change]:
    """Yield the changes that format the frontmatter."""
    for group in layout.groups:
        for chunk in group:
            yield from _entry_changes(document.text, chunk)
        order = _reorder(group, document.dialect)
        if order:
            yield _Change(order=order)
    *inner, last = layout.gaps
    for number, gap in enumerate(inner):
        yield _Change(tuple(_gap_edits(gap, keeps_blank=number > 0)))
    yield _Change(tuple(_gap_edits(reversed(last), keeps_blank=False)))


def _entry_changes(text: str, chunk: Chunk) -> Iterator[_Change]:
    yield _Change(lay_out(text, chunk))
    yield from (_Change((edit,)) for edit in _unquote(chunk.entry))


def _reorder(group: tuple[Chunk, ...], dialect: Dialect) -> tuple[tuple[Span, Span], ...]:
    """The order of the entries of a group: the name, the description, the other keys as the table has them, and then
    unknown keys as they are. Blank lines divide groups, so the author decides what belongs together."""
    known = [key.name for key in dialect.keys if key.name not in _FIRST_KEYS]
    ranks = {name: rank for rank, name in enumerate((*_FIRST_KEYS, *known))}
    in_order = sorted(group, key=lambda chunk: ranks.get(chunk.entry.key.text, len(ranks)))
    pairs = zip(group, in_order, strict=True)
    return tuple((here.span, there.span) for here, there in pairs if here is not there)


def _unquote(entry: Entry) -> Iterator[Edit]:
    """Yield the edits that remove the quotes of keys and values that are single words.

    A text keeps its quotes, which protect it: it is invalid without them as soon as it contains `: `. So do the items
    of a list, which are quoted or not alike.
    """
    yield from (
        Edit(scalar.span, scalar.text)
        for scalar in (entry.key, entry.value)
        if isinstance(scalar, Scalar)
        and scalar.style in ("single", "double")
        and _WORD.fullmatch(scalar.text)
        and scalar.text.lower() not in NOT_STRINGS
        and not scalar.properties_span
    )
    below = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for node in below:
        if isinstance(node, Mapping) and not node.flow:
            for each in node.entries:
                yield from _unquote(each)


def _gap_edits(gap: Iterable[Line], *, keeps_blank: bool) -> Iterator[Edit]:
    """Yield the edits that leave one blank line of several, none before the first comment unless `keeps_blank`, and
    no blanks at the end of a line."""
    for line in gap:
        if line.is_blank and not keeps_blank:
            yield Edit(line.span, "")
        elif line.trailing.start < line.trailing.end:
            yield Edit(line.trailing, "")
        keeps_blank = not line.is_blank


# --- which changes are made -------------------------------------------------------------------


def _make_changes(document: Document, layout: Layout, changes: list[_Change]) -> tuple[Edit, ...]:
    """The edits of all `changes` after which every runtime reads the same."""
    spans = [chunk.span for group in layout.groups for chunk in group]
    made: list[_Change] = []
    left_out = 0
    # Halves are tried until the changes are found that cannot be made.
    waiting = [[change for change in changes if change.edits or change.order]]
    while waiting and left_out < _MAX_LEFT_OUT:
        tried = waiting.pop()
        edits = _combine(document.text, spans, made + tried)
        if not edits or have_equal_readings(document, document.with_edits(edits)):
            made += tried
        elif len(tried) == 1:
            left_out += 1
        else:
            half = len(tried) // 2
            waiting += [tried[half:], tried[:half]]
    return _combine(document.text, spans, made)


def _combine(text: str, spans: list[Span], changes: list[_Change]) -> tuple[Edit, ...]:
    """The edits of changes. `spans` are those of all chunks: one that takes the place of another is edited first."""
    starts = [span.start for span in spans]
    edits: list[Edit] = []
    inside: dict[Span, list[Edit]] = {}
    for edit in (edit for change in changes for edit in change.edits):
        at = bisect_right(starts, edit.span.start) - 1
        if at >= 0 and edit.span.start < spans[at].end:
            inside.setdefault(spans[at], []).append(edit)
        else:
            edits.append(edit)
    for here, there in (pair for change in changes for pair in change.order):
        moved = (
            Edit(Span(edit.span.start - there.start, edit.span.end - there.start), edit.new_text)
            for edit in inside.get(there, ())
        )
        edits.append(Edit(here, apply_edits(there.text_in(text), moved)))
    replaced = {here for change in changes for here, _ in change.order}
    edits += [edit for span, within in inside.items() if span not in replaced for edit in within]
    return tuple(sorted(edits))
