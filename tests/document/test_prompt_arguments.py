"""The arguments of a call in a prompt: what is filled in, and what stays."""

from __future__ import annotations

import pytest

from agentls.document.document import Document
from agentls.document.prompt_arguments import (
    Placeholder,
    count_hinted,
    declared_names,
    fill_in,
    find_placeholders,
    split_arguments,
)
from agentls.text.offsets import Span
from harness import agent


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Review #$1 with $2.", "Review #speed with $2."),
        ("Review #$0 with $1.", "Review #12 with speed."),
        ("All: $ARGUMENTS", "All: 12 speed"),
        ("$ARGUMENTS[0], $ARGUMENTS[1], $ARGUMENTS[2]", "12, speed, $ARGUMENTS[2]"),
        ("awk '{print $1}' costs $0.10", "awk '{print speed}' costs 12.10"),
        (
            r"\$1 costs \$0.10, \$ARGUMENTS, \\$1, and \$HOME at $0",
            r"$1 costs $0.10, $ARGUMENTS, \\speed, and \$HOME at 12",
        ),
        ("${1} ${ARGUMENTS} $ARGS $args $1a $10 $0", "${1} ${ARGUMENTS} $ARGS $args $1a $10 12"),
        ("Nothing.", "Nothing.\n\nARGUMENTS: 12 speed"),
        ("Only $7.", "Only $7.\n\nARGUMENTS: 12 speed"),
        (r"Only \$1.", "Only $1.\n\nARGUMENTS: 12 speed"),
    ],
)
def test_arguments_are_filled_in(text: str, filled: str) -> None:
    assert fill_in(text, "12 speed", ()) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$base..$head", "main..topic"),
        (
            "$bases, ${base}, $base[0], $head_, $other",
            "$bases, ${base}, $base[0], $head_, $other\n\nARGUMENTS: main topic",
        ),
        (r"\$base is $0, $1", "$base is main, topic"),
    ],
)
def test_declared_names_are_filled_in(text: str, filled: str) -> None:
    assert fill_in(text, "main topic", ("base", "head")) == filled


def test_the_longest_name_counts() -> None:
    assert fill_in("$base-branch $base-", "main topic", ("base", "base-branch")) == "topic main-"


def test_a_name_without_an_argument_is_empty_and_a_number_stays() -> None:
    assert fill_in("[$base] [$1] [$ARGUMENTS]", "", ("base",)) == "[] [$1] []"
    assert fill_in("[$head] [$base]", "main", ("base", "head")) == "[] [main]"


def test_an_argument_is_not_filled_in_again() -> None:
    assert fill_in("$0 $1", "$1 b", ()) == "$1 b"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("12 high", ("12", "high")),
        ('"hello world" second', ("hello world", "second")),
        ("it's late", ("it's", "late")),
        ("", ()),
        ("a #b", ("a", "#b")),
    ],
)
def test_arguments_are_split_as_in_a_shell(arguments: str, words: tuple[str, ...]) -> None:
    assert split_arguments(arguments) == words


def test_placeholders_have_spans_and_positions() -> None:
    text = r"$0 \$1 $base $ARGUMENTS $ARGUMENTS[3]"
    assert list(find_placeholders(text, 0, ("head", "base"))) == [
        Placeholder(Span(0, 2), 0),
        Placeholder(Span(7, 12), 1, "base"),
        Placeholder(Span(13, 23), None),
        Placeholder(Span(24, 37), 3),
    ]
    assert [each.span.start for each in find_placeholders(text, 13, ())] == [13, 24]


def command(*lines: str) -> Document:
    """A command with these lines in its frontmatter."""
    return agent("\n".join(("---", *lines, "---", "", "Do it.", "")), ".claude/commands/case.md")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("arguments: base head", ("base", "head")),
        ("arguments: [base, head]", ("base", "head")),
        ("arguments: [base, 2, 1, head]", ("base", "head")),
        ("arguments: 5", ()),
        ("arguments: {base: head}", ()),
        ("arguments:", ()),
        ("other: x", ()),
    ],
)
def test_names_are_declared_as_text_or_a_list(line: str, names: tuple[str, ...]) -> None:
    assert declared_names(command(line).reading) == names


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ('argument-hint: "[number] [focus]"', 2),
        ("argument-hint: <file> [--fast]", 2),
        ("argument-hint: [number, focus]", 2),
        ("argument-hint: file", 1),
        ("argument-hint: 5", 1),
        ("argument-hint:", 0),
        ("other: x", 0),
    ],
)
def test_a_hint_shows_how_many_arguments_there_are(line: str, count: int) -> None:
    assert count_hinted(command(line)) == count


def test_an_agent_takes_no_arguments() -> None:
    document = agent("---\nname: a\ndescription: b\narguments: [x]\nargument-hint: y\n---\n\n$x\n")
    assert declared_names(document.reading) == ()
    assert count_hinted(document) == 0


def test_a_number_of_any_length_is_accepted() -> None:
    text = f"${'9' * 5_000} $ARGUMENTS[{'9' * 5_000}]"
    assert list(find_placeholders(text, 0, ())) == [
        Placeholder(Span(text.index("$A"), text.index("[")), None)
    ]
    assert fill_in(text, "", ()).startswith(text[:5_000])
