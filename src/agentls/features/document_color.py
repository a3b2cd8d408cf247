"""Colours of agents: the value of `color`, and the names that another colour can be written by."""

from __future__ import annotations

from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Scalar

_KEY = "color"

_NAMED = {
    "red": 0xFF0000,
    "blue": 0x0000FF,
    "green": 0x008000,
    "yellow": 0xFFFF00,
    "purple": 0x800080,
    "orange": 0xFFA500,
    "pink": 0xFFC0CB,
    "cyan": 0x00FFFF,
}
"""Colours by their names in CSS. Which shade a terminal shows depends on its theme."""

_HEX = lazy_pattern(r"#(?:[0-9a-fA-F]{3}){1,2}")


class Color(NamedTuple):
    """Red, green and blue, each from 0 to 1."""

    red: float
    green: float
    blue: float


class DocumentColor(NamedTuple):
    """A colour, and the span of its name or number without quotes."""

    span: Span
    color: Color


def document_colors(document: Document) -> list[DocumentColor]:
    """The colours in a document: at most one."""
    entry = document.entry(_KEY)
    if entry is None or document.dialect.key(_KEY) is None or not isinstance(entry.value, Scalar):
        return []
    color = _parse_color(entry.value.text)
    span = entry.value.inner_span
    is_written = span.text_in(document.text) == entry.value.text
    return [DocumentColor(span, color)] if color and is_written else []


def color_presentations(document: Document, span: Span, color: Color) -> list[Edit]:
    """The ways to write a colour at the span of another one, the closest first: by the names of the palette, or as
    a number if it is written so."""
    if span.text_in(document.text).startswith("#"):
        return [Edit(span, "#" + "".join(f"{round(part * 255):02x}" for part in color))]
    key = document.dialect.key(_KEY)
    palette = [value.name for value in key.values if value.name in _NAMED] if key else []
    return [
        Edit(span, name)
        for name in sorted(palette, key=lambda name: _distance(color, _from_number(_NAMED[name])))
    ]


def _parse_color(text: str) -> Color | None:
    if text in _NAMED:
        return _from_number(_NAMED[text])
    if not _HEX.fullmatch(text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    return _from_number(int(digits, 16))


def _from_number(number: int) -> Color:
    return Color((number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255)


def _distance(one: Color, other: Color) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
