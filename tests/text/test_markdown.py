"""Markdown: headings, code blocks, links and tags with their spans."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from agentls.text.markdown import parse


def headings(text: str) -> list[tuple[int, str, str]]:
    return [(h.level, h.title, h.span.text_in(text)) for h in parse(text, 0).headings]


def test_headings_of_both_kinds_with_exact_spans() -> None:
    assert headings("# One `x`\n\nTwo *y*\n---\n\n### Three ###\n") == [
        (1, "One x", "# One `x`"),
        (2, "Two y", "Two *y*\n---"),
        (3, "Three", "### Three ###"),
    ]


def test_no_heading_inside_code() -> None:
    assert headings("```sh\n# no\n```\n\n    # no\n\n~~~\n# no\n```\n# no\n~~~\n# yes\n") == [
        (1, "yes", "# yes")
    ]


def test_bold_lines_are_headings() -> None:
    text = "**Role:**\nYou review.\n\n**Steps**\n\n1. **Not this**\n\nNor **this**\n\n**Nor** this\n"
    assert headings(text) == [(0, "Role:", "**Role:**"), (0, "Steps", "**Steps**")]


def test_tags_on_separate_lines_contain_markdown() -> None:
    text = "<instructions>\n# Inside\n<example>\nx\n</example>\n</instructions>\n\nthe <b> tag\n"
    text += "```\n<code>\n</code>\n```\n"
    found = parse(text, 0)
    assert [(t.name, t.opening.text_in(text), t.closing.text_in(text)) for t in found.tags] == [
        ("instructions", "<instructions>", "</instructions>"),
        ("example", "<example>", "</example>"),
    ]
    assert [h.title for h in found.headings] == ["Inside"]


def test_links_with_their_destinations() -> None:
    text = 'See [the *guide*](docs/a.md "T") and ![p](p.png) and <https://x.y> and [r].\n\n[r]: r.md\n'
    assert [
        (link.span.text_in(text), link.destination_span.text_in(text)) for link in parse(text, 0).links
    ] == [
        ('[the *guide*](docs/a.md "T")', "docs/a.md"),
        ("![p](p.png)", "p.png"),
    ]


def test_a_code_fence_without_end_is_not_closed() -> None:
    assert [b.closed for b in parse("```\na\n```\n\n````\n```\n", 0).code_blocks] == [True, False]
    assert [b.closed for b in parse("```py\n", 0).code_blocks] == [False]


@given(st.text(alphabet="#*`~<>/[]()a é🎉\n\r\t-=_\0\u2028", max_size=60), st.integers(0, 5))
def test_spans_lie_in_the_text(text: str, start: int) -> None:
    found = parse(text, min(start, len(text)))
    spans = [heading.span for heading in found.headings]
    spans += [block.span for block in found.code_blocks]
    spans += [link.span for link in found.links]
    for span in spans:
        assert min(start, len(text)) <= span.start <= span.end <= len(text)
    for heading in found.headings:
        if heading.level and re.match(r"#{1,6}(?:[ \t]|$)", heading.span.text_in(text)):
            assert "\n" not in heading.span.text_in(text)
