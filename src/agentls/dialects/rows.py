"""Building the records of the tables from the plain data of a YAML file, with a message for each mistake."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Literal

from agentls.dialects.records import GROUPS, Source
from agentls.text.named_tuples import NamedTuple
from agentls.text.spelling import closest_match

NOT_INHERITED = ("runtimes", "places")
"""The fields that a dialect file does not inherit from the dialect that it extends."""

PRODUCT_FIELDS = (
    *("sources", "tool_grammar", "tools", "old_tools", "foreign_tools", "models", "hooks", "servers"),
    "builtin_agents",
    "mention_syntax",
)
"""The fields that a dialect inherits by `vocabulary`: facts about a product that are the same in all its formats."""


def shared_vocabulary(data: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a dialect's data that other dialects of the same product share."""
    return {name: data[name] for name in PRODUCT_FIELDS if name in data}


def merge_tables(base: dict[str, Any], own: dict[str, Any], top: bool = True) -> dict[str, Any]:
    """Return the data of a dialect merged with that of the dialect that it extends. Mappings are merged, an entry
    without a value removes the inherited one, and any other value replaces it."""
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


Profiles = Mapping[str, Mapping[str, Any]]
"""The shared fields of dialects: for each field of a dialect, its profiles by name."""


def apply_profiles(data: dict[str, Any], profiles: Profiles) -> dict[str, Any]:
    """Return the data of a dialect file with the fields of the profiles that its rows name by `profile`."""
    return {field: _with_profiles(value, profiles.get(field, {}), (field,)) for field, value in data.items()}


