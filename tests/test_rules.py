"""The rules: their pages, examples, fixtures and fixes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentls.linter.consequence import Severity
from agentls.linter.fixing import judge_fixes
from agentls.linter.rule import Fix, Rule
from agentls.linter.rules import all_rules
from agentls.text.offsets import apply_edits
from harness import FIXTURES, TEXTS, Case, assert_diagnostics, at_length, parse_case

_EXAMPLE = re.compile(
    r"^```(?P<language>markdown|yaml|json)(?: (?P<place>[\w./-]+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PLACES = {None: ".claude/agents/example.md", "plugin": "agents/example.md"}

CASES = sorted((FIXTURES / "rules").rglob("*.md"))


def completed(entries: str) -> str:
    """Return the agent file of an example that shows only the entries that matter, as YAML."""
    missing = "".join(
        f"{key}: {value}\n"
        for key, value in (("name", "reviewer"), ("description", "Reviews code. Use it after every change."))
        if not re.search(rf"^{key}:", entries, re.MULTILINE)
    )
    return f"---\n{missing}{entries}---\n\nYou review code.\n"


def examples(rule: Rule, heading: str) -> list[Case]:
    """Return the examples below a heading of the rule's page, as cases. Consecutive files with different paths and
    without text between them are one project, and the first of them is the example."""
    section = rule.page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    settings = re.search(r"^```toml\n(.*?)^```$", rule.page, re.MULTILINE | re.DOTALL)
    found: list[Case] = []
    end = -1
    for example in _EXAMPLE.finditer(section):
        place = example["place"]
        path = (
            place if place and place.endswith((".md", ".json")) else _PLACES.get(place, f"{place}/example.md")
        )
        together = (
            not section[end : example.start()].strip() and path not in found[-1].files if found else False
        )
        end = example.end()
        text = completed(example["text"]) if example["language"] == "yaml" else example["text"]
        if together:
            found[-1].files[path] = at_length(text)
            continue
        case = Case("", {path: at_length(text)})
        if example["place"] == "plugin":
            case.files[".claude-plugin/plugin.json"] = '{"name": "example"}'
        if settings:
            case.files["agentls.toml"] = settings[1]
        found.append(case)
    return found


@pytest.fixture(params=all_rules().values(), ids=lambda rule: rule.code)
def rule(request: pytest.FixtureRequest) -> Rule:
    """Each rule."""
    found: Rule = request.param
    return found


def test_page_has_a_summary_and_both_examples(rule: Rule) -> None:
    first, _, rest = rule.page.partition("\n")
    assert first.endswith(".")
    assert len(first) <= 100
    assert not rest.strip() or rest.startswith("\n")
    assert examples(rule, "Bad")
    assert examples(rule, "Good")


ABRIDGED = {"unchecked-frontmatter"}
"""The rules whose bad example is longer than a page shows."""


def test_bad_examples_have_the_finding_and_good_ones_none(rule: Rule) -> None:
    for case in examples(rule, "Bad"):
        (path, *_) = case.files
        assert (rule.code in [d.code for d in case.diagnostics(path)]) != (rule.code in ABRIDGED)
    for case in examples(rule, "Good"):
        (path, *_) = case.files
        assert [(d.code, d.message) for d in case.diagnostics(path)] == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_fixture(path: Path) -> None:
    assert_diagnostics(parse_case(path.read_text("utf-8")))


def all_cases() -> list[Case]:
    """Every fixture, and every example of every page."""
    found = [parse_case(path.read_text("utf-8")) for path in CASES]
    for rule in all_rules().values():
        found += examples(rule, "Bad")
    return found


def fixed(case: Case, path: str, fix: Fix) -> tuple[Case, str]:
    """Return a case after a fix of the file at `path`, and the path of that file then."""
    new_path = fix.new_path or path
    others = {at: text for at, text in case.files.items() if at != path}
    return Case(case.prose, {**others, new_path: apply_edits(case.files[path], fix.edits)}), new_path


def test_every_fix_removes_its_finding() -> None:
    for case in all_cases():
        for path in [path for path in case.files if path.endswith(TEXTS)]:
            before = judge_fixes(case.document(path), case.diagnostics(path))
            for diagnostic in before:
                for fix in diagnostic.fixes:
                    changed, new_path = fixed(case, path, fix)
                    after = [d.message for d in changed.diagnostics(new_path) if d.code == diagnostic.code]
                    were = [d.message for d in before if d.code == diagnostic.code]
                    assert len(after) < len(were), (diagnostic.code, fix.title, changed.files[new_path])


def test_no_fix_of_a_milder_finding_causes_an_error() -> None:
    for case in all_cases():
        for path in [path for path in case.files if path.endswith(TEXTS)]:
            before = judge_fixes(case.document(path), case.diagnostics(path))
            errors = sum(d.severity == Severity.ERROR for d in before)
            for diagnostic in before:
                for fix in diagnostic.fixes:
                    changed, new_path = fixed(case, path, fix)
                    after = sum(d.severity == Severity.ERROR for d in changed.diagnostics(new_path))
                    assert after <= errors, (diagnostic.code, fix.title, changed.files[new_path])


def test_every_rule_fires_in_a_fixture() -> None:
    rows = [row for path in CASES for row in parse_case(path.read_text("utf-8")).expected.values()]
    fired = {expected.code for row in rows for expected in row}
    assert sorted(set(all_rules()) - fired) == []
