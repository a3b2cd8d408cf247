"""The strategies by which runtimes read agent files, under the names that dialect files use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.readers.reading import FileIdentity, Reading

Strategy = Callable[[str, FileIdentity, Dialect, Runtime], Reading]

_FULL_STRATEGIES = {
    "claude-code": "claude_code.read_agent",
    "claude-skill": "claude_skill.read_skill",
    "no-frontmatter": "plain.read_body",
}
_PARSERS = {
    "claude-yaml": "claude_code.parse_with_repair",
    "entry-by-entry": "entries.one_by_one",
    "strict-yaml": "pipeline.parse_strict",
    "block-repair": "block_repair.parse_with_block_repair",
    "yaml-or-lines": "by_lines.parse_line_by_line",
    "restricted-yaml": "restricted.parse_restricted",
    "yaml-or-two-keys": "two_keys.parse_two_keys",
    "flat": "flat.parse_flat_keys",
    "lenient-yaml": "lenient.parse_leniently",
}
"""Functions that read a whole file, and functions that parse the block within the general pipeline."""

STRATEGIES = (*_FULL_STRATEGIES, *_PARSERS)
"""The names of all strategies."""


@cache
def load_strategy(name: str) -> Strategy:
    """Return the strategy of that name. Raises `KeyError` if it is unknown.

    Its module is imported when the first file needs it, since a run uses few strategies.
    """
    module, _, function = (_FULL_STRATEGIES.get(name) or _PARSERS[name]).partition(".")
    found = getattr(__import__(f"agentls.readers.{module}", fromlist=[function]), function)
    if name in _PARSERS:
        from agentls.readers import pipeline

        found = pipeline.make_strategy(found)
    read: Strategy = found
    return read
