"""Who reads a format, and where: places, fences, runtimes with their parameters.

The text below a field says what it means. The JSON Schema of dialect files takes it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal, NamedTuple


class Condition(NamedTuple):
    """A condition on another key: that it stands there, with one of `values` if some are given, of which
    "" stands for a key that is not there, and with none of `excluded_values`."""

    key: str
    values: tuple[str, ...] = ()
    excluded_values: tuple[str, ...] = ()


class ToolGrammar(NamedTuple):
    """How a list of tools is written. A scalar is split at the characters of `separators` ("" for not at
    all), and so is each item of a list if `splits_items`. `specifiers` tells whether something in parentheses
    may follow a name. `ignores_case` whether case does not matter. `wildcards` are the words for every tool. Names that
    fit a pattern of `external_tools` (with `*`) are tools of servers and extensions, of which nothing is known; but
    what stands behind a set of tools and `/` is a member of the set, or nothing. `empty_removes_all` tells whether an
    empty list takes all tools away, `empty_is_intended` whether that is the usual way to do so, and `null_removes_all`
    whether a key without a value does. `wildcard_alone` tells whether a word for every tool counts only by itself,
    `globs` whether `*` is a pattern in the names of MCP tools. `own_names` tells whether the tools are known
    by the names that they have here, and not just by foreign ones that work. `is_open_set` tells whether there may
    be tools that are not in the table, so that a name is not wrong for being unknown. `is_mapping` tells whether
    the value is a mapping from names to truth values. `server_pattern` is a regular expression for the names of the
    tools of MCP servers, in which one group is the name of the server ("" if they do not tell), and
    `server_wildcard` how all the tools of one are listed, with `{}` for its name ("" where that is not known)."""

    separators: str = ", "
    splits_items: bool = True
    specifiers: bool = True
    ignores_case: bool = False
    wildcards: tuple[str, ...] = ("*",)
    external_tools: tuple[str, ...] = ("mcp__*",)
    empty_removes_all: bool = True
    empty_is_intended: bool = False
    null_removes_all: bool = True
    wildcard_alone: bool = False
    globs: bool = False
    own_names: bool = True
    is_open_set: bool = False
    is_mapping: bool = False
    server_pattern: str = r"mcp__([^_].*?)(?:__.*)?"
    server_wildcard: str = ""


class ToolKeys(NamedTuple):
    """The keys of a file that decide which tools the agent has; "" for one that the format does not have."""

    allowed: str = "tools"
    """The list of tools that the agent gets, or, in a mapping, switches for them."""
    denied: str = ""
    """The list of tools that are taken from it."""
    mode: str = ""
    """The permission mode, without which some tools are not available."""
    permissions: str = ""
    """Permissions, as a mapping in which the last entry that matches decides."""
    switches: Mapping[str, str] = MappingProxyType({})
    """The permissions of switches that do not have the name of theirs."""


class Place(NamedTuple):
    """Where files of the dialect lie."""

    folder: str
    """The folder, as in `.claude/agents`; "" for any."""
    source: str
    files: str = "*.md"
    """A pattern (with `*`) for the names of the files."""
    scope: Literal["project", "user", "plugin"] = "project"
    """"project" (the folder may lie anywhere, also in the user's home), "user" (it lies in the user's home
    only) or "plugin" (it lies in the root of a plugin)."""
    recursive: bool = True
    """Whether files in folders below it belong to the place."""
    ignores_case: bool = False
    """Whether a name also fits in other capital letters, so that a file is met that runtimes overlook."""
    fixed_values: Mapping[str, str] = MappingProxyType({})
    """Keys that have a value here, whatever stands in the file."""
    runtimes: tuple[str, ...] = ()
    """The readers that the place belongs to; all of the dialect if empty."""
    other_readers: Mapping[str, str] = MappingProxyType({})
    """Others that read it as well, each with the dialect that says how."""
    deciding_keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Dialects that share the place, each with keys of its own: a file that has one of them is written in
    that dialect, and belongs to its place."""
    renamed_suffix: str = ""
    """What the names of files end in now, where this place is out of date."""
    moved_to: str = ""
    """The folder in which such files lie now, if it is another one."""

    def holds(self, path: str) -> bool:
        """Whether a file of that path (with `/`, counted from a plugin's root for the scope
        "plugin") lies in this place."""
        if self.folder not in path:
            return False  # So it is for nearly all files and places.
        folders, _, name = path.rpartition("/")
        wanted = self.files
        if self.ignores_case:
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

    def base(self, path: str) -> str:
        """The folder from which this place is counted, for the file at `path`, which it holds."""
        folders = path.rpartition("/")[0]
        if not self.folder:
            return folders
        return f"/{folders}/".rpartition(f"/{self.folder}/")[0].removeprefix("/")

    def stem(self, path: str) -> str:
        """The name of the file at `path` without what the pattern of the place fixes behind it."""
        name = path.rpartition("/")[2]
        fixed = self.files.rpartition("*")[2]
        return name.removesuffix(fixed) if "*" in self.files else name.rpartition(".")[0]


