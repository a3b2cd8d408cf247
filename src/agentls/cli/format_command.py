"""`agentls format`: format the frontmatter of files, or tell what would change."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import partial

from agentls.cli.file_runs import STDIN, FileRun, RunOptions, describe_internal_error
from agentls.cli.terminal import StyledText, Terminal
from agentls.cli.text_diff import render_diff
from agentls.features.formatting import format_document
from agentls.text.escaping import escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk, rewrite
from agentls.workspace.discovery import FoundFile


class _Formatted(NamedTuple):
    """The text of a file before and after, the reason why its frontmatter cannot be formatted, and the reason why the
    file could not be read."""

    old: str = ""
    new: str = ""
    problem: str = ""
    failure: str = ""


def run_format(args: Namespace) -> int:
    """Run the command and return its exit code."""
    if args.stdin_filename and args.paths not in ([], [STDIN]):
        args.usage_error("PATH is not allowed with --stdin-filename")
    with Terminal(args.color) as terminal:
        run = FileRun(RunOptions(args.dialect, args.config), terminal, args.jobs)
        if args.stdin_filename or args.paths == [STDIN]:
            changed = _format_stdin(run, args, terminal)
        else:
            changed = _format_files(run, args, terminal)
    if run.failed:
        return 2
    return int(changed and (args.check or args.diff))


def _format_files(run: FileRun, args: Namespace, terminal: Terminal) -> bool:
    """Format files, and return whether there was something to format."""
    files = run.find_files(args.paths or ["."])
    results = run.map(partial(_format, run.options), files)
    changed = unchanged = left = 0
    for found, result in zip(files, results, strict=True):
        if result.failure:
            run.fail(found.display_path, result.failure)
        elif result.problem:
            left += 1
            run.note(found.display_path, f"not formatted: {result.problem}")
        elif result.new == result.old:
            unchanged += 1
        else:
            changed += _apply(run, args, terminal, found, result)
    verb = "would be formatted" if args.check or args.diff else "formatted"
    if not args.quiet and not args.diff:
        terminal.write(_summary(((changed, verb), (unchanged, "unchanged"), (left, "not formatted"))))
    return changed > 0


def _apply(run: FileRun, args: Namespace, terminal: Terminal, found: FoundFile, result: _Formatted) -> bool:
    """Write a file, or show what would change; return whether that was possible."""
    if args.diff:
        terminal.write(render_diff(found.display_path, result.old, result.new), exact=True)
        return True
    if not args.check:
        try:
            rewrite.rewrite_file(found.path, result.old, result.new)
        except OSError as error:
            run.fail(found.display_path, disk.describe_error(error))
            return False
    if not args.quiet:
        verb = "Would format" if args.check else "Formatted"
        terminal.write([(f"{verb} ", "plain"), (escape_path(found.display_path), "path"), ("\n", "plain")])
    return True


def _format_stdin(run: FileRun, args: Namespace, terminal: Terminal) -> bool:
    """Write the formatted text of standard input to standard output, and return whether it has changed."""
    name = args.stdin_filename or STDIN
    text = run.read_stdin(name)
    if text is None:
        return False
    found = FoundFile(name, disk.absolute_path(name))
    result = _format(run.options, found, text)
    if result.failure:
        run.fail(name, result.failure)
    elif result.problem:
        run.note(name, f"not formatted: {result.problem}")
    changed = result.new != result.old
    if args.diff:
        terminal.write(render_diff(name, result.old, result.new) if changed else (), exact=True)
    elif not args.check:
        terminal.write_bytes((result.new or text).encode("utf-8", "surrogatepass"))
    return changed


def _format(options: RunOptions, found: FoundFile, text: str | None = None) -> _Formatted:
    """Format one file, with its own text or with `text`. An error concerns this file only."""
    try:
        old = disk.read_text(found.path) if text is None else text
    except OSError as error:
        return _Formatted(failure=disk.describe_error(error))
    try:
        document = options.open_document(found.path, old)
        edits, problem = format_document(document)
        return _Formatted(old, document.with_edits(edits).text if edits else old, problem)
    except Exception as error:
        return _Formatted(old, old, failure=describe_internal_error(error))


def _summary(counts: Iterable[tuple[int, str]]) -> Iterator[StyledText]:
    parts = (f"{count:,} {'file' if count == 1 else 'files'} {verb}" for count, verb in counts if count)
    line = ", ".join(parts)
    if line:
        yield f"{line}\n", "plain"
