"""Restricted YAML, as the validator of the Agent Skills standard reads it.

It is YAML without flow style, anchors, tags and duplicate keys. Sibling mappings must have the same
indentation, and every scalar is a string.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.runtimes import Runtime
from agentls.readers import pipeline
from agentls.readers.pipeline import BlockParse
from agentls.readers.reading import Cause, Reason
from agentls.text.offsets import Span
from agentls.text.yaml_events import restricted_syntax
from agentls.text.yaml_tree import Mapping, Node, map_scalars, walk

_CAUSES: dict[str, Cause] = {
    "Anchor": "anchor",
    "Tag": "tag",
    "FlowMappingStart": "flow mapping",
    "FlowSequenceStart": "flow sequence",
}


def parse_restricted(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """Parse the block as restricted YAML, or return the reason why it is rejected."""
    outcome = pipeline.parse_strict(text, block, runtime)
    if isinstance(outcome, Reason) or outcome.root is None:
        return outcome
    rejection = next(_find_restrictions(text, block, outcome.root), None)
    return rejection or BlockParse(map_scalars(outcome.root, lambda scalar: scalar._replace(type="str")))


def _find_restrictions(text: str, block: Span, root: Node) -> Iterator[Reason]:
    """Yield a reason for each use of YAML that restricted YAML does not allow."""
    for kind, span in restricted_syntax(block.text_in(text)):
        shown = Span(block.start + span.start, block.start + span.end)
        yield Reason("invalid-yaml", _CAUSES[kind], shown, (shown.text_in(text),))
    for node in walk(root):
        values = [entry.value for entry in node.entries] if isinstance(node, Mapping) else []
        inner = [value for value in values if isinstance(value, Mapping)]
        for value in inner[1:]:
            if _column(text, value) != _column(text, inner[0]):
                yield Reason("invalid-yaml", "mapping not aligned", value.entries[0].key.span)


def _column(text: str, node: Node) -> int:
    return node.span.start - text.rfind("\n", 0, node.span.start)
