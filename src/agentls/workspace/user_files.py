"""What a user has at hand in every project: agents, skills and settings of their own, installed plugins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from agentls.dialects import config_files, loader
from agentls.document import locate
from agentls.workspace.discovery import Search, find
from agentls.workspace.disk import plugin_of, posix, read_text


def folder() -> str:
    """The user's home (absolute, with `/`)."""
    return posix(os.path.expanduser("~"))


def lies_in(root: str) -> bool:
    """Whether `root` is the user's home, or a folder around it that is no repository."""
    home, root = folder(), root.rstrip("/")
    return root == home or (locate.holds(root, home) and not os.path.exists(f"{root}/.git"))


def files(search: Search, root: str) -> Iterator[str]:
    """The files that are at hand in the project at `root`, as they lie on the disk."""
    home = folder()
    for place in dict.fromkeys(place.folder for place, _ in loader.places() if place.scope != "plugin"):
        top = _moved(f"{home}/{place}")
        if place and os.path.isdir(top):
            yield from _below(top, search)
    for file in config_files.at_home():
        path = _moved(f"{home}/{file}")
        if os.path.isfile(path):
            yield path
    for plugin in dict.fromkeys(_plugins(home, root)):
        if os.path.isdir(plugin):
            yield from (found.full for found in find(plugin, search) if _is_of_plugin(found.full))


def _below(top: str, search: Search) -> Iterator[str]:
    """The files in a folder of agents of the user's."""
    if as_at_home(top) == top:
        yield from (found.full for found in find(top, search))
    else:  # Its path does not tell what is in it.
        texts = find(top, search._replace(dialect=""))
        yield from (found.full for found in texts if locate.locate(as_at_home(found.full), None))


def as_at_home(path: str) -> str:
    """Where the file at `path` would lie if no environment variable told another place for its folder."""
    for row in config_files.folders():
        moved = os.environ.get(row.variable)
        if moved and path.startswith(f"{posix(moved)}/"):
            return f"{folder()}/{row.name}{path[len(posix(moved)) :]}"
    return path


def _moved(path: str) -> str:
    """Where the file or folder at `path`, in the user's home, lies if an environment variable tells."""
    for row in config_files.folders():
        moved, usual = os.environ.get(row.variable), f"{folder()}/{row.name}"
        if moved and f"{path}/".startswith(f"{usual}/"):
            return posix(moved) + path[len(usual) :]
    return path


def _is_of_plugin(path: str) -> bool:
    """Whether the file at `path`, somewhere in a plugin, belongs to what the plugin brings."""
    plugin = plugin_of(path.rpartition("/")[0])
    beside = config_files.locate(path, plugin.root) if plugin else None
    located = locate.locate(path, plugin) if plugin and not beside else None
    return (beside is not None and beside.companion.scope == "plugin") or (
        located is not None and bool(located.identity.plugin)
    )


def _plugins(home: str, root: str) -> Iterator[str]:
    """The folders of the plugins that are installed for all projects, or for the one at `root`. Older lists
    have one entry for each plugin, newer ones several."""
    for row in config_files.folders():
        plugins = _mapping(_moved(f"{home}/{row.name}/{row.plugins}"), "plugins") if row.plugins else {}
        switches: dict[str, Any] = {}
        for place in (_moved(f"{home}/{row.name}"), f"{root}/{row.name}") if plugins else ():
            for file in row.settings:
                switches |= _mapping(f"{place}/{file}", row.switch)
        for name, entries in plugins.items():
            for entry in entries if isinstance(entries, list) else [entries]:
                path = entry.get("installPath") if isinstance(entry, dict) else None
                here = isinstance(entry, dict) and entry.get("projectPath") in (None, "", root)
                if here and isinstance(path, str) and os.path.isabs(path) and switches.get(name) is not False:
                    yield posix(path)


def _mapping(path: str, key: str) -> dict[str, Any]:
    """The mapping that a key has in a file of JSON; an empty one if there is none."""
    try:
        text = read_text(path)
    except OSError:
        return {}
    import json  # Few users have such files.

    try:
        found = json.loads(text)[key]
    except (ValueError, TypeError, LookupError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
