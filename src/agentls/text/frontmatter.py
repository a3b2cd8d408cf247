"""The frontmatter as a person sees it: between fences on lines of their own.

It keeps an editor going: the closing fence may be missing, and when the block as a whole does
not parse, `recover` parses each top-level key by itself. Where a runtime sees the block is told by
its strategy in `agentls.readers`; nothing here knows what any key means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, parse

_OPENING = re.compile(r"\ufeff?\s*?(-{3,}[^\s:]*)[ \t]*(?=\r|\n|\Z)")
_LATE_OPENING = re.compile(r"^[ \t]*(-{3,}[^\s:]*)[ \t]*\r?\n(?=[A-Za-z_-]+[ \t]*:\s)", re.MULTILINE)
MAX_LEADING_TEXT = 2000  # characters in front of a fence that may still be meant as the first
_CLOSING = re.compile(r"^-{3,}(?=[ \t]*\r?$)", re.MULTILINE)
TOP_LEVEL_KEY = re.compile(
    r"""^(?P<key>"[^"\n]*"|'[^'\n]*'|[^\s#'"\-\[{&*!|>%@`:][^\n:]*?|-[^\s:]+)[ \t]*:(?=\s|\Z)"""
)
_CODE_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_LOOKS_LIKE_YAML = re.compile(r"[ \t#]|-(?:\s|\Z)|[A-Za-z_$][\w.$-]*[ \t]*(?::(?:\s|\Z)|\Z)|\Z")


class FrontmatterBlock(NamedTuple):
    """Where the frontmatter lies for an editor.

    `opening` is the first fence, `content` the YAML between the fences, `closing` the last
    fence or `None` while it is not written yet. The body starts at `body`.
    """

    opening: Span
    content: Span
    closing: Span | None
    body_start: int


def find_block(text: str) -> FrontmatterBlock | None:
    """The frontmatter between fences on lines of their own, or `None` where there is none.

    Runtimes differ in where they see the fences; this is where a person does: also behind
    blank lines or a line of text, and with a fence that is a little off (`----`). While the
    closing fence is missing, the block reaches as far as lines look like YAML.
    """
    opening = _OPENING.match(text) or _LATE_OPENING.search(text, 0, MAX_LEADING_TEXT)
    if not opening or _is_example(text[: opening.start()]):
        return None
    fence = Span(*opening.span(1))
    start = opening.end()
    if text[start - 1] != "\n":
        start += len(_line_end(text, start))
    closing = _CLOSING.search(text, start)
    if closing:
        end = closing.end()
        rest = text.find("\n", end)
        return FrontmatterBlock(
            fence, Span(start, closing.start()), Span(*closing.span()), len(text) if rest < 0 else rest + 1
        )
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
    """Whether a fence with the text `before` in front of it stands in a block of code among prose."""
    return len(_CODE_FENCE.findall(before)) % 2 == 1 and len(before.strip().splitlines()) > 1


def _line_end(text: str, offset: int) -> str:
    """The line end that stands at `offset`, if one does."""
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def _lines(text: str, start: int, end: int | None = None) -> Iterator[Span]:
    """The lines of `text` from `start`, each with its line end."""
    end = len(text) if end is None else end
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline + 1
        yield Span(start, stop)
        start = stop


def split_entries(text: str, span: Span) -> list[Span]:
    """The block in pieces, one for each `key:` at the left margin with the lines up to the next."""
    chunks: list[Span] = []
    for line in _lines(text, *span):
        if TOP_LEVEL_KEY.match(text[line.start : line.end].rstrip("\r\n")):
            chunks.append(line)
        elif chunks:
            chunks[-1] = Span(chunks[-1].start, line.end)
    return chunks


def find_keys(text: str) -> set[str]:
    """The keys at the left margin of the frontmatter, without parsing it."""
    block = find_block(text)
    lines = (line.text_in(text).rstrip("\r\n") for line in _lines(text, *block.content)) if block else ()
    return {found["key"] for line in lines if (found := TOP_LEVEL_KEY.match(line))}


def recover_entries(text: str, span: Span) -> tuple[Entry, ...]:
    """The top-level entries of a block that does not parse as a whole.

    Each `key:` at the left margin, with the lines that belong to it, is parsed by itself.
    What still fails keeps its raw text and is marked `broken`.
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
    """An entry whose value is the raw text behind the colon, without the blanks around it."""
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
