"""The types of the tables: what a dialect file can say.

A row's field names are the words of the dialect files. Its docstring, and the text below a field,
are what the JSON Schema of dialect files says about them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal, NamedTuple

from agentls.dialects.foreign import ForeignKey, ForeignTool
from agentls.dialects.hooks import Hooks, Named, Servers
from agentls.dialects.runtimes import Condition, Place, Runtime, ToolGrammar


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


class Limit(NamedTuple):
    """What a runtime asks of a text: `longest` is the number of characters that it may have (0 for
    any), and `pattern` what it has to match, whose meaning is told in `words`."""

    longest: int = 0
    pattern: str = ""
    words: str = ""


class Key(NamedTuple):
    """A frontmatter key, or a field of a mapping below one."""

    name: str
    type: str
    """How completion, hover and rules treat it: text, enum, boolean, integer, number, tools, model, models,
    skills, agents, servers, hooks, globs, record (a mapping or a list of mappings with `fields`) or any."""
    summary: str
    source: str
    details: str = ""
    required: bool = False
    values: tuple[Value, ...] = ()
    """The words of an enum."""
    ignores_case: bool = False
    """Whether the words are matched without regard to case."""
    closed: bool = True
    """Whether no other words are taken."""
    also: tuple[str, ...] = ()
    """Further scalar types that it takes."""
    default: str = ""
    """In words, what happens without the key."""
    bad_value: str = ""
    """In words, what happens with a value that the runtime does not know."""
    since: str = ""
    plugin: str = ""
    """What changes in a plugin, in a sentence."""
    ignored_in_plugin: bool = False
    form: str = "$1"
    """What completion writes behind the colon, with `$1` for the cursor."""
    specifier: str = ""
    """What a specifier in parentheses comes to in a list of tools."""
    shape: str = ""
    """What the runtimes take for a value, in the words of `agentls.shapes`."""
    shapes: Mapping[str, str] = MappingProxyType({})
    """The same for single runtimes."""
    pattern: str = ""
    """A regular expression that text has to match."""
    pattern_words: str = ""
    """What the pattern means."""
    limits: Mapping[str, Limit] = MappingProxyType({})
    """What single runtimes ask of the text besides."""
    runtimes: tuple[str, ...] = ()
    """The runtimes that know the key; all of the dialect if empty."""
    refused_by: tuple[str, ...] = ()
    """Those that refuse the whole file for a wrong value; if empty, those with `bad_values: refused`."""
    fatal: str = ""
    """The shape of the wrong values for which the whole file is refused, where others are just dropped."""
    applies: Condition | None = None
    """A condition without which the key does nothing."""
    deprecated: str = ""
    """Why it should not be used any more."""
    use: str = ""
    """The key to write instead."""
    empty: str = ""
    """What the key comes to without a value, where that is not nothing."""
    blank: bool = False
    """Whether it often stands there without a value, so that nothing is said of it."""
    no_effect: str = ""
    """Why the key does nothing, though the runtime knows it."""
    no_effect_when: Condition | None = None
    """The condition under which it does nothing; always if there is none."""
    instead: Mapping[str, str] = MappingProxyType({})
    """For values of a deprecated key the line that comes to the same, "" for none."""
    fields: tuple[Key, ...] = ()
    """The keys of a record."""
    unknown_fields: Literal["ignored", "kept", "refused"] = "ignored"
    """What becomes of other keys in a record."""
    unknown_entry: str = ""
    """What an entry of a list comes to that names no tool."""
    one_of: tuple[str, ...] = ()
    """Fields of which a record must have one."""
    unique: bool = False
    """Whether no two records of a list may have an equal value of this field."""
    optional_for: tuple[str, ...] = ()
    """The runtimes that do without what is required."""
    needs: Mapping[str, str] = MappingProxyType({})
    """For single values the key that they cannot go without, to a runtime that asks for it."""
    spared_by: str = ""
    """Another field of the record, beside which this one is not required."""
    needs_tool: str = ""
    """The tool without which, in a list of tools, the key does nothing."""
    refers: Named = ""
    """What the words of the value are names of, where its type does not say so."""
    offered_only: bool = False
    """Whether a name is passed over if the model is not told of what it names."""

    unknown_name: str = ""
    """What the runtime does about such a name if there is nothing of that name, from the verb on."""
    bars: Mapping[str, str] = MappingProxyType({})
    """For single values (in small letters) who cannot start the agent then: "person" or "model"."""

    @property
    def names(self) -> str:
        """What the words of the value are names of: agents, skills, commands or servers; "" for none."""
        return self.refers or _NAMED_BY_TYPE.get(self.type, "")

    def field(self, name: str) -> Key | None:
        """The field of that name in a record."""
        return next((field for field in self.fields if field.name == name), None)

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the key."""
        return not self.runtimes or runtime in self.runtimes

    def shape_for(self, runtime: str) -> str:
        """What the runtime of that name takes for a value."""
        return self.shapes.get(runtime, self.shape)


_NAMED_BY_TYPE = {"agents": "agent", "skills": "skill", "servers": "server"}


