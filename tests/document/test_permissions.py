"""Permissions: patterns that cover others, the order of entries, and the remaining tools."""

from __future__ import annotations

import re
from itertools import product

import pytest

from agentls.document import permissions
from agentls.document.permissions import pattern_covers
from agentls.document.tools import AvailableTools, IgnoredTool
from harness import agent, tools_of


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern, by the algorithm of the runtime."""
    body = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    if pattern.endswith(" *"):
        body = body.removesuffix(r"\ .*") + r"(?:\ .*)?"
    return re.fullmatch(body, text, re.DOTALL) is not None


def test_a_pattern_covers_another_if_it_matches_everything_that_the_other_matches() -> None:
    patterns = ["".join(word) for length in range(4) for word in product("a *?", repeat=length)]
    texts = ["".join(word) for length in range(5) for word in product("ax ", repeat=length)]
    fitting = {pattern: {text for text in texts if matches(pattern, text)} for pattern in patterns}
    for general, special in product(patterns, patterns):
        assert pattern_covers(general, special) == (fitting[special] <= fitting[general]), (general, special)


def ordered_entries(lines: str) -> list[tuple[str, str, str]]:
    """Permission, pattern and action of the entries that apply in these lines of a frontmatter."""
    document = agent(f"---\n{lines}\n---\nBody.\n", ".opencode/agents/case.md")
    return [grant[:3] for grant in permissions.ordered_permissions(document.reading)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("description: x", []),
        ("permission: deny", [("*", "*", "deny")]),
        ("permission: {bash: ask}", [("bash", "*", "ask")]),
        ("permission: {bash: {'git *': allow}}", [("bash", "git *", "allow")]),
        ("permission: {bash: {}}", []),
        ("tools: {bash: false}", [("bash", "*", "deny")]),
        ("tools: {write: false, bash: true, edit: true}", [("edit", "*", "allow"), ("bash", "*", "allow")]),
        (
            "permission: {'*': deny, bash: ask}\ntools: {bash: true}",
            [("bash", "*", "ask"), ("*", "*", "deny")],
        ),
    ],
)
def test_the_last_value_of_a_duplicate_permission_is_used_at_the_position_of_the_first(
    lines: str, expected: list[tuple[str, str, str]]
) -> None:
    assert ordered_entries(lines) == expected


def tools_with(permission: str) -> AvailableTools:
    """The tools of an agent with these permissions."""
    return tools_of(f"---\npermission: {permission}\n---\nBody.\n", ".opencode/agents/case.md")


def test_tools_that_are_denied_as_a_whole_are_removed() -> None:
    assert tools_with("{bash: deny, edit: {'*.md': deny}}") == AvailableTools(
        "all", dropped=(IgnoredTool("bash", "denied"),)
    )
    assert [each.name for each in tools_with("{edit: deny}").dropped] == ["edit", "write", "apply_patch"]
    assert tools_with("{bash: {'*': deny, 'git *': ask}}") == AvailableTools("all")
    assert tools_with("{bash: deny, '*': allow}") == AvailableTools("all")
    assert tools_with("deny") == AvailableTools("none")
    assert tools_with("{'*': deny, read: allow, 'docs_*': ask}").available == ("read", "docs_*")
