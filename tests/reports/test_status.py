"""The status of a file: the words and the level for a status bar."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.linter.check import check
from agentls.reports.inspection import inspect_document
from agentls.reports.status import Status, status_of
from harness import MemoryWorld, agent

WORKS = "---\nname: a\ndescription: Reviews code. Use it after every change.\n{}---\nYou review code.\n"


def status(text: str, config: Config | None = None) -> Status:
    """The status of an agent in Claude Code."""
    document = agent(text)
    view, *_ = inspect_document(document).reports
    return status_of(view, check(document, config or Config(), MemoryWorld(document, ())))


@pytest.mark.parametrize(
    ("line", "words", "level"),
    [
        ("", "loads", "works"),
        ("tools: Read\n", "loads", "works"),
        ("tools: Read, Bahs\n", "loads with problems", "impaired"),
        ("model: sonet\n", "loads with problems", "impaired"),
        ("colour: blue\n", "loads with problems", "impaired"),
        ("topic: blue\n", "loads", "works"),
        ("tools: []\n", "no tools", "broken"),
        ("model: [\n", "loads after repair", "works"),
        ("oops\n", "not loaded", "broken"),
    ],
)
def test_status_of_an_agent(line: str, words: str, level: str) -> None:
    assert status(WORKS.format(line)) == (words, level)


def test_a_rule_that_the_user_has_disabled_is_no_problem() -> None:
    text = WORKS.format("tools: Read, Bahs\n")
    assert status(text, Config(ignore=("unknown-tool",))) == ("loads", "works")
