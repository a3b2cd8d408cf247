"""`agentls check --fix` and `--diff`: the fixes of files, which are written or shown before the files are checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from agentls.cli.check_output import FixTally
from agentls.cli.file_runs import FileRun, Input, RunOptions, describe_internal_error
from agentls.cli.terminal import Terminal
from agentls.cli.text_diff import render_diff
from agentls.document.document import Document
from agentls.linter.check import Diagnostic, check
from agentls.linter.fixing import fix_all
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk, rewrite
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.project_files import ExaminedProjects
    from agentls.project.world import World


class FixedText(NamedTuple):
    """The text of a file before and after its fixes, the number of findings that they fix, and the reason why the file
    could not be fixed."""

    old: str = ""
    new: str = ""
    findings: int = 0
    failure: str = ""


def find_fixes(
    run: FileRun, given: Input, *, unsafe: bool, in_project: bool
) -> Iterator[tuple[FoundFile, FixedText]]:
    """Yield the files that have fixes, each with its text before and after them. With `unsafe`, also fixes that are a
    guess are applied. A file that cannot be read is left to the check, which reports it."""
    if in_project:
        from agentls.cli.project_files import examine_projects

        projects = examine_projects(run, given.files, given.paths, given.texts, is_check=True)
        return find_fixes_in(run, projects, given.files, unsafe=unsafe)
    return _find_fixes(run, given.files, partial(_fix_alone, run.options, given.texts, unsafe))


def find_fixes_in(
    run: FileRun, projects: ExaminedProjects, files: list[FoundFile], *, unsafe: bool
) -> Iterator[tuple[FoundFile, FixedText]]:
    """Yield those of the requested `files` of examined projects that have fixes, as `find_fixes` does."""
    return _find_fixes(run, files, partial(_fix_in_project, projects, unsafe))


def _find_fixes(
    run: FileRun, files: list[FoundFile], work: Callable[[FoundFile], FixedText]
) -> Iterator[tuple[FoundFile, FixedText]]:
    for found, fixed in zip(files, run.map(work, files), strict=True):
        if fixed.failure:
            run.fail(found.display_path, f"not fixed: {fixed.failure}")
        elif fixed.new != fixed.old:
            yield found, fixed


def write_fixes(run: FileRun, fixes: Iterator[tuple[FoundFile, FixedText]]) -> FixTally:
    """Write the fixed texts. A file that has changed meanwhile, or that cannot be written, is reported."""
    tally = FixTally()
    written: dict[str, str] = {}
    for found, fixed in fixes:
        # Several paths may lead to one file.
        target = os.path.realpath(found.path)
        if written.get(target) == fixed.new:
            continue
        try:
            rewrite.rewrite_file(found.path, fixed.old, fixed.new)
        except OSError as error:
            run.fail(found.display_path, f"not fixed: {disk.describe_error(error)}")
            continue
        written[target] = fixed.new
        tally = tally.plus(fixed.findings)
    return tally


def show_fixes(terminal: Terminal, fixes: Iterator[tuple[FoundFile, FixedText]]) -> FixTally:
    """Print what the fixes change as unified diffs."""
    tally = FixTally()
    for found, fixed in fixes:
        terminal.write(render_diff(found.display_path, fixed.old, fixed.new), exact=True)
        tally = tally.plus(fixed.findings)
    return tally


def _fix_alone(options: RunOptions, texts: Mapping[str, str], unsafe: bool, found: FoundFile) -> FixedText:
    """Fix one file without the other files of its project."""
    try:
        text = texts[found.path] if found.path in texts else disk.read_text(found.path)
    except OSError:
        return FixedText()
    try:
        document = options.open_document(found.path, text)
        world = disk.DiskWorld(document)
        found_here = check(document, options.config_for(found.path), world)
        return _fix(options, document, found_here, world, unsafe=unsafe)
    except Exception as error:
        return FixedText(failure=describe_internal_error(error))


def _fix_in_project(projects: ExaminedProjects, unsafe: bool, found: FoundFile) -> FixedText:
    """Fix one file as a part of its project."""
    if projects.files[found.path].failure:
        return FixedText()
    try:
        document, world, found_here = projects.check(found.path)
        return _fix(projects.options, document, found_here, world, unsafe=unsafe)
    except OSError:
        return FixedText()
    except Exception as error:
        return FixedText(failure=describe_internal_error(error))


def _fix(
    options: RunOptions, document: Document, diagnostics: list[Diagnostic], world: World, *, unsafe: bool
) -> FixedText:
    fixed = fix_all(document, diagnostics, options.config_for(document.path), world, unsafe=unsafe)
    return FixedText(document.text, fixed.document.text, fixed.counts.total())
