"""Dialects: what a format consists of, as data.

One YAML file per dialect holds every fact about it: places, keys, values, tools, models,
hooks, each with its source. Completion, hover, checks, the inspection and the docs read the
same tables, so none of them can disagree with another. This module gives the files their
types, loads them, and merges in what a user adds (`effective`, the only merge).
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from agentls.yamltree import Node, Scalar, Sequence, load_data

if TYPE_CHECKING:
    from agentls.config import Config


class Source(NamedTuple):
    """Where facts come from. `date` is the ISO day on which they were true.

    `confidence` is "documented", "observed" or "third-party"; a third-party fact never makes
    an error.
    """

    id: str
    title: str
    date: str
    url: str = ""
    confidence: str = "documented"


class Value(NamedTuple):
    """One word that a key accepts. `alias_of` names the word it now stands for."""

    name: str
    summary: str
    source: str
    alias_of: str = ""


class Key(NamedTuple):
    """A frontmatter key.

    `type` is one of: text, enum, boolean, integer, tools, model, skills, servers, hooks, any.
    `values` are the words of an enum (matched without regard to case if `ignores_case`); `also`
    lists further scalar types it takes. `default` and `bad_value` say in words what happens
    without the key, and with a value the runtime does not know. `plugin` says what changes in
    a plugin: "" nothing, else a sentence; `ignored_in_plugin` marks keys that do nothing there.
    `form` is what completion writes behind the colon, with `$1` for the cursor. `specifier` says
    what a specifier in parentheses comes to in a list of tools.
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
    specifier: str = ""


class ForeignKey(NamedTuple):
    """A key of another kind of file. `use` is the key to write here instead, `alias` marks a
    plain misspelling of it (the value can stay as it is)."""

    name: str
    of: str = ""
    use: str = ""
    alias: bool = False
    note: str = ""


class Tool(NamedTuple):
    """A built-in tool.

    `prompts` tells whether its use asks for permission (`None`: not known). `subagents` is
    "yes", "never", or the `permissionMode` that makes it available. `background` tells whether
    a subagent keeps it in the background, `sessions` "all", or "some" if it depends on the
    session or the system. `specifier` shows what may stand in parentheses in permission rules;
    `scoping` says what it comes to in `tools` where it has an effect there after all.
    `yields_to` names a tool beside which this one is not given, though nothing is lost.
    """

    name: str
    summary: str
    source: str
    prompts: bool | None = None
    subagents: str = "yes"
    background: bool = False
    sessions: str = "all"
    specifier: str = ""
    scoping: str = ""
    yields_to: str = ""
    since: str = ""


class OldTool(NamedTuple):
    """A name that a tool once had. `now` lists what to write instead; `works` tells whether
    the old name is still understood."""

    name: str
    now: tuple[str, ...]
    works: bool
    note: str
    source: str


class ForeignTool(NamedTuple):
    """A tool name of another product, and what comes nearest here."""

    name: str
    of: str
    now: tuple[str, ...] = ()


class Model(NamedTuple):
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


class Models(NamedTuple):
    """How `model` is read: the values known, and patterns of other ids that are in order.

    `long_context` is the suffix that may follow any of them. `elsewhere` are patterns for the
    ids of other providers.
    """

    known: tuple[Model, ...]
    long_context: str
    elsewhere: tuple[str, ...]
    inherits: tuple[str, ...]

    def get(self, name: str) -> Model | None:
        """The model of that name, in any case, with or without the long-context suffix, which a
        word for the session's model does not take."""
        written = name.strip().lower()
        wanted = written.removesuffix(self.long_context)
        if wanted != written and wanted in self.inherits:
            return None
        return next((model for model in self.known if model.name.lower() == wanted), None)

    def is_elsewhere(self, name: str) -> bool:
        """Whether `name` has the form of another provider's id."""
        return any(re.search(pattern, name.strip()) for pattern in self.elsewhere)


class HookEvent(NamedTuple):
    """A moment at which hooks run. `matches` says what its matcher is compared with ("" where
    a matcher is ignored). `tool` marks events about the use of a tool, whose matcher names tools.
    `guard` marks events whose broken definition unloads the agent."""

    name: str
    summary: str
    source: str
    matches: str = ""
    tool: bool = False
    guard: bool = False


