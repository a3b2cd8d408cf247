"""The surroundings of a document, as far as the core asks about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentls.text.named_tuples import NamedTuple

if TYPE_CHECKING:
    from agentls.project.index import Index


class World(Protocol):
    """Everything outside a document that a rule may ask about.

    The disk answers on the command line, the disk and the open documents in the editor (both by
    `workspace.disk.DiskWorld`), and a dictionary in the tests.
    """

    @property
    def project_index(self) -> Index | None:
        """The names of all files of the project, including the current ones of the document; `None` if the
        document is checked without its project."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder, or may be one on other
        machines because Git ignores it."""

    def has_match(self, pattern: str) -> bool:
        """Whether any file of the project matches `pattern`, relative to the project's root. True if that
        cannot be found out."""


class NoDisk(NamedTuple):
    """The surroundings of a text that has no place on the disk, such as one that was never saved: every
    question about files is answered with yes, so that no file is reported as missing."""

    project_index: Index | None = None

    def exists(self, _: str) -> bool:
        """Assume that the file exists."""
        return True

    def has_match(self, _: str) -> bool:
        """Assume that a file matches."""
        return True


class WithoutProject(NamedTuple):
    """The surroundings of a document that differs from the one in the index of the project."""

    world: World
    project_index: None = None

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder."""
        return self.world.exists(path)

    def has_match(self, pattern: str) -> bool:
        """Whether any file of the project matches `pattern`."""
        return self.world.has_match(pattern)
