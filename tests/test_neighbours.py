"""Checks that depend on other files: those in the user folder, and very many."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.linter import check
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.world import NoDisk
from harness import agent

CODES = (
    "duplicate-name",
    "hidden-definition",
    "confusable-name",
    "similar-description",
    "descriptions-over-budget",
    "unpreloadable-skill",
    "unreachable-agent",
)


def found(index: Index, document: Document) -> list[check.Diagnostic]:
    return check.check(document, Config(select=CODES), NoDisk(index))


def file(path: str, name: str, description: str) -> Document:
    return agent(f"---\nname: {name}\ndescription: {description}\n---\n\nYou work.\n", path)


@pytest.mark.parametrize(
    ("place", "message", "severity"),
    [
        (".claude/agents/review.md", "Shadows the agent of the same name in your user folder", "hint"),
        (
            ".claude/skills/review/SKILL.md",
            "Shadowed by the skill of the same name in your user folder",
            "information",
        ),
    ],
)
def test_definitions_in_the_user_folder(place: str, message: str, severity: str) -> None:
    index = Index("/home/me")
    own = file(f"/home/me/{place}", "review", "Reviews what I like.")
    project = file(f"/work/shop/{place}", "review", "Reviews code. Use it after every change.")
    for document in (own, project):
        index.update(extract.extract_names(document))
    (one,) = found(index, project)
    assert (one.code, one.severity.label) == ("hidden-definition", severity)
    assert one.message.startswith(message)
    assert [related.path for related in one.related] == [own.path]
    assert found(index, own) == []


def test_a_project_in_the_user_folder_is_reported_once() -> None:
    index = Index("/home/me")
    own = file("/home/me/.claude/agents/review.md", "review", "Reviews what I like.")
    project = file("/home/me/shop/.claude/agents/review.md", "review", "Reviews code.")
    for document in (own, project):
        index.update(extract.extract_names(document))
    assert len(found(index, project)) == 1


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("reviewer", "Reviews the code of the shop after every change."),
        ("reviewer-{}", "Reviews the code of the shop after every change."),
        ("reviewer-{}", "Reviews the code of part {} of the shop after every change, whoever has made it."),
        ("{}", "Reviews the code of the shop after every change, whoever has made it, and when" + " {}" * 2),
    ],
    ids=["equal names", "equal descriptions", "one word of its own", "one word more"],
)
def test_the_cost_of_a_check_does_not_depend_on_the_number_of_files(name: str, description: str) -> None:
    def cost(many: int) -> int:
        """Return the number of function calls of the check of one of so many files."""
        index, calls = Index(), 0
        for at in range(many):
            number = f"{at:04}"
            path = f"/shop/.claude/agents/{number}.md"
            document = file(path, name.format(number), description.format(number, number))
            index.update(extract.extract_names(document))
        changed = document._replace(text=document.text + "More.\n")

        def count(_: FrameType, event: str, __: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            index.update(extract.extract_names(changed))
            found(index, changed)
        finally:
            sys.setprofile(before)
        return calls

    assert cost(2000) <= cost(200) * 1.1
