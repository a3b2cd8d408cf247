"""The documents that are open in the editor, each version of them frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pygls import uris

from agentls.config import Config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.linter import check
from agentls.lsp.settings import Settings
from agentls.project.world import NoDisk
from agentls.workspace import disk, settings_files

if TYPE_CHECKING:
    from agentls.project.index import Index

_LANGUAGES = {
    "chatagent": ("copilot", "claude-code"),
    "prompt": ("copilot-prompt",),
    "instructions": ("copilot-instructions",),
    "skill": ("agent-skills", "claude-skills"),
}
"""What VS Code calls files that it reads, and the dialects in which those may be that lie in no known place."""

# Agent files of other products: a folder `agents` in a hidden one. Claude Code does not read them.
_OF_OTHERS = re.compile(r"/\.[^/]+/agents/")

_serials = count(1)


def _nothing(_: Document) -> None:
    """No project is known."""


@dataclass(frozen=True)
class Opened:
    """One version of a text that is open, with the agent file it is, if it is one.

    `serial` differs for every version and for every change of settings.
    """

    uri: str
    language: str
    version: int
    text: str
    document: Document | None = None
    config: Config = Config()  # noqa: RUF009  Nothing can change it.
    project: Callable[[Document], Index | None] = _nothing
    serial: int = field(default_factory=_serials.__next__, compare=False)

    @cached_property
    def diagnostics(self) -> list[check.Diagnostic]:
        """What the checks say, worked out on first use."""
        if self.document is None:
            return []
        index = self.project(self.document)
        # A text that was never saved has no folder.
        on_disk = "/" in self.document.path
        world = disk.DiskWorld(self.document, index) if on_disk else NoDisk(index)
        return check.check(self.document, self.config, world)


class Documents:
    """All open documents by their URIs, with what decides about their settings: those of the
    editor, the URIs of its workspace's folders, and the configuration files. `project` gives the index of
    a document's project once all of it is known. `files` has the configuration files that were read."""

    def __init__(
        self, settings: Settings, roots: Sequence[str], project: Callable[[Document], Index | None] = _nothing
    ) -> None:
        self.settings = settings
        self.roots = roots
        self._project = project
        self._opened: dict[str, Opened] = {}
        self.files: dict[str, settings_files.LoadedConfig] = {}
        self._configs: dict[str, settings_files.LoadedConfig] = {}

    def __iter__(self) -> Iterator[Opened]:
        """All open documents."""
        return iter(list(self._opened.values()))

    def get(self, uri: str) -> Opened | None:
        """The current version of a document, if it is open."""
        return self._opened.get(unquote(uri))

    def open(self, uri: str, language: str, version: int, text: str) -> Opened:
        """Take in a document."""
        return self._keep(self._placed(Opened(uri, language, version, text)))

    def change(self, uri: str, version: int, text: str) -> Opened | None:
        """Take in a new version of a document; `None` if it was never opened."""
        old = self.get(uri)
        if old is None:
            return None
        if old.document is None:
            return self.open(old.uri, old.language, version, text)
        # Once an agent file, a document remains one while it is open, whatever is typed into it.
        document = old.document._replace(text=text)
        new = replace(old, version=version, text=text, document=document, serial=next(_serials))
        return self._keep(new)

    def close(self, uri: str) -> Opened | None:
        """Forget a document; what it was, if it was open."""
        return self._opened.pop(unquote(uri), None)

    def closed(self, uri: str, text: str, index: Index) -> Opened:
        """A file that is not open, as if it were, in the project of that index."""
        return replace(self._placed(Opened(uri, "", 0, text)), project=lambda _: index)

    def recheck(self, opened: Opened) -> bool:
        """Check a document again, since others of its project have changed; whether that finds anything else."""
        fresh = replace(opened, serial=next(_serials))
        if fresh.diagnostics == opened.diagnostics:
            return False
        self._keep(fresh)
        return True

    def reload(self) -> list[Opened]:
        """Read settings and plugins from the disk again; the documents for which that changes
        anything, in their new state."""
        self._configs, self.files = {}, {}
        disk.find_plugin.cache_clear()
        disk.paths_below.cache_clear()
        changed = []
        for old in list(self._opened.values()):
            new = self._placed(old)
            if (new.document, new.config) != (old.document, old.config):
                changed.append(self._keep(replace(new, serial=next(_serials))))
        return changed

    def differ(self, before: Mapping[str, settings_files.LoadedConfig]) -> bool:
        """Whether any of the configuration files reads otherwise than `before`, or is new."""
        now = {file: self.files.get(file) or settings_files.read_settings(file) for file in before}
        return now != before or not self.files.keys() <= before.keys()

    @property
    def folders(self) -> list[str]:
        """The paths of the workspace's folders."""
        return [path for path in map(path_of, self.roots) if path]

    @property
    def problems(self) -> list[str]:
        """What cannot be used in the configuration files read so far."""
        return [f"{c.file}: {problem}" for c in list(self.files.values()) for problem in c.problems]

    def _keep(self, opened: Opened) -> Opened:
        self._opened[unquote(opened.uri)] = opened
        return opened

    def _placed(self, opened: Opened) -> Opened:
        """`opened` with its document and its settings, as its place has them."""
        path = _path(opened)
        if path is None:
            return opened
        roots = self.folders
        folder = path.rpartition("/")[0]
        root = next((root for root in roots if path.startswith(root + "/")), folder)
        loaded = self.settings_in(folder or next(iter(roots), "/"))
        config = self.settings.over(loaded.for_file(path), disk.relative_path(path, root))
        plugin = disk.find_plugin(folder) if folder else None
        place = loaded.dialect_for(path) or self.settings.place(disk.relative_path(path, root))
        wish = place or _wish(path, opened)
        document = locate.open_document(path, opened.text, config, plugin, wish)
        return replace(opened, document=document, config=config, project=self._project)

    def settings_in(self, folder: str) -> settings_files.LoadedConfig:
        """The settings of the configuration file that counts for `folder`."""
        if folder not in self._configs:
            file = settings_files.find_settings_file(folder)
            self._configs[folder] = self._read(file) if file else settings_files.default_settings()
        return self._configs[folder]

    def _read(self, file: str) -> settings_files.LoadedConfig:
        if file not in self.files:
            self.files[file] = settings_files.read_settings(file)
        return self.files[file]

    def settings_for_names(self, folder: str) -> settings_files.LoadedConfig:
        """The same with what the editor adds that matters for what a file is, rather than for its checks."""
        loaded = self.settings_in(folder)
        return loaded._replace(config=self.settings.over(loaded.config, ""))


