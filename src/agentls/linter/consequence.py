"""The consequences of findings, and their severity.

Only this module derives the severity of a finding. A rule states what each reader of the file does. The user's
configuration may set another severity for a rule, which `agentls.linter.check` applies.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum

from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple


class Severity(IntEnum):
    """The severity of a finding. The numbers are those of the LSP; the lowest is the most severe."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4

    @property
    def label(self) -> str:
        """Return the name in lower case, as in the configuration."""
        return self.name.lower()


class Consequence(str, Enum):
    """What a runtime does with the file or the entry that a finding is about."""

    NOT_LOADED = "not loaded"
    """The file is not loaded, or rejected."""
    NO_TOOLS = "no tools"
    """The agent starts without tools, or is refused at start."""
    TEXT_LOST = "text lost"
    """A part of the author's text is cut off, or becomes part of the prompt by mistake."""
    IGNORED = "ignored"
    """One entry, key or value is ignored, or works otherwise than written."""
    HARMFUL = "harmful"
    """The file works, and what is in it can do harm: it gives a secret away, or hides or runs what nobody has seen."""
    ADVICE = "advice"
    """The file works; something in it is likely not what the author wants."""
    SUGGESTION = "suggestion"
    """The file works; something in it has no effect, could be better, or is not known for certain."""


class Effect(NamedTuple):
    """What the runtime of that name does. `is_hearsay` is true if only third parties report it, and `is_verdict` if it
    is the verdict of a reader that only advises, such as a validator."""

    runtime: str
    consequence: Consequence
    is_hearsay: bool = False
    is_verdict: bool = False


_SEVERITIES = {
    Consequence.NOT_LOADED: (Severity.ERROR, Severity.WARNING),
    Consequence.NO_TOOLS: (Severity.ERROR, Severity.WARNING),
    Consequence.TEXT_LOST: (Severity.ERROR, Severity.WARNING),
    Consequence.IGNORED: (Severity.WARNING, Severity.INFORMATION),
    Consequence.HARMFUL: (Severity.WARNING, Severity.INFORMATION),
    Consequence.ADVICE: (Severity.INFORMATION, Severity.HINT),
    Consequence.SUGGESTION: (Severity.HINT, Severity.HINT),
}
"""The severities of each consequence: if it was observed or documented, and if only third parties report it."""


def severity_of(consequence: Consequence, *, is_hearsay: bool = False) -> Severity:
    """Return the severity of one consequence."""
    return _SEVERITIES[consequence][is_hearsay]


def severity_of_finding(effects: Iterable[Effect], *, is_correctable: bool = False) -> Severity:
    """Return the severity of the worst of some effects, of which there is at least one. If the author probably meant
    something else, which `is_correctable` tells, it is at least information: editors hardly show hints."""
    worst = min(severity_of(each.consequence, is_hearsay=each.is_hearsay) for each in effects)
    return min(worst, Severity.INFORMATION) if is_correctable else worst


def effects_on(
    readings: Iterable[Reading], consequence: Consequence, *, is_hearsay: bool = False
) -> tuple[Effect, ...]:
    """Return the same consequence for each of these readings.

    The verdict of a reader that only advises, such as a validator, is advice. `is_hearsay` is true if only third
    parties report the fact. That a file is not loaded also depends on the confidence of the facts about the runtime.
    """
    return tuple(_effect_on(reading, consequence, is_hearsay=is_hearsay) for reading in readings)


def _effect_on(reading: Reading, consequence: Consequence, *, is_hearsay: bool) -> Effect:
    runtime = reading.runtime
    if runtime.is_advisory:
        advice = max(consequence, Consequence.ADVICE, key=severity_of)
        return Effect(runtime.name, advice, is_hearsay, is_verdict=True)
    if consequence in (Consequence.NOT_LOADED, Consequence.TEXT_LOST):
        is_hearsay |= reading.dialect.source(runtime.source).confidence == "third-party"
    return Effect(runtime.name, consequence, is_hearsay)