class Tool(NamedTuple):
    """A built-in tool.

    `prompts` tells whether its use asks for permission (`None`: not known). `subagents` is "yes", "never", or
    the `permissionMode` that makes it available. `background` tells whether a subagent keeps it in the
    background, `sessions` "all", or "some" if it depends on the session or the system. `specifier` shows what
    may stand in parentheses in permission rules; `scoping` says what it comes to in `tools` where it has an
    effect there after all. `yields_to` names a tool beside which this one is not given, though nothing is
    lost. `members` are the tools that a set of tools stands for, and `aliases` other names that do as well.
    `permission` is the name by which permissions rule it, if that is not its own. `runtimes` are those that
    have it (all of the dialect if empty). `refers` tells what stands in parentheses behind it is the name of.
    """

    name: str
    summary: str
    source: str
    prompts: bool | None = None
    subagents: str = "yes"
    background: bool = True
    sessions: str = "all"
    specifier: str = ""
    scoping: str = ""
    yields_to: str = ""
    since: str = ""
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    permission: str = ""
    runtimes: tuple[str, ...] = ()
    refers: Named = ""


class OldTool(NamedTuple):
    """A name that a tool once had. `now` lists what to write instead; `works` tells whether
    the old name is still understood. `note` says what happened to it, as in "renamed in 2.1.63"."""

    name: str
    now: tuple[str, ...]
    works: bool
    note: str
    source: str


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


class Provider(NamedTuple):
    """Whoever runs models, by the word that stands in front of the `/`. Its models have ids that fit
    a pattern of `ids`; `names` are other words for some of them, with the ids that they stand for."""

    name: str
    summary: str
    source: str
    ids: tuple[str, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})

    def model(self, name: str) -> str | None:
        """The id that `name` stands for, if it looks like one of its models."""
        fits = any(fnmatchcase(name, pattern) for pattern in self.ids)
        return self.names.get(name) or (name if fits else None)


class Models(NamedTuple):
    """How `model` is read: the values known, and patterns of other ids that are in order.

    `long_context` is the suffix that may follow any of them. `elsewhere` are patterns for the
    ids of other providers, or for any id where not all are known, and `others` says what they are.
    Where there are `providers`, an id is written `provider/model`. `unknown` says what becomes of
    other text: it is "passed on" to the provider as it is, or "ignored" unless the account has a model
    of that name.
    """

    known: tuple[Model, ...]
    long_context: str
    elsewhere: tuple[str, ...]
    inherits: tuple[str, ...]
    providers: tuple[Provider, ...] = ()
    others: str = "A model of which nothing is known here."
    unknown: Literal["passed on", "ignored"] = "passed on"

    def get(self, name: str) -> Model | None:
        """The model of that name, in any case, with or without the long-context suffix, which a
        word for the session's model does not take."""
        written = name.strip().lower()
        wanted = written.removesuffix(self.long_context)
        if wanted != written and wanted in self.inherits:
            return None
        return next((model for model in self.known if model.name.lower() == wanted), None)

    def with_provider(self, name: str) -> str | None:
        """The id of a model that is written without its provider, with the one that it is known by."""
        written = name.strip().lower()
        for provider in self.providers:
            model = provider.model(written) or provider.model(re.sub(r"[\s._]+", "-", written))
            if model:
                return f"{provider.name}/{model}"
        return None

    def is_elsewhere(self, name: str) -> bool:
        """Whether `name` has the form of another provider's id."""
        return any(re.search(pattern, name.strip()) for pattern in self.elsewhere)


class TaggedName(NamedTuple):
    """An agent name with a meaning of its own."""

    name: str
    summary: str
    source: str


class Variant(NamedTuple):
    """A shape of the format with keys of its own, chosen by a key of the file: any of the conditions
    `when` is enough. `listed` tells whether the frontmatter may be a list of such definitions. Exactly one of
    `one_of` has to be there. `prompt` tells whether the text below the frontmatter counts. `unless` is a
    condition under which it is not chosen, and `own` are the keys that only this variant has."""

    name: str
    title: str
    when: tuple[Condition, ...]
    keys: tuple[str, ...]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    listed: bool = False
    prompt: bool = True
    unless: Condition | None = None
    own: tuple[str, ...] = ()


class Template(NamedTuple):
    """How a prompt names variables: between `opening` and `closing`, if those are not empty, as one of
    `variables`. `unknown` says what becomes of another name, to follow the title of the runtime."""

    opening: str = ""
    closing: str = ""
    variables: tuple[TaggedName, ...] = ()
    unknown: str = ""


class Facts(NamedTuple):
    """Everything known about one format, as its file tells it. `thing` is what people call one file, and
    `kind` what it is: of agents and skills a model is told the descriptions, and chooses by them; a command
    is started by a person, by its name; a mere text has none.

    `triggers` are conditions of which one has to be met for the text to be used by itself, without
    anybody asking for it; there are none where that goes without saying. `mention` is how a prompt names an
    agent that is to be started, with `{}` for its name.
    """

    name: str
    title: str
    runtimes: tuple[Runtime, ...]
    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    keys: tuple[Key, ...]
    skeleton: str
    thing: str = "agent"
    kind: Literal["agent", "skill", "command", "text"] = "agent"
    triggers: tuple[Condition, ...] = ()
    variants: tuple[Variant, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_grammar: ToolGrammar = ToolGrammar()
    old_tools: tuple[OldTool, ...] = ()
    foreign_tools: tuple[ForeignTool, ...] = ()
    models: Models = Models((), "", (), ())
    hooks: Hooks = Hooks()
    servers: Servers = Servers()
    builtin_agents: tuple[TaggedName, ...] = ()
    reserved_names: tuple[TaggedName, ...] = ()
    template: Template = Template()
    mention: str = ""
    user_tools: tuple[str, ...] = ()
