"""`agentls check`: the diagnostics of files, and by the exit code how severe they are.

A file that is checked as a part of its project takes two steps: what depends on no other file is found out in the
one pass over it, and the rules about the whole project follow when the names in all files are known.
"""

from __future__ import annotations

import gc
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from agentls.cli.examined_files import check_recorded
from agentls.cli.file_runs import STDIN, FileRun, RunOptions, describe_internal_error
from agentls.cli.terminal import StyledText, Terminal, terminal_width
from agentls.cli.text_output import render_diagnostics, render_summary
from agentls.linter.check import Diagnostic, check_in_project, in_order
from agentls.linter.consequence import Severity
from agentls.text.offsets import LineIndex
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.examined_files import ExaminedFile
    from agentls.cli.project_files import ExaminedProjects
    from agentls.cli.result_cache import CacheEntry, Recall, ResultCache


MIN_FILES_FOR_CACHE = 50
"""With fewer files, the cache takes longer than it saves."""


class FileResult(NamedTuple):
    """The result for one file: its part of the output, the number of its findings by severity, the reason why it
    could not be checked, and what the cache keeps of it."""

    part: list[StyledText]
    counts: Counter[Severity]
    failure: str = ""
    entry: CacheEntry | None = None


def _failed(reason: str) -> FileResult:
    return FileResult([], Counter(), reason)


