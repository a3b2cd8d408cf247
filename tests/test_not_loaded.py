"""The page of causes: agentls reports each of them, and nothing once it is mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentls.linter.consequence import Severity
from harness import Case

PAGE = (Path(__file__).parents[1] / "docs" / "not-loaded.md").read_text("utf-8")
CAUSES = re.findall(r"^### \d+\. (.+?)\n(.+?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)


def project(section: str) -> Case:
    """The files in a part of the page, of which the first one has the cause."""
    files = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
    return Case("", {f"project/{path}": text for path, text in files.items()})


def test_there_are_twenty_causes() -> None:
    assert re.findall(r"^### (\d+)\.", PAGE, re.MULTILINE) == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize("cause", CAUSES, ids=[title for title, _ in CAUSES])
def test_a_cause_is_reported_before_and_nothing_after(cause: tuple[str, str]) -> None:
    before, after = map(project, cause[1].partition("**Before**")[2].split("**After**"))
    rules = set(re.findall(r"linter/pages/([\w-]+)\.md", cause[1]))
    assert rules
    found = before.diagnostics(next(iter(before.files)))
    assert rules == {one.code for one in found if one.severity <= Severity.WARNING}
    for path in after.files:
        if path.endswith(".md"):
            assert [(found.code, found.message) for found in after.diagnostics(path)] == []
