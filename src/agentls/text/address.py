"""Whether a text speaks to an agent, as prompts do and documentation does not."""

from __future__ import annotations

import re

from agentls.text.patterns import lazy_pattern

_MAX_LENGTH = 1_000
"""How much of a text is looked at: a prompt says at its start whom it is for."""

_CODE_FENCE = lazy_pattern(r"^\s*(?:```|~~~)", re.MULTILINE)
_ADDRESS = lazy_pattern(
    r"(?:^\W{0,6}|[.!?:]\s+)"
    r"(?:You(?:['\u2019]re| are| (?!can|could|may|might|need|want|have|should|don|do not|\w+ing\b)[a-z]+\b)"
    r"|Act as\b|Your (?:role|task|job|goal|mission|purpose|responsibilit)\w*\b"
    r"|As an? [\w /-]{0,40}(?:agent|assistant|expert|engineer|specialist|reviewer|architect)\b)",
    re.MULTILINE,
)


def speaks_to_agent(text: str) -> bool:
    """Whether a text begins by telling an agent who it is or what it does."""
    start = text[:_MAX_LENGTH]
    fence = _CODE_FENCE.search(start)
    return _ADDRESS.search(start[: fence.start()] if fence else start) is not None
