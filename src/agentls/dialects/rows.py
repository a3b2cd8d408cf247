"""From the plain data of a YAML file to the rows of the tables, with a message for each mistake."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Literal

from agentls.dialects.records import Source

NOT_INHERITED = ("runtimes", "places")
"""What a dialect file says for itself, also where it extends another."""


PRODUCT_FIELDS = (
    *("sources", "tool_grammar", "tools", "old_tools", "foreign_tools", "models", "hooks", "servers"),
    "builtin_agents",
    "mention",
)
"""What a dialect takes from another by `vocabulary`: the words of one product, which are the same in
all its kinds of files."""


def shared_vocabulary(data: dict[str, Any]) -> dict[str, Any]:
    """The part of a dialect file's data that another dialect of the same product shares."""
    return {name: data[name] for name in PRODUCT_FIELDS if name in data}


def merge_tables(base: dict[str, Any], own: dict[str, Any], top: bool = True) -> dict[str, Any]:
    """The data of a dialect file laid over that of the one it extends: mappings are merged, an
    entry without a value takes the inherited one away, and everything else takes its place."""
    result = {name: value for name, value in base.items() if not (top and name in NOT_INHERITED)}
    for name, value in own.items():
        inherited = result.get(name)
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(inherited, dict):
            result[name] = merge_tables(inherited, value, top=False)
        else:
            result[name] = value
    return result


USER_SOURCE = "yours"
"""The source of what a user's file says without naming one."""

_ROWS_WITH_A_SOURCE = ("keys", "tools", "old_tools", "places", "builtin_agents", "reserved_names", "runtimes")


def fill_defaults(data: Any) -> dict[str, Any]:
    """The data of a user's file, in which rows need neither a summary nor a source.

    Raises `ValueError` if it is no mapping.
    """
    if not isinstance(data, dict):
        raise ValueError("the file must be a mapping")
    result = dict(data)
    sources = result.get("sources")
    if sources is None or isinstance(sources, dict):
        own = {"title": "your dialect file", "date": "", "confidence": "documented"}
        result["sources"] = {**(sources or {}), USER_SOURCE: own}
    for field in _ROWS_WITH_A_SOURCE:
        if field in result:
            result[field] = _completed(result[field], field)
    models = result.get("models")
    if isinstance(models, dict) and "known" in models:
        result["models"] = {**models, "known": _completed(models["known"], "models")}
    return result


def _completed(rows: Any, field: str) -> Any:
    if isinstance(rows, dict):
        return {name: _completed_row(row, field) for name, row in rows.items()}
    return [_completed_row(row, field) for row in rows] if isinstance(rows, list) else rows


def _completed_row(row: Any, field: str) -> Any:
    if not isinstance(row, dict):
        return row  # No value takes an inherited row away.
    plain: dict[str, Any] = {"source": USER_SOURCE}
    if field in ("keys", "tools", "models", "builtin_agents", "reserved_names"):
        plain["summary"] = ""
    if field == "keys":
        plain["type"] = "any"
    if field == "runtimes":
        plain |= {"version": "", "strategy": "strict-yaml"}
    done = plain | row
    for inner in ("fields", "values"):
        if inner in done:
            done[inner] = _completed(done[inner], "keys" if inner == "fields" else "tools")
    return done


FieldParser = Callable[[Any, str], Any]
"""Makes what a type wants from the data of a YAML file; the text is the way to it, for messages."""


def build_record(kind: Any, data: Any, path: str) -> Any:
    """An instance of the named tuple `kind` (or of a plain type) from what a YAML file holds.

    A mapping where a tuple of rows with names is wanted gives each row its key as name (or
    id), in the file's order. Raises `ValueError`, naming `path`, for a field that does not
    exist or is missing, and for a value of the wrong type.
    """
    return _maker(kind)(data, path)


@cache
def _maker(kind: Any) -> FieldParser:
    """What makes values of a type. A file has thousands of values, of two dozen types."""
    if hasattr(kind, "_fields"):
        return partial(_row, kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return partial(_rows, inner[0])
    if origin is Mapping:
        return partial(_mapping, inner[1])
    if origin is Literal:
        return partial(_word, inner)
    row = next((option for option in inner if hasattr(option, "_fields")), None)
    plain = tuple(option for option in inner or (kind,) if option is not row)
    return partial(_value, kind, plain, row)


def _value(kind: Any, plain: tuple[type, ...], row: Any, data: Any, path: str) -> Any:
    if isinstance(data, plain):
        return data
    if row is None:
        raise ValueError(f"{path}: expected {kind}, found {data!r}")
    return _row(row, data, path)


def _word(words: tuple[str, ...], data: Any, path: str) -> Any:
    if data not in words:
        raise ValueError(f"{path}: expected one of {', '.join(words)}, found {data!r}")
    return data


def _mapping(of: Any, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected a mapping, found {data!r}")
    make = _maker(of)
    return {name: make(value, f"{path}.{name}") for name, value in data.items()}


def _rows(of: Any, data: Any, path: str) -> Any:
    make = _maker(of)
    if isinstance(data, dict):
        label = "id" if of is Source else "name"
        return tuple([make({label: name, **(row or {})}, f"{path}.{name}") for name, row in data.items()])
    if not isinstance(data, list):
        raise ValueError(f"{path}: expected a list, found {data!r}")
    return tuple([make(row, f"{path}[{at}]") for at, row in enumerate(data)])


def _row(kind: Any, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected a mapping, found {data!r}")
    makers, required = _fields(kind)
    for name in data:
        if name not in makers:
            raise ValueError(f"{path}: {kind.__name__} has no field {name!r}")
    missing = [name for name in required if name not in data]
    if missing:
        raise ValueError(f"{path}: missing {', '.join(missing)}")
    return kind(
        **{
            # Most values are texts, and most of the time goes into them.
            name: value
            if makers[name] is _TEXT and isinstance(value, str)
            else makers[name](value, f"{path}.{name}")
            for name, value in data.items()
        }
    )


_TEXT = _maker(str)


@cache
def _fields(kind: Any) -> tuple[dict[str, FieldParser], tuple[str, ...]]:
    """What makes each field of a row, and the fields that it cannot do without."""
    types = typing.get_type_hints(kind)
    required = tuple(name for name in kind._fields if name not in kind._field_defaults)
    return {name: _maker(types[name]) for name in kind._fields}, required
