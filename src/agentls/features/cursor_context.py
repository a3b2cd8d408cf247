"""Find the context of the cursor in the frontmatter, also in incomplete text.

Incomplete text does not parse. Therefore only the top-level entry of the cursor is parsed, up to the cursor, with
a letter appended. The scalar that contains the letter is at the cursor, and the collections that the parser has
open lead to it. In a comment or in invalid YAML the letter is not part of a scalar, and there is no context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from agentls.document.document import Document
from agentls.text.frontmatter import TOP_LEVEL_KEY
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_events import ParseEvent, parse_events
from agentls.text.yaml_tree import ScalarStyle

LIST_STEP = "[]"
"""The step of a path into a list."""


class CursorContext(NamedTuple):
    """The scalar at the cursor, which may be empty.

    `path` has the keys from the top level to it, with `LIST_STEP` for each list; a key is not part of its own
    path. `role` is "key" in a mapping, "value" after a key, "item" in a list, and "undashed" for an item without
    its dash.

    `span` is the part of the scalar on the line of the cursor, without quotes; `column` is the column at which
    the scalar starts. `starts_line` tells whether only dashes precede it on its line, `continues_scalar` whether
    it started on an earlier line, `flow` whether it is inside brackets. `missing_space` is the space that YAML
    requires before it and that is missing.

    `has_colon` tells whether a colon follows. `child_kind` is what the next line starts, if it belongs to the
    scalar. `sibling_values` are the other keys of the mapping that it is in, or would start, with the text of
    scalar values.
    """

    path: tuple[str, ...]
    role: Literal["key", "value", "item", "undashed"]
    span: Span
    style: ScalarStyle
    column: int
    starts_line: bool
    continues_scalar: bool
    flow: bool
    missing_space: str
    has_colon: bool
    child_kind: Literal["", "text", "list"]
    sibling_values: Mapping[str, str]


def find_cursor_context(document: Document, offset: int) -> CursorContext | None:
    """The context of the cursor at `offset`, `None` outside YAML."""
    line = _frontmatter_line(document, offset)
    if line is None or document.frontmatter is None:
        return None
    text = document.text
    start = _start_of_entry(text, document.frontmatter.content.start, line.start)
    before = text[line.start : offset]
    gap = " " if _INDICATOR.search(before) else ""
    head = text[start:offset] + gap + _LETTER
    trail = _parse_to_cursor(head, line.start - start)
    if trail is None:
        return None
    frames, at = trail
    # The scalar only needs the space if it consists of the letter alone.
    gap = gap if at == len(head) - len(_LETTER) else ""
    column = _column(head, at)
    role = _role(frames, column)
    if role is None:
        return None
    style: ScalarStyle = _STYLES.get(head[at], "plain")
    flow = bool(frames) and frames[-1].flow
    here = min(start + at, offset)
    continues = here < line.start
    if continues:
        # The scalar has several lines; its part on this line starts at the first character.
        here = min(line.start + len(before) - len(before.lstrip()), offset)
        begins = False
    else:
        here += style in ("single", "double")
        begins = not text[line.start : here].strip(" \t-\"'")
    if begins and text[offset : line.end].lstrip().startswith("-"):
        return None  # Before the dash of a list.
    colon = _COLON.match(text, offset, line.end) if begins or flow or role == "key" else None
    end = colon.end(1) if colon else _scalar_end(text, offset, line.end, style, flow)
    return CursorContext(
        tuple(frame.step for frame in (frames[:-1] if role == "key" else frames)),
        role,
        Span(here, end),
        style,
        column,
        begins,
        continues,
        flow,
        gap,
        colon is not None,
        "" if flow else _child_kind(next(_lines_below(document, line.end), ""), role, begins, frames, column),
        dict(_sibling_values(document, Span(offset, line.end), frames if role == "key" else [], column)),
    )


_LETTER = "x"

# A colon or a dash before the cursor is only an indicator if a space follows.
_INDICATOR = lazy_pattern(r":\Z|(?:\A|[ \t])-\Z")
_STYLES: dict[str, ScalarStyle] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_COLON = lazy_pattern(r"""([^\s:,\[\]{}#"']*)["']?[ \t]*:(?=\s|\Z)""")
_PLAIN_END = lazy_pattern(r"(?<!\S)#")
_FLOW_END = lazy_pattern(r"(?<!\S)#|[,\[\]{}]")


def _frontmatter_line(document: Document, offset: int) -> Span | None:
    """The line of the cursor, if it is in the frontmatter.

    If the closing fence is missing, the first line with text after the block may become part of it.
    """
    block = document.frontmatter
    if block is None:
        return None
    line = document.lines.line_span(document.lines.line_number(offset))
    if line.start < block.content.start or (block.closing and offset >= block.closing.start):
        return None
    return None if document.text[block.content.end : line.start].strip() else line


def _start_of_entry(text: str, first: int, start: int) -> int:
    """The start of the last line, up to the one at `start`, that starts a top-level entry."""
    end = len(text) if (newline := text.find("\n", start)) < 0 else newline
    while start > first and not TOP_LEVEL_KEY.match(text[start:end].rstrip("\r")):
        end = start - 1
        start = max(first, text.rfind("\n", first, end) + 1)
    return start


class _OpenCollection:
    """A collection that the parser has open, with the key whose value is being parsed."""

    def __init__(self, step: ParseEvent, column: int) -> None:
        self.is_list = step.kind == "SequenceStart"
        self.flow = step.flow
        self.column = column
        self.key: str | None = None
        self.entries: dict[str, str] = {}

    @property
    def step(self) -> str:
        """The collection as a step of a path."""
        return LIST_STEP if self.is_list else self.key or ""

    def add(self, text: str) -> None:
        """Add a key or a value: the text of a scalar, or "" for a collection."""
        if self.is_list:
            return
        if self.key is None:
            self.key = text
        else:
            self.entries[self.key] = text
            self.key = None


def _column(text: str, offset: int) -> int:
    """The number of code points between the start of the line and `offset`."""
    return offset - (text.rfind("\n", 0, offset) + 1)


_MAX_ATTEMPTS = 4


def _parse_to_cursor(head: str, line: int) -> tuple[list[_OpenCollection], int] | None:
    """The collections that are open at the end of `head`, and the start of the scalar there.

    The last line starts at `line`. An earlier line with an error is replaced by spaces.
    """
    for _ in range(_MAX_ATTEMPTS):
        met, problem = parse_events(head)
        frames: list[_OpenCollection] = []
        for step in met:
            if step.kind in ("Scalar", "Alias"):
                if step.span.start < step.span.end == len(head):
                    return frames, step.span.start
                if frames:
                    frames[-1].add(step.text)
            elif step.kind in ("MappingStart", "SequenceStart"):
                frames.append(_OpenCollection(step, _column(head, step.span.start)))
            elif step.kind in ("MappingEnd", "SequenceEnd"):
                _close(frames)
        if problem is None or problem.offset >= len(head):
            return None
        at = problem.offset
        if head[at] in "\"'" or (at >= line and _WORD.fullmatch(head, at)):
            return frames, at
        if at >= line:
            return None
        end = head.find("\n", at)
        start = head.rfind("\n", 0, at) + 1
        head = head[:start] + " " * (end - start) + head[end:]
    return None


# A key without its colon. Any other text that the parser rejects is an error.
_WORD = lazy_pattern(r"[\w.$*-]+")


def _close(frames: list[_OpenCollection]) -> None:
    """Close the innermost collection, which is a value of the enclosing one."""
    frames.pop()
    if frames:
        frames[-1].add("")


def _role(frames: list[_OpenCollection], column: int) -> Literal["key", "value", "item", "undashed"] | None:
    """The role of a scalar that starts in `column`. Closes the collections that end before it."""
    while frames and not frames[-1].flow and frames[-1].column > column:
        _close(frames)
    if not frames:
        return "key"
    inner = frames[-1]
    if inner.flow:
        return "item" if inner.is_list else "value" if inner.key is not None else "key"
    if inner.is_list and inner.column == column:
        if len(frames) == 1 or frames[-2].is_list or frames[-2].column < column:
            return "undashed"
        # The dashes of the list are in the column of its key, and so is the scalar: it is the next key.
        _close(frames)
        return "key"
    if inner.is_list:
        return "item"
    if inner.column == column:
        if inner.key is not None:
            inner.add("")
        return "key"
    return "value" if inner.key is not None else None


def _scalar_end(text: str, offset: int, line_end: int, style: ScalarStyle, flow: bool) -> int:
    """The end of the scalar at `offset` on its line."""
    if style in ("single", "double"):
        closing = text.find('"' if style == "double" else "'", offset, line_end)
        if closing >= 0:
            return closing
    found = (_FLOW_END if flow else _PLAIN_END).search(text, offset, line_end)
    end = found.start() if found else line_end
    return offset + len(text[offset:end].rstrip())


_KEY_LINE = lazy_pattern(r"""["']?([^\s:"'-][^:"']*)(?=[:"'])["']?[ \t]*:(?:[ \t]+["']?([^\s"'#]*)|\Z)""")
_FLOW_KEY = lazy_pattern(r"""(?<![\w$-])([\w$-]+)["']?[ \t]*:""")


def _sibling_values(
    document: Document, rest: Span, frames: list[_OpenCollection], column: int
) -> Iterator[tuple[str, str]]:
    """The other keys of the mapping that the cursor is in, or would start: those before the cursor, and those
    after `rest`, the remainder of its line."""
    if frames:
        yield from frames[-1].entries.items()
    if frames and frames[-1].flow:
        inside = document.text[rest.start :].partition("}")[0]
        for key in _FLOW_KEY.findall(inside.partition(",")[2]):
            yield key, ""
        return
    for below in _lines_below(document, rest.end):
        indent = _indent(below)
        if indent < column or below.startswith("- ", column):
            return
        found = _KEY_LINE.match(below, indent) if indent == column else None
        if found:
            yield found[1].rstrip(), found[2] or ""


def _child_kind(
    line: str, role: str, begins: bool, frames: list[_OpenCollection], column: int
) -> Literal["", "text", "list"]:
    """What the next line starts, if it belongs to the scalar at the cursor."""
    margin = frames[-1].column if role == "value" else column
    indent = _indent(line)
    is_list = line.startswith("-", indent)
    if role == "value" and begins and indent == column:
        return ""
    # The dashes of a list may be in the column of its key.
    if indent > margin or (is_list and indent == margin and role != "undashed"):
        return "list" if is_list else "text"
    return ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _lines_below(document: Document, offset: int) -> Iterator[str]:
    """The lines of the frontmatter after the one that ends at `offset`, without blank lines and comments."""
    lines = document.lines
    block = document.frontmatter
    assert block is not None, "the cursor is in a block"
    for number in range(lines.line_number(offset) + 1, len(lines)):
        line = lines.line_span(number)
        if line.start >= block.content.end:
            return
        content = line.text_in(document.text)
        if content.strip() and not content.lstrip().startswith("#"):
            yield content
