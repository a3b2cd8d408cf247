"""Edits after a line break: only where it is certain what comes next."""

from __future__ import annotations

import pytest

from agentls.features.on_type_formatting import format_on_type
from agentls.text.offsets import apply_edits
from harness import agent, at_cursor


def after_line_break(text: str, path: str = ".claude/agents/case.md") -> str:
    """`text` without its cursor mark, after the edits for a line break before the cursor."""
    text, offset = at_cursor(text)
    return apply_edits(text, format_on_type(agent(text, path), offset))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\n<|>", "---\n\n---\n"),
        ("\ufeff---\n<|>", "\ufeff---\n\n---\n"),
        ("---\r\n<|>", "---\r\n\r\n---\r\n"),
        ("---\n<|>\n# Title\n", "---\n\n---\n# Title\n"),
        ("---\n<|>\nYou review code.\n", "---\n\n---\nYou review code.\n"),
        ("---\n<|>na", "---\nna\n---\n"),
        ("---\r\n<|>name: a\r\n", "---\r\nname: a\r\n---\r\n"),
    ],
)
def test_the_closing_fence_comes_with_the_opening_one(before: str, after: str) -> None:
    assert after_line_break(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "---\n<|>\nname: a\n---\n",
        "---\n<|>\nname: a\n",
        "---\n<|>\nYou review.\n\n---\n\nMore.\n",
        "---\nname: a\n<|>",
        "# Title\n<|>",
        "\n---\n<|>",
        "--- \n<|>",
        "----\n<|>",
    ],
)
def test_no_fence_where_there_may_be_one(text: str) -> None:
    assert after_line_break(text) == text.replace("<|>", "")


def test_no_fence_where_frontmatter_has_no_meaning() -> None:
    assert after_line_break("---\n<|>", "CLAUDE.md") == "---\n"


LIST = "---\nname: a\ntools:\n{}\nmodel: x\n---\n\n- b\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - Read\n<|>", "  - Read\n  - "),
        ("  - Read\n  <|>\n  - Bash", "  - Read\n  - \n  - Bash"),
        ("- Read\n<|>", "- Read\n- "),
        ("  -  'Read' # why\n  <|>", "  -  'Read' # why\n  -  "),
    ],
)
def test_an_item_is_followed_by_the_next(before: str, after: str) -> None:
    assert after_line_break(LIST.format(before)) == LIST.format(after)
    crlf = LIST.replace("\n", "\r\n")
    before, after = (each.replace("\n", "\r\n") for each in (before, after))
    assert after_line_break(crlf.format(before)) == crlf.format(after)


@pytest.mark.parametrize("dash", ["  -", "  - "])
def test_an_empty_item_ends_the_list(dash: str) -> None:
    assert after_line_break(LIST.format(f"  - Read\n{dash}\n<|>")) == LIST.format("  - Read\n")


def test_lists_continue_in_frontmatter_that_is_not_valid_or_not_closed() -> None:
    text = "---\ndescription: a: b\ntools:\n  - Read\n"
    assert after_line_break(f"{text}<|>") == f"{text}  - "
    assert after_line_break(f"{text}<|>\n---\n") == f"{text}  - \n---\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntools:\n  -\n<|>\n---\n",
        "---\ntools:\n  - Read\n<|>Bash\n---\n",
        "---\ndescription: |\n  - one\n<|>\n---\n",
        "---\nhooks:\n  Stop:\n    - matcher: a\n<|>\n---\n",
        "---\nhooks:\n  - |\n<|>\n---\n",
        "---\ntools: [\n  - a,\n<|>\n]\n---\n",
        "---\nname: a\n---\n- b\n<|>",
    ],
)
def test_nothing_follows_where_it_is_not_certain(text: str) -> None:
    assert after_line_break(text) == text.replace("<|>", "")
