"""How lenient runtimes parse a frontmatter: each entry for itself where the whole is no YAML."""

from __future__ import annotations

from agentls.dialects import Runtime
from agentls.frontmatter import recover
from agentls.readers.general import Outcome
from agentls.reading import Reason
from agentls.text import Span
from agentls.yamltree import Mapping, Source, parse


def one_by_one(text: str, block: Span, _: Runtime) -> Outcome | Reason:
    """YAML, or else what stands behind each key at the left margin, as plain text if need be. A pattern
    such as `**/*.ts`, which YAML would want in quotes, is read as it is written."""
    parsed = parse(Source.plain(text, block))
    if parsed.problem is None:
        return Outcome(parsed.root)
    entries = tuple(entry._replace(broken=False) for entry in recover(text, block))
    return Outcome(Mapping(block, entries))
