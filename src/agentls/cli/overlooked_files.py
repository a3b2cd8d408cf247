"""Files that look like agents or rules but are in no location that a runtime reads."""

from __future__ import annotations

import os
from collections.abc import Iterable

from agentls.dialects import config_files, loader
from agentls.dialects.loader import Dialect
from agentls.text.frontmatter import find_keys
from agentls.workspace import disk
from agentls.workspace.discovery import FoundFile

_MAX_FILES = 200
"""How many files are read. In a folder with more of them, the first ones tell enough."""


def describe_overlooked(files: Iterable[FoundFile]) -> tuple[str, str] | None:
    """Return the first file that looks like an agent or a rule, as it is printed, and a message about it and all
    like it; `None` if there is none."""
    by_dialect: dict[str, list[str]] = {}
    for file in [*files][:_MAX_FILES]:
        dialect = _find_dialect(file.path)
        if dialect:
            by_dialect.setdefault(dialect.name, []).append(file.display_path.replace(os.sep, "/"))
    if not by_dialect:
        return None
    name, (first, *others) = max(by_dialect.items(), key=lambda item: len(item[1]))
    count = f", like {len(others):,} other{'s' if others[1:] else ''}" if others else ""
    it, has = ("them", "they have") if others else ("it", "it has")
    pattern = f"{first.rpartition('/')[0]}/*".removeprefix("/")
    return first, (
        f"not checked{count}: no runtime reads {it} there, but {has} keys of the format `{name}`.\n"
        f'  To check such files, write in agentls.toml: places.{name} = ["{pattern}"]'
    )


def _find_dialect(path: str) -> Dialect | None:
    """Return the dialect that the file at `path` may be written for, by its keys and by the configuration files
    beside its folder."""
    try:
        keys = find_keys(disk.read_text(path))
    except OSError:
        return None
    suffix = path.rpartition(".")[2]
    if suffix != "md":
        places = (found for found in loader.all_places() if found.place.files == f"*.{suffix}")
        dialect = loader.load_dialect(next(places).dialect)
        return dialect if any(dialect.key(key) for key in keys) else None
    if "description" not in keys:
        return None
    return _configured_dialect(path.rpartition("/")[0].rpartition("/")[0]) or (
        loader.load_dialect(loader.DIALECT_NAMES[0]) if "name" in keys else None
    )


def _configured_dialect(folder: str) -> Dialect | None:
    """Return the dialect of agents of the runtime whose configuration file is in `folder`."""
    paths = (f"{folder}/{name}" for name in config_files.config_file_paths() if "/" not in name)
    located = (config_files.locate_config_file(path) for path in paths if os.path.isfile(path))
    return next((loader.load_dialect(each.companion.dialect) for each in located if each), None)
