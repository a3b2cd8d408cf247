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
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Scalar

LoadStatus = Literal["clean", "repaired", "damaged", "dropped"]


class Reason(NamedTuple):
    """Why a file does not load as it should. `code` is the rule that reports it."""

    kind: str
    message: str
    span: Span


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
