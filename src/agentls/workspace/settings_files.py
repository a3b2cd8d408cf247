"""The files with the settings of agentls, and with the user's own dialects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from agentls.config import PYPROJECT_TABLE, Config, DialectFile, Problem, SettingPath, parse_config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, LineIndex, Position, Span
from agentls.workspace.disk import (
    absolute_path,
    decode,
    describe_error,
    find_plugin,
    relative_path,
)
from agentls.workspace.regular_files import check_size, read_below, read_bytes

if TYPE_CHECKING:
    from agentls.dialects.validation import DialectProblem
    from agentls.text.toml_positions import TomlEntry

SETTINGS_FILES = ("agentls.toml", "pyproject.toml")
DIALECT_FILE_SUFFIX = ".dialect.yaml"

MAX_BYTES = 100 * 1024
"""The maximum size of a file with settings or with a dialect, which is also read as it is typed. The largest table of
agentls itself has 45 KB."""

MAX_DIALECT_FILES = 50
MAX_PROBLEMS = 20
"""How many problems of a file with settings are reported."""


class SettingsProblem(NamedTuple):
    """A problem in a file of settings: its message and code, its span and position if they are known, the word to
    write instead, "" if none is close, and whether a file as a whole is ignored because of it."""

    message: str
    code: str = ""
    span: Span | None = None
    suggestion: str = ""
    position: Position | None = None
    ignores_file: bool = False

    def in_text(self, text: str) -> SettingsProblem:
        """Return the problem with its position in `text`."""
        if self.span is None:
            return self
        return self._replace(position=LineIndex(text).position(self.span.start, "utf-32"))

    def edit(self, text: str) -> Edit | None:
        """Return the edit of `text` that writes the suggestion, in the quotes that are there."""
        if self.span is None or not self.suggestion:
            return None
        quote = self.span.text_in(text)[:1]
        quote = quote if quote in ("'", '"') else ""
        return Edit(self.span, f"{quote}{self.suggestion}{quote}")

    def located_in(self, file: str) -> str:
        """Return the file as a prefix of the message, with line and column if they are known."""
        at = self.position
        return f"{file}:{at.line + 1}:{at.character + 1}" if at else file


class LoadedConfig(NamedTuple):
    """The settings for the files of a folder: the file that has them ("" for none), the folder that their
    patterns are relative to, and the problems because of which settings are ignored."""

    config: Config
    file: str
    root: str
    problems: tuple[SettingsProblem, ...]

    def for_file(self, path: str) -> Config:
        """Return the settings for the file at `path`, with its overrides."""
        return self.config.for_path(relative_path(path, self.root)) if self.config.overrides else self.config

    def dialect_for(self, path: str) -> str | None:
        """Return the dialect of the file at `path`, if `places` in the settings has its location."""
        return self.config.dialect_for(relative_path(path, self.root)) if self.config.places else None


class SettingsReader:
    """The settings of many folders. Each folder is searched and each file read once. `unsaved` has the texts that
    are used instead of files, by their paths."""

    def __init__(self, unsaved: Mapping[str, str] = MappingProxyType({})) -> None:
        self.files: dict[str, LoadedConfig] = {}
        self._unsaved = unsaved
        self._by_folder: dict[str, LoadedConfig] = {}

    def settings_in(self, folder: str) -> LoadedConfig:
        """Return the settings for the files in `folder` (absolute, with `/`): those of the nearest folder, itself
        or a parent, that has an `agentls.toml`, or a `pyproject.toml` with `[tool.agentls]`."""
        if folder not in self._by_folder:
            self._by_folder[folder] = self._find(folder)
        return self._by_folder[folder]

    def _find(self, folder: str) -> LoadedConfig:
        file = self._file_in(folder)
        if file:
            return self.read(file)
        return self.settings_in(folder.rpartition("/")[0]) if folder else default_settings()

    def read(self, file: str) -> LoadedConfig:
        """Return the settings in one file."""
        if file not in self.files:
            self.files[file] = self.read_again(file)
        return self.files[file]

    def read_again(self, file: str) -> LoadedConfig:
        """Return the settings in one file as it is now."""
        text = self._unsaved.get(file)
        return (
            read_settings(file, self._unsaved) if text is None else parse_settings(file, text, self._unsaved)
        )

    def _file_in(self, folder: str) -> str | None:
        """Return the settings file in `folder`."""
        files = (f"{folder}/{name}" for name in SETTINGS_FILES)
        return next((file for file in files if self._has_settings(file)), None)

    def _has_settings(self, file: str) -> bool:
        text = self._unsaved.get(file)
        if text is not None:
            return has_settings(file, text)
        return os.path.isfile(file) and (not settings_table(file) or _mentions_agentls(file))


def _mentions_agentls(file: str) -> bool:
    try:
        return b"agentls" in read_bytes(file)
    except OSError:
        return False


@cache
def default_settings() -> LoadedConfig:
    """Return the settings of a folder without a settings file: the user's own dialects."""
    config, problems = read_user_dialects(Config(), "")
    return LoadedConfig(config, "", "", tuple(map(_ignored_file, problems)))


def read_settings(file: str, unsaved: Mapping[str, str] = MappingProxyType({})) -> LoadedConfig:
    """Return the settings in one file, with the dialects of `unsaved` texts. A file that cannot be read or parsed gives
    a problem and no settings."""
    where = absolute_path(file)
    try:
        return parse_settings(where, read_bytes(file, MAX_BYTES).decode("utf-8-sig"), unsaved)
    except (OSError, UnicodeDecodeError) as error:
        return _unread(where, describe_error(error) if isinstance(error, OSError) else "not UTF-8")


