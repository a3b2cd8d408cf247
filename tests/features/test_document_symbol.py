"""Document symbols and folding ranges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentls.document.document import Document
from agentls.features.document_symbol import DocumentSymbol, document_symbols
from agentls.features.folding_range import folding_ranges
from harness import agent, covered

HEAD = "---\nname: reviewer\ndescription: Reviews code.\n---\n"


def symbol_tree(text: str) -> str:
    """The symbols as an indented list: kind, name, detail, and one-based lines."""
    document = agent(text)

    def lines(symbols: tuple[DocumentSymbol, ...], indent: str) -> Iterator[str]:
        for symbol in symbols:
            first = document.lines.line_number(symbol.span.start) + 1
            last = document.lines.line_number(symbol.span.end) + 1
            detail = f" = {symbol.detail}" if symbol.detail else ""
            yield f"{indent}{symbol.kind} {symbol.name}{detail} {first}-{last}"
            yield from lines(symbol.children, indent + "  ")

    return "\n".join(lines(document_symbols(document), ""))


def body_symbols(text: str) -> str:
    """The symbols of a body, without that of the frontmatter."""
    return "\n".join(
        line
        for line in symbol_tree(HEAD + text).splitlines()
        if not line.strip().startswith(("front", "key "))
    )


def test_frontmatter_and_sections() -> None:
    text = """\
---
name: reviewer
description: >
  Reviews code.
  Use it after every change.
tools: [Read, Grep]
hooks:
  Stop: []
  PreToolUse: []
model:
---

You review code.

# Steps

## Read

Read it.

## Judge

# Report

Say it.

"""
    assert (
        symbol_tree(text)
        == """\
frontmatter frontmatter = reviewer 1-11
  key name = reviewer 2-2
  key description = Reviews code. Use it after every change. 3-5
  key tools = Read, Grep 6-6
  key hooks = Stop, PreToolUse 7-9
  key model 10-10
section Steps 15-21
  section Read 17-19
  section Judge 21-21
section Report 23-25"""
    )


def test_a_skipped_level_and_an_underlined_heading() -> None:
    assert (
        body_symbols("Title\n=====\n\n### Deep\n\nSecond\n------\n\n# Last #\n")
        == """\
section Title 5-11
  section Deep 8-8
  section Second 10-11
section Last 13-13"""
    )


def test_bold_lines_are_children_of_the_last_heading() -> None:
    assert (
        body_symbols(
            "**First:**\n- a\n\n# Top\n\n**Second**\n\ntext\n\n**Third:**\n\n## Below\n\n**Fourth**\nx\n"
        )
        == """\
bold First 5-6
section Top 8-19
  bold Second 10-12
  bold Third 14-14
  section Below 16-19
    bold Fourth 18-19"""
    )


def test_tags_contain_what_starts_inside_them() -> None:
    inside = "# Inside\n\n<rule>\none\n</rule>\n\n## Below\n"
    assert (
        body_symbols(f"# Top\n\n<rules>\n\n{inside}\n</rules>\n\n## After\n\n<open>\n")
        == """\
