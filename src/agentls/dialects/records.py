"""The types of the tables: what a dialect file can contain.

The field names of a record are the field names in dialect files. The docstrings of records and fields are the
descriptions in the JSON Schema of dialect files.

The modules with types of tables do without `from __future__ import annotations`: the types are needed as objects,
and `typing` would compile the text of each annotation.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal

from agentls.dialects.foreign import ForeignKey, ForeignTool
from agentls.dialects.hooks import Hooks, RefersTo, Servers
from agentls.dialects.prompt_syntax import PromptArguments, PromptCommands
from agentls.dialects.runtimes import (
    Condition,
    DescriptionRules,
    Effects,
    FileSelection,
    Naming,
    PatternRules,
    Place,
    Precedence,
    PromptRules,
    Runtime,
    ToolGrammar,
    ToolKeys,
)
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_tree import ScalarType

Confidence = Literal["documented", "observed", "third-party"]
"""The confidence of a fact: documented by the vendor, observed in the runtime, or reported by third parties."""

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
    """The source of facts. `date` is the ISO date of the last check.

    A fact that only third parties report is never the reason for an error.
    """

    id: str
    title: str
    date: str
    url: str = ""
    confidence: Confidence = "documented"


class EnumValue(NamedTuple):
    """One value of an enum. `alias_of` is the value for which it is an alias. With a value that `asks_nothing`, no use
    of a tool needs permission."""

    name: str
    summary: str
    source: str
    alias_of: str = ""
    asks_nothing: bool = False


class StringLimit(NamedTuple):
    """What a runtime requires of a string: `max_length` is its maximum number of characters (0 for no limit), and
    `pattern` the regular expression that it must match, which `description` describes."""

    max_length: int = 0
    pattern: str = ""
    description: str = ""


class KeyDocs(NamedTuple):
    """What hover shows about a key besides its summary."""

    details: str = ""
    default_effect: str = ""
    """What happens without the key, as a phrase."""
    invalid_effect: str = ""
    """What happens with an invalid value, as a phrase."""
    number_effect: str = ""
    """What happens with a number, if that differs, as a phrase."""
    since: str = ""
    plugin: str = ""
    """What differs in a plugin, as a sentence."""
    specifier: str = ""
    """The effect of a specifier in parentheses in a list of tools."""


class ValueRules(NamedTuple):
    """What the runtimes accept as a value."""

    schema: str = ""
    """What the runtimes accept as a value, as a schema of `agentls.dialects.value_schema`."""
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
    validator_schema: str = ""
    """The schema that the validator of the vendor requires, where the runtime accepts more."""
    rejected_by: tuple[str, ...] = ()
    """The runtimes that reject the whole file for an invalid value; if empty, those with `invalid_values:
    refused`."""


class Requirement(NamedTuple):
    """What a key requires besides itself, and when a required key is optional."""

    optional_for: tuple[str, ...] = ()
    """The runtimes that do not require the key, though it is required."""
    optional_with: str = ""
    """Another field of the record with which this one is not required."""
    required_by_value: Mapping[str, str] = MappingProxyType({})
    """For single values the key that they require, for a runtime that checks it."""
    required_tool: str = ""
    """The tool without which, in a list of tools, the key has no effect."""
    required_one_of: tuple[str, ...] = ()
    """Fields of which a record must have one."""


class Deprecation(NamedTuple):
    """Why a key is deprecated, and its replacement."""

    deprecated: str = ""
    """Why the key is deprecated."""
    replacement: str = ""
    """The key to write instead."""
    replacement_lines: Mapping[str, str] = MappingProxyType({})
    """For values of a deprecated key the equivalent line, "" for none."""


class KeyEffects(NamedTuple):
    """The effects of a key, and when it has none."""

    applies_when: Condition | None = None
    """The condition without which the key has no effect."""
    no_effect: str = ""
    """Why the key has no effect, although the runtime supports it."""
    no_effect_when: Condition | None = None
    """The condition under which it has no effect; always if there is none."""
    is_prompt: bool = False
    """Whether its value is meant as the prompt, which the text below the frontmatter replaces."""
    ignored_in_plugin: bool = False
    empty_effect: str = ""
    """The effect of the key without a value, where there is one."""
    often_empty: bool = False
    """Whether it often has no value, so that this is not reported."""
    adds_tools: tuple[str, ...] = ()
    """The tools that a valid value gives to an agent that lists its tools, in the order in which they are added."""
    blocks_callers: Mapping[str, Caller] = MappingProxyType({})
    """For single values (in lower case), who cannot start an agent with this value."""
    unknown_tool_effect: str = ""
    """The effect of an entry of a list that is not a tool."""
    always_effect: str = ""
    """The effect of file patterns that restrict nothing, as a clause."""
    never_effect: str = ""
    """The effect if no file pattern can match, as a clause."""


class NameReference(NamedTuple):
    """What the value of a key refers to, and what happens if the name is unresolved."""

    refers_to: RefersTo = ""
    """The kind of name in the value, where the type does not imply it."""
    requires_model_invocable: bool = False
    """Whether a name is ignored if its description is not sent to the model."""
    unresolved_effect: str = ""
    """What the runtime does if the name is unresolved, as a phrase that follows its title."""


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
        """Return the kind of name in the value: agent, skill, command or server; "" if it has no names."""
        return self.reference.refers_to or _NAMED_BY_TYPE.get(self.type, "")

    def field(self, name: str) -> "Key | None":
        """Return the field of that name in a record."""
        return next((field for field in self.fields if field.name == name), None)

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the key."""
        return not self.runtimes or runtime in self.runtimes

    def schema_for(self, runtime: str) -> str:
        """Return the schema of the values that the runtime of that name accepts."""
        return self.value.schemas.get(runtime, self.value.schema)


