"""The ways in which runtimes read agent files, by the names that dialect files use."""

from __future__ import annotations

from collections.abc import Callable

from agentls.dialects import Dialect, Runtime
from agentls.readers import (
    block_repair,
    by_lines,
    claude_code,
    claude_skill,
    entries,
    flat,
    general,
    lenient,
    plain,
    restricted,
    two_keys,
)
from agentls.reading import Identity, Reading

Strategy = Callable[[str, Identity, Dialect, Runtime], Reading]

STRATEGIES: dict[str, Strategy] = {
    "claude-code": claude_code.read,
    "claude-skill": claude_skill.read,
    "claude-yaml": general.reader(claude_code.mending),
    "entry-by-entry": general.reader(entries.one_by_one),
    "no-frontmatter": plain.read,
    "strict-yaml": general.reader(general.strictly),
    "block-repair": general.reader(block_repair.with_blocks),
    "yaml-or-lines": general.reader(by_lines.yaml_or_lines),
    "restricted-yaml": general.reader(restricted.strictly),
    "yaml-or-two-keys": general.reader(two_keys.or_lines),
    "flat": general.reader(flat.flatly),
    "lenient-yaml": general.reader(lenient.leniently),
}
