"""Formatting of the frontmatter: what it changes, what it keeps, and that every runtime reads the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentls.config import Config
from agentls.document import locate
from agentls.document.document import Document
from agentls.document.equal_readings import have_equal_readings
from agentls.document.tools import available_tools
from agentls.features.formatting import format_document, format_range
from agentls.text.offsets import Edit, Span, apply_edits
from harness import FIXTURES, agent, parse_case

BODY = "\n# Task  \n\n- one\n-   two\n"


def formatted(frontmatter: str, path: str = ".claude/agents/case.md") -> str:
    """The lines of the frontmatter after formatting."""
    text = f"---\n{frontmatter}---\n{BODY}"
    edits, problem = format_document(agent(text, path))
    assert not problem
    after = apply_edits(text, edits)
    assert after.endswith(f"---\n{BODY}")
    return after[len("---\n") : -len(f"---\n{BODY}")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("name:   a\nmodel :  b\ncolor:\n", "name: a\nmodel: b\ncolor:\n", id="colons"),
        pytest.param("name: a  \n# b\t\nmodel: b \n", "name: a\n# b\nmodel: b\n", id="trailing blanks"),
        pytest.param("tools:\n- A\n-   B\n", "tools:\n  - A\n  - B\n", id="lists"),
        pytest.param("tools:\n      - A\n      - B\n", "tools:\n  - A\n  - B\n", id="deep lists"),
        pytest.param(
            "hooks:\n    Stop:\n    -   matcher: a\n        b: c\n    -\n     d: e\n",
            "hooks:\n  Stop:\n    - matcher: a\n      b: c\n    -\n      d: e\n",
            id="nesting",
        ),
        pytest.param("tools: [\n    A,\n]\n", "tools: [\n    A,\n]\n", id="flow lists stay"),
        pytest.param("description: |\n     one\n       two\n", "description: |\n  one\n    two\n", id="block text"),
        pytest.param("description: one\n      two\n", "description: one\n  two\n", id="further lines"),
        pytest.param("description: |4\n     one\n", "description: |4\n     one\n", id="indented block text"),
        pytest.param("name: 'a'\n'model': \"b/c-1.2\"\n", "name: a\nmodel: b/c-1.2\n", id="quotes of words"),
        pytest.param("\n\nname: a\n\n\nmodel: b\n\n", "name: a\n\nmodel: b\n", id="blank lines"),
        pytest.param("  name: a\n  model: b\n", "name: a\nmodel: b\n", id="an indented block"),
    ],
)  # fmt: skip
def test_what_is_formatted(before: str, after: str) -> None:
    assert formatted(before) == after
    crlf = formatted(before.replace("\n", "\r\n"))
    assert crlf == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "name: 'true'\nmodel: \"yes\"\neffort: '1'\ncolor: 'null'\n",
        "description: 'Reviews code.'\ntools: ['Read', \"Grep\"]\n",
        "tools:\n  - 'Read'\n",
        "description: >\n  one  \n  two\n\n\n  three\n",
        'description: "one \n\n  two"\n',
        "name: !!str 'a'\n",
        "color: &x red\nname: a\nmemory: *x\n",
    ],
)
def test_what_stays(text: str) -> None:
    assert formatted(text) == text


def test_keys_have_the_order_of_the_format_with_their_comments() -> None:
    before = """\
color: red
# at the top
model: opus # why
tools:
  - Read
  # - Write
mine: 1
description: b
name: a
another: 2
"""
    after = """\
name: a
description: b
tools:
  - Read
  # - Write