section Top 5-21
  tag <rules> 7-17
    section Inside 9-15
      tag <rule> 11-13
      section Below 15-15
  section After 19-21"""
    )


def test_a_section_ends_where_the_tag_around_it_ends() -> None:
    assert (
        body_symbols("<a>\n# One\ntext\n</a>\nmore\n# Two\n")
        == "tag <a> 5-8\n  section One 6-7\nsection Two 10-10"
    )


def test_text_in_code_is_not_parsed() -> None:
    assert body_symbols("# One\n\n```sh\n# comment\n<tag>\n</tag>\n```\n\n    # code\n") == "section One 5-13"


def test_a_heading_without_a_title_has_a_placeholder_name() -> None:
    assert body_symbols("#\n\n## \n\n**:**\n") == "\n".join(
        ["section (no title) 5-9", "  section (no title) 7-9", "    bold (no title) 9-9"]
    )


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    text = "\ufeff---\nname: reviewer\n---\n# One\n\ntext\n\n# Two\n"
    assert symbol_tree(text.replace("\n", "\r\n")) == symbol_tree(text)
    document = agent(text.replace("\n", "\r\n"))
    front, one, _ = document_symbols(document)
    assert covered(document, front.span) == "---\r\nname: reviewer\r\n---"
    assert covered(document, one.span) == "# One\r\n\r\ntext"
    assert covered(document, one.selection_span) == "# One"


def test_selections() -> None:
    document = agent("---\nname: reviewer\n---\n## Read *it* ##\n\n<a>\nb\n</a>\n\n**Bold:** \nc\n")
    front, section = document_symbols(document)
    parts = [front, *front.children, section, *section.children]
    assert [covered(document, part.selection_span) for part in parts] == [
        "---",
        "name",
        "## Read *it* ##",
        "<a>",
        "**Bold:**",
    ]
    assert [part.name for part in parts] == ["frontmatter", "name", "Read it", "<a>", "Bold"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("Just text.\n", ""),
        ("# Only a heading", "section Only a heading 1-1"),
        ("---", "frontmatter frontmatter 1-1"),
        ("---\n---\n", "frontmatter frontmatter 1-2"),
        (
            "---\nname: x\ntools: Read\n\n# Steps\n",
            "frontmatter frontmatter 1-3\n  key name = x 2-2\n  key tools = Read 3-3\nsection Steps 5-5",
        ),
        (
            "---\nname: [\ntools: Read\n---\n",
            "frontmatter frontmatter = [ 1-4\n  key name = [ 2-2\n  key tools = Read 3-3",
        ),
        ('---\n"": x\n---\n', "frontmatter frontmatter 1-3\n  key (no title) = x 2-2"),
    ],
)
def test_completion_in_invalid_files(text: str, expected: str) -> None:
    assert symbol_tree(text) == expected


def test_a_long_value_is_shortened() -> None:
    (front,) = document_symbols(agent("---\nname: " + "word " * 40 + "\n---\n"))
    assert front.children[0].detail == "word " * 11 + "..."


def test_the_depth_of_tags_is_limited() -> None:
    tags = "<a>\n" * 3000 + "# One\n" + "</a>\n" * 3000
    assert_nested(agent(HEAD + tags))


def test_the_number_of_sections_is_limited() -> None:
    def sections(count: int) -> list[str]:
        text = "".join(f"## Part {number}\n\ntext\n\n" for number in range(count))
        return [each.name for each in document_symbols(agent(text))]

    assert sections(1_000) == [f"Part {number}" for number in range(1_000)]
    assert sections(2_500) == sections(3_000) == [f"Part {number}" for number in range(2_000)]


def folded_lines(text: str) -> list[str]:
    """The first and the last line of each folding range, and its kind if it has one."""
    document = agent(text)
    found = []
    for fold in folding_ranges(document):
        first, last = (document.lines.line_number(offset) + 1 for offset in fold.span)
        found.append(f"{first}-{last}" + (f" {fold.kind}" if fold.kind else ""))
    return found


def test_folding() -> None:
    text = "---\nname: x\ndescription: >\n  y\n---\n# One\n\n```\na\n```\n\n# Two\n<a>\nb\n</a>\n"
    assert folded_lines(text) == ["1-5 region", "3-4", "6-10", "8-10", "12-15", "13-15"]


def test_short_parts_have_no_folding_range() -> None:
    assert folded_lines("") == []
    assert folded_lines("---\nname: reviewer") == ["1-2 region"]
    assert folded_lines("# One\n# Two\n") == []
    assert folded_lines("# One\n```\nopen\n") == ["1-3", "2-3"]


def assert_nested(document: Document) -> None:
    """Fail unless every symbol is inside its parent, in order, without overlaps, with a name."""

    def inside(symbols: tuple[DocumentSymbol, ...], start: int, end: int) -> None:
        for symbol in symbols:
            assert symbol.name.strip()
            assert "\n" not in symbol.name
            assert start <= symbol.span.start <= symbol.selection_span.start
            assert symbol.selection_span.end <= symbol.span.end <= end
            assert not symbol.span.text_in(document.text)[-1:].isspace()
            inside(symbol.children, *symbol.span)
            start = symbol.span.end

    inside(document_symbols(document), 0, len(document.text))
    for fold in folding_ranges(document):
        assert 0 <= fold.span.start < fold.span.end <= len(document.text)
        assert "\n" in fold.span.text_in(document.text) or "\r" in fold.span.text_in(document.text)


PIECES = [
    *("---", "----", "+++", "name: x", "tools:", "  - Read", "a: [", "<<: *a", "b: &a c", '"": d', "? [e]"),
    *("# A", "## B", "###### C", "#", "  # D", "E\n=", "F\n---", "> # G", "- # H", "1. **I**", "**J**"),
    *("**K:**", "**L** m", "<n>", "</n>", "  <o>", "</o>", "<p>text</p>", "```", "~~~md", "    code"),
    *("<!-- q -->", "\ufeff", "", " ", "\t", "\f", "\u2028", "é😀", "\0", "text"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_symbols_are_nested_whatever_the_text(pieces: list[str], newline: str, fenced: bool) -> None:
    text = newline.join(pieces)
    assert_nested(agent(HEAD.replace("\n", newline) + text if fenced else text))
