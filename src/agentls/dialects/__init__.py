"""Dialects: what a format consists of, as data.

One YAML file per dialect holds every fact about it: places, keys, values, tools, models,
hooks, each with its source. Completion, hover, checks, the inspection and the docs read the
same tables, so none of them can disagree with another. This module gives the files their
types, loads them, and merges in what a user adds (`effective`, the only merge).
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from agentls.frontmatter import load_data

if TYPE_CHECKING:
    from agentls.config import Config


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from. `date` is the ISO day on which they were true.

    `confidence` is "documented", "observed" or "third-party"; a third-party fact never makes
    an error.
    """

    id: str
    title: str
    date: str
    url: str = ""
    confidence: str = "documented"


@dataclass(frozen=True, slots=True)
class Value:
    """One word that a key accepts. `alias_of` names the word it now stands for."""

    name: str
    summary: str
    source: str
    alias_of: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A frontmatter key.

    `type` is one of: text, enum, boolean, integer, tools, model, skills, servers, hooks, any.
    `values` are the words of an enum (matched without regard to case if `ignores_case`); `also`
    lists further scalar types it takes. `default` and `bad_value` say in words what happens
    without the key, and with a value the runtime does not know. `plugin` says what changes in
    a plugin: "" nothing, else a sentence; `ignored_in_plugin` marks keys that do nothing there.
    `form` is what completion writes behind the colon, with `$1` for the cursor.
    """

    name: str
    type: str
    summary: str
    source: str
    details: str = ""
    required: bool = False
    values: tuple[Value, ...] = ()
    ignores_case: bool = False
    closed: bool = True
    also: tuple[str, ...] = ()
    default: str = ""
    bad_value: str = ""
    since: str = ""
    plugin: str = ""
    ignored_in_plugin: bool = False
    form: str = "$1"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A key of another kind of file. `use` is the key to write here instead, `alias` marks a
    plain misspelling of it (the value can stay as it is)."""

    name: str
    of: str = ""
    use: str = ""
    alias: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A built-in tool.

    `prompts` tells whether its use asks for permission (`None`: not known). `subagents` is
    "yes", "never", or the `permissionMode` that makes it available. `background` tells whether
    a subagent keeps it in the background, `sessions` "all", or "some" if it depends on the
    session or the system. `specifier` shows what may stand in parentheses in permission rules.
    """

    name: str
    summary: str
    source: str
    prompts: bool | None = None
    subagents: str = "yes"
    background: bool = False
    sessions: str = "all"
    specifier: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class OldTool:
    """A name that a tool once had. `now` lists what to write instead; `works` tells whether
    the old name is still understood."""

    name: str
    now: tuple[str, ...]
    works: bool
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class ForeignTool:
    """A tool name of another product, and what comes nearest here."""

    name: str
    of: str
    now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A value of `model`. `sends` is the id it resolves to ("" for itself).

    `kind` is "alias" or "id"; `status` is "current", "older", "remapped" (another model
    answers) or "retired" (requests fail).
    """

    name: str
    summary: str
    source: str
    kind: str = "id"
    sends: str = ""
    status: str = "current"


@dataclass(frozen=True, slots=True)
class Models:
    """How `model` is read: the values known, and patterns of other ids that are in order.

    `long_context` is the suffix that may follow any of them. `elsewhere` are patterns for the
    ids of other providers.
    """

    known: tuple[Model, ...]
    long_context: str
    elsewhere: tuple[str, ...]
    inherits: tuple[str, ...]

    def get(self, name: str) -> Model | None:
        """The model of that name, in any case, with or without the long-context suffix."""
        wanted = name.strip().lower().removesuffix(self.long_context)
        return next((model for model in self.known if model.name == wanted), None)


@dataclass(frozen=True, slots=True)
class HookEvent:
    """A moment at which hooks run. `matches` says what its matcher is compared with ("" where
    a matcher is ignored). `guard` marks events whose broken definition unloads the agent."""

    name: str
    summary: str
    source: str
    matches: str = ""
    guard: bool = False


@dataclass(frozen=True, slots=True)
class HookField:
    """A field of a hook handler. `type` is text, number, boolean, list, mapping or any."""

    name: str
    type: str
    summary: str
    source: str
    required: bool = False
    values: tuple[str, ...] = ()
    no_effect: str = ""


@dataclass(frozen=True, slots=True)
class HookHandler:
    """A kind of hook handler, with the fields that only it has."""

    name: str
    summary: str
    source: str
    fields: tuple[HookField, ...]


@dataclass(frozen=True, slots=True)
class Hooks:
    """The vocabulary of `hooks`: events, kinds of handlers, and the fields all of them share."""

    events: tuple[HookEvent, ...] = ()
    handlers: tuple[HookHandler, ...] = ()
    common: tuple[HookField, ...] = ()


