"""Conversion between offsets and positions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.text.offsets import Edit, Encoding, LineIndex, Position, Span, apply_edits

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(alphabet="ab\n\r\t é🎉\u2028\x0c", max_size=60)


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_characters_are_counted_in_units_of_the_encoding(encoding: Encoding, character: int) -> None:
    lines = LineIndex("x\né🎉b\n")
    assert lines.position(5, encoding) == Position(1, character)
    assert lines.offset(Position(1, character), encoding) == 5


def test_only_the_line_ends_of_the_protocol_end_lines() -> None:
    text = "a\u2028b\x0cc\r\nd\re\nf"
    lines = LineIndex(text)
    assert [lines.line_span(n).text_in(text) for n in range(len(lines))] == ["a\u2028b\x0cc", "d", "e", "f"]


def test_positions_outside_the_text_are_clamped() -> None:
    lines = LineIndex("ab\ncd")
    assert lines.offset(Position(0, 99), "utf-16") == 2
    assert lines.offset(Position(99, 0), "utf-16") == 5
    assert lines.offset(Position(-1, 5), "utf-16") == 0
    assert lines.position(99, "utf-16") == Position(1, 2)


def test_a_position_inside_a_character_is_its_start() -> None:
    lines = LineIndex("🎉x")
    assert lines.offset(Position(0, 1), "utf-16") == 0
    assert lines.offset(Position(0, 2), "utf-16") == 1


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_every_offset_survives_a_round_trip(text: str, encoding: Encoding) -> None:
    lines = LineIndex(text)
    for offset in range(len(text) + 1):
        inside_line_end = text[offset - 1 : offset + 1] == "\r\n"
        expected = offset - 1 if inside_line_end else offset
        assert lines.offset(lines.position(offset, encoding), encoding) == expected


@given(TEXTS, st.data())
def test_edits_are_applied_in_any_order(text: str, data: st.DataObject) -> None:
    cut = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    edits = [Edit(Span(cut[0], cut[1]), "<1>"), Edit(Span(cut[2], cut[3]), "<2>")]
    if cut[1] == cut[2]:
        return
    expected = text[: cut[0]] + "<1>" + text[cut[1] : cut[2]] + "<2>" + text[cut[3] :]
    assert apply_edits(text, edits) == apply_edits(text, reversed(edits)) == expected
