"""Restricted YAML, as the validator of the Agent Skills standard reads it.

It is YAML without flow style, anchors, tags and equal keys; mappings side by side have to be
indented alike; and every scalar is text, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.runtimes import Runtime
from agentls.readers import pipeline
from agentls.readers.pipeline import BlockParse
from agentls.readers.reading import Reason
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Mapping, Node, map_scalars, restricted_syntax, walk

_WORDS = {
    "Anchor": "an anchor",
    "Tag": "a tag",
    "FlowMappingStart": "a mapping in braces",
    "FlowSequenceStart": "a list in brackets",
}


def parse_restricted(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """Restricted YAML or nothing."""
    outcome = pipeline.parse_strict(text, block, runtime)
    if isinstance(outcome, Reason) or outcome.root is None:
        return outcome
    refused = next(_refused(text, block, outcome.root), None)
    return refused or BlockParse(map_scalars(outcome.root, lambda scalar: scalar._replace(type="str")))


def _refused(text: str, block: Span, root: Node) -> Iterator[Reason]:
    for kind, span in restricted_syntax(block.text_in(text)):
        shown = Span(block.start + span.start, block.start + span.end)
        message = f"`{shown.text_in(text)}` makes this {_WORDS[kind]}"
        yield Reason("invalid-yaml", message, shown)
    for node in walk(root):
        values = [entry.value for entry in node.entries] if isinstance(node, Mapping) else []
        inner = [value for value in values if isinstance(value, Mapping)]
        for value in inner[1:]:
            if _column(text, value) != _column(text, inner[0]):
                message = "This mapping is not indented like the one above it"
                yield Reason("invalid-yaml", message, value.entries[0].key.span)


def _column(text: str, node: Node) -> int:
    return node.span.start - text.rfind("\n", 0, node.span.start)
