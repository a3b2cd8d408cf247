"""Shell commands in the text of a command or skill, which Claude Code runs before it sends the text.

Observed in 2.1.328: the command between backticks after `!` runs, at the start of a line and after a space, in code
blocks too, and so does a code block whose fence ends in `!`. After any other character it stays text, and so it does
in double backticks.
"""

from __future__ import annotations

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern


class PromptCommand(NamedTuple):
    """A command in a prompt: the span of the whole, and the shell script in it."""

    span: Span
    script: str


MARKS = ("!`", "```!")
"""The texts of which a prompt with commands contains one."""

_COMMAND = lazy_pattern(r"```!(?P<block>[\s\S]*?)```|(?<!\S)(?<!`` )!`(?P<inline>[^`]+)`")


def find_commands(text: str, start: int) -> tuple[PromptCommand, ...]:
    """The commands in `text` from `start` on that run."""
    if not any(mark in text for mark in MARKS):
        return ()
    return tuple(
        PromptCommand(Span(*found.span()), script)
        for found in _COMMAND.finditer(text, start)
        if (script := (found["block"] or found["inline"] or "").strip())
    )
