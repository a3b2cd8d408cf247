"""Dialects: what a format consists of, as data.

One YAML file per dialect holds every fact about it: places, keys, values, tools, models,
hooks, each with its source. Completion, hover, checks, the inspection and the docs read the
same tables, so none of them can disagree with another. This module gives the files their
types, loads them, and merges in what a user adds (`effective`, the only merge).
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from agentls.dialects.building import build, merged
from agentls.dialects.facts import (
    Condition,
    Facts,
    Fences,
    ForeignKey,
    ForeignTool,
    HookEvent,
    HookField,
    HookHandler,
    Hooks,
    Key,
    Model,
    Models,
    OldTool,
    Place,
    Runtime,
    Servers,
    Source,
    TaggedName,
    Tool,
    ToolGrammar,
    Transport,
    Value,
    Variant,
)
from agentls.yamltree import load_data

if TYPE_CHECKING:
    from agentls.config import Config

__all__ = [
    "NAMES",
    "Condition",
    "Dialect",
    "Fences",
    "ForeignKey",
    "ForeignTool",
    "HookEvent",
    "HookField",
    "HookHandler",
    "Hooks",
    "Key",
    "Model",
    "Models",
    "OldTool",
    "Place",
    "Runtime",
    "Servers",
    "Source",
    "TaggedName",
    "Tool",
    "ToolGrammar",
    "Transport",
    "Value",
    "Variant",
    "build",
    "effective",
    "load",
    "places",
]


class Dialect(Facts):
    """The facts about one format, with look-ups by name. Names are case-sensitive."""

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"  # All facts would fill pages.

    @cached_property
    def _indexes(self) -> dict[str, dict[str, Any]]:
        return {
            "source": {row.id: row for row in self.sources},
            "runtime": _by_name(self.runtimes),
            "key": _by_name(self.keys),
            "foreign key": _by_name(self.foreign_keys),
            "tool": _by_name(self.tools),
            "old tool": _by_name(self.old_tools),
            "foreign tool": _by_name(self.foreign_tools),
            "event": _by_name(self.hooks.events),
            "handler": _by_name(self.hooks.handlers),
        }

    def source(self, name: str) -> Source:
        """The source that a fact names. Raises `KeyError` for one that does not exist."""
        found: Source = self._indexes["source"][name]
        return found

    def runtime(self, name: str) -> Runtime:
        """The runtime of that name. Raises `KeyError` for one that does not read this format."""
        found: Runtime = self._indexes["runtime"][name]
        return found

    def key(self, name: str) -> Key | None:
        """The key of that name."""
        return self._indexes["key"].get(name)

    def field(self, path: str) -> Key | None:
        """The key, or the field of a record, to which `path` leads, as in `handoffs.agent`."""
        name, *names = path.split(".")
        found = self.key(name)
        for name in names:
            found = found.field(name) if found else None
        return found

    def foreign_key(self, name: str) -> ForeignKey | None:
        """What is known about a key that belongs elsewhere."""
        return self._indexes["foreign key"].get(name)

    def tool(self, name: str) -> Tool | None:
        """The built-in tool of that name."""
        return self._indexes["tool"].get(name)

    def old_tool(self, name: str) -> OldTool | None:
        """What became of a tool name that is no longer used."""
        return self._indexes["old tool"].get(name)

    def foreign_tool(self, name: str) -> ForeignTool | None:
        """What is known about a tool name that belongs elsewhere."""
        return self._indexes["foreign tool"].get(name)

    def event(self, name: str) -> HookEvent | None:
        """The hook event of that name."""
        return self._indexes["event"].get(name)

    def handler(self, name: str) -> HookHandler | None:
        """The kind of hook handler of that name."""
        return self._indexes["handler"].get(name)


def _by_name(rows: tuple[Any, ...]) -> dict[str, Any]:
    return {row.name: row for row in rows}


NAMES = ("claude-code", "gemini-cli")
"""The dialects that ship, the most common first."""


@cache
def load(name: str) -> Dialect:
    """The dialect that ships under `name`.

    Raises `KeyError` for a name not in `NAMES`.
    """
    built = build(Dialect, _data(name), name)
    assert isinstance(built, Dialect)
    return built


def _text(name: str) -> str:
    if name not in NAMES:
        raise KeyError(name)
    file = __file__.rpartition("__init__")[0] + f"{name}.yaml"
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123  Loading `pathlib` takes as long as this does.
        return opened.read()


def _data(name: str) -> dict[str, Any]:
    """What the file of a dialect says, with what it inherits from the one that it extends."""
    data: dict[str, Any] = load_data(_text(name))
    base = data.pop("extends", None)
    return merged(_data(base), data) if base else data


class Home(NamedTuple):
    """A place, and the dialect whose files lie there."""

    place: Place
    dialect: str


_HEAD = re.compile(r"^keys:", re.MULTILINE)


@cache
def places() -> tuple[Home, ...]:
    """The places of all dialects, in the order in which they are tried.

    Only the head of each file is parsed, in front of its keys: most of it is needed for few files.
    """
    homes = []
    for name in NAMES:
        head = load_data(_HEAD.split(_text(name))[0])
        homes += [Home(build(Place, row, f"{name}.places"), name) for row in head["places"]]
    return tuple(homes)


def effective(name: str, config: Config) -> Dialect:
    """The dialect `name` with the tools, models and keys that `config` adds to it."""
    return _effective(name, config.tools, config.models, config.keys)


@cache
def _effective(name: str, tools: tuple[str, ...], models: tuple[str, ...], keys: tuple[str, ...]) -> Dialect:
    dialect = load(name)
    if not (tools or models or keys):
        return dialect
    yours = Source("configuration", "your configuration", "", confidence="observed")
    said = "Added in your configuration."
    return dialect._replace(
        sources=(*dialect.sources, yours),
        user_tools=tools,
        keys=(*dialect.keys, *(Key(key, "any", said, yours.id) for key in keys)),
        models=dialect.models._replace(
            known=(*dialect.models.known, *(Model(model, said, yours.id) for model in models)),
        ),
    )
