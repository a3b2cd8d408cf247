"""Edits of TOML: they add one value, and keep all other bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.text.offsets import apply_edits
from agentls.text.toml_edits import add_to_array
from agentls.text.toml_positions import parse_toml

NEW = 'ignore = ["unknown-tool"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", NEW),
        ("# Ours\n", f"# Ours\n{NEW}"),
        ("max-lines = 9", "max-lines = 9\n" + NEW.rstrip()),
        (
            "max-lines = 9 # few\n\n[severity]\na = 'error'\n",
            f"max-lines = 9 # few\n{NEW}\n[severity]\na = 'error'\n",
        ),
        ("[severity]\na = 'error'\n", f"{NEW}\n[severity]\na = 'error'\n"),
        ("ignore = []\n", NEW),
        ("ignore = ['a'] # why\n", "ignore = ['a', \"unknown-tool\"] # why\n"),
        ('ignore = ["a",]\n', 'ignore = ["a", "unknown-tool",]\n'),
        ('ignore = [\n  "a", # why\n]\n', 'ignore = [\n  "a", # why\n  "unknown-tool",\n]\n'),
        ('ignore = [\n  "a" # why\n]\n', 'ignore = [\n  "a", # why\n  "unknown-tool",\n]\n'),
        ('ignore = [\r\n  "a",\r\n]\r\n', 'ignore = [\r\n  "a",\r\n  "unknown-tool",\r\n]\r\n'),
    ],
)
def test_an_item_is_added_and_all_else_kept(before: str, after: str) -> None:
    assert apply_edits(before, add_to_array(before, ("ignore",), "unknown-tool")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[tool.agentls]\nmax-lines = 9\n", f"[tool.agentls]\n{NEW}max-lines = 9\n"),
        ("[tool.agentls]\nignore = ['a']\n", "[tool.agentls]\nignore = ['a', \"unknown-tool\"]\n"),
        ("[project]\nname = 'x'", f"[project]\nname = 'x'\n\n[tool.agentls]\n{NEW}"),
        (
            "[tool.agentls.severity]\na = 'hint'\n",
            f"[tool.agentls.severity]\na = 'hint'\n\n[tool.agentls]\n{NEW}",
        ),
    ],
)
def test_a_table_is_found_or_added(before: str, after: str) -> None:
    assert apply_edits(before, add_to_array(before, ("tool", "agentls", "ignore"), "unknown-tool")) == after


@pytest.mark.parametrize("text", ["ignore = [", "ignore = 'all'\n", "[[ignore]]\na = 1\n"])
def test_what_cannot_be_changed_safely_is_left_alone(text: str) -> None:
    assert add_to_array(text, ("ignore",), "unknown-tool") == ()


LINE = st.sampled_from(
    [
        "a = 1",
        "[b]",
        "[tool.agentls]",
        "# note",
        "ignore = ['x']",
        "ignore = [",
        '  "y", # z',
        "]",
        "",
        "b.c = 2",
    ]
)


@given(st.lists(LINE, max_size=8), st.sampled_from([("ignore",), ("tool", "agentls", "ignore")]))
def test_the_values_change_by_one_item_or_not_at_all(lines: list[str], path: tuple[str, ...]) -> None:
    text = "\n".join(lines)
    edits = add_to_array(text, path, "unknown-tool")
    if edits:
        values: Any = parse_toml(apply_edits(text, edits))
        for key in path:
            values = values[key]
        assert values[-1] == "unknown-tool"
        assert all(edit.span.start == edit.span.end for edit in edits)
