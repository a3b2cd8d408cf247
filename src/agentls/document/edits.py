"""Writing YAML: a value as a scalar that is read back as it was; lists and entries with a change.

All functions that change something give edits and leave everything around them as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from agentls.dialects.tool_names import split_tool_list
from agentls.document.document import Document
from agentls.text.offsets import Edit, Span
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse

_WIDTH = 100


def quote_scalar(text: str) -> str:
    """`text`, which has no line breaks, as a quoted scalar in the style that needs fewer escapes."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def write_scalar(text: str) -> str:
    """`text`, which has no line breaks, as a scalar of a block: plain if it is read back as it is, else
    in quotes."""
    line = f"key: {text}"
    root = parse(MappedText.unchanged(line, Span(0, len(line)))).root
    return text if isinstance(root, Mapping) and root.value == {"key": text} else quote_scalar(text)


def write_folded_block(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, which has no line breaks, as a folded block scalar of lines of about 100 characters.

    Lines break at single spaces only, so that folding brings back every character.
    """
    lines = [""]
    for piece in re.split(r"(?<=\S) (?=\S)", text.strip(" ")):
        if lines[-1] and len(lines[-1]) + len(piece) >= _WIDTH:
            lines.append(piece)
        else:
            lines[-1] += (" " if lines[-1] else "") + piece
    return newline.join([">-", *(indent + line for line in lines)])


def write_literal_block(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, which may have several lines, as a literal block scalar without a last line break."""
    lines = text.replace("\r\n", "\n").split("\n")
    return newline.join(["|-", *(indent + line.rstrip() if line.strip() else "" for line in lines)])


def set_value(entry: Entry, value: str) -> Edit:
    """The edit that writes `value` behind the key of a top-level entry, on the key's own line."""
    return Edit(Span(entry.key.span.end, max(entry.key.span.end, entry.value.span.end)), f": {value}")


def remove_entry(document: Document, mapping: Mapping, entry: Entry) -> Edit:
    """The edit that takes `entry` out of the `mapping` it stands in, with its lines or its comma."""
    if mapping.flow:
        at = mapping.entries.index(entry)
        return _without_run([each.span for each in mapping.entries], at, at)
    lines = document.lines
    first = lines.line_span(lines.line_number(entry.key.span.start))
    return _without_lines(document, Span(first.start, entry.span.end))


def edit_list(document: Document, value: Node, changes: dict[Span, tuple[str, ...]]) -> tuple[Edit, ...]:
    """The edits that change entries in a list of names, which keeps the style it is written in.

    `changes` has the names that come in the place of an entry, by the entry's span; an entry
    that gets none is taken out with its separator. There are no edits if the list would be left
    empty, or if an entry does not stand in the text as it is read (a quoted scalar with escapes).
    """
    items = value.items if isinstance(value, Sequence) else (value,)
    entries = [split_tool_list(item, document.text, document.dialect.tool_grammar) for item in items]
    plain = {
        entry.span for row in entries for entry in row if entry.span.text_in(document.text) == entry.text
    }
    found = [[entry.span for entry in row] for row in entries]
    stays = any(changes.get(span, True) for row in found for span in row)
    touched = {span for row in found if changes.keys() & set(row) for span in row}
    if not stays or not changes.keys() <= touched <= plain:
        return ()
    gone = [bool(spans) and not any(changes.get(span, True) for span in spans) for spans in found]
    edits: list[Edit] = []
    for item, spans, removed in zip(items, found, gone, strict=True):
        if not removed:
            between = _between(document, value, item, len(spans))
            edits += [Edit(s, between.join(changes[s])) for s in spans if changes.get(s)]
            edits += _without_runs(spans, [not changes.get(span, True) for span in spans])
    if isinstance(value, Sequence) and value.flow:
        edits += _without_runs([_with_properties(item) for item in items], gone)
    elif isinstance(value, Sequence):
        edits += [_without_item(document, item) for item, removed in zip(items, gone, strict=True) if removed]
    return tuple(edits)


def _between(document: Document, value: Node, item: Node, count: int) -> str:
    """What separates two names that are written in the place of one of the `count` in `item`."""
    if not isinstance(value, Sequence) or count > 1:
        return ", " if count == 1 or "," in item.span.text_in(document.text) else " "
    quote = item.span.text_in(document.text)[:1]
    quote = quote if quote in ("'", '"') else ""
    line = document.lines.line_span(document.lines.line_number(item.span.start))
    lead = Span(line.start, item.span.start).text_in(document.text)
    if value.flow or not _DASH.fullmatch(lead):
        return f"{quote}, {quote}"
    return f"{quote}{document.newline}{lead}{quote}"


def _without_runs(spans: list[Span], gone: list[bool]) -> Iterator[Edit]:
    """The edits that take out the spans marked as `gone`, with the separators that go with them."""
    for gone_here, run in groupby(range(len(spans)), key=lambda at: gone[at]):
        if gone_here:
            whole = list(run)
            yield _without_run(spans, whole[0], whole[-1])


def _without_run(spans: list[Span], first: int, last: int) -> Edit:
    """The edit that takes out neighbours, up to the next one that stays or back to the last."""
    if last + 1 < len(spans):
        return Edit(Span(spans[first].start, spans[last + 1].start), "")
    return Edit(Span(spans[first - 1].end if first else spans[first].start, spans[last].end), "")


def _with_properties(item: Node) -> Span:
    """The span of an item with the anchor or tag in front of it."""
    properties = item.properties_span if isinstance(item, Scalar) else None
    return Span(properties.start if properties else item.span.start, item.span.end)


def _without_item(document: Document, item: Node) -> Edit:
    """The edit that takes an item out of a list with one item a line."""
    dash = document.text.rfind("-", 0, _with_properties(item).start)
    first = document.lines.line_span(document.lines.line_number(dash))
    return _without_lines(document, Span(first.start, item.span.end))


def _without_lines(document: Document, span: Span) -> Edit:
    """The edit that takes out `span`, which starts a line, with the rest of its last line."""
    last = document.lines.line_number(span.end)
    if last + 1 < len(document.lines):
        return Edit(Span(span.start, document.lines.line_span(last + 1).start), "")
    return Edit(Span(span.start, len(document.text)), "")


_DASH = re.compile(r"[ \t]*-[ \t]+")


def keeps_loading(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Whether after `edits` the runtimes still load the agent, and with tools, if they did so before."""
    after = document.with_edits(edits)
    still = {reading.runtime for reading in after.readings if reading.status in ("clean", "repaired")}
    before = {reading.runtime for reading in document.readings if reading.status in ("clean", "repaired")}
    # An edit may also change for whom the file is meant.
    gone = before - still
    if gone:
        gone -= {reading.runtime for reading in after.other_readings}
    return not gone and (document.available_tools.is_empty or not after.available_tools.is_empty)


def insert_field(document: Document, mapping: Mapping, field: str) -> Edit:
    """The edit that puts `field` in front of the first entry of a mapping that has one."""
    at = mapping.entries[0].key.span.start
    if mapping.flow:
        return Edit(Span(at, at), f"{field}, ")
    return Edit(Span(at, at), f"{field}{document.newline}{' ' * document.lines.column(at)}")


def indent_lines(document: Document, span: Span, lead: str, indent: int) -> tuple[Edit, ...]:
    """The edits that put `lead` in front of `span`, and move its further lines to the right."""
    further = re.compile(r"\n(?=[^\r\n])").finditer(document.text, *span)
    moved = (Edit(Span(found.end(), found.end()), " " * indent) for found in further)
    return (Edit(Span(span.start, span.start), lead), *moved)
