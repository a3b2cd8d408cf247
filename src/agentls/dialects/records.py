"""The types of the tables: what a dialect file can say.

A row's field names are the words of the dialect files. Its docstring, and the text below a field,
are what the JSON Schema of dialect files says about them.

The modules with types of tables do without `from __future__ import annotations`: the types are needed as they are,
and `typing` would compile the text of each annotation.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal, NamedTuple

from agentls.dialects.foreign import ForeignKey, ForeignTool
from agentls.dialects.hooks import Hooks, RefersTo, Servers
from agentls.dialects.runtimes import (
    Condition,
    DescriptionRules,
    Effects,
    FileSelection,
    Naming,
    Place,
    Precedence,
    PromptRules,
    Runtime,
    ToolGrammar,
    ToolKeys,
)
from agentls.text.yaml_tree import ScalarType

Confidence = Literal["documented", "observed", "third-party"]
"""How sure a fact is: documented by the makers, observed in the runtime, or reported by others."""

KeyType = Literal[
    "text",
    "enum",
    "boolean",
    "integer",
    "number",
    "tools",
    "model",
    "models",
    "skills",
    "agents",
    "servers",
    "hooks",
    "globs",
    "record",
    "any",
]
"""How completion, hover and rules treat a key. A record is a mapping, or a list of mappings, with `fields`."""

Caller = Literal["person", "model"]
"""Who can start an agent."""


class Source(NamedTuple):
    """Where facts come from. `date` is the ISO day on which they were true.

    A fact of which only third parties tell never makes an error.
    """

    id: str
    title: str
    date: str
    url: str = ""
    confidence: Confidence = "documented"


class EnumValue(NamedTuple):
    """One word that a key accepts. `alias_of` names the word it now stands for."""

    name: str
    summary: str
    source: str
    alias_of: str = ""


class StringLimit(NamedTuple):
    """What a runtime asks of a text: `max_length` is the number of characters that it may have (0 for
    any), and `pattern` what it has to match, whose meaning is told in `description`."""

    max_length: int = 0
    pattern: str = ""
    description: str = ""


class KeyDocs(NamedTuple):
    """What hover shows of a key besides its summary."""

    details: str = ""
    default_effect: str = ""
    """What happens without the key, as a phrase."""
    invalid_effect: str = ""
    """What happens with an invalid value, as a phrase."""
    since: str = ""
    plugin: str = ""
    """What differs in a plugin, as a sentence."""
    specifier: str = ""
    """The effect of a specifier in parentheses in a list of tools."""


class ValueRules(NamedTuple):
    """What the runtimes accept as a value."""

    schema: str = ""
    """What the runtimes accept as a value, in the words of `agentls.dialects.value_schema`."""
    schemas: Mapping[str, str] = MappingProxyType({})
    """The same for single runtimes."""
    also_types: tuple[ScalarType, ...] = ()
    """Further scalar types that are accepted."""
    ignores_case: bool = False
    """Whether the values of an enum are compared without regard to case."""
    closed: bool = True
    """Whether no other values are accepted."""
    pattern: str = ""
    """A regular expression that a string must match."""
    pattern_words: str = ""
    """A description of the pattern."""
    limits: Mapping[str, StringLimit] = MappingProxyType({})
    """Further limits of single runtimes on a string."""
    rejected_schema: str = ""
    """The schema of the invalid values for which the whole file is rejected, where others are ignored."""
    rejected_by: tuple[str, ...] = ()
    """The runtimes that reject the whole file for an invalid value; if empty, those with `invalid_values:
    refused`."""


class Requirement(NamedTuple):
    """What a key requires beside it, and which runtimes or fields do without the key."""

    optional_for: tuple[str, ...] = ()
    """The runtimes that do not require the key, though it is required."""
    optional_with: str = ""
    """Another field of the record with which this one is not required."""
    required_by_value: Mapping[str, str] = MappingProxyType({})
    """For single values the key that they require, for a runtime that checks it."""
    required_tool: str = ""
    """The tool without which, in a list of tools, the key does nothing."""
    required_one_of: tuple[str, ...] = ()
    """Fields of which a record must have one."""


class Deprecation(NamedTuple):
    """Why a key should not be used any more, and what to write instead."""

    deprecated: str = ""
    """Why the key is deprecated."""
    replacement: str = ""
    """The key to write instead."""
    replacement_lines: Mapping[str, str] = MappingProxyType({})
    """For values of a deprecated key the equivalent line, "" for none."""


class KeyEffects(NamedTuple):
    """What a key does, and when it does nothing."""

    applies_when: Condition | None = None
    """The condition without which the key does nothing."""
    no_effect: str = ""
    """Why the key does nothing, though the runtime supports it."""
    no_effect_when: Condition | None = None
    """The condition under which it does nothing; always if there is none."""
    ignored_in_plugin: bool = False
    empty_effect: str = ""
    """The effect of the key without a value, where there is one."""
    often_empty: bool = False
    """Whether it often has no value, so that this is not reported."""
    adds_tools: tuple[str, ...] = ()
    """The tools that a valid value gives to an agent that lists its tools, in the order in which they are added."""
    blocks_callers: Mapping[str, Caller] = MappingProxyType({})
    """For single values (in lower case) who cannot start the agent then."""
    unknown_tool_effect: str = ""
    """The effect of an entry of a list that is not a tool."""


class NameReference(NamedTuple):
    """What the value of a key names, and what happens if there is nothing of that name."""

    refers_to: RefersTo = ""
    """What the value is the name of, where the type does not imply it."""
    requires_model_invocable: bool = False
    """Whether a name is ignored if its description is not sent to the model."""
    unresolved_effect: str = ""
    """What the runtime does if nothing has that name, from the verb on."""


class Key(NamedTuple):
    """A frontmatter key, or a field of a mapping below one."""

    name: str
    type: KeyType
    """How completion, hover and rules treat it. A record is a mapping, or a list of mappings, with `fields`."""
    summary: str
    source: str
    required: bool = False
    values: tuple[EnumValue, ...] = ()
    """The values of an enum."""
    snippet: str = "$1"
    """What completion inserts after the colon, with `$1` for the cursor."""
    runtimes: tuple[str, ...] = ()
    """The runtimes that support the key; all of the dialect if empty."""
    fields: "tuple[Key, ...]" = ()
    """The keys of a record."""
    unknown_fields: Literal["ignored", "kept", "refused"] = "ignored"
    """How other keys in a record are handled."""
    unique: bool = False
    """Whether no two records of a list may have the same value of this field."""
    docs: KeyDocs = KeyDocs()
    value: ValueRules = ValueRules()
    requirement: Requirement = Requirement()
    deprecation: Deprecation = Deprecation()
    effects: KeyEffects = KeyEffects()
    reference: NameReference = NameReference()

    @property
    def name_kind(self) -> str:
        """What the words of the value are names of: agents, skills, commands or servers; "" for none."""
        return self.reference.refers_to or _NAMED_BY_TYPE.get(self.type, "")

    def field(self, name: str) -> "Key | None":
        """The field of that name in a record."""
        return next((field for field in self.fields if field.name == name), None)

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the key."""
        return not self.runtimes or runtime in self.runtimes

    def schema_for(self, runtime: str) -> str:
        """What the runtime of that name takes for a value."""
        return self.value.schemas.get(runtime, self.value.schema)


