"""`agentls check`: the diagnostics of files, and by the exit code how severe they are.

A file that is checked as a part of its project takes two steps: what depends on no other file is found out in the
one pass over it, and the rules about the whole project follow when the names in all files are known.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from typing import TYPE_CHECKING

from agentls.cli.check_output import (
    MAX_FILES_FOR_INFORMATION,
    FileResult,
    FixTally,
    OutputStyle,
    Tally,
    failed_result,
    write_for_program,
    write_text,
)
from agentls.cli.examined_files import check_recorded, complete_check, find_cache
from agentls.cli.file_runs import STDIN, FileRun, Input, RunOptions, describe_internal_error
from agentls.cli.terminal import Terminal
from agentls.linter.consequence import Severity
from agentls.text.escaping import escape_path
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.baseline import Baseline, Finding
    from agentls.cli.changed_files import Changes
    from agentls.cli.examined_files import ExaminedFile
    from agentls.cli.fixed_files import FixedText
    from agentls.cli.project_files import ExaminedProjects
    from agentls.cli.result_cache import Recall, ResultCache


def run_check(args: Namespace) -> int:
    """Run the command and return its exit code."""
    gc.disable()  # A run keeps what it finds, and makes hardly any cycles.
    if args.stdin_filename and args.paths not in ([], [STDIN]):
        args.usage_error("PATH is not allowed with --stdin-filename")
    if args.unsafe_fixes and not (args.fix or args.diff):
        args.usage_error("--unsafe-fixes requires --fix or --diff")
    if args.watch:
        return _watch(args)
    args.baseline = _read_baseline(args)
    changes = _read_changes(args)
    options = RunOptions(args.dialect, args.config, tuple(args.select), tuple(args.ignore))
    with Terminal(args.color if args.output_format == "text" else "never") as terminal:
        run = FileRun(options, terminal, args.jobs)
        given = _find_input(run, args)
        if changes:
            given = _only_changed(given, changes, args, terminal)
        if args.diff:
            return _show_fixes(run, given, args, terminal)
        if args.fix and given.texts:
            given, fixed = _fix_standard_input(run, given, args, terminal)
            with redirect_stdout(sys.stderr):  # The fixed text is on standard output.
                return _check(run, given, fixed, args, terminal)
        fixed = _write_fixes(run, given, args) if args.fix else FixTally()
        if changes and fixed.files:
            changes = _read_changes(args)
        return _check(run, given, fixed, args, terminal, changes)


def _check(
    run: FileRun,
    given: Input,
    fixed: FixTally,
    args: Namespace,
    terminal: Terminal,
    changes: Changes | None = None,
) -> int:
    """Check the files, print the results, and return the exit code."""
    style = OutputStyle(args.output_format, args.show, args.fail_on, baseline=args.baseline, changes=changes)
    tally = Tally(fixed)
    results = tally.count(_results(run, given, args, style))
    found: dict[str, tuple[Finding, ...]] = {}
    if args.baseline is not None:
        results = _with_findings(results, found)
    if args.update_baseline:
        return _update_baseline(run, args, results, found, terminal)
    if style.name == "text":
        write_text(terminal, results, tally, args)
    else:
        from agentls.cli.machine_output import OUTPUT_FORMATS

        output = OUTPUT_FORMATS[style.name]
        write_for_program(terminal, results, output.head(), output.separator)
        terminal.write([(output.tail(not run.failed), "plain")])
    if args.baseline is not None:
        _report_stale(run, args, found)
    has_failed = any(severity <= args.fail_on for severity in tally.by_severity)
    return 2 if run.failed else int(has_failed)


def _find_input(run: FileRun, args: Namespace) -> Input:
    """Return the files that can be checked; the others are reported."""
    if not args.stdin_filename and args.paths != [STDIN]:
        paths = args.paths or ["."]
        return Input(run.find_files(paths), paths, {})
    name = args.stdin_filename or STDIN
    text = run.read_stdin(name)
    given = FoundFile(name, disk.absolute_path(name))
    # A text without a file name is taken for an agent of the first format.
    is_checked = text is not None and (name == STDIN or run.has_format(given))
    return Input([given] if is_checked else [], [], {} if text is None else {given.path: text})


# --- baseline ---------------------------------------------------------------------------------


def _read_baseline(args: Namespace) -> Baseline | None:
    """Return the baseline of the options, `None` if there is none."""
    if not args.baseline:
        if args.update_baseline:
            args.usage_error("--update-baseline requires --baseline")
        return None
    from agentls.cli.baseline import BaselineError, read_baseline

    try:
        return read_baseline(args.baseline, may_be_missing=args.update_baseline)
    except BaselineError as error:
        args.usage_error(f"cannot read the baseline {args.baseline}: {error}")
        raise


def _with_findings(
    results: Iterator[FileResult], found: dict[str, tuple[Finding, ...]]
) -> Iterator[FileResult]:
    """Yield results, and note the findings of each in `found`."""
    for result in results:
        found[result.path] = result.findings
        yield result


def _update_baseline(
    run: FileRun,
    args: Namespace,
    results: Iterator[FileResult],
    found: dict[str, tuple[Finding, ...]],
    terminal: Terminal,
) -> int:
    """Accept what the files have now, and return the exit code."""
    from agentls.cli.baseline import write_baseline

    for _ in results:
        pass
    if run.failed:
        return 2
    count = write_baseline(args.baseline.updated(found))
    terminal.message(
        f"{escape_path(args.baseline.file)} accepts {count:,} finding{'' if count == 1 else 's'}"
    )
    return 0


def _report_stale(run: FileRun, args: Namespace, found: dict[str, tuple[Finding, ...]]) -> None:
    count = args.baseline.count_stale(found)
    if count:
        gone = "1 finding is" if count == 1 else f"{count:,} findings are"
        run.note(args.baseline.file, f"{gone} no longer there. Update the file with --update-baseline.")


# --- changes since a commit -------------------------------------------------------------------


def _read_changes(args: Namespace) -> Changes | None:
    """Return what has changed since the commit of the options, `None` if there is none."""
    if not args.since:
        return None
    if args.stdin_filename or args.paths == [STDIN]:
        args.usage_error("--since is not allowed with standard input")
    from agentls.cli.changed_files import ChangesError, read_changes

    try:
        return read_changes(args.since, _folder_of(args.paths))
    except ChangesError as error:
        args.usage_error(f"cannot tell what has changed since {args.since}: {error}")
        raise


def _only_changed(given: Input, changes: Changes, args: Namespace, terminal: Terminal) -> Input:
    """Return the input with the files that have changed alone."""
    files = [found for found in given.files if changes.has(found.path)]
    if not files and not args.quiet:
        terminal.message(f"no agent file has changed since {changes.ref}")
    return given._replace(files=files)


def _folder_of(paths: Sequence[str]) -> str:
    """Return the folder of the first of the paths that the user has named."""
    first = next(iter(paths), ".")
    return first if os.path.isdir(first) else os.path.dirname(first) or "."


# --- watching ---------------------------------------------------------------------------------


def _watch(args: Namespace) -> int:
    """Check the files whenever they change, until the user interrupts this."""
    if args.stdin_filename or args.paths == [STDIN] or args.update_baseline:
        args.usage_error("--watch is not allowed with standard input or --update-baseline")
    from agentls.cli.watch import WatchError, watch

    argv = [each for each in args.argv if each != "--watch"]
    with Terminal(args.color) as terminal:
        try:
            return watch(args.main, argv, args.paths or ["."], terminal)
        except WatchError as error:
            args.usage_error(f"--watch: {error}")
            raise


# --- fixes ------------------------------------------------------------------------------------


def _fixes(run: FileRun, given: Input, args: Namespace) -> Iterator[tuple[FoundFile, FixedText]]:
    from agentls.cli.fixed_files import find_fixes

    return find_fixes(run, given, unsafe=args.unsafe_fixes, in_project=args.project)


def _write_fixes(run: FileRun, given: Input, args: Namespace) -> FixTally:
    from agentls.cli.fixed_files import write_fixes

    return write_fixes(run, _fixes(run, given, args))


def _show_fixes(run: FileRun, given: Input, args: Namespace, terminal: Terminal) -> int:
    """Print what the fixes would change, and return the exit code."""
    from agentls.cli.fixed_files import show_fixes
    from agentls.cli.text_output import describe_fixed

    tally = show_fixes(terminal, _fixes(run, given, args))
    if not args.quiet:
        terminal.message(f"would fix {describe_fixed(*tally)}" if tally.files else "nothing to fix")
    return 2 if run.failed else int(tally.files > 0)


def _fix_standard_input(
    run: FileRun, given: Input, args: Namespace, terminal: Terminal
) -> tuple[Input, FixTally]:
    """Write the fixed text to standard output, and return the input with it, and what was fixed."""
    tally, texts = FixTally(), dict(given.texts)
    for found, fixed in _fixes(run, given, args):
        tally, texts[found.path] = tally.plus(fixed.findings), fixed.new
    for text in texts.values():
        terminal.write_bytes(text.encode("utf-8", "surrogatepass"))
    return given._replace(texts=texts), tally


# --- results ----------------------------------------------------------------------------------


def _results(run: FileRun, given: Input, args: Namespace, style: OutputStyle) -> Iterator[FileResult]:
    """Yield the results of all files that can be checked, in order; the others are reported."""
    files, paths, texts = given
    if len(files) <= MAX_FILES_FOR_INFORMATION:
        style = style._replace(default=Severity.INFORMATION)

    def cache_for(count: int) -> ResultCache | None:
        if texts or not args.cache:
            return None
        return find_cache(paths[0], run.options, count, in_project=args.project)

    if args.project:
        from agentls.cli.project_files import examine_projects

        projects = examine_projects(
            run, files, paths, texts, is_check=True, find_cache=cache_for, needs_index=False
        )
        cache = projects.cache
        results = run.map(
            partial(_finish, projects._replace(cache=None), style),
            files,
            0 if projects.is_unchanged else None,
        )
    else:
        cache = cache_for(len(files))
        new = sum(found.path not in cache.entries for found in files) if cache else len(files)
        recall = cache.make_recall(run.options) if cache else None
        results = run.map(partial(_check_alone, run.options, style, texts, recall), files, new)
    for found, result in zip(files, results, strict=True):
        if cache and result.entry:
            cache.put(result.entry)
        if result.failure:
            run.fail(found.display_path, result.failure)
        else:
            yield result._replace(path=found.path)
    if cache:
        cache.save()


# --- files without their project --------------------------------------------------------------


def _check_alone(
    options: RunOptions, style: OutputStyle, texts: Mapping[str, str], recall: Recall | None, found: FoundFile
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
        return style.render(found.display_path, document, diagnostics, config)
    except Exception as error:
        return failed_result(describe_internal_error(error))


def _check_or_recall(
    options: RunOptions, style: OutputStyle, recall: Recall, found: FoundFile, text: str
) -> FileResult:
    """Check one file unless its result is known from an earlier run."""
    from agentls.cli.result_cache import CacheEntry, decode_diagnostics

    key = recall.make_key(found.path, text)
    entry = recall.find(found.path, text, key)
    known = (decode_diagnostics(entry.diagnostics) or ()) if entry else None
    if known == ():
        return FileResult(Counter())
    config, document = options.config_for(found.path), options.open_document(found.path, text)
    if known:
        return style.render(found.display_path, document, known, config)
    questions: list[str] = []
    diagnostics = tuple(check_recorded(document, options, disk.DiskWorld(document), questions))
    result = style.render(found.display_path, document, diagnostics, config)
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
    document = options.open_document(found.path, disk.read_text(found.path))
    return style.render(found.display_path, document, diagnostics, options.config_for(found.path))


def _finish_examined(
    projects: ExaminedProjects, examined: ExaminedFile, style: OutputStyle, found: FoundFile
) -> FileResult:
    index = projects.index_for(found.path)
    document = projects.documents.take(found.path)
    world = disk.DiskWorld(document, index)
    config = projects.options.config_for(found.path)
    entry = examined.entry
    questions: list[str] = []
    diagnostics = complete_check(examined, document, projects.options, world, questions if entry else None)
    if entry and questions:
        entry = entry._replace(questions=questions[0])
    result = style.render(found.display_path, document, diagnostics, config)
    if entry is None:
        return result
    from agentls.cli.result_cache import encode_diagnostics

    return result._replace(
        entry=entry._replace(project=projects.digest, final=encode_diagnostics(diagnostics))
    )
