"""What a model is told about findings: the replacements, applied as they are written, make the edited text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.reports.model_findings import _changed_lines


def apply(before: str, advice: str) -> str:
    """Do what a sentence about lines says, and return the lines with `\\n` between them."""
    lines = re.split(r"\r\n|[\r\n]", before)
    found = re.match(r"(replace|insert before|delete) lines? (\d+)(?: to (\d+))?", advice)
    assert found
    first = int(found[2])
    last = int(found[3] or first) if found[1] != "insert before" else first - 1
    block = re.search(r"\n(`{3,})\n(.*?)\n\1$", advice, re.DOTALL)
    span = re.search(r" (?:with|\d+) `(.*)`$", advice)
    new = block[2].split("\n") if block else [span[1]] if span else []
    return "\n".join((*lines[: first - 1], *new, *lines[last:]))


@pytest.mark.parametrize(
    ("before", "after", "advice"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "replace line 2 with `B`"),
        ("a\r\nb\r\nc\r\n", "a\r\nB\r\nD\r\nc\r\n", "replace line 2 with\n```\nB\nD\n```"),
        ("a\nb\nc\nd\n", "a\nd\n", "delete lines 2 to 3."),
        ("a\nb\n", "a\nx\nb\n", "insert before line 2 `x`"),
        ("a\u2028b\nc\n", "a\u2028b\nd\n", "replace line 2 with `d`"),
        ("a", "a\nb", "insert before line 2 `b`"),
    ],
)
def test_the_lines_that_change_are_named(before: str, after: str, advice: str) -> None:
    assert _changed_lines(before, after) == advice


LINES = st.lists(st.sampled_from(["a", "b", "name: x", "tools:", "  - Read"]), min_size=1, max_size=6).map(
    "\n".join
)


@given(LINES, LINES)
def test_the_replacement_makes_the_new_text(before: str, after: str) -> None:
    if before != after:
        assert apply(before, _changed_lines(before, after)) == after
