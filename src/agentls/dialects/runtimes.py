"""The runtimes that read a format, and where: places, fences, and the parameters of runtimes.

The docstrings of records and fields are the descriptions in the JSON Schema of dialect files.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal

from agentls.text.named_tuples import NamedTuple


class Condition(NamedTuple):
    """A condition on another key: it is set to one of `values` (to any value if there are none), and to none of
    `excluded_values`. "" in `values` means that the key may be missing."""

    key: str
    values: tuple[str, ...] = ()
    excluded_values: tuple[str, ...] = ()


class ToolGrammar(NamedTuple):
    """How a list of tools is written."""

    separators: str = ", "
    """The characters at which a scalar is split; "" if it is not split."""
    splits_items: bool = True
    """Whether the items of a list are split too."""
    specifiers: bool = True
    """Whether a specifier in parentheses may follow a name."""
    ignores_case: bool = False
    """Whether names are compared without regard to case."""
    wildcards: tuple[str, ...] = ("*",)
    """The entries that mean every tool."""
    external_tools: tuple[str, ...] = ("mcp__*",)
    """Patterns (with `*`) for the names of tools of servers and extensions, about which nothing is known. A name
    after a set of tools and `/` must be a member of the set nevertheless."""
    empty_removes_all: bool = True
    """Whether an empty list removes all tools."""
    empty_is_intended: bool = False
    """Whether an empty list is the usual way to remove all tools."""
    null_removes_all: bool = True
    """Whether the key without a value removes all tools."""
    wildcard_alone: bool = False
    """Whether an entry for every tool only applies as the single item."""
    globs: bool = False
    """Whether `*` is a pattern in the names of MCP tools."""
    own_names: bool = True
    """Whether the names of the table are accepted, and not only those of other formats."""
    is_open_set: bool = False
    """Whether there may be tools that are not in the table, so that an unknown name is not reported."""
    is_mapping: bool = False
    """Whether the value is a mapping from names to booleans."""
    server_pattern: str = r"mcp__([^_].*?)(?:__.*)?"
    """A regular expression for the names of tools of MCP servers, with a group for the name of the server; "" if
    the names do not contain it."""
    server_wildcard: str = ""
    """The entry for all tools of an MCP server, with `{}` for its name; "" if there is none or it is unknown."""


class ToolKeys(NamedTuple):
    """The keys of a file that decide which tools the agent has; "" for one that the format does not have."""

    allowed: str = "tools"
    """The list of tools that the agent has, or a mapping that enables and disables tools."""
    denied: str = ""
    """The list of tools that the agent does not have."""
    mode: str = ""
    """The permission mode, without which some tools are not available."""
    permissions: str = ""
    """Permissions, as a mapping in which the last entry that matches decides."""
    switches: Mapping[str, str] = MappingProxyType({})
    """For entries of a mapping of tools, the permission with another name that they set."""


class Place(NamedTuple):
    """A folder and a file pattern where runtimes look for files of the dialect."""

    folder: str
    """The folder, as in `.claude/agents`; "" for any."""
    source: str
    files: str = "*.md"
    """A pattern (with `*`) for the file names."""
    scope: Literal["project", "user", "plugin"] = "project"
    """"project" (the folder may be anywhere, also in the user folder), "user" (only in the user folder) or
    "plugin" (in the root of a plugin)."""
    recursive: bool = True
    """Whether files in subfolders belong to the place."""
    ignores_case: bool = False
    """Whether a name also matches in other case, so that files that runtimes do not find are reported."""
    is_read: bool = True
    """Whether runtimes look there. If not, files are put there by mistake and are reported."""
    on_demand: bool = False
    """Whether runtimes read a file there only if another one refers to it. Such files are not checked."""
    fixed_values: Mapping[str, str] = MappingProxyType({})
    """Keys whose value the place fixes, whatever the file contains."""
    rejection_effect: str = ""
    """What its readers do with a file of this place that they reject, where that differs from other places."""
    runtimes: tuple[str, ...] = ()
    """The readers that the place belongs to; all of the dialect if empty."""
    other_readers: Mapping[str, str] = MappingProxyType({})
    """Other runtimes that read it too, each with the dialect that describes how."""
    deciding_keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Dialects that share the place, each with keys of its own: a file with one of these keys has that dialect,
    and belongs to its place."""
    renamed_suffix: str = ""
    """The suffix that file names must have, where this place is deprecated or is not read."""
    moved_to: str = ""
    """The folder where such files belong, if it is another one."""

    def holds(self, path: str) -> bool:
        """Whether the file at `path` is in this place. The path is written with `/`; for the scope "plugin" it is
        relative to the root of the plugin."""
        if self.folder not in path:
            return False  # Fast path: most files are not in most places.
        folders, _, name = path.rpartition("/")
        pattern = self.files
        if self.ignores_case:
            name, pattern = name.lower(), pattern.lower()
        if not fnmatchcase(name, pattern):
            return False
        if not self.recursive:
            return f"/{folders}".endswith(f"/{self.folder}")
        if self.scope == "plugin":
            return f"{folders}/".startswith(f"{self.folder}/")
        return not self.folder or f"/{self.folder}/" in f"/{folders}/"

    def below(self, path: str) -> tuple[str, ...]:
        """Return the folders between this place and the file at `path`, which is in it."""
        folders = path.rpartition("/")[0]
        inside = f"/{folders}/".rpartition(f"/{self.folder}/")[2] if self.folder else folders
        return tuple(part for part in inside.split("/") if part)

    def base(self, path: str) -> str:
        """Return the folder that this place is relative to, for the file at `path`, which is in it."""
        folders = path.rpartition("/")[0]
        if not self.folder:
            return folders
        return f"/{folders}/".rpartition(f"/{self.folder}/")[0].removeprefix("/")

    def stem(self, path: str) -> str:
        """Return the name of the file at `path` without the suffix that the pattern of the place requires."""
        name = path.rpartition("/")[2]
        fixed = self.files.rpartition("*")[2]
        return name[: len(name) - len(fixed)] if "*" in self.files else name.rpartition(".")[0]


