"""The index of a project, made from the files below its root.

A project is a Git repository; outside of one, the folder that a person has opened or named, or the one
that holds the folder of agents. So the editor and the command line see the same project around a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from agentls import disk, finding, occurrences
from agentls.disk import LoadedConfig
from agentls.document import Document
from agentls.finding import Search
from agentls.index import Index
from agentls.names import Names

Settings = Callable[[str], LoadedConfig]
"""From a folder (absolute, with `/`) to the settings for its files."""


def root_of(document: Document, tops: Iterable[str] = ()) -> str:
    """The root of the project that a document belongs to (absolute, with `/`). `tops` are the folders that
    a person has opened or named."""
    path = document.path
    repository = finding.repository(path.rpartition("/")[0])
    if repository is not None:
        return repository
    holding = [top for top in tops if path.startswith(top.rstrip("/") + "/")]
    return min(holding, key=len) if holding else document.identity.base or path.rpartition("/")[0]


def paths(root: str, settings: Settings) -> Iterator[str]:
    """The files below `root` that have names for the index. What cannot be read is passed over."""
    search = Search(settings, None, _ignore, _ignore)
    return (found.full for found in finding.find(root, search))


def names_in(path: str, settings: Settings, text: str | None = None) -> Names | None:
    """The names in the file at `path`, or in `text` in its stead; `None` if there are none to be had."""
    try:
        content = disk.read_text(path) if text is None else text
    except OSError:
        return None
    document = disk.open_document(path, content, settings(path.rpartition("/")[0]))
    return occurrences.of(document) if document else None


def index_of(root: str, settings: Settings) -> Index:
    """The index of the project at `root`."""
    index = Index()
    for path in paths(root, settings):
        names = names_in(path, settings)
        if names:
            index.put(names)
    return index


def _ignore(_: str, __: str) -> None:
    """Whoever checks the file will say why it cannot be read."""