def _unread(path: str, reason: str) -> LoadedConfig:
    problem = _ignored_file(f"cannot be read: {reason}; its settings are ignored")
    return LoadedConfig(Config(), path, _folder(path), (problem,))


def _ignored_file(message: str) -> SettingsProblem:
    return SettingsProblem(message, ignores_file=True)


def parse_settings(path: str, text: str, unsaved: Mapping[str, str] = MappingProxyType({})) -> LoadedConfig:
    """Return the settings in the file at `path` (absolute, with `/`) with this text, and the dialects of `unsaved`
    texts."""
    from agentls.linter.rules import all_rules
    from agentls.text.toml_positions import TomlError, parse_toml  # Few folders have settings.

    try:
        check_size(text.encode("utf-8", "surrogatepass"), MAX_BYTES)
    except OSError as error:
        return _unread(path, describe_error(error))
    root = _folder(path)
    parsed = parse_toml(text)
    if isinstance(parsed, TomlError):
        message = f"invalid TOML: {parsed.message}"
        problem = SettingsProblem(message, "invalid-toml", parsed.span, ignores_file=True)
        return LoadedConfig(Config(), path, root, (problem.in_text(text),))
    table = settings_table(path)
    data: Any = parsed
    for name in table:
        data = data.get(name, {}) if isinstance(data, dict) else {}
    config, found = parse_config(data, all_rules())
    config, dialect_problems = read_user_dialects(config, root, unsaved)
    found += loader.find_unknown_names(config)
    known = loader.dialect_names(loader.user_dialects(config))
    config = config._replace(places={name: each for name, each in config.places.items() if name in known})
    problems = [*locate_problems(text, table, found[:MAX_PROBLEMS])] if found else []
    problems += map(_ignored_file, dialect_problems)
    if len(found) > MAX_PROBLEMS:
        problems.append(SettingsProblem(f"{len(found) - MAX_PROBLEMS} more settings are ignored"))
    return LoadedConfig(config, path, root, tuple(problems))


def has_settings(path: str, text: str) -> bool:
    """Whether a file with this text has settings of agentls, by its name."""
    return path.rpartition("/")[2] in SETTINGS_FILES and (not settings_table(path) or "agentls" in text)


def settings_table(path: str) -> SettingPath:
    """Return the table of the file at `path` that has the settings: the whole file, or that of a `pyproject.toml`."""
    return PYPROJECT_TABLE if path.rpartition("/")[2] == "pyproject.toml" else ()


def locate_problems(text: str, table: SettingPath, problems: Iterable[Problem]) -> Iterator[SettingsProblem]:
    """Yield problems with their spans in `text`, in which the settings are below `table`."""
    from agentls.text.toml_positions import find_toml_entries

    entries: dict[SettingPath, TomlEntry] = {}
    for each in find_toml_entries(text):
        for length in range(1, len(each.path) + 1):
            entries.setdefault(each.path[:length], each)
    for problem in problems:
        entry = entries.get((*table, *problem.path))
        span = None if entry is None else entry.key if problem.about_key else entry.value
        located = SettingsProblem(problem.message, problem.code, span, problem.suggestion)
        yield located.in_text(text)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def settings_folder() -> str:
    """Return the folder of the user's own settings, which need not exist."""
    base = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return absolute_path(os.path.join(base or os.path.expanduser("~/.config"), "agentls"))


def read_user_dialects(
    config: Config, root: str, unsaved: Mapping[str, str] = MappingProxyType({})
) -> tuple[Config, tuple[str, ...]]:
    """Return `config` with the texts of its dialect files, whose paths are relative to `root`, and of those in the
    settings folder, and a message for each file that is ignored. An `unsaved` text of such a file applies if it has no
    mistake: it may be half typed."""
    try:
        names = sorted(os.listdir(settings_folder()))
    except OSError:
        names = []
    own = [f"{settings_folder()}/{name}" for name in names if name.endswith(DIALECT_FILE_SUFFIX)]
    paths = [*own, *(os.path.join(root, file.path) for file in config.dialects)]
    if not paths:
        return config, ()
    from agentls.dialects.validation import load_user_dialect  # Few users have a dialect of their own.
    from agentls.readers.strategies import STRATEGIES

    files: list[DialectFile] = []
    problems: list[str] = []
    if len(paths) > MAX_DIALECT_FILES:
        problems.append(
            f"more than {MAX_DIALECT_FILES} dialect files; the last {len(paths) - MAX_DIALECT_FILES} are ignored"
        )
    for number, path in enumerate(paths[:MAX_DIALECT_FILES]):
        try:
            data = read_bytes(path, MAX_BYTES) if number < len(own) else read_below(root, path, MAX_BYTES)
        except OSError as error:
            problems.append(f"cannot read dialect file {absolute_path(path)}: {describe_error(error)}")
            continue
        earlier = tuple((file.name, file.text) for file in files)
        text = unsaved.get(absolute_path(path), "")
        name, found = load_user_dialect(text, STRATEGIES, earlier) if text else ("", ())
        if not name:
            text = decode(data)
            name, found = load_user_dialect(text, STRATEGIES, earlier)
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
