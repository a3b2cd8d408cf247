"""The JSON Schema of dialect files, generated from the types of the tables."""

from __future__ import annotations

import ast
import inspect
import textwrap
import typing
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

from agentls.dialects import loader
from agentls.dialects.records import GROUPS, DialectRecord, Source

_PLAIN = {str: "string", bool: "boolean", int: "integer", type(None): "null"}


def schema() -> dict[str, Any]:
    """Return the schema. Only the name is required, since a dialect may extend another, and the rows of a user's
    dialect file need neither a summary nor a source."""
    definitions: dict[str, Any] = {}
    root = _row(DialectRecord, definitions)
    # An entry without a value removes the inherited one.
    root["properties"] = {name: {"anyOf": [of, {"type": "null"}]} for name, of in root["properties"].items()}
    root["properties"]["extends"] = {"type": "string", "description": "The dialect that this one extends."}
    root["properties"]["vocabulary"] = {
        "type": "string",
        "description": "The dialect of the same product whose tools, models, hooks and servers this one shares.",
    }
    root["required"] = ["name"]
    _add_profiles(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "agentls dialect",
        **root,
        "$defs": definitions,
    }


def _add_profiles(definitions: dict[str, Any]) -> None:
    """Let the rows of fields that have profiles name one of them, or several."""
    types = typing.get_type_hints(DialectRecord)
    for field, profiles in loader.profiles().items():
        row = next((inner for inner in typing.get_args(types[field])), types[field])
        if row.__name__ in definitions:
            name = {"enum": list(profiles)}
            definitions[row.__name__]["properties"]["profile"] = {
                "anyOf": [name, {"type": "array", "items": name}],
                "description": "The profile whose fields the row has; of several, the last one overrides.",
            }


def _row(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a named tuple. Its description is the docstring."""
    types = typing.get_type_hints(kind)
    description = " ".join((kind.__doc__ or "").split())
    groups = [types[name] for name in kind._fields if types[name] in GROUPS]
    own = [name for name in kind._fields if name != "configured_tools" and types[name] not in GROUPS]
    properties = {name: _of(types[name], definitions) for name in own}
    for name in properties.keys() & kind._field_defaults.keys():
        properties[name] = _or_null(properties[name])
    for name, text in _field_docs(kind).items():
        properties[name] = {**properties[name], "description": text}
    for group in groups:  # The fields of a group are written in the row itself.
        properties |= _row(group, definitions)["properties"]
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _field_docs(kind: Any) -> dict[str, str]:
    """Return the docstrings below the fields of a row, read from the source since Python does not keep them."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef), "a row is a class"
    found = {}
    for field, below in pairwise(body.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant):
                found[field.target.id] = " ".join(str(text.value).split())
    return found


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _rows(inner[0], definitions)
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _or_null(_of(inner[1], definitions))}
    if origin is Literal:
        return {"enum": list(inner)}
    if hasattr(kind, "_fields"):
        return _reference(kind, definitions)
    if inner:
        return {"anyOf": [_of(option, definitions) for option in inner]}
    return {"type": _PLAIN[kind]}


def _rows(of: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of rows. Rows with a name may also be written as a mapping from names to rows."""
    item = _of(of, definitions)
    rows: dict[str, Any] = {"type": "array", "items": item}
    if not hasattr(of, "_fields") or ("name" if of is not Source else "id") not in of._fields:
        return rows
    # A name without a value either removes the inherited row or is a row that has only a name.
    return {"anyOf": [{"type": "object", "additionalProperties": _or_null(item)}, rows]}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that may also be null, which removes the inherited value."""
    return {"anyOf": [schema, {"type": "null"}]}


def _reference(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # Ends the recursion: the fields of a key are keys.
        definitions[kind.__name__] = _row(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}
