"""From a path and a text to a `Document`: which dialect, and which identity.

Paths are text with `/` between the parts, absolute or counted from a root, on every system.
"""

from __future__ import annotations

from typing import NamedTuple

from agentls import dialects
from agentls.config import Config
from agentls.document import Document
from agentls.reading import Identity


class Plugin(NamedTuple):
    """A plugin: the folder that holds `.claude-plugin/plugin.json` (with `/`), and its name."""

    root: str
    name: str


class Located(NamedTuple):
    """What the place of a file says about it."""

    dialect: str
    identity: Identity


def locate(path: str, plugin: Plugin | None) -> Located | None:
    """Which dialect the file at `path` is in, judging by its place, or `None` for no agent file.

    `plugin` is the nearest one whose root is a parent of the file. A project's own places come
    first, then a plugin's. Places that the configuration adds count from its folder, which is
    known to whoever has read it; their dialect comes in as `otherwise` below.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    for name in dialects.NAMES:
        dialect = dialects.load(name)
        if any(place.scope == "project" and place.holds(path) for place in dialect.places):
            return Located(name, Identity(stem))
        if plugin is None:
            continue
        inside = path.removeprefix(plugin.root.rstrip("/") + "/")
        for place in dialect.places:
            if place.scope == "plugin" and place.holds(inside):
                below = inside.removeprefix(place.folder + "/").split("/")[:-1]
                return Located(name, Identity(stem, plugin.name, tuple(below)))
    return None


def open_document(
    path: str, text: str, config: Config, plugin: Plugin | None = None, otherwise: str | None = None
) -> Document | None:
    """The document at `path`, or `None` if its place is no place for agent files.

    `otherwise` is the dialect to take where no place fits.
    """
    located = locate(path, plugin)
    if located is None:
        if otherwise is None:
            return None
        located = Located(otherwise, Identity(path.rpartition("/")[2].rpartition(".")[0]))
    return Document(path, text, dialects.effective(located.dialect, config), located.identity)
