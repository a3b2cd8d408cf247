"""The programs that a runtime runs without permission, as far as that is documented."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class Subcommands(NamedTuple):
    """The subcommands of a program that only read, and those that change something."""

    reading: tuple[str, ...]
    changing: tuple[str, ...]


class ShellPrograms(NamedTuple):
    """The programs that need no permission (`reading`), and those of which this is unknown (`undetermined`). For the
    programs in `subcommands` the first word after the name decides. The programs in `fetching` print what a server
    sends, and those in `running` and, without arguments, in `interpreting` run what they are sent as input."""

    source: Source
    reading: tuple[str, ...]
    undetermined: tuple[str, ...]
    subcommands: Mapping[str, Subcommands]
    fetching: tuple[str, ...]
    running: tuple[str, ...]
    interpreting: tuple[str, ...]


@cache
def shell_programs() -> ShellPrograms:
    """Return the table."""
    found: ShellPrograms = build_record(ShellPrograms, load_table("shell-programs"), "shell-programs")
    return found
