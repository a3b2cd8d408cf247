"""What one runtime finds in one place, as files come and go."""

from __future__ import annotations

from agentls import occurrences
from agentls.index import Index
from agentls.names import Definition
from harness import agent


def file(path: str, description: str, more: str = "") -> str:
    return f"---\nname: {path.rpartition('/')[2][:-3]}\ndescription: {description}\n{more}---\n\nYou work.\n"


def put(index: Index, path: str, description: str, more: str = "") -> Definition:
    names = occurrences.of(agent(file(path, description, more), path))
    index.put(names)
    assert names.own
    return names.own


def test_total_and_longest_follow_every_change() -> None:
    index = Index()
    one = put(index, "shop/.claude/agents/one.md", "x" * 40)
    put(index, "shop/.claude/agents/two.md", "x" * 80)
    put(index, "bank/.claude/agents/three.md", "x" * 400)
    assert (index.roster(one).tokens, len(index.roster(one))) == (30, 2)
    one = put(index, "shop/.claude/agents/one.md", "x" * 120)
    roster = index.roster(one)
    assert roster.tokens == 50
    assert [each.name for each in roster.longest(1)] == ["one"]
    index.drop("shop/.claude/agents/one.md")
    assert (roster.tokens, [each.name for each in roster.longest(3)]) == (20, ["two"])
    index.drop("shop/.claude/agents/two.md")
    assert len(index.roster(one)) == 0


def test_what_the_model_is_not_told_costs_nothing() -> None:
    index = Index()
    one = put(index, "shop/.opencode/agents/one.md", "x" * 40, "mode: primary\n")
    two = put(index, "shop/.opencode/modes/two.md", "x" * 40)
    three = put(index, "shop/.opencode/agents/three.md", "x" * 40, "mode: subagent\n")
    assert [one.offered, two.offered, three.offered] == [False, False, True]
    assert index.roster(one).tokens == 10


def test_names_that_are_alike_come_in_the_order_of_their_paths() -> None:
    index = Index()
    one = put(index, "shop/.claude/agents/b/code-reviewer.md", "Reviews code.")
    put(index, "shop/.claude/agents/a/CodeReviewer.md", "Reviews code.")
    assert [each.path.removeprefix("shop/.claude/") for each in index.roster(one).alike("code_reviewer")] == [
        "agents/a/CodeReviewer.md",
        "agents/b/code-reviewer.md",
    ]