class Fences(NamedTuple):
    """How a runtime finds the frontmatter."""

    byte_order_mark: bool = True
    """Whether a byte order mark at the start is removed."""
    cr_ends_line: bool = False
    """Whether a CR alone ends a line."""
    indented: bool = False
    """Whether spaces may precede a `---`."""
    opening_blanks: bool = True
    """Whether spaces may follow the opening `---`."""
    languages: tuple[str, ...] = ()
    """Words that may follow the opening `---`."""
    strips_leading_blanks: bool = False
    """Whether spaces before the first line of the frontmatter are removed."""
    closing: Literal["alone", "blanks", "anything", "anywhere"] = "blanks"
    """What may follow the closing `---`: nothing, spaces, anything; or it may be anywhere, also inside a
    line."""
    requires_final_newline: bool = False
    """Whether a line end must follow the closing `---`."""
    allows_empty: bool = True
    """Whether the frontmatter may be empty."""
    unclosed: Literal["nothing", "rest"] = "nothing"
    """What is read where the closing `---` is missing: nothing, or the rest of the file."""


class FileSelection(NamedTuple):
    """Which files of a place a runtime reads."""

    recursive: bool = True
    """Whether files in subfolders of the place are read. If each file has its own folder, the folder does not
    count."""
    needs_own_folder: bool = False
    """Whether a file that is not in a subfolder of the place is not read."""
    ignored_folders: tuple[str, ...] = ()
    """Names of folders below the place whose files are not read."""
    ignored_files: tuple[str, ...] = ()
    """Patterns for the names of files that are not read."""
    accepted_files: tuple[str, ...] = ()
    """Patterns for the names of files that are read; all if empty."""


