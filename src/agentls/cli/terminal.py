"""The terminal: coloured output, messages on standard error, and a sign of life on long runs."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console

Segment = tuple[str, str]
"""A piece of text and the name of its style; what programs read has the style "plain"."""

When = Literal["auto", "always", "never"]

STYLES = {
    "plain": "",
    "path": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "information": "bold cyan",
    "hint": "bold blue",
    "fix": "green",
    "good": "green",
    "bad": "red",
    "label": "bold",
    "muted": "dim",
}
"""The colours, for `rich`."""

_PIPE_WIDTH = 120
_QUIET_SECONDS = 1.0
_TICK_SECONDS = 0.1


class Terminal:
    """Standard output and standard error of one run."""

    def __init__(self, when: When) -> None:
        self._console = _console() if _is_coloured(when) else None
        self._next_tick = time.monotonic() + _QUIET_SECONDS
        self._status = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def write(self, segments: Iterable[Segment]) -> None:
        """Write to standard output."""
        if self._status and _is_terminal(sys.stdout):
            self._clear()
        if self._console is None:
            sys.stdout.write("".join(text for text, _ in segments))
            return
        from rich.text import Text

        pieces = ((text, STYLES[style]) for text, style in segments)
        line = Text.assemble(*pieces, overflow="fold")
        self._console.print(line, end="", soft_wrap=not _is_terminal(sys.stdout))

    def table(self, rows: Sequence[Sequence[Segment]]) -> None:
        """Write rows of cells in columns; the last may be of any length."""
        if self._console is None:
            widths = [max(len(text) for text, _ in column) for column in zip(*rows, strict=True)][:-1]
            for *cells, (last, _) in rows:
                lead = [f"{text:{width}}  " for (text, _), width in zip(cells, widths, strict=True)]
                sys.stdout.write("".join(lead) + f"{last}\n")
            return
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for row in rows:
            table.add_row(*(Text(text, STYLES[style]) for text, style in row))
        self._console.print(table)

    def markdown(self, page: str) -> None:
        """Write a page of Markdown, rendered if there are colours."""
        if self._console is None:
            sys.stdout.write(f"{page.rstrip()}\n")
            return
        from rich.markdown import Markdown

        self._console.print(Markdown(page))

    def message(self, text: str) -> None:
        """Tell the person something that is not the result."""
        self._clear()
        sys.stdout.flush()
        sys.stderr.write(f"agentls: {text}\n")

    def progress(self, done: int) -> None:
        """Show, from the second second on, how many files are done, where a person watches."""
        if time.monotonic() < self._next_tick or not sys.stderr.isatty():
            return
        self._next_tick = time.monotonic() + _TICK_SECONDS
        self._clear()
        self._status = f"{done:,} files done ..."
        sys.stderr.write(self._status)
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._status:
            sys.stderr.write("\r" + " " * len(self._status) + "\r")
            sys.stderr.flush()
            self._status = ""


def terminal_width() -> int:
    """How many cells a line of the output should have at most."""
    try:
        return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return _PIPE_WIDTH


def prepare_streams() -> None:
    """Make sure that no character a file may hold stops the output: what the encoding of the
    stream has no place for becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def discard_output() -> None:
    """Let what still waits go nowhere, once nobody reads the standard output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_coloured(when: When) -> bool:
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return _is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _console() -> Console:
    from rich.console import Console  # Only people need it, and it takes longer than checking a file.

    return Console(force_terminal=True, color_system="standard", no_color=False, highlight=False)
