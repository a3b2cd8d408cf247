"""Dialects: what a format consists of, as data.

One YAML file per dialect holds every fact about it: places, keys, values, tools, models,
hooks, each with its source. Completion, hover, checks, the inspection and the docs read the
same tables, so none of them can disagree with another. This module gives the files their
types, loads them, and merges in what a user adds (`effective`, the only merge).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from agentls.dialects import crosswalk, places
from agentls.dialects.foreign import ForeignKey, ForeignModel, ForeignTool
from agentls.dialects.hooks import HookEvent, HookHandler
from agentls.dialects.places import DialectPlace
from agentls.dialects.records import (
    DialectRecord,
    FormerTool,
    Key,
    Model,
    Source,
    SpecialName,
    Tool,
)
from agentls.dialects.rows import (
    Profiles,
    apply_profiles,
    build_record,
    fill_defaults,
    merge_tables,
    shared_vocabulary,
)
from agentls.dialects.runtimes import Place, Runtime
from agentls.dialects.tables import load_table
from agentls.text.yaml_tree import load_yaml

if TYPE_CHECKING:
    from agentls.config import Config


class Dialect(DialectRecord):
    """The facts about one format, with look-ups by name. Names are case-sensitive."""

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"  # All facts would fill pages.

    @property
    def special_agent_names(self) -> tuple[SpecialName, ...]:
        """The names of agents that mean something to the runtimes by themselves."""
        return (*self.builtin_agents, *self.reserved_names)

    @property
    def model_invocable(self) -> bool:
        """Whether a model is told the descriptions, and chooses by them."""
        return self.kind in ("agent", "skill")

    @cached_property
    def _indexes(self) -> dict[str, dict[str, Any]]:
        return {
            "source": {row.id: row for row in self.sources},
            "runtime": _by_name(self.runtimes),
            "key": _by_name(self.keys),
            "foreign key": _by_name(self.foreign_keys),
            "tool": {**{alias: row for row in self.tools for alias in row.aliases}, **_by_name(self.tools)},
            "old tool": _by_name(self.old_tools),
            "foreign tool": _by_name(self.foreign_tools),
            "any case": _in_any_case(self.tools, self.old_tools, self.foreign_tools),
            "event": _by_name(self.hooks.events),
            "handler": _by_name(self.hooks.handlers),
        }

    @cached_property
    def resolved_tools(self) -> dict[Any, Any]:
        """What names in lists of tools were resolved to so far, kept by `tool_names`: the same few come in
        every file."""
        return {}

    @cached_property
    def unresolved_entries(self) -> dict[Any, Any]:
        """What was found out so far about entries of lists of tools, kept by the linter."""
        return {}

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
        """What is known about a key that belongs elsewhere: the dialect's own word on it comes
        first, the crosswalk second."""
        return self._indexes["foreign key"].get(name) or crosswalk.load_crosswalk().translate_key(name, self)

    def tool(self, name: str) -> Tool | None:
        """The built-in tool of that name, or of which that is an alias."""
        return self._indexes["tool"].get(name)

    def old_tool(self, name: str) -> FormerTool | None:
        """What became of a tool name that is no longer used."""
        return self._indexes["old tool"].get(name)

    def foreign_tool(self, name: str) -> ForeignTool | None:
        """What is known about a tool name that belongs elsewhere. A name that a tool has or had here,
        in any case, does not."""
        row: ForeignTool | None = self._indexes["foreign tool"].get(name)
        if row or name.lower() in self._tool_names:
            return row
        return crosswalk.load_crosswalk().translate_tool(name, self)

    def foreign_model(self, name: str) -> ForeignModel | None:
        """What is known about the name of a model that is written for another format."""
        if self.models.get(name) or self.models.matches_other_id(name):
            return None
        use = self.models.with_provider(name)
        if use:
            return ForeignModel(name, replacement=use)
        provider, _, bare = name.partition("/")
        if self.models.get(bare):
            return ForeignModel(name, replacement=bare, provider=provider)
        return crosswalk.load_crosswalk().translate_model(name, self)

    def permission_for(self, tool: str) -> str:
        """The name by which permissions rule a tool."""
        known = self.tool(tool)
        return (known.permission_name if known else "") or tool

    def is_always_available(self, name: str) -> bool:
        """Whether the tool of that name exists, and an agent may always have it."""
        tool = self.tool(name)
        return tool is not None and tool.availability == "always"

    @cached_property
    def _tool_names(self) -> frozenset[str]:
        names = (*(tool.name for tool in self.tools), *(old.name for old in self.old_tools))
        return frozenset(name.lower() for name in names)

    def tool_ignoring_case(self, name: str) -> str | None:
        """The name, of today, of old or of another product, that differs from `name` in nothing but
        case; the dialect's own come first, and of others the first."""
        found: str | None = self._indexes["any case"].get(name.lower())
        return found

    def hook_event(self, name: str) -> HookEvent | None:
        """The hook event of that name."""
        return self._indexes["event"].get(name)

    def hook_handler(self, name: str) -> HookHandler | None:
        """The kind of hook handler of that name."""
        return self._indexes["handler"].get(name)


def _in_any_case(*tables: tuple[Any, ...]) -> dict[str, str]:
    """The names in tables by themselves in lower case; of equal ones the first."""
    return {row.name.lower(): row.name for rows in reversed(tables) for row in reversed(rows)}


def _by_name(rows: tuple[Any, ...]) -> dict[str, Any]:
    return {row.name: row for row in rows}


DIALECT_NAMES = places.shipped_dialect_names()
"""The dialects that ship, the most common first."""


UserDialects = tuple[tuple[str, str], ...]
"""Dialect files of a user's, in order: the name of each dialect, and the text of its file."""


