"""The user's own files, which every project can use: agents, skills, settings and installed plugins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from agentls.dialects import config_files, loader
from agentls.document import locate
from agentls.text.paths import is_inside
from agentls.workspace.discovery import SearchOptions, find_files
from agentls.workspace.disk import absolute_path, find_plugin, read_text


def user_folder() -> str:
    """Return the user folder, `~` (absolute, with `/`)."""
    return absolute_path(os.path.expanduser("~"))


def is_user_folder(root: str) -> bool:
    """Whether `root` is the user folder, or a parent of it that is not a repository."""
    home, root = user_folder(), root.rstrip("/")
    return root == home or (is_inside(home, root) and not os.path.exists(f"{root}/.git"))


def find_user_files(search: SearchOptions, root: str) -> Iterator[str]:
    """Yield the paths on the disk of the user's own files that apply in the project at `root`."""
    home = user_folder()
    read = (place for place, _ in loader.all_places() if place.scope != "plugin" and place.is_read)
    for place in dict.fromkeys(place.folder for place in read):
        top = _moved(f"{home}/{place}")
        if place and os.path.isdir(top):
            yield from _below(top, search)
    for file in config_files.user_config_file_paths():
        path = _moved(f"{home}/{file}")
        if os.path.isfile(path):
            yield path
    for plugin in dict.fromkeys(_plugins(home, root)):
        if os.path.isdir(plugin):
            yield from (found.path for found in find_files(plugin, search) if _is_of_plugin(found.path))


def _below(top: str, search: SearchOptions) -> Iterator[str]:
    """Yield the files in one of the user's folders of agents."""
    if canonical_path(top) == top:
        yield from (found.path for found in find_files(top, search))
    else:  # The folder was moved, so that the locations of the runtimes do not match its path.
        texts = find_files(top, search._replace(dialect=""))
        located = ((found.path, locate.locate(canonical_path(found.path), None)) for found in texts)
        # As in `discovery`, a file that is only read on demand is no agent file by its location.
        yield from (path for path, at in located if at and not (at.place and at.place.on_demand))


def canonical_path(path: str) -> str:
    """Return the path that the file at `path` would have if no environment variable had moved its folder."""
    for row in config_files.user_folders():
        moved = os.environ.get(row.variable)
        if moved and path.startswith(f"{absolute_path(moved)}/"):
            return f"{user_folder()}/{row.name}{path[len(absolute_path(moved)) :]}"
    return path


def _moved(path: str) -> str:
    """Return the path of a file or folder of the user folder after an environment variable has moved it."""
    for row in config_files.user_folders():
        moved, usual = os.environ.get(row.variable), f"{user_folder()}/{row.name}"
        if moved and f"{path}/".startswith(f"{usual}/"):
            return absolute_path(moved) + path[len(usual) :]
    return path


def _is_of_plugin(path: str) -> bool:
    """Whether the file at `path`, anywhere in a plugin, is one that the plugin provides."""
    plugin = find_plugin(path.rpartition("/")[0])
    config_file = config_files.locate_config_file(path, plugin.root) if plugin else None
    located = locate.locate(path, plugin) if plugin and not config_file else None
    return (config_file is not None and config_file.companion.scope == "plugin") or (
        located is not None and bool(located.identity.plugin)
    )


def _plugins(home: str, root: str) -> Iterator[str]:
    """Yield the folders of the plugins that are installed for all projects, or for the one at `root`. Older lists
    have one entry for each plugin, newer ones several."""
    for row in config_files.user_folders():
        plugins = _mapping(_moved(f"{home}/{row.name}/{row.plugins}"), "plugins") if row.plugins else {}
        enabled: dict[str, Any] = {}
        for place in (_moved(f"{home}/{row.name}"), f"{root}/{row.name}") if plugins else ():
            for file in row.settings:
                enabled |= _mapping(f"{place}/{file}", row.enabled_key)
        for name, entries in plugins.items():
            for entry in entries if isinstance(entries, list) else [entries]:
                path = entry.get("installPath") if isinstance(entry, dict) else None
                applies = isinstance(entry, dict) and entry.get("projectPath") in (None, "", root)
                is_enabled = applies and enabled.get(name) is not False
                if is_enabled and isinstance(path, str) and os.path.isabs(path):
                    yield absolute_path(path)


def _mapping(path: str, key: str) -> dict[str, Any]:
    """Return the mapping that is the value of `key` in a JSON file; an empty one if there is none."""
    try:
        text = read_text(path)
    except OSError:
        return {}
    import json  # Few users have such a file.

    try:
        found = json.loads(text)[key]
    except (ValueError, TypeError, LookupError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
