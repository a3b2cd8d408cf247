"""Edits of YAML that keep the rest unchanged."""

from __future__ import annotations

import random

import pytest

from agentls.dialects.tool_names import split_tool_list
from agentls.document import edits as document_edits
from agentls.document.document import Document
from agentls.document.edits import edit_list, keeps_loading, remove_entry, set_value
from agentls.text.offsets import Edit, Span, apply_edits
from harness import FIXTURES, agent, parse_case


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


def test_edits_keep_loading_unless_the_agent_does_not_load_or_has_no_tools() -> None:
    document = agent_with("tools: Read\n")
    value = Span(document.text.index("Read"), document.text.index("Read") + 4)
    assert keeps_loading(document, (Edit(value, "Grep"),))
    assert not keeps_loading(document, (Edit(value, "Grpe"),))
    assert not keeps_loading(document, (Edit(value, '"Read'),))
    assert keeps_loading(agent_with("tools: Reed\n"), (Edit(value, "Grpe"),))


WORDS = (
    "",
    "Read",
    "no",
    "None",
    "a b",
    "x: y",
    " #",
    "*",
    "- ",
    "--",
    "Bash(git *)",
    ", Grep",
    "5",
    "[",
    '"',
    "opus",
)


def test_words_that_change_no_other_node_are_not_read_again() -> None:
    """What is concluded of words without reading them is what reading them tells, for edits anywhere in the values of
    all fixtures."""
    choose, certain = random.Random(4), 0
    for path in sorted(FIXTURES.rglob("*.md")):
        for name, text in parse_case(path.read_text("utf-8")).files.items():
            document = agent(text, name)
            for entry in document.root.entries:
                start = choose.randint(*entry.value.span)
                end = choose.choice(
                    (start, entry.value.span.end, choose.randint(start, entry.value.span.end))
                )
                for word in choose.sample(WORDS, 4):
                    edits = (Edit(Span(start, end), word),)
                    changed = document_edits.entry_with_new_words(document, edits)
                    if changed is None:
                        continue
                    certain += 1
                    old, new = changed
                    after = document.with_edits(edits)
                    values = [new.text if each is old else each.value.value for each in document.root.entries]
                    assert [each.value.value for each in after.root.entries] == values, (text, edits)
                    expected = document_edits._is_read_again(document, after)
                    assert keeps_loading(document, edits) == expected, (text, edits)
    assert certain > 100


def test_the_removal_of_an_ignored_entry_is_not_read_again() -> None:
    """What is concluded of the removal is what reading the file tells, for an entry anywhere in all fixtures."""
    certain = 0
    for path in sorted(FIXTURES.rglob("*.md")):
        for name, text in parse_case(path.read_text("utf-8")).files.items():
            for entry in agent(text, name).root.entries[:4]:
                start = entry.key.span.start
                document = agent(f"{text[:start]}unheard-of: words\n{text[start:]}", name)
                for added in document.root.entries:
                    edits = (document_edits.remove_entry(document, document.root, added),)
                    if document_edits._removes_ignored_entry(document, edits):
                        certain += 1
                        after = document.with_edits(edits)
                        values = [each.value.value for each in document.root.entries if each is not added]
                        assert [each.value.value for each in after.root.entries] == values, (text, edits)
                        assert document_edits._is_read_again(document, after), (text, edits)
    assert certain > 100
