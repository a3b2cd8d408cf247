"""Schemas of values: what the runtimes accept as the value of a key, and where a value differs from it.

A dialect file writes the `schema` of a key as alternatives, `text | list of text`. The words are `text`, `filled`
(a string that is not empty), `solid` (a string that is not only spaces), `url` (an absolute address), `json` (a string
that contains JSON), `scalar` (a string, or a number or boolean that becomes one), `number`, `integer`, `digits` (a
number, also as a string), `positive` (an integer above zero), `boolean`, `switch` (a boolean, also as `yes`, `on` or
`1`), `slug` (lower-case letters and digits of any script, with single hyphens between), `null`, `any`, `words` (one of
the key's values), `list of X`, `map of X`, and `record`, a mapping with the key's fields. `some list of X` must not be
empty. Parentheses group. In a `map of X` a field of the key has its own schema instead of X.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from agentls.dialects.records import Key
from agentls.dialects.runtimes import Condition
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


class TypeExpression(NamedTuple):
    """One alternative of a schema: a word, and for `list`, `some list` and `map` the alternatives of its items."""

    word: str
    inner: "tuple[TypeExpression, ...]" = ()


class Mismatch(NamedTuple):
    """A value that does not match its schema, as data: its span, the path of keys to it, and how it differs.

    `expected` is text for users: what is accepted instead of `found`, or how many characters are. `names` are the
    unknown fields, or those of which one is required.
    """

    span: Span
    path: tuple[str, ...]
    kind: Literal["value", "unknown field", "missing field", "missing one of", "too long"]
    expected: str = ""
    found: Node | None = None
    names: tuple[str, ...] = ()


_WORD = lazy_pattern(r"some list of|list of|map of|[a-z]+|[|()]")
_SCALARS = {
    "text": "a string",
    "filled": "a non-empty string",
    "solid": "a non-blank string",
    "url": "a URL such as `https://example.com/card`",
    "json": "a string that is valid JSON",
    "scalar": "a string",
    "number": "a number",
    "digits": "a number",
    "integer": "an integer",
    "positive": "a positive integer",
    "boolean": "`true` or `false`",
    "switch": "`true` or `false`",
    "slug": "lower-case letters, digits and single hyphens",
    "null": "nothing",
    "any": "anything",
}
_COLLECTIONS = {
    "list": "a list",
    "some list": "a non-empty list",
    "map": "a mapping",
    "record": "a mapping",
}


@cache
def parse_schema(text: str) -> tuple[TypeExpression, ...]:
    """Return the alternatives of the schema `text`. Raises `ValueError` if it is invalid."""
    words = _WORD.findall(text)
    if "".join(text.split()) != "".join("".join(words).split()):
        raise ValueError(f"not a schema: {text!r}")
    alternatives, rest = _alternatives(words)
    if rest or not alternatives:
        raise ValueError(f"not a schema: {text!r}")
    return alternatives


def is_schema(text: str) -> bool:
    """Whether `text` is a valid schema."""
    try:
        parse_schema(text)
    except ValueError:
        return False
    return True


def _alternatives(words: list[str]) -> tuple[tuple[TypeExpression, ...], list[str]]:
    """Parse alternatives at the start of `words`; return them and the remaining words."""
    alternatives: tuple[TypeExpression, ...] = ()
    while True:
        found, words = _alternative(words)
        alternatives += found
        if words[:1] != ["|"]:
            return alternatives, words
        words = words[1:]


def _alternative(words: list[str]) -> tuple[tuple[TypeExpression, ...], list[str]]:
    word, rest = (words[0], words[1:]) if words else ("", [])
    if word == "(":
        inner, rest = _alternatives(rest)
        if rest[:1] != [")"]:
            raise ValueError("a parenthesis is not closed")
        return inner, rest[1:]
    if word.endswith(" of"):
        inner, rest = _alternative(rest)
        return (TypeExpression(word.removesuffix(" of"), inner),), rest
    if word not in _SCALARS and word not in ("words", "record"):
        raise ValueError(f"{word!r} is not a word of schemas")
    return (TypeExpression(word),), rest


def find_mismatches(key: Key, value: Node, runtime: str, path: tuple[str, ...] = ()) -> Iterator[Mismatch]:
    """Yield how `value` differs from what `runtime` accepts as the value of `key`."""
    schema = key.schema_for(runtime)
    if schema:
        yield from _find_mismatches(key, parse_schema(schema), value, value.span, runtime, (*path, key.name))


def find_records(key: Key, value: Node, runtime: str) -> Iterator[tuple[Key, tuple[Mapping, ...]]]:
    """Yield the records in `value`, the value of `key`, as `runtime` reads them. Those of a list come together, with
    the key that has their fields."""
    schema = key.schema_for(runtime)
    if schema:
        yield from _records(key, parse_schema(schema), value, runtime)


def _records(
    key: Key, alternatives: tuple[TypeExpression, ...], value: Node, runtime: str
) -> Iterator[tuple[Key, tuple[Mapping, ...]]]:
    if isinstance(value, Sequence):
        inner = next((each.inner for each in alternatives if each.word in ("list", "some list")), ())
        if any(each.word == "record" for each in inner):
            mappings = tuple(item for item in value.items if isinstance(item, Mapping))
            yield key, mappings
            for mapping in mappings:
                yield from _below_record(key, mapping, runtime)
        else:
            for item in value.items:
                yield from _records(key, inner, item, runtime)
    elif isinstance(value, Mapping):
        if any(each.word == "record" for each in alternatives):
            yield key, (value,)
            yield from _below_record(key, value, runtime)
            return
        inner = next((each.inner for each in alternatives if each.word == "map"), ())
        for entry in value.entries:
            yield from _records(key, inner, entry.value, runtime)


def _below_record(key: Key, mapping: Mapping, runtime: str) -> Iterator[tuple[Key, tuple[Mapping, ...]]]:
    for entry in mapping.entries:
        field = key.field(entry.key.text)
        if field and field.known_to(runtime):
            yield from find_records(field, entry.value, runtime)


def matches_schema(key: Key, value: Node, runtime: str) -> bool:
    """Whether `runtime` accepts `value` as the value of `key`."""
    return next(find_mismatches(key, value, runtime), None) is None


class SchemaPosition(NamedTuple):
    """The position of a value: the key whose schema describes it, and the alternatives of the schema there."""

    key: Key
    shapes: tuple[TypeExpression, ...]

    def allows(self, *words: str) -> bool:
        """Whether the schema has an alternative with one of `words`."""
        return any(each.word in words for each in self.shapes)

    @property
    def fields(self) -> tuple[Key, ...]:
        """Return the known keys of a mapping at this position."""
        inner = [each.inner for each in self.shapes if each.word == "map"]
        maps_to_records = any(each.word == "record" for alternatives in inner for each in alternatives)
        return self.key.fields if self.allows("record") or (inner and not maps_to_records) else ()


def schema_at(key: Key, steps: Iterable[str | None] = ()) -> SchemaPosition | None:
    """Return the position at `steps` below the value of `key`, or `None` if nothing is known about it.

    A step is the key of a mapping, or `None` for a list; the step for a list may be omitted. If most runtimes accept
    any value, the schema of a single runtime is used.
    """
    schema = (
        next(iter(key.value.schemas.values()), key.value.schema)
        if key.value.schema in ("", "any")
        else key.value.schema
    )
    position: SchemaPosition | None = SchemaPosition(key, parse_schema(schema)) if schema else None
    for step in steps:
        if position is None:
            return None
        position = _below(position, step)
    return position


def _below(position: SchemaPosition, step: str | None) -> SchemaPosition | None:
    lists = [each for each in position.shapes if each.word in ("list", "some list")]
    maps = [each for each in position.shapes if each.word == "map"]
    if step is None:
        return SchemaPosition(position.key, lists[0].inner) if lists else None
    field = position.key.field(step)
    if position.allows("record") or (maps and field and field in position.fields):
        return schema_at(field) if field else None
    if maps:
        return SchemaPosition(position.key, maps[0].inner)
    return _below(SchemaPosition(position.key, lists[0].inner), step) if lists else None


def _find_mismatches(
    key: Key,
    alternatives: tuple[TypeExpression, ...],
    value: Node,
    span_if_empty: Span,
    runtime: str,
    path: tuple[str, ...],
) -> Iterator[Mismatch]:
    if isinstance(value, Scalar):
        if not value.is_alias and not any(_matches_word(key, each.word, value) for each in alternatives):
            span = value.span if value.span.end > value.span.start else span_if_empty
            yield Mismatch(span, path, "value", _describe(key, alternatives), value)
        else:
            yield from _exceeded_limit(key, value, runtime, path)
        return
    kinds = ("list", "some list") if isinstance(value, Sequence) else ("map", "record")
    matching = [each for each in alternatives if each.word in kinds]
    if any(each.word == "any" for each in alternatives):
        return
    if not matching or (matching[0].word == "some list" and isinstance(value, Sequence) and not value.items):
        yield Mismatch(value.span, path, "value", _describe(key, alternatives), value)
        return
    alternative = matching[0]
    if isinstance(value, Sequence):
        for item in value.items:
            yield from _find_mismatches(key, alternative.inner, item, value.span, runtime, path)
    elif alternative.word == "record":
        yield from _in_record(key, value, runtime, path)
    else:
        for entry in value.entries:
            yield from _in_map(key, alternative, entry, runtime, path)


def _in_map(
    key: Key, expression: TypeExpression, entry: Entry, runtime: str, path: tuple[str, ...]
) -> Iterator[Mismatch]:
    inner = expression.inner
    field = None if any(each.word == "record" for each in inner) else key.field(entry.key.text)
    if field:
        yield from find_mismatches(field, entry.value, runtime, path)
    else:
        entry_path = (*path, entry.key.text)
        yield from _find_mismatches(key, inner, entry.value, entry.key.span, runtime, entry_path)


def _in_record(key: Key, value: Mapping, runtime: str, path: tuple[str, ...]) -> Iterator[Mismatch]:
    for entry in value.entries:
        field = key.field(entry.key.text)
        if field and field.known_to(runtime):
            yield from find_mismatches(field, entry.value, runtime, path)
        elif key.unknown_fields == "refused":
            yield Mismatch(entry.key.span, path, "unknown field", names=(entry.key.text,))
    for field in key.fields:
        required = field.required and field.known_to(runtime)
        required = required and runtime not in field.requirement.optional_for
        required = required and value.get(field.requirement.optional_with) is None
        if required and value.get(field.name) is None and applies(field, value):
            yield Mismatch(value.span, (*path, field.name), "missing field")
    one_of = () if runtime in key.requirement.optional_for else key.requirement.required_one_of
    if one_of and not any(entry.key.text in one_of for entry in value.entries):
        yield Mismatch(value.span, path, "missing one of", names=one_of)


def applies(key: Key, mapping: Mapping) -> bool:
    """Whether the condition of `key` on the other entries of `mapping` is met."""
    return key.effects.applies_when is None or is_met(key.effects.applies_when, mapping)


def is_met(condition: Condition, mapping: Mapping) -> bool:
    """Whether the entries of `mapping` meet a condition."""
    entry = mapping.get(condition.key)
    if entry is None:
        return "" in condition.values
    text = entry.value.text if isinstance(entry.value, Scalar) else None
    return (not condition.values or text in condition.values) and text not in condition.excluded_values


def _matches_word(key: Key, word: str, value: Scalar) -> bool:
    """Whether a scalar matches a word of the schema."""
    if word == "any":
        return True
    if word == "words":
        names = [known.name for known in key.values]
        return value.type in ("str", "bool") and (
            value.text in names
            or (key.value.ignores_case and value.text.lower() in (n.lower() for n in names))
        )
    if word in ("text", "filled", "scalar"):
        text = value.type == "str" and (word == "text" or value.text != "")
        text = text or (word == "scalar" and value.type in ("bool", "int", "float"))
        return text and (not key.value.pattern or re.search(key.value.pattern, value.text) is not None)
    if word == "solid":
        return value.type == "str" and bool(value.text.strip())
    if word == "url":
        return value.type == "str" and _is_url(value.text.strip())
    if word == "json":
        return value.type == "str" and _is_json(value.text)
    if word == "slug":
        return value.type == "str" and _is_slug(value.text)
    if word == "switch":
        return value.text.lower() in TRUE_WORDS + FALSE_WORDS
    if word == "digits":
        return re.fullmatch(r"[+-]?\d+(?:\.\d*)?", value.text) is not None
    if word == "positive":
        return value.type in ("int", "float") and value.value > 0 and float(value.value).is_integer()
    types = {"number": ("int", "float"), "integer": ("int",), "boolean": ("bool",), "null": ("null",)}
    return value.type in types.get(word, ())


TRUE_WORDS = ("true", "yes", "on", "1")
FALSE_WORDS = ("false", "no", "off", "0")


def _is_slug(text: str) -> bool:
    import unicodedata  # Few dialects need it.

    name = unicodedata.normalize("NFKC", text.strip())
    return name == name.lower() and all(part.isalnum() for part in name.split("-"))


_URL = lazy_pattern(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>.*)", re.DOTALL)
_AUTHORITY = lazy_pattern(
    r"[/\\]*(?:[^/\\?#]*@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/\\?#:@]+)(?::(?P<port>\d*))?(?=[/\\?#]|\Z)"
)
_NO_HOST = lazy_pattern(r"[\s\x00-\x1f\x7f<>^|%\[\]]")


def _is_url(text: str) -> bool:
    """Whether `text` is an absolute URL. The special schemes require a host, as in the URL standard."""
    found = _URL.fullmatch(text)
    if found is None or found["scheme"].lower() not in ("http", "https", "ws", "wss", "ftp"):
        return found is not None
    authority = _AUTHORITY.match(found["rest"])
    if authority is None:
        return False
    port = (authority["port"] or "").lstrip("0")
    if len(port) > len("65535") or int(port or 0) > 65535:
        return False
    host = authority["host"]
    return host.startswith("[") or _NO_HOST.search(host) is None


def _exceeded_limit(key: Key, value: Scalar, runtime: str, path: tuple[str, ...]) -> Iterator[Mismatch]:
    """Yield how a string that matches the schema exceeds a limit of `runtime`."""
    limit = key.value.limits.get(runtime)
    if limit is None or value.type != "str":
        return
    if limit.max_length and len(value.text) > limit.max_length:
        yield Mismatch(value.span, path, "too long", f"{limit.max_length:,}", value)
    elif limit.pattern and not re.search(limit.pattern, value.text):
        yield Mismatch(value.span, path, "value", limit.description, value)


def _is_json(text: str) -> bool:
    import json  # Few files have such a value.

    try:
        json.loads(text, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _describe(key: Key, alternatives: tuple[TypeExpression, ...]) -> str:
    """Return the alternatives as text for users. `null` is omitted if there are others."""
    parts = []
    for each in [each for each in alternatives if each.word != "null"] or alternatives:
        if each.word == "words":
            names = [value.name for value in key.values if not value.alias_of]
            parts.append(f"{'one of ' if len(names) > 2 else ''}{join_names(names, ' or ')}")
        elif each.word in ("text", "filled", "scalar") and key.value.pattern_words:
            parts.append(key.value.pattern_words)
        elif each.word in _SCALARS:
            parts.append(_SCALARS[each.word])
        else:
            parts.append(_COLLECTIONS[each.word])
    return " or ".join(dict.fromkeys(parts))
