"""Parsing frontmatter as keys with strings: each key has the rest of its line, or the list below it.

Letta Code and Pi have parsers of their own, according to their sources of August and March 2026. All values
are strings or lists of strings. Nothing is an error: lines that are not part of an entry are ignored.
"""

from __future__ import annotations

import re

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse
from agentls.text.frontmatter import TOP_LEVEL_KEY, split_entries
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Scalar, Sequence

_ITEM = lazy_pattern(r"^[ \t]*-[ \t]+(\S(?:.*[^ \t\r\n])?)[ \t\r]*$", re.MULTILINE)


def parse_flat_keys(text: str, block: Span, _: Runtime) -> BlockParse:
    """Parse the block into keys with strings or lists of strings."""
    entries = tuple(_entry(text, chunk) for chunk in split_entries(text, block))
    return BlockParse(Mapping(block, entries))


def _entry(text: str, chunk: Span) -> Entry:
    """Return the entry of a chunk: its key, with the rest of the line or the list below it as the value."""
    found = TOP_LEVEL_KEY.match(chunk.text_in(text))
    assert found is not None, "a chunk starts with a key"
    key = Scalar(Span(chunk.start, chunk.start + found.end("key")), found["key"].strip("\"'"))
    colon = chunk.start + found.end()
    line_end = text.find("\n", colon, chunk.end)
    line = Span(colon, line_end if line_end >= 0 else chunk.end)
    items = tuple(_scalar(text, Span(*item.span(1))) for item in _ITEM.finditer(text, line.end, chunk.end))
    if items and not line.text_in(text).strip():
        return Entry(key, Sequence(Span(items[0].span.start, items[-1].span.end), items))
    return Entry(key, _scalar(text, line))


def _scalar(text: str, span: Span) -> Scalar:
    """Return the string in `span` without surrounding spaces and quotes, or null if it is empty."""
    raw = span.text_in(text)
    start = span.start + len(raw) - len(raw.lstrip())
    raw = raw.strip()
    where = Span(start, start + len(raw)) if raw else Span(span.start, span.start)
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
        return Scalar(where, raw[1:-1], "double" if raw[0] == '"' else "single")
    return Scalar(where, raw, "plain", "str" if raw else "null")
