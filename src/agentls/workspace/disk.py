"""Files as text, and what their folders say: settings, plugins, rule pages.

Paths go in as the system writes them and come out with `/`, which Windows takes as well. All
of them are plain text, for speed: `pathlib` is slow to load, and slow in a walk.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from agentls.config import Config, DialectFile, parse_config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.document.locate import Plugin
from agentls.text import globs

if TYPE_CHECKING:
    from agentls.project.index import Index

SETTINGS_FILES = ("agentls.toml", "pyproject.toml")
DIALECT_FILE_SUFFIX = ".dialect.yaml"
PLUGIN_FILE = ".claude-plugin/plugin.json"

MAX_BYTES = 4 * 1024 * 1024
"""No larger file is read. The largest agents known have less than 100 KB; a file of several
megabytes is something else under that name, and would only keep everyone waiting."""

# Configuration


class LoadedConfig(NamedTuple):
    """The settings that count for a file: where they stand ("" for none), the folder that
    their patterns count from, and what could not be used, one message each."""

    config: Config
    file: str
    root: str
    problems: tuple[str, ...]

    def for_file(self, path: str) -> Config:
        """The settings for the file at `path`, overrides applied."""
        return self.config.for_path(relative_path(path, self.root)) if self.config.overrides else self.config

    def dialect_for(self, path: str) -> str | None:
        """The dialect that the settings give the file at `path`, if they name its place."""
        return self.config.dialect_for(relative_path(path, self.root)) if self.config.places else None


def load_settings(folder: str, explicit: str | None = None) -> LoadedConfig:
    """The settings for the files in `folder`: those of `explicit`, or of the nearest parent
    that has an `agentls.toml`, or a `pyproject.toml` with `[tool.agentls]`."""
    file = explicit or find_settings_file(folder)
    return read_settings(file) if file else default_settings()


@cache
def default_settings() -> LoadedConfig:
    """The settings where no file has any: the user's own dialects."""
    config, problems = read_user_dialects(Config(), "")
    return LoadedConfig(config, "", "", problems)


def find_settings_file(folder: str) -> str | None:
    """The file with the settings for the files in `folder` ("" for the root of the system)."""
    for parent in folder_and_parents(absolute_path(folder) if folder else folder):
        for name in SETTINGS_FILES:
            file = f"{parent}/{name}"
            if os.path.isfile(file) and (name != "pyproject.toml" or _mentions_us(file)):
                return file
    return None


def _mentions_us(file: str) -> bool:
    try:
        return "agentls" in read_text(file)
    except OSError:
        return False


def read_settings(file: str) -> LoadedConfig:
    """The settings in one file. One that cannot be read or parsed gives a message, and none."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    import agentls.linter.rules  # noqa: F401  Fills the registry.
    from agentls.linter.rule import RULES

    where = absolute_path(file)
    root = where.rpartition("/")[0]
    try:
        with open(file, "rb") as opened:
            data: Any = tomllib.loads(opened.read().decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return LoadedConfig(Config(), where, root, (f"cannot be read: {error}",))
    if where.endswith("/pyproject.toml"):
        tool = data.get("tool", {})
        data = tool.get("agentls", {}) if isinstance(tool, dict) else {}
    config, problems = parse_config(data, RULES)
    config, wrong = read_user_dialects(config, root)
    strange = loader.find_unknown_names(config)
    return LoadedConfig(config, where, root, (*problems, *wrong, *strange))


def settings_folder() -> str:
    """The folder of the user's own settings, which need not exist."""
    home = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return absolute_path(os.path.join(home or os.path.expanduser("~/.config"), "agentls"))


