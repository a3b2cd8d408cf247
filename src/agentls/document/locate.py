"""From a path and a text to a `Document`: which dialect, and which identity.

Paths are text with `/` between the parts, absolute or counted from a root, on every system.
"""

from __future__ import annotations

from typing import NamedTuple

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.places import DialectPlace
from agentls.dialects.runtimes import Place
from agentls.document.document import Document, Reader, make_reader
from agentls.readers.reading import FileIdentity
from agentls.text.frontmatter import find_keys


class Plugin(NamedTuple):
    """A plugin: the folder that holds `.claude-plugin/plugin.json` (with `/`), and its name."""

    root: str
    name: str


class Placement(NamedTuple):
    """What the place of a file says about it: its dialect, its identity, and the place itself
    (`None` where the configuration or the user has named the dialect)."""

    dialect: str
    identity: FileIdentity
    place: Place | None


def is_inside(folder: str, path: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def locate(
    path: str, plugin: Plugin | None, text: str = "", files: loader.UserDialects = ()
) -> Placement | None:
    """Which dialect the file at `path` is in, judging by its place, or `None` for no agent file.

    Where dialects share a place, the keys in `text` decide. `plugin` is the nearest one whose root is
    a parent of the file, `files` are a user's own dialects. Places that the configuration adds count
    from its folder, which is known to whoever has read it; their dialect comes in as `otherwise` below.
    """
    inside = path.removeprefix(plugin.root.rstrip("/") + "/") if plugin else None
    for place, dialect in loader.all_places(files):
        if place.scope != "plugin" and place.holds(path):
            home = _deciding_dialect(path, text, place, files) or DialectPlace(place, dialect)
            return Placement(home.dialect, _identity(path, home.place), home.place)
        if plugin and inside and place.scope == "plugin" and place.holds(inside):
            identity = _identity(inside, place)._replace(plugin=plugin.name, base_folder=plugin.root)
            return Placement(dialect, identity, place)
    return None


def _deciding_dialect(path: str, text: str, place: Place, files: loader.UserDialects) -> DialectPlace | None:
    """Whose place it is that a file shares with `place`, if its keys tell."""
    keys = find_keys(text) if place.deciding_keys else set()
    for dialect, own in place.deciding_keys.items():
        shared = next(
            (shared for shared in loader.dialect_places(dialect, files) if shared.holds(path)), None
        )
        if shared and not keys.isdisjoint(own):
            return DialectPlace(shared, dialect)
    return None


def project_root(document: Document) -> str | None:
    """The root of the project that a file belongs to, as its place has it; `None` where that does not
    tell. It is the folder that holds the first folder of the place."""
    for place in document.dialect.places:
        before, found, _ = f"/{document.path}".rpartition(f"/{place.folder}/")
        if place.folder and place.scope == "project" and found:
            return before.removeprefix("/")
    return None


def _identity(path: str, place: Place) -> FileIdentity:
    name = path.rpartition("/")[2]
    return FileIdentity(place.stem(path), "", place.below(path), name, place.fixed_values, place.base(path))


def open_document(
    path: str, text: str, config: Config, plugin: Plugin | None = None, otherwise: str | None = None
) -> Document | None:
    """The document at `path`, or `None` if its place is no place for agent files.

    `otherwise` is the dialect to take where no place fits.
    """
    located = locate(path, plugin, text, loader.user_dialects(config))
    if located is None:
        if otherwise is None:
            return None
        name = path.rpartition("/")[2]
        # A text that was never saved has no file name to be judged by.
        file = name if "/" in path else ""
        located = Placement(otherwise, FileIdentity(name.rpartition(".")[0], file_name=file), None)
    dialect = loader.configure_dialect(located.dialect, config)
    readers, others = _readers(dialect, located.place, config)
    # Whoever counts only another reader of the place writes for that one.
    return Document(path, text, readers[0].dialect, located.identity, readers, others, config)


def _readers(
    dialect: Dialect, place: Place | None, config: Config
) -> tuple[tuple[Reader, ...], tuple[tuple[str, str], ...]]:
    """The runtimes whose reading counts, and the others that read the file too.

    Those that the place belongs to count, or of all of them those that the configuration names;
    if it names none, the place's own count all the same, since somebody put the file there.
    """
    own = (place.runtimes if place else ()) or tuple(runtime.name for runtime in dialect.runtimes)
    also = dict(place.other_readers) if place else {}
    wanted = [name for name in (*own, *also) if name in config.runtimes]
    counting = wanted or list(own)
    readers = tuple(
        make_reader(name, also[name], config) if name in also else Reader(dialect.runtime(name), dialect)
        for name in counting
    )
    pairs = (*((name, dialect.name) for name in own), *also.items())
    return readers, tuple(pair for pair in pairs if pair[0] not in counting)
