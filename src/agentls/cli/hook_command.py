"""`agentls hook`: what an agent that has just written an agent file should know about it.

A runtime calls the command after each use of a tool, with a description of it on standard input. A hook must not be in
the way, so the command says nothing about files that are none of its business or in order.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agentls.cli.examined_files import find_cache
from agentls.cli.file_runs import FileRun, RunOptions, read_standard_input
from agentls.cli.project_files import ExaminedProjects, examine_projects
from agentls.cli.terminal import Terminal
from agentls.dialects.write_hooks import Answer, WriteHook, event_name, find_write_hook
from agentls.linter.fixing import judge_fixes
from agentls.reports.model_findings import advise, describe_for_model
from agentls.text.escaping import escape_lines, escape_path, to_json
from agentls.text.patterns import lazy_pattern
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.result_cache import ResultCache

_FAILED = 1
"""For an input that cannot be read. Runtimes show the message to people and go on."""
_ANSWERED = 2
"""For an answer on standard error. Runtimes give it to the model."""


def run_hook(args: Namespace) -> int:
    """Run the command and return its exit code."""
    gc.disable()
    with Terminal("never") as terminal:
        try:
            event = _read_event()
        except (OSError, ValueError, RecursionError):
            terminal.message("standard input is not the JSON object that a runtime sends to a hook")
            return _FAILED
        hook = find_write_hook(event)
        if hook is None:
            return 0
        run = FileRun(RunOptions(None, args.config), terminal)
        files = list(_written_files(run, event, hook))
        text = "\n".join(_answers(run, files, args)) if files else ""
        return _write_answer(terminal, event, hook.answer, text) if text else int(run.failed)


def _read_event() -> dict[str, Any]:
    event = json.loads(read_standard_input())
    if not isinstance(event, dict):
        raise ValueError
    return event


# --- files ------------------------------------------------------------------------------------


def _written_files(run: FileRun, event: dict[str, Any], hook: WriteHook) -> Iterator[FoundFile]:
    """Yield the agent files that the tool has written and that exist, each once."""
    folder = event.get("cwd")
    folder = folder if isinstance(folder, str) else os.curdir
    seen = set()
    for given in _paths(event.get(hook.input)):
        path = disk.absolute_path(os.path.join(folder, given))
        if path in seen or not os.path.isfile(path):
            continue
        seen.add(path)
        if run.knows_format(path):
            yield FoundFile(disk.relative_path(path, folder), path)


_PATH_KEYS = ("file_path", "filePath", "notebook_path", "path", "absolute_path")
_PATCHED = lazy_pattern(r"^\*\*\* (?:Add File|Update File|Move to): (.+)$", re.MULTILINE)


def _paths(value: Any) -> Iterator[str]:
    """Yield the paths in the arguments of a tool, also in a patch and in arguments that are JSON in a text."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in _PATH_KEYS and isinstance(each, str):
                yield each
            elif not isinstance(each, str) or each.startswith("*** Begin Patch"):
                yield from _paths(each)
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each)
    elif isinstance(value, str):
        yield from (path.strip() for path in _PATCHED.findall(value))
        if value.startswith("{"):
            yield from _paths(json.loads(value))


# --- answer -----------------------------------------------------------------------------------


def _answers(run: FileRun, files: list[FoundFile], args: Namespace) -> Iterator[str]:
    """Yield what to say about each of the files, after its safe fixes if they are asked for."""
    paths = [found.path for found in files]

    def cache_for(count: int) -> ResultCache | None:
        return find_cache(paths[0], run.options, count, in_project=True)

    projects = examine_projects(run, files, paths, is_check=True, find_cache=cache_for)
    if projects.cache:
        projects.cache.save()
    for found in files:
        if args.fix:
            said, projects = _fix(run, projects, found)
            yield from said
        try:
            document, _, diagnostics = projects.check(found.path)
        except OSError as error:
            run.fail(found.display_path, disk.describe_error(error))
            continue
        severe = [each for each in diagnostics if each.severity <= args.severity]
        if severe:
            judged = judge_fixes(document, severe, only_first=True)
            yield describe_for_model(found.display_path, advise(document, judged), len(judged))


def _fix(
    run: FileRun, projects: ExaminedProjects, found: FoundFile
) -> tuple[tuple[str, ...], ExaminedProjects]:
    """Write the safe fixes of a file, and return what to say about them, and the projects with the file as it is
    then."""
    from agentls.cli.fixed_files import find_fixes_in, write_fixes

    fixes = tuple(find_fixes_in(run, projects, [found], unsafe=False))
    if not write_fixes(run, iter(fixes)).files:
        return (), projects
    ((_, fixed),) = fixes
    changes = "1 problem" if fixed.findings == 1 else f"{fixed.findings} problems"
    where = escape_path(found.display_path)
    said = f"agentls fixed {changes} in {where}. Read the file again before you edit it."
    return (said,), projects.examine_again(found.path)


def _write_answer(terminal: Terminal, event: dict[str, Any], answer: Answer, text: str) -> int:
    """Write the text where the runtime reads it, and return the exit code."""
    if answer == "exit code 2":
        sys.stderr.write(f"{escape_lines(text)}\n")
        return _ANSWERED
    shown: dict[str, Any] = {"additionalContext": text}
    if answer == "hookSpecificOutput":
        shown = {answer: {"hookEventName": event_name(event), **shown}}
    terminal.write([(f"{to_json(shown)}\n", "plain")], exact=True)
    return 0
