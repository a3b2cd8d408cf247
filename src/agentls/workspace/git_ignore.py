"""What Git ignores, by the `.gitignore` files of a repository."""

from __future__ import annotations

import os
from itertools import islice

from agentls.text.ignore_patterns import IgnorePattern, last_match, parents, parse_lines
from agentls.text.paths import folder_and_parents, is_inside
from agentls.workspace.reading_cache import reading_cache
from agentls.workspace.regular_files import read_bytes

MAX_GITIGNORE_BYTES = 1024 * 1024
MAX_PATTERNS = 5_000
"""How many patterns of a `.gitignore` are compared with every file. A larger file is not read, and further patterns are
ignored."""

Ignores = tuple[tuple[str, tuple[IgnorePattern, ...]], ...]
"""Folders with the patterns of the `.gitignore` in each, the nearest last."""


def find_repository(folder: str) -> str | None:
    """Return the root of the Git repository that contains `folder` (absolute, with `/`)."""
    return next((p for p in folder_and_parents(folder) if os.path.exists(f"{p}/.git")), None)


@reading_cache(maxsize=256)
def ignores_in(folder: str) -> Ignores:
    """Return the folder with the patterns of the `.gitignore` in it, if there is one."""
    try:
        text = read_bytes(f"{folder}/.gitignore", MAX_GITIGNORE_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()
    return ((folder, tuple(islice(parse_lines(text), MAX_PATTERNS))),)


def ignores_above(folder: str) -> Ignores:
    """Return the patterns of all folders from the root of the repository to `folder`, without `folder` itself."""
    root = find_repository(folder)
    above = [] if root is None else [p for p in folder_and_parents(folder) if is_inside(p, root)][1:]
    return tuple(found for parent in reversed(above) for found in ignores_in(parent))


def ignores_entry(path: str, ignores: Ignores) -> bool:
    """Whether the nearest `.gitignore` with a pattern for `path`, without its parents, ignores it; a folder ends in
    `/`."""
    for folder, patterns in reversed(ignores):
        verdict = last_match(patterns, path[len(folder) + 1 :])
        if verdict is not None:
            return verdict
    return False


def is_ignored(path: str, ignores: Ignores) -> bool:
    """Whether Git ignores `path` or one of its parents; a folder ends in `/`."""
    for each in (*parents(path), path):
        above = tuple(row for row in ignores if each.removesuffix("/").startswith(f"{row[0]}/"))
        if ignores_entry(each, above):
            return True
    return False