# at the top
model: opus # why
color: red
mine: 1
another: 2
"""
    assert formatted(before) == after


def test_the_order_is_that_of_the_format() -> None:
    assert formatted("model: a/b\nmode: all\n", ".opencode/agents/case.md") == "mode: all\nmodel: a/b\n"


def test_blank_lines_and_lone_comments_divide_groups() -> None:
    text = "model: opus\n\nname: a\n# The rest.\n\ncolor: red\n"
    assert formatted(text) == text


def test_comments_move_with_the_lines_below_them() -> None:
    before = "hooks:\n    # first\n    Stop:\n    # second\n    - matcher: a\n    # last\n"
    assert formatted(before) == "hooks:\n  # first\n  Stop:\n    # second\n    - matcher: a\n    # last\n"


def test_duplicate_keys_keep_their_order() -> None:
    assert formatted("model: b\nname: a\nmodel: c\n") == "name: a\nmodel: b\nmodel: c\n"


def test_a_range_formats_its_entries_and_reorders_nothing() -> None:
    text = "---\nmodel:  a\nname:  b\ncolor:  red\n---\n"
    document = agent(text)
    at = text.index("name")
    assert apply_edits(text, format_range(document, Span(at, at))) == text.replace("name:  b", "name: b")
    assert format_range(document, Span(len(text), len(text))) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nname: a\n", "not closed"),
        ("---\nname: a\ndescription: b: c\n---\n", "line 3"),
        ("---\nname: a\rmodel: b\n---\n", "CR"),
        ("---\nname: a\n\ttools: b\n---\n", "YAML"),
    ],
)
def test_what_is_left_alone_for_a_reason(text: str, words: str) -> None:
    edits, problem = format_document(agent(text))
    assert edits == ()
    assert words in problem


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ".claude/agents/a.md"),
        ("# Title\n", ".claude/agents/a.md"),
        ("---\n---\n", ".claude/agents/a.md"),
        ("---\n{name:  a}\n---\n", ".claude/agents/a.md"),
        ("---\n-  a\n---\n", ".claude/agents/a.md"),
        ("---\n? name\n: a\n---\n", ".claude/agents/a.md"),
        ("---\nname:   a\n---\n", ".claude/skills/s/notes.md"),
    ],
)
def test_where_there_is_nothing_to_format(text: str, path: str) -> None:
    document = locate.make_document(path, text, Config(), None, "claude-code")
    assert document is not None
    assert format_document(document) == ((), "")


def test_a_change_that_would_be_read_differently_is_left_out() -> None:
    # Claude Code ends the frontmatter at the first `---`, also inside a value, so the rest is the prompt.
    text = "---\nname: a\ndescription: b ---\nmodel:   c\n---\n"
    assert format_document(agent(text)).edits == ()
    # The order of aliases matters; the rest is formatted.
    text = "---\nname: a\ncolor:   &c red\nmodel: *c\n---\n"
    assert apply_edits(text, format_document(agent(text)).edits) == text.replace("   ", " ")


PLACES = (
    *(".claude/agents/a.md", ".github/agents/a.agent.md", ".opencode/agents/a.md", ".gemini/agents/a.md"),
    *(".qwen/agents/a.md", ".factory/droids/a.md", ".pi/agents/a.md", ".gemini/skills/a/SKILL.md"),
    *(
        ".claude/skills/a/SKILL.md",
        ".claude/commands/a.md",
        ".github/prompts/a.prompt.md",
        ".cursor/rules/a.mdc",
    ),
)
NOISE = (
    "  ",
    "\t",
    "#",
    " # c",
    ": ",
    '"',
    "'",
    "- ",
    "|",
    ">",
    "[",
    "]",
    "&a ",
    "*a",
    "---",
    "\n\n",
    " \n",
    "\r",
)


def variants(text: str, generator: random.Random) -> Iterator[str]:
    """Yield `text` unchanged, and with changes that a formatter has to cope with."""
    yield text
    end = max(4, text.find("\n---", 3))
    for _ in range(3):
        head, tail = text[:end], text[end:]
        for _ in range(generator.randint(1, 3)):
            at = generator.randint(0, len(head))
            lines = head.split("\n")
            row = generator.randrange(len(lines))
            match generator.randrange(6):
                case 0:
                    head = head[:at] + generator.choice(NOISE) + head[at:]
                case 1:
                    head = head[:at] + head[at + generator.randint(1, 8) :]
                case 2:
                    lines[row] = " " * generator.randint(1, 4) + lines[row]
                    head = "\n".join(lines)
                case 3:
                    lines.insert(row, generator.choice(("", "# c", "  # c", "x: y", "  - z", "k:", "k: |")))
                    head = "\n".join(lines)
                case 4:
                    lines[row] = lines[row].replace(": ", ': "', 1) + '"'
                    head = "\n".join(lines)
                case _:
                    lines[row] += generator.choice((" ", "\t", "  # c"))
                    head = "\n".join(lines)
        yield head + tail
        yield (head + tail).replace("\n", "\r\n")


def assert_formats_well(document: Document) -> bool:
    """Fail unless formatting changes only the frontmatter, is stable and changes no reading; return whether it changes
    anything."""
    edits, problem = format_document(document)
    if not edits:
        return False
    assert not problem
    assert all(one.span.end <= other.span.start for one, other in pairwise(edits))
    after = document.with_edits(edits)
    assert document.frontmatter
    assert after.frontmatter
    assert document.text[document.frontmatter.content.end :] == after.text[after.frontmatter.content.end :]
    assert (
        document.text[: document.frontmatter.content.start] == after.text[: after.frontmatter.content.start]
    )
    assert have_equal_readings(document, after)
    for before, now in zip(document.primary_readings, after.primary_readings, strict=True):
        mode = document.permission_mode
        assert available_tools(before, document.text, mode) == available_tools(now, after.text, mode)
    assert format_document(after) == ((), "")
    middle = sum(document.frontmatter.content) // 2
    part: tuple[Edit, ...] = format_range(document, Span(document.frontmatter.content.start, middle))
    assert have_equal_readings(document, document.with_edits(part))
    return True


def test_formatting_is_stable_and_changes_no_reading() -> None:
    generator = random.Random(7)
    changed = 0
    for file in sorted(FIXTURES.rglob("*.md")):
        for text in parse_case(file.read_text("utf-8")).files.values():
            for variant in variants(text, generator) if text.startswith("---") else ():
                document = locate.make_document(generator.choice(PLACES), variant, Config())
                assert document is not None
                changed += assert_formats_well(document)
    assert changed > 900


BLANKS = st.sampled_from(("", " ", "  ", "   "))
KEYS = st.sampled_from(
    ("name", "description", "tools", "model", "color", "hooks", "mine", '"skills"', "'memory'")
)
VALUES = st.sampled_from(
    (
        *(
            "a",
            "'a'",
            '"opus"',
            "a b",
            "'a: b'",
            '"a # b"',
            "a # why",
            "[a,  'b']",
            "{a:  b}",
            "true",
            "&x a",
            "*x",
            "",
        ),
        *(
            "*x",
            "",
            "|\n    a\n      b",
            ">-\n  a\n\n  b",
            "|+\n a\n",
            "a\n      b",
            '"a\n\n    b "',
            "# why\n   a",
        ),
        *("\n- a\n- 'b' # why", "\n    - a\n\n    # c\n    -   b", "\n  a:  b\n  'c': \"d\"", "[\n  a,\n ]"),
        *(
            "\n  Stop:\n  - matcher:  a\n    hooks:\n    -   type: b\n        c:   |\n          d",
            "\n -\n   a:  b",
        ),
    )
)
LINES = st.sampled_from(("", "", "", "\n", "  \n\n", "# c\n", "   # c  \n", "# c\n\n"))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(LINES, KEYS, BLANKS, BLANKS, VALUES, BLANKS), max_size=7),
    LINES,
    st.sampled_from(PLACES),
)
def test_formatting_of_any_entries(rows: list[tuple[str, ...]], last: str, path: str) -> None:
    entries = "".join(
        f"{lines}{key}{one}:{two}{value}{three}\n" for lines, key, one, two, value, three in rows
    )
    document = locate.make_document(path, f"---\n{entries}{last}---\n{BODY}", Config())
    assert document is not None
    assert_formats_well(document)
