"""Edits of YAML: scalars that parse to a given value, and changes of lists and entries.

An edit changes nothing around its span.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby

from agentls.dialects.runtimes import ToolGrammar
from agentls.dialects.tool_names import ToolEntry, split_tool_list
from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse

_WIDTH = 100

NOT_STRINGS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
"""The words, in lower case, that a version of YAML does not read as strings."""


def quote_scalar(text: str) -> str:
    """`text`, without line breaks, as a quoted scalar in the style that needs fewer escapes."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def write_scalar(text: str) -> str:
    """`text`, without line breaks, as a scalar in a block: plain if it parses to the same text, else quoted."""
    line = f"key: {text}"
    root = parse(MappedText.unchanged(line, Span(0, len(line)))).root
    return text if isinstance(root, Mapping) and root.value == {"key": text} else quote_scalar(text)


def write_item(text: str) -> str:
    """`text`, without line breaks, as an item of a list in brackets: plain if it parses to the same text, else
    quoted."""
    line = f"[{text}]"
    root = parse(MappedText.unchanged(line, Span(0, len(line)))).root
    return text if isinstance(root, Sequence) and root.value == [text] else quote_scalar(text)


def write_folded_block(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, without line breaks, as a folded block scalar with lines of about 100 characters.

    Lines break at single spaces only, so that folding restores every character.
    """
    lines = [""]
    for piece in re.split(r"(?<=\S) (?=\S)", text.strip(" ")):
        if lines[-1] and len(lines[-1]) + len(piece) >= _WIDTH:
            lines.append(piece)
        else:
            lines[-1] += (" " if lines[-1] else "") + piece
    return newline.join([">-", *(indent + line for line in lines)])


def write_literal_block(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, with any number of lines, as a literal block scalar without a final line break."""
    lines = text.replace("\r\n", "\n").split("\n")
    return newline.join(["|-", *(indent + line.rstrip() if line.strip() else "" for line in lines)])


def set_value(entry: Entry, value: str) -> Edit:
    """The edit that replaces the value of a top-level entry with `value`, on the line of the key."""
    return Edit(Span(entry.key.span.end, max(entry.key.span.end, entry.value.span.end)), f": {value}")


def remove_entry(document: Document, mapping: Mapping, entry: Entry) -> Edit:
    """The edit that removes `entry` from `mapping`, with its lines or its comma. The dash of a list item stays."""
    at = mapping.entries.index(entry)
    if mapping.flow:
        return _remove_run(at, at, len(mapping.entries), lambda number: mapping.entries[number].span)
    lines = document.lines
    first = lines.line_span(lines.line_number(entry.key.span.start))
    has_dash = bool(Span(first.start, entry.key.span.start).text_in(document.text).strip())
    if has_dash and at + 1 < len(mapping.entries):
        return Edit(Span(entry.key.span.start, mapping.entries[at + 1].key.span.start), "")
    return _remove_lines(document, Span(first.start, entry.span.end))


def edit_list(document: Document, value: Node, changes: dict[Span, tuple[str, ...]]) -> tuple[Edit, ...]:
    """The edits that change entries of a list of tools, which keeps its style.

    `changes` maps the span of an entry to the names that replace it; an entry without a replacement is removed
    with its separator. There are no edits if the list would become empty, or if an entry is not in the text
    verbatim (a quoted scalar with escapes).
    """
    items = value.items if isinstance(value, Sequence) else (value,)

    def split(at: int) -> _Row:
        return _split_item(items[at], document.text, document.dialect.tool_grammar)

    changed: dict[int, dict[int, tuple[str, ...]]] = {}
    for span, names in changes.items():
        at = _item_at(items, span.start)
        place = split(at).places.get(span)
        if place is None or not split(at).is_verbatim:
            return ()
        changed.setdefault(at, {})[place] = names
    removed = [
        at
        for at in sorted(changed)
        if len(changed[at]) == len(split(at).entries) and not any(changed[at].values())
    ]
    if len(removed) == len(changed) and not any(
        split(at).entries for at in range(len(items)) if at not in changed
    ):
        return ()
    edits: list[Edit] = []
    for at, places in sorted(changed.items()):
        if at in removed:
            continue
        edits += _edit_row(split(at), places, _separator(document, value, items[at], len(split(at).entries)))
    if isinstance(value, Sequence) and value.flow:
        edits += _remove_runs(removed, len(items), lambda number: _item_span(items[number]))
    elif isinstance(value, Sequence):
        edits += [_remove_item(document, items[at]) for at in removed]
    return tuple(edits)


class _Row(NamedTuple):
    """The entries in one item of a list, their places by their spans, and whether all are in the text verbatim."""

    entries: tuple[ToolEntry, ...]
    places: dict[Span, int]
    is_verbatim: bool


@lru_cache(maxsize=64)  # The fixes of each entry of a string ask about all of it.
def _split_item(item: Node, text: str, grammar: ToolGrammar) -> _Row:
    entries = split_tool_list(item, text, grammar)
    places = {entry.span: place for place, entry in enumerate(entries)}
    return _Row(entries, places, all(entry.span.text_in(text) == entry.text for entry in entries))


def _edit_row(row: _Row, changes: dict[int, tuple[str, ...]], between: str) -> Iterator[Edit]:
    """The edits that change entries of one item, which are given by their places."""
    spans = [(row.entries[place].span, names) for place, names in sorted(changes.items())]
    yield from (Edit(span, between.join(names)) for span, names in spans if names)
    removed = [place for place, names in sorted(changes.items()) if not names]
    yield from _remove_runs(removed, len(row.entries), lambda place: row.entries[place].span)


def _item_at(items: tuple[Node, ...], offset: int) -> int:
    """The number of the last item that starts at `offset` or before it, of the first one if there is none."""
    return max(0, bisect_right(items, offset, key=lambda item: item.span.start) - 1)


def _separator(document: Document, value: Node, item: Node, count: int) -> str:
    """The separator of two names that replace one of the `count` entries in `item`."""
    if not isinstance(value, Sequence) or count > 1:
        return ", " if count == 1 or "," in item.span.text_in(document.text) else " "
    quote = item.span.text_in(document.text)[:1]
    quote = quote if quote in ("'", '"') else ""
    line = document.lines.line_span(document.lines.line_number(item.span.start))
    lead = Span(line.start, item.span.start).text_in(document.text)
    if value.flow or not _DASH.fullmatch(lead):
        return f"{quote}, {quote}"
    return f"{quote}{document.newline}{lead}{quote}"


def _remove_runs(removed: list[int], count: int, span_of: Callable[[int], Span]) -> Iterator[Edit]:
    """The edits that remove some of `count` spans, those with the numbers `removed`, with their separators."""
    for _, run in groupby(enumerate(removed), key=lambda each: each[1] - each[0]):
        numbers = [number for _, number in run]
        yield _remove_run(numbers[0], numbers[-1], count, span_of)


def _remove_run(first: int, last: int, count: int, span_of: Callable[[int], Span]) -> Edit:
    """The edit that removes consecutive spans, up to the next one or back to the previous one. Others are not looked
    at, as there may be very many."""
    start = span_of(first).start
    if last + 1 < count:
        return Edit(Span(start, span_of(last + 1).start), "")
    return Edit(Span(span_of(first - 1).end if first else start, span_of(last).end), "")


def _item_span(item: Node) -> Span:
    """The span of an item with its anchor or tag."""
    properties = item.properties_span if isinstance(item, Scalar) else None
    return Span(properties.start if properties else item.span.start, item.span.end)


def _remove_item(document: Document, item: Node) -> Edit:
    """The edit that removes an item from a block sequence."""
    dash = document.text.rfind("-", 0, _item_span(item).start)
    first = document.lines.line_span(document.lines.line_number(dash))
    return _remove_lines(document, Span(first.start, item.span.end))


def _remove_lines(document: Document, span: Span) -> Edit:
    """The edit that removes `span`, which starts a line, with the rest of its last line."""
    last = document.lines.line_number(span.end)
    return Edit(Span(span.start, document.lines.line_start(last + 1)), "")


_DASH = lazy_pattern(r"[ \t]*-[ \t]+")


def insert_field(document: Document, mapping: Mapping, field: str) -> Edit:
    """The edit that inserts `field` before the first entry of a mapping, which is not empty."""
    at = mapping.entries[0].key.span.start
    if mapping.flow:
        return Edit(Span(at, at), f"{field}, ")
    return Edit(Span(at, at), f"{field}{document.newline}{' ' * document.lines.column(at)}")


def indent_lines(document: Document, span: Span, lead: str, indent: int) -> tuple[Edit, ...]:
    """The edits that insert `lead` before `span` and indent its further lines by `indent`."""
    further = re.compile(r"\n(?=[^\r\n])").finditer(document.text, *span)
    moved = (Edit(Span(found.end(), found.end()), " " * indent) for found in further)
    return (Edit(Span(span.start, span.start), lead), *moved)
