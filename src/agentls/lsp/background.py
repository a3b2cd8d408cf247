"""Work in the background: in short turns, and shown to the client if it lasts."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types as t

if TYPE_CHECKING:
    from agentls.lsp.server import Server

SLICE = 0.005
"""How long one turn takes, in seconds."""

GAP = 0.001
"""How long others then have theirs, in seconds. A message comes in several steps, in a thread and out of it,
so that it would have to wait several times if there were no time for all of them at once."""

PATIENCE = 0.5
"""What is done within this time is not worth showing, in seconds."""

OFTEN = 0.2
"""How often to say how far it is, in seconds."""


class Turns:
    """Turns of work, each a few milliseconds long."""

    def __init__(self) -> None:
        self._until = time.monotonic() + SLICE

    async def over(self) -> bool:
        """Let others have their turn if this one is over; whether it was."""
        if time.monotonic() < self._until:
            return False
        await asyncio.sleep(GAP)
        self._until = time.monotonic() + SLICE
        return True


class Progress:
    """One piece of work, as the client shows it, if it can and if that lasts."""

    def __init__(self, server: Server, title: str) -> None:
        self._server = server
        self._title = title
        self._said = time.monotonic() + PATIENCE
        self._token = ""
        self._begun = False
        self._ended = False

    def report(self, words: str) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now < self._said or not self._server.client.shows_progress:
            return
        self._said = now + OFTEN
        if not self._token:
            self._token = str(uuid.uuid4())
            self._server.work_done_progress.create(self._token, self._begin)
        elif self._begun:
            self._server.work_done_progress.report(self._token, t.WorkDoneProgressReport(message=words))

    def end(self) -> None:
        """Say that it is done."""
        self._ended = True
        if self._begun:
            self._server.work_done_progress.end(self._token, t.WorkDoneProgressEnd())

    def _begin(self, _: Any) -> None:
        """The client has agreed to show it."""
        if not self._ended:
            self._begun = True
            self._server.work_done_progress.begin(self._token, t.WorkDoneProgressBegin(self._title))
