"""What a runtime makes of a text.

A `Reading` is the verdict of one runtime on one file: does it load, how, why not, where does
the runtime see the frontmatter, and which values does it take from it. The strategies that
produce readings, one for each way of reading, live in `agentls.readers`.
"""

from __future__ import annotations

from collections import abc
from types import MappingProxyType
from typing import Literal, NamedTuple

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import Mismatch
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar

LoadStatus = Literal["clean", "repaired", "damaged", "dropped"]


ReasonKind = Literal[
    "broken-hooks",
    "byte-order-mark",
    "description-not-text",
    "duplicate-key",
    "early-terminator",
    "frontmatter-not-a-mapping",
    "invalid-name",
    "invalid-value",
    "invalid-yaml",
    "malformed-closing-fence",
    "malformed-fence",
    "missing-description",
    "missing-frontmatter",
    "missing-key",
    "missing-name",
    "missing-prompt",
    "name-not-folder",
    "name-not-text",
    "text-before-frontmatter",
    "unclosed-frontmatter",
    "unknown-key",
    "unknown-tool",
    "unopened-frontmatter",
    "unread-file",
]
"""What is wrong, by the code of the rule that reports it."""

KIND_IF_MISSING: dict[str, ReasonKind] = {"name": "missing-name", "description": "missing-description"}
KIND_IF_NOT_TEXT: dict[str, ReasonKind] = {"name": "name-not-text", "description": "description-not-text"}
"""What is wrong with a name or a description; other keys have no rule of their own."""

Cause = Literal[
    "NUL character",
    "TOML",
    "alias as key",
    "anchor",
    "blank lines before the frontmatter",
    "built-in name",
    "byte order mark",
    "closing fence inexact",
    "closing fence inside a line",
    "closing fence missing",
    "code fence before the frontmatter",
    "colon at the end",
    "colon in value",
    "comment inside a value",
    "default name invalid",
    "duplicate key",
    "empty frontmatter",
    "empty tool",
    "empty value",
    "event not a list",
    "exclusive keys",
    "file in a subfolder",
    "file name ignored",
    "file name not accepted",
    "flow mapping",
    "flow sequence",
    "hook entry without a list",
    "hooks not a mapping",
    "indicator",
    "invalid YAML",
    "invalid entry",
    "item not a mapping",
    "key inside a value",
    "key missing",
    "key of another variant",
    "line not indented",
    "lines end in CR",
    "list not indented",
    "mapping not aligned",
    "mismatch",
    "name differs from the folder",
    "name with a colon",
    "name with a hyphen in front",
    "neither key nor indented",
    "no frontmatter",
    "no key of the variant",
    "no line after the frontmatter",
    "no prompt",
    "no space after colon",
    "not UTF-8",
    "not a mapping",
    "not a string",
    "not key and value",
    "one key of several missing",
    "open quote",
    "opening fence inexact",
    "opening fence missing",
    "opening fence with spaces",
    "prompt too short",
    "repair breaks another entry",
    "repair ignores CRLF",
    "repair ignores brackets",
    "repair ignores further lines",
    "repair ignores the key",
    "reserved name",
    "tag",
    "text after quotes",
    "text before the frontmatter",
    "unknown event",
    "unknown key",
    "unknown tag",
    "unknown tool",
]
"""What is wrong, more exactly. `agentls.linter.reason_wording` has a sentence for each."""


class Reason(NamedTuple):
    """Why a file does not load as it should, as data without wording: `data` are the pieces of the file that a
    sentence about it names, or the nodes whose kind it names."""

    kind: ReasonKind
    cause: Cause
    span: Span
    data: tuple[str | Node | Mismatch, ...] = ()


class FileIdentity(NamedTuple):
    """What a runtime knows of a file besides its text.

    `stem` is the file's name without extension. `plugin` is the name of the plugin it belongs
    to ("" for a project), and `folders` are the folders between the place and the file, whose
    whole name is `file`. `sets` are keys that have a value in that place, whatever the file says.
    `base` is the folder that the place is counted from (with `/`, "" where nothing tells): the root of a
    project or of a plugin, or somebody's home.
    """

    stem: str
    plugin: str = ""
    subfolders: tuple[str, ...] = ()
    file_name: str = ""
    fixed_values: abc.Mapping[str, str] = MappingProxyType({})
    base_folder: str = ""

    def default_name(self, of: Literal["none", "file", "path", "folder"]) -> str:
        """The name that stands in for a missing one: that of the file, of the folder it lies in, or
        the path from the place to it."""
        if of == "path":
            return "/".join((*self.subfolders, self.stem))
        return self.subfolders[-1] if of == "folder" and self.subfolders else self.stem


class Reading(NamedTuple):
    """One runtime's view of a file, and the dialect by which the runtime takes it.

    `how` is "clean"; "repaired", when only the runtime's own repair made it load; "damaged",
    when it loads but its metadata is lost; or "dropped". `block` covers the YAML as the runtime
    delimits it and `closing` the dashes that end it for the runtime (`None` where there is no
    frontmatter). `root` is the tree the runtime sees, its spans those of the document.
    `rewritten` are the spans of values that the repair put into quotes, or took as if it had, and
    `lost` those of lines that it passed over. The prompt starts at `body`. `name` and `description`
    are what the runtime shows.
    """

    runtime: Runtime
    dialect: Dialect
    status: LoadStatus
    reasons: tuple[Reason, ...]
    block: Span | None
    closing: Span | None
    root: Mapping | None
    repaired_values: tuple[Span, ...]
    body_start: int
    name: str | None
    description: str | None
    ignored_lines: tuple[Span, ...] = ()

    @property
    def loads(self) -> bool:
        """Whether the runtime registers an agent from this file."""
        return self.status != "dropped"

    def entry(self, key: str) -> Entry | None:
        """The entry the runtime uses for `key`."""
        return self.root.get(key) if self.root else None

    def string(self, key: str) -> str | None:
        """The value of `key` if it is text, as the runtime requires for most keys."""
        entry = self.entry(key)
        if entry and isinstance(entry.value, Scalar) and entry.value.type == "str":
            return entry.value.text
        return None
