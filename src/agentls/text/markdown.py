"""Parse Markdown: headings, code blocks, links and tag pairs, with spans.

pulldown-cmark (through pyromark) parses CommonMark, so that a `#` inside a code block is not a heading. Prompts
often have sections between tags on separate lines (`<instructions>` ... `</instructions>`). In CommonMark such a
line starts an HTML block, in which Markdown is not parsed. Here tag lines are replaced by spaces before parsing
and reported as tags.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern


class Heading(NamedTuple):
    """A heading. `level` is 1 to 6; a bold line that is used as a heading has `level` 0."""

    level: int
    title: str
    span: Span


class CodeBlock(NamedTuple):
    """A code block; `closed` is false if the closing fence is missing."""

    span: Span
    fenced: bool
    closed: bool


class Link(NamedTuple):
    """An inline link or an image; `destination` is as it is written, without the title."""

    span: Span
    destination: str
    destination_span: Span


class TagPair(NamedTuple):
    """A pair of tags on separate lines: `<name>` ... `</name>`."""

    name: str
    opening: Span
    closing: Span


class Markdown(NamedTuple):
    """The parts of a Markdown text, each list in the order of the text."""

    headings: tuple[Heading, ...]
    code_blocks: tuple[CodeBlock, ...]
    links: tuple[Link, ...]
    tags: tuple[TagPair, ...]

    def code_block_at(self, offset: int) -> CodeBlock | None:
        """The code block that contains `offset`."""
        at = bisect_right(self.code_blocks, offset, key=lambda block: block.span.start) - 1
        return self.code_blocks[at] if at >= 0 and offset < self.code_blocks[at].span.end else None

    def in_code(self, offset: int) -> bool:
        """Whether `offset` is in a code block."""
        return self.code_block_at(offset) is not None


class HeadingScan(NamedTuple):
    """The levels of the headings outside code, and whether a code block seems to be unclosed, by lines that look like
    headings and code fences. The parser is slower and decides; it is only asked if these look suspicious."""

    levels: tuple[int, ...]
    has_open_fence: bool


def scan_headings(text: str, start: int) -> HeadingScan:
    """Scan the lines of `text` from the offset `start` on."""
    levels: list[int] = []
    fence = ""
    for level, mark, rest in _HEADING_OR_FENCE.findall(text, max(0, start - 1)):
        if level:
            if not fence:
                levels.append(len(level))
        elif not fence:
            fence = mark
        elif mark.startswith(fence) and not rest.strip():
            fence = ""
    return HeadingScan(tuple(levels), bool(fence))


# The lookahead rules out most lines at once.
_HEADING_OR_FENCE = lazy_pattern(
    r"\n(?=[ \t>]*[#`~])(?: {0,3}(?P<level>#{1,6})[ \t]|[ \t>]*(?P<fence>`{3,}|~{3,})(?P<rest>[^`\n]*))"
)
_UNENCODABLE = lazy_pattern("[\0\ud800-\udfff]")
_TAG_AT_END = lazy_pattern(r"</?[A-Za-z][\w.-]*>[ \t]*\r?$", re.MULTILINE)
_TAG_LINE = lazy_pattern(r"^[ ]{0,3}<(/?)([A-Za-z][\w.-]*)>[ \t]*(?=\r?$)", re.MULTILINE)
_CLOSING_FENCE = lazy_pattern(r"[ \t>]*(`{3,}|~{3,})[ \t]*\r?\n?\Z")


def parse(text: str, start: int) -> Markdown:
    """Parse `text` from the offset `start` on; spans are relative to the start of `text`."""
    import pyromark  # The import takes a few milliseconds, and few requests need it.

    body = _encodable(text[start:])
    tag_lines = _find_tag_lines(body)
    source = _TAG_LINE.sub(lambda line: " " * len(line[0]), body) if tag_lines else body
    offsets = _Offsets(source, start)
    headings: list[Heading] = []
    code: list[CodeBlock] = []
    links: list[Link] = []
    depth = 0
    events: Iterator[Any] = iter(pyromark.events_with_range(source))
    for event, where in events:
        if "Start" not in event:
            if depth and "End" in event:
                depth -= _split_event(event)[1] in _CONTAINERS
            continue
        _, name, data = _split_event(event)
        if name in _CONTAINERS:
            depth += 1
        elif name == "Paragraph":
            may_be_heading = depth == 0 and offsets.is_strong(where["start"])
            bold = _bold_heading(events, offsets, text, links) if may_be_heading else None
            if bold:
                headings.append(bold)
        elif name == "Heading":
            span = offsets.span(where)
            span = Span(span.start, span.start + len(span.text_in(text).rstrip()))
            headings.append(Heading(int(data["level"][1]), _title(events, offsets, text, links), span))
        elif name == "CodeBlock":
            span = offsets.span(where)
            fenced = isinstance(data, dict)
            code.append(CodeBlock(span, fenced, not fenced or _is_closed(span.text_in(text))))
        elif name in _LINKS:
            _add_link(data, offsets.span(where), text, links)
    found = Markdown(tuple(headings), tuple(code), tuple(links), ())
    return found._replace(tags=tuple(_pair_tags(tag_lines, start, found))) if tag_lines else found


def _encodable(body: str) -> str:
    """The text with U+FFFD for the characters that the parser does not accept."""
    try:
        body.encode("utf-8")
    except UnicodeEncodeError:
        return _UNENCODABLE.sub("\ufffd", body)
    return body.replace("\0", "\ufffd")


def _find_tag_lines(body: str) -> list[re.Match[str]]:
    """The lines with nothing but a tag. A search from line to line would take longer than the parser."""
    starts = dict.fromkeys(body.rfind("\n", 0, tag.start()) + 1 for tag in _TAG_AT_END.finditer(body))
    return [line for start in starts if (line := _TAG_LINE.match(body, start))]


_CONTAINERS = frozenset({"BlockQuote", "List", "Item"})
_LINKS = frozenset({"Link", "Image"})
_WORDS = frozenset({"Text", "Code", "InlineHtml", "SoftBreak", "HardBreak"})


class _Offsets:
    """Converts ranges of bytes of the parser to spans in the text. It counts on from the last range, since they
    come in the order in which they start."""

    def __init__(self, body: str, start: int) -> None:
        self._bytes = body.encode("utf-8")
        self._is_ascii = body.isascii()
        self._start = start
        self._last = (0, start)

    def span(self, where: dict[str, int]) -> Span:
        """The span in the text for a range of bytes."""
        first, end = where["start"], where["end"]
        if self._is_ascii:
            return Span(self._start + first, self._start + end)
        byte, offset = self._last if self._last[0] <= first else (0, self._start)
        offset += len(self._bytes[byte:first].decode("utf-8"))
        self._last = (first, offset)
        return Span(offset, offset + len(self._bytes[first:end].decode("utf-8")))

    def is_strong(self, byte: int) -> bool:
        """Whether strong emphasis may start at a byte of the body."""
        return self._bytes.startswith((b"**", b"__"), byte)


def _split_event(event: Any) -> tuple[str, str, Any]:
    """An event of the parser as (kind, name, data): ("Start", "Heading", {...}), ("Text", "", "words")."""
    if isinstance(event, str):
        return event, "", None
    ((kind, what),) = event.items()
    if kind not in ("Start", "End"):
        return kind, "", what
    if isinstance(what, str):
        return kind, what, None
    ((name, data),) = what.items()
    return kind, name, data


def _title(events: Iterator[Any], offsets: _Offsets, text: str, links: list[Link]) -> str:
    """The plain text of the heading whose start was the last event. Consumes the events up to its end."""
    words = []
    for event, where in events:
        kind, name, data = _split_event(event)
        if kind == "Start" and name in _LINKS:
            _add_link(data, offsets.span(where), text, links)
        elif kind in _WORDS:
            words.append(data or " ")
        elif kind == "End" and name == "Heading":
            break
    return "".join(words).strip()


def _bold_heading(events: Iterator[Any], offsets: _Offsets, text: str, links: list[Link]) -> Heading | None:
    """The paragraph's first line as a heading, if all of it is bold; reads up to the paragraph's end."""
    words: list[str] = []
    span = Span(0, 0)
    state = "before"  # then "bold", "after", and "heading" or "prose"
    for event, where in events:
        kind, name, data = _split_event(event)
        if kind == "Start" and name in _LINKS:
            _add_link(data, offsets.span(where), text, links)
        if kind == "End" and name == "Paragraph":
            break
        if state == "before":
            state = "bold" if (kind, name) == ("Start", "Strong") else "prose"
            span = offsets.span(where)
        elif state == "bold":
            if (kind, name) == ("End", "Strong"):
                state = "after"
            elif kind in _WORDS:
                words.append(data or " ")
        elif state == "after":
            if kind in ("SoftBreak", "HardBreak"):
                state = "heading"
            elif kind != "Text" or data.strip() not in ("", ":"):
                state = "prose"
    return Heading(0, "".join(words).strip(), span) if state in ("after", "heading") else None


def _add_link(link: dict[str, Any], span: Span, text: str, links: list[Link]) -> None:
    """Add an inline link to `links`."""
    destination = link["dest_url"]
    if link["link_type"] != "Inline" or not destination:
        return
    at = text.rfind(destination, span.start, span.end)
    links.append(Link(span, destination, Span(at, at + len(destination)) if at >= 0 else span))


def _is_closed(block: str) -> bool:
    """Whether a fenced block's last line is a fence as long as its first."""
    fence = re.match(r"[ \t>]*(`{3,}|~{3,})", block)
    lines = block.rstrip("\r\n").rsplit("\n", 1)
    closing = _CLOSING_FENCE.match(lines[1]) if len(lines) == 2 else None
    return bool(fence and closing and closing[1].startswith(fence[1]))


def _pair_tags(lines: list[re.Match[str]], start: int, found: Markdown) -> list[TagPair]:
    """The pairs among the tag lines outside code, in the order of their opening lines."""
    open_tags: list[tuple[str, Span]] = []
    pairs: list[TagPair] = []
    for line in lines:
        span = Span(start + line.start(), start + line.end())
        if found.in_code(span.start):
            continue
        if not line[1]:
            open_tags.append((line[2], span))
            continue
        for at in range(len(open_tags) - 1, -1, -1):
            if open_tags[at][0] == line[2]:
                pairs.append(TagPair(line[2], open_tags[at][1], span))
                del open_tags[at:]
                break
    return sorted(pairs, key=lambda tag: tag.opening)
