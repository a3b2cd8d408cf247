"""Showing a client that something takes its time."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types as t

if TYPE_CHECKING:
    from agentls.lsp.server import Server

PATIENCE = 0.5
"""What is done within this time is not worth showing, in seconds."""

OFTEN = 0.2
"""How often to say how far it is, in seconds."""


class Progress:
    """One piece of work in the background, as the client shows it, if it can and if that lasts."""

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
