"""The result of a runtime reading an agent file.

A `Reading` states whether one runtime loads one file, with which status and for which reasons, where it finds
the frontmatter, and which values it reads there. The strategies that return readings are the other modules of
`agentls.readers`.
"""

from collections import abc
from types import MappingProxyType
from typing import Literal, get_args

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Place, Runtime
from agentls.dialects.value_schema import Mismatch
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar

LoadStatus = Literal["clean", "repaired", "damaged", "dropped"]
STATUSES: tuple[LoadStatus, ...] = get_args(LoadStatus)
"""How well a runtime loads a file, the best first."""

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
    "rejected-plugin",
    "replaced-folder",
    "text-before-frontmatter",
    "unclosed-frontmatter",
    "unknown-key",
    "unknown-tool",
    "unopened-frontmatter",
    "unread-file",
]
"""The kind of problem, as the code of the rule that reports it."""

FILE_START = Span(0, 3)
"""The span of a reason about a file as a whole whose text is not known: its opening `---`."""

KIND_IF_MISSING: dict[str, ReasonKind] = {"name": "missing-name", "description": "missing-description"}
KIND_IF_NOT_TEXT: dict[str, ReasonKind] = {"name": "name-not-text", "description": "description-not-text"}
"""The kinds for a missing or invalid name or description. Other keys share a rule."""

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
    "conflicting manifests",
    "default name invalid",
    "duplicate key",
    "empty frontmatter",
    "empty tool",
    "empty value",
    "event not a list",
    "event outside hooks",
    "exclusive keys",
    "file in a subfolder",
    "file name ignored",
    "file name not accepted",
    "file not in its own folder",
    "flow mapping",
    "flow sequence",
    "folder not read",
    "folder replaced",
    "folder reserved",
    "handler not a mapping",
    "hook entry without a list",
    "hook field invalid",
    "hook field missing",
    "hooks not a mapping",
    "hooks outside hooks",
    "indicator",
    "invalid YAML",
    "invalid entry",
    "item not a mapping",
    "key inside a value",
    "key missing",
    "key of another variant",
    "left to others",
    "line not indented",
    "lines end in CR",
    "list not indented",
    "manifest invalid",
    "manifest not JSON",
    "manifest not a mapping",
    "mapping not aligned",
    "matcher not a string",
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
"""The exact cause of a reason. `agentls.linter.reason_wording` has a sentence for each."""


class Reason(NamedTuple):
    """Why a reading is not clean, as data without wording. `data` are the strings from the file that a sentence
    about it quotes, the nodes whose type it names, and what it is a consequence of."""

    kind: ReasonKind
    cause: Cause
    span: Span
    data: "tuple[str | Node | Mismatch | Reason, ...]" = ()


class Withheld(NamedTuple):
    """Why a plugin does not provide a file that is in it, for the `runtimes` that read its manifests: the reason, and
    the `span` that causes it in the `manifest`, given by its path."""

    reason: Reason
    runtimes: tuple[str, ...]
    manifest: str
    span: Span


class FileIdentity(NamedTuple):
    """What a runtime knows about a file besides its text.

    `stem` is the name of the file without extension, `file_name` its whole name. `plugin` is the name of the
    plugin that the file belongs to ("" for a project). `subfolders` are the folders between the place and the
    file. `fixed_values` are the keys whose value the place fixes, whatever the file contains. `base_folder` is the
    folder that the place is relative to (with `/`, "" if it is unknown): the root of a project or of a plugin, or
    the user folder. `withheld` tells why its plugin does not provide the file, `None` if it does. `place` is `None`
    if the configuration or the user sets the dialect.
    """

    stem: str
    plugin: str = ""
    subfolders: tuple[str, ...] = ()
    file_name: str = ""
    fixed_values: abc.Mapping[str, str] = MappingProxyType({})
    base_folder: str = ""
    withheld: Withheld | None = None
    place: Place | None = None

    def default_name(self, of: Literal["none", "file", "path", "folder"]) -> str:
        """Return the name that is used if the file has none: that of the file, that of its folder, or its path
        below the place."""
        if of == "path":
            return "/".join((*self.subfolders, self.stem))
        return self.subfolders[-1] if of == "folder" and self.subfolders else self.stem


class Reading(NamedTuple):
    """How one runtime reads a file, and the dialect by which it reads it.

    `status` is "clean"; "repaired" if the file loads only after the runtime's repair; "damaged" if it loads
    without its metadata; or "dropped" if it is not loaded. `block` is the span of the YAML as the runtime delimits
    it, and `closing` that of the dashes that end it (`None` without frontmatter). `root` is the tree that the
    runtime reads, with spans in the document. `repaired_values` are the spans of the values that the repair
    quoted or read as if they were quoted, and `ignored_lines` those of lines that it ignored. The prompt starts
    at `body_start`. `name` and `description` are what the runtime shows. If the runtime does not look at the file at
    all, `unread_reason` tells why, and the rest is how it would read the text elsewhere.
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
    unread_reason: Reason | None = None

    @property
    def loads(self) -> bool:
        """Whether the runtime registers an agent from this file."""
        return self.status != "dropped"

    @property
    def is_readable(self) -> bool:
        """Whether the runtime can parse the frontmatter and finds a name and a description in it, even if it then
        rejects what else there is."""
        unread = (*KIND_IF_MISSING.values(), *KIND_IF_NOT_TEXT.values())
        return self.loads or (
            self.root is not None and not any(reason.kind in unread for reason in self.reasons)
        )

    def entry(self, key: str) -> Entry | None:
        """Return the entry that the runtime uses for `key`."""
        return self.root.get(key) if self.root else None

    def string(self, key: str) -> str | None:
        """Return the value of `key` if it is a string, as the runtime requires for most keys."""
        entry = self.entry(key)
        if entry and isinstance(entry.value, Scalar) and entry.value.type == "str":
            return entry.value.text
        return None