@dataclass(frozen=True, slots=True)
class Servers:
    """The vocabulary of an MCP server's definition."""

    transports: tuple[Value, ...] = ()
    fields: tuple[HookField, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedName:
    """An agent name with a meaning of its own."""

    name: str
    summary: str
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where files of the dialect lie: in `folder` or anywhere below it, under names that fit
    the pattern `files`. `scope` is "project" (the folder may lie anywhere) or "plugin" (it
    lies in the root of a plugin)."""

    folder: str
    files: str
    scope: str
    source: str

    def holds(self, path: str) -> bool:
        """Whether a file of that path (with `/`, counted from a plugin's root for the scope
        "plugin") lies in this place."""
        folders, _, name = path.rpartition("/")
        if not fnmatchcase(name, self.files):
            return False
        if self.scope == "plugin":
            return f"{folders}/".startswith(f"{self.folder}/")
        return f"/{self.folder}/" in f"/{folders}/"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A reader of the format: its name for people, the version the facts were observed on,
    and the strategy in `agentls.reading` that reproduces how it reads."""

    name: str
    title: str
    version: str
    strategy: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything known about one format."""

    name: str
    title: str
    runtimes: tuple[Runtime, ...]
    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    keys: tuple[Key, ...]
    skeleton: str
    foreign_keys: tuple[ForeignKey, ...] = ()
    tools: tuple[Tool, ...] = ()
    old_tools: tuple[OldTool, ...] = ()
    foreign_tools: tuple[ForeignTool, ...] = ()
    models: Models = Models((), "", (), ())
    hooks: Hooks = Hooks()
    servers: Servers = Servers()
    builtin_agents: tuple[TaggedName, ...] = ()
    reserved_names: tuple[TaggedName, ...] = ()
    user_tools: tuple[str, ...] = ()
    _tables: dict[type, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)

    def source(self, name: str) -> Source:
        """The source that a fact names."""
        return self._look_up(Source, self.sources, name, key="id")  # type: ignore[return-value]

    def key(self, name: str) -> Key | None:
        """The key of that name, which is case-sensitive."""
        return self._look_up(Key, self.keys, name)

    def foreign_key(self, name: str) -> ForeignKey | None:
        """What is known about a key that belongs elsewhere."""
        return self._look_up(ForeignKey, self.foreign_keys, name)

    def tool(self, name: str) -> Tool | None:
        """The built-in tool of that exact name."""
        return self._look_up(Tool, self.tools, name)

    def old_tool(self, name: str) -> OldTool | None:
        """What became of a tool name that is no longer used."""
        return self._look_up(OldTool, self.old_tools, name)

    def foreign_tool(self, name: str) -> ForeignTool | None:
        """What is known about a tool name that belongs elsewhere."""
        return self._look_up(ForeignTool, self.foreign_tools, name)

    def event(self, name: str) -> HookEvent | None:
        """The hook event of that exact name."""
        return self._look_up(HookEvent, self.hooks.events, name)

    def handler(self, name: str) -> HookHandler | None:
        """The kind of hook handler of that name."""
        return self._look_up(HookHandler, self.hooks.handlers, name)

    def _look_up(self, kind: type[_T], rows: tuple[_T, ...], name: str, key: str = "name") -> _T | None:
        """A row by its name, through an index that is made on first use."""
        table = self._tables.get(kind)
        if table is None:
            table = self._tables[kind] = {getattr(row, key): row for row in rows}
        return table.get(name)


_T = typing.TypeVar("_T")

NAMES = ("claude-code",)
"""The dialects that ship, the most common first."""


@cache
def load(name: str) -> Dialect:
    """The dialect that ships under `name`.

    Raises `KeyError` for a name not in `NAMES`.
    """
    if name not in NAMES:
        raise KeyError(name)
    text = files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
    built = build(Dialect, load_data(text), name)
    assert isinstance(built, Dialect)
    return built


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
    return replace(
        dialect,
        sources=(*dialect.sources, yours),
        user_tools=tools,
        keys=(*dialect.keys, *(Key(key, "any", said, yours.id) for key in keys)),
        models=replace(
            dialect.models,
            known=(*dialect.models.known, *(Model(model.lower(), said, yours.id) for model in models)),
        ),
        _tables={},
    )


def build(kind: Any, data: Any, path: str) -> Any:
    """An instance of the dataclass `kind` (or of a plain type) from what a YAML file holds.

    A mapping where a tuple of rows with names is wanted gives each row its key as name (or
    id), in the file's order. Raises `ValueError`, naming `path`, for a field that does not
    exist or is missing, and for a value of the wrong type.
    """
    if typing.get_origin(kind) is tuple:
        (of, _) = typing.get_args(kind)
        if isinstance(data, Mapping):
            label = "id" if of is Source else "name"
            rows = [{label: name, **(row or {})} for name, row in data.items()]
            return tuple(build(of, row, f"{path}.{row[label]}") for row in rows)
        if not isinstance(data, list):
            raise ValueError(f"{path}: expected a list, found {data!r}")
        return tuple(build(of, row, f"{path}[{at}]") for at, row in enumerate(data))
    if not hasattr(kind, "__dataclass_fields__"):
        wanted = typing.get_args(kind) or (kind,)
        if not isinstance(data, wanted):
            raise ValueError(f"{path}: expected {kind}, found {data!r}")
        return data
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: expected a mapping, found {data!r}")
    types = _field_types(kind)
    for name in data:
        if name not in types or name.startswith("_"):
            raise ValueError(f"{path}: {kind.__name__} has no field {name!r}")
    missing = [name for name in _required(kind) if name not in data]
    if missing:
        raise ValueError(f"{path}: missing {', '.join(missing)}")
    return kind(**{name: build(types[name], value, f"{path}.{name}") for name, value in data.items()})


@cache
def _field_types(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _required(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)
