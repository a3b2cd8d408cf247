"""Refactorings of lists of tools: their style, their order, and an explicit list instead of all tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from agentls.dialects import value_schema
from agentls.dialects.records import Key, Tool
from agentls.dialects.tool_names import grammar_for, split_tool_list
from agentls.document.document import Document
from agentls.document.edits import write_item, write_scalar
from agentls.document.equal_readings import all_readings, reads_no_worse
from agentls.document.tools import available_tools, denied_entries, is_lost_in_background, runs_in_background
from agentls.features.refactorings.refactoring import Refactoring, Selection
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.yaml_tree import Entry, Node, Scalar
from agentls.text.yaml_tree import Sequence as YamlSequence

_Style = Literal["text", "flow", "block"]
_STYLES: dict[_Style, str] = {
    "text": "a comma-separated string",
    "flow": "a flow list",
    "block": "a block list",
}


# --- style ------------------------------------------------------------------------------------


def convert_tool_list(selection: Selection) -> Iterator[Refactoring]:
    """Yield the conversions of a list of tools to the other styles."""
    document = selection.document
    for key, entry in selection.entries(("tools",)):
        names = _names(document, entry.value)
        if not names or _has_comment(document, entry):
            continue
        current = _style(entry.value)
        for style, title in _STYLES.items():
            if style == current:
                continue
            written = () if current == "text" else _items(entry.value)
            items = [item.span.text_in(document.text) for item in written]
            value = _list_text(document, style, names, items)
            edit = Edit(Span(entry.key.span.end, entry.span.end), value)
            if _has_same_tools(document, (edit,), key):
                yield Refactoring(f"Convert `{key.name}` to {title}", (edit,))


def _style(value: Node) -> _Style:
    return "text" if isinstance(value, Scalar) else "flow" if value.flow else "block"


def _items(value: Node) -> tuple[Node, ...]:
    return value.items if isinstance(value, YamlSequence) else (value,)


def _names(document: Document, value: Node) -> tuple[str, ...]:
    """The entries of a list of tools; none if it has anything but strings."""
    if not all(isinstance(item, Scalar) and item.type == "str" for item in _items(value)):
        return ()
    entries = split_tool_list(value, document.text, document.dialect.tool_grammar)
    return tuple(entry.text for entry in entries)


def _has_comment(document: Document, entry: Entry) -> bool:
    """Whether there is a comment on the lines of an entry, which would get another meaning or be lost."""
    lines = document.lines
    start = lines.line_start(lines.line_number(entry.span.start))
    end = lines.line_span(lines.line_number(entry.span.end)).end
    gaps = [Edit(item.span, "") for item in _items(entry.value)]
    shifted = (Edit(Span(at.start - start, at.end - start), new) for at, new in gaps)
    return "#" in apply_edits(document.text[start:end], shifted)


def _list_text(document: Document, style: _Style, names: Sequence[str], items: Sequence[str] = ()) -> str:
    """The colon and the value of a list of tools. `items` are the items as they are written, with their quotes, if
    there are any."""
    if style == "text":
        return f": {write_scalar(', '.join(names))}"
    if style == "flow":
        return f": [{', '.join(items or map(write_item, names))}]"
    return ":" + "".join(f"{document.newline}  - {item}" for item in items or map(write_scalar, names))


def _has_same_tools(document: Document, edits: tuple[Edit, ...], key: Key) -> bool:
    """Whether all readers read the same after `edits` of the list `key`, which is as valid as before."""
    after = document.with_edits(edits)
    pairs = zip(all_readings(document), all_readings(after), strict=True)
    return reads_no_worse(document, after, (key.name,)) and all(
        _tools(document, before) == _tools(after, now)
        and _count_mismatches(now, key.name) <= _count_mismatches(before, key.name)
        for before, now in pairs
    )


def _tools(document: Document, reading: Reading) -> tuple[object, ...]:
    """The tools of an agent, allowed and denied, without their order."""
    found = available_tools(reading, document.text, document.permission_mode)
    denied = (entry.text for entry in denied_entries(reading, document.text))
    written = sorted(name for each in document.tool_lists for name in _names(document, each.value))
    return found.mode, set(found.available), set(found.dropped), set(denied), written


def _count_mismatches(reading: Reading, name: str) -> int:
    key, entry = reading.dialect.key(name), reading.entry(name)
    if key is None or entry is None:
        return 0
    return sum(1 for _ in value_schema.find_mismatches(key, entry.value, reading.runtime.name))


# --- order ------------------------------------------------------------------------------------


def sort_tools(selection: Selection) -> Iterator[Refactoring]:
    """Yield the sorting of a list of tools by name, without regard to case."""
    document = selection.document
    for key, entry in selection.entries(("tools",)):
        spans = _sortable(document, entry)
        pieces = [span.text_in(document.text) for span in spans]
        in_order = sorted(pieces, key=lambda piece: (piece.strip("\"'").casefold(), piece))
        edits = tuple(
            Edit(span, new) for span, old, new in zip(spans, pieces, in_order, strict=True) if old != new
        )
        if edits and _has_same_tools(document, edits, key):
            yield Refactoring(f"Sort `{key.name}`", edits)


def _sortable(document: Document, entry: Entry) -> list[Span]:
    """The spans that can change places in a list: in block style with the comments behind the items."""
    value, lines = entry.value, document.lines
    if isinstance(value, YamlSequence) and not value.flow:
        numbers = [lines.line_number(item.span.start) for item in value.items]
        last = lines.line_number(value.span.end)
        is_plain = numbers == list(range(numbers[0], last + 1))
        rows = zip(value.items, numbers, strict=True) if is_plain else ()
        return [Span(item.span.start, lines.line_span(number).end) for item, number in rows]
    if _has_comment(document, entry):
        return []
    if isinstance(value, YamlSequence):
        return [item.span for item in value.items]
    found = split_tool_list(value, document.text, document.dialect.tool_grammar)
    return [tool.span for tool in found if tool.span.text_in(document.text) == tool.text]


# --- all tools --------------------------------------------------------------------------------


def list_all_tools(selection: Selection) -> Iterator[Refactoring]:
    """Yield the list of all built-in tools of an agent that has all tools because it lists none."""
    document, reading = selection.document, selection.document.reading
    key = document.dialect.key(document.dialect.tool_keys.allowed)
    is_mapping = grammar_for(document.dialect, reading.runtime).is_mapping
    if key is None or is_mapping or not (reading.loads and document.root.entries):
        return
    entry, name = document.entry(key.name), document.entry("name")
    # Without a list, it is offered where the definition starts.
    first_line = Span(document.start_span.start, (name or document.root.entries[0]).key.span.end)
    if not selection.touches(entry.span if entry else first_line):
        return
    names = tuple(tool.name for tool in document.dialect.tools if _is_given(tool, reading, document))
    if document.tools_in(reading).mode != "all" or not names:
        return
    edit = _list_edit(document, key, entry, names)
    after = document.with_edits((edit,))
    now = after.tools_in(after.reading)
    are_all_given = not now.dropped and set(names) <= set(now.available)
    keeps_tools = after.toolless_runtimes <= document.toolless_runtimes
    if are_all_given and keeps_tools and reads_no_worse(document, after, (key.name,)):
        yield Refactoring(f"List all built-in tools in `{key.name}`", (edit,))


def _is_given(tool: Tool, reading: Reading, document: Document) -> bool:
    """Whether an agent that lists no tools has a tool under this name in all its runtimes."""
    dialect = reading.dialect
    runtimes = [each.runtime.name for each in document.readings if each.dialect.name == dialect.name]
    denied = {name for entry in denied_entries(reading, document.text) for name in (entry.text, entry.name)}
    in_set = any(tool.name in other.members for other in dialect.tools)
    return (
        all(map(tool.is_in, runtimes))
        and tool.availability == "always"
        and tool.name not in denied
        and not tool.superseded_by
        and not in_set
        and not (runs_in_background(reading) and is_lost_in_background(tool.name, dialect))
    )


def _list_edit(document: Document, key: Key, entry: Entry | None, names: tuple[str, ...]) -> Edit:
    """The edit that lists `names`, in the style in which the format is usually written."""
    style: _Style = "flow" if key.snippet.startswith("[") else "block" if "\n" in key.snippet else "text"
    value = _list_text(document, style, names)
    if entry:
        return Edit(Span(entry.key.span.end, entry.span.end), value)
    before = document.entry("description") or document.root.entries[-1]
    at = document.lines.line_start(document.lines.line_number(before.span.end) + 1)
    return Edit(Span(at, at), f"{key.name}{value}{document.newline}")
