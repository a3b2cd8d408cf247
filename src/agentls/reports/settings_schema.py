"""The JSON Schema of the settings, for editors that complete and check them: `agentls.toml`, and VS Code's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentls.config import SETTINGS, SEVERITIES, SHOWN, Config, Override, Setting, kebab_case
from agentls.dialects import loader
from agentls.linter.rule import Rule
from agentls.linter.rules import all_rules


def settings_schema() -> dict[str, Any]:
    """Return the schema of `agentls.toml`, and of the table `tool.agentls` in `pyproject.toml`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of agentls",
        **_table(Config, kebab_case, lambda name: {"$ref": f"#/definitions/{name}"}),
        "definitions": {name: make() for name, make in _SHARED.items()},
    }


def setting_schemas(written: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    """Return the schema of each setting with its default, without references and without the descriptions of rules.

    `written` gives the name of the setting with a field's name.
    """
    codes = [rule.code for rule in _sorted_rules()]
    brief: dict[str, dict[str, Any]] = {
        "rule": {"type": "string", "enum": codes},
        "severities": {
            "type": "object",
            "propertyNames": {"enum": codes},
            "additionalProperties": {"type": "string", "enum": list(SEVERITIES)},
        },
        "patterns": _patterns(),
    }
    properties: dict[str, dict[str, Any]] = _table(Config, written, brief.__getitem__)["properties"]
    defaults = {written(field): _plain(value) for field, value in Config()._asdict().items()}
    return {name: {**schema, "default": defaults[name]} for name, schema in properties.items()}


def describe_setting(setting: Setting) -> str:
    """Return the description of a setting as a sentence."""
    words = setting.description
    return f"{words[:1].upper()}{words[1:]}."


_Shared = Callable[[str], dict[str, Any]]
"""From the name of a schema that several settings have to the schema, or to a reference to it."""


def _table(kind: Any, written: Callable[[str], str], shared: _Shared) -> dict[str, Any]:
    """The schema of a table with the fields of `kind`."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            written(field): {
                **_setting(field, written, shared),
                "description": describe_setting(SETTINGS[field]),
            }
            for field in kind._fields
        },
    }


def _setting(field: str, written: Callable[[str], str], shared: _Shared) -> dict[str, Any]:
    setting = SETTINGS[field]
    match setting.type:
        case "rules":
            return {"type": "array", "items": shared("rule")}
        case "severities":
            return shared("severities")
        case "places":
            patterns = shared("patterns")
            return {
                "type": "object",
                "properties": dict.fromkeys(loader.DIALECT_NAMES, patterns),
                "additionalProperties": patterns,
            }
        case "patterns":
            return shared("patterns")
        case "overrides":
            return {"type": "array", "items": {**_table(Override, written, shared), "required": ["paths"]}}
        case "show":
            return {"type": "string", "enum": list(SHOWN)}
        case "boolean":
            return {"type": "boolean"}
        case "count":
            return {"type": "integer", "minimum": setting.least}
        case "runtimes":
            # A dialect of the user may have another one.
            return {
                "type": "array",
                "items": {"type": "string", "examples": list(loader.runtime_names(Config()))},
            }
        case _:
            return {"type": "array", "items": {"type": "string"}}


def _rule() -> dict[str, Any]:
    rules = _sorted_rules()
    return {
        "type": "string",
        "enum": [rule.code for rule in rules],
        "enumDescriptions": [rule.summary for rule in rules],
    }


def _sorted_rules() -> list[Rule]:
    return sorted(all_rules().values(), key=lambda rule: rule.code)


def _severities() -> dict[str, Any]:
    rows = {
        rule.code: {"type": "string", "enum": list(SEVERITIES), "description": rule.summary}
        for rule in _sorted_rules()
    }
    return {"type": "object", "properties": rows, "additionalProperties": False}


def _patterns() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}}


_SHARED = {"rule": _rule, "severities": _severities, "patterns": _patterns}


def _plain(value: Any) -> Any:
    """A default as JSON."""
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if hasattr(value, "keys") else value
