"""Whether a dialect is in order: what its file may get wrong, in words, before anything relies on it.

`own` reads a dialect file of a user's. It says as little as it can: what it does not name is
inherited from the dialect that it extends, a row without a source is the user's own, and
regular expressions and YAML aliases, with which a file could keep everybody waiting, are not
taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import yaml

from agentls.dialects import loader, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.text.yaml_tree import load_yaml, parse_events


class UserDialectResult(NamedTuple):
    """A dialect file of a user's: the name of its dialect ("" if it cannot be used), and what is wrong
    with it, one message each."""

    name: str
    problems: tuple[str, ...]


def load_user_dialect(
    text: str, strategies: Collection[str], files: tuple[tuple[str, str], ...] = ()
) -> UserDialectResult:
    """What comes of a user's dialect file with this text, beside `files`, which are in order (name
    and text of each). `strategies` are the names of the ways in which a runtime can read. Never raises."""
    found, problem = parse_events(text)
    if problem:
        return UserDialectResult(
            "", (f"line {text.count(chr(10), 0, problem.offset) + 1}: {_first_line(problem.message)}",)
        )
    if any(step.kind == "Alias" for step in found):
        return UserDialectResult("", ("YAML aliases (`*name`) are not taken here; write the value out",))
    try:
        data = load_yaml(text)
    except (yaml.YAMLError, RecursionError) as error:
        return UserDialectResult("", (_first_line(str(error)),))
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return UserDialectResult("", ("the file must be a mapping with a `name`",))
    name = data["name"]
    patterns = tuple(_patterns(data, ""))
    if patterns:
        return UserDialectResult("", patterns)
    try:
        dialect = loader.load_dialect(name, (*files, (name, text)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return UserDialectResult("", (f"{error.args[0] if error.args else error}",))
    problems = tuple(find_problems(dialect, strategies))
    return UserDialectResult("" if problems else name, problems)


def _first_line(message: str) -> str:
    return message.strip().split("\n")[0]


def _patterns(value: Any, path: str) -> Iterator[str]:
    """The regular expressions in a file, which are for the dialects that ship."""
    if isinstance(value, dict):
        for name, inner in value.items():
            at = f"{path}.{name}" if path else f"{name}"
            if (name == "pattern" and isinstance(inner, str)) or (name == "elsewhere" and inner):
                yield f"{at}: regular expressions are not taken here"
            yield from _patterns(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _patterns(inner, f"{path}[{number}]")


def find_problems(dialect: Dialect, strategies: Collection[str]) -> Iterator[str]:
    """What is wrong with the tables of a dialect, though each row by itself is in order.

    `strategies` are the names of the ways in which a runtime can read.
    """
    sources = {source.id for source in dialect.sources}
    runtimes = {runtime.name for runtime in dialect.runtimes}
    if not runtimes:
        yield "runtimes: there is none"
    for row, path in _rows(dialect, ""):
        source = getattr(row, "source", None)
        if isinstance(source, str) and source not in sources:
            yield f"{path}: there is no source `{source}`"
        if isinstance(row, Key):
            yield from _key_faults(row, path, runtimes)
    for runtime in dialect.runtimes:
        if runtime.strategy not in strategies:
            known = ", ".join(strategies)
            yield f"runtimes.{runtime.name}: there is no strategy `{runtime.strategy}`; known: {known}"
        for name in runtime.required:
            if dialect.key(name) is None:
                yield f"runtimes.{runtime.name}.required: there is no key `{name}`"
    for place in dialect.places:
        for name in {*place.runtimes} - runtimes:
            yield f"places, {place.folder}: there is no runtime `{name}`"
    for variant in dialect.variants:
        names = {*variant.keys, *variant.own, *variant.required, *variant.one_of}
        names |= {condition.key for condition in (*variant.when, variant.unless) if condition}
        for missing in sorted(name for name in names if dialect.key(name) is None):
            yield f"variants.{variant.name}: there is no key `{missing}`"


def _key_faults(key: Key, path: str, runtimes: set[str]) -> Iterator[str]:
    for shape in filter(None, (key.shape, key.fatal, *key.shapes.values())):
        if not value_schema.is_schema(shape):
            yield f"{path}: `{shape}` is no shape"
    for name in sorted({*key.runtimes, *key.refused_by, *key.shapes, *key.limits} - runtimes):
        yield f"{path}: there is no runtime `{name}`"
    if "words" in key.shape and not key.values:
        yield f"{path}: the shape asks for words, and there are no `values`"
    if key.pattern and not key.pattern_words:
        yield f"{path}: a `pattern` needs `pattern_words` that say what it means"


def _rows(row: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Every row of the tables, with the way to it."""
    if hasattr(row, "_fields"):
        for field in row._fields:
            value = getattr(row, field)
            if isinstance(value, tuple):
                at = f"{path}.{field}" if path else field
                if hasattr(value, "_fields"):
                    yield value, at
                    yield from _rows(value, at)
                else:
                    for item in value:
                        if not isinstance(item, tuple):
                            continue
                        name = getattr(item, "name", None) or getattr(item, "folder", "")
                        yield item, f"{at}.{name}"
                        yield from _rows(item, f"{at}.{name}")
