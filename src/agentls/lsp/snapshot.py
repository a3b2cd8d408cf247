"""The input of a question: the state of the session at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lsprotocol import types as t

from agentls.document.document import Document
from agentls.linter import check
from agentls.lsp import convert
from agentls.lsp.addresses import decode_uri, file_uri
from agentls.lsp.client import Client
from agentls.lsp.configuration import Configuration
from agentls.lsp.convert import FilePositions, Positions
from agentls.lsp.documents import OpenDocument, locate_document
from agentls.lsp.projects import Project
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, Names
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Encoding, LineIndex
from agentls.workspace import disk, load, settings_files


class OpenAgentFile(NamedTuple):
    """An agent file that a question is about, open or as if it were."""

    opened: OpenDocument
    document: Document
    project: Project
    positions: Positions


class OpenOtherFile(NamedTuple):
    """An open file of another kind that a question is about."""

    path: str
    text: str
    version: int
    positions: Positions


@dataclass(frozen=True)
class IndexedFile:
    """A file that a question is about and that is in the index of a project, open or not."""

    text: str
    positions: Positions
    index: Index
    names: Names


class Snapshot(NamedTuple):
    """The state of the session at one moment, and the questions about it.

    A change replaces the snapshot. The indexes are shared with later snapshots, so a snapshot is valid until
    the event loop runs something else; a question that has to wait takes its snapshot after it has waited.
    """

    client: Client
    encoding: Encoding
    configuration: Configuration
    documents: Mapping[str, OpenDocument]
    """The open documents by their URIs without escapes, as different escapes mean the same file."""
    projects: Mapping[str, Project]
    """The projects by their roots."""

    # Files that questions are about

    def open_document(self, uri: str) -> OpenDocument | None:
        """Return the current version of a document; `None` if it is not open."""
        return self.documents.get(decode_uri(uri))

    def agent_file(self, uri: str) -> OpenAgentFile | None:
        """Return the open agent file at `uri`; `None` if it is not open or not an agent file, or if its frontmatter is
        too long to answer at once."""
        opened = self.open_document(uri)
        if opened is None or opened.document is None or opened.document.has_long_frontmatter:
            return None
        positions = Positions(opened.document.lines, self.encoding)
        return OpenAgentFile(opened, opened.document, self.projects[opened.root], positions)

    def other_file(self, uri: str) -> OpenOtherFile | None:
        """Return the open file at `uri` if it is not an agent file."""
        opened = self.open_document(uri)
        if opened is None or opened.document or opened.path is None:
            return None
        return OpenOtherFile(opened.path, opened.text, opened.version, self.positions(opened.text))

    def settings_file(self, uri: str) -> OpenOtherFile | None:
        """Return the open file at `uri` if it has settings of agentls."""
        file = self.other_file(uri)
        return file if file and settings_files.has_settings(file.path, file.text) else None

    def is_open(self, path: str) -> bool:
        """Whether the file at `path` is open."""
        return self.open_document(file_uri(path)) is not None

    def indexed_file(self, uri: str, path: str | None) -> IndexedFile | None:
        """Return the file at `uri` and `path` if it is an open agent file or in the index of a project."""
        file = self.agent_file(uri)
        if file:
            names = file.project.index.get(file.document.path)
            return (
                IndexedFile(file.document.text, file.positions, file.project.index, names) if names else None
            )
        index = self.index_containing(path) if path else None
        if path is None or index is None:
            return None
        text, names = self.text(path), self.names(path)
        return IndexedFile(text, self.positions(text), index, names) if text is not None and names else None

    # Any files, as they are now in the editor or on the disk

    def uri(self, path: str) -> str:
        """Return the URI of the file at `path`, as the editor writes it if the file is open."""
        uri = file_uri(path)
        opened = self.open_document(uri)
        return opened.uri if opened else uri

    def text(self, path: str) -> str | None:
        """Return the text of the file at `path`; `None` if it cannot be read."""
        opened = self.open_document(file_uri(path))
        if opened:
            return opened.text
        try:
            return disk.read_text(path)
        except (OSError, ValueError):  # Python raises the latter for invalid paths.
            return None

    def document(self, path: str, text: str | None = None) -> Document | None:
        """Return the document at `path`, with its own text or with `text`; `None` if it is not an agent file."""
        opened = self.open_document(file_uri(path))
        if opened and opened.document:
            return _with_text(opened.document, text)
        text = self.text(path) if text is None else text
        settings = self.configuration.settings_for_names(path.rpartition("/")[0])
        return None if text is None else settings_files.open_document(path, text, settings)

    def names(self, path: str, text: str | None = None) -> Names | None:
        """Return the names in the file at `path`, with its own text or with `text`."""
        opened = self.open_document(file_uri(path))
        if opened and opened.document:
            return extract.extract_names(_with_text(opened.document, text))
        text = self.text(path) if text is None else text
        return None if text is None else load.parse_names(path, text, self.configuration.settings_for_names)

    def current_names(self, path: str, text: str) -> Names | None:
        """Return the names in the file at `path`: those of the open document, or of `text` if it is not open."""
        opened = self.open_document(file_uri(path))
        return self.names(path, None if opened else text)

    # Projects

    def index_containing(self, path: str) -> Index | None:
        """Return the index that contains the file at `path`, that of the innermost project."""
        found = [project for project in self.projects.values() if path in project.index]
        return max(found, key=lambda project: len(project.root)).index if found else None

    def definition(self, path: str, kind: str, name: str) -> Definition | None:
        """Return the definition of that kind and name in the file at `path`; `None` if it has none."""
        index = self.index_containing(path)
        names = index.get(path) if index else None
        found = names.definitions if names else ()
        return next((each for each in found if (each.kind, each.name) == (kind, name)), None)

    # Diagnostics

    def diagnostics(self, opened: OpenDocument) -> list[check.Diagnostic]:
        """Return the diagnostics of a revision, computed the first time that they are needed."""
        if opened.document is None:
            return []
        if not opened.checked:
            world = self.projects[opened.root].world(opened.document)
            opened.checked.append(check.check(opened.document, opened.config, world))
        return opened.checked[0]

    def protocol_diagnostics(self, opened: OpenDocument) -> list[t.Diagnostic]:
        """Return the diagnostics of a revision as the client is sent them."""
        settings = self.settings_file(opened.uri) if opened.document is None else None
        if settings:
            problems = settings_files.parse_settings(settings.path, settings.text).problems
            return convert.to_settings_diagnostics(problems, settings.positions)
        found = self.diagnostics(opened)
        lines = opened.document.lines if opened.document else LineIndex(opened.text)
        positions = Positions(lines, self.encoding)
        return convert.to_diagnostics(found, opened.uri, positions, self.client, self.file_positions)

    def file_in_project(self, path: str, text: str | None) -> OpenAgentFile | None:
        """Return the agent file at `path` as it is open, or with `text` if it is not; `None` if it is not an agent file
        of a project, or if its frontmatter is too long to answer at once."""
        uri = self.uri(path)
        file = self.agent_file(uri)
        projects = [project for project in self.projects.values() if path in project.index]
        if file or text is None or not projects:
            return file
        project = max(projects, key=lambda project: len(project.root))
        opened = self.as_if_open(uri, text, project)
        if opened.document is None or opened.document.has_long_frontmatter:
            return None
        return OpenAgentFile(opened, opened.document, project, self.positions(text))

    def as_if_open(self, uri: str, text: str, project: Project) -> OpenDocument:
        """Return a file of `project` that is not open, as if it were."""
        return replace(locate_document(OpenDocument(uri, "", 0, text), self.configuration), root=project.root)

    # Positions

    def positions(self, text: str) -> Positions:
        """Return the positions of a text, in the encoding of the client."""
        return Positions(LineIndex(text), self.encoding)

    def file_positions(self, path: str) -> FilePositions | None:
        """Return the positions of the file at `path`, which need not be open; `None` if it cannot be read."""
        text = self.text(path)
        return None if text is None else FilePositions(self.uri(path), self.positions(text))


def _with_text(document: Document, text: str | None) -> Document:
    """Return the document with `text` instead of its own, if there is one."""
    return document if text is None else document._replace(text=text)
