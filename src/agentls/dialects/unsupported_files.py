"""Files that are not agent files, although they are in the same folders or look similar."""

from __future__ import annotations

from functools import cache

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text import globs
from agentls.text.named_tuples import NamedTuple


class UnsupportedFile(NamedTuple):
    """A kind of file that is not an agent file: its title, and a summary of what reads it. Its path matches one of
    the patterns `files`. With `plain`, it has no frontmatter."""

    title: str
    summary: str
    files: tuple[str, ...]
    source: Source
    plain: bool = False


def find_unsupported_file(path: str, text: str) -> UnsupportedFile | None:
    """Return the kind of the file at `path` if it is known not to be an agent file, or `None`."""
    for known in _load():
        if any(globs.matches(pattern, path) for pattern in known.files):
            return None if known.plain and text.lstrip("\ufeff").startswith("---") else known
    return None


@cache
def _load() -> tuple[UnsupportedFile, ...]:
    rows = load_table("unsupported-files")
    return tuple(
        build_record(UnsupportedFile, row, f"unsupported-files[{at}]") for at, row in enumerate(rows)
    )
