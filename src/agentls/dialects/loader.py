"""Dialects: the facts about formats, as data.

Each dialect has one YAML file with every fact about its format: keys, values, tools, models and hooks, each with
its source. Completion, hover, rules, the inspection and the docs read the same tables, so that they cannot
disagree. This module loads the tables as records, and adds what a user configures (`configure_dialect`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from agentls.config import Problem, unknown_word
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


Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

MAX_REMEMBERED = 4096
"""The maximum number of answers that a dialect remembers for each function."""


class Dialect(DialectRecord):
    """The facts about one format, with look-ups by name. Names are case-sensitive."""

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"  # The facts would fill pages.

    @property
    def special_agent_names(self) -> tuple[SpecialName, ...]:
        """Return the agent names with a meaning of their own: those of built-in agents and reserved names."""
        return (*self.builtin_agents, *self.reserved_names)

    @property
    def model_invocable(self) -> bool:
        """Whether a model receives the descriptions and chooses by them."""
        return self.kind in ("agent", "skill")

    @property
    def new_file_place(self) -> Place:
        """Return the place in a project where files of this format are created."""
        return next(place for place in self.places if place.scope == "project")

    def owners_of(self, place: Place | None) -> tuple[str, ...]:
        """Return the names of the runtimes that a place of this format belongs to: those that it names, else all."""
        return (place.runtimes if place else ()) or tuple(runtime.name for runtime in self.runtimes)

    @cached_property
    def _indexes(self) -> dict[str, dict[str, Any]]:
        return {
            "source": {row.id: row for row in self.sources},
            "runtime": _by_name(self.runtimes),
            "tool": {**{alias: row for row in self.tools for alias in row.aliases}, **_by_name(self.tools)},
            "old tool": _by_name(self.old_tools),
            "any case": _in_any_case(self.tools, self.old_tools, self.foreign_tools),
            "event": _by_name(self.hooks.events),
            "handler": _by_name(self.hooks.handlers),
        }

    @cached_property
    def keys_adding_tools(self) -> tuple[Key, ...]:
        """Return the keys whose values add tools to those that are listed."""
        return tuple(key for key in self.keys if key.effects.adds_tools and not key.effects.no_effect)

    @cached_property
    def keys_blocking_callers(self) -> tuple[Key, ...]:
        """Return the keys whose values decide who cannot start the definition."""
        return tuple(key for key in self.keys if key.effects.blocks_callers)

    @cached_property
    def lower_tool_names(self) -> frozenset[str]:
        """Return the names of all current and former tools in lower case."""
        names = (*(tool.name for tool in self.tools), *(old.name for old in self.old_tools))
        return frozenset(map(str.lower, names))

    def remember(self, find: Callable[[Question, Dialect], Answer], question: Question) -> Answer:
        """Return `find(question, self)`, computed once for each question: most files use the same few names."""
        answers = self._answers.setdefault(find, {})
        if question not in answers:
            if len(answers) >= MAX_REMEMBERED:
                answers.clear()
            answers[question] = find(question, self)
        found: Answer = answers[question]
        return found

    @cached_property
    def _answers(self) -> dict[Callable[..., Any], dict[Any, Any]]:
        return {}

    @cached_property
    def resolved_tools(self) -> dict[Any, Any]:
        """The cache of `tool_names`: what names in lists of tools resolve to. Most files use the same few names."""
        return {}

    @cached_property
    def unresolved_entries(self) -> dict[Any, Any]:
        """The cache of the linter for entries of lists of tools."""
        return {}

    def source(self, name: str) -> Source:
        """Return the source that a fact names. Raises `KeyError` for an unknown one."""
        found: Source = self._indexes["source"][name]
        return found

    def runtime(self, name: str) -> Runtime:
        """Return the runtime of that name. Raises `KeyError` for one that does not read this format."""
        found: Runtime = self._indexes["runtime"][name]
        return found

    def key(self, name: str) -> Key | None:
        """Return the key of that name."""
        return self._keys.get(name)

    @cached_property
    def _keys(self) -> dict[str, Key]:
        return _by_name(self.keys)

    def field(self, path: str) -> Key | None:
        """Return the key, or the field of a record, at `path`, as in `handoffs.agent`."""
        name, *names = path.split(".")
        found = self.key(name)
        for name in names:
            found = found.field(name) if found else None
        return found

    def foreign_key(self, name: str) -> ForeignKey | None:
        """Return what is known about a key of another format. A row of the dialect overrides the crosswalk."""
        return self.remember(_find_foreign_key, name)

    def tool(self, name: str) -> Tool | None:
        """Return the built-in tool of that name or alias."""
        return self._indexes["tool"].get(name)

    def old_tool(self, name: str) -> FormerTool | None:
        """Return what is known about a tool name that was renamed or removed."""
        return self._indexes["old tool"].get(name)

    def foreign_tool(self, name: str) -> ForeignTool | None:
        """Return what is known about a tool name of another format. A current or former tool name of this format,
        in any case, has no translation unless the dialect has a row for it."""
        return self.remember(_find_foreign_tool, name)

    def model(self, name: str) -> Model | None:
        """Return the model of that name; see `Models.get`."""
        return self.remember(_find_model, name)

    def foreign_model(self, name: str) -> ForeignModel | None:
        """Return what is known about a model name that is written for another format."""
        return self.remember(_find_foreign_model, name)

    def permission_for(self, tool: str) -> str:
        """Return the name of the permission that controls a tool."""
        known = self.tool(tool)
        return (known.permission_name if known else "") or tool

    def is_always_available(self, name: str) -> bool:
        """Whether there is a tool of that name that is available to every agent."""
        tool = self.tool(name)
        return tool is not None and tool.availability == "always"

    def tool_ignoring_case(self, name: str) -> str | None:
        """Return the tool name that differs from `name` in case only. Current names are preferred to former ones,
        and those to names of other products."""
        found: str | None = self._indexes["any case"].get(name.lower())
        return found

    def hook_event(self, name: str) -> HookEvent | None:
        """Return the hook event of that name."""
        return self._indexes["event"].get(name)

    def hook_handler(self, name: str) -> HookHandler | None:
        """Return the type of hook handler of that name."""
        return self._indexes["handler"].get(name)


def _find_foreign_key(name: str, dialect: Dialect) -> ForeignKey | None:
    own = next((row for row in dialect.foreign_keys if row.name == name), None)
    return own or crosswalk.load_crosswalk().translate_key(name, dialect)


def _find_foreign_tool(name: str, dialect: Dialect) -> ForeignTool | None:
    own = next((row for row in dialect.foreign_tools if row.name == name), None)
    if own or name.lower() in dialect.lower_tool_names:
        return own
    return crosswalk.load_crosswalk().translate_tool(name, dialect)


def _find_foreign_model(name: str, dialect: Dialect) -> ForeignModel | None:
    if dialect.model(name) or dialect.models.matches_other_id(name):
        return None
    qualified = dialect.models.with_provider(name)
    if qualified:
        return ForeignModel(name, replacement=qualified)
    provider, _, bare = name.partition("/")
    if dialect.model(bare):
        return ForeignModel(name, replacement=bare, provider=provider)
    return crosswalk.load_crosswalk().translate_model(name, dialect)


def _find_model(name: str, dialect: Dialect) -> Model | None:
    return dialect.models.get(name)


def _in_any_case(*tables: tuple[Any, ...]) -> dict[str, str]:
    """Return the names in the tables by their lower-case form. Of several, the first is used."""
    return {row.name.lower(): row.name for rows in reversed(tables) for row in reversed(rows)}


def _by_name(rows: tuple[Any, ...]) -> dict[str, Any]:
    return {row.name: row for row in rows}


DIALECT_NAMES = places.shipped_dialect_names()
"""The names of the shipped dialects, the most common first."""

UserDialects = tuple[tuple[str, str], ...]
"""The dialect files of a user: the name of each dialect and the text of its file. A file may extend earlier ones."""


def dialect_names(files: UserDialects = ()) -> tuple[str, ...]:
    """Return the names of the shipped dialects and of those of a user."""
    return tuple(dict.fromkeys((*DIALECT_NAMES, *(name for name, _ in files))))


def load_dialect(name: str, files: UserDialects = ()) -> Dialect:
    """Return the dialect of that name: that of a user's file, or else the shipped one.

    Raises `KeyError` for an unknown name, and `ValueError` for an invalid file.
    """
    return _load(name, files)


# `load_dialect` is not cached itself: the cache would distinguish calls with and without the default argument.
@cache
def _load(name: str, files: UserDialects) -> Dialect:
    built = build_record(Dialect, _data(name, files), "")
    assert isinstance(built, Dialect)
    return built


def _shipped(name: str) -> str:
    """Return `name` if it is the name of a shipped dialect. Raises `KeyError` if not."""
    if name not in DIALECT_NAMES:
        raise KeyError(f"unknown dialect `{name}`; known: {', '.join(DIALECT_NAMES)}")
    return name


def _data(name: str, files: UserDialects) -> dict[str, Any]:
    """Return the data of a dialect file, merged with that of the dialect that it extends and with the vocabulary of
    the dialect that it shares it with.

    A user's file with the name of a shipped dialect extends that dialect.
    """
    defining = [at for at, (other, _) in enumerate(files) if other == name]
    if not defining:
        data: dict[str, Any] = apply_profiles(load_table(_shipped(name)), profiles())
        data["places"] = places.place_rows(name)
        if name in _builtin_agents():
            data["builtin_agents"] = _builtin_agents()[name]
        return merge_tables(_inherited(data, None, ()), data)
    at = defining[-1]
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
    """Return the data that a file inherits by `extends` and `vocabulary`, and remove these two fields from it.
    `otherwise` is the dialect that is extended without `extends`."""
    base, product = data.pop("extends", otherwise), data.pop("vocabulary", None)
    inherited = _data(base, files) if base else {}
    return merge_tables(inherited, shared_vocabulary(_data(product, files))) if product else inherited


@cache
def profiles() -> Profiles:
    """Return the shared fields that dialects name by `profile`."""
    table: Profiles = load_table("profiles")
    return table


@cache
def _builtin_agents() -> dict[str, Any]:
    """Return the rows of built-in agents by dialect."""
    table: dict[str, Any] = load_table("builtin-agents")
    return table


@cache
def builtin_agents() -> frozenset[str]:
    """Return the names, in lower case, of the built-in agents of all products."""
    return frozenset(name.lower() for rows in _builtin_agents().values() for name in rows)


@cache
def dialect_places(name: str, files: UserDialects = ()) -> tuple[Place, ...]:
    """Return the places of the dialect `name`."""
    if any(other == name for other, _ in files):
        return load_dialect(name, files).places
    return places.shipped_places_of(name)


def all_places(files: UserDialects = ()) -> Iterable[DialectPlace]:
    """Return the places of all dialects in the order in which they are tried: those of the user's dialects first,
    and last those that match in any folder or are not read. Parsing is lazy, so that a file in a common place does
    not wait for all others."""
    return _ALL_PLACES.get(files) or _order_places(files)


_ALL_PLACES: dict[UserDialects, tuple[DialectPlace, ...]] = {}
"""The places of all dialects, once all of them were tried: those with the dialects of a user that were used last."""


def _order_places(files: UserDialects) -> Iterator[DialectPlace]:
    ordered = []
    for found in _places_in_order(files):
        ordered.append(found)
        yield found
    _ALL_PLACES.clear()
    _ALL_PLACES[files] = tuple(ordered)


def _places_in_order(files: UserDialects) -> Iterator[DialectPlace]:
    user_names = dict.fromkeys(name for name, _ in files)
    for late in (False, True):
        for name in user_names:
            for place in dialect_places(name, files):
                if late == is_late(place):
                    yield DialectPlace(place, name)
        for shipped in places.shipped_places():
            is_replaced = shipped.dialect in user_names and shipped.place.is_read
            if late == is_late(shipped.place) and not is_replaced:
                yield shipped


def is_late(place: Place) -> bool:
    """Whether a place is tried after all others: it is in any folder, is not read, or read on demand."""
    return not (place.folder and place.is_read) or place.on_demand


def user_dialects(config: Config) -> UserDialects:
    """Return the dialect files that `config` adds."""
    return tuple((file.name, file.text) for file in config.dialects if file.name)


def find_unknown_names(config: Config) -> tuple[Problem, ...]:
    """Return a problem for each unknown dialect and each unknown runtime in `config`."""
    dialects = dialect_names(user_dialects(config))
    problems = [
        unknown_word("unknown-dialect", "dialect", name, dialects, ("places", name), about_key=True)
        for name in config.places
        if name not in dialects
    ]
    runtimes = runtime_names(config) if config.runtimes else ()
    problems += [
        unknown_word("unknown-runtime", "runtime", name, runtimes, ("runtimes", at))
        for at, name in enumerate(config.runtimes)
        if name not in runtimes
    ]
    return tuple(problems)


def runtime_names(config: Config) -> tuple[str, ...]:
    """Return the names of all runtimes, with those of the user's own dialects."""
    files = user_dialects(config)
    names = {runtime.name for name in dialect_names(files) for runtime in load_dialect(name, files).runtimes}
    return tuple(sorted(names))


def configure_dialect(name: str, config: Config) -> Dialect:
    """Return the dialect `name` with the tools, models and keys that `config` adds to it."""
    return _effective(name, config.tools, config.models, config.keys, user_dialects(config))


@cache
def _effective(
    name: str, tools: tuple[str, ...], models: tuple[str, ...], keys: tuple[str, ...], files: UserDialects
) -> Dialect:
    dialect = load_dialect(name, files)
    if not (tools or models or keys):
        return dialect
    source = Source("configuration", "your configuration", "", confidence="observed")
    summary = "Added in your configuration."
    return dialect._replace(
        sources=(*dialect.sources, source),
        configured_tools=tools,
        keys=(*dialect.keys, *(Key(key, "any", summary, source.id) for key in keys)),
        models=dialect.models._replace(
            known=(*dialect.models.known, *(Model(model, summary, source.id) for model in models)),
        ),
    )