class HookField(NamedTuple):
    """A field of a hook or of a server. `type` is text, number, boolean, list, mapping or any;
    `no_effect` says why the field does nothing, `only_for_tools` marks a field that keeps a
    handler from running on events that are not about the use of a tool."""

    name: str
    type: str
    summary: str
    source: str
    required: bool = False
    values: tuple[str, ...] = ()
    no_effect: str = ""
    only_for_tools: bool = False

    def accepts(self, value: Node) -> bool:
        """Whether a value has the type of the field and, where those are limited, is one of its values."""
        if isinstance(value, Scalar) and value.is_alias:
            return True
        if not isinstance(value, Scalar):
            return self.type in ("list" if isinstance(value, Sequence) else "mapping", "any")
        if self.values and value.text not in self.values:
            return False
        types = {"text": ("str",), "number": ("int", "float"), "boolean": ("bool",), "any": (value.type,)}
        return value.type in types.get(self.type, ())


class HookHandler(NamedTuple):
    """A kind of hook handler, with the fields that only it has."""

    name: str
    summary: str
    source: str
    fields: tuple[HookField, ...]


class Hooks(NamedTuple):
    """The vocabulary of `hooks`: events, the fields of an entry below an event, kinds of handlers,
    and the fields all of them share."""

    events: tuple[HookEvent, ...] = ()
    entry: tuple[HookField, ...] = ()
    handlers: tuple[HookHandler, ...] = ()
    common: tuple[HookField, ...] = ()


class Transport(NamedTuple):
    """A way to reach an MCP server. `requires` is the field without which it cannot be reached;
    `alias_of` names the transport that is meant by another word for it."""

    name: str
    summary: str
    requires: str
    source: str
    alias_of: str = ""


class Servers(NamedTuple):
    """The vocabulary of an MCP server's definition. The first transport is meant where none is named."""

    transports: tuple[Transport, ...] = ()
    fields: tuple[HookField, ...] = ()


class TaggedName(NamedTuple):
    """An agent name with a meaning of its own."""

    name: str
    summary: str
    source: str


class Place(NamedTuple):
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


class Runtime(NamedTuple):
    """A reader of the format: its name for people, the version the facts were observed on,
    and the strategy in `agentls.reading` that reproduces how it reads."""

    name: str
    title: str
    version: str
    strategy: str


class Facts(NamedTuple):
    """Everything known about one format, as its file tells it."""

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


class Dialect(Facts):
    """The facts about one format, with look-ups by name. Names are case-sensitive."""

    @cached_property
    def _indexes(self) -> dict[str, dict[str, Any]]:
        return {
            "source": {row.id: row for row in self.sources},
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

    def key(self, name: str) -> Key | None:
        """The key of that name."""
        return self._indexes["key"].get(name)

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


NAMES = ("claude-code",)
"""The dialects that ship, the most common first."""


@cache
def load(name: str) -> Dialect:
    """The dialect that ships under `name`.

    Raises `KeyError` for a name not in `NAMES`.
    """
    if name not in NAMES:
        raise KeyError(name)
    file = __file__.rpartition("__init__")[0] + f"{name}.yaml"
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123  Loading `pathlib` takes as long as this does.
        text = opened.read()
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
    return dialect._replace(
        sources=(*dialect.sources, yours),
        user_tools=tools,
        keys=(*dialect.keys, *(Key(key, "any", said, yours.id) for key in keys)),
        models=dialect.models._replace(
            known=(*dialect.models.known, *(Model(model, said, yours.id) for model in models)),
        ),
    )


def build(kind: Any, data: Any, path: str) -> Any:
    """An instance of the named tuple `kind` (or of a plain type) from what a YAML file holds.

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
    if not hasattr(kind, "_fields"):
        wanted = typing.get_args(kind) or (kind,)
        if not isinstance(data, wanted):
            raise ValueError(f"{path}: expected {kind}, found {data!r}")
        return data
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: expected a mapping, found {data!r}")
    types = _field_types(kind)
    for name in data:
        if name not in types:
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
    return tuple(name for name in kind._fields if name not in kind._field_defaults)
