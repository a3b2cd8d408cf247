"""The table of places: which dialect a file has, by its folder and its name.

Each place is one line of `tables/places.yaml`. Lines are tried in order, and a `Place` is only made when its line is
tried, since most files are in one of the first places.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from agentls.dialects.rows import build_record
from agentls.dialects.runtimes import Place
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class DialectPlace(NamedTuple):
    """A place, and the dialect of the files in it."""

    place: Place
    dialect: str


class _Row(NamedTuple):
    """A row of the table: the dialect, and the fields of its place (none for a dialect without a place)."""

    dialect: str
    fields: dict[str, Any] | None


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(_Row(*item) for row in load_table("places") for item in row.items())


@cache
def _place(at: int) -> DialectPlace:
    row = _rows()[at]
    place = build_record(Place, row.fields, f"places.{row.dialect}")
    assert isinstance(place, Place)
    return DialectPlace(place, row.dialect)


def shipped_dialect_names() -> tuple[str, ...]:
    """Return the names of the shipped dialects in the order of the table, the most common first."""
    return tuple(dict.fromkeys(row.dialect for row in _rows()))


def shipped_places() -> Iterator[DialectPlace]:
    """Yield the places of the shipped dialects in the order of the table, also those that are not read."""
    return (_place(at) for at, row in enumerate(_rows()) if row.fields)


def shipped_places_of(dialect: str) -> tuple[Place, ...]:
    """Return the places of a shipped dialect that are read."""
    return tuple(
        _place(at).place for at, row in enumerate(_rows()) if row.dialect == dialect and _is_read(row)
    )


def place_rows(dialect: str) -> list[dict[str, Any]]:
    """Return the same places as plain data, as in `places` of a user's dialect file."""
    return [row.fields for row in _rows() if row.fields and row.dialect == dialect and _is_read(row)]


def _is_read(row: _Row) -> bool:
    """Whether a row has a place that is read."""
    return row.fields is not None and row.fields.get("is_read", True)
