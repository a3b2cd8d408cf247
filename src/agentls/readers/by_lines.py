"""Parsing YAML, or else reading the frontmatter line by line.

Observed in Qwen Code 0.24.4 and Factory Droid 0.215.0 on 2026-11-20. If the block is not a YAML 1.2 mapping
without duplicate keys, each line is read separately. A line is a key and a value, separated by its first colon,
whatever its indentation. Below a key without a value, lines that begin with two spaces and a dash are its items;
otherwise, lines that begin with two spaces are its fields. Values on several lines, block scalars, flow lists,
single quotes and comments after a value are not supported. So nearly every file loads, some without a part of
their text.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse, find_duplicate_key
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse


def parse_line_by_line(text: str, block: Span, _: Runtime) -> BlockParse:
    """Parse the block as YAML, or else read it line by line."""
    parsed = parse(MappedText.unchanged(text, block))
    is_mapping = parsed.root is None or isinstance(parsed.root, Mapping)
    if parsed.error is None and is_mapping and find_duplicate_key(parsed.root) is None:
        return BlockParse(parsed.root)
    lines = [line for line in _lines(text, block) if not _is_comment(line.text_in(text))]
    entries, ignored = _parse_lines(text, lines)
    repaired_values = tuple(
        entry.value.span
        for entry in entries
        if isinstance(entry.value, Scalar) and entry.value.type == "str" and not _is_yaml(text, entry)
    )
    return BlockParse(Mapping(block, tuple(entries)), "repaired", repaired_values, tuple(ignored))


_ITEM = "  - "
_FIELD = "  "
_LINE = lazy_pattern(r"(?<![^\S\r\n])[^\S\r\n]*\S[^\r\n]*")


def _lines(text: str, block: Span) -> list[Span]:
    """Return the lines of the block that are not blank, without their line ends."""
    return [Span(*found.span()) for found in _LINE.finditer(text, *block)]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _parse_lines(text: str, lines: list[Span]) -> tuple[list[Entry], list[Span]]:
    """Return the entries that the lines result in, and the lines that are ignored although they belong to the
    value of an entry in YAML."""
    entries: list[Entry] = []
    ignored: list[Span] = []
    open_key: Scalar | None = None  # The last key without a value, to which items belong.
    at = 0
    while at < len(lines):
        line = lines[at]
        if text.startswith(_ITEM, line.start):
            end = _end_of_run(text, lines, at, _ITEM)
            items = tuple(_value(text, Span(each.start + len(_ITEM), each.end)) for each in lines[at:end])
            key = open_key or Scalar(Span(line.start, line.start), "")
            entries.append(Entry(key, Sequence(Span(items[0].span.start, items[-1].span.end), items)))
            open_key, at = None, end
            continue
        at += 1
        if text[line.start] in " \t" or text.startswith("- ", line.start) or ":" not in line.text_in(text):
            ignored.append(_stripped(text, line))
        if ":" not in line.text_in(text):
            continue
        entry = _entry(text, line)
        following = lines[at] if at < len(lines) else None
        if entry.value.span.start < entry.value.span.end:
            entries.append(entry)
        elif (
            following
            and text.startswith(_FIELD, following.start)
            and not text.startswith(_ITEM, following.start)
        ):
            end = _end_of_run(text, lines, at, _FIELD)
            fields = [each for each in lines[at:end] if not text.startswith(_ITEM, each.start)]
            ignored += [_stripped(text, each) for each in lines[at:end] if text.startswith(_ITEM, each.start)]
            below = tuple(_entry(text, each) for each in fields)
            entries.append(Entry(entry.key, Mapping(Span(below[0].span.start, below[-1].span.end), below)))
            open_key, at = None, end
        else:
            open_key = entry.key
    return entries, ignored


def _end_of_run(text: str, lines: list[Span], at: int, start: str) -> int:
    """Return the index after the last of the consecutive lines from `at` on that begin with `start`."""
    while at < len(lines) and text.startswith(start, lines[at].start):
        at += 1
    return at


def _entry(text: str, line: Span) -> Entry:
    """Return the line as a key and a value, separated by its first colon; without a colon it is only a key."""
    colon = text.find(":", *line)
    if colon < 0:
        key = _stripped(text, line)
        return Entry(Scalar(key, key.text_in(text)), Scalar(Span(line.end, line.end), ""))
    key = _stripped(text, Span(line.start, colon))
    return Entry(Scalar(key, key.text_in(text)), _value(text, Span(colon + 1, line.end)))


def _stripped(text: str, span: Span) -> Span:
    """Return `span` without the spaces around its text."""
    piece = span.text_in(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, start + len(piece.strip())))


# A number as JavaScript reads it, except those in base two, which do not occur in practice.
_INTEGER = lazy_pattern(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = lazy_pattern(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_ESCAPED = lazy_pattern(r'\\(["\\])')


def _value(text: str, span: Span) -> Scalar:
    """Return the scalar in `span`."""
    span = _stripped(text, span)
    raw = span.text_in(text)
    if raw in ("true", "false"):
        return Scalar(span, raw, "plain", "bool")
    if raw == "null":
        return Scalar(span, raw, "plain", "null")
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return Scalar(span, _ESCAPED.sub(r"\1", raw[1:-1]), "double")
    if _INTEGER.fullmatch(raw):
        return Scalar(span, raw, "plain", "int")
    return Scalar(span, raw, "plain", "float" if _FLOAT.fullmatch(raw) else "str")


def _is_yaml(text: str, entry: Entry) -> bool:
    """Whether the line with this entry has the same value in YAML."""
    root = parse(MappedText.unchanged(text, entry.span)).root
    value: Node | None = root.entries[0].value if isinstance(root, Mapping) else None
    return isinstance(value, Scalar) and value.value == entry.value.value
