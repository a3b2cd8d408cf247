"""Namespaces, with files added and removed."""

from __future__ import annotations

from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition
from harness import agent


def file(path: str, description: str, more: str = "") -> str:
    return f"---\nname: {path.rpartition('/')[2][:-3]}\ndescription: {description}\n{more}---\n\nYou work.\n"


def add_file(index: Index, path: str, description: str, more: str = "") -> Definition:
    names = extract.extract_names(agent(file(path, description, more), path))
    index.update(names)
    assert names.main_definition
    return names.main_definition


def test_totals_follow_every_change() -> None:
    index = Index()
    one = add_file(index, "shop/.claude/agents/one.md", "x" * 40)
    add_file(index, "shop/.claude/agents/two.md", "x" * 80)
    add_file(index, "bank/.claude/agents/three.md", "x" * 400)
    assert (index.namespace(one).description_tokens, len(index.namespace(one))) == (30, 2)
    one = add_file(index, "shop/.claude/agents/one.md", "x" * 120)
    roster = index.namespace(one)
    assert roster.description_tokens == 50
    assert [each.name for each in roster.longest_descriptions(1)] == ["one"]
    index.remove("shop/.claude/agents/one.md")
    assert (roster.description_tokens, [each.name for each in roster.longest_descriptions(3)]) == (
        20,
        ["two"],
    )
    index.remove("shop/.claude/agents/two.md")
    assert len(index.namespace(one)) == 0


def test_descriptions_that_the_model_does_not_receive_have_no_tokens() -> None:
    index = Index()
    one = add_file(index, "shop/.opencode/agents/one.md", "x" * 40, "mode: primary\n")
    two = add_file(index, "shop/.opencode/modes/two.md", "x" * 40)
    three = add_file(index, "shop/.opencode/agents/three.md", "x" * 40, "mode: subagent\n")
    assert [one.model_invocable, two.model_invocable, three.model_invocable] == [False, False, True]
    assert index.namespace(one).description_tokens == 10


def test_names_come_in_the_order_of_their_paths() -> None:
    index = Index()
    texts = {
        "b/one.md": "Code-Reviewer",
        "c.md": "code-reviewer",
        "a/two.md": "CodeReviewer",
        "d/e.md": "code-reviewer",
    }
    for path, name in texts.items():
        document = agent(
            f"---\nname: {name}\ndescription: Reviews code.\n---\n", f"shop/.claude/agents/{path}"
        )
        index.update(extract.extract_names(document))
    own = extract.extract_names(document).main_definition
    assert own
    roster = index.namespace(own)
    named = [each.path.removeprefix("shop/.claude/agents/") for each in roster.find("code-reviewer")]
    alike = [each.path.removeprefix("shop/.claude/agents/") for each in roster.find_similar("code-reviewer")]
    assert (named, alike) == (["c.md", "d/e.md"], ["b/one.md", "a/two.md"])
    assert [each.name for each in roster.find_similar("code_reviewer")] == [
        "Code-Reviewer",
        "CodeReviewer",
        "code-reviewer",
        "code-reviewer",
    ]
    assert not [*roster.find("code_reviewer"), *roster.find_similar("reviewer")]