def _with_profiles(value: Any, profiles: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return a field with its profiles applied. It is a string that may name a profile, a row, or rows by name."""
    if not profiles:
        return value
    if isinstance(value, str):
        return profiles.get(value, value)
    if not isinstance(value, dict):
        return value
    named = value.get("profile")
    if isinstance(named, dict | None) and len(path) == 1:
        return {name: _with_profiles(row, profiles, (*path, name)) for name, row in value.items()}
    result: dict[str, Any] = {}
    for name in [named] if isinstance(named, str) else named or ():
        if name not in profiles:
            raise TableError(unknown_word("profile", name, profiles), (*path, "profile"))
        result = merge_tables(result, _with_profiles(profiles[name], profiles, ("", name)), top=False)
    own = {name: field for name, field in value.items() if name != "profile"}
    return merge_tables(result, own, top=False) if result else own


USER_SOURCE = "yours"
"""The source of the facts in a user's file that name none."""

_ROWS_WITH_A_SOURCE = ("keys", "tools", "old_tools", "places", "builtin_agents", "reserved_names", "runtimes")


def fill_defaults(data: Any) -> dict[str, Any]:
    """Return the data of a user's file with a summary, a source and a type for the rows that have none.

    Raises `TableError` if it is not a mapping.
    """
    if not isinstance(data, dict):
        raise TableError("the file must be a mapping")
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
        return row  # A row without a value removes the inherited row.
    defaults: dict[str, Any] = {"source": USER_SOURCE}
    if field in ("keys", "tools", "models", "builtin_agents", "reserved_names"):
        defaults["summary"] = ""
    if field == "keys":
        defaults["type"] = "any"
    if field == "runtimes":
        defaults["strategy"] = "strict-yaml"
    completed = defaults | row
    for inner in ("fields", "values"):
        if inner in completed:
            completed[inner] = _completed(completed[inner], "keys" if inner == "fields" else "tools")
    return completed


class TableError(ValueError):
    """A mistake in a table: the message, and the path of names and indexes to it."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{format_path(self.path)}: {self.message}" if self.path else self.message

    def below(self, step: str | int) -> TableError:
        """Return the same mistake with the path from one level up."""
        return TableError(self.message, (step, *self.path))


def format_path(path: tuple[str | int, ...]) -> str:
    """Return a path as messages show it: `keys.tools.fields[2]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def unknown_word(what: str, word: object, known: Iterable[str], *, all_of_them: bool = True) -> str:
    """Return the message for a word that is not in `known`, with a suggestion if one of them is similar."""
    known = tuple(known)
    suggestion = closest_match(str(word), known)
    hint = f"; did you mean `{suggestion}`?" if suggestion else ""
    listed = f" (expected one of {', '.join(known)})" if all_of_them else ""
    return f"unknown {what} `{word}`{hint}{listed}"


FieldParser = Callable[[Any], Any]
"""Builds a value of one type from the data of a YAML file."""


def build_record(kind: Any, data: Any, table: str) -> Any:
    """Return an instance of the named tuple `kind` (or of another type) from the data of the YAML file `table`.

    If `kind` is a tuple of records with names, `data` may be a mapping, whose keys are the names (or ids) of the
    rows. Raises `TableError`, with the path, for an unknown or missing field, and for a value of the wrong type or
    outside a closed set.
    """
    try:
        return _parser(kind)(data)
    except TableError as error:
        raise (error.below(table) if table else error) from None


@cache
def _parser(kind: Any) -> FieldParser:
    """Return the parser for a type. It is cached, since a file has thousands of values of two dozen types."""
    if hasattr(kind, "_fields"):
        return partial(_row, kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return partial(_rows, inner[0])
    if origin is Mapping:
        return partial(_mapping, _parser(inner[1]))
    if origin is Literal:
        return partial(_word, inner)
    row = next((option for option in inner if hasattr(option, "_fields")), None)
    plain = tuple(option for option in inner or (kind,) if option is not row)
    return partial(_value, plain, row)


_TYPE_NAMES = {str: "a string", bool: "a boolean", int: "an integer", dict: "a mapping", list: "a list"}


def _value(plain: tuple[type, ...], row: Any, data: Any) -> Any:
    if isinstance(data, plain):
        return data
    if row is None:
        expected = " or ".join(_TYPE_NAMES[kind] for kind in plain if kind in _TYPE_NAMES)
        raise TableError(f"must be {expected}, not {_describe(data)}")
    return _row(row, data)


def _describe(data: Any) -> str:
    kind = _TYPE_NAMES.get(type(data), "a value")
    return kind if isinstance(data, dict | list) else "empty" if data is None else f"`{data}`"


def _word(words: tuple[str, ...], data: Any) -> Any:
    if data not in words:
        raise TableError(unknown_word("value", data, filter(None, words)))
    return data


def _mapping(parse: FieldParser, data: Any) -> Any:
    if not isinstance(data, dict):
        raise TableError(f"must be a mapping, not {_describe(data)}")
    return {name: _below(name, parse, value) for name, value in data.items()}


def _below(step: str | int, parse: FieldParser, data: Any) -> Any:
    """Return the value of `data`, which is at `step` of the value around it."""
    try:
        return parse(data)
    except TableError as error:
        raise error.below(step) from None


def _rows(of: Any, data: Any) -> Any:
    parse = _parser(of)
    if isinstance(data, dict):
        label = "id" if of is Source else "name"
        return tuple([_named_row(parse, label, name, row) for name, row in data.items()])
    if not isinstance(data, list):
        raise TableError(f"must be a list or a mapping, not {_describe(data)}")
    return tuple([_below(at, parse, row) for at, row in enumerate(data)])


def _named_row(parse: FieldParser, label: str, name: str, row: Any) -> Any:
    if row is not None and not isinstance(row, dict):
        raise TableError(f"must be a mapping, not {_describe(row)}", (name,))
    return _below(name, parse, {label: name, **(row or {})})


def _row(kind: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise TableError(f"must be a mapping, not {_describe(data)}")
    fields = _fields(kind)
    if not fields.required.keys() <= data.keys() or not data.keys() <= fields.parsers.keys():
        raise _wrong_names(fields, data)
    values: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {}
    for name, value in data.items():
        parse = fields.parsers[name]
        # Most values are strings, so that the call is worth avoiding for them.
        parsed = value if parse is _parse_string and isinstance(value, str) else _below(name, parse, value)
        group = fields.group_of.get(name)
        (groups.setdefault(group, {}) if group else values)[name] = parsed
    for group, inner in groups.items():
        values[group] = fields.groups[group](**inner)
    return kind(**values)


def _wrong_names(fields: _Fields, data: dict[str, Any]) -> TableError:
    for name in data:
        if name not in fields.parsers:
            return TableError(unknown_word("field", name, fields.parsers, all_of_them=False), (name,))
    missing = [f"`{name}`" for name in fields.required if name not in data]
    return TableError(f"{' and '.join(missing)} missing")


_parse_string = _parser(str)


class _Fields(NamedTuple):
    """The fields of a record: the parsers of them and of those in its groups, the required ones, the groups, and the
    group of each field that is in one."""

    parsers: dict[str, FieldParser]
    required: dict[str, None]
    groups: dict[str, Any]
    group_of: dict[str, str]


@cache
def _fields(kind: Any) -> _Fields:
    types = _field_types(kind)
    groups = {name: types[name] for name in kind._fields if types[name] in GROUPS}
    parsers = {name: _parser(types[name]) for name in kind._fields if name not in groups}
    for group in groups.values():
        parsers |= _fields(group).parsers
    required = dict.fromkeys(name for name in kind._fields if name not in kind._field_defaults)
    group_of = {name: field for field, group in groups.items() for name in group._fields}
    return _Fields(parsers, required, groups, group_of)


def _field_types(kind: Any) -> Mapping[str, Any]:
    """The types of the fields of a row. Only annotations that are text, of which there are few, are evaluated."""
    types: Mapping[str, Any] = kind.__new__.__annotations__
    is_text = any(isinstance(type_, str) for type_ in types.values())
    return typing.get_type_hints(kind) if is_text else types
