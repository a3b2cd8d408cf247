"""How Claude Code parses a frontmatter: YAML, also with tabs, or else YAML once it has put quotes into it."""

from __future__ import annotations

from agentls.causes import explain_invalid
from agentls.dialects import Runtime
from agentls.readers.claude_code import repair
from agentls.readers.general import Outcome
from agentls.reading import Reason
from agentls.text import Span
from agentls.yamltree import Source, parse


def mending(text: str, block: Span, _: Runtime) -> Outcome | Reason:
    """The block as it is, or as the repair has it."""
    source = Source.plain(text, block)
    strict = parsed = parse(source)
    if parsed.problem and "\t" in source.text:
        parsed = parse(source, tabs_indent=True)
    if parsed.problem is None:
        return Outcome(parsed.root)
    source = repair(text, block)
    parsed = parse(source, tabs_indent=True)
    if parsed.problem:
        return explain_invalid(text, block, strict, repair)
    return Outcome(parsed.root, "repaired", tuple(sorted(source.rewritten)))
