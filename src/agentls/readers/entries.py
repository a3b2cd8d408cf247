"""How lenient runtimes parse a frontmatter: each entry for itself where the whole is no YAML."""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse
from agentls.readers.reading import Reason
from agentls.text.frontmatter import recover_entries
from agentls.text.offsets import Span
from agentls.text.yaml_tree import MappedText, Mapping, parse


def one_by_one(text: str, block: Span, _: Runtime) -> BlockParse | Reason:
    """YAML, or else what stands behind each key at the left margin, as plain text if need be. A pattern
    such as `**/*.ts`, which YAML would want in quotes, is read as it is written."""
    parsed = parse(MappedText.unchanged(text, block))
    if parsed.error is None:
        return BlockParse(parsed.root)
    entries = tuple(entry._replace(unparsed=False) for entry in recover_entries(text, block))
    return BlockParse(Mapping(block, entries))
