"""Find the agent files below a folder, by the locations of the runtimes and by `.gitignore`.

Paths are absolute or as the user wrote them, always with `/`, and strings, because `pathlib` is slow in a walk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fnmatch import translate
from functools import cache

from agentls.dialects import loader
from agentls.dialects.runtimes import Place
from agentls.document import locate
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import is_inside
from agentls.workspace.disk import (
    IGNORED_FOLDERS,
    absolute_path,
    describe_error,
    find_plugin,
)
from agentls.workspace.git_ignore import (
    Ignores,
    find_repository,
    ignores_above,
    ignores_entry,
    ignores_in,
    is_ignored,
)
from agentls.workspace.settings_files import LoadedConfig

BROKEN_LINK = "broken symbolic link"


class FoundFile(NamedTuple):
    """An agent file: its path as it is printed, relative as the user wrote it, and its absolute path (with `/`)."""

    display_path: str
    path: str


class SearchOptions(NamedTuple):
    """How to search for agent files. `config` returns the settings for a folder; with a `dialect`, every `*.md`
    below a folder is found. `on_error` receives the path of what cannot be read, and `on_skip` that of what is
    omitted on purpose, each with a message. `on_overlooked` receives each file that is in no known location and may
    be meant as an agent. `with_config_files` also finds the files of runtimes that have names for the index, such
    as settings."""

    config: Callable[[str], LoadedConfig]
    dialect: str | None
    on_error: Callable[[str, str], None]
    on_skip: Callable[[str, str], None]
    with_config_files: bool = False
    on_overlooked: Callable[[FoundFile], None] = lambda _: None


class _WalkedFolder(NamedTuple):
    """A folder of a walk: its printed path with a `/` at the end ("" for the current folder), and its absolute
    path without; the `.gitignore` files that apply, the nearest last; whether they ignore it; and whether it is
    inside a location that a runtime loads in full."""

    shown: str
    full: str
    ignores: Ignores = ()
    ignored: bool = False
    inside: bool = False


def has_format(path: str, search: SearchOptions) -> bool:
    """Whether the location of the file at `path` (absolute, with `/`), or the options, determine its format."""
    folder = path.rpartition("/")[0]
    settings = search.config(folder)
    dialects = loader.user_dialects(settings.config)
    return bool(
        search.dialect
        or locate.locate(path, find_plugin(folder), files=dialects)
        or settings.dialect_for(path)
    )


def find_files(path: str, search: SearchOptions) -> Iterator[FoundFile]:
    """Yield the file at `path`, of any kind, or all agent files below that folder."""
    try:
        os.stat(path)
    except OSError as error:
        search.on_error(path, BROKEN_LINK if os.path.islink(path) else describe_error(error))
        return
    if os.path.isdir(path):
        yield from _Walk(path, search)
    else:
        yield FoundFile(path, absolute_path(path))


class _Walk:
    """One walk through a folder: the options, the real folder that symbolic links must not leave, and the real
    folders that links have led to, each of which is entered once."""

    def __init__(self, top: str, search: SearchOptions) -> None:
        self._top = top
        self._search = search
        self._root = find_repository(_real(top)) or _real(top)
        self._followed: set[str] = set()

    def __iter__(self) -> Iterator[FoundFile]:
        stack = [_start(self._top)]
        while stack:
            folder = stack.pop()
            try:
                with os.scandir(f"{folder.full}/") as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self._search.on_error(folder.shown.rstrip("/") or ".", describe_error(error))
                continue
            if any(entry.name == ".gitignore" for entry in entries):
                folder = folder._replace(ignores=(*folder.ignores, *ignores_in(folder.full)))
            below = []
            for entry in entries:
                try:
                    found = self._follow(folder, entry) if entry.is_symlink() else self._visit(folder, entry)
                except OSError as error:
                    self._search.on_error(folder.shown + entry.name, describe_error(error))
                    continue
                if isinstance(found, FoundFile):
                    yield found
                elif found:
                    below.append(found)
            stack += reversed(below)

    def _visit(self, folder: _WalkedFolder, entry: os.DirEntry[str]) -> FoundFile | _WalkedFolder | None:
        if entry.is_dir():
            return _enter(folder, entry.name)
        return self._agent(folder, entry.name) if entry.is_file() else None

    def _follow(self, folder: _WalkedFolder, link: os.DirEntry[str]) -> FoundFile | _WalkedFolder | None:
        """Return what a symbolic link leads to. A folder is entered only if the link makes it a location of
        agents: any other folder inside the root is walked under its own path."""
        found, entered = self._agent(folder, link.name), _enter(folder, link.name)
        if entered and not (entered.inside or _may_contain_place(entered.full)):
            entered = None
        if not found and not entered:
            return None
        target = _real(link.path)
        is_folder = os.path.isdir(target)
        if not os.path.exists(target):
            if found:
                self._search.on_error(found.display_path, BROKEN_LINK)
        elif not is_inside(target, self._root):
            if found or is_folder:
                self._search.on_skip(
                    folder.shown + link.name, "skipped: symbolic link to a target outside the folder"
                )
        elif not is_folder:
            return found if os.path.isfile(target) else None
        elif target not in self._followed and not is_inside(_real(folder.full), target):
            self._followed.add(target)
            return entered
        return None

    def _agent(self, folder: _WalkedFolder, name: str) -> FoundFile | None:
        """Return the file `name` in `folder`, if it is an agent file that the options include."""
        if self._search.with_config_files and _is_config_file(f"{folder.full}/{name}"):
            return FoundFile(folder.shown + name, f"{folder.full}/{name}")
        dialect, settings = self._search.dialect, self._search.config(folder.full)
        by_name = dialect is not None and name.endswith(".md")
        dialects = loader.user_dialects(settings.config)
        if not (by_name or dialects or settings.config.places or _name_test()(name)):
            return None
        full = f"{folder.full}/{name}"
        located = None if by_name else locate.locate(full, find_plugin(folder.full), files=dialects)
        if located and located.place and located.place.on_demand:
            return None
        has_format = by_name or located or settings.dialect_for(full)
        if not (has_format or _may_be_agent(full)):
            return None
        if not folder.inside and (folder.ignored or ignores_entry(full, folder.ignores)):
            return None
        found = FoundFile(folder.shown + name, full)
        if not has_format:
            self._search.on_overlooked(found)
        return found if has_format else None


def _may_be_agent(path: str) -> bool:
    """Whether the file at `path`, which is in no known location, may be meant as an agent or a rule by its name."""
    folder, _, name = path.rpartition("/")
    is_in_agents = folder.endswith("/agents") and name.endswith(".md") and name != "README.md"
    return is_in_agents or name.endswith(".mdc")


def _start(top: str) -> _WalkedFolder:
    """Return the folder in which a walk begins. It is walked even if `.gitignore` ignores it."""
    full = absolute_path(top).rstrip("/")
    shown = "" if os.path.normpath(top) == "." else top.rstrip("/" + os.sep) + "/"
    ignores = ignores_above(full)
    if is_ignored(f"{full}/", ignores):
        ignores = ()
    return _WalkedFolder(shown, full, ignores, inside=_in_place(full))


def _enter(folder: _WalkedFolder, name: str) -> _WalkedFolder | None:
    """Return the folder `name` in `folder`, if a walk enters it."""
    shown, full = f"{folder.shown}{name}/", f"{folder.full}/{name}"
    if folder.inside or _in_place(full):
        return _WalkedFolder(shown, full, folder.ignores, inside=True)
    if name in IGNORED_FOLDERS:
        return None
    ignored = folder.ignored or ignores_entry(f"{full}/", folder.ignores)
    if ignored and not _may_contain_place(full):
        return None
    return _WalkedFolder(shown, full, folder.ignores, ignored)


def _real(path: str) -> str:
    """Return `path` with all symbolic links resolved, with `/`."""
    return absolute_path(os.path.realpath(path))


@cache
def _places() -> tuple[Place, ...]:
    return tuple(found.place for found in loader.all_places())


@cache
def _agent_folders() -> tuple[Callable[[str], object], tuple[str, ...]]:
    """A test for paths with a folder that runtimes load in full in any project, such as `/.claude/agents/`, and the
    folders that contain these or configuration files, such as `/.claude`."""
    from agentls.dialects import config_files  # A file that the user names needs no walk.

    folders = {
        place.folder for place in _places() if place.scope == "project" and place.folder and place.is_read
    }
    beside = {file.rpartition("/")[0] for file in config_files.config_file_paths() if file.startswith(".")}
    targets = folders | beside - {""}
    parents = {f"/{folder[:at]}" for folder in targets for at in range(len(folder)) if folder[at] == "/"}
    inside = re.compile("|".join(re.escape(f"/{folder}/") for folder in folders)).search
    return inside, (*parents, *(f"/{folder}" for folder in targets))


def _in_place(folder: str) -> bool:
    """Whether `folder` is or is inside one that runtimes load in full."""
    return bool(_agent_folders()[0](f"{folder}/"))


def _may_contain_place(folder: str) -> bool:
    """Whether `folder` is such a folder or may contain one, as `.claude` may contain `.claude/agents`."""
    return folder.endswith(_agent_folders()[1])


def _is_config_file(path: str) -> bool:
    """Whether the file at `path` is a configuration file of a runtime. These are read even if Git ignores them,
    as personal settings often are."""
    from agentls.dialects import config_files

    folder, _, name = path.rpartition("/")
    if not config_files.is_config_file_name(name):
        return False
    plugin = find_plugin(folder)
    return config_files.locate_config_file(path, plugin.root if plugin else "") is not None


@cache
def _name_test() -> Callable[[str], object]:
    """Return a fast test that matches the name of every file in a known location, and of some others."""
    return re.compile("|".join(sorted({_pattern(place) for place in _places()}))).match


def _pattern(place: Place) -> str:
    return f"(?i:{translate(place.files)})" if place.ignores_case else translate(place.files)