def _path(opened: Opened) -> str | None:
    """The path of a file, or the bare name of one of ours that was not saved yet; `None` for a
    document that is neither."""
    scheme, _, rest = opened.uri.partition(":")
    if scheme == "untitled":
        return unquote(rest) if opened.language in _LANGUAGES else None
    return path_of(opened.uri)


def path_of(uri: str) -> str | None:
    """The path (with `/`) of a file or folder, if `uri` is that of one."""
    try:
        path = uris.to_fs_path(uri)
    except ValueError:
        return None
    return disk.absolute_path(path) if path else None


def _wish(path: str, opened: Opened) -> str | None:
    """The dialect to take for a file outside of all known places: if the editor has a word for what it
    is, or if it lies in a folder `agents` and has a name and a description."""
    dialect = loader.DIALECT_NAMES[0]
    if opened.document is not None:
        return opened.document.dialect.name
    if opened.language in _LANGUAGES:
        return max(_LANGUAGES[opened.language], key=lambda name: _known(path, opened.text, name))
    if _OF_OTHERS.search(path) or not (path.endswith(".md") and path.rpartition("/")[0].endswith("/agents")):
        return None
    agent = locate.open_document(path, opened.text, Config(), None, dialect)
    return dialect if agent and agent.entry("name") and agent.entry("description") else None


def _known(path: str, text: str, dialect: str) -> int:
    """How many of the keys and tools in a text a dialect knows."""
    document = locate.open_document(path, text, Config(), None, dialect)
    if document is None:
        return 0
    facts = document.dialect
    tools = [item.entry.name for tools in document.tool_lists for item in tools.items]
    return sum(facts.key(entry.key.text) is not None for entry in document.root.entries) + sum(
        facts.tool(name) is not None for name in tools
    )
