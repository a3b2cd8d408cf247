"""The two parsers of Markdown find the same."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentls.text import markdown_it_parser, pulldown_parser
from agentls.text.markdown_parts import Markdown
from harness import FIXTURES

ROOT = FIXTURES.parents[1]

# Without what the parsers take differently: a tab within a line, a mark of a list or a quote that is indented by four
# spaces, a bold text in another one, a reference within a paragraph, and a line break in a code span that has a CR.
BLOCKS = (
    *("# ", "## ", "### a ###\n", "===", "---", "\n- ", "\n1. ", "\n> ", "\n    ", "  ", "\n\t"),
    *("```", "\n```py\n", "````", "~~~", "\n```\n", "\n> ```\n", "<div>", "\n<!-- -->\n", "<x>\n", "</x>\n"),
    *("\n", "\n\n", "\r\n\r\n", "  \n", "\\\n", "\n\n[r]: /u\n\n", "\n\n**Bold**\n", "\n\n__Bold__: "),
)
INLINES = (
    *("*", "_", "`", "**a**", "[a](b)", "[a](<b c> 'd')", "![i](x.png)", "[![i](x.png)](u)"),
    *("[a\nb](c\nd)", "[", "](u)", "]", "(", ")", "[r]", "<http://e.example>", "<b>"),
    *("&amp;", "\\", "\\*", "word", "ä", "𝒳", " ", ":", "#", "|", "\0"),
)


def both(text: str, start: int = 0) -> tuple[Markdown, Markdown]:
    source = text[start:].replace("\0", "\ufffd")
    return pulldown_parser.find_parts(source, text, start), markdown_it_parser.find_parts(source, text, start)


def test_both_find_the_same_in_the_fixtures_and_pages_of_this_project() -> None:
    files = [*FIXTURES.rglob("*.md"), *ROOT.joinpath("docs").rglob("*.md"), *ROOT.glob("*.md")]
    assert len(files) > 100
    for file in files:
        text = file.read_text("utf-8")
        for variant in (text, text.replace("\n", "\r\n")):
            one, other = both(variant, variant.find("\n") + 1)
            assert one == other, file


@settings(derandomize=True)
@given(st.lists(st.sampled_from((*BLOCKS, *INLINES)), max_size=12).map("".join))
@example("> a [l](u\n> ) b\n")
@example("- ```\n  a\n\n  b\n- c\n")
@example(">\t\tcode\n")
@example("\xa0[a](b)\n")
@example("Text ![a [b](c) d](e)\n")
@example("**[Bold](a):**\nText\n")
@example("a\r\n- [b](c)\r\n\r\n  ```\r\n  d\r\n")
@example("```\n  ")
def test_both_find_the_same_in_generated_text(text: str) -> None:
    one, other = both(text)
    assert one == other


def test_nothing_that_is_nested_deeply_overflows() -> None:
    for piece in ("> ", "- ", "[", "![", "*a", "<a "):
        assert markdown_it_parser.find_parts(piece * 2000, piece * 2000, 0)
