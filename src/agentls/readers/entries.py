"""Parsing frontmatter entry by entry where the whole block is invalid YAML, as lenient runtimes do."""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse
from agentls.readers.reading import Reason
from agentls.text.frontmatter import recover_entries
from agentls.text.offsets import Span
from agentls.text.yaml_tree import MappedText, Mapping, parse


def one_by_one(text: str, block: Span, _: Runtime) -> BlockParse | Reason:
    """Parse the block as YAML. If that fails, parse the value of each unindented key separately, as a plain
    string if it is invalid YAML: an unquoted pattern such as `**/*.ts` is read as it is written."""
    parsed = parse(MappedText.unchanged(text, block))
    if parsed.error is None:
        return BlockParse(parsed.root)
    entries = tuple(entry._replace(unparsed=False) for entry in recover_entries(text, block))
    return BlockParse(Mapping(block, entries))
