"""The YAML tree: values of YAML 1.2, exact spans, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.text.frontmatter import find_block, recover_entries
from agentls.text.offsets import Span
from agentls.text.yaml_tree import MappedText, Mapping, Scalar, parse


def tree(text: str) -> Mapping:
    root = parse(MappedText.unchanged(text, Span(0, len(text)))).root
    assert isinstance(root, Mapping)
    return root


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-01-01", "2026-01-01"),
        ("0b1", "0b1"),
        ("True", True),
        ("12", 12),
        ("0x1f", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ('""', ""),
        ('"12"', "12"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    assert tree(f"key: {written}\n").value == {"key": value}


def test_spans_cover_values_with_their_quotes() -> None:
    text = "a: 'x'  # note\nb: [y, {c: \"z\"}]\nd: |\n  one\n\n  two\n\ne:\n  - f\n"
    spans = {entry.key.text: entry.value.span.text_in(text) for entry in tree(text).entries}
    assert spans == {
        "a": "'x'",
        "b": '[y, {c: "z"}]',
        "d": "|\n  one\n\n  two",
        "e": "- f",
    }


def test_anchors_and_tags_are_not_part_of_the_text() -> None:
    text = "a: &word rest of it\nb: !tag more\nc: *word\n"
    a, b, c = tree(text).entries
    assert isinstance(a.value, Scalar)
    assert isinstance(b.value, Scalar)
    assert (a.value.text, a.value.properties_span and a.value.properties_span.text_in(text)) == (
        "rest of it",
        "&word",
    )
    assert (b.value.text, b.value.properties_span and b.value.properties_span.text_in(text)) == (
        "more",
        "!tag",
    )
    assert (c.value.value, c.value.span.text_in(text)) == ("rest of it", "*word")


def test_unusual_characters_are_text() -> None:
    text = 'a: "x\u2028y\x85z\x07"\n'
    assert tree(text).value == {"a": "x\u2028y\x85z\x07"}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "- " * 100_000,
        "{a: " * 50_000,
        "&a [*a]",
        "a: &x [*x, *x]",
        "\0",
        "a: \ud800",
        "%",
        "? ? ?",
    ],
)
def test_any_value_of_a_tab_stop_is_valid(text: str) -> None:
    parse(MappedText.unchanged(text, Span(0, len(text))))


@given(st.text(alphabet="ab:-#&*!|>'\"[]{},?% \n\t\r\\é\u2028\0", max_size=40))
def test_any_text_has_a_tree_or_an_error_inside_the_text(text: str) -> None:
    parsed = parse(MappedText.unchanged(text, Span(0, len(text))), tabs_indent=True)
    assert parsed.root is None or parsed.error is None
    if parsed.error:
        assert 0 <= parsed.error.offset <= len(text)
    for entry in recover_entries(text, Span(0, len(text))):
        assert 0 <= entry.span.start <= entry.span.end <= len(text)


def test_recovery_keeps_all_entries_but_the_broken_one() -> None:
    text = 'name: a\ndescription: "never closed\ntools: [Read, Grep]\nmodel: opus\n'
    entries = recover_entries(text, Span(0, len(text)))
    assert [(e.key.text, e.unparsed) for e in entries] == [
        ("name", False),
        ("description", True),
        ("tools", False),
        ("model", False),
    ]
    assert entries[1].value.value == '"never closed'
    assert entries[2].value.value == ["Read", "Grep"]


@pytest.mark.parametrize(
    ("text", "content", "closed"),
    [
        ("---\na: b\n---\nbody", "a: b\n", True),
        ("---\r\na: b\r\n---\r\nbody", "a: b\r\n", True),
        ("\ufeff---\na: b\n---\n", "a: b\n", True),
        ("\n\n---\na: b\n---\n", "a: b\n", True),
        ("----\na: b\n---\n", "a: b\n", True),
        ("---\n", "", False),
        ("---", "", False),
        ("---\na: b\nc:\n  - d\n\nYou are an agent.\n", "a: b\nc:\n  - d\n", False),
        ("---\na: b\n\n# Heading\n", "a: b\n", False),
        ("---\na: b -- c\n--\n", "a: b -- c\n", False),
    ],
)
def test_block_is_found_as_an_editor_shows_it(text: str, content: str, closed: bool) -> None:
    block = find_block(text)
    assert block is not None
    assert (block.content.text_in(text), block.closing is not None) == (content, closed)


@pytest.mark.parametrize("text", ["", "# Title\n\ntext\n", "text\n\n---\n\nmore text\n", "- a\n- b\n"])
def test_text_without_frontmatter_has_no_block(text: str) -> None:
    assert find_block(text) is None
