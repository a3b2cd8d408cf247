"""The projects of the open documents and of the workspace folders, as far as they have been read."""

from __future__ import annotations

from dataclasses import dataclass

from agentls.document.document import Document
from agentls.project.index import Index
from agentls.project.world import NoDisk, World
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import load
from agentls.workspace.disk import DiskWorld


@dataclass(frozen=True)
class Project:
    """A project: its root, and its index, which is complete once all files have been read.

    What is missing in an incomplete index may still exist.
    """

    root: str
    index: Index
    is_complete: bool = False

    @property
    def complete_index(self) -> Index | None:
        """The index if it is complete."""
        return self.index if self.is_complete else None

    @property
    def is_on_disk(self) -> bool:
        """Whether the project has files. A text that was never saved is a project without files."""
        return "/" in self.root

    def contains(self, path: str) -> bool:
        """Whether a file is below the root of the project."""
        return path.startswith(f"{self.root}/")

    def world(self, document: Document) -> World:
        """Return the surroundings of a document of the project."""
        in_folder = "/" in document.path
        return DiskWorld(document, self.complete_index) if in_folder else NoDisk(self.complete_index)


class ProjectChange(NamedTuple):
    """A change of the index of the project at `root`.

    `names` is true if it affects other files of the project. `read` has the files that were read again, and
    `edited` the path of the open document whose edit caused the change ("" if there is none).
    """

    root: str
    names: bool
    read: frozenset[str] = frozenset()
    edited: str = ""


def project_root(path: str, folders: tuple[str, ...]) -> str:
    """Return the root of the project of the file at `path`. A text that was never saved is its own root."""
    return load.find_project_root(path, folders) if "/" in path else path


def workspace_roots(folders: tuple[str, ...]) -> list[str]:
    """Return the roots of the projects that the workspace folders belong to."""
    return [load.find_project_root(f"{folder}/", folders) for folder in folders]
