"""The records below a key."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.runtimes import Runtime
from agentls.linter.rule import Context
from agentls.text.yaml_tree import Mapping


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
