"""The one pass over each file: read, decode, parse, extract its names, and check it alone.

What the second step needs is kept, in a few hundred bytes for each name and finding, so that a run over very
many files takes linear memory. Documents are kept as well up to a limit; the others are opened again for the
rules about the whole project that apply to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from agentls.cli.file_runs import RunOptions, describe_internal_error
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.project.names import Names
from agentls.workspace import disk
from agentls.workspace.settings_files import open_document

MAX_KEPT_CHARACTERS = 32 * 1024 * 1024
"""The total length of the texts whose documents are kept."""


class FileTask(NamedTuple):
    """A file to examine: its path (absolute, with `/`), whether it is one that the user asked for and not only
    one that has names for the others, and its text if it is not on the disk."""

    path: str
    is_requested: bool = True
    text: str | None = None


class ExaminedFile(NamedTuple):
    """The result of the pass over one file.

    `names` are `None` if it has none, and `are_shared` tells whether other files can refer to them: a file that
    is only an agent file because the user named it is not part of a project. `diagnostics` are those that no
    other file has an influence on, and `None` if that cannot be told before the project is known. `failure` is
    the reason why the file could not be read.
    """

    names: Names | None = None
    are_shared: bool = True
    diagnostics: tuple[Diagnostic, ...] | None = ()
    document: Document | None = None
    failure: str = ""


CheckAlone = Callable[[Document, RunOptions], "tuple[Diagnostic, ...] | None"]
"""Returns the diagnostics of a document that depend on no other file, or `None` if all may."""


def check_nothing(_: Document, __: RunOptions) -> tuple[()]:
    """Return no diagnostics, for commands that report none."""
    return ()


def examine_file(
    options: RunOptions, check_alone: CheckAlone, keep_document: bool, task: FileTask
) -> ExaminedFile:
    """Make the one pass over a file. An error concerns this file only."""
    try:
        text = disk.read_text(task.path) if task.text is None else task.text
    except OSError as error:
        return ExaminedFile(failure=disk.describe_error(error))
    try:
        return _examine(options, check_alone, keep_document, task, text)
    except Exception as error:
        return ExaminedFile(failure=describe_internal_error(error))


def _examine(
    options: RunOptions, check_alone: CheckAlone, keep_document: bool, task: FileTask, text: str
) -> ExaminedFile:
    from agentls.project import extract
    from agentls.workspace import load

    path = task.path
    if not task.is_requested:
        return ExaminedFile(load.parse_names(path, text, options.settings))
    placed = open_document(path, text, options.settings(path.rpartition("/")[0]), options.dialect)
    document = placed or options.open_document(path, text)
    names = load.parse_names(path, text, options.settings, options.dialect, placed)
    found = check_alone(document, options)
    kept = document if keep_document else None
    if names is None:
        return ExaminedFile(extract.extract_names(document), False, found, kept)
    return ExaminedFile(names, True, found, kept)


class DocumentStore:
    """The documents that a run keeps from the first step for the second, up to `MAX_KEPT_CHARACTERS`."""

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._documents: dict[str, Document] = {}
        self._free = MAX_KEPT_CHARACTERS

    def put(self, document: Document) -> None:
        """Keep a document if there is room."""
        if len(document.text) <= self._free:
            self._free -= len(document.text)
            self._documents[document.path] = document

    def take(self, path: str) -> Document:
        """Return a document, which is then no longer kept; opened again if it was not. Raises `OSError`."""
        document = self._documents.pop(path, None)
        if document is None:
            return self._options.open_document(path, disk.read_text(path))
        self._free += len(document.text)
        return document