_NAMED_BY_TYPE = {"agents": "agent", "skills": "skill", "servers": "server"}


class Tool(NamedTuple):
    """A built-in tool.

    `asks_permission` tells whether its use asks for permission (`None`: not known). `availability` tells whether
    a subagent may have it: always, never, or in the permission mode `mode` only. `background` tells
    whether a subagent keeps it in the background, `in_every_session` whether it does not depend on the
    session or the system. `specifier` shows what may stand in parentheses in permission rules; `specifier_effect`
    says what it comes to in `tools` where it has an effect there after all. `superseded_by` names a tool
    beside which this one is not given, though nothing is lost. `members` are the tools that a set of
    tools stands for, and `aliases` other names that do as well. `permission_name` is the name by which
    permissions rule it, if that is not its own. `runtimes` are those that have it (all of the dialect if
    empty). `refers_to` tells what stands in parentheses behind it is the name of.
    """

    name: str
    summary: str
    source: str
    asks_permission: bool | None = None
    availability: Literal["always", "never", "in mode"] = "always"
    mode: str = ""
    background: bool = True
    in_every_session: bool = True
    specifier: str = ""
    specifier_effect: str = ""
    superseded_by: str = ""
    since: str = ""
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    permission_name: str = ""
    runtimes: tuple[str, ...] = ()
    refers_to: RefersTo = ""


class FormerTool(NamedTuple):
    """A name that a tool once had. `replacements` lists what to write instead; `still_accepted` tells whether
    the old name is still understood. `note` says what happened to it, as in "renamed in 2.1.63"."""

    name: str
    replacements: tuple[str, ...]
    still_accepted: bool
    note: str
    source: str


class Model(NamedTuple):
    """A value of `model`. `resolves_to` is the id it resolves to ("" for itself).

    `kind` is "alias" or "id"; `status` is "current", "older", "remapped" (another model
    answers) or "retired" (requests fail).
    """

    name: str
    summary: str
    source: str
    kind: Literal["alias", "id"] = "id"
    resolves_to: str = ""
    status: Literal["current", "older", "remapped", "retired"] = "current"


