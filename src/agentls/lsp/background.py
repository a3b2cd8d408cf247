"""Work in the background: in short time slices, with progress shown if it takes long."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import Any

from lsprotocol import types as t
from pygls.lsp.server import LanguageServer

SLICE_SECONDS = 0.005
"""The length of one time slice."""

PAUSE_SECONDS = 0.001
"""The pause between two slices. One message takes several turns of the event loop and of a thread, so a pause
of a single turn would make it wait for several slices."""

PROGRESS_DELAY = 0.5
"""Work that takes less than this, in seconds, is not shown."""

PROGRESS_INTERVAL = 0.2
"""The least time between two progress reports, in seconds."""


class TimeSlice:
    """A time slice on the event loop, which is renewed each time it is over."""

    def __init__(self) -> None:
        self._until = time.monotonic() + SLICE_SECONDS

    async def yield_if_due(self) -> bool:
        """Let other tasks run if the slice is over, and return whether it was."""
        if time.monotonic() < self._until:
            return False
        await asyncio.sleep(PAUSE_SECONDS)
        self._until = time.monotonic() + SLICE_SECONDS
        return True


class Progress:
    """The progress of one piece of work, shown by a client that supports it (`enabled`)."""

    def __init__(self, server: LanguageServer, title: str, *, enabled: bool) -> None:
        self._server = server
        self._title = title
        self._enabled = enabled
        self._next_report = time.monotonic() + PROGRESS_DELAY
        self._token = ""
        self._begun = False
        self._ended = False

    def report(self, message: str) -> None:
        """Report how far the work is, unless the last report is too recent."""
        now = time.monotonic()
        if now < self._next_report or not self._enabled:
            return
        self._next_report = now + PROGRESS_INTERVAL
        if not self._token:
            self._token = str(uuid.uuid4())
            self._server.work_done_progress.create(self._token, self._begin)
        elif self._begun:
            self._server.work_done_progress.report(self._token, t.WorkDoneProgressReport(message=message))

    def end(self) -> None:
        """Report that the work is done."""
        self._ended = True
        if self._begun:
            self._server.work_done_progress.end(self._token, t.WorkDoneProgressEnd())

    def _begin(self, _: Any) -> None:
        """Begin to show the progress, which the client has agreed to."""
        if not self._ended:
            self._begun = True
            self._server.work_done_progress.begin(self._token, t.WorkDoneProgressBegin(self._title))


ProgressFactory = Callable[[str], Progress]
"""From the title of a piece of work to its progress."""
