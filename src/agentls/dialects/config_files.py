"""Companions: files beside the agents, in JSON, that define or use names: settings, servers, plugins."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from agentls.dialects.hooks import RefersTo
from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table


class NamePath(NamedTuple):
    """Where names stand in such a file. `path` are the keys that lead there, with a point between; `*` stands
    for each key of a mapping and each item of a list, and "" is the file as a whole.

    `defines` says what the keys of the mapping are the names of, as far as their entries have one of the keys
    `one_of`, if there are any. `refers_to` says what the text there, or each text of a list, is the name of; with
    `keys` it is the keys of a mapping. A path is relative to the folder that the file belongs to, or to the
    folder that the neighbouring key `base_key` names. `permission_action` is what happens to uses of the tools
    listed there; "value" means a mapping from tools, or from tools and patterns, to the action. `hooks` tells
    that the value is a mapping of hooks.
    """

    path: str
    defines: RefersTo = ""
    one_of: tuple[str, ...] = ()
    refers_to: Literal[RefersTo, "file"] = ""
    keys: bool = False
    base_key: str = ""
    hooks: bool = False
    permission_action: Literal["", "allow", "ask", "deny", "value"] = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """The way there, step by step."""
        return tuple(self.path.split(".")) if self.path else ()


class RuntimeConfigFile(NamedTuple):
    """Such a file: what its path ends in, who reads it, and the dialect of their agents. Of the scope
    "plugin", its path counts from the root of a plugin; else it may be in any folder, also in the user's
    home, where it counts for all projects unless `home` says that it does not."""

    title: str
    files: tuple[str, ...]
    dialect: str
    runtimes: tuple[str, ...]
    source: Source
    names: tuple[NamePath, ...]
    scope: Literal["project", "plugin"] = "project"
    home: bool = True


class UserFolder(NamedTuple):
    """A folder in a user's home: the environment variable that tells another place for it, and the file in
    it that lists the plugins which are installed, if there is one. The key `enabled_key` of its `settings`, and of
    those in the same folder of a project, has `false` for those that are switched off."""

    name: str
    variable: str
    source: Source
    plugins: str = ""
    settings: tuple[str, ...] = ()
    enabled_key: str = ""


class _Table(NamedTuple):
    folders: tuple[UserFolder, ...]
    files: tuple[RuntimeConfigFile, ...]


class LocatedConfigFile(NamedTuple):
    """What a file is by its path, and the folder that it belongs to."""

    companion: RuntimeConfigFile
    base: str


def locate_config_file(path: str, plugin: str = "") -> LocatedConfigFile | None:
    """What the file at `path` is, if it is a companion. `plugin` is the root of the plugin around it."""
    for file, companion in _by_name().get(path.rpartition("/")[2], ()):
        if companion.scope == "plugin":
            if plugin and path == f"{plugin.rstrip('/')}/{file}":
                return LocatedConfigFile(companion, plugin)
        elif f"/{path}".endswith(f"/{file}"):
            return LocatedConfigFile(companion, path[: -len(file)].rstrip("/"))
    return None


def is_config_file_name(name: str) -> bool:
    """Whether a companion may be called that, in a folder of its own."""
    return name in _by_name()


@cache
def config_file_paths() -> tuple[str, ...]:
    """The paths of all companions, as they end."""
    return tuple(dict.fromkeys(file for companion in _load().files for file in companion.files))


@cache
def user_config_file_paths() -> tuple[str, ...]:
    """The paths of those that count for all projects where they lie in the user's home. What stands there
    outside of the folders that the runtimes have for themselves is another project's."""
    return tuple(
        file
        for companion in _load().files
        for file in companion.files
        if companion.home and companion.scope == "project" and "/" in file
    )


def user_folders() -> tuple[UserFolder, ...]:
    """The folders in a user's home that may be elsewhere, or list plugins."""
    return _load().folders


@cache
def _by_name() -> dict[str, tuple[tuple[str, RuntimeConfigFile], ...]]:
    """The companions by the names of their files: first those of plugins, then by the length of their paths."""
    found: dict[str, list[tuple[str, RuntimeConfigFile]]] = {}
    for companion in _load().files:
        for file in companion.files:
            found.setdefault(file.rpartition("/")[2], []).append((file, companion))
    return {
        name: tuple(sorted(rows, key=lambda row: (row[1].scope != "plugin", -len(row[0]))))
        for name, rows in found.items()
    }


@cache
def _load() -> _Table:
    table = build_record(_Table, load_table("config-files"), "companions")
    assert isinstance(table, _Table)
    return table
