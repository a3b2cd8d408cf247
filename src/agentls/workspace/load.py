"""The index of a project, made from the files below its root.

A project is a Git repository; outside of one, the folder that a person has opened or named, or the one
that holds the folder of agents. So the editor and the command line see the same project around a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from agentls.dialects import config_files, loader
from agentls.dialects.runtimes import Place
from agentls.document import locate
from agentls.project import extract, extract_json
from agentls.project.index import Index
from agentls.project.names import Names
from agentls.text.paths import is_inside
from agentls.workspace import discovery, disk, user_files
from agentls.workspace.discovery import SearchOptions
from agentls.workspace.disk import LoadedConfig

SettingsLookup = Callable[[str], LoadedConfig]
"""From a folder (absolute, with `/`) to the settings for its files."""

MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""A way to apply a function to many things, in order, as `map` does."""


def find_project_root(path: str, tops: Iterable[str] = ()) -> str:
    """The root of the project that the file at `path` belongs to (both absolute, with `/`). `tops` are the
    folders that a person has opened or named."""
    folder = path.rpartition("/")[0]
    repository = discovery.find_repository(folder)
    if repository is not None and _is_one(repository):
        return repository
    located = locate.locate(path, disk.find_plugin(folder))
    base = located.identity.base_folder if located else folder
    # Whoever names a folder below `.claude` means that folder, but not a project of its own.
    holding = [top.rstrip("/") for top in tops if is_inside(path, top)]
    return min((top for top in (*holding, base) if _is_one(top)), key=len, default=base)


def _is_one(folder: str) -> bool:
    """Whether a folder can be one project. Whoever opens all of their home, or has it in Git, or even the
    whole disk, has many there."""
    return not user_files.is_user_folder(folder)


def find_index_files(root: str, settings: SettingsLookup) -> Iterator[str]:
    """The files that have names for the index of the project at `root`: those below it, and unless the
    settings say otherwise those that the user has at hand everywhere. What cannot be read is passed over.
    Nobody's whole home is searched: there it is only what is at hand."""
    search = SearchOptions(settings, None, _ignore, _ignore, with_config_files=True)
    whole = user_files.is_user_folder(root)
    if not whole:
        yield from (found.path for found in discovery.find_files(root, search))
    if whole or settings(root).config.user_files:
        yield from user_files.find_user_files(search, root)


def watch_patterns() -> tuple[str, ...]:
    """Globs for the files that have names for an index, and for all that is in folders of agents alone: what
    an editor is to watch."""
    found = [_pattern(place) for place, _ in loader.all_places()]
    found += [f"**/{file.rpartition('/')[2]}" for file in config_files.config_file_paths()]
    return tuple(dict.fromkeys(found))


def _pattern(place: Place) -> str:
    folder = f"{place.folder}/" if place.folder else ""
    if not place.recursive or not folder:
        return f"**/{folder}{place.files}"
    # Other things may lie in folders of these names as well.
    return f"**/{folder}**/{place.files}" if place.scope == "plugin" else f"**/{folder}**"


def load_names(path: str, settings: SettingsLookup, otherwise: str | None = None) -> Names | None:
    """The names in the file at `path`; `None` if there are none to be had. `otherwise` is the dialect of a
    file that lies in no known place."""
    try:
        text = disk.read_text(path)
    except OSError:
        return None
    return parse_names(path, text, settings, otherwise)


def parse_names(path: str, text: str, settings: SettingsLookup, otherwise: str | None = None) -> Names | None:
    """The names in the file at `path` if `text` is what it says."""
    place = user_files.canonical_path(path)
    plugin = disk.find_plugin(path.rpartition("/")[0])
    names = extract_json.extract_config_names(place, text, plugin)
    if names is None:
        document = disk.open_document(place, text, settings(path.rpartition("/")[0]), otherwise)
        names = extract.extract_names(document) if document else None
    return _moved(names, path) if names and place != path else names


def _moved(names: Names, path: str) -> Names:
    """The names of a file as if it lay at `path`."""
    definitions = tuple(each._replace(path=path) for each in names.definitions)
    return names._replace(path=path, definitions=definitions)


def load_index(root: str, settings: SettingsLookup, each: MapFunction = map) -> Index:
    """The index of the project at `root`. `each` applies a function to all its paths."""
    index = Index(user_files.user_folder())
    for names in each(partial(load_names, settings=settings), find_index_files(root, settings)):
        if names:
            index.update(names)
    return index


def _ignore(_: str, __: str) -> None:
    """Whoever checks the file will say why it cannot be read."""
