"""The JSON Schema of frontmatter, generated from the table of a dialect, for tools that know JSON Schema only.

It accepts whatever at least one runtime of the format uses as written. What only agentls can tell, such as which tools
exist in a runtime, is completion here and no condition.
"""

from __future__ import annotations

import re
from typing import Any

from agentls.dialects import value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key, Variant
from agentls.dialects.value_schema import TypeExpression
from agentls.reports import explain

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"


def frontmatter_schema(dialect: Dialect) -> Schema:
    """Return the schema of the frontmatter of `dialect`, as draft-07, which editors know."""
    return {"$schema": _DRAFT, "title": dialect.title, **_frontmatter(dialect)}


def schemas_of(dialects: list[Dialect]) -> Schema:
    """Return one schema with those of several dialects as definitions, by their names."""
    definitions = {each.name: {"title": each.title, **_frontmatter(each)} for each in dialects}
    return {"$schema": _DRAFT, "title": "Frontmatter of agent files", "definitions": definitions}


def _frontmatter(dialect: Dialect) -> Schema:
    if not dialect.variants:
        return _mapping(dialect, None)
    shapes = [_mapping(dialect, None)]
    for variant in dialect.variants:
        shape = _mapping(dialect, variant)
        shapes += [shape, {"type": "array", "items": shape}] if variant.allows_list else [shape]
    return {"anyOf": shapes}


def _mapping(dialect: Dialect, variant: Variant | None) -> Schema:
    """Return the schema of the frontmatter of a variant, or of the format without one."""
    exclusive = {name for each in dialect.variants if each is not variant for name in each.exclusive_keys}
    keys = [key for key in dialect.keys if key.name not in exclusive]
    if variant:
        keys = [key for key in keys if key.name in variant.keys]
    runtimes = [runtime for runtime in dialect.runtimes if not runtime.is_advisory]
    made: Schema = {"type": "object", "properties": {key.name: _key(key, dialect) for key in keys}}
    required = variant.required if variant else _required(keys, dialect)
    if required:
        made["required"] = list(required)
    if variant and variant.required_one_of:
        made["oneOf"] = [{"required": [name]} for name in variant.required_one_of]
    if runtimes and all(runtime.unknown_keys == "refused" for runtime in runtimes):
        made["additionalProperties"] = False
    return made


def _required(keys: list[Key], dialect: Dialect) -> list[str]:
    """Return the names of the required keys. A file that may change an agent of the same name only needs a name."""
    extends = any(runtime.may_extend_agent for runtime in dialect.runtimes)
    return [key.name for key in keys if key.required and (key.name == "name" or not extends)]


def _key(key: Key, dialect: Dialect) -> Schema:
    page = explain.explain_key(dialect, key.name)
    return {
        "description": key.summary,
        **({"markdownDescription": page} if page else {}),
        **_described(key, dialect),
    }


def _described(key: Key, dialect: Dialect) -> Schema:
    """Return the schema of the value of a key, or of a field, with what editors show about it."""
    made = _value(key, dialect)
    if key.deprecation.deprecated:
        made |= {"deprecated": True, "deprecationMessage": key.deprecation.deprecated}
    return made


# --- values -----------------------------------------------------------------------------------


def _value(key: Key, dialect: Dialect) -> Schema:
    names = [
        runtime.name for runtime in dialect.runtimes if key.known_to(runtime.name) and not runtime.is_advisory
    ]
    written = list(dict.fromkeys(filter(None, (key.schema_for(name) for name in names))))
    if not written:
        return _any_of(_by_type(key, dialect))
    alternatives = [each for schema in written for each in value_schema.parse_schema(schema)]
    return _any_of(
        _suggested(key, dialect) + [_expression(key, each, dialect) for each in dict.fromkeys(alternatives)]
    )


def _any_of(schemas: list[Schema]) -> Schema:
    """Return the schema of what matches one of `schemas`. An empty value is one more value of an enum, which validators
    explain better than one more schema."""
    different = [each for at, each in enumerate(schemas) if each not in schemas[:at]]
    if len(different) == 2 and different[1] == _NULL and "enum" in different[0]:
        return {**different[0], "enum": [*different[0]["enum"], None]}
    return dict(different[0]) if len(different) == 1 else {"anyOf": different}


_STRING: Schema = {"type": "string"}
_NULL: Schema = {"type": "null"}
_STRINGS: Schema = {"type": "array", "items": _STRING}


