"""The types of plain scalars in the parsers of the runtimes, according to the published js-yaml 3, js-yaml 4
and the YAML 1.2 core schema (checked on 2026-11-20)."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document import locate
from agentls.text.yaml_tree import Scalar

PATHS = {
    "core": ".claude/agents/probe.md",
    "dated": ".kimi-code/agents/probe.md",
    "older": ".opencode/agents/probe.md",
}

VALUES = {
    # value: what it is to "core", "dated" and "older"
    "2026-11-20": "str date date",
    "2026-11-20 10:00:00": "str date date",
    "2026-11-20T10:00:00+01:00": "str date date",
    "2026-1-2": "str str str",
    '"2026-11-20"': "str str str",
    "!!str 2026-11-20": "str str str",
    "1:30": "str str int",
    "1_000": "str str int",
    "1_": "str str str",
    "010": "int int int",
    "08": "int int str",
    "0o7": "int int str",
    "0b11": "str int int",
    "0x1F": "int int int",
    "-.5": "float str str",
    ".5": "float float float",
    "1_0.5": "str str float",
    "yes": "str str str",
    "True": "bool bool bool",
    "~": "null null null",
}


@pytest.mark.parametrize("value", VALUES)
def test_a_plain_scalar_has_the_type_of_the_parser(value: str) -> None:
    text = f"---\nname: probe\ndescription: Looks at things.\nnote: {value}\n---\n\nYou look at things.\n"
    for (scalars, path), expected in zip(PATHS.items(), VALUES[value].split(), strict=True):
        document = locate.make_document(path, text, Config())
        assert document is not None
        assert document.readings[0].root is not None
        entry = document.readings[0].root.get("note")
        assert entry is not None
        assert isinstance(entry.value, Scalar)
        assert entry.value.type == expected, scalars
