"""The types of the tables: what a dialect file can say.

A row's field names are the words of the dialect files, and its docstring is what the JSON Schema and
the documentation of dialect files say about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal, NamedTuple

from agentls.dialects.hook_facts import Hooks, Servers


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


class Condition(NamedTuple):
    """A condition on another key: that it stands there, and with one of `values` if some are given."""

    key: str
    values: tuple[str, ...] = ()


class Limit(NamedTuple):
    """What a runtime asks of a text: `longest` is the number of characters that it may have (0 for
    any), and `pattern` what it has to match, whose meaning is told in `words`."""

    longest: int = 0
    pattern: str = ""
    words: str = ""


class Key(NamedTuple):
    """A frontmatter key, or a field of a mapping below one.

    `type` says how completion, hover and rules treat it: text, enum, boolean, integer, number, tools, model,
    models, skills, agents, servers, hooks, globs, record (a mapping or a list of mappings with `fields`) or
    any. `values` are the words of an enum (matched without regard to case if `ignores_case`); `also` lists
    further scalar types it takes. `default` and `bad_value` say in words what happens without the key, and
    with a value the runtime does not know. `plugin` says what changes in a plugin: "" nothing, else a
    sentence; `ignored_in_plugin` marks keys that do nothing there. `form` is what completion writes behind
    the colon, with `$1` for the cursor. `specifier` says what a specifier in parentheses comes to in a list
    of tools.

    `shape` is what the runtimes take for a value, in the words of `agentls.shapes`; `shapes` says it for
    single runtimes. Text also has to match `pattern`, whose meaning is told in `pattern_words`; `limits`
    are what single runtimes ask of it besides. `runtimes` are those that know the key (all of the dialect
    if empty); `refused_by` those that refuse the whole file for a wrong value (if empty, those with
    `bad_values: refused`). `applies` is a condition without which the key does nothing. `deprecated` says
    why it should not be used any more, and `use` names the key to write instead. `empty` says what the
    key comes to without a value, where that is not nothing. `no_effect` says why the key does nothing,
    though the runtime knows it. `fields` are the keys of a record, and `unknown_fields` what becomes of
    others. `unknown_entry` says what an entry of a list comes to that names no tool.
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
    shape: str = ""
    shapes: Mapping[str, str] = MappingProxyType({})
    pattern: str = ""
    pattern_words: str = ""
    limits: Mapping[str, Limit] = MappingProxyType({})
    runtimes: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()
    applies: Condition | None = None
    deprecated: str = ""
    use: str = ""
    empty: str = ""
    no_effect: str = ""
    fields: tuple[Key, ...] = ()
    unknown_fields: Literal["ignored", "kept", "refused"] = "ignored"
    unknown_entry: str = ""

    def field(self, name: str) -> Key | None:
        """The field of that name in a record."""
        return next((field for field in self.fields if field.name == name), None)

    def known_to(self, runtime: str) -> bool:
        """Whether the runtime of that name knows the key."""
        return not self.runtimes or runtime in self.runtimes

    def shape_for(self, runtime: str) -> str:
        """What the runtime of that name takes for a value."""
        return self.shapes.get(runtime, self.shape)


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

    `prompts` tells whether its use asks for permission (`None`: not known). `subagents` is "yes", "never", or
    the `permissionMode` that makes it available. `background` tells whether a subagent keeps it in the
    background, `sessions` "all", or "some" if it depends on the session or the system. `specifier` shows what
    may stand in parentheses in permission rules; `scoping` says what it comes to in `tools` where it has an
    effect there after all. `yields_to` names a tool beside which this one is not given, though nothing is
    lost. `members` are the tools that a set of tools stands for, and `aliases` other names that do as well.
    `permission` is the name by which permissions rule it, if that is not its own. `runtimes` are those that
    know the name (all of the dialect if empty).
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


