"""Edits of YAML: scalars that parse to a given value, and changes of lists and entries.

An edit changes nothing around its span.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import groupby

from agentls.dialects import value_schema
from agentls.dialects.tool_names import ToolEntry, split_tool_list
from agentls.document.document import Document
from agentls.document.tools import toolless_runtimes
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse

_WIDTH = 100


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
        return _remove_run([each.span for each in mapping.entries], at, at)
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
    starts = sorted(span.start for span in changes)
    touched = [bisect_left(starts, item.span.start) < bisect_right(starts, item.span.end) for item in items]

    def split(item: Node) -> tuple[ToolEntry, ...]:
        return split_tool_list(item, document.text, document.dialect.tool_grammar)

    rows = [split(item) if is_touched else () for item, is_touched in zip(items, touched, strict=True)]
    verbatim = {
        entry.span for row in rows for entry in row if entry.span.text_in(document.text) == entry.text
    }
    keeps_some = any(changes.get(entry.span, True) for row in rows for entry in row) or any(
        not is_touched and split(item) for item, is_touched in zip(items, touched, strict=True)
    )
    whole = {entry.span for row in rows if any(entry.span in changes for entry in row) for entry in row}
    if not keeps_some or not changes.keys() <= whole <= verbatim:
        return ()
    removed = [bool(row) and not any(changes.get(entry.span, True) for entry in row) for row in rows]
    edits: list[Edit] = []
    for item, row, is_removed in zip(items, rows, removed, strict=True):
        if row and not is_removed:
            spans = [entry.span for entry in row]
            between = _separator(document, value, item, len(spans))
            edits += [Edit(s, between.join(changes[s])) for s in spans if changes.get(s)]
            edits += _remove_runs(spans, [not changes.get(span, True) for span in spans])
    if isinstance(value, Sequence) and value.flow:
        edits += _remove_runs([_item_span(item) for item in items], removed)
    elif isinstance(value, Sequence):
        edits += [
            _remove_item(document, item)
            for item, is_removed in zip(items, removed, strict=True)
            if is_removed
        ]
    return tuple(edits)


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


def _remove_runs(spans: list[Span], removed: list[bool]) -> Iterator[Edit]:
    """The edits that remove the `removed` spans with their separators."""
    for is_removed, run in groupby(range(len(spans)), key=lambda at: removed[at]):
        if is_removed:
            whole = list(run)
            yield _remove_run(spans, whole[0], whole[-1])


def _remove_run(spans: list[Span], first: int, last: int) -> Edit:
    """The edit that removes consecutive spans, up to the next one or back to the previous one."""
    if last + 1 < len(spans):
        return Edit(Span(spans[first].start, spans[last + 1].start), "")
    return Edit(Span(spans[first - 1].end if first else spans[first].start, spans[last].end), "")


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


def keeps_loading(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Whether all runtimes that load the agent still load it after `edits`, and the primary ones with tools if it has
    some now."""
    changed = entry_with_new_words(document, edits)
    if changed:
        return _toolless_after(document, *changed) <= document.toolless_runtimes
    return _removes_ignored_entry(document, edits) or _is_read_again(document, document.with_edits(edits))


