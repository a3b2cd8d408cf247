"""What runtimes send to a hook after a tool has written a file, and where they read its answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple

Answer = Literal["exit code 2", "additionalContext", "hookSpecificOutput"]
"""Where a runtime reads what the model should see: on standard error if the exit code is 2, or in the JSON on standard
output."""


class WriteHook(NamedTuple):
    """One form of the input: the runtime that sends it; the name of the event, "" if the input does not have it; the
    fields with the name of the tool, its arguments and its result; the tools that write files; and the answer."""

    title: str
    event: str
    tool: str
    input: str
    tools: tuple[str, ...]
    answer: Answer
    source: Source
    result: str = ""

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Whether an input has this form, and a tool has written a file."""
        return (
            event_name(event) == self.event
            and event.get(self.tool) in self.tools
            and (self.result or self.tool) in event
        )


def event_name(event: Mapping[str, Any]) -> Any:
    """Return the name of the event of an input, "" if it does not have it."""
    return event.get("hook_event_name", event.get("hookEventName", ""))


def find_write_hook(event: Mapping[str, Any]) -> WriteHook | None:
    """Return the form of the input of a hook; `None` if no tool has written a file."""
    return next((hook for hook in write_hooks() if hook.fits(event)), None)


@cache
def write_hooks() -> tuple[WriteHook, ...]:
    """Return the forms in the order of the table."""
    hooks: tuple[WriteHook, ...] = build_record(
        tuple[WriteHook, ...], load_table("write-hooks"), "write-hooks"
    )
    return hooks
