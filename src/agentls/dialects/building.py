"""From the plain data of a YAML file to the rows of the tables, with a message for each mistake."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from agentls.dialects.facts import Source

NOT_INHERITED = ("runtimes", "places")
"""What a dialect file says for itself, also where it extends another."""


def merged(base: dict[str, Any], own: dict[str, Any], top: bool = True) -> dict[str, Any]:
    """The data of a dialect file laid over that of the one it extends: mappings are merged, an
    entry without a value takes the inherited one away, and everything else takes its place."""
    result = {name: value for name, value in base.items() if not (top and name in NOT_INHERITED)}
    for name, value in own.items():
        inherited = result.get(name)
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(inherited, dict):
            result[name] = merged(inherited, value, top=False)
        else:
            result[name] = value
    return result


YOURS = "yours"
"""The source of what a user's file says without naming one."""

_ROWS_WITH_A_SOURCE = ("keys", "tools", "old_tools", "places", "builtin_agents", "reserved_names", "runtimes")


def completed(data: Any) -> dict[str, Any]:
    """The data of a user's file, in which rows need neither a summary nor a source.

    Raises `ValueError` if it is no mapping.
    """
    if not isinstance(data, dict):
        raise ValueError("the file must be a mapping")
    result = dict(data)
    sources = result.get("sources")
    if sources is None or isinstance(sources, dict):
        own = {"title": "your dialect file", "date": "", "confidence": "documented"}
        result["sources"] = {**(sources or {}), YOURS: own}
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
    plain: dict[str, Any] = {"source": YOURS}
    if field in ("keys", "tools", "models", "builtin_agents", "reserved_names"):
        plain["summary"] = ""
    if field == "keys":
        plain["type"] = "any"
    if field == "places":
        plain |= {"files": "*.md", "scope": "project"}
    if field == "runtimes":
        plain |= {"version": "", "strategy": "strict-yaml"}
    done = plain | row
    for inner in ("fields", "values"):
        if inner in done:
            done[inner] = _completed(done[inner], "keys" if inner == "fields" else "tools")
    return done


def build(kind: Any, data: Any, path: str) -> Any:
    """An instance of the named tuple `kind` (or of a plain type) from what a YAML file holds.

    A mapping where a tuple of rows with names is wanted gives each row its key as name (or
    id), in the file's order. Raises `ValueError`, naming `path`, for a field that does not
    exist or is missing, and for a value of the wrong type.
    """
    if typing.get_origin(kind) is tuple:
        (of, _) = typing.get_args(kind)
        if isinstance(data, Mapping):
            label = "id" if of is Source else "name"
            rows = [{label: name, **(row or {})} for name, row in data.items()]
            return tuple(build(of, row, f"{path}.{row[label]}") for row in rows)
        if not isinstance(data, list):
            raise ValueError(f"{path}: expected a list, found {data!r}")
        return tuple(build(of, row, f"{path}[{at}]") for at, row in enumerate(data))
    if typing.get_origin(kind) is Mapping:
        if not isinstance(data, Mapping):
            raise ValueError(f"{path}: expected a mapping, found {data!r}")
        return {
            name: build(typing.get_args(kind)[1], value, f"{path}.{name}") for name, value in data.items()
        }
    if typing.get_origin(kind) is Literal:
        if data not in typing.get_args(kind):
            raise ValueError(f"{path}: expected one of {', '.join(typing.get_args(kind))}, found {data!r}")
        return data
    if not hasattr(kind, "_fields"):
        options = typing.get_args(kind) or (kind,)
        row = next((option for option in options if hasattr(option, "_fields")), None)
        if row and data is not None:
            return build(row, data, path)
        if not isinstance(data, tuple(option for option in options if option is not row)):
            raise ValueError(f"{path}: expected {kind}, found {data!r}")
        return data
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: expected a mapping, found {data!r}")
    types = _field_types(kind)
    for name in data:
        if name not in types:
            raise ValueError(f"{path}: {kind.__name__} has no field {name!r}")
    missing = [name for name in _required(kind) if name not in data]
    if missing:
        raise ValueError(f"{path}: missing {', '.join(missing)}")
    return kind(**{name: build(types[name], value, f"{path}.{name}") for name, value in data.items()})


@cache
def _field_types(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _required(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in kind._fields if name not in kind._field_defaults)
