"""The subjects of rules: each rule is called for every document in which it has a finding."""

from __future__ import annotations

import pytest

from agentls.linter import subjects
from agentls.linter.rule import Context, Rule
from agentls.linter.rules import LATE_MODULES, all_rules
from agentls.linter.subjects import applicable_rules
from harness import TEXTS, Case, MemoryWorld
from test_rules import all_cases


@pytest.fixture(scope="module")
def contexts() -> list[Context]:
    """Every document of the fixtures and of the examples on pages, with its surroundings."""
    return [context(case, path) for case in all_cases() for path in case.files if path.endswith(TEXTS)]


def context(case: Case, path: str) -> Context:
    document = case.document(path)
    world = MemoryWorld(document, tuple(case.files), case.index)
    return Context(document, case.config.for_path(path), world)


def test_a_rule_that_is_not_called_has_nothing_to_report(contexts: list[Context]) -> None:
    for each in contexts:
        called = {rule.code for rule in applicable_rules(each)}
        for rule in all_rules().values():
            if rule.code not in called and each.config.enables(rule.code):
                found = list(rule.function(each))
                assert not found, (rule.code, rule.subjects, rule.contains, each.text)


@pytest.mark.parametrize(
    "rule", [rule for rule in all_rules().values() if rule.subjects], ids=lambda rule: rule.code
)
def test_each_subject_exists(rule: Rule, contexts: list[Context]) -> None:
    known = {subject for each in contexts for subject in subjects.document_subjects(each)}
    assert set(rule.subjects) <= known | subjects.FORMAT_SUBJECTS.keys()


@pytest.mark.parametrize("module", LATE_MODULES)
def test_a_module_is_loaded_for_the_subjects_of_its_rules(module: str) -> None:
    rules = [rule for rule in all_rules().values() if rule.group == module.replace("_", " ")]
    assert all(rule.subjects for rule in rules)
    assert {subject for rule in rules for subject in rule.subjects} == LATE_MODULES[module]


def test_few_rules_are_called_for_an_ordinary_file() -> None:
    text = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n---\n\nYou review code.\n"
    called = applicable_rules(
        context(Case("", {".claude/agents/reviewer.md": text}), ".claude/agents/reviewer.md")
    )
    assert len(called) < len(all_rules()) / 4
