"""The status of an agent file in one runtime: a few words and a level, for status bars and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity, severity_of
from agentls.reports import inspection
from agentls.reports.inspection import RuntimeReport
from agentls.text.named_tuples import NamedTuple

Level = Literal["works", "impaired", "broken"]
"""Whether a file works as written, loads while something in it does not work, or is of no use to the runtime."""

LEVELS: tuple[Level, ...] = get_args(Level)
"""The levels, the worst one last."""


class Status(NamedTuple):
    """A few words on what a runtime does with a file, and their level."""

    words: str
    level: Level


def status_of(report: RuntimeReport, diagnostics: Iterable[Diagnostic]) -> Status:
    """Return the status of the file of `report` in its runtime, with the diagnostics that the user sees."""
    words = inspection.short_status(report)
    if not inspection.is_usable(report):
        return Status(words, "broken")
    if any(_impairs(diagnostic, report.runtime.name) for diagnostic in diagnostics):
        return Status("loads with problems", "impaired")
    return Status(words, "works")


def _impairs(diagnostic: Diagnostic, runtime: str) -> bool:
    """Whether something in the file does not work in a runtime as it is written."""
    return diagnostic.severity <= Severity.WARNING and any(
        severity_of(effect.consequence, is_hearsay=effect.is_hearsay) <= Severity.WARNING
        for effect in diagnostic.effects
        if effect.runtime == runtime and not effect.is_verdict
    )
