"""Telling a client that shows the tree of agent files that it has changed."""

from __future__ import annotations

import asyncio

from pygls.lsp.server import LanguageServer

from agentls.lsp.session import Session, Update

REFRESH_DELAY = 0.5
"""The time in seconds in which further changes belong to the same notification."""

METHOD = "agentls/didChangeTree"


class TreeRefresh:
    """Sends the paths of the files that were read or edited since the last notification, after a pause."""

    def __init__(self, server: LanguageServer, session: Session) -> None:
        self._server = server
        self._session = session
        self._paths: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def follow(self, update: Update) -> None:
        """Tell the client of a change, unless it does not show the tree."""
        if not self._session.snapshot.client.shows_tree or not (update.projects or update.scope_changed):
            return
        for change in update.projects:
            self._paths |= change.read | ({change.edited} - {""})
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REFRESH_DELAY, self._send)

    def _send(self) -> None:
        paths, self._paths, self._timer = self._paths, set(), None
        self._server.protocol.notify(METHOD, {"paths": sorted(paths)})
