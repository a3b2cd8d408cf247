"""Find the parts of a Markdown text with pulldown-cmark, through pyromark."""

from collections.abc import Iterator
from typing import Any

import pyromark

from agentls.text.markdown_parts import CodeBlock, Heading, Link, Markdown, code_block, inline_link
from agentls.text.offsets import Span


def find_parts(source: str, text: str, start: int) -> Markdown:
    """The headings, code blocks and links of `source`, which is `text` from the offset `start` on, possibly with other
    characters in their place. Spans are relative to the start of `text`."""
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
            code.append(code_block(span, text, fenced=fenced))
        elif name in _LINKS:
            _add_link(data, offsets.span(where), text, links)
    return Markdown(tuple(headings), tuple(code), tuple(links), ())


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
    if link["link_type"] == "Inline" and link["dest_url"]:
        links.append(inline_link(span, text, link["dest_url"]))
