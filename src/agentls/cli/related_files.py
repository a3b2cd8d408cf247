"""The other files that a diagnostic refers to: their paths as printed, and their lines."""

from __future__ import annotations

import os
from functools import lru_cache

from agentls.text.offsets import LineIndex
from agentls.workspace import disk


def display_path(path: str) -> str:
    """Return a path (absolute, with `/`) as it is printed: relative to the current folder if it is inside."""
    return disk.relative_path(path, disk.absolute_path(os.curdir))


@lru_cache(maxsize=64)
def file_lines(path: str) -> LineIndex:
    """Return the lines of the file at `path`; none if it can no longer be read."""
    try:
        return LineIndex(disk.read_text(path))
    except OSError:
        return LineIndex("")