def dialect_names(files: UserDialects = ()) -> tuple[str, ...]:
    """The dialects that there are: those that ship, and a user's own."""
    return tuple(dict.fromkeys((*DIALECT_NAMES, *(name for name, _ in files))))


def load_dialect(name: str, files: UserDialects = ()) -> Dialect:
    """The dialect of that name, as it ships or as a user has it.

    Raises `KeyError` for a name that there is not, and `ValueError` for a file that is not in order.
    """
    return _load(name, files)


@cache  # Which tells calls apart by how they are written, so it must not stand at `load`.
def _load(name: str, files: UserDialects) -> Dialect:
    built = build_record(Dialect, _data(name, files), "")
    assert isinstance(built, Dialect)
    return built


def _shipped(name: str) -> str:
    """Return `name`, which must be that of a dialect that ships. Raises `KeyError` for another."""
    if name not in DIALECT_NAMES:
        raise KeyError(f"there is no dialect `{name}`; known: {', '.join(DIALECT_NAMES)}")
    return name


def _data(name: str, files: UserDialects) -> dict[str, Any]:
    """What the file of a dialect says, with what it inherits from the one that it extends, and the
    words of the one that it shares them with.

    A user's file under the name of a dialect that ships adds to it.
    """
    mine = [at for at, (other, _) in enumerate(files) if other == name]
    if not mine:
        data: dict[str, Any] = apply_profiles(load_table(_shipped(name)), profiles())
        data["places"] = places.place_rows(name)
        if name in _builtin_agents():
            data["builtin_agents"] = _builtin_agents()[name]
        return merge_tables(_inherited(data, None, ()), data)
    at = mine[-1]
    data = fill_defaults(apply_profiles(load_yaml(files[at][1]), profiles()))
    base = data.get("extends", name if name in DIALECT_NAMES else None)
    inherited = _inherited(data, base, files[:at])
    if not inherited:
        return data
    if base == name:
        data["places"] = [*inherited.get("places", ()), *data.get("places", ())]
    data.setdefault("runtimes", inherited.get("runtimes", {}))
    data.setdefault("places", [])
    return merge_tables(inherited, data)


def _inherited(data: dict[str, Any], otherwise: str | None, files: UserDialects) -> dict[str, Any]:
    """What the dialects say that a file names as those it builds on; it then names them no more."""
    base, words = data.pop("extends", otherwise), data.pop("vocabulary", None)
    inherited = _data(base, files) if base else {}
    return merge_tables(inherited, shared_vocabulary(_data(words, files))) if words else inherited


@cache
def profiles() -> Profiles:
    """What dialects have in common and name by `profile`."""
    table: Profiles = load_table("profiles")
    return table


@cache
def _builtin_agents() -> dict[str, Any]:
    """The rows of built-in agents of each product, by its dialect."""
    table: dict[str, Any] = load_table("builtin-agents")
    return table


@cache
def builtin_agents() -> frozenset[str]:
    """The names, in lower case, of the agents that come with any product whose dialect ships."""
    return frozenset(name.lower() for rows in _builtin_agents().values() for name in rows)


@cache
def dialect_places(name: str, files: UserDialects = ()) -> tuple[Place, ...]:
    """The places of the dialect `name`."""
    if any(other == name for other, _ in files):
        return load_dialect(name, files).places
    return places.shipped_places_of(name)


def all_places(files: UserDialects = ()) -> Iterator[DialectPlace]:
    """Yield the places of all dialects in the order in which they are tried: the user's own first, and last
    those that may be in any folder. The next one is not parsed until it is asked for, so that a file in a
    common place does not wait for all the others."""
    own = dict.fromkeys(name for name, _ in files)
    for anywhere in (False, True):
        for name in own:
            for place in dialect_places(name, files):
                if anywhere != bool(place.folder):
                    yield DialectPlace(place, name)
        for shipped in places.shipped_places():
            if anywhere != bool(shipped.place.folder) and shipped.dialect not in own:
                yield shipped


def user_dialects(config: Config) -> UserDialects:
    """The dialect files that `config` adds."""
    return tuple((file.name, file.text) for file in config.dialects if file.name)


def find_unknown_names(config: Config) -> tuple[str, ...]:
    """A message for each name in `config` that is no dialect, or no runtime of one."""
    known = dialect_names(user_dialects(config))
    problems = [
        f"there is no dialect `{name}`; known: {', '.join(known)}"
        for name in config.places
        if name not in known
    ]
    if config.runtimes:
        readers = {
            runtime.name for name in known for runtime in load_dialect(name, user_dialects(config)).runtimes
        }
        problems += [
            f"there is no runtime `{name}`; known: {', '.join(sorted(readers))}"
            for name in config.runtimes
            if name not in readers
        ]
    return tuple(problems)


def configure_dialect(name: str, config: Config) -> Dialect:
    """The dialect `name` with the tools, models and keys that `config` adds to it."""
    return _effective(name, config.tools, config.models, config.keys, user_dialects(config))


@cache
def _effective(
    name: str, tools: tuple[str, ...], models: tuple[str, ...], keys: tuple[str, ...], files: UserDialects
) -> Dialect:
    dialect = load_dialect(name, files)
    if not (tools or models or keys):
        return dialect
    yours = Source("configuration", "your configuration", "", confidence="observed")
    said = "Added in your configuration."
    return dialect._replace(
        sources=(*dialect.sources, yours),
        configured_tools=tools,
        keys=(*dialect.keys, *(Key(key, "any", said, yours.id) for key in keys)),
        models=dialect.models._replace(
            known=(*dialect.models.known, *(Model(model, said, yours.id) for model in models)),
        ),
    )
