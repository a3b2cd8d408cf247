"""The commands that come with each product."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class BuiltinCommands(NamedTuple):
    """The built-in commands of one runtime, each with what it does."""

    source: Source
    commands: Mapping[str, str]


@cache
def _table() -> Mapping[str, BuiltinCommands]:
    found: Mapping[str, BuiltinCommands] = build_record(
        Mapping[str, BuiltinCommands], load_table("builtin-commands"), "builtin-commands"
    )
    return found


def builtin_commands(runtime: str) -> Mapping[str, str]:
    """Return the built-in commands of the runtime of that name, each with what it does."""
    row = _table().get(runtime)
    return row.commands if row else MappingProxyType({})


@cache
def builtin_command_names() -> frozenset[str]:
    """Return the names of the built-in commands of all runtimes."""
    return frozenset(name for row in _table().values() for name in row.commands)
