"""`agentls check`: the diagnostics of files, and by the exit code how severe they are.

A file that is checked as a part of its project takes two steps: what depends on no other file is found out in the
one pass over it, and the rules about the whole project follow when the names in all files are known.
"""

from __future__ import annotations

import gc
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from agentls.cli.check_output import (
    MAX_FILES_FOR_INFORMATION,
    FileResult,
    OutputStyle,
    Tally,
    failed_result,
    write_for_program,
    write_text,
)
from agentls.cli.examined_files import check_recorded
from agentls.cli.file_runs import STDIN, FileRun, RunOptions, describe_internal_error
from agentls.cli.terminal import Terminal
from agentls.linter.check import check_in_project, in_order
from agentls.linter.consequence import Severity
from agentls.text.offsets import LineIndex
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.examined_files import ExaminedFile
    from agentls.cli.project_files import ExaminedProjects
    from agentls.cli.result_cache import Recall, ResultCache


MIN_FILES_FOR_CACHE = 50
"""With fewer files, the cache takes longer than it saves."""


_GARBAGE_THRESHOLD = 50_000


def run_check(args: Namespace) -> int:
    """Run the command and return its exit code."""
    # A run over many files keeps what it finds and makes hardly any cycles.
    gc.set_threshold(_GARBAGE_THRESHOLD)
    if args.stdin_filename and args.paths not in ([], [STDIN]):
        args.usage_error("PATH is not allowed with --stdin-filename")
    style = OutputStyle(args.output_format, args.show, args.fail_on)
    options = RunOptions(args.dialect, args.config, tuple(args.select), tuple(args.ignore))
    with Terminal(args.color if style.name == "text" else "never") as terminal:
        run = FileRun(options, terminal, args.jobs)
        tally = Tally()
        results = tally.count(_results(run, args, style))
        if style.name == "text":
            write_text(terminal, results, tally, args)
        else:
            from agentls.cli.machine_output import OUTPUT_FORMATS

            output = OUTPUT_FORMATS[style.name]
            write_for_program(terminal, results, output.head(), output.separator)
            terminal.write([(output.tail(not run.failed), "plain")])
    found = any(severity <= args.fail_on for severity in tally.by_severity)
    return 2 if run.failed else int(found)


def _results(run: FileRun, args: Namespace, style: OutputStyle) -> Iterator[FileResult]:
    """Yield the results of all files that can be checked, in order; the others are reported."""
    texts: dict[str, str] = {}
    if args.stdin_filename or args.paths == [STDIN]:
        name = args.stdin_filename or STDIN
        text = run.read_stdin(name)
        given = FoundFile(name, disk.absolute_path(name))
        # A text without a file name is taken for an agent of the first format.
        is_checked = text is not None and (name == STDIN or run.has_format(given))
        files = [given] if is_checked else []
        texts = {} if text is None else {given.path: text}
        paths: list[str] = []
    else:
        paths = args.paths or ["."]
        files = run.find_files(paths)
    if len(files) <= MAX_FILES_FOR_INFORMATION:
        style = style._replace(default=Severity.INFORMATION)

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


# --- files without their project --------------------------------------------------------------


def _check_alone(
    options: RunOptions, style: OutputStyle, texts: dict[str, str], recall: Recall | None, found: FoundFile
) -> FileResult:
    """Check one file without the other files of its project. An error concerns this file only."""
    try:
        text = texts[found.path] if found.path in texts else disk.read_text(found.path)
    except OSError as error:
        return failed_result(disk.describe_error(error))
    try:
        if recall:
            return _check_or_recall(options, style, recall, found, text)
        document = options.open_document(found.path, text)
        diagnostics = check_recorded(document, options, disk.DiskWorld(document), None)
        config = options.config_for(found.path)
        return style.render(found.display_path, text, document.lines, diagnostics, config)
    except Exception as error:
        return failed_result(describe_internal_error(error))


def _check_or_recall(
    options: RunOptions, style: OutputStyle, recall: Recall, found: FoundFile, text: str
) -> FileResult:
    """Check one file unless its result is known from an earlier run."""
    from agentls.cli.result_cache import CacheEntry, decode_diagnostics

    key = recall.make_key(found.path, text)
    entry = recall.find(found.path, text, key)
    config = options.config_for(found.path)
    if entry:
        diagnostics = decode_diagnostics(entry.diagnostics) or ()
        return style.render(found.display_path, text, LineIndex(text), diagnostics, config)
    questions: list[str] = []
    document = options.open_document(found.path, text)
    diagnostics = tuple(check_recorded(document, options, disk.DiskWorld(document), questions))
    result = style.render(found.display_path, text, document.lines, diagnostics, config)
    return result._replace(entry=CacheEntry(found.path, key).checked(questions, diagnostics))


# --- files as parts of their projects ---------------------------------------------------------


def _finish(projects: ExaminedProjects, style: OutputStyle, found: FoundFile) -> FileResult:
    """Check one file with the rules about the whole project. An error concerns this file only."""
    examined = projects.files[found.path]
    if examined.failure:
        return failed_result(examined.failure)
    try:
        if projects.is_unchanged:
            return _recall_final(projects.options, examined, style, found)
        return _finish_examined(projects, examined, style, found)
    except OSError as error:
        return failed_result(disk.describe_error(error))
    except Exception as error:
        return failed_result(describe_internal_error(error))


def _recall_final(
    options: RunOptions, examined: ExaminedFile, style: OutputStyle, found: FoundFile
) -> FileResult:
    from agentls.cli.result_cache import decode_diagnostics

    diagnostics = decode_diagnostics(examined.entry.final) if examined.entry else ()
    if not diagnostics:
        return FileResult(Counter())
    text = disk.read_text(found.path)
    config = options.config_for(found.path)
    return style.render(found.display_path, text, LineIndex(text), diagnostics, config)


def _finish_examined(
    projects: ExaminedProjects, examined: ExaminedFile, style: OutputStyle, found: FoundFile
) -> FileResult:
    index = projects.index_for(found.path)
    document = projects.documents.take(found.path)
    world = disk.DiskWorld(document, index)
    config = projects.options.config_for(found.path)
    entry = examined.entry
    if examined.diagnostics is None:
        questions: list[str] = []
        diagnostics = check_recorded(document, projects.options, world, questions if entry else None)
        entry = entry._replace(questions=questions[0]) if entry else None
    else:
        more = check_in_project(document, config, world)
        diagnostics = in_order((*examined.diagnostics, *more))
    result = style.render(found.display_path, document.text, document.lines, diagnostics, config)
    if entry is None:
        return result
    from agentls.cli.result_cache import encode_diagnostics

    return result._replace(
        entry=entry._replace(project=projects.digest, final=encode_diagnostics(diagnostics))
    )