_NAMED_BY_TYPE = {"agents": "agent", "skills": "skill", "servers": "server"}


class Tool(NamedTuple):
    """A built-in tool.

    `asks_permission` is true if its use requires permission (`None` if this is not known). `availability` states
    whether a subagent may have it: always, never, or only in the permission mode `mode`. `background` is true if
    a subagent in the background has it, and `in_every_session` if it does not depend on the session or the
    system. `specifier` is an example of what may be in parentheses in permission rules, and `specifier_effect` its
    effect in `tools`, if it has one. `superseded_by` is the tool that replaces this one in a list with both.
    `members` are the tools of a set of tools, and `aliases` other accepted names. `permission_name` is the name of
    the permission that controls it, if it is another. `runtimes` are those that have it (all of the dialect if
    empty). `refers_to` is the kind of name in the parentheses after it.
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

    def is_in(self, runtime: str) -> bool:
        """Whether the runtime of that name has the tool."""
        return not self.runtimes or runtime in self.runtimes


class FormerTool(NamedTuple):
    """A former tool name. `replacements` are the names to write instead, and `still_accepted` is true if the old
    name still works. `note` states what happened to it, as in "renamed in 2.1.63"."""

    name: str
    replacements: tuple[str, ...]
    still_accepted: bool
    note: str
    source: str


class Model(NamedTuple):
    """A value of `model`. `resolves_to` is the id it resolves to ("" for itself).

    `kind` is "alias" or "id"; `status` is "current", "older", "remapped" (another model
    answers) or "retired" (requests fail). `runtimes` are those that know it by this name (all of the dialect if
    empty).
    """

    name: str
    summary: str
    source: str
    kind: Literal["alias", "id"] = "id"
    resolves_to: str = ""
    status: Literal["current", "older", "remapped", "retired"] = "current"
    runtimes: tuple[str, ...] = ()


class Provider(NamedTuple):
    """A provider of models, with the name that is written before the `/`. The ids of its models match a pattern of
    `ids`; `aliases` are other names, with the ids that they resolve to."""

    name: str
    summary: str
    source: str
    ids: tuple[str, ...] = ()
    aliases: Mapping[str, str] = MappingProxyType({})

    def model(self, name: str) -> str | None:
        """Return the id that `name` resolves to, or `None` if it does not look like a model of this provider."""
        matches = any(fnmatchcase(name, pattern) for pattern in self.ids)
        return self.aliases.get(name) or (name if matches else None)


class Models(NamedTuple):
    """How `model` is read: the known values, and patterns of other valid ids.

    `long_context` is the suffix that may follow any of them. `inherits` are the values that mean the model of the
    session. `other_id_patterns` are patterns for the ids of other providers, or for any id where not all are known,
    and `other_ids_note` describes them. With `providers`, an id is written `provider/model`. `unknown_models` states
    how other values are handled: "passed on" to the provider unchanged, or "ignored" unless the account has a model
    of that name. `display_names_for` are the runtimes that know models by their display names: in the exact case, and
    with or without `vendor` in parentheses.
    """

    known: tuple[Model, ...]
    long_context: str
    other_id_patterns: tuple[str, ...]
    inherits: tuple[str, ...]
    providers: tuple[Provider, ...] = ()
    other_ids_note: str = "A model of which nothing is known here."
    unknown_models: Literal["passed on", "ignored"] = "passed on"
    display_names_for: tuple[str, ...] = ()
    vendor: str = ""

    def get(self, name: str) -> Model | None:
        """Return the model of that name, in any case, with or without the long-context suffix and the vendor. A value
        that means the model of the session cannot have the suffix."""
        written = name.strip().lower().removesuffix(f" ({self.vendor})")
        model_name = written.removesuffix(self.long_context)
        if model_name != written and model_name in self.inherits:
            return None
        return next((model for model in self.known if model.name.lower() == model_name), None)

    def known_to(self, runtime: str) -> tuple[Model, ...]:
        """Return the models that the runtime knows by their names; none if nothing is known about its names."""
        return tuple(model for model in self.known if not model.runtimes or runtime in model.runtimes)

    def is_known_to(self, runtime: str, name: str) -> bool:
        """Whether the runtime knows a model by this name."""
        known = self.known_to(runtime)
        if runtime in self.display_names_for:
            return name.removesuffix(f" ({self.vendor})") in [model.name for model in known]
        return self._replace(known=known).get(name) is not None

    def with_provider(self, name: str) -> str | None:
        """Return `provider/model` for a model name that is written without its provider, or `None`."""
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
    """A variant of the format with keys of its own. A file has the variant if one of the conditions `when` is met,
    and `unless` is not. With `allows_list`, the frontmatter may be a list of such definitions. Exactly one of
    `required_one_of` is required. `has_prompt` is true if the text below the frontmatter is used.
    `exclusive_keys` are the keys that only this variant has."""

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
    """How a prompt contains variables: one of `variables` between `opening` and `closing`, if those are not empty, or
    one of `plugin_variables` in a plugin. `unknown` is what the runtime does with an unknown name, as a phrase that
    follows its title; "" if such names belong to something else, such as shell code. With `requires_known`, an agent
    with an unknown name cannot start."""

    opening: str = ""
    closing: str = ""
    variables: tuple[SpecialName, ...] = ()
    plugin_variables: tuple[SpecialName, ...] = ()
    unknown: str = ""
    requires_known: bool = False

    @property
    def all(self) -> tuple[SpecialName, ...]:
        """Return the variables of any place."""
        return self.variables + self.plugin_variables

    def available(self, *, in_plugin: bool) -> tuple[SpecialName, ...]:
        """Return the variables that are filled in inside or outside a plugin."""
        return self.all if in_plugin else self.variables


class DialectRecord(NamedTuple):
    """The facts about one format, as its dialect file contains them. `noun` is the usual word for one file. `kind`
    is what a file defines: a model receives the descriptions of agents and skills and chooses by them; the user
    starts a command by its name; a text has no name.

    `activation` are the conditions of which one must be met for the text to be used automatically; without
    conditions it always is. `mention_syntax` is how a prompt mentions an agent that should be started, with `{}` for
    its name.
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
    prompt_arguments: PromptArguments | None = None
    """None if its prompts take no arguments."""
    prompt_commands: PromptCommands | None = None
    """None if its prompts contain no commands."""
    mention_syntax: str = ""
    configured_tools: tuple[str, ...] = ()


GROUPS: tuple[type, ...] = (
    FileSelection,
    Naming,
    Precedence,
    Effects,
    DescriptionRules,
    PromptRules,
    PatternRules,
    KeyDocs,
    ValueRules,
    Requirement,
    Deprecation,
    KeyEffects,
    NameReference,
)
"""Records that group the fields of another one. In YAML their fields are written in the row of the other."""
