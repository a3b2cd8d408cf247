"""The ways in which runtimes read agent files, by the names that dialect files use."""

from __future__ import annotations

from collections.abc import Callable

from agentls.dialects import Dialect
from agentls.readers import claude_code
from agentls.reading import Identity, Reading

Strategy = Callable[[str, Identity, Dialect], Reading]

STRATEGIES: dict[str, Strategy] = {
    "claude-code": claude_code.read,
}
