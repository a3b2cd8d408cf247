"""What Git ignores, by the `.gitignore` files of a repository."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from agentls.text.paths import folder_and_parents, is_inside

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Ignores = tuple[tuple[str, "GitIgnoreSpec"], ...]
"""Folders with the patterns of the `.gitignore` in each, the nearest last."""


def find_repository(folder: str) -> str | None:
    """Return the root of the Git repository that contains `folder` (absolute, with `/`)."""
    return next((p for p in folder_and_parents(folder) if os.path.exists(f"{p}/.git")), None)


@lru_cache(maxsize=256)
def ignores_in(folder: str) -> Ignores:
    """Return the folder with the patterns of the `.gitignore` in it, if there is one."""
    try:
        with open(f"{folder}/.gitignore", encoding="utf-8-sig", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return ()
    from contextlib import suppress

    from pathspec import GitIgnoreSpec  # Its import takes as long as the check of many files.

    try:
        return ((folder, GitIgnoreSpec.from_lines(lines)),)
    except ValueError:
        usable = []
        for line in lines:
            with suppress(ValueError):
                GitIgnoreSpec.from_lines([line])
                usable.append(line)
        return ((folder, GitIgnoreSpec.from_lines(usable)),)


def ignores_above(folder: str) -> Ignores:
    """Return the patterns of all folders from the root of the repository to `folder`, without `folder` itself."""
    root = find_repository(folder)
    above = [] if root is None else [p for p in folder_and_parents(folder) if is_inside(p, root)][1:]
    return tuple(found for parent in reversed(above) for found in ignores_in(parent))


def is_ignored(path: str, ignores: Ignores) -> bool:
    """Whether the nearest `.gitignore` with a pattern for `path` ignores it; a folder ends in `/`."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(path[len(folder) + 1 :]).include
        if verdict is not None:
            return verdict
    return False
