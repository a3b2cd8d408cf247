"""The file system: the only module that reads files and folders.

Paths go in as the system writes them and come out with `/`, which Windows takes as well.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from agentls.config import Config, read
from agentls.dialects import NAMES
from agentls.project import Plugin

CONFIG_FILES = ("agentls.toml", "pyproject.toml")
PLUGIN_FILE = ".claude-plugin/plugin.json"


class LoadedConfig(NamedTuple):
    """The settings that count for a file: where they stand ("" for none), the folder that
    their patterns count from, and what could not be used, one message each."""

    config: Config
    file: str
    root: str
    problems: tuple[str, ...]

    def for_file(self, path: str) -> Config:
        """The settings for the file at `path`, which lies below the root, overrides applied."""
        return self.config.at(relative(path, self.root))


def relative(path: str, root: str) -> str:
    """`path` as counted from `root`, with `/`; as it is where it does not lie below it."""
    full, base = posix(path), posix(root)
    return full[len(base) + 1 :] if base and full.startswith(base.rstrip("/") + "/") else full


def posix(path: str) -> str:
    """`path` made absolute, with `/` between its parts."""
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100  `Path.resolve` would follow links.


def decode(data: bytes) -> str:
    """The text of a file as Claude Code decodes it: UTF-8, with U+FFFD for what is not."""
    return data.decode("utf-8", "replace")


def load_config(folder: str, explicit: str | None = None) -> LoadedConfig:
    """The settings for the files in `folder`: those of `explicit`, or of the nearest parent
    that has an `agentls.toml`, or a `pyproject.toml` with `[tool.agentls]`."""
    if explicit is not None:
        return _read_config(Path(explicit))
    for parent in (Path(posix(folder)), *Path(posix(folder)).parents):
        for name in CONFIG_FILES:
            file = parent / name
            if file.is_file() and (name != "pyproject.toml" or "tool.agentls" in _text_of(file)):
                return _read_config(file)
    return LoadedConfig(Config(), "", "", ())


def _text_of(file: Path) -> str:
    try:
        return decode(file.read_bytes())
    except OSError:
        return ""


def _read_config(file: Path) -> LoadedConfig:
    """The settings in one file. One that cannot be read or parsed gives a message, and none."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    import agentls.rules  # noqa: F401  Fills the registry.
    from agentls.rule import RULES

    where, root = posix(str(file)), posix(str(file.parent))
    try:
        data: Any = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return LoadedConfig(Config(), where, root, (f"cannot be read: {error}",))
    if file.name == "pyproject.toml":
        data = data.get("tool", {}).get("agentls", {})
    config, problems = read(data, RULES, NAMES)
    return LoadedConfig(config, where, root, problems)


@lru_cache(maxsize=4096)
def plugin_of(folder: str) -> Plugin | None:
    """The plugin to which the files in `folder` (absolute, with `/`) belong: that of the nearest
    parent with `.claude-plugin/plugin.json`. Its name is the folder's where the file has none."""
    file = Path(folder) / PLUGIN_FILE
    if file.is_file():
        try:
            name = json.loads(file.read_bytes())["name"]
        except (OSError, ValueError, TypeError, KeyError):
            name = None
        return Plugin(folder, name if isinstance(name, str) and name else Path(folder).name)
    parent = folder.rpartition("/")[0]
    return plugin_of(parent) if parent and parent != folder else None


def exists_from(folder: str) -> Callable[[str], bool]:
    """A function that tells whether a path relative to `folder` is there."""
    return lambda path: os.path.exists(os.path.join(folder, path))  # noqa: PTH110, PTH118
