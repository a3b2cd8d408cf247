"""Markdown as plain text, for clients that show nothing else."""

from __future__ import annotations

from agentls.lsp.plain_text import to_plain_text


def test_marks_are_removed_and_their_content_is_kept() -> None:
    assert to_plain_text("# Tools\n\n**`Read`** takes *one* `a*b`.") == "Tools\n\nRead takes one a*b."


def test_links_show_their_target() -> None:
    assert to_plain_text("See [the docs](https://example.org/x).") == "See the docs (https://example.org/x)."


def test_lists_and_tables_keep_their_lines() -> None:
    assert (
        to_plain_text("Words:\n\n- one\n- two\n  - three\n\nEnd.")
        == "Words:\n\n- one\n- two\n- three\n\nEnd."
    )
    assert to_plain_text("| a | b |\n|---|---|\n| 1 | 2 |") == "a  b\n1  2"


def test_code_stays_as_it_is() -> None:
    assert to_plain_text("```yaml\ntools: *\n\nmodel: x\n```") == "tools: *\n\nmodel: x"
