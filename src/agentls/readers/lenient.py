"""The lenient way to parse a block: each key for itself, and nothing is ever refused.

So does VS Code, whose own parser takes most text as it stands: a colon, a backtick or an open quote
in a value costs at most that value, and a list that is not closed ends with its line. Numbers are
text to it, and the truth values are the plain words `true` and `false` alone.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse
from agentls.text.frontmatter import recover_entries
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, Sequence, map_scalars, parse


def parse_leniently(text: str, block: Span, _: Runtime) -> BlockParse:
    """What can be read of the block, key by key where YAML as a whole fails."""
    source = MappedText.unchanged(text, block)
    parsed = parse(source)
    if parsed.error:
        parsed = parse(source, tabs_indent=True)
    if parsed.error:
        entries = tuple(_with_list(entry, text) for entry in recover_entries(text, block))
        return BlockParse(map_scalars(Mapping(block, entries), _as_word))
    return BlockParse(map_scalars(parsed.root, _as_word) if parsed.root else None)


_ITEM = lazy_pattern(r"\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s,\[\]{}][^,\[\]{}\n]*?))\s*(?:[,\]}\n]|\Z)")


def _with_list(entry: Entry, text: str) -> Entry:
    """`entry` with the list that its text starts, if that was all that could not be read."""
    span = entry.value.span
    if not entry.unparsed or not text.startswith("[", span.start):
        return entry
    items = []
    at, end = span.start + 1, text.find("\n", span.start, span.end)
    end = end if end >= 0 else span.end
    while found := _ITEM.match(text, at, end):
        group = found.lastindex or 0
        items.append(Scalar(Span(*found.span(group)), found[group]))
        at = found.end()
    return entry._replace(value=Sequence(Span(span.start, end), tuple(items)))


def _as_word(scalar: Scalar) -> Scalar:
    """A number, or a truth value in another spelling, as text."""
    plain = scalar.type == "bool" and scalar.text in ("true", "false")
    return scalar if plain or scalar.type in ("str", "null") else scalar._replace(type="str")
