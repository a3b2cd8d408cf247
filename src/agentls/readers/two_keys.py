"""Parsing YAML, or else only the lines of the name and the description, as Gemini CLI reads skills.

If the frontmatter is invalid YAML, or `name` or `description` is not a string, Gemini CLI uses the text after
`name:` and `description:` unchanged, with the indented lines below `description:`.
"""

from __future__ import annotations

import re

from agentls.dialects.runtimes import Runtime
from agentls.readers import pipeline
from agentls.readers.pipeline import BlockParse
from agentls.readers.reading import Reason
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, parse

_NAME, _DESCRIPTION = "name", "description"
_LINE = lazy_pattern(r"^[^\S\n]*(name|description):[^\S\n]*(.*?)[^\S\n]*$", re.MULTILINE)
_MORE = lazy_pattern(r"\n[ \t]+(\S.*)")
_STRAY = lazy_pattern(r"\n(?![\w-]+[ \t]*:)([^\s#-](?:.*[^ \t\r\n])?)(?=[ \t\r]*$)", re.MULTILINE)


def parse_two_keys(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """Parse the block as YAML if `name` and `description` are strings in it, or else read their lines."""
    outcome = pipeline.parse_strict(text, block, runtime)
    if isinstance(outcome, BlockParse) and _has_both(outcome.root):
        return outcome
    entries: dict[str, Entry] = {}
    ignored: list[Span] = []
    at = block.start
    while found := _LINE.search(text, at, block.end):
        key, value = Span(*found.span(1)), Span(*found.span(2))
        at = found.end()
        pieces = [found[2]]
        while found[1] == _DESCRIPTION and (more := _MORE.match(text, at, block.end)):
            pieces.append(more[1].strip())
            at = more.end()
            value = value._replace(end=at - len(more[1]) + len(more[1].rstrip()))
        joined = " ".join(piece for piece in pieces if piece)
        entries[found[1]] = Entry(Scalar(key, found[1]), Scalar(value, joined))
        while more := _STRAY.match(text, at, block.end):
            ignored.append(Span(*more.span(1)))
            at = more.end()
    repaired_values = (
        entry.value.span for entry in entries.values() if parse(MappedText.unchanged(text, entry.span)).error
    )
    return BlockParse(
        Mapping(block, tuple(entries.values())), "repaired", tuple(repaired_values), tuple(ignored)
    )


def _has_both(root: Node | None) -> bool:
    """Whether `name` and `description` are strings."""
    values = [root.get(key) for key in (_NAME, _DESCRIPTION)] if isinstance(root, Mapping) else [None]
    return all(
        entry is not None and isinstance(entry.value, Scalar) and entry.value.type == "str"
        for entry in values
    )
