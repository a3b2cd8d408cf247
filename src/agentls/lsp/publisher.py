"""Publishing: which diagnostics the client is sent, and when.

A changed document is checked once the user pauses, and so are the other open documents of its project, which may
refer to it. A client that pulls diagnostics is only asked to pull them again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from lsprotocol import types as t
from pygls.lsp.server import LanguageServer

from agentls.lsp.background import TimeSlice
from agentls.lsp.projects import ProjectChange
from agentls.lsp.session import Change, Rechecked, Session, Update
from agentls.text.escaping import escape_message
from agentls.text.named_tuples import NamedTuple

MAX_CHECK_DELAY = 1.0
"""The longest time in seconds that a check waits while the user types without a pause."""

RECHECK_PATIENCE = 2.5
"""The pause after which other documents are checked, in units of that for the edited one. A name is typed in several
strokes, and who types is not looking at the other documents."""

log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    """Something that waits for a pause, and the time of the first edit that it is about."""

    timer: asyncio.TimerHandle
    since: float
    edited: str = ""


class Publisher:
    """Publishes the diagnostics of a session to its client. `apply` applies a change to the session and
    publishes what follows."""

    def __init__(self, server: LanguageServer, session: Session, apply: Callable[[Change], None]) -> None:
        self._server = server
        self._session = session
        self._apply = apply
        self._published: dict[str, list[t.Diagnostic]] = {}
        self._checks: dict[str, _Waiting] = {}
        self._rechecks: dict[str, _Waiting] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._shown_refresh: asyncio.TimerHandle | None = None

    def follow(self, update: Update) -> None:
        """Publish what follows from a change."""
        for problem in update.problems:
            self.show_message(problem, t.MessageType.Warning)
        self._refresh(update.reconfigured)
        if update.scope_changed and self._session.snapshot.client.refreshes_inlay_hints:
            self._server.workspace_inlay_hint_refresh(None)
        if update.opened:
            self._open(update.opened)
        if update.edited:
            self._check_soon(update.edited)
        if update.closed:
            self._close(update.closed, is_indexed=bool(update.paths))
        for change in update.projects:
            self._project_changed(change)

    def show_message(self, message: str, kind: t.MessageType = t.MessageType.Info) -> None:
        """Show a message to the user."""
        text = escape_message(message)
        self._server.window_show_message(t.ShowMessageParams(kind, f"agentls: {text}"))

    def publish(self, uri: str, found: list[t.Diagnostic], version: int | None = None) -> None:
        """Publish the diagnostics of a file unless they are the same as before."""
        if found != self._published.get(uri, []):
            self._send(uri, found, version)

    # Single documents

    def _open(self, uri: str) -> None:
        """Publish the diagnostics of a document at once, or clear those that the client will pull."""
        if self._pulls:
            self.publish(uri, [])
        else:
            self._check(uri)

    def _check_soon(self, uri: str) -> None:
        """Publish the diagnostics of a document after a pause, at the latest after `MAX_CHECK_DELAY`."""
        if self._pulls:
            return
        debounce = self._session.snapshot.configuration.settings.debounce
        if debounce:
            self._checks[uri] = self._wait(self._checks.get(uri), debounce, self._check_safely, uri)
        else:
            self._check(uri)

    def _check(self, uri: str) -> None:
        """Publish the diagnostics of a document. An empty list is sent only to clear an earlier one."""
        self._stop_waiting(uri)
        snapshot = self._session.snapshot
        opened = snapshot.open_document(uri)
        if opened is None:
            return
        found = snapshot.protocol_diagnostics(opened)
        if found or uri in self._published:
            self._send(uri, found, opened.version)

    def _check_safely(self, uri: str) -> None:
        try:
            self._check(uri)
        except Exception:  # An exception in a timer is not reported anywhere else.
            log.exception("failed to check %s", uri)

    def _close(self, uri: str, *, is_indexed: bool) -> None:
        """Clear the diagnostics of a closed document, unless those of all files are published."""
        self._stop_waiting(uri)
        if not is_indexed or self._session.snapshot.configuration.settings.diagnostics == "open":
            self.publish(uri, [])

    def _stop_waiting(self, uri: str) -> None:
        if uri in self._checks:
            self._checks.pop(uri).timer.cancel()

    def _send(self, uri: str, found: list[t.Diagnostic], version: int | None) -> None:
        if found:
            self._published[uri] = found
        else:
            self._published.pop(uri, None)
        known = version if self._session.snapshot.client.accepts_versions else None
        self._server.text_document_publish_diagnostics(t.PublishDiagnosticsParams(uri, found, known))

    # Other documents

    def _refresh(self, uris: Collection[str]) -> None:
        """Publish the new diagnostics of documents, or ask the client to pull them."""
        if not self._pulls:
            for uri in uris:
                self._check(uri)
        elif uris and self._session.snapshot.client.refreshes_diagnostics:
            self._server.workspace_diagnostic_refresh(None)

    def _project_changed(self, change: ProjectChange) -> None:
        """Check the open documents of a project again, after a pause if the user is typing."""
        project = self._session.snapshot.projects.get(change.root)
        if project is None or not project.is_complete or not change.names:
            return
        self._refresh_shown_soon(change.edited)
        debounce = self._session.snapshot.configuration.settings.debounce if change.edited else 0
        pause = RECHECK_PATIENCE * debounce
        waiting = self._rechecks.get(change.root)
        # A single edited document is checked anyway; of several, each may refer to the others.
        edited = change.edited if waiting is None or waiting.edited == change.edited else ""
        new = self._wait(waiting, pause, self._start_recheck, change.root)
        self._rechecks[change.root] = new._replace(edited=edited)

    def _start_recheck(self, root: str) -> None:
        edited = self._rechecks.pop(root).edited
        running = self._running.get(root)
        if running and running.cancel():
            edited = ""  # The check that is under way has left out another document.
        self._running[root] = asyncio.get_running_loop().create_task(self._recheck(root, edited))

    async def _recheck(self, root: str, edited: str) -> None:
        """Check the open documents of a project again, except the one at the path `edited`. A further change of the
        project cancels this, as everything is checked again then."""
        changed = []
        time_slice = TimeSlice()
        try:
            for uri in list(self._session.snapshot.documents):
                await time_slice.yield_if_due()
                snapshot = self._session.snapshot
                opened = snapshot.open_document(uri)
                if opened is None or opened.document is None or opened.root != root:
                    continue
                # A document that waits for its own check needs no other one.
                if opened.uri in self._checks or opened.document.path == edited:
                    continue
                new = replace(opened)
                if snapshot.diagnostics(new) != snapshot.diagnostics(opened):
                    self._apply(Rechecked(new))
                    changed.append(new.uri)
        finally:
            self._refresh(changed)

    # Code lenses and the colours of names

    def _refresh_shown_soon(self, path: str) -> None:
        """Ask the client to request again what it shows of the names of a project, which it does itself for the edited
        document at `path`."""
        snapshot = self._session.snapshot
        documents = [opened.document for opened in snapshot.documents.values() if opened.document]
        others = any(document.path != path for document in documents)
        if others and self._shown_refresh is None:
            loop = asyncio.get_running_loop()
            self._shown_refresh = loop.call_later(MAX_CHECK_DELAY, self._refresh_shown)

    def _refresh_shown(self) -> None:
        self._shown_refresh = None
        client = self._session.snapshot.client
        if client.refreshes_code_lenses:
            self._server.workspace_code_lens_refresh(None)
        if client.refreshes_semantic_tokens:
            self._server.workspace_semantic_tokens_refresh(None)

    # Time

    @property
    def _pulls(self) -> bool:
        return self._session.snapshot.client.pulls_diagnostics

    def _wait(
        self, earlier: _Waiting | None, seconds: float, call: Callable[[str], None], subject: str
    ) -> _Waiting:
        """Call a function after a pause, instead of the call that waits already."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        since = earlier.since if earlier else now
        if earlier:
            earlier.timer.cancel()
        due = min(now + seconds, since + MAX_CHECK_DELAY)
        # The event loop of a browser accepts no time that has passed.
        return _Waiting(loop.call_later(max(0.0, due - now), call, subject), since)