class Provider(NamedTuple):
    """Whoever runs models, by the word that stands in front of the `/`. Its models have ids that fit
    a pattern of `ids`; `aliases` are other words for some of them, with the ids that they stand for."""

    name: str
    summary: str
    source: str
    ids: tuple[str, ...] = ()
    aliases: Mapping[str, str] = MappingProxyType({})

    def model(self, name: str) -> str | None:
        """The id that `name` stands for, if it looks like one of its models."""
        fits = any(fnmatchcase(name, pattern) for pattern in self.ids)
        return self.aliases.get(name) or (name if fits else None)


class Models(NamedTuple):
    """How `model` is read: the values known, and patterns of other ids that are in order.

    `long_context` is the suffix that may follow any of them. `other_id_patterns` are patterns for the
    ids of other providers, or for any id where not all are known, and `other_ids_note` says what they are.
    Where there are `providers`, an id is written `provider/model`. `unknown_models` says what becomes of
    other text: it is "passed on" to the provider as it is, or "ignored" unless the account has a model
    of that name.
    """

    known: tuple[Model, ...]
    long_context: str
    other_id_patterns: tuple[str, ...]
    inherits: tuple[str, ...]
    providers: tuple[Provider, ...] = ()
    other_ids_note: str = "A model of which nothing is known here."
    unknown_models: Literal["passed on", "ignored"] = "passed on"

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

    def matches_other_id(self, name: str) -> bool:
        """Whether `name` has the form of another provider's id."""
        return any(re.search(pattern, name.strip()) for pattern in self.other_id_patterns)


class SpecialName(NamedTuple):
    """An agent name with a meaning of its own."""

    name: str
    summary: str
    source: str


class Variant(NamedTuple):
    """A variant of the format with keys of its own, chosen by a key of the file: any of the conditions
    `when` is enough. `allows_list` tells whether the frontmatter may be a list of such definitions. Exactly one of
    `required_one_of` has to be there. `has_prompt` tells whether the text below the frontmatter counts. `unless` is a
    condition under which it is not chosen, and `exclusive_keys` are the keys that only this variant has."""

    name: str
    title: str
    when: tuple[Condition, ...]
    keys: tuple[str, ...]
    required: tuple[str, ...] = ()
    required_one_of: tuple[str, ...] = ()
    allows_list: bool = False
    has_prompt: bool = True
    unless: Condition | None = None
    exclusive_keys: tuple[str, ...] = ()


class PromptVariables(NamedTuple):
    """How a prompt names variables: between `opening` and `closing`, if those are not empty, as one of
    `variables`. `unknown` says what becomes of another name, to follow the title of the runtime."""

    opening: str = ""
    closing: str = ""
    variables: tuple[SpecialName, ...] = ()
    unknown: str = ""


class DialectRecord(NamedTuple):
    """Everything known about one format, as its file tells it. `noun` is what people call one file, and
    `kind` what it is: of agents and skills a model is told the descriptions, and chooses by them; a command
    is started by a person, by its name; a mere text has none.

    `activation` are conditions of which one has to be met for the text to be used by itself, without
    anybody asking for it; there are none where that goes without saying. `mention_syntax` is how a prompt names an
    agent that is to be started, with `{}` for its name.
    """

    name: str
    title: str
    runtimes: tuple[Runtime, ...]
    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    keys: tuple[Key, ...]
    new_file_snippet: str
    noun: str = "agent"
    kind: Literal["agent", "skill", "command", "text"] = "agent"
    activation: tuple[Condition, ...] = ()
    variants: tuple[Variant, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_grammar: ToolGrammar = ToolGrammar()
    tool_keys: ToolKeys = ToolKeys()
    old_tools: tuple[FormerTool, ...] = ()
    foreign_tools: tuple[ForeignTool, ...] = ()
    models: Models = Models((), "", (), ())
    hooks: Hooks = Hooks()
    servers: Servers = Servers()
    builtin_agents: tuple[SpecialName, ...] = ()
    reserved_names: tuple[SpecialName, ...] = ()
    prompt_variables: PromptVariables = PromptVariables()
    mention_syntax: str = ""
    configured_tools: tuple[str, ...] = ()


GROUPS: tuple[type, ...] = (
    FileSelection,
    Naming,
    Precedence,
    Effects,
    DescriptionRules,
    PromptRules,
    KeyDocs,
    ValueRules,
    Requirement,
    Deprecation,
    KeyEffects,
    NameReference,
)
"""Records that group the fields of another one. In YAML their fields are written in the row of the other."""
