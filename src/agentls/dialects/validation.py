"""Validation of dialects: the mistakes in their tables.

`load_user_dialect` loads a user's dialect file. Fields that the file does not contain are inherited from the
dialect that it extends, and a row without a source has the user as its source. Regular expressions and YAML
aliases, which could block the program, are not accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import yaml

from agentls.dialects import loader, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import GROUPS, Key
from agentls.dialects.rows import TableError, unknown_word
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_events import parse_events
from agentls.text.yaml_tree import find_line, load_yaml


class DialectProblem(NamedTuple):
    """A mistake in a dialect file, and the line of the invalid value (from 1; 0 for the whole file)."""

    message: str
    line: int = 0


class UserDialectResult(NamedTuple):
    """A user's dialect file: the name of its dialect ("" if the file cannot be used), and its problems."""

    name: str
    problems: tuple[DialectProblem, ...]


def load_user_dialect(
    text: str, strategies: Collection[str], files: tuple[tuple[str, str], ...] = ()
) -> UserDialectResult:
    """Load a user's dialect file with this text. `files` are the other, valid files (name and text of each), which
    it may extend. `strategies` are the known strategies. Never raises.
    """
    events, parse_error = parse_events(text)
    if parse_error:
        return _failed(_first_line(parse_error.message), _line_at(text, parse_error.offset))
    alias = next((event for event in events if event.kind == "Alias"), None)
    if alias:
        message = "YAML aliases (`*name`) are not accepted here; write the value out"
        return _failed(message, _line_at(text, alias.span.start))
    try:
        data = load_yaml(text)
    except (yaml.YAMLError, RecursionError) as error:
        return _failed(_first_line(str(error)))
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return _failed("the file must be a mapping with a `name`")
    name = data["name"]
    errors = [*_find_patterns(data, ()), *_find_unknown_bases(data, files)]
    if not errors:
        try:
            errors = list(find_problems(loader.load_dialect(name, (*files, (name, text))), strategies))
        except TableError as error:
            errors = [error]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return _failed(f"{error.args[0] if error.args else error}")
    problems = tuple(DialectProblem(str(error), find_line(text, error.path)) for error in errors)
    return UserDialectResult("" if problems else name, problems)


def _failed(message: str, line: int = 0) -> UserDialectResult:
    return UserDialectResult("", (DialectProblem(message, line),))


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _first_line(message: str) -> str:
    return message.strip().split("\n")[0]


def _find_patterns(value: Any, path: tuple[str | int, ...]) -> Iterator[TableError]:
    """Yield a mistake for each regular expression in a file; only shipped dialects may contain them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            at = (*path, f"{name}")
            if (name == "pattern" and isinstance(inner, str)) or (name == "other_id_patterns" and inner):
                yield TableError("regular expressions are not accepted here", at)
            yield from _find_patterns(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _find_patterns(inner, (*path, number))


def _find_unknown_bases(data: dict[str, Any], files: loader.UserDialects) -> Iterator[TableError]:
    """Yield a mistake for each unknown dialect that a file extends or shares the vocabulary of."""
    known = loader.dialect_names(files)
    for field in ("extends", "vocabulary"):
        yield from _unknown("dialect", [data[field]] if data.get(field) else [], known, (field,))


def find_problems(dialect: Dialect, strategies: Collection[str]) -> Iterator[TableError]:
    """Yield the mistakes in the tables of a dialect whose rows are valid separately: names of sources, runtimes, keys
    and strategies that are unknown, and invalid schemas. `strategies` are the known strategies.
    """
    sources = [source.id for source in dialect.sources]
    runtimes = [runtime.name for runtime in dialect.runtimes]
    keys = [key.name for key in dialect.keys]
    if not runtimes:
        yield TableError("a dialect needs a runtime", ("runtimes",))
    for row, path in _rows(dialect, ()):
        source = getattr(row, "source", None)
        if isinstance(source, str) and source not in sources:
            yield TableError(unknown_word("source", source, sources), (*path, "source"))
        if isinstance(row, Key):
            yield from _key_problems(row, path, runtimes)
    for runtime in dialect.runtimes:
        at = ("runtimes", runtime.name)
        yield from _unknown("strategy", [runtime.strategy], strategies, (*at, "strategy"))
        yield from _unknown("key", runtime.required, keys, (*at, "required"))
    for number, place in enumerate(dialect.places):
        yield from _unknown("runtime", place.runtimes, runtimes, ("places", number, "runtimes"))
    for variant in dialect.variants:
        names = [*variant.keys, *variant.exclusive_keys, *variant.required, *variant.required_one_of]
        names += [condition.key for condition in (*variant.when, variant.unless) if condition]
        yield from _unknown("key", dict.fromkeys(names), keys, ("variants", variant.name))


def _unknown(
    what: str, names: Iterable[str], known: Collection[str], path: tuple[str | int, ...]
) -> Iterator[TableError]:
    """Yield a mistake for each name that is not in `known`."""
    return (TableError(unknown_word(what, name, known), path) for name in names if name not in known)


def _key_problems(key: Key, path: tuple[str | int, ...], runtimes: list[str]) -> Iterator[TableError]:
    schemas: dict[tuple[str, ...], str] = {
        ("schema",): key.value.schema,
        ("rejected_schema",): key.value.rejected_schema,
        ("validator_schema",): key.value.validator_schema,
    }
    schemas |= {("schemas", runtime): schema for runtime, schema in key.value.schemas.items()}
    for at, schema in schemas.items():
        if schema and not value_schema.is_schema(schema):
            yield TableError(f"`{schema}` is not a schema of values", (*path, *at))
    by_runtime: dict[str, Iterable[str]] = {"runtimes": key.runtimes, "rejected_by": key.value.rejected_by}
    by_runtime |= {"schemas": key.value.schemas, "limits": key.value.limits}
    for field, names in by_runtime.items():
        yield from _unknown("runtime", names, runtimes, (*path, field))
    if "words" in key.value.schema and not key.values:
        yield TableError("the schema `words` needs `values`", path)
    if key.value.pattern and not key.value.pattern_words:
        yield TableError("a `pattern` needs `pattern_words` that describe it", path)


def _rows(row: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Yield every row of the tables with its path."""
    for field in row._fields:
        value = getattr(row, field)
        if hasattr(value, "_fields"):
            at = path if type(value) in GROUPS else (*path, field)
            yield value, at
            yield from _rows(value, at)
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                if hasattr(item, "_fields"):
                    at = (*path, field, getattr(item, "name", number))
                    yield item, at
                    yield from _rows(item, at)
