"""`agentls convert`: agents as files of another format, with a list of what they lose, and written only on request."""

from __future__ import annotations

import os
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from agentls.cli.file_runs import FileRun, RunOptions
from agentls.cli.terminal import StyledText, Terminal
from agentls.cli.text_diff import render_diff
from agentls.conversion.convert_agent import Conversion, convert_agent
from agentls.document import locate
from agentls.document.document import Document
from agentls.text.escaping import escape_path, to_json
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile
from agentls.workspace.rewrite import create_file

Status = Literal["new", "exists", "unchanged", "written", "refused"]


class ConvertedFile(NamedTuple):
    """A file with its conversion: the path to write as it is printed, and what there is to say about it."""

    shown: str
    document: Document
    conversion: Conversion
    path: str
    status: Status
    reason: str = ""


def run_convert(args: Namespace) -> int:
    """Run the command and return its exit code."""
    with Terminal(args.color if args.output_format == "text" else "never") as terminal:
        run = FileRun(RunOptions(args.dialect, args.config), terminal)
        paths = args.paths or ["."]
        taken: dict[str, str] = {}
        files = [
            convert_file(
                found,
                document,
                args.to,
                project_base(document, args.output),
                taken,
                allows_wider=args.allow_wider_tools,
                replaces=args.force,
            )
            for found, document in _agents(run, run.find_files(paths), args, set(paths))
        ]
        if args.stdout and len(files) != 1:
            args.usage_error(f"--stdout takes one agent, not {len(files)}")
        if args.write:
            files = [_write(file, run, replace=args.force) for file in files]
        _print(files, terminal, args)
        if run.failed:
            return 2
        return 1 if any(file.status in ("refused", "exists") for file in files) else 0


def _agents(
    run: FileRun, files: list[FoundFile], args: Namespace, named: set[str]
) -> Iterator[tuple[FoundFile, Document]]:
    """Yield the files to convert: all that the user has named, and the agents of other formats in folders."""
    for found in files:
        try:
            document = run.options.open_document(found.path, disk.read_text(found.path))
        except OSError as error:
            run.fail(found.display_path, disk.describe_error(error))
            continue
        is_other_agent = document.dialect.kind == "agent" and document.dialect.name != args.to
        if found.display_path in named or (is_other_agent and not document.is_documentation):
            yield found, document


def convert_file(
    found: FoundFile,
    document: Document,
    target: str,
    base: str,
    taken: dict[str, str],
    *,
    allows_wider: bool,
    replaces: bool = False,
    option: str = "--allow-wider-tools",
) -> ConvertedFile:
    """Convert a file to the format `target`, and find out whether the result can be written below the folder `base`.
    `taken` has the paths of earlier results; this one is added. `allows_wider` tells whether the agent may get more
    tools, `option` how to allow it, and `replaces` whether a file that exists may be replaced."""
    made = convert_agent(document, target)
    full = f"{base}/{made.path}" if made.path else ""
    path = disk.relative_path(full, ".") if full else ""
    reason = made.refusal
    if document.dialect.name == target:
        reason = f"This is a file for {document.dialect.title} already."
    elif made.is_wider and not allows_wider:
        wider = next(note.message for note in made.notes if note.kind == "wider")
        reason = f"{wider} Use {option} to convert it nevertheless."
    elif full in taken:
        reason = f"`{taken[full]}` is converted to the same file."
    if reason:
        return ConvertedFile(found.display_path, document, made, path, "refused", reason)
    taken[full] = found.display_path
    status: Status = "new"
    if os.path.exists(full):
        status = "unchanged" if _text_of(full) == made.text else "new" if replaces else "exists"
    return ConvertedFile(found.display_path, document, made, path, status)


def _text_of(path: str) -> str | None:
    """Return the text of the file at `path`; `None` if it cannot be read."""
    try:
        return disk.read_text(path)
    except OSError:
        return None


def project_base(document: Document, output: str | None = None) -> str:
    """Return the folder below which the result is written: that of the option, or of the project of the file."""
    if output is not None:
        return disk.absolute_path(output)
    return locate.project_root(document) or disk.absolute_path(".")


def _write(file: ConvertedFile, run: FileRun, *, replace: bool) -> ConvertedFile:
    if file.status != "new":
        return file
    try:
        create_file(file.path, file.conversion.text, replace=replace)
    except OSError as error:
        run.fail(file.path, f"cannot write: {disk.describe_error(error)}")
        return file
    return file._replace(status="written")


# --- output -----------------------------------------------------------------------------------


def _print(files: list[ConvertedFile], terminal: Terminal, args: Namespace) -> None:
    if args.output_format == "json":
        terminal.write([(to_json([conversion_data(file) for file in files], 2) + "\n", "plain")], exact=True)
        return
    if args.stdout:
        (file,) = files
        for note in file.conversion.notes:
            terminal.message(f"{escape_path(file.shown)}: {note.kind}: {note.message}")
        if file.status == "refused":
            terminal.message(f"{escape_path(file.shown)}: {file.reason}")
        else:
            terminal.write_bytes(file.conversion.text.encode("utf-8", "surrogatepass"))
        return
    for file in files:
        terminal.write(_describe(file))
        if args.diff and file.status != "refused":
            diff = render_diff(file.shown, file.document.text, file.conversion.text, file.path)
            terminal.write(diff, exact=True)
    terminal.write(_summary(files, args))


def conversion_data(file: ConvertedFile) -> dict[str, Any]:
    """Return a converted file as plain data for JSON."""
    is_refused = file.status == "refused"
    return {
        "path": file.shown,
        "target": None if is_refused else file.path,
        "status": file.status,
        "reason": file.reason or None,
        "notes": [note._asdict() for note in file.conversion.notes],
        "content": None if is_refused else file.conversion.text,
    }


_STYLES = {"changed": "muted", "lost": "warning", "wider": "error"}
_STATUS_NOTES = {"exists": " (exists; --force replaces it)", "unchanged": " (unchanged)"}


def _describe(file: ConvertedFile) -> Iterator[StyledText]:
    yield escape_path(file.shown), "path"
    if file.status == "refused":
        yield f"\n  not converted: {file.reason}\n", "bad"
    else:
        yield f" -> {escape_path(file.path)}{_STATUS_NOTES.get(file.status, '')}\n", "plain"
    for note in file.conversion.notes:
        if note.message not in file.reason:
            yield f"  {note.kind:8} ", _STYLES[note.kind]
            yield f"{note.message}\n", "plain"


def _summary(files: list[ConvertedFile], args: Namespace) -> list[StyledText]:
    counts = Counter(file.status for file in files)
    parts = [
        (counts["written"], "written"),
        (counts["new"], "to write"),
        (counts["exists"], "already there"),
        (counts["unchanged"], "unchanged"),
        (counts["refused"], "not converted"),
    ]
    words = [f"{count:,} {word}" for count, word in parts if count]
    hint = " Use --write to write the files." if counts["new"] and not args.write else ""
    return [(f"{', '.join(words) or 'No agents to convert'}.{hint}\n", "muted")]
