"""A run over many files: find them, read, check or inspect one after the other, write as they come.

No file is kept once its result is written. Where there are many, the work is shared out to
processes, one per core; the results still come in order.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from agentls.cli import text_format
from agentls.cli.terminal import Segment, Terminal, terminal_width
from agentls.config import Config
from agentls.dialects.loader import DIALECT_NAMES
from agentls.document.document import Document
from agentls.linter.check import check
from agentls.linter.rule import Severity
from agentls.workspace import discovery, disk
from agentls.workspace.discovery import FoundFile, SearchOptions
from agentls.workspace.disk import LoadedConfig

if TYPE_CHECKING:
    from agentls.cli.run_projects import Projects
    from agentls.project.index import Index
    from agentls.workspace.load import MapFunction

T = TypeVar("T")
R = TypeVar("R")

STDIN = "-"
DEFAULT_DIALECT = DIALECT_NAMES[0]

SHARED_FROM = 400
"""With fewer files, starting processes takes longer than they save."""

_CHUNK = 32


class Options(NamedTuple):
    """What the command line says about how to read and check files."""

    dialect: str | None = None
    config: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def settings(self, folder: str) -> LoadedConfig:
        """The settings for the files in `folder`."""
        return _settings_in(self.config or _settings_of(folder))

    def rules(self, config: Config) -> Config:
        """`config` with the rules of the command line, which has the last word."""
        if self.select:
            return config._replace(select=self.select, ignore=self.ignore)
        return config._replace(ignore=(*config.ignore, *self.ignore))


@cache
def _settings_of(folder: str) -> str:
    return disk.find_settings_file(folder) or ""


@cache
def _settings_in(file: str) -> LoadedConfig:
    return disk.read_settings(file) if file else disk.default_settings()


class Result(NamedTuple):
    """What became of one file: its piece of the output, how many findings of each severity it
    has, and why it could not be read, if so."""

    piece: list[Segment]
    counts: Counter[Severity]
    failure: str = ""


Job = Callable[[FoundFile, Document, Options, "Index | None"], Result]
"""What is done with each file, with the index of its project if that is asked for. Other processes get it,
so it must be a function of a module."""


def check_file(
    form: str, width: int, found: FoundFile, document: Document, options: Options, project: Index | None
) -> Result:
    """The job of `agentls check`, with the findings in the output format `form`."""
    folder = found.path.rpartition("/")[0]
    config = options.rules(options.settings(folder).for_file(found.path))
    diagnostics = check(document, config, disk.DiskWorld(document, project))
    if form == "text":
        piece = list(text_format.render(found.display_path, document, diagnostics, width))
    elif diagnostics:
        from agentls.cli.machine_formats import FORMATS

        piece = [(FORMATS[form].render(found.display_path, document, diagnostics), "plain")]
    else:
        piece = []
    return Result(piece, Counter(diagnostic.severity for diagnostic in diagnostics))


def inspect_file(
    form: str, width: int, found: FoundFile, document: Document, _: Options, project: Index | None
) -> Result:
    """The job of `agentls inspect`."""
    from agentls.reports import inspection

    seen = inspection.inspect_document(document, project)._replace(path=found.display_path)
    if form == "text":
        piece: list[Segment] = []
        for line in inspection.render_text(seen, width):
            piece += [*line, ("\n", "plain")]
        return Result([*piece, ("\n", "plain")], Counter())
    import json

    return Result([(json.dumps(inspection.inspection_data(seen)), "plain")], Counter())


def process(
    job: Job, options: Options, projects: Projects | None, found: FoundFile, content: str | None = None
) -> Result:
    """Do `job` on one file, or on `content` in its stead. Whatever goes wrong concerns this file only."""
    try:
        content = disk.read_text(found.path) if content is None else content
    except OSError as error:
        return Result([], Counter(), disk.describe_error(error))
    try:
        settings = options.settings(found.path.rpartition("/")[0])
        otherwise = options.dialect or DEFAULT_DIALECT
        document = disk.open_document(found.path, content, settings, otherwise)
        assert document is not None, "there is a dialect to fall back on"
        return job(found, document, options, projects.index(document) if projects else None)
    except Exception as error:
        from traceback import extract_tb

        where = extract_tb(error.__traceback__)[-1]
        at = f"{type(error).__name__} in {os.path.basename(where.filename)}, line {where.lineno}: {error}"
        return Result([], Counter(), f"internal error, please report it: {at}")


class Run:
    """One run of a command: its options, its terminal, how many processes it may start (0: one
    per core), whether it looks at each file as a part of its project, and whether anything went wrong."""

    def __init__(
        self, options: Options, terminal: Terminal, jobs: int = 0, *, in_project: bool = False
    ) -> None:
        self._options = options
        self._terminal = terminal
        self._jobs = jobs or _cores()
        self._in_project = in_project
        self._reported: set[str] = set()
        self.failed = False

    def results(self, paths: list[str], job: Job) -> Iterator[Result]:
        """The results of all files that can be read, in order; the others are reported."""
        founds = list(self._find(paths))
        each, projects = _each(self._jobs), self._projects(paths)
        if projects:
            projects.prepare(founds, each)
        results = each(partial(process, job, self._options, projects), founds)
        for done, (found, result) in enumerate(zip(founds, results, strict=True), 1):
            self._terminal.progress(done)
            if result.failure:
                self._fail(found.display_path, result.failure)
            else:
                yield result

    def indexes(self, paths: list[str]) -> Mapping[str, Index]:
        """The indexes of the projects that the files belong to, by their roots; files that cannot be read
        are reported."""
        founds = list(self._find(paths))
        projects = self._projects(paths)
        assert projects is not None, "this run is one in projects"
        projects.prepare(founds, self._visibly(_each(self._jobs)))
        known = projects.indexes.values()
        for found in founds:
            if not any(found.path in index for index in known):
                self._fail(found.display_path, _unread(found.path))
        return projects.indexes

    def _visibly(self, each: MapFunction) -> MapFunction:
        """`each`, with a sign of life."""

        def visibly(work: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
            for done, result in enumerate(each(work, things), 1):
                self._terminal.progress(done)
                yield result

        return visibly

    def of_stdin(self, name: str, job: Job) -> Iterator[Result]:
        """The result of the text on standard input, as if it stood in the file `name`."""
        found = FoundFile(name, disk.absolute_path(name))
        self._settings(found.path.rpartition("/")[0])
        try:
            data = disk.check_size(sys.stdin.buffer.read(disk.MAX_BYTES + 1))
        except OSError as error:
            self._fail(name, disk.describe_error(error))
            return
        result = process(job, self._options, self._projects([]), found, disk.decode(data))
        if result.failure:
            self._fail(name, result.failure)
        else:
            yield result

    def _projects(self, paths: list[str]) -> Projects | None:
        """The projects to look at, if any are asked for."""
        if not self._in_project:
            return None
        from agentls.cli.run_projects import Projects

        tops = tuple(disk.absolute_path(path) for path in paths if os.path.isdir(path))
        return Projects(self._options.settings, tops, self._options.dialect)

    def _find(self, paths: list[str]) -> Iterator[FoundFile]:
        """All files to work on, each once."""
        search = SearchOptions(self._settings, self._options.dialect, self._fail, self._note)
        seen: set[str] = set()
        for path in paths:
            found = None
            for found in discovery.find_files(path, search):
                if found.path not in seen:
                    seen.add(found.path)
                    self._settings(found.path.rpartition("/")[0])
                    yield found
            if found is None and os.path.isdir(path):
                self._note(path, _NOTHING_THERE)

    def _settings(self, folder: str) -> LoadedConfig:
        """The settings for the files in `folder`; what is wrong with them is said once."""
        settings = self._options.settings(folder)
        if settings.problems and settings.file not in self._reported:
            self._reported.add(settings.file)
            for problem in settings.problems:
                self._note(settings.file, problem)
        return settings

    def _fail(self, path: str, message: str) -> None:
        self.failed = True
        self._note(path, message)

    def _note(self, path: str, message: str) -> None:
        self._terminal.message(f"{text_format.visible(path)}: {message}")


_NOTHING_THERE = """no agent files here.
  They are the *.md below `.claude/agents`, and below `agents` in a plugin. For
  others name the files, take every *.md of a folder with --dialect NAME, or set
  `places` in the configuration."""


def _unread(path: str) -> str:
    """Why there is nothing to be had from the file at `path`."""
    try:
        disk.read_text(path)
    except OSError as error:
        return disk.describe_error(error)
    return "no place where a runtime looks for agents; say with --dialect NAME which format it is in"


def _cores() -> int:
    """How many processes can run at the same time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _each(jobs: int) -> MapFunction:
    """A way to apply a function to many things, in order: by several processes where that pays and is
    possible, else by this one."""

    def each(work: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        left = deque(things)
        if jobs > 1 and len(left) >= SHARED_FROM:
            for result in _in_processes(work, list(left), jobs):
                left.popleft()
                yield result
        while left:
            yield work(left.popleft())

    return each


def _in_processes(work: Callable[[T], R], things: list[T], jobs: int) -> Iterator[R]:
    """What `work` makes of each thing, in order, done by several processes. It ends too early where that
    is not possible."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(work,)) as pool:
            yield from pool.map(_do, things, chunksize=_CHUNK)
    except (BrokenProcessPool, ImportError, NotImplementedError, OSError):
        return


def _begin(work: Callable[[Any], Any]) -> None:
    """Start as one of several processes. What it has to do is handed over once, with all indexes."""
    import signal

    # An interrupt is for the first process alone; it ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASK.append(work)


def _do(thing: Any) -> Any:
    return _TASK[0](thing)


_TASK: list[Callable[[Any], Any]] = []


# The two commands


def check_all(args: Namespace) -> int:
    """`agentls check`: print the findings, and tell by the exit code how bad they are."""
    form: str = args.output_format
    options = Options(args.dialect, args.config, tuple(args.select), tuple(args.ignore))
    job = partial(check_file, form, terminal_width())
    with Terminal(args.color if form == "text" else "never") as terminal:
        run = Run(options, terminal, args.jobs, in_project=args.project)
        if args.stdin_filename or args.paths == [STDIN]:
            results = run.of_stdin(args.stdin_filename or STDIN, job)
        else:
            results = run.results(args.paths or ["."], job)
        if form == "text":
            files, counts = _write(terminal, results)
            if files:
                terminal.write(text_format.summary(files, counts))
        else:
            from agentls.cli.machine_formats import FORMATS

            frame = FORMATS[form]
            _, counts = _write(terminal, results, frame.begin(), frame.between)
            terminal.write([(frame.end(not run.failed), "plain")])
    found = any(counts[severity] for severity in Severity if severity <= args.fail_on)
    return 2 if run.failed else int(found)


def inspect_all(args: Namespace) -> int:
    """`agentls inspect`: print what each runtime makes of the files."""
    form: str = args.output_format
    job = partial(inspect_file, form, terminal_width())
    with Terminal(args.color if form == "text" else "never") as terminal:
        run = Run(Options(args.dialect, args.config), terminal, in_project=args.project)
        results = run.results(args.paths, job)
        if form == "text":
            _write(terminal, results)
        else:
            _write(terminal, results, "[\n", ",\n")
            terminal.write([("\n]\n", "plain")])
    return 2 if run.failed else 0


def _write(
    terminal: Terminal, results: Iterator[Result], begin: str = "", between: str = ""
) -> tuple[int, Counter[Severity]]:
    """Write the pieces as they come, and count the files and their findings."""
    files, counts, lead = 0, Counter[Severity](), begin
    for result in results:
        files += 1
        counts.update(result.counts)
        if result.piece:
            terminal.write([(lead, "plain"), *result.piece])
            lead = between
    if lead is begin:
        terminal.write([(begin.rstrip(), "plain")])
    return files, counts
