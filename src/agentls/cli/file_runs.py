"""A run over many files: find them, process each, in this process or in several.

Results come in the order of the files. With many files the work is shared out to processes, one per core.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol, TypeVar

from agentls.config import Config
from agentls.dialects.loader import DIALECT_NAMES
from agentls.dialects.unsupported_files import find_unsupported_file
from agentls.document.document import Document
from agentls.text.escaping import escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import discovery, disk, settings_files, user_files
from agentls.workspace.discovery import FoundFile, SearchOptions
from agentls.workspace.regular_files import MAX_BYTES, check_size
from agentls.workspace.settings_files import LoadedConfig, SettingsReader

T = TypeVar("T")
R = TypeVar("R")

STDIN = "-"

MIN_FILES_FOR_PROCESSES = 400
"""With fewer files, starting processes takes longer than they save."""

_CHUNK = 32


class RunOptions(NamedTuple):
    """The options of the command line for reading and checking files."""

    dialect: str | None = None
    config: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def settings(self, folder: str) -> LoadedConfig:
        """Return the settings for the files in `folder`."""
        reader = _settings_reader()
        return reader.read(self.config) if self.config else reader.settings_in(folder)

    def config_for(self, path: str) -> Config:
        """Return the settings for the file at `path`; `--select` and `--ignore` override those of files."""
        config = self.settings(path.rpartition("/")[0]).for_file(path)
        if self.select:
            return config._replace(select=self.select, ignore=self.ignore)
        return config._replace(ignore=(*config.ignore, *self.ignore)) if self.ignore else config

    def open_document(self, path: str, text: str) -> Document:
        """Return the document of a file, in the dialect of the options or the first one if its location
        determines none."""
        settings = self.settings(path.rpartition("/")[0])
        document = settings_files.open_document(path, text, settings, self.dialect or DIALECT_NAMES[0])
        assert document is not None, "there is a dialect to fall back on"
        return document


class Input(NamedTuple):
    """The files of a run, the paths that the user has named, and the texts of files that are not on the disk."""

    files: list[FoundFile]
    paths: list[str]
    texts: Mapping[str, str]


@cache
def _settings_reader() -> SettingsReader:
    """The reader of a run."""
    return SettingsReader()


def forget_files() -> None:
    """Forget what is kept of files for one run, before another one in this process."""
    _settings_reader.cache_clear()
    settings_files.default_settings.cache_clear()
    disk.forget_files()


def read_standard_input() -> str:
    """Return the text on standard input. Raises `OSError`, also for more than `MAX_BYTES`."""
    return disk.decode(check_size(sys.stdin.buffer.read(MAX_BYTES + 1)))


class Reporter(Protocol):
    """What a run tells its messages and the number of files that are done; mostly a `Terminal`."""

    def message(self, text: str) -> None:
        """Take a message."""

    def progress(self, done: int) -> None:
        """Take the number of files that are done."""


class FileRun:
    """One run of a command: its options, what it reports to, the number of processes it may start (0: one per
    core), and whether anything has failed."""

    def __init__(self, options: RunOptions, reporter: Reporter, jobs: int = 0) -> None:
        self.options = options
        self._reporter = reporter
        self._jobs = jobs or _cores()
        self._reported: set[str] = set()
        self.failed = False

    def find_files(self, paths: list[str], *, any_format: bool = False) -> list[FoundFile]:
        """Find all files to work on, each once. With `any_format`, also those that the user has named and whose
        format is unknown."""
        overlooked: list[FoundFile] = []
        search = SearchOptions(
            self.settings,
            self.options.dialect,
            self.fail,
            self.note,
            on_overlooked=overlooked.append,
        )
        files: dict[str, FoundFile] = {}
        for path in paths:
            is_folder = os.path.isdir(path)
            found = None
            for found in discovery.find_files(path, search):
                if found.path in files or not (is_folder or any_format or self.has_format(found)):
                    continue
                files[found.path] = found
                self.settings(found.path.rpartition("/")[0])
            if found is None and is_folder:
                self.note(path, _NO_FILES)
        self._report_overlooked(list(dict.fromkeys(overlooked)))
        return list(files.values())

    def has_format(self, found: FoundFile) -> bool:
        """Whether the format of a file that the user has named is known; if not, that is reported."""
        if self.knows_format(found.path):
            return True
        known = find_unsupported_file(found.path, "")
        what = f"this is {known.title}" if known else _UNKNOWN_FORMAT
        self.note(found.display_path, f"not checked: {what}")
        return False

    def knows_format(self, path: str) -> bool:
        """Whether the location of the file at `path` (absolute, with `/`), or the options, determine its format."""
        search = SearchOptions(self.settings, self.options.dialect, self.fail, self.note)
        return discovery.has_format(user_files.canonical_path(path), search)

    def _report_overlooked(self, found: list[FoundFile]) -> None:
        """Report once that files look like agents but were not looked at, and what to write to check them."""
        if not found:
            return
        from agentls.cli.overlooked_files import describe_overlooked

        described = describe_overlooked(found)
        if described:
            self.note(*described)

    def read_stdin(self, name: str) -> str | None:
        """Return the text on standard input, which is checked as the file `name`; `None` if it failed."""
        self.settings(disk.absolute_path(name).rpartition("/")[0])
        try:
            return read_standard_input()
        except OSError as error:
            self.fail(name, disk.describe_error(error))
            return None

    def settings(self, folder: str) -> LoadedConfig:
        """Return the settings for the files in `folder`; problems in them are reported once."""
        settings = self.options.settings(folder)
        if settings.problems and settings.file not in self._reported:
            self._reported.add(settings.file)
            for problem in settings.problems:
                report = self.fail if problem.ignores_file else self.note
                report(problem.located_in(settings.file), problem.message)
        return settings

    def uses_processes(self, count: int) -> bool:
        """Whether `count` files are shared out to several processes."""
        return self._jobs > 1 and count >= MIN_FILES_FOR_PROCESSES

    def map(self, work: Callable[[T], R], things: Iterable[T], new: int | None = None) -> Iterator[R]:
        """Apply a function that can be sent to other processes to many things, in order, and show the progress.
        `new` is the number of those that are work, if the results of others are known."""
        left = deque(things)
        done = 0
        if self.uses_processes(len(left) if new is None else new):
            for result in _map_in_processes(work, list(left), self._jobs):
                left.popleft()
                self._reporter.progress(done := done + 1)
                yield result
        while left:
            result = work(left.popleft())
            self._reporter.progress(done := done + 1)
            yield result

    def fail(self, path: str, message: str) -> None:
        """Report that something could not be checked."""
        self.failed = True
        self.note(path, message)

    def note(self, path: str, message: str) -> None:
        """Report something about a file that is not a result."""
        self._reporter.message(f"{escape_path(path)}: {message}")


_UNKNOWN_FORMAT = "unknown format; use --dialect NAME, or set `places` in agentls.toml"

_NO_FILES = """no agent files found.
  Agent files are the *.md in `.claude/agents`, in `agents` of a plugin, and in the
  locations that `agentls dialects` lists. For others, name the files, use
  --dialect NAME to check all *.md of a folder, or set `places` in agentls.toml."""


def describe_internal_error(error: Exception) -> str:
    """Return the message for an exception in our own code."""
    from traceback import extract_tb

    where = extract_tb(error.__traceback__)[-1]
    at = f"{type(error).__name__} in {os.path.basename(where.filename)}, line {where.lineno}: {error}"
    return f"internal error, please report it: {at}"


def _cores() -> int:
    """The number of processes that can run at the same time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _map_in_processes(work: Callable[[T], R], things: list[T], jobs: int) -> Iterator[R]:
    """Apply `work` to each thing, in order, in several processes. Ends early if processes cannot be
    started."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(work,)) as pool:
            yield from pool.map(_work_on, things, chunksize=_CHUNK)
    except (BrokenProcessPool, ImportError, NotImplementedError, OSError):
        return


def _start_worker(work: Callable[[Any], Any]) -> None:
    """Start as one of several processes. The function is sent once, with everything it has bound."""
    import signal

    # An interrupt is handled by the first process, which ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORK.append(work)


def _work_on(thing: Any) -> Any:
    return _WORK[0](thing)


_WORK: list[Callable[[Any], Any]] = []
