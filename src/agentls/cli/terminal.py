"""The terminal: coloured output, messages on standard error, and progress of long runs."""

from __future__ import annotations

import io
import math
import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TextIO

from agentls.text.escaping import escape_invisible, escape_lines

if TYPE_CHECKING:
    from rich.console import Console

StyledText = tuple[str, str]
"""A text and the name of its style; the output for programs has the style "plain"."""

ColorMode = Literal["auto", "always", "never"]

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

    def __init__(self, mode: ColorMode) -> None:
        self._console = _console() if _is_coloured(mode) else None
        self._next_tick = time.monotonic() + _QUIET_SECONDS if _is_terminal(sys.stderr) else math.inf
        self._status = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    @property
    def is_interactive(self) -> bool:
        """Whether standard output is a terminal, where the reader sees the end first."""
        return _is_terminal(sys.stdout)

    @property
    def _is_read(self) -> bool:
        """Whether people read standard output: it is a terminal, or the log of a GitHub workflow."""
        return self.is_interactive or os.environ.get("GITHUB_ACTIONS") == "true"

    def write(self, pieces: Iterable[StyledText], *, exact: bool = False) -> None:
        """Write to standard output, with control characters written out. With `exact`, they are unless people read the
        output: a program needs it as it is."""
        self._clear_if_visible()
        if not (exact and not self._is_read):
            pieces = [(escape_lines(text), style) for text, style in pieces]
        if self._console is None:
            sys.stdout.write("".join(text for text, _ in pieces))
            return
        from rich.text import Text

        styled = ((text, STYLES[style]) for text, style in pieces)
        line = Text.assemble(*styled, overflow="fold")
        self._console.print(line, end="", soft_wrap=not _is_terminal(sys.stdout))

    def write_bytes(self, data: bytes) -> None:
        """Write to standard output what has the line ends and the encoding of a file."""
        if self.is_interactive:
            self.write([(data.decode("utf-8", "replace").replace("\r\n", "\n"), "plain")])
            return
        sys.stdout.flush()
        sys.stdout.buffer.write(data)

    def table(self, rows: Sequence[Sequence[StyledText]]) -> None:
        """Write rows of cells in columns; the last column may have any width."""
        self._clear_if_visible()
        rows = [[(escape_invisible(text), style) for text, style in row] for row in rows]
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
        """Write a page of Markdown, rendered if the output has colours."""
        if self._console is None:
            sys.stdout.write(f"{page.rstrip()}\n")
            return
        from rich.markdown import Markdown

        self._console.print(Markdown(page))

    def message(self, text: str) -> None:
        """Write a message to standard error."""
        self._clear()
        sys.stdout.flush()
        sys.stderr.write(f"agentls: {escape_lines(text)}\n")

    def progress(self, done: int) -> None:
        """Show the number of processed files on a terminal, after the first second."""
        if time.monotonic() < self._next_tick:
            return
        self._next_tick = time.monotonic() + _TICK_SECONDS
        self._clear()
        self._status = f"{done:,} files ..."
        sys.stderr.write(self._status)
        sys.stderr.flush()

    def _clear_if_visible(self) -> None:
        """Remove the progress if the output appears at the same place."""
        if self._status and self.is_interactive:
            self._clear()

    def _clear(self) -> None:
        if self._status:
            sys.stderr.write("\r" + " " * len(self._status) + "\r")
            sys.stderr.flush()
            self._status = ""


def terminal_width() -> int:
    """Return the maximum width of a line of output in cells."""
    try:
        return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return _PIPE_WIDTH


def prepare_streams() -> None:
    """Make the output replace characters that its encoding cannot represent, instead of failing, and discard it if it
    was closed before the process started."""
    # Python has no stream for what is closed.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def discard_output() -> None:
    """Discard the buffered output after it could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_coloured(mode: ColorMode) -> bool:
    if mode != "auto":
        return mode == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return _is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _console() -> Console:
    from rich.console import Console  # Loading it takes longer than checking a file.

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the entry point how the process ends."""
            raise BrokenPipeError

    return _Console(force_terminal=True, color_system="standard", no_color=False, highlight=False)
