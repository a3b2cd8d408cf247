"""Parse Markdown: headings, code blocks, links and tag pairs, with spans.

A parser of CommonMark finds the parts, so that a `#` inside a code block is not a heading: pulldown-cmark (through
pyromark), or markdown-it where pyromark has no build, such as in WebAssembly; both find the same. Prompts often have
sections between tags on separate lines (`<instructions>` ... `</instructions>`). In CommonMark such a line starts an
HTML block, in which Markdown is not parsed. Here tag lines are replaced by spaces before parsing and reported as tags.
"""

import re
from collections.abc import Callable
from functools import cache

from agentls.text.markdown_parts import Markdown, TagPair
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern


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


def parse(text: str, start: int) -> Markdown:
    """Parse `text` from the offset `start` on; spans are relative to the start of `text`."""
    body = _encodable(text[start:])
    tag_lines = _find_tag_lines(body)
    source = _TAG_LINE.sub(lambda line: " " * len(line[0]), body) if tag_lines else body
    found = _find_parts()(source, text, start)
    return found._replace(tags=tuple(_pair_tags(tag_lines, start, found))) if tag_lines else found


@cache
def _find_parts() -> Callable[[str, str, int], Markdown]:
    """The function that finds the parts with the parser that is installed. The import takes a few milliseconds, and few
    requests need it."""
    try:
        from agentls.text.pulldown_parser import find_parts
    except ImportError:
        from agentls.text.markdown_it_parser import find_parts
    return find_parts


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