class Naming(NamedTuple):
    """How a runtime determines the name of an agent, and which names it accepts."""

    default_name: Literal["none", "file", "path", "folder"] = "file"
    """Where a missing name comes from: nowhere, the file name, the path below the place, or the folder of
    the file (each file has its own)."""
    name_handling: Literal["kept", "filled", "trimmed", "ignored"] = "kept"
    """The value of `name` is kept unchanged, used only if it is not empty, trimmed before that, or
    ignored."""
    qualifies_names: bool = False
    """Whether the plugin and the folders below the place precede the file name, with `:`."""
    name_mismatch: Literal["taken", "refused", "reported"] = "taken"
    """Whether a name other than that of the folder is accepted, rejected with the file, or accepted and
    reported."""
    reserved_names: bool = False
    """Whether the reserved names of the dialect are rejected."""
    override_key: str = ""
    """A key without which the names of built-in agents are rejected."""


class Precedence(NamedTuple):
    """Which one a runtime uses of several files of the same name."""

    same_name: Literal["undocumented", "one", "first", "last", "all"] = "undocumented"
    """Which of two files of the same name in one folder is used: one of them (undocumented which), the
    first, the last, or all."""
    similar_names: Literal["undocumented", "same"] = "undocumented"
    """Whether names that differ only in case and separators are the same name."""
    nearest_wins: bool = False
    """Whether, of two files of the same name, the one in the folder nearest to the start of a session is
    used."""
    user_folder_precedence: Literal["undocumented", "hidden", "wins"] = "undocumented"
    """Whether a file in the user folder is shadowed by one of the same name in the project, or shadows
    it."""
    shadowed_by: Literal["", "skill"] = ""
    """The kind of definition that is used instead if it has the same name."""


class Effects(NamedTuple):
    """What a runtime does with a file, in phrases that follow its title."""

    loading_effect: str = ""
    """What it does with a file that it loads, if that is not to load it at its start."""
    rejection_effect: str = "does not load the file"
    """What it does with a file that it rejects."""
    rejection_word: str = "not loaded"
    """What it does with a file that it rejects, in one word for a status bar."""
    degraded_effect: str = ""
    """What it does with a file that it loads without its frontmatter."""
    no_description_effect: str = ""
    """What it does with an agent without a description."""
    repair_effect: str = "quotes the values"
    """How it reads invalid YAML."""


class DescriptionRules(NamedTuple):
    """What a runtime does with descriptions."""

    default_description: Literal["nothing", "first line"] = "nothing"
    """What is used instead of a missing description."""
    line_breaks: bool = False
    """Whether a backslash and an `n` in a description become a line break."""
    description_budget: int = 0
    """The approximate number of tokens that all descriptions may have together; 0 for no limit."""
    listed_keys: tuple[str, ...] = ()
    """The keys whose values the model receives together, in this order."""
    max_listed_length: int = 0
    """The maximum number of characters of these values together; 0 for no limit."""
    description_budget_source: str = ""
    """The source of that number, as a phrase that follows the title of the runtime."""


class PromptRules(NamedTuple):
    """What a runtime does with a prompt."""

    min_prompt_length: int = 0
    """The minimum number of characters of a prompt."""
    max_prompt_length: int = 0
    """The maximum number of characters of a prompt; 0 for no limit."""
    advised_lines: int = 0
    """The number of lines above which the vendor recommends splitting the text; 0 without a recommendation."""
    imports: bool = False
    """Whether `@path` in the prompt is replaced by the text of a file."""
    resolves_prompt_references: bool = False
    """Whether `#file:path` and `#tool:name` in the prompt refer to files and tools."""


class ImpossiblePrefix(NamedTuple):
    """A prefix with which a file pattern matches no file, and why, as a clause."""

    prefix: str
    reason: str