def _removes_ignored_entry(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Whether `edits` only remove the lines of an entry that all runtimes which load the file ignore.

    Another entry or the closing fence follows at once, and the lines have neither an anchor nor dashes that may be a
    fence, so that YAML reads all other entries as before.
    """
    block, root = document.frontmatter, document.root
    if len(edits) != 1 or edits[0].new_text or block is None or block.closing is None or root.flow:
        return False
    span, starts = edits[0].span, [entry.key.span.start for entry in root.entries]
    if span.start not in starts or len(starts) < 2:
        return False
    at = starts.index(span.start)
    key, removed = root.entries[at].key.text, span.text_in(document.text)
    if span.end != (*starts, block.content.end)[at + 1] or "&" in removed or "--" in removed:
        return False
    others = (each for each in document.other_readings if _loads_metadata(each))
    return all(
        each.status == "clean"
        and each.root == root
        and not (each.dialect.variants or each.runtime.declines_when)
        and each.dialect.key(key) is None
        for each in (*document.readings, *others)
    )


def _is_read_again(document: Document, after: Document) -> bool:
    """Whether `keeps_loading` holds for the edits that make `after` of `document`. Of the other readers, only those
    that load the file now are asked again."""
    loading = _loading_runtimes(document)
    asked = tuple(reader for reader in after.other_readers if reader[0] in loading)
    after = after._replace(other_readers=asked)
    return loading <= _loading_runtimes(after) and after.toolless_runtimes <= document.toolless_runtimes


def _loading_runtimes(document: Document) -> set[str]:
    """The names of all runtimes that load the file, with its metadata."""
    readings = (*document.readings, *document.other_readings)
    return {each.runtime.name for each in readings if _loads_metadata(each)}


def _loads_metadata(reading: Reading) -> bool:
    return reading.status in ("clean", "repaired")


_WORDS = lazy_pattern(r"[A-Za-z][\w.,/()*-]*(?: [\w.,/()*-]+)*", re.ASCII)
NOT_STRINGS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
"""The words, in lower case, that a version of YAML does not read as strings."""


def entry_with_new_words(document: Document, edits: tuple[Edit, ...]) -> tuple[Entry, Scalar] | None:
    """The entry whose value is all that `edits` change for the runtimes, and its value after them; `None` if only
    another reading of the file can tell.

    It is certain for words in a plain scalar on one line, the value of a tool list or a model. The words have no
    character with a meaning inside a plain scalar, and no dashes that may be a fence. So YAML reads the new text as one
    string, and all other nodes as before. The file still loads if all runtimes read exactly the tree of the document,
    and what they decide depends on this value only by its schema, which accepts it. A reader that is not a primary one
    may also ignore the key, or not load the file.
    """
    start, end = min(edit.span.start for edit in edits), max(edit.span.end for edit in edits)
    entry = next((entry for entry in document.root.entries if entry.value.span.end >= end), None)
    value = entry.value if entry else None
    if entry is None or not isinstance(value, Scalar) or value.span.start > start or document.root.flow:
        return None
    old = value.span.text_in(document.text)
    if (value.style, value.type, value.properties_span) != ("plain", "str", None) or "\n" in old:
        return None
    moved = (Edit(Span(at.start - value.span.start, at.end - value.span.start), text) for at, text in edits)
    new = value._replace(text=apply_edits(old, moved))
    if not _WORDS.fullmatch(new.text) or "--" in new.text or new.text.lower() in NOT_STRINGS:
        return None
    if any(reader.runtime.declines_when for reader in document.readers):
        return None
    is_accepted = all(_accepts_words(reading, document.root, entry, new) for reading in document.readings)
    is_kept = is_accepted and all(
        not _loads_metadata(reading)
        or (reading.root == document.root and reading.dialect.key(entry.key.text) is None)
        or _accepts_words(reading, document.root, entry, new)
        for reading in document.other_readings
    )
    return (entry, new) if is_kept else None


def _accepts_words(reading: Reading, root: Mapping, entry: Entry, new: Scalar) -> bool:
    """Whether a runtime that reads the tree `root` loads the file also with `new` as the value of `entry`."""
    key = reading.dialect.key(entry.key.text)
    return (
        reading.status == "clean"
        and reading.root == root
        and not reading.dialect.variants
        and key is not None
        and key.type in ("tools", "model")
        and not key.value.rejected_schema
        and not any(value_schema.find_mismatches(key, new, reading.runtime.name))
    )


def read_with_value(reading: Reading, entry: Entry, new: Scalar) -> Reading:
    """A reading with `new` as the value of `entry`. The spans after it are not adjusted."""
    root = reading.root
    assert root is not None, "the entry is in it"
    entries = tuple(each._replace(value=new) if each == entry else each for each in root.entries)
    return reading._replace(root=root._replace(entries=entries))


def _toolless_after(document: Document, entry: Entry, new: Scalar) -> frozenset[str]:
    """The runtimes for which the agent has no tools with `new` as the value of `entry`."""
    readings = tuple(read_with_value(each, entry, new) for each in document.readings)
    return toolless_runtimes(readings, document.text, document.permission_mode)


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
