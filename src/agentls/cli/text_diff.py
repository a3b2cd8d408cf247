"""The difference between two versions of a file, as programs for patches read it."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.cli.terminal import StyledText
from agentls.text.escaping import escape_invisible

_STYLES = {"+": "good", "-": "bad", "@": "muted"}
_NO_NEWLINE = "\\ No newline at end of file"


def render_diff(path: str, old: str, new: str, new_path: str = "") -> Iterator[StyledText]:
    """Yield the unified diff of two texts of the file at `path`, or of that file and the one at `new_path`; nothing if
    they are equal."""
    from difflib import unified_diff

    if old == new:
        return
    yield f"--- {escape_invisible(path)}\n", "path"
    yield f"+++ {escape_invisible(new_path or path)}\n", "path"
    _, _, *rows = unified_diff(_lines(old), _lines(new), lineterm="")
    for row in rows:
        yield f"{row}\n", _STYLES.get(row[0], "plain")


def _lines(text: str) -> list[str]:
    """The lines of a text; the mark of a missing line end belongs to the last one."""
    lines = text.split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n{_NO_NEWLINE}"] if last else lines