class PatternRules(NamedTuple):
    """How a runtime uses the file patterns in frontmatter. What is not set is not known."""

    always_patterns: tuple[str, ...] = ()
    """The patterns with which a file is always used, also where no other file is concerned."""
    always_needs_all: bool = False
    """Whether all patterns must be such ones, where otherwise one is enough."""
    always_without_patterns: bool = False
    """Whether a file is always used if the key has no value, or one that is not a pattern."""
    impossible_prefixes: tuple[ImpossiblePrefix, ...] = ()
    """The prefixes with which a pattern matches no file."""
    keeps_spaces: bool = False
    """Whether spaces at the ends of a value belong to the pattern, which then matches no file."""
    folder_in_brackets: str = ""
    """How a folder `[name]` is written in a pattern, with `{}` for the name; "" if brackets have no meaning, or if
    this is not known."""
    ignores_negation: bool = False
    """Whether a pattern that starts with `!` excludes nothing."""


class Runtime(NamedTuple):
    """A runtime that reads the format: its name, and the parameters of how it reads files."""

    name: str
    title: str
    """The display name."""
    strategy: str
    """How it reads a file, as a name of `agentls.readers.strategies`."""
    version: str = ""
    """The version that was observed; "" if none was."""
    source: str = "observed"
    fences: Fences = Fences()
    without_frontmatter: Literal["skipped", "reported", "prompt", "addressed prompt", "no metadata"] = (
        "skipped"
    )
    """A file without frontmatter is not loaded, silently or with an error; its text becomes the prompt, or only if
    it speaks to an agent; or it has no metadata."""
    unreadable: Literal["skipped", "prompt", "no metadata"] = "skipped"
    """The same for a file whose frontmatter cannot be parsed; the `---` lines then belong to the
    prompt."""
    duplicate_keys: Literal["refused", "last", "first", "undocumented"] = "refused"
    """The file is rejected for duplicate keys, or one of them is used."""
    scalar_types: Literal["core", "dated", "older"] = "core"
    """The types of plain scalars: the core schema of YAML 1.2; dates as well; or dates and the numbers of
    YAML 1.1. Parsers of the last two kinds reject unknown tags."""
    unknown_keys: Literal["ignored", "refused", "passed on", "undocumented"] = "ignored"
    """Unknown keys are ignored, rejected with the file, or passed on to the provider of the model."""
    unknown_tools: Literal["dropped", "refused", "reported", "undocumented"] = "dropped"
    """Names of unknown tools are ignored, rejected with the file, or only reported."""
    without_tools: Literal["refused", "started", "unknown"] = "refused"
    """An agent none of whose tools is available is refused at start, or starts without tools."""
    invalid_values: Literal["ignored", "refused", "no metadata"] = "ignored"
    """An invalid value is ignored, rejected with the file, or makes the file load without its
    frontmatter."""
    required: tuple[str, ...] = ()
    """The keys without which the file is rejected."""
    may_extend_agent: bool = False
    """Whether a file without a prompt changes an agent of the same name, and needs only a `name`."""
    reports_missing: tuple[str, ...] = ()
    """The keys that it reports as missing, although it loads the file."""
    validator: str = ""
    """The command of the vendor that validates files; it may report what the runtime accepts."""
    is_advisory: bool = False
    """Whether other runtimes load a file that it rejects, so that a finding is information at most."""
    tool_grammar: ToolGrammar | None = None
    """How it reads lists of tools, where that differs from the dialect."""
    declines_when: Condition | None = None
    """The condition under which a file is for other runtimes."""
    denies_first: bool = False
    """Whether a rule in its settings that denies a tool precedes all other rules, whatever file it is in, and
    removes the tool if it has no specifier."""
    files: FileSelection = FileSelection()
    naming: Naming = Naming()
    precedence: Precedence = Precedence()
    effects: Effects = Effects()
    description: DescriptionRules = DescriptionRules()
    prompt: PromptRules = PromptRules()
    patterns: PatternRules = PatternRules()
