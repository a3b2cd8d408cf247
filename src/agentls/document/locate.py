"""Make a `Document` from a path and a text: find its place, its dialect, its identity and its readers.

Paths are strings with `/` between their parts, absolute or relative to a root, on every system.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Place
from agentls.document.document import Document, Reader, make_reader
from agentls.document.plugins import Plugin
from agentls.readers.reading import FileIdentity
from agentls.text.frontmatter import find_keys
from agentls.text.named_tuples import NamedTuple


class Placement(NamedTuple):
    """Dialect and identity of a file by its place; `place` is `None` if the configuration or the user sets the
    dialect."""

    dialect: str
    identity: FileIdentity
    place: Place | None


def locate(
    path: str, plugin: Plugin | None, text: str = "", files: loader.UserDialects = ()
) -> Placement | None:
    """The placement of the file at `path`, `None` if it is not in the place of an agent file.

    If dialects share a place, the keys in `text` decide. `plugin` is the nearest one whose root is a parent of
    the file, `files` are the dialects of the user. The places of the configuration are relative to its folder,
    so that the caller finds their dialect and passes it to `make_document` as `default_dialect`.
    """
    if plugin is None:
        found = _locate_by_path(path, files)
        if found is None or found.place is None:
            return found
        return _decided_by_keys(path, text, found.place, files) or found
    inside = path.removeprefix(plugin.root.rstrip("/") + "/")
    listed = _listed_placement(inside, plugin, files)
    for place, dialect in loader.all_places(files):
        if listed and loader.is_late(place):
            return listed  # A manifest decides before the places that are in any folder or are not read.
        if place.scope != "plugin" and place.holds(path):
            decided = _decided_by_keys(path, text, place, files)
            return decided or Placement(dialect, _identity(path, place), place)
        if place.scope == "plugin" and place.holds(inside):
            identity = _identity(inside, place)._replace(
                plugin=plugin.name,
                base_folder=plugin.root,
                withheld=plugin.withholds(dialect, listed=False),
            )
            return listed or Placement(dialect, identity, place)
    return listed


@lru_cache(maxsize=1 << 13)  # A run asks about a file when it finds it, opens it, and looks for its project.
def _locate_by_path(path: str, files: loader.UserDialects) -> Placement | None:
    for place, dialect in loader.all_places(files):
        if place.scope != "plugin" and place.holds(path):
            return Placement(dialect, _identity(path, place), place)
    return None


def _listed_placement(inside: str, plugin: Plugin, files: loader.UserDialects) -> Placement | None:
    """The placement of the file at `inside`, relative to the root of `plugin`, if a manifest lists it."""
    found = plugin.find_listed(inside)
    if found is None:
        return None
    places = loader.dialect_places(found.dialect, files)
    place = next((place for place in places if place.scope == "plugin"), None)
    name = inside.rpartition("/")[2]
    if place is None or not fnmatchcase(name, place.files):
        return None
    stem = found.name or place.stem(inside)
    withheld = plugin.withholds(found.dialect, listed=True)
    identity = FileIdentity(
        stem, found.plugin, found.subfolders, name, place.fixed_values, plugin.root, withheld
    )
    return Placement(found.dialect, identity, place)


def _decided_by_keys(path: str, text: str, place: Place, files: loader.UserDialects) -> Placement | None:
    """The placement by the other dialect that shares `place`, if the keys of the file decide for it."""
    keys = find_keys(text) if place.deciding_keys else set()
    for dialect, own in place.deciding_keys.items():
        shared = next(
            (shared for shared in loader.dialect_places(dialect, files) if shared.holds(path)), None
        )
        if shared and not keys.isdisjoint(own):
            return Placement(dialect, _identity(path, shared), shared)
    return None


def project_root(document: Document) -> str | None:
    """The root of the project of a file by its place: the folder that contains the first folder of the place.
    `None` if the place has no folder or is not in a project."""
    for place in document.dialect.places:
        before, found, _ = f"/{document.path}".rpartition(f"/{place.folder}/")
        if place.folder and place.scope == "project" and found:
            return before.removeprefix("/")
    return None


def content_root(document: Document) -> str | None:
    """The root of the project or of the plugin of a file, if its place determines one."""
    root = project_root(document)
    return document.identity.base_folder if root is None and document.identity.plugin else root


def _identity(path: str, place: Place) -> FileIdentity:
    name = path.rpartition("/")[2]
    base = place.base(path)
    return FileIdentity(place.stem(path), "", place.below(path), name, place.fixed_values, base, place=place)


def make_document(
    path: str, text: str, config: Config, plugin: Plugin | None = None, default_dialect: str | None = None
) -> Document | None:
    """The document at `path`, `None` if it is not in the place of an agent file.

    `default_dialect` is used for a file outside all places, if it is known: the settings of an editor may name one of
    another folder.
    """
    files = loader.user_dialects(config)
    located = locate(path, plugin, text, files)
    if located is None:
        if default_dialect not in loader.dialect_names(files):
            return None
        name = path.rpartition("/")[2]
        # A text that was never saved has no file name.
        file = name if "/" in path else ""
        located = Placement(default_dialect, FileIdentity(name.rpartition(".")[0], file_name=file), None)
    dialect = loader.configure_dialect(located.dialect, config)
    readers, other_readers = _readers(dialect, located.place, config)
    # If the configuration names only a runtime of another dialect, that dialect applies.
    return Document(path, text, readers[0].dialect, located.identity, readers, other_readers, config)


def _reader_in(place: Place | None, runtime: str, dialect: Dialect) -> Reader:
    """The reader of a file in `place`, with what is special to the place."""
    facts = dialect.runtime(runtime)
    if place and place.rejection_effect:
        facts = facts._replace(effects=facts.effects._replace(rejection_effect=place.rejection_effect))
    return Reader(facts, dialect)


def _readers(
    dialect: Dialect, place: Place | None, config: Config
) -> tuple[tuple[Reader, ...], tuple[tuple[str, str], ...]]:
    """The primary readers of a file in `place`, and the other runtimes that read it, with their dialects.

    The primary readers are those that the configuration names, else the owners of the place.
    """
    owners = dialect.owners_of(place)
    others = dict(place.other_readers) if place else {}
    configured = [name for name in (*owners, *others) if name in config.runtimes]
    primary = configured or list(owners)
    readers = tuple(
        make_reader(name, others[name], config) if name in others else _reader_in(place, name, dialect)
        for name in primary
    )
    pairs = (*((name, dialect.name) for name in owners), *others.items())
    return readers, tuple(pair for pair in pairs if pair[0] not in primary)
