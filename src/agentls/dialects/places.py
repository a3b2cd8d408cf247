"""The table of places: which dialect a file has, by its folder and its name.

Each place is one line of `tables/places.yaml`. Lines are tried in order, and each is parsed only when it is
tried, since most files are in one of the first places.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from agentls.dialects.rows import build_record
from agentls.dialects.runtimes import Place
from agentls.dialects.tables import read_table
from agentls.text.yaml_tree import load_yaml


class DialectPlace(NamedTuple):
    """A place, and the dialect of the files in it."""

    place: Place
    dialect: str


class _Line(NamedTuple):
    """A line of the table: the dialect, and the rest of the line ("" for a dialect without a place)."""

    dialect: str
    text: str


@cache
def _lines() -> tuple[_Line, ...]:
    lines = (line.removeprefix("- ") for line in read_table("places").splitlines() if line.startswith("- "))
    return tuple(_Line(name, text) for name, _, text in (line.partition(":") for line in lines))


@cache
def _parse_line(line: _Line) -> Any:
    return load_yaml(line.text)


@cache
def _place(line: _Line) -> DialectPlace:
    place = build_record(Place, _parse_line(line), f"places.{line.dialect}")
    assert isinstance(place, Place)
    return DialectPlace(place, line.dialect)


def shipped_dialect_names() -> tuple[str, ...]:
    """Return the names of the shipped dialects in the order of the table, the most common first."""
    return tuple(dict.fromkeys(line.dialect for line in _lines()))


def shipped_places() -> Iterator[DialectPlace]:
    """Yield the places of the shipped dialects in the order of the table."""
    return (_place(line) for line in _lines() if line.text.strip())


def shipped_places_of(dialect: str) -> tuple[Place, ...]:
    """Return the places of a shipped dialect. The other lines of the table are not parsed."""
    return tuple(_place(line).place for line in _lines() if line.dialect == dialect and line.text.strip())


def place_rows(dialect: str) -> list[dict[str, Any]]:
    """Return the places of a shipped dialect as plain data, as in `places` of a user's dialect file."""
    return [_parse_line(line) for line in _lines() if line.dialect == dialect and line.text.strip()]
