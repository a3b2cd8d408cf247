"""Values of keys by their types, and whether a value fits one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.linter.rule import Context
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


def entries_of_type(ctx: Context, *types: str) -> Iterator[tuple[Key, Entry]]:
    """The keys of these types with the entries that count for them, unless those say nothing or
    have no effect where the file lies."""
    return (pair for pair in ctx.document.significant_entries if pair[0].type in types)


def matches_type(key: Key, value: Node) -> bool:
    """Whether the runtime takes the value. Where it is not known, it is taken to."""
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
    # Text that starts with digits may well be read as a number.
    numeric = key.type == "integer" or "int" in key.also
    if numeric and re.match(r"\s*\+?0*[1-9]", value.text):
        return True
    words = [word.name for word in key.values]
    return value.text in words or (key.ignores_case and value.text.lower() in words)


def expected_values(key: Key) -> str:
    """What a key accepts, in words."""
    words = {"text": "text", "integer": "a whole number above zero", "tools": "the names of tools"}
    if key.type in words:
        return words[key.type]
    if key.type == "boolean":
        return "`true` or `false`"
    values = [f"`{value.name}`" for value in key.values if not value.alias_of]
    if "int" in key.also:
        values.append("a whole number")
    return " or ".join((", ".join(values[:-1]), values[-1])) if len(values) > 1 else values[0]


_TRUE, _FALSE = ("true", "yes", "y", "on", "1", "enabled"), ("false", "no", "n", "off", "0", "disabled")


def closest_boolean(text: str) -> str | None:
    """The truth value that a word in other spellings stands for, if it does."""
    word = text.strip().lower()
    return "true" if word in _TRUE else "false" if word in _FALSE else None


def records_in(ctx: Context) -> Iterator[tuple[Runtime, str, tuple[Mapping, ...], list[str]]]:
    """The records with fixed fields as each runtime sees them, with the name of their unique field ("" for
    none) and those of all fields; those of a list come together."""
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
