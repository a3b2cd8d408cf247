"""Edits of YAML that keep the rest unchanged."""

from __future__ import annotations

import pytest

from agentls.dialects.tool_names import split_tool_list
from agentls.document.document import Document
from agentls.document.edits import edit_list, remove_entry, set_value
from agentls.text.offsets import Edit, Span, apply_edits
from harness import agent


def agent_with(frontmatter: str) -> Document:
    """An agent with these lines in its frontmatter."""
    return agent(f"---\nname: a\ndescription: b\n{frontmatter}---\n\nBody.\n")


def frontmatter(document: Document, edits: tuple[Edit, ...]) -> str:
    """The frontmatter of `agent_with`, after `edits`."""
    return apply_edits(document.text, edits).partition("description: b\n")[2].partition("---")[0]


def change_tools(text: str, **names: str) -> str:
    """`text` with each of the `names` in its list `tools` changed to other names, or to none."""
    document = agent_with(text)
    entry = document.entry("tools")
    assert entry is not None
    changes: dict[Span, tuple[str, ...]] = {}
    for found in split_tool_list(entry.value, document.text, document.dialect.tool_grammar):
        if found.text in names:
            changes[found.span] = tuple(names[found.text].split())
    return frontmatter(document, edit_list(document, entry.value, changes))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tools: A, B, C\n", "tools: A, C\n"),
        ("tools: B, C\n", "tools: C\n"),
        ("tools: A, B\n", "tools: A\n"),
        ("tools: A, B,\n", "tools: A,\n"),
        ("tools: A B C\n", "tools: A C\n"),
        ('tools: "A, B"\n', 'tools: "A"\n'),
        ("tools: >-\n  A,\n  B\nmodel: x\n", "tools: >-\n  A\nmodel: x\n"),
        ("tools: [A, B, C]\n", "tools: [A, C]\n"),
        ("tools: ['A', \"B\"]\n", "tools: ['A']\n"),
        ("tools: [\n    A, # first\n    B,\n  ]\n", "tools: [\n    A,\n  ]\n"),
        ("tools:\n  - A\n  - B # why\n  - C\n", "tools:\n  - A\n  - C\n"),
        ("tools:\n- A\n- B\nmodel: x\n", "tools:\n- A\nmodel: x\n"),
        ("tools:\n  - A, B\n  - C\n", "tools:\n  - A\n  - C\n"),
        ("tools: [A, 5, B]\n", "tools: [A, 5]\n"),
        ("tools: A, B, B\n", "tools: A\n"),
    ],
)
def test_removing_an_entry_removes_its_separator(before: str, after: str) -> None:
    assert change_tools(before, B="") == after


@pytest.mark.parametrize("before", ["tools: B\n", "tools: [B]\n", "tools:\n  - B\n", 'tools: "A, \\x42"\n'])
def test_no_edit_empties_a_list_or_changes_an_escaped_entry(before: str) -> None:
    assert change_tools(before, B="") == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tools: A, B, C\n", "tools: A, X, Y, C\n"),
        ("tools: A B C\n", "tools: A X Y C\n"),
        ("tools: B\n", "tools: X, Y\n"),
        ("tools: [A, B]\n", "tools: [A, X, Y]\n"),
        ("tools: [A, 'B']\n", "tools: [A, 'X', 'Y']\n"),
        ("tools:\n  - A\n  - B # why\n", "tools:\n  - A\n  - X\n  - Y # why\n"),
        ('tools:\n- "B"\n', 'tools:\n- "X"\n- "Y"\n'),
        ("tools:\n  - A, B\n", "tools:\n  - A, X, Y\n"),
    ],
)
def test_one_entry_is_replaced_by_several_names(before: str, after: str) -> None:
    assert change_tools(before, B="X Y") == after


def test_entries_change_together() -> None:
    assert change_tools("tools: A, B, C, D\n", A="", B="X", C="", D="") == "tools: X\n"
    assert change_tools("tools: [A, B, C, D]\n", A="X", C="", D="") == "tools: [X, B]\n"
    assert change_tools("tools:\n  - A\n  - B\n  - C\n", A="", B="", C="X") == "tools:\n  - X\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tools: A\nmodel: x\n", "model: x\n"),
        ("tools: # none\nmodel: x\n", "model: x\n"),
        ("tools:\n  - A\n  - B # why\nmodel: x\n", "model: x\n"),
        ("tools: |\n  A\n  B\nmodel: x\n", "model: x\n"),
        ("model: x\ntools: A\n", "model: x\n"),
        ("model: x\r\ntools: A\r\n", "model: x\r\n"),
    ],
)
def test_removing_a_top_level_entry_removes_its_lines(before: str, after: str) -> None:
    document = agent_with(before)
    entry = document.entry("tools")
    assert entry is not None
    assert frontmatter(document, (remove_entry(document, document.root, entry),)) == after


def test_removing_an_entry_of_a_flow_mapping_removes_its_comma() -> None:
    text = "---\n{name: a, tools: B, description: c}\n---\n"
    document = agent(text)
    for key, left in (("tools", "{name: a, description: c}"), ("description", "{name: a, tools: B}")):
        entry = document.entry(key)
        assert entry is not None
        assert left in apply_edits(text, (remove_entry(document, document.root, entry),))


@pytest.mark.parametrize(
    "before",
    [
        "tools:\n",
        "tools: # none\n",
        "tools: []\n",
        "tools:\n- A\n- B\n",
        "tools:\n  A: true\n",
        "tools: |\n  A\n",
    ],
)
def test_a_value_is_written_on_the_line_of_its_key(before: str) -> None:
    document = agent_with(before + "model: x\n")
    entry = document.entry("tools")
    assert entry is not None
    after = frontmatter(document, (set_value(entry, "X"),))
    assert after in ("tools: X\nmodel: x\n", "tools: X # none\nmodel: x\n")
