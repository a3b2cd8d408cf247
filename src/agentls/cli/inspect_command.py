"""`agentls inspect`: how each runtime loads the files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from agentls.cli.file_runs import FileRun, RunOptions, describe_internal_error
from agentls.cli.terminal import StyledText, Terminal, terminal_width
from agentls.document.secrets import hide_secrets
from agentls.reports import inspection
from agentls.text.escaping import to_json
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.project_files import ExaminedProjects


def run_inspect(args: Namespace) -> int:
    """Run the command and return its exit code."""
    as_text = args.output_format == "text"
    with Terminal(args.color if as_text else "never") as terminal:
        run = FileRun(RunOptions(args.dialect, args.config), terminal)
        head, separator, tail = ("", "", "") if as_text else ("[\n", ",\n", "\n]\n")
        lead = head
        for part in _parts(run, args, terminal_width() if as_text else None):
            terminal.write([(lead, "plain"), *part], exact=not as_text)
            lead = separator
        terminal.write([((head.rstrip() if lead is head else "") + tail, "plain")])
    return 2 if run.failed else 0


def _parts(run: FileRun, args: Namespace, width: int | None) -> Iterator[list[StyledText]]:
    """Yield the part of the output of each file that can be read, in order; the others are reported."""
    files = run.find_files(args.paths)
    projects = _projects(run, files, args.paths) if args.project else None
    for found, part in zip(
        files, run.map(partial(_inspect, run.options, projects, width, args.arguments), files), strict=True
    ):
        if isinstance(part, str):
            run.fail(found.display_path, part)
        else:
            yield part


def _inspect(
    options: RunOptions,
    projects: ExaminedProjects | None,
    width: int | None,
    arguments: str | None,
    found: FoundFile,
) -> list[StyledText] | str:
    """Return the part of the output of one file, or the reason why it could not be inspected. An error concerns
    this file only."""
    try:
        if projects:
            inspected = inspect_in_project(projects, found, arguments)
        else:
            document = options.open_document(found.path, disk.read_text(found.path))
            inspected = inspection.inspect_document(document, None, arguments)
        return _render(inspected._replace(path=found.display_path), width)
    except OSError as error:
        return disk.describe_error(error)
    except Exception as error:
        return describe_internal_error(error)


def inspect_in_project(
    projects: ExaminedProjects, found: FoundFile, arguments: str | None
) -> inspection.Inspection:
    """Return how the runtimes load one of the requested files. Raises `OSError`."""
    index, document = projects.index_for(found.path), projects.documents.take(found.path)
    return inspection.inspect_document(document, index, arguments)


def _projects(run: FileRun, files: list[FoundFile], paths: list[str]) -> ExaminedProjects:
    from agentls.cli.project_files import examine_projects

    return examine_projects(run, files, paths)


def _render(inspected: inspection.Inspection, width: int | None) -> list[StyledText]:
    """Return the part of the output of one file: text for lines of `width` cells, or JSON without a width."""
    if width is None:
        return [(hide_secrets(to_json(inspection.inspection_data(inspected))), "plain")]
    part: list[StyledText] = []
    for line in inspection.render_text(inspected, width):
        part += [*((hide_secrets(text), style) for text, style in line), ("\n", "plain")]
    return [*part, ("\n", "plain")]
