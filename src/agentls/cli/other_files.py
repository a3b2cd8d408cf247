"""Files besides the one at hand, which others lead to: how they are called, and where their lines are."""

from __future__ import annotations

import os
from functools import lru_cache

from agentls.text.offsets import LineIndex
from agentls.workspace import disk


def shown(path: str) -> str:
    """A path (absolute, with `/`) as people see it: counted from the current folder, if it lies below that."""
    return disk.relative_path(path, disk.absolute_path(os.curdir))


@lru_cache(maxsize=64)
def lines(path: str) -> LineIndex:
    """The lines of the file at `path`; none if it cannot be read any more."""
    try:
        return LineIndex(disk.read_text(path))
    except OSError:
        return LineIndex("")
