"""The projects of the open documents: their indexes, and the texts of their files.

What is open in the editor counts as it stands there, not as it lies on the disk.
"""

from __future__ import annotations

from pygls import uris

from agentls import disk, indexing, occurrences
from agentls.document import Document
from agentls.index import Index
from agentls.lsp.documents import Documents, path_of


class Projects:
    """The index of each project, by its root."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._indexes: dict[str, Index] = {}

    def index(self, document: Document) -> Index:
        """The index of the document's project, with the document as it is now."""
        roots = [root for root in map(path_of, self._documents.roots) if root]
        root = indexing.root_of(document.path, roots)
        if root not in self._indexes:
            self._indexes[root] = indexing.index_of(root, self._documents.settings_in)
        self._indexes[root].put(occurrences.of(document))
        return self._indexes[root]

    def text(self, path: str) -> str | None:
        """The text of a file: that in the editor, or that on the disk; `None` where there is none."""
        opened = self._documents.get(self.uri(path))
        if opened:
            return opened.text
        try:
            return disk.read_text(path)
        except OSError:
            return None

    def uri(self, path: str) -> str:
        """The URI of the file at `path`, as the editor writes it if the file is open."""
        uri = uris.from_fs_path(path)
        opened = self._documents.get(uri) if uri else None
        return opened.uri if opened else uri or ""
