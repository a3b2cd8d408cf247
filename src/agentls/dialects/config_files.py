"""Runtime config files: JSON files that define or use names, such as settings, servers and plugins."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from agentls.dialects.hooks import RefersTo
from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class NamePath(NamedTuple):
    """Where names are in a runtime config file. `path` is the path of keys to them, separated by dots; `*` matches
    each key of a mapping and each item of a list, and "" is the file as a whole.

    `defines` is the kind of name that the keys of the mapping define; if there are keys `one_of`, only entries
    with one of them are definitions. `refers_to` is the kind of name that the string, or each string of a list,
    refers to; with `keys`, the keys of a mapping do. A file path is relative to the folder that the config file
    belongs to, or to the folder that the sibling key `base_key` names. `permission_action` is what happens to uses
    of the listed tools; "value" means a mapping from tools, or from tools and patterns, to the action. `hooks` is
    true if the value is a mapping of hooks.
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
        """Return the keys of `path`, from the outermost to the innermost."""
        return tuple(self.path.split(".")) if self.path else ()


class RuntimeConfigFile(NamedTuple):
    """A runtime config file: the ends of its path (`files`), the runtimes that read it, and the dialect of their
    agents. With the scope "plugin", its path is relative to the root of a plugin. Otherwise it may be in any
    folder, also in the user folder, where it applies to all projects if `home` is true."""

    title: str
    files: tuple[str, ...]
    dialect: str
    runtimes: tuple[str, ...]
    source: Source
    names: tuple[NamePath, ...]
    scope: Literal["project", "plugin"] = "project"
    home: bool = True


class UserFolder(NamedTuple):
    """The folder of a runtime in the user folder: the environment variable that moves it, and the file in it that
    lists the installed plugins, if there is one. The key `enabled_key` of its `settings`, and of those in the same
    folder of a project, is `false` for each disabled plugin."""

    name: str
    variable: str
    source: Source
    plugins: str = ""
    settings: tuple[str, ...] = ()
    enabled_key: str = ""


class LocatedConfigFile(NamedTuple):
    """The kind of config file that a file is by its path, and the folder that it belongs to."""

    companion: RuntimeConfigFile
    base: str


def locate_config_file(path: str, plugin: str = "") -> LocatedConfigFile | None:
    """Return the kind of the file at `path`, or `None` if it is not a runtime config file. `plugin` is the root of
    the plugin that contains it."""
    for file, config_file in _by_name().get(path.rpartition("/")[2], ()):
        if config_file.scope == "plugin":
            if plugin and path == f"{plugin.rstrip('/')}/{file}":
                return LocatedConfigFile(config_file, plugin)
        elif f"/{path}".endswith(f"/{file}"):
            return LocatedConfigFile(config_file, path[: -len(file)].rstrip("/"))
    return None


def is_config_file_name(name: str) -> bool:
    """Whether a runtime config file may have that file name."""
    return name in _by_name()


@cache
def config_file_paths() -> tuple[str, ...]:
    """Return the ends of the paths of all runtime config files."""
    return tuple(dict.fromkeys(file for config_file in _files() for file in config_file.files))


@cache
def user_config_file_paths() -> tuple[str, ...]:
    """Return the paths of the config files that apply to all projects if they are in the user folder. Only files in
    the folders of the runtimes do; a file in the user folder itself belongs to another project."""
    return tuple(
        file
        for config_file in _files()
        for file in config_file.files
        if config_file.home and config_file.scope == "project" and "/" in file
    )


@cache
def user_folders() -> tuple[UserFolder, ...]:
    """Return the folders of runtimes in the user folder that can be moved, or that list plugins."""
    folders: tuple[UserFolder, ...] = _load("folders", tuple[UserFolder, ...])
    return folders


@cache
def _by_name() -> dict[str, tuple[tuple[str, RuntimeConfigFile], ...]]:
    """Return the config files by file name: first those of plugins, then those with the longest path."""
    found: dict[str, list[tuple[str, RuntimeConfigFile]]] = {}
    for config_file in _files():
        for file in config_file.files:
            found.setdefault(file.rpartition("/")[2], []).append((file, config_file))
    return {
        name: tuple(sorted(rows, key=lambda row: (row[1].scope != "plugin", -len(row[0]))))
        for name, rows in found.items()
    }


@cache
def _files() -> tuple[RuntimeConfigFile, ...]:
    files: tuple[RuntimeConfigFile, ...] = _load("files", tuple[RuntimeConfigFile, ...])
    return files


def _load(part: str, kind: Any) -> Any:
    """Return one part of the table, as a check of one file needs only the folders."""
    return build_record(kind, load_table("config-files")[part], f"config-files.{part}")
