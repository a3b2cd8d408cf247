"""The indexes of the projects that a run meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from agentls.document.document import Document
from agentls.project import extract
from agentls.project.index import Index
from agentls.workspace import load
from agentls.workspace.discovery import FoundFile
from agentls.workspace.load import MapFunction, SettingsLookup


class Projects:
    """The indexes by the roots of their projects. `tops` are the folders that a person has named; `dialect`
    is what files are in that lie in no known place."""

    def __init__(self, settings: SettingsLookup, tops: tuple[str, ...], dialect: str | None) -> None:
        self._settings = settings
        self._tops = tops
        self._dialect = dialect
        self._indexes: dict[str, Index] = {}

    def prepare(self, files: Iterable[FoundFile], each: MapFunction) -> None:
        """Index the projects of `files`, and those of them that no project would count by itself."""
        names_in = partial(load.load_names, settings=self._settings, otherwise=self._dialect)
        missing = [found.path for found in files if found.path not in self._index(found.path, each)]
        for names in each(names_in, missing):
            if names:
                self._index(names.path, each).update(names)

    @property
    def indexes(self) -> Mapping[str, Index]:
        """The indexes so far, by the roots of their projects."""
        return self._indexes

    def index(self, document: Document) -> Index:
        """The index of the document's project, with the document as it is."""
        index = self._index(document.path, map)
        if document.path not in index:
            index.update(extract.extract_names(document))
        return index

    def _index(self, path: str, each: MapFunction) -> Index:
        root = load.find_project_root(path, self._tops)
        if root not in self._indexes:
            self._indexes[root] = load.load_index(root, self._settings, each)
        return self._indexes[root]
