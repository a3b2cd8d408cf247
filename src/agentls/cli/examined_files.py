"""The one pass over each file: read, decode, parse, extract its names, and check it alone.

What the second step needs is kept, in a few hundred bytes for each name and finding, so that a run over very
many files takes linear memory. Documents are kept as well up to a limit; the others are opened again for the
rules about the whole project that apply to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentls.cli.file_runs import RunOptions, describe_internal_error
from agentls.document import suppressions
from agentls.document.document import Document
from agentls.linter.check import Diagnostic, check, check_in_project, in_order
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk
from agentls.workspace.settings_files import open_document

if TYPE_CHECKING:
    from agentls.cli.result_cache import CacheEntry, Recall, ResultCache
    from agentls.project.names import Names
    from agentls.project.world import World

MIN_FILES_FOR_CACHE = 50
"""With fewer files, the cache takes longer than it saves."""

MAX_KEPT_CHARACTERS = 64 * 1024 * 1024
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
    the reason why the file could not be read. `entry` is what the cache keeps of it; if it comes from there, the
    rest is decoded by `recalled`.
    """

    names: Names | None = None
    are_shared: bool = True
    diagnostics: tuple[Diagnostic, ...] | None = ()
    document: Document | None = None
    failure: str = ""
    entry: CacheEntry | None = None
    is_recalled: bool = False

    def recalled(self) -> ExaminedFile:
        """Return the same with the names and diagnostics of the entry, if it comes from the cache."""
        if not self.is_recalled or self.entry is None:
            return self
        from agentls.cli.result_cache import decode_diagnostics, decode_names

        found = decode_diagnostics(self.entry.diagnostics) if self.entry.diagnostics else ()
        names, are_shared = decode_names(self.entry.names), self.entry.are_shared == "true"
        return self._replace(names=names, are_shared=are_shared, diagnostics=found, is_recalled=False)


class Examination(NamedTuple):
    """How files are examined: with which options, whether they are checked, whether their documents are kept,
    and where earlier results are, if they are used."""

    options: RunOptions
    is_check: bool
    keep_documents: bool
    recall: Recall | None = None

    def examine(self, task: FileTask) -> ExaminedFile:
        """Make the one pass over a file. An error concerns this file only."""
        try:
            text = disk.read_text(task.path) if task.text is None else task.text
        except OSError as error:
            return ExaminedFile(failure=disk.describe_error(error))
        try:
            if self.recall is None:
                return self._examine(task, text)
            return self._examine_or_recall(task, text, self.recall)
        except Exception as error:
            return ExaminedFile(failure=describe_internal_error(error))

    def _examine_or_recall(self, task: FileTask, text: str, recall: Recall) -> ExaminedFile:
        from agentls.cli.result_cache import CacheEntry, encode_names

        key = recall.make_key(task.path, text)
        entry = recall.find(task.path, text, key, only_names=not task.is_requested)
        if entry and (entry.diagnostics or not task.is_requested):
            return ExaminedFile(entry=entry, is_recalled=True)
        questions: list[str] = []
        found = self._examine(task, text, questions)
        are_shared = "true" if found.are_shared else "false"
        entry = CacheEntry(task.path, key, names=encode_names(found.names), are_shared=are_shared)
        return found._replace(
            entry=entry.checked(questions, found.diagnostics) if task.is_requested else entry
        )

    def _examine(self, task: FileTask, text: str, questions: list[str] | None = None) -> ExaminedFile:
        """Examine a file; what the rules asked about other files is added to `questions`."""
        from agentls.project import extract
        from agentls.workspace import load

        path, options = task.path, self.options
        extract_from = extract.extract_names_for_rules if self.is_check else extract.extract_names
        if not task.is_requested:
            return ExaminedFile(load.parse_names(path, text, options.settings, extract_from=extract_from))
        placed = open_document(path, text, options.settings(path.rpartition("/")[0]), options.dialect)
        document = placed or options.open_document(path, text)
        names = load.parse_names(path, text, options.settings, options.dialect, placed, extract_from)
        found = self._check(document, questions) if self.is_check else ()
        kept = document if self.keep_documents else None
        if names is None:
            return ExaminedFile(extract_from(document), False, found, kept)
        return ExaminedFile(names, True, found, kept)

    def _check(self, document: Document, questions: list[str] | None) -> tuple[Diagnostic, ...] | None:
        """The diagnostics of a document that depend on no other file, or `None` if all may: an ignore comment is
        unused only if it suppresses nothing of the whole."""
        if suppressions.find_suppressions(document):
            return None
        return tuple(check_recorded(document, self.options, disk.DiskWorld(document), questions))


def check_recorded(
    document: Document, options: RunOptions, world: World, questions: list[str] | None
) -> list[Diagnostic]:
    """Check a document; what the rules asked about other files is added to `questions` for the cache."""
    config = options.config_for(document.path)
    if questions is None:
        return check(document, config, world)
    from agentls.cli.result_cache import RecordingWorld

    recording = RecordingWorld(world)
    found = check(document, config, recording)
    questions.append(recording.questions)
    return found


def complete_check(
    examined: ExaminedFile,
    document: Document,
    options: RunOptions,
    world: World,
    questions: list[str] | None = None,
) -> list[Diagnostic]:
    """Return all diagnostics of a document: those of the pass over its file, and those of the rules about the whole
    project. If the pass could not tell, the document is checked, and its questions are added to `questions`."""
    if examined.diagnostics is None:
        return check_recorded(document, options, world, questions)
    more = check_in_project(document, options.config_for(document.path), world)
    return in_order((*examined.diagnostics, *more))


def find_cache(path: str, options: RunOptions, count: int, *, in_project: bool) -> ResultCache | None:
    """Return the cache for a run with `count` files on the file or folder at `path`; `None` with few files."""
    if count < MIN_FILES_FOR_CACHE:
        return None
    from agentls.cli import result_cache

    return result_cache.find_cache(path, options, in_project=in_project)


class DocumentStore:
    """The documents that a run keeps from the first step for the second, up to `MAX_KEPT_CHARACTERS`. `texts` are
    those of files that are not read from the disk."""

    def __init__(self, options: RunOptions, texts: Mapping[str, str]) -> None:
        self._options = options
        self._texts = texts
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
            text = self._texts[path] if path in self._texts else disk.read_text(path)
            return self._options.open_document(path, text)
        self._free += len(document.text)
        return document
