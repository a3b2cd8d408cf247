"""Sentences about one runtime and about several."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import agentls
from agentls.dialects import loader
from agentls.text.wording import VERBS, agree

LINTER = Path(agentls.__file__).parent / "linter"
WITHOUT_NUMBER = {"may", "cannot"}


def phrases_of_the_tables() -> Iterator[str]:
    """Yield what runtimes do, as the tables state it."""
    for dialect in map(loader.load_dialect, loader.DIALECT_NAMES):
        for runtime in dialect.runtimes:
            effects = runtime.effects
            yield effects.rejection_effect
            yield effects.degraded_effect
            yield effects.no_description_effect
            yield effects.repair_effect
        yield from (key.reference.unresolved_effect for key in dialect.keys)
        yield dialect.prompt_variables.unknown


def phrases_of_the_rules() -> Iterator[str]:
    """Yield the starts of the predicates that rules use for several runtimes."""
    for path in LINTER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "describe_effect"
            ):
                said = node.args[-1]
                start = said.values[0] if isinstance(said, ast.JoinedStr) else said
                if isinstance(start, ast.Constant):
                    yield str(start.value)


@pytest.mark.parametrize("phrase", sorted({*phrases_of_the_tables(), *phrases_of_the_rules()} - {""}))
def test_the_verb_has_a_plural_form(phrase: str) -> None:
    assert phrase.split(maxsplit=1)[0] in {*VERBS, *WITHOUT_NUMBER}


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("does not load the file", "do not load the file"),
        ("passes it on as it is", "pass it on as it is"),
        ("knows no event `x`, and ignores its hooks", "know no event `x`, and ignore its hooks"),
        ("may not load the file", "may not load the file"),
    ],
)
def test_a_predicate_agrees_with_its_subject(one: str, several: str) -> None:
    assert agree(one, several=False) == one
    assert agree(one, several=True) == several
