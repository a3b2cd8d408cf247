"""The types of keys: which entries have one, and which values match it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.linter.rule import Context
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


def entries_of_type(ctx: Context, *types: str) -> Iterator[tuple[Key, Entry]]:
    """Find the keys of these types, each with the entry that is used and has an effect in this file."""
    return (pair for pair in ctx.document.significant_entries if pair[0].type in types)


def matches_type(key: Key, value: Node) -> bool:
    """Whether the runtime accepts the value; where that is unknown, it is assumed to."""
    if not isinstance(value, Scalar):
        return key.type == "tools" and isinstance(value, Sequence)
    if value.type in ("int", "float"):
        whole = float(value.value).is_integer()
        return whole and (value.value > 0 if key.type == "integer" else "int" in key.also)
    if key.type in ("text", "tools"):
        return value.type == "str"
    if key.type == "boolean":
        return value.type == "bool" or value.text.lower() in ("true", "false")
    if value.type == "bool":
        return False
    # The runtime may read a string that starts with digits as a number.
    numeric = key.type == "integer" or "int" in key.also
    if numeric and re.match(r"\s*\+?0*[1-9]", value.text):
        return True
    names = [each.name for each in key.values]
    return value.text in names or (key.ignores_case and value.text.lower() in names)


def expected_values(key: Key) -> str:
    """Return a noun phrase for the values that a key accepts."""
    described = {"text": "a string", "integer": "a positive integer", "tools": "tool names"}
    if key.type in described:
        return described[key.type]
    if key.type == "boolean":
        return "`true` or `false`"
    values = [f"`{value.name}`" for value in key.values if not value.alias_of]
    if "int" in key.also:
        values.append("an integer")
    return " or ".join((", ".join(values[:-1]), values[-1])) if len(values) > 1 else values[0]


_TRUE, _FALSE = ("true", "yes", "y", "on", "1", "enabled"), ("false", "no", "n", "off", "0", "disabled")


def closest_boolean(text: str) -> str | None:
    """Return the boolean that another spelling such as `yes` or `off` probably means."""
    word = text.strip().lower()
    return "true" if word in _TRUE else "false" if word in _FALSE else None


def records_in(ctx: Context) -> Iterator[tuple[Runtime, str, tuple[Mapping, ...], list[str]]]:
    """Find the mappings with fixed fields as each runtime reads them.

    Each item has the runtime, the name of the field that must be unique ("" for none), the mappings of one
    list, and the names of all fields.
    """
    for reading in ctx.readings:
        runtime = reading.runtime
        for entry in reading.root.entries if reading.root else ():
            top = reading.dialect.key(entry.key.text)
            if top is None or not top.fields or not top.known_to(runtime.name) or entry.unparsed:
                continue
            for key, mappings in value_schema.find_records(top, entry.value, runtime.name):
                fields = [field for field in key.fields if field.known_to(runtime.name)]
                unique = next((field.name for field in fields if field.unique), "")
                if key.unknown_fields == "ignored":
                    yield runtime, unique, mappings, [field.name for field in fields]
