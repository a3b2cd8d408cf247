"""The frontmatter of a file as an editor shows it: the text between `---` lines.

Incomplete files are supported: the closing `---` may be missing, and if the block does not parse as a whole,
`recover_entries` parses each top-level key separately. The block that a runtime reads is found by its strategy
in `agentls.readers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, parse

_OPENING = lazy_pattern(r"\ufeff?\s*?(-{3,}[^\s:]*)[ \t]*(?=\r|\n|\Z)")
_LATE_OPENING = lazy_pattern(r"^[ \t]*(-{3,}[^\s:]*)[ \t]*\r?\n(?=[A-Za-z_-]+[ \t]*:\s)", re.MULTILINE)
MAX_LEADING_TEXT = 2000  # characters before the opening fence
_CLOSING = lazy_pattern(r"\n(-{3,})(?=[ \t]*\r?$)", re.MULTILINE)
TOP_LEVEL_KEY = lazy_pattern(
    r"""^(?P<key>"[^"\n]*"|'[^'\n]*'|[^\s#'"\-\[{&*!|>%@`:][^\n:]*?|-[^\s:]+)[ \t]*:(?=\s|\Z)"""
)
_CODE_FENCE = lazy_pattern(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_LOOKS_LIKE_YAML = lazy_pattern(r"[ \t#]|-(?:\s|\Z)|[A-Za-z_$][\w.$-]*[ \t]*(?::(?:\s|\Z)|\Z)|\Z")


MAX_CHECKED = 32 * 1024
"""The number of characters of frontmatter that is checked and answered about, at most. The longest in 15,000 files of
public repositories has 6,000."""


class FrontmatterBlock(NamedTuple):
    """The spans of the frontmatter.

    `opening` is the first fence, `content` the YAML between the fences, `closing` the second fence, `None` if it
    is missing. The body starts at `body_start`.
    """

    opening: Span
    content: Span
    closing: Span | None
    body_start: int


def find_block(text: str) -> FrontmatterBlock | None:
    """Find the frontmatter, or return `None`.

    Runtimes differ in which fences they accept. Here the opening fence may also follow blank lines or a line of
    text, and a fence may be slightly wrong (`----`). If the closing fence is missing, the block continues as long
    as lines look like YAML.
    """
    opening = _OPENING.match(text) or _LATE_OPENING.search(text, 0, MAX_LEADING_TEXT)
    if not opening or _is_example(text[: opening.start()]):
        return None
    fence = Span(*opening.span(1))
    start = opening.end()
    if text[start - 1] != "\n":
        start += len(_line_end(text, start))
    closing = _CLOSING.search(text, start - 1)
    if closing:
        dashes = Span(*closing.span(1))
        rest = text.find("\n", dashes.end)
        body_start = len(text) if rest < 0 else rest + 1
        return FrontmatterBlock(fence, Span(start, dashes.start), dashes, body_start)
    end = last = start
    for line in _lines(text, start):
        content = line.text_in(text).rstrip("\r\n")
        blank_before = last < line.start
        if not _LOOKS_LIKE_YAML.match(content) or (blank_before and content.startswith("#")):
            break
        end = line.end
        if content.strip():
            last = end
    return FrontmatterBlock(fence, Span(start, last), None, min(end, last))


def _is_example(before: str) -> bool:
    """Whether a fence after the text `before` is inside a code block in prose."""
    return len(_CODE_FENCE.findall(before)) % 2 == 1 and len(before.strip().splitlines()) > 1


def _line_end(text: str, offset: int) -> str:
    """The line end at `offset`, "" if there is none."""
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def _lines(text: str, start: int, end: int | None = None) -> Iterator[Span]:
    """The spans of the lines of `text` from `start` on, with their line ends."""
    end = len(text) if end is None else end
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline + 1
        yield Span(start, stop)
        start = stop


@lru_cache(maxsize=4)  # Several runtimes reject the same block.
def split_entries(text: str, span: Span) -> tuple[Span, ...]:
    """Split a block into one span for each `key:` at the left margin, up to the next one."""
    chunks: list[Span] = []
    for line in _lines(text, *span):
        is_indented = text[line.start].isspace()  # As most lines are, so that the pattern is not needed.
        if not is_indented and TOP_LEVEL_KEY.match(text[line.start : line.end].rstrip("\r\n")):
            chunks.append(line)
        elif chunks:
            chunks[-1] = Span(chunks[-1].start, line.end)
    return tuple(chunks)


def find_keys(text: str) -> set[str]:
    """The keys at the left margin of the frontmatter, found without parsing."""
    block = find_block(text)
    lines = (line.text_in(text).rstrip("\r\n") for line in _lines(text, *block.content)) if block else ()
    return {found["key"] for line in lines if (found := TOP_LEVEL_KEY.match(line))}


@lru_cache(maxsize=4)  # The editor and lenient runtimes recover the same block.
def recover_entries(text: str, span: Span) -> tuple[Entry, ...]:
    """The top-level entries of a block that does not parse as a whole.

    Each `key:` at the left margin is parsed separately with the lines that belong to it. An entry that does not
    parse has its raw text as value and is marked `unparsed`.
    """
    entries: list[Entry] = []
    for chunk in split_entries(text, span):
        root = parse(MappedText.unchanged(text, chunk), tabs_indent=True).root
        if isinstance(root, Mapping):
            entries.extend(root.entries)
        else:
            entries.append(_raw_entry(text, chunk))
    return tuple(entries)


def _raw_entry(text: str, chunk: Span) -> Entry:
    """An entry whose value is the raw text after the colon, stripped of whitespace."""
    content = chunk.text_in(text)
    found = TOP_LEVEL_KEY.match(content)
    assert found is not None, "a chunk starts with a key"
    key = found["key"]
    lines = content[found.end() :].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        del lines[-1]
    raw = "\n".join(lines)
    start = chunk.start + found.end() + len(raw) - len(raw.lstrip())
    value = Scalar(Span(start, max(start, start + len(raw.strip()))), raw.strip())
    return Entry(Scalar(Span(chunk.start, chunk.start + len(key)), key.strip("\"'")), value, unparsed=True)