class ToolGrammar(NamedTuple):
    """How a list of tools is written. A scalar is split at the characters of `separators` ("" for not at
    all), and so is each item of a list if `splits_items`. `specifiers` tells whether something in parentheses
    may follow a name. `any_case` whether case does not matter. `all` are the words for every tool. Names that
    fit a pattern of `others` (with `*`) are tools of servers and extensions, of which nothing is known.
    `none` tells whether an empty list takes all tools away, and `no_value` whether a key without a value
    does. `lone` tells whether a word for every tool counts only by itself, `globs` whether `*` is a pattern
    in the names of MCP tools. `open` tells whether there may be tools that are not in the table, so that a
    name is not wrong for being unknown. `map` tells whether the value is a mapping from names to truth
    values."""

    separators: str = ", "
    splits_items: bool = True
    specifiers: bool = True
    any_case: bool = False
    all: tuple[str, ...] = ("*",)
    others: tuple[str, ...] = ("mcp__*",)
    none: bool = True
    no_value: bool = True
    lone: bool = False
    globs: bool = False
    open: bool = False
    map: bool = False


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
    Where there are `providers`, an id is written `provider/model`.
    """

    known: tuple[Model, ...]
    long_context: str
    elsewhere: tuple[str, ...]
    inherits: tuple[str, ...]
    providers: tuple[Provider, ...] = ()
    others: str = "A model of which nothing is known here."

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


class TaggedName(NamedTuple):
    """An agent name with a meaning of its own."""

    name: str
    summary: str
    source: str


class Place(NamedTuple):
    """Where files of the dialect lie: in `folder` or, if it is `recursive`, anywhere below it, under
    names that fit the pattern `files`. `scope` is "project" (the folder may lie anywhere, also in the
    user's home), "user" (it lies in the user's home only) or "plugin" (it lies in the root of a plugin).
    `runtimes` are the readers that the place belongs to (all of the dialect if empty). `sets` are keys that have a value there, whatever stands in the
    file. `also` are
    others that read it as well, each with the dialect that says how. `sniff` names dialects that
    share the place, each with keys of its own: a file that has one of them is written in that
    dialect, and belongs to its place. With `any_case` a name also fits in other capital letters, so that
    a file is met that the runtimes overlook for them."""

    folder: str
    files: str
    scope: str
    source: str
    recursive: bool = True
    any_case: bool = False
    sets: Mapping[str, str] = MappingProxyType({})
    runtimes: tuple[str, ...] = ()
    also: Mapping[str, str] = MappingProxyType({})
    sniff: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def holds(self, path: str) -> bool:
        """Whether a file of that path (with `/`, counted from a plugin's root for the scope
        "plugin") lies in this place."""
        folders, _, name = path.rpartition("/")
        wanted = self.files
        if self.any_case:
            name, wanted = name.lower(), wanted.lower()
        if not fnmatchcase(name, wanted):
            return False
        if not self.recursive:
            return f"/{folders}".endswith(f"/{self.folder}")
        if self.scope == "plugin":
            return f"{folders}/".startswith(f"{self.folder}/")
        return not self.folder or f"/{self.folder}/" in f"/{folders}/"

    def below(self, path: str) -> tuple[str, ...]:
        """The folders between this place and the file at `path`, which it holds."""
        folders = path.rpartition("/")[0]
        inside = f"/{folders}/".rpartition(f"/{self.folder}/")[2] if self.folder else folders
        return tuple(part for part in inside.split("/") if part)

    def stem(self, path: str) -> str:
        """The name of the file at `path` without what the pattern of the place fixes behind it."""
        name = path.rpartition("/")[2]
        fixed = self.files.rpartition("*")[2]
        return name.removesuffix(fixed) if "*" in self.files else name.rpartition(".")[0]


class Fences(NamedTuple):
    """Where a runtime looks for the frontmatter.

    `byte_order_mark` tells whether one in front is taken away, `lone_cr` whether a CR by itself ends
    a line, `indented` whether blanks may stand in front of a fence, `opening_blanks` whether they
    may follow the opening one, and `languages` the words that may. The closing fence stands "alone"
    on its line, with "blanks" behind it, with "anything" behind it, or "anywhere" (also inside a line).
    `line_behind` tells whether a line end has to follow it, `empty` whether nothing may stand between
    the fences. `unclosed` says what is read where it is missing: "nothing", or the "rest" of the file.
    """

    byte_order_mark: bool = True
    lone_cr: bool = False
    indented: bool = False
    opening_blanks: bool = True
    languages: tuple[str, ...] = ()
    closing: Literal["alone", "blanks", "anything", "anywhere"] = "blanks"
    line_behind: bool = False
    empty: bool = True
    unclosed: Literal["nothing", "rest"] = "nothing"


class Runtime(NamedTuple):
    """A reader of the format.

    `title` is its name for people, `version` the one that was observed ("" if none was), `strategy` the way
    in `agentls.readers` in which it reads; the other fields are the parameters of the general way. Where
    there is no frontmatter, or none that can be parsed, the file is "skipped", or the whole text becomes
    the "prompt", or an agent is made with "no metadata". Equal keys are "refused", or one of them counts. A
    wrong value is "refused" with the file, "ignored", or leaves "no metadata"; an unknown key is "refused"
    with the file, "ignored", or "passed on" to the provider of the model; the name of an unknown tool is
    "refused" with the file, "dropped", or just "reported"; what becomes of either may also be
    "undocumented". An agent that none of its tools is left to is "refused" when it is started, or
    "started", or it is "unknown" which. `line_breaks` tells whether the characters `\\n` in a description
    become a line break. `required` are the keys without which the file is refused, and `body` the
    characters that the prompt must have; if `overlays`, a file without a prompt changes an agent of the
    same name, and needs no more than a `name`. `identity` tells where the name comes from when there is
    none in `name` ("none": nowhere; "path": the folders below the place count; "folder": the folder around
    the file, which has one of its own); `name_is_folder` refuses another name than that of the folder. The
    text of `name` is "kept" as it is, counts only if it is "filled", or is "trimmed" before that. Names that
    the dialect reserves are refused if `reserved_names`, and those of its built-in agents unless the key
    `override` is true, where such a key is named. Files in folders further below the place are read only if
    `recursive`, and those whose name fits a pattern of `skips` are not; if there are patterns in `only`, it
    has to fit one of them. The first line of the text is the `stand_in` of a missing description, or nothing
    is. `refusal` says what the runtime does with a file that it refuses, and `damage` what with one that it
    takes without its metadata, `undescribed` what comes of an agent without a description, and `repair` how
    it makes sense of what is no YAML, all to follow its title; `refused` says in a
    word what comes of a file that it refuses. Is its verdict but "advice", since what it
    refuses works elsewhere, it is no ground for more than information.
    """

    name: str
    title: str
    version: str
    strategy: str
    source: str = "observed"
    fences: Fences = Fences()
    without_frontmatter: Literal["skipped", "prompt", "no metadata"] = "skipped"
    unreadable: Literal["skipped", "prompt", "no metadata"] = "skipped"
    equal_keys: Literal["refused", "last", "first"] = "refused"
    unknown_keys: Literal["ignored", "refused", "passed on", "undocumented"] = "ignored"
    unknown_tools: Literal["dropped", "refused", "reported", "undocumented"] = "dropped"
    without_tools: Literal["refused", "started", "unknown"] = "refused"
    bad_values: Literal["ignored", "refused", "no metadata"] = "ignored"
    required: tuple[str, ...] = ()
    body: int = 0
    identity: Literal["none", "file", "path", "folder"] = "file"
    names: Literal["kept", "filled", "trimmed"] = "kept"
    reserved_names: bool = False
    override: str = ""
    name_is_folder: bool = False
    recursive: bool = True
    skips: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    stand_in: Literal["nothing", "first line"] = "nothing"
    overlays: bool = False
    refusal: str = "skips the file"
    refused: str = "skipped"
    damage: str = ""
    undescribed: str = ""
    repair: str = "puts values into quotes to repair this frontmatter"
    verdict: Literal["counts", "advice"] = "counts"
    line_breaks: bool = False


class Variant(NamedTuple):
    """A shape of the format with keys of its own, chosen by a key of the file: any of the conditions
    `when` is enough. `listed` tells whether the frontmatter may be a list of such definitions. Exactly one of
    `one_of` has to be there. `prompt` tells whether the text below the frontmatter counts."""

    name: str
    title: str
    when: tuple[Condition, ...]
    keys: tuple[str, ...]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    listed: bool = False
    prompt: bool = True


class Template(NamedTuple):
    """How a prompt names variables: between `opening` and `closing`, if those are not empty, as one of
    `variables`. `unknown` says what becomes of another name, to follow the title of the runtime."""

    opening: str = ""
    closing: str = ""
    variables: tuple[TaggedName, ...] = ()
    unknown: str = ""


class Facts(NamedTuple):
    """Everything known about one format, as its file tells it. `thing` is what one file defines."""

    name: str
    title: str
    runtimes: tuple[Runtime, ...]
    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    keys: tuple[Key, ...]
    skeleton: str
    thing: str = "agent"
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
    user_tools: tuple[str, ...] = ()
