"""The severity of a finding is derived from its consequences."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.linter.check import check
from agentls.linter.consequence import (
    Consequence,
    Effect,
    Severity,
    effects_on,
    severity_of,
    severity_of_finding,
)
from agentls.project.world import NoDisk


def opened(path: str, text: str = "---\nname: a\n---\n") -> Document:
    document = make_document(path, text, Config())
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("consequence", "severity", "as_hearsay"),
    [
        (Consequence.NOT_LOADED, Severity.ERROR, Severity.WARNING),
        (Consequence.NO_TOOLS, Severity.ERROR, Severity.WARNING),
        (Consequence.TEXT_LOST, Severity.ERROR, Severity.WARNING),
        (Consequence.IGNORED, Severity.WARNING, Severity.INFORMATION),
        (Consequence.ADVICE, Severity.INFORMATION, Severity.HINT),
        (Consequence.SUGGESTION, Severity.HINT, Severity.HINT),
    ],
)
def test_severity_follows_from_the_consequence(
    consequence: Consequence, severity: Severity, as_hearsay: Severity
) -> None:
    assert severity_of(consequence) is severity
    assert severity_of(consequence, is_hearsay=True) is as_hearsay


def test_the_worst_reader_decides() -> None:
    effects = (Effect("one", Consequence.IGNORED), Effect("two", Consequence.NOT_LOADED))
    assert severity_of_finding(effects) is Severity.ERROR


def test_what_the_author_meant_otherwise_is_more_than_a_hint() -> None:
    effects = (Effect("one", Consequence.SUGGESTION),)
    assert severity_of_finding(effects) is Severity.HINT
    assert severity_of_finding(effects, is_correctable=True) is Severity.INFORMATION


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "hooks: {PreToolUse: [{matcher: Bash, hooks: [{type: command, timeot: 5, command: y}]}]}",
            ("unknown-hook-field", 3, ()),
        ),
        (
            "hooks: {PreToolUse: [{matcher: Bash, hooks: [{type: command, zone: x, command: y}]}]}",
            ("unknown-hook-field", 4, ("unnecessary",)),
        ),
        ("topic: x", ("unknown-key", 4, ("unnecessary",))),
    ],
)
def test_what_has_no_effect_is_faded_unless_it_is_misspelt(
    line: str, expected: tuple[str, int, tuple[str, ...]]
) -> None:
    text = f"---\nname: a\ndescription: Reviews code. Use it after changes.\n{line}\n---\nYou review.\n"
    (found,) = check(opened(".claude/agents/a.md", text), Config(), NoDisk())
    assert (found.code, found.severity, found.tags) == expected
    assert ("Did you mean" in found.message) == (found.severity == Severity.INFORMATION)


def test_a_validator_only_advises() -> None:
    readings = opened(".agents/skills/a/SKILL.md").readings
    effects = effects_on(readings, Consequence.NOT_LOADED)
    by_runtime = {each.runtime: each.consequence for each in effects}
    assert by_runtime["agent-skills"] is Consequence.ADVICE


def test_a_fact_from_third_parties_is_not_an_error() -> None:
    readings = opened(".cursor/agents/a.md").readings
    assert severity_of_finding(effects_on(readings, Consequence.NOT_LOADED)) is Severity.WARNING
    # That an entry is ignored rests on the fact about the entry alone.
    assert severity_of_finding(effects_on(readings, Consequence.IGNORED)) is Severity.WARNING
    assert (
        severity_of_finding(effects_on(readings, Consequence.IGNORED, is_hearsay=True))
        is Severity.INFORMATION
    )


def test_a_diagnostic_has_the_effect_on_each_reader() -> None:
    document = opened(".gemini/agents/a.md", "---\nname: a\ndescription: b\ncolor: red\n---\nPrompt.\n")
    (diagnostic,) = (each for each in check(document, Config(), NoDisk()) if each.code == "unknown-key")
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.effects == (Effect("gemini-cli", Consequence.NOT_LOADED),)