class Fences(NamedTuple):
    """Where a runtime looks for the frontmatter."""

    byte_order_mark: bool = True
    """Whether a byte order mark in front is taken away."""
    cr_ends_line: bool = False
    """Whether a CR by itself ends a line."""
    indented: bool = False
    """Whether blanks may stand in front of a fence."""
    opening_blanks: bool = True
    """Whether blanks may follow the opening fence."""
    languages: tuple[str, ...] = ()
    """Words that may follow the opening fence."""
    strips_leading_blanks: bool = False
    """Whether the blanks in front of the first line between the fences are taken away."""
    closing: Literal["alone", "blanks", "anything", "anywhere"] = "blanks"
    """The closing fence stands alone on its line, with blanks behind it, with anything behind it, or
    anywhere (also inside a line)."""
    requires_final_newline: bool = False
    """Whether a line end has to follow the closing fence."""
    allows_empty: bool = True
    """Whether nothing may stand between the fences."""
    unclosed: Literal["nothing", "rest"] = "nothing"
    """What is read where the closing fence is missing: nothing, or the rest of the file."""


class FileSelection(NamedTuple):
    """Which files of a place a runtime reads."""

    recursive: bool = True
    """Whether files in folders further below the place are read."""
    ignored_files: tuple[str, ...] = ()
    """Patterns for names of files that are not read."""
    accepted_files: tuple[str, ...] = ()
    """Patterns of which the name of a file has to fit one, if there are any."""


class Naming(NamedTuple):
    """Where a runtime takes the name of an agent from, and which names it accepts."""

    default_name: Literal["none", "file", "path", "folder"] = "file"
    """Where the name comes from when there is no `name`: nowhere, the file, the path below the place, or
    the folder around the file, which has one of its own."""
    name_handling: Literal["kept", "filled", "trimmed", "ignored"] = "kept"
    """The text of `name` is kept as it is, counts only if it is filled, is trimmed before that, or is ignored."""
    qualifies_names: bool = False
    """Whether the plugin and the folders below the place stand in front of the name of the file, with `:`."""
    name_mismatch: Literal["taken", "refused", "reported"] = "taken"
    """Whether another name than that of the folder is taken, refused with the file, or taken and reported."""
    reserved_names: bool = False
    """Whether the names that the dialect reserves are refused."""
    override_key: str = ""
    """A key without which the names of built-in agents are refused."""


class Precedence(NamedTuple):
    """Which one a runtime uses of several files of the same name."""

    same_name: Literal["undocumented", "one", "first", "last", "all"] = "undocumented"
    """What it makes of two of the same name in one folder: it takes one of them, and does not say which; or the
    one whose file comes first, or last; or all."""
    similar_names: Literal["undocumented", "same"] = "undocumented"
    """Whether names are the same to it that differ in case and separators only."""
    nearest_wins: bool = False
    """Whether of two of the same name, in folders of which one lies further up, the one counts that is nearest
    to where a session starts."""
    user_folder_precedence: Literal["undocumented", "hidden", "wins"] = "undocumented"
    """Whether one in the user's own folder is hidden by one of the same name in the project, or wins."""
    shadowed_by: Literal["", "skill"] = ""
    """The kind of what takes its place under the same name."""


