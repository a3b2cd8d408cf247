"""`agentls check`: the diagnostics of files, and by the exit code how severe they are.

A file that is checked as a part of its project takes two steps: what depends on no other file is found out in the
one pass over it, and the rules about the whole project follow when the names in all files are known.
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from agentls.cli.file_runs import STDIN, FileRun, RunOptions, describe_internal_error
from agentls.cli.terminal import StyledText, Terminal, terminal_width
from agentls.cli.text_output import render_diagnostics, render_summary
from agentls.document import suppressions
from agentls.document.document import Document
from agentls.linter.check import Diagnostic, check_in_project, in_order
from agentls.linter.check import check as check_document
from agentls.linter.consequence import Severity
from agentls.text.offsets import LineIndex
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.project_files import ExaminedProjects


class FileResult(NamedTuple):
    """The result for one file: its part of the output, the number of its findings by severity, and the reason
    why it could not be checked."""

    part: list[StyledText]
    counts: Counter[Severity]
    failure: str = ""


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


def run_check(args: Namespace) -> int:
    """Run the command and return its exit code."""
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
    if args.project:
        results = _check_in_project(run, files, paths, texts, style)
    else:
        results = run.map(partial(_check_alone, run.options, style, texts), files)
    for found, result in zip(files, results, strict=True):
        if result.failure:
            run.fail(found.display_path, result.failure)
        else:
            yield result


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
    options: RunOptions, style: OutputStyle, texts: dict[str, str], found: FoundFile
) -> FileResult:
    """Check one file without the other files of its project. An error concerns this file only."""
    try:
        text = texts[found.path] if found.path in texts else disk.read_text(found.path)
    except OSError as error:
        return _failed(disk.describe_error(error))
    try:
        document = options.open_document(found.path, text)
        diagnostics = check_document(document, options.config_for(found.path), disk.DiskWorld(document))
        return style.render(found.display_path, text, document.lines, diagnostics)
    except Exception as error:
        return _failed(describe_internal_error(error))


# --- files as parts of their projects ---------------------------------------------------------


def find_independent(document: Document, options: RunOptions) -> tuple[Diagnostic, ...] | None:
    """Return the diagnostics of a document that depend on no other file, or `None` if all may: an ignore comment
    is unused only if it suppresses nothing of the whole."""
    if suppressions.find_suppressions(document):
        return None
    return tuple(check_document(document, options.config_for(document.path), disk.DiskWorld(document)))


def _check_in_project(
    run: FileRun, files: list[FoundFile], paths: list[str], texts: dict[str, str], style: OutputStyle
) -> Iterator[FileResult]:
    """Check files as parts of their projects."""
    from agentls.cli.project_files import examine_projects

    projects = examine_projects(run, files, paths, find_independent, texts)
    return run.map(partial(_finish, projects, style), files)


def _finish(projects: ExaminedProjects, style: OutputStyle, found: FoundFile) -> FileResult:
    """Check one file with the rules about the whole project. An error concerns this file only."""
    examined = projects.files[found.path]
    if examined.failure:
        return _failed(examined.failure)
    try:
        index = projects.index_for(found.path)
        document = projects.documents.take(found.path)
        config, world = projects.options.config_for(found.path), disk.DiskWorld(document, index)
        if examined.diagnostics is None:
            diagnostics = check_document(document, config, world)
        else:
            diagnostics = in_order((*examined.diagnostics, *check_in_project(document, config, world)))
        return style.render(found.display_path, document.text, document.lines, diagnostics)
    except OSError as error:
        return _failed(disk.describe_error(error))
    except Exception as error:
        return _failed(describe_internal_error(error))