def _suggested(key: Key, dialect: Dialect) -> list[Schema]:
    """Return what editors complete beside what is accepted: known tools and models, and the values of an open set."""
    if key.type == "tools" and dialect.tools and not dialect.tool_grammar.is_mapping:
        known = _words([tool.name for tool in dialect.tools], [tool.summary for tool in dialect.tools])
        return [{"type": "array", "items": {"anyOf": [known, _STRING]}}]
    if key.type == "model":
        models = [model for model in dialect.models.known if model.status == "current"]
        return (
            [_words([model.name for model in models], [model.summary for model in models])] if models else []
        )
    return [_enum(key)] if key.type == "enum" and not key.value.closed and key.values else []


def _words(names: list[str], summaries: list[str]) -> Schema:
    return {"enum": names, "markdownEnumDescriptions": summaries}


def _enum(key: Key) -> Schema:
    return _words([value.name for value in key.values], [value.summary for value in key.values])


_BY_TYPE: dict[str, list[Schema]] = {
    "text": [_STRING],
    "boolean": [{"type": "boolean"}, {"enum": ["true", "false"]}],
    "integer": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\s*\+?0*[1-9]"}],
    "number": [{"type": "number"}],
    "model": [_STRING],
    "models": [_STRING, _STRINGS],
    "tools": [_STRING, _STRINGS],
    "skills": [_STRING, _STRINGS],
    "agents": [_STRING, _STRINGS],
    "globs": [_STRING, _STRINGS],
    "servers": [{"type": ["array", "object"]}],
    "hooks": [{"type": "object"}],
}


def _by_type(key: Key, dialect: Dialect) -> list[Schema]:
    """Return the alternatives for a key whose table says how it is treated, and not exactly what is accepted. A key
    without a value is one that is not set."""
    empty = [] if key.required else [_NULL]
    if key.type == "enum":
        closed = [_any_case(key)] if key.value.ignores_case else [_enum(key)]
        numbers: list[Schema] = [{"type": "integer"}] if "int" in key.value.also_types else []
        return [*closed, *numbers, *([] if key.value.closed else [_STRING]), *empty]
    if key.type not in _BY_TYPE:
        return [{}]
    return [*_suggested(key, dialect), *_BY_TYPE[key.type], *empty]


def _any_case(key: Key) -> Schema:
    letters = (
        "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in value.name) for value in key.values
    )
    return {"anyOf": [_enum(key), {"type": "string", "pattern": f"^(?:{'|'.join(letters)})$"}]}


def _expression(key: Key, expression: TypeExpression, dialect: Dialect) -> Schema:
    """Return the schema of one alternative."""
    inner = [_expression(key, each, dialect) for each in expression.inner]
    match expression.word:
        case "list" | "some list":
            return {"type": "array", "items": _any_of(inner)} | (
                {"minItems": 1} if expression.word == "some list" else {}
            )
        case "map":
            return {"type": "object", "additionalProperties": _any_of(inner)} | _fields(
                key, expression, dialect
            )
        case "record":
            refused = {"additionalProperties": False} if key.unknown_fields == "refused" else {}
            return {"type": "object", "properties": _properties(key, dialect)} | refused
        case "words":
            return _enum(key)
        case "text" | "filled" | "scalar":
            return _string(key, expression.word)
    return dict(_SCALARS.get(expression.word, {}))


_SCALARS: dict[str, Schema] = {
    "solid": {"type": "string", "pattern": r"\S"},
    "url": {"type": "string", "format": "uri"},
    "json": _STRING,
    "slug": _STRING,
    "number": {"type": "number"},
    "digits": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?\d+(\.\d*)?$"}]},
    "positive": {"type": "integer", "minimum": 1},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "switch": {"enum": [True, False, 0, 1, *value_schema.TRUE_WORDS, *value_schema.FALSE_WORDS]},
    "null": _NULL,
}


def _string(key: Key, word: str) -> Schema:
    """Return the schema of a string, with its pattern if regular expressions of JavaScript have the same meaning."""
    made: Schema = {"type": ["string", "number", "boolean"] if word == "scalar" else "string"}
    if word == "filled":
        made["minLength"] = 1
    pattern = key.value.pattern
    if pattern and not re.search(r"\\[wWdD]|\(\?<", pattern):
        made["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    return made


def _fields(key: Key, expression: TypeExpression, dialect: Dialect) -> Schema:
    """Return the fields that a mapping from any names has beside them."""
    has_records = any(each.word == "record" for each in expression.inner)
    return {} if has_records or not key.fields else {"properties": _properties(key, dialect)}


def _properties(key: Key, dialect: Dialect) -> dict[str, Schema]:
    return {field.name: {"description": field.summary, **_described(field, dialect)} for field in key.fields}