class OutputStyle(NamedTuple):
    """How results are printed: the output format, and the width of a line of text."""

    name: str
    width: int

    def render(self, path: str, text: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> FileResult:
        """Return the result for a file with the printed path `path`."""
        if self.name == "text":
            part = list(render_diagnostics(path, text, lines, diagnostics, self.width))
        elif diagnostics:
            from agentls.cli.machine_output import OUTPUT_FORMATS

            part = [(OUTPUT_FORMATS[self.name].render(path, lines, diagnostics), "plain")]
        else:
            part = []
        return FileResult(part, Counter(diagnostic.severity for diagnostic in diagnostics))


_GARBAGE_THRESHOLD = 50_000


def run_check(args: Namespace) -> int:
    """Run the command and return its exit code."""
    # A run over many files keeps what it finds and makes hardly any cycles.
    gc.set_threshold(_GARBAGE_THRESHOLD)
    if args.stdin_filename and args.paths not in ([], [STDIN]):
        args.usage_error("PATH is not allowed with --stdin-filename")
    style = OutputStyle(args.output_format, terminal_width())
    options = RunOptions(args.dialect, args.config, tuple(args.select), tuple(args.ignore))
    with Terminal(args.color if style.name == "text" else "never") as terminal:
        run = FileRun(options, terminal, args.jobs)
        results = _results(run, args, style)
        if style.name == "text":
            files, counts = _write(terminal, results)
            if files:
                terminal.write(render_summary(files, counts))
        else:
            from agentls.cli.machine_output import OUTPUT_FORMATS

            output = OUTPUT_FORMATS[style.name]
            _, counts = _write(terminal, results, output.head(), output.separator)
            terminal.write([(output.tail(not run.failed), "plain")])
    found = any(counts[severity] for severity in Severity if severity <= args.fail_on)
    return 2 if run.failed else int(found)


def _results(run: FileRun, args: Namespace, style: OutputStyle) -> Iterator[FileResult]:
    """Yield the results of all files that can be checked, in order; the others are reported."""
    texts: dict[str, str] = {}
    if args.stdin_filename or args.paths == [STDIN]:
        name = args.stdin_filename or STDIN
        text = run.read_stdin(name)
        files = [] if text is None else [FoundFile(name, disk.absolute_path(name))]
        texts = {found.path: text for found in files if text is not None}
        paths: list[str] = []
    else:
        paths = args.paths or ["."]
        files = run.find_files(paths)

    def find_cache(count: int) -> ResultCache | None:
        if texts or not args.cache or count < MIN_FILES_FOR_CACHE:
            return None
        from agentls.cli.result_cache import find_cache

        return find_cache(paths[0], run.options, in_project=args.project)

    if args.project:
        from agentls.cli.project_files import examine_projects

        projects = examine_projects(run, files, paths, texts, is_check=True, find_cache=find_cache)
        cache = projects.cache
        results = run.map(
            partial(_finish, projects._replace(cache=None), style),
            files,
            0 if projects.is_unchanged else None,
        )
    else:
        cache = find_cache(len(files))
        new = sum(found.path not in cache.entries for found in files) if cache else len(files)
        recall = cache.make_recall(run.options) if cache else None
        results = run.map(partial(_check_alone, run.options, style, texts, recall), files, new)
    for found, result in zip(files, results, strict=True):
        if cache and result.entry:
            cache.put(result.entry)
        if result.failure:
            run.fail(found.display_path, result.failure)
        else:
            yield result
    if cache:
        cache.save()


def _write(
    terminal: Terminal, results: Iterable[FileResult], head: str = "", separator: str = ""
) -> tuple[int, Counter[Severity]]:
    """Write the results as they come, and return the number of files, and of findings by severity."""
    files, counts, lead = 0, Counter[Severity](), head
    for result in results:
        files += 1
        counts.update(result.counts)
        if result.part:
            terminal.write([(lead, "plain"), *result.part])
            lead = separator
    if lead is head:
        terminal.write([(head.rstrip(), "plain")])
    return files, counts


# --- files without their project --------------------------------------------------------------


def _check_alone(
    options: RunOptions, style: OutputStyle, texts: dict[str, str], recall: Recall | None, found: FoundFile
) -> FileResult:
    """Check one file without the other files of its project. An error concerns this file only."""
    try:
        text = texts[found.path] if found.path in texts else disk.read_text(found.path)
    except OSError as error:
        return _failed(disk.describe_error(error))
    try:
        if recall:
            return _check_or_recall(options, style, recall, found, text)
        document = options.open_document(found.path, text)
        diagnostics = check_recorded(document, options, disk.DiskWorld(document), None)
        return style.render(found.display_path, text, document.lines, diagnostics)
    except Exception as error:
        return _failed(describe_internal_error(error))


def _check_or_recall(
    options: RunOptions, style: OutputStyle, recall: Recall, found: FoundFile, text: str
) -> FileResult:
    """Check one file unless its result is known from an earlier run."""
    from agentls.cli.result_cache import CacheEntry, decode_diagnostics, encode_diagnostics

    key = recall.make_key(found.path, text)
    entry = recall.find(found.path, text, key)
    if entry:
        return style.render(
            found.display_path, text, LineIndex(text), decode_diagnostics(entry.diagnostics) or ()
        )
    questions: list[str] = []
    document = options.open_document(found.path, text)
    diagnostics = check_recorded(document, options, disk.DiskWorld(document), questions)
    result = style.render(found.display_path, text, document.lines, diagnostics)
    return result._replace(entry=CacheEntry(found.path, key, questions[0], encode_diagnostics(diagnostics)))


# --- files as parts of their projects ---------------------------------------------------------


def _finish(projects: ExaminedProjects, style: OutputStyle, found: FoundFile) -> FileResult:
    """Check one file with the rules about the whole project. An error concerns this file only."""
    examined = projects.files[found.path]
    if examined.failure:
        return _failed(examined.failure)
    try:
        if projects.is_unchanged:
            return _recall_final(examined, style, found)
        return _finish_examined(projects, examined, style, found)
    except OSError as error:
        return _failed(disk.describe_error(error))
    except Exception as error:
        return _failed(describe_internal_error(error))


def _recall_final(examined: ExaminedFile, style: OutputStyle, found: FoundFile) -> FileResult:
    from agentls.cli.result_cache import decode_diagnostics

    diagnostics = decode_diagnostics(examined.entry.final) if examined.entry else ()
    if not diagnostics:
        return style.render(found.display_path, "", LineIndex(""), ())
    text = disk.read_text(found.path)
    return style.render(found.display_path, text, LineIndex(text), diagnostics)


def _finish_examined(
    projects: ExaminedProjects, examined: ExaminedFile, style: OutputStyle, found: FoundFile
) -> FileResult:
    index = projects.index_for(found.path)
    document = projects.documents.take(found.path)
    world = disk.DiskWorld(document, index)
    entry = examined.entry
    if examined.diagnostics is None:
        questions: list[str] = []
        diagnostics = check_recorded(document, projects.options, world, questions if entry else None)
        entry = entry._replace(questions=questions[0]) if entry else None
    else:
        more = check_in_project(document, projects.options.config_for(found.path), world)
        diagnostics = in_order((*examined.diagnostics, *more))
    result = style.render(found.display_path, document.text, document.lines, diagnostics)
    if entry is None:
        return result
    from agentls.cli.result_cache import encode_diagnostics

    return result._replace(
        entry=entry._replace(project=projects.digest, final=encode_diagnostics(diagnostics))
    )
