"""YAML, or else just the lines of the name and the description.

Gemini CLI reads skills so: where the frontmatter is no YAML, or one of the two is no text in it, it
takes what stands behind `name:` and `description:` as it is, with the indented lines below the latter.
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
_STRAY = lazy_pattern(r"\n(?![\w-]+[ \t]*:)([^\s#-].*?)(?=[ \t\r]*$)", re.MULTILINE)


def parse_two_keys(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """The YAML of the block if it has both in text, or else their lines."""
    outcome = pipeline.parse_strict(text, block, runtime)
    if isinstance(outcome, BlockParse) and _has_both(outcome.root):
        return outcome
    entries: dict[str, Entry] = {}
    lost: list[Span] = []
    at = block.start
    while found := _LINE.search(text, at, block.end):
        key, value = Span(*found.span(1)), Span(*found.span(2))
        at = found.end()
        pieces = [found[2]]
        while found[1] == _DESCRIPTION and (more := _MORE.match(text, at, block.end)):
            pieces.append(more[1].strip())
            at = more.end()
            value = value._replace(end=at - len(more[1]) + len(more[1].rstrip()))
        told = " ".join(piece for piece in pieces if piece)
        entries[found[1]] = Entry(Scalar(key, found[1]), Scalar(value, told))
        while more := _STRAY.match(text, at, block.end):
            lost.append(Span(*more.span(1)))
            at = more.end()
    rewritten = (entry.value.span for entry in entries.values() if parse(_by_itself(text, entry)).error)
    return BlockParse(Mapping(block, tuple(entries.values())), "repaired", tuple(rewritten), tuple(lost))


def _by_itself(text: str, entry: Entry) -> MappedText:
    return MappedText.unchanged(text, entry.span)


def _has_both(root: Node | None) -> bool:
    values = [root.get(key) for key in (_NAME, _DESCRIPTION)] if isinstance(root, Mapping) else [None]
    return all(
        entry is not None and isinstance(entry.value, Scalar) and entry.value.type == "str"
        for entry in values
    )
