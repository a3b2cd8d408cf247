"""The files with the settings of agentls, and with the user's own dialects."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from agentls.config import Config, DialectFile, parse_config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.workspace.disk import (
    absolute_path,
    describe_error,
    find_plugin,
    read_text,
    relative_path,
)

if TYPE_CHECKING:
    from agentls.dialects.validation import DialectProblem

SETTINGS_FILES = ("agentls.toml", "pyproject.toml")
DIALECT_FILE_SUFFIX = ".dialect.yaml"


class LoadedConfig(NamedTuple):
    """The settings for the files of a folder: the file that has them ("" for none), the folder that their
    patterns are relative to, and a message for each setting that is ignored."""

    config: Config
    file: str
    root: str
    problems: tuple[str, ...]

    def for_file(self, path: str) -> Config:
        """Return the settings for the file at `path`, with its overrides."""
        return self.config.for_path(relative_path(path, self.root)) if self.config.overrides else self.config

    def dialect_for(self, path: str) -> str | None:
        """Return the dialect of the file at `path`, if `places` in the settings has its location."""
        return self.config.dialect_for(relative_path(path, self.root)) if self.config.places else None


class SettingsReader:
    """The settings of many folders. Each folder is searched and each file read once."""

    def __init__(self) -> None:
        self.files: dict[str, LoadedConfig] = {}
        self._by_folder: dict[str, LoadedConfig] = {}

    def settings_in(self, folder: str) -> LoadedConfig:
        """Return the settings for the files in `folder` (absolute, with `/`): those of the nearest folder, itself
        or a parent, that has an `agentls.toml`, or a `pyproject.toml` with `[tool.agentls]`."""
        if folder not in self._by_folder:
            self._by_folder[folder] = self._find(folder)
        return self._by_folder[folder]

    def _find(self, folder: str) -> LoadedConfig:
        file = _settings_file_in(folder)
        if file:
            return self.read(file)
        return self.settings_in(folder.rpartition("/")[0]) if folder else default_settings()

    def read(self, file: str) -> LoadedConfig:
        """Return the settings in one file."""
        if file not in self.files:
            self.files[file] = read_settings(file)
        return self.files[file]


@cache
def default_settings() -> LoadedConfig:
    """Return the settings of a folder without a settings file: the user's own dialects."""
    config, problems = read_user_dialects(Config(), "")
    return LoadedConfig(config, "", "", problems)


def _settings_file_in(folder: str) -> str | None:
    for name in SETTINGS_FILES:
        file = f"{folder}/{name}"
        if os.path.isfile(file) and (name != "pyproject.toml" or _mentions_agentls(file)):
            return file
    return None


def _mentions_agentls(file: str) -> bool:
    try:
        return "agentls" in read_text(file)
    except OSError:
        return False


def read_settings(file: str) -> LoadedConfig:
    """Return the settings in one file. A file that cannot be read or parsed gives a message and no settings."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    from agentls.linter.rules import all_rules

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
    config, problems = parse_config(data, all_rules())
    config, dialect_problems = read_user_dialects(config, root)
    unknown_names = loader.find_unknown_names(config)
    return LoadedConfig(config, where, root, (*problems, *dialect_problems, *unknown_names))


def settings_folder() -> str:
    """Return the folder of the user's own settings, which need not exist."""
    base = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return absolute_path(os.path.join(base or os.path.expanduser("~/.config"), "agentls"))


def read_user_dialects(config: Config, root: str) -> tuple[Config, tuple[str, ...]]:
    """Return `config` with the texts of its dialect files, whose paths are relative to `root`, and of those in the
    settings folder, and a message for each file that is ignored."""
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
            problems.append(f"cannot read dialect file {absolute_path(path)}: {describe_error(error)}")
            continue
        name, found = load_user_dialect(text, STRATEGIES, tuple((file.name, file.text) for file in files))
        problems += [_describe_dialect_problem(path, problem) for problem in found]
        if name:
            files.append(DialectFile(path, name, text))
    return config._replace(dialects=tuple(files)), tuple(problems)


def _describe_dialect_problem(path: str, problem: DialectProblem) -> str:
    """Describe a mistake in a dialect file, which is ignored as a whole."""
    line = f":{problem.line}" if problem.line else ""
    return f"{absolute_path(path)}{line}: {problem.message}; the dialect file is ignored"


def open_document(
    path: str, text: str, loaded: LoadedConfig, default_dialect: str | None = None
) -> Document | None:
    """Return the document at `path` (absolute, with `/`), or `None` if it is not an agent file.

    `default_dialect` is its dialect if neither its location nor the settings determine one.
    """
    plugin = find_plugin(path.rpartition("/")[0])
    return locate.make_document(
        path, text, loaded.for_file(path), plugin, loaded.dialect_for(path) or default_dialect
    )
