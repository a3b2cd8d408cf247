"""Parsing leniently, as VS Code does: each key separately, and no block is ever rejected.

The parser of VS Code accepts most text unchanged. A colon, a backtick or an unclosed quote in a value affects
at most that value, and an unclosed list ends with its line. Numbers are strings, and the only booleans are the
plain scalars `true` and `false`.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse
from agentls.text.frontmatter import recover_entries
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, Sequence, map_scalars, parse


def parse_leniently(text: str, block: Span, _: Runtime) -> BlockParse:
    """Parse the block as YAML. If that fails, parse each key separately."""
    source = MappedText.unchanged(text, block)
    parsed = parse(source)
    if parsed.error:
        parsed = parse(source, tabs_indent=True)
    if parsed.error:
        entries = tuple(_recover_list(entry, text) for entry in recover_entries(text, block))
        return BlockParse(map_scalars(Mapping(block, entries), _retype))
    return BlockParse(map_scalars(parsed.root, _retype) if parsed.root else None)


_ITEM = lazy_pattern(
    r"\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s,\[\]{}](?:[^,\[\]{}\n]*[^\s,\[\]{}])?))\s*(?:[,\]}\n]|\Z)"
)


def _recover_list(entry: Entry, text: str) -> Entry:
    """Return `entry` with the flow list at the start of its value, if the value could not be parsed."""
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


def _retype(scalar: Scalar) -> Scalar:
    """Return a scalar with the type that VS Code gives it: numbers and other spellings of booleans are strings."""
    boolean = scalar.type == "bool" and scalar.text in ("true", "false")
    return scalar if boolean or scalar.type in ("str", "null") else scalar._replace(type="str")
