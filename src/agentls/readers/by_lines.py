"""Reading frontmatter line by line, where YAML fails.

Qwen Code 0.24.4 and Factory Droid 0.215.0 were seen to do so on 2026-11-20. Whatever is no mapping
in YAML 1.2 with unequal keys is read again, each line by itself. A line is a key and a value, parted
by its first colon, wherever it starts. Below a key without a value, lines that begin with two blanks
and a dash are its items, or else lines that begin with two blanks are its fields. Nothing more is
understood: not the second line of a value, no block of lines, no brackets, no single quotes, and no
comment behind a value. So nearly every file loads, some of them without a part of their text.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse, find_duplicate_key
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse


def parse_line_by_line(text: str, block: Span, _: Runtime) -> BlockParse:
    """YAML, or else line by line."""
    parsed = parse(MappedText.unchanged(text, block))
    taken = parsed.root is None or isinstance(parsed.root, Mapping)
    if parsed.error is None and taken and find_duplicate_key(parsed.root) is None:
        return BlockParse(parsed.root)
    entries, lost = _read(text, [line for line in _lines(text, block) if not _is_comment(line.text_in(text))])
    rewritten = tuple(
        entry.value.span
        for entry in entries
        if isinstance(entry.value, Scalar) and entry.value.type == "str" and not _is_yaml(text, entry)
    )
    return BlockParse(Mapping(block, tuple(entries)), "repaired", rewritten, tuple(lost))


_ITEM = "  - "
_FIELD = "  "
_LINE = lazy_pattern(r"[^\r\n]*[^\s][^\r\n]*")


def _lines(text: str, block: Span) -> list[Span]:
    """The lines of the block, without their ends and without those that are blank."""
    return [Span(*found.span()) for found in _LINE.finditer(text, *block)]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _read(text: str, lines: list[Span]) -> tuple[list[Entry], list[Span]]:
    """The entries that the lines come to, and the lines that belong to one, but not as it is read."""
    entries: list[Entry] = []
    lost: list[Span] = []
    listed: Scalar | None = None  # The last key without a value, to which items belong.
    at = 0
    while at < len(lines):
        line = lines[at]
        if text.startswith(_ITEM, line.start):
            end = _run(text, lines, at, _ITEM)
            items = tuple(_value(text, Span(each.start + len(_ITEM), each.end)) for each in lines[at:end])
            key = listed or Scalar(Span(line.start, line.start), "")
            entries.append(Entry(key, Sequence(Span(items[0].span.start, items[-1].span.end), items)))
            listed, at = None, end
            continue
        at += 1
        if text[line.start] in " \t" or text.startswith("- ", line.start) or ":" not in line.text_in(text):
            lost.append(_stripped(text, line))
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
            end = _run(text, lines, at, _FIELD)
            fields = [each for each in lines[at:end] if not text.startswith(_ITEM, each.start)]
            lost += [_stripped(text, each) for each in lines[at:end] if each not in fields]
            below = tuple(_entry(text, each) for each in fields)
            entries.append(Entry(entry.key, Mapping(Span(below[0].span.start, below[-1].span.end), below)))
            listed, at = None, end
        else:
            listed = entry.key
    return entries, lost


def _run(text: str, lines: list[Span], at: int, start: str) -> int:
    """The end of the run of lines from `at` on that begin with `start`."""
    while at < len(lines) and text.startswith(start, lines[at].start):
        at += 1
    return at


def _entry(text: str, line: Span) -> Entry:
    """A line as a key and a value, parted by the first colon, if there is one."""
    colon = text.find(":", *line)
    if colon < 0:
        key = _stripped(text, line)
        return Entry(Scalar(key, key.text_in(text)), Scalar(Span(line.end, line.end), ""))
    key = _stripped(text, Span(line.start, colon))
    return Entry(Scalar(key, key.text_in(text)), _value(text, Span(colon + 1, line.end)))


def _stripped(text: str, span: Span) -> Span:
    """`span` without the blanks around its text."""
    piece = span.text_in(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, start + len(piece.strip())))


# A number as JavaScript reads it, though none in base two, which nobody writes.
_INTEGER = lazy_pattern(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = lazy_pattern(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_ESCAPED = lazy_pattern(r'\\(["\\])')


def _value(text: str, span: Span) -> Scalar:
    """The value that stands in `span`."""
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
    """Whether YAML makes the same of the line with this entry."""
    root = parse(MappedText.unchanged(text, entry.span)).root
    alone: Node | None = root.entries[0].value if isinstance(root, Mapping) else None
    return isinstance(alone, Scalar) and alone.value == entry.value.value
