"""Files that are none of ours, though they lie near them or look like one."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text import globs


class UnsupportedFile(NamedTuple):
    """What such a file is, and who reads it. Its path fits one of the patterns `files`; with `plain`,
    it has no frontmatter."""

    title: str
    summary: str
    files: tuple[str, ...]
    source: Source
    plain: bool = False


def find_unsupported_file(path: str, text: str) -> UnsupportedFile | None:
    """What the file at `path` is, if it is known to be something else than a file of ours."""
    for known in _neighbours():
        if any(globs.matches(pattern, path) for pattern in known.files):
            return None if known.plain and text.lstrip("\ufeff").startswith("---") else known
    return None


@cache
def _neighbours() -> tuple[UnsupportedFile, ...]:
    rows = load_table("unsupported-files")
    return tuple(build_record(UnsupportedFile, row, f"neighbours[{at}]") for at, row in enumerate(rows))
