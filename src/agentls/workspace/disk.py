"""The file system: texts, paths, plugins, and the surroundings of a document.

Paths go in as the system writes them and come out with `/`, which Windows accepts as well. They are strings,
because `pathlib` is slow to import and slow in a walk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from agentls.dialects.plugin_manifests import HOOKS, MANIFEST, MARKETPLACE
from agentls.document import locate, plugins
from agentls.document.document import Document
from agentls.document.plugins import MarketplaceEntry, Plugin
from agentls.text import globs
from agentls.text.named_tuples import NamedTuple
from agentls.workspace.git_ignore import ignores_above, ignores_in, is_ignored
from agentls.workspace.reading_cache import reading_cache
from agentls.workspace.regular_files import read_bytes

if TYPE_CHECKING:
    from agentls.project.index import Index

MANIFESTS = (MANIFEST, MARKETPLACE, HOOKS)
"""The ends of the paths of the files on which it depends what a plugin provides."""


_unsaved: dict[str, str] = {}
"""The texts of manifests that an editor has changed, by their paths. What is cached of plugins depends on them."""


def absolute_path(path: str) -> str:
    """Return `path` as an absolute path with `/`. The letter of a drive is a small one, as in the URIs of editors, so
    that equal paths are equal texts."""
    full = os.path.abspath(path).replace(os.sep, "/")
    return full if full.startswith("/") else full[:1].lower() + full[1:]


def relative_path(path: str, root: str) -> str:
    """Return `path` relative to `root`, with `/`; the absolute path if it is not inside."""
    full, base = absolute_path(path), absolute_path(root)
    return full[len(base) + 1 :] if base and full.startswith(base.rstrip("/") + "/") else full


def exists(path: str) -> bool:
    """Whether there is something at `path`, also a link that leads nowhere."""
    return os.path.lexists(path)


def decode(data: bytes) -> str:
    """Return the text of a file as Claude Code decodes it: UTF-8, with U+FFFD for invalid bytes."""
    return data.decode("utf-8", "replace")


def read_text(path: str) -> str:
    """Return the text of the regular file at `path`. Raises `OSError`, also for more than `MAX_BYTES`."""
    return decode(read_bytes(path))


FileStamp = tuple[int, int]
"""The time of the last change of a file and its size, which distinguish two versions."""


def file_stamp(path: str) -> FileStamp:
    """Return the stamp of the file at `path`. Raises `OSError`."""
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


def describe_error(error: OSError) -> str:
    """Return the reason why a file could not be read, without its path."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


@reading_cache(maxsize=4096)
def find_plugin(folder: str) -> Plugin | None:
    """Return the plugin to which the files in `folder` (absolute, with `/`) belong: that of the nearest parent folder
    with a manifest, or with an entry in a marketplace above it."""
    text = _manifest(f"{folder}/{MANIFEST}")
    entries = tuple(entry for entry in _marketplace_above(folder) if entry.root == folder)
    if text is not None or entries:
        texts = plugins.PluginTexts(text, _manifest(f"{folder}/{HOOKS}"))
        return plugins.make_plugin(folder, texts, entries)
    return find_plugin(folder.rpartition("/")[0]) if folder else None


@reading_cache(maxsize=4096)
def _marketplace_above(folder: str) -> tuple[MarketplaceEntry, ...]:
    """Return the entries of the marketplace in `folder` or in the nearest parent folder with one."""
    path = f"{folder}/{MARKETPLACE}"
    text = _manifest(path)
    if text is not None:
        return plugins.parse_marketplace(folder, path, text)
    return _marketplace_above(folder.rpartition("/")[0]) if folder else ()


def _manifest(path: str) -> str | None:
    return _unsaved[path] if path in _unsaved else find_text(path)


def forget_files(unsaved: Mapping[str, str] = MappingProxyType({})) -> None:
    """Read what is kept of the disk again when it is needed: the manifests of plugins, of which those in `unsaved`, by
    their paths, have that text, the `.gitignore` files, and which files there are."""
    _unsaved.clear()
    _unsaved.update(unsaved)
    find_plugin.cache_clear()
    _marketplace_above.cache_clear()
    ignores_in.cache_clear()
    paths_below.cache_clear()


def find_text(path: str) -> str | None:
    """Return the text of the file at `path`; `None` if there is none that can be read."""
    try:
        return read_text(path)
    except OSError:
        return None


@cache
def rule_page_uri(code: str) -> str:
    """Return the URI of the page of the rule `code`."""
    from pathlib import Path  # Only the server needs it, and it has imported it already.

    return Path(__file__).parents[1].joinpath("linter", "pages").joinpath(f"{code}.md").as_uri()


def read_map_asset(name: str) -> str:
    """Return the text of the asset `name` of the page with the agent map."""
    return read_text(os.path.join(os.path.dirname(__file__), "..", "reports", "map", name))


IGNORED_FOLDERS = frozenset(
    (
        *(".git", ".hg", ".svn", ".jj", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".agentls_cache"),
    )
)
"""Folders that are not searched, because they contain no agents of the project and can be huge. Inside a folder
from which runtimes load agents they are searched, as the runtimes do."""

MAX_PROJECT_FILES = 10_000
"""In a project with more files, every pattern is assumed to match one of them."""


class DiskWorld(NamedTuple):
    """The surroundings of a document on the disk (`project.world.World`), and the index of its project."""

    document: Document
    project_index: Index | None = None

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder. True for a path that Git
        ignores: the file may exist on other machines."""
        full = absolute_path(os.path.join(self.document.path.rpartition("/")[0], path))
        return os.path.exists(full) or is_ignored(full, ignores_above(full))

    def has_match(self, pattern: str) -> bool:
        """Whether any file of the project matches `pattern`. True if this is unknown: without a project, in the user
        folder, with more than `MAX_PROJECT_FILES` files, and for folders that are not searched."""
        root = locate.content_root(self.document)
        if root is None or not IGNORED_FOLDERS.isdisjoint(pattern.split("/")):
            return True
        paths = paths_below(root)
        return paths is None or any(globs.matches(pattern, path) for path in paths)


@lru_cache(maxsize=8)
def paths_below(root: str) -> tuple[str, ...] | None:
    """Return the files below `root`, except those in `IGNORED_FOLDERS`, or `None` if there are too many."""
    if os.path.realpath(root) in (os.path.realpath(os.path.expanduser("~")), os.path.realpath("/")):
        return None
    found: list[str] = []
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in IGNORED_FOLDERS]
        found += [f"{relative_path(folder, root)}/{name}" if folder != root else name for name in files]
        if len(found) > MAX_PROJECT_FILES:
            return None
    return tuple(found)