def read_user_dialects(config: Config, root: str) -> tuple[Config, tuple[str, ...]]:
    """`config` with the texts of its dialect files, whose paths count from `root`, and of those in
    the user's folder; a message for each that cannot be used, which is left out."""
    try:
        names = sorted(os.listdir(settings_folder()))
    except OSError:
        names = []
    paths = [f"{settings_folder()}/{name}" for name in names if name.endswith(DIALECT_FILE_SUFFIX)]
    paths += [os.path.join(root, file.path) for file in config.dialects]
    if not paths:
        return config, ()
    from agentls.dialects.validation import load_user_dialect  # Few users have a dialect of their own.
    from agentls.readers.strategies import STRATEGIES

    files: list[DialectFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            text = read_text(path)
        except OSError as error:
            problems.append(f"the dialect file {absolute_path(path)} cannot be read: {describe_error(error)}")
            continue
        name, wrong = load_user_dialect(text, STRATEGIES, tuple((file.name, file.text) for file in files))
        problems += [f"the dialect file {absolute_path(path)} is left out: {problem}" for problem in wrong]
        if name:
            files.append(DialectFile(path, name, text))
    return config._replace(dialects=tuple(files)), tuple(problems)


# Files


def absolute_path(path: str) -> str:
    """`path` made absolute, with `/` between its parts."""
    return os.path.abspath(path).replace(os.sep, "/")


def relative_path(path: str, root: str) -> str:
    """`path` as counted from `root`, with `/`; as it is where it does not lie below it."""
    full, base = absolute_path(path), absolute_path(root)
    return full[len(base) + 1 :] if base and full.startswith(base.rstrip("/") + "/") else full


def common_folder(folders: list[str]) -> str:
    """The folder (with `/`) that holds all of these absolute ones; "" for none."""
    try:
        return os.path.commonpath(folders).replace(os.sep, "/")
    except ValueError:  # On Windows they may lie on several drives.
        return ""


def folder_and_parents(path: str) -> Iterator[str]:
    """`path` (absolute, with `/`) and all the folders above it; the last one is "" for `/`."""
    yield path.rstrip("/")
    while path:
        path = path.rpartition("/")[0]
        yield path


def decode(data: bytes) -> str:
    """The text of a file as Claude Code decodes it: UTF-8, with U+FFFD for what is not."""
    return data.decode("utf-8", "replace")


def read_text(path: str) -> str:
    """The text of the file at `path`. Raises `OSError`, also for one above `MAX_BYTES`."""
    with open(path, "rb") as file:
        # A pipe does not tell its size, and to ask for the limit sets so much memory aside.
        fits = 0 < os.fstat(file.fileno()).st_size <= MAX_BYTES
        data = file.read() if fits else file.read(MAX_BYTES + 1)
    return decode(check_size(data))


FileStamp = tuple[int, int]
"""When a file was changed, and its size: enough to see whether it is another one now."""


def file_stamp(path: str) -> FileStamp:
    """The stamp of the file at `path`. Raises `OSError`."""
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


def check_size(data: bytes) -> bytes:
    """`data` as it is. Raises `OSError` if it has more than `MAX_BYTES`."""
    if len(data) > MAX_BYTES:
        raise OSError(errno.EFBIG, f"too large for an agent file (the limit is {MAX_BYTES >> 20} MB)")
    return data


def describe_error(error: OSError) -> str:
    """Why a file could not be read, in words, without its path."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


@lru_cache(maxsize=4096)
def find_plugin(folder: str) -> Plugin | None:
    """The plugin to which the files in `folder` (absolute, with `/`) belong: that of the nearest
    parent with `.claude-plugin/plugin.json`. Its name is the folder's where the file has none."""
    for root in folder_and_parents(folder):
        file = f"{root}/{PLUGIN_FILE}"
        if os.path.isfile(file):
            return Plugin(root, _plugin_name(file) or root.rpartition("/")[2])
    return None


def _plugin_name(file: str) -> str | None:
    import json  # Few files belong to a plugin.

    try:
        name = json.loads(read_text(file))["name"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return name if isinstance(name, str) else None


@cache
def rule_page_uri(code: str) -> str:
    """The page of the rule `code`, as a link that an editor can open."""
    from pathlib import Path  # The server, which alone wants it, has loaded it already.

    return Path(__file__).parents[1].joinpath("linter", "pages").joinpath(f"{code}.md").as_uri()


def read_map_asset(name: str) -> str:
    """The text of a file of which the page with the agent map is made."""
    with open(
        os.path.join(os.path.dirname(__file__), "..", "reports", "map", name), encoding="utf-8"
    ) as file:
        return file.read()


IGNORED_FOLDERS = frozenset(
    (
        *(".git", ".hg", ".svn", ".jj", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache"),
    )
)
"""Folders that nobody keeps agents in, and that can be huge. The folders of agents themselves
are read whole, whatever they hold, since the runtimes do so."""

MAX_PROJECT_FILES = 10_000
"""In a project with more files, every pattern is assumed to match one of them."""


class DiskWorld(NamedTuple):
    """The surroundings of a document on the disk (`project.world.World`), and the index of its project."""

    document: Document
    project_index: Index | None = None

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder."""
        return os.path.exists(os.path.join(self.document.path.rpartition("/")[0], path))

    def has_match(self, pattern: str) -> bool:
        """Whether any file of the project matches `pattern`. True if that cannot be found out: without a
        project, in the user's home folder, among very many files, in folders that are not searched."""
        root = locate.project_root(self.document)
        if root is None or not IGNORED_FOLDERS.isdisjoint(pattern.split("/")):
            return True
        paths = paths_below(root)
        return paths is None or any(globs.matches(pattern, path) for path in paths)


@lru_cache(maxsize=8)
def paths_below(root: str) -> tuple[str, ...] | None:
    """The files below `root` but for those in `IGNORED_FOLDERS`, or `None` if there are too many."""
    if os.path.realpath(root) in (os.path.realpath(os.path.expanduser("~")), os.path.realpath("/")):
        return None
    found: list[str] = []
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in IGNORED_FOLDERS]
        found += [f"{relative_path(folder, root)}/{name}" if folder != root else name for name in files]
        if len(found) > MAX_PROJECT_FILES:
            return None
    return tuple(found)


def open_document(
    path: str, text: str, loaded: LoadedConfig, otherwise: str | None = None
) -> Document | None:
    """The document at `path` (absolute, with `/`), or `None` if it is no agent file.

    `otherwise` is the dialect to take where neither its place nor the settings name one.
    """
    plugin = find_plugin(path.rpartition("/")[0])
    return locate.open_document(
        path, text, loaded.for_file(path), plugin, loaded.dialect_for(path) or otherwise
    )