class Effects(NamedTuple):
    """What a runtime does with a file, in phrases that follow its title."""

    rejection_effect: str = "does not load the file"
    """What it does with a file that it refuses, to follow its title."""
    rejection_word: str = "skipped"
    """The same in a word, as fits a status bar."""
    degraded_effect: str = ""
    """What it does with a file that it takes without its metadata, to follow its title."""
    no_description_effect: str = ""
    """What comes of an agent without a description, to follow its title."""
    repair_effect: str = "quotes the values"
    """How it makes sense of what is no YAML, to follow its title."""


class DescriptionRules(NamedTuple):
    """What a runtime does with descriptions."""

    default_description: Literal["nothing", "first line"] = "nothing"
    """What stands in for a missing description."""
    line_breaks: bool = False
    """Whether a backslash and an `n` in a description become a line break."""
    description_budget: int = 0
    """About how many tokens all descriptions may take together; 0 for any number."""
    description_budget_source: str = ""
    """What that number comes from, to follow its title."""


class PromptRules(NamedTuple):
    """What a runtime does with the text of a prompt."""

    min_prompt_length: int = 0
    """The number of characters that the prompt must have."""
    max_prompt_length: int = 0
    """The number of characters that the prompt may have; 0 for any."""
    advised_lines: int = 0
    """The length in lines above which its makers advise to split the text; 0 for no advice."""
    imports: bool = False
    """Whether `@path` in the prompt stands for the text of a file."""
    resolves_prompt_references: bool = False
    """Whether `#file:path` and `#tool:name` in the prompt stand for files and tools."""


class Runtime(NamedTuple):
    """A reader of the format: its name, and the parameters of the way in which it reads."""

    name: str
    title: str
    """Its name for people."""
    strategy: str
    """The way in which it parses, by the names in `agentls.readers.strategies`."""
    version: str = ""
    """The version that was observed, "" if none was."""
    source: str = "observed"
    fences: Fences = Fences()
    without_frontmatter: Literal["skipped", "prompt", "no metadata"] = "skipped"
    """A file without frontmatter is skipped, or its text becomes the prompt, or it has no metadata."""
    unreadable: Literal["skipped", "prompt", "no metadata"] = "skipped"
    """The same for a file whose frontmatter cannot be parsed; the fences then belong to the prompt."""
    duplicate_keys: Literal["refused", "last", "first", "undocumented"] = "refused"
    """Equal keys are refused with the file, or one of them counts."""
    scalar_types: Literal["core", "dated", "older"] = "core"
    """What plain values are: as the core schema of YAML 1.2 has it; dates besides; or dates and the numbers
    of YAML 1.1 besides. Parsers of the last two kinds refuse tags that they do not know."""
    unknown_keys: Literal["ignored", "refused", "passed on", "undocumented"] = "ignored"
    """Unknown keys are ignored, refused with the file, or passed on to the provider of the model."""
    unknown_tools: Literal["dropped", "refused", "reported", "undocumented"] = "dropped"
    """Names of unknown tools are dropped, refused with the file, or just reported."""
    without_tools: Literal["refused", "started", "unknown"] = "refused"
    """An agent that none of its tools is left to is refused when it is started, or started without."""
    invalid_values: Literal["ignored", "refused", "no metadata"] = "ignored"
    """A wrong value is ignored, refused with the file, or costs all metadata."""
    required: tuple[str, ...] = ()
    """The keys without which the file is refused."""
    may_extend_agent: bool = False
    """Whether a file without a prompt changes an agent of the same name, and needs only a `name`."""
    reports_missing: tuple[str, ...] = ()
    """The keys that it reports as missing, though it loads the file."""
    is_advisory: bool = False
    """Whether a file that it rejects works elsewhere, so that a finding is information at most."""
    tool_grammar: ToolGrammar | None = None
    """How it reads lists of tools, where that differs from the dialect's."""
    declines_when: Condition | None = None
    """A file that meets this condition is meant for others."""
    denies_first: bool = False
    """Whether a rule of its settings that denies a tool counts before all others, in whatever file it stands,
    and one without anything in parentheses takes the tool away."""
    files: FileSelection = FileSelection()
    naming: Naming = Naming()
    precedence: Precedence = Precedence()
    effects: Effects = Effects()
    description: DescriptionRules = DescriptionRules()
    prompt: PromptRules = PromptRules()
