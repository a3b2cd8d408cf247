"""The server: which documents are open, when they are checked, and what was published.

All of it runs on one event loop. A changed text is checked after a silence, at most a second
late; what fails on the way is logged, and the server goes on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types as t
from pygls.exceptions import (
    FeatureNotificationError,
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from agentls import __version__
from agentls.lsp import convert, settings
from agentls.lsp.background import Progress
from agentls.lsp.client import Client
from agentls.text.offsets import LineIndex

if TYPE_CHECKING:
    from agentls.document.document import Document
    from agentls.lsp.open_documents import Documents, Opened
    from agentls.lsp.project_indexes import Change, Project, Projects
    from agentls.lsp.workspace_diagnostics import Survey
    from agentls.project.index import Index

LATEST = 1.0
"""The longest a check waits, in seconds, while somebody types on and on."""

POLL = 3.0
"""How often to see whether the parent is alive, in seconds."""

log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What a request is about: an agent file, and the way to and from the client's positions."""

    opened: Opened
    document: Document
    at: convert.Positions


class Other(NamedTuple):
    """A file of another kind that a request is about, and the way to and from the client's positions."""

    path: str
    text: str
    at: convert.Positions


class Protocol(LanguageServerProtocol):
    """The protocol of pygls, which leaves requests without an answer: those it cannot read, and
    those after `shutdown`."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Turn a message into an object; one that fails is answered if it is a request."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), (int, str)):
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Handle what comes between `initialize` and `shutdown`; refuse all other requests."""
        method = getattr(message, "method", None)
        refusal: JsonRpcException | None = None
        if self._shutdown:
            refusal = JsonRpcInvalidRequest("the server was shut down")
        elif self._workspace is None and method != t.INITIALIZE:
            refusal = JsonRpcServerNotInitialized()
        if refusal is None or method == t.EXIT:
            super().handle_message(message)
        elif method and hasattr(message, "id"):
            self._send_response(message.id, error=refusal.to_response_error())


class Server(LanguageServer):
    """The state of the server. The handlers call its methods and read its attributes."""

    def __init__(self, *, watch: bool = False) -> None:
        super().__init__(
            "agentls",
            __version__,
            # The incremental sync of pygls takes a form feed for a line end and spoils the text.
            text_document_sync_kind=t.TextDocumentSyncKind.Full,
            protocol_cls=Protocol,
        )
        self.client = Client()
        self.options: Mapping[str, Any] = {}
        self.shut_down = False
        self._watch = watch
        self._waiting: dict[str, tuple[asyncio.TimerHandle, float]] = {}
        self._shown: dict[str, list[t.Diagnostic]] = {}
        self._told: set[str] = set()
        self._refreshing: asyncio.TimerHandle | None = None
        self._rechecks: set[asyncio.Task[None]] = set()

    @cached_property
    def documents(self) -> Documents:
        """The open documents. The first use loads the core, after `initialize` was answered."""
        from agentls.lsp.open_documents import Documents

        return Documents(self._read(self.options), self.roots, self._project)

    @cached_property
    def projects(self) -> Projects:
        """The projects of the open documents."""
        from agentls.lsp.project_indexes import Projects

        return Projects(self.documents, self._changed, lambda title: Progress(self, title))

    @cached_property
    def survey(self) -> Survey:
        """The findings in files that are not open."""
        from agentls.lsp.workspace_diagnostics import Survey

        return Survey(self)

    @property
    def roots(self) -> list[str]:
        """The URIs of the workspace's folders."""
        roots = [folder.uri for folder in self.workspace.folders.values()]
        return roots or [root for root in (self.workspace.root_uri,) if root]

    def ask(self, uri: str) -> Asked | None:
        """The agent file `uri`; `None` for one that is not open, and for other Markdown."""
        opened = self.documents.get(uri)
        if opened is None or opened.document is None:
            return None
        return Asked(opened, opened.document, self.positions(opened.document.lines))

    def other(self, uri: str) -> Other | None:
        """The open file `uri` that is none of ours."""
        from agentls.lsp.open_documents import path_of

        opened = self.documents.get(uri)
        path = path_of(uri)
        if opened is None or opened.document or path is None:
            return None
        return Other(path, opened.text, self.positions(LineIndex(opened.text)))

    def positions_in(self, path: str) -> convert.Positions | None:
        """The way to and from the positions in the file at `path`; `None` if it cannot be read."""
        text = self.projects.text(path)
        return None if text is None else self.positions(LineIndex(text))

    def place(self, path: str) -> convert.Place | None:
        """The file at `path`, which need not be open; `None` if it cannot be read."""
        at = self.positions_in(path)
        return convert.Place(self.projects.uri(path), at) if at else None

    def start(self, client: Client, options: Any, parent: int | None) -> None:
        """Take in what the client says of itself."""
        self.client = client
        self.options = options if isinstance(options, Mapping) else {}
        self.options = settings.section(self.options) or self.options
        if self._watch and parent is not None and _alive(parent):
            self._see(parent)

    def warm_up(self) -> None:
        """Load what the first keystroke will need, while nobody waits."""
        from agentls.dialects import loader
        from agentls.features import (
            document_symbol,  # noqa: F401
        )

        loader.load_dialect(loader.DIALECT_NAMES[0])
        _ = self.projects

    # Settings

    def set(self, data: Mapping[str, Any]) -> None:
        """Take the settings in `data`, those from `initialize` where it says nothing."""
        before = self.documents.settings
        self.documents.settings = self._read({**self.options, **data})
        self.reload(renew=self.documents.settings != before)
        self.take_up()

    def take_up(self) -> None:
        """Look at all files of the workspace, or no longer do so, as the settings and its folders have it."""
        if self.documents.settings.diagnostics == "open":
            self.survey.keep([])
            return
        projects = self.projects.all()
        self.survey.keep(projects)
        for project in projects:
            if project.complete:
                self.survey.note(project)

    def reload(self, *, renew: bool = False) -> None:
        """Read the configuration files again, and check again what they change. With `renew`, all files of
        the projects are read again in any case."""
        before = self.documents.files
        changed = self.documents.reload()
        if renew or self.documents.differ(before):
            self.projects.renew()
        self._tell(self.documents.problems)
        self._show(changed)

    def _show(self, changed: Sequence[Opened]) -> None:
        """See to it that the client shows what was found anew in documents."""
        if not self.client.pulls:
            for opened in changed:
                self.publish(opened.uri)
        elif changed and self.client.refreshes:
            self.workspace_diagnostic_refresh(None)

    def _read(self, data: Mapping[str, Any]) -> settings.Settings:
        found, problems = settings.read(data)
        level = found.log_level.upper()
        logging.getLogger("agentls").setLevel(level)
        # Its warnings are about every cancelled request.
        logging.getLogger("pygls").setLevel(level if level == "DEBUG" else "ERROR")
        self._tell(f"settings: {problem}" for problem in problems)
        return found

    def _tell(self, problems: Iterable[str]) -> None:
        """Show what is wrong with the settings, each thing once."""
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                self.window_show_message(t.ShowMessageParams(t.MessageType.Warning, f"agentls: {problem}"))

    # Documents

    def open(self, item: t.TextDocumentItem) -> None:
        """Take in a document, and check it with the configuration of this moment."""
        self.reload()
        self.documents.open(item.uri, item.language_id, item.version, item.text)
        self._tell(self.documents.problems)
        if self.client.pulls:
            self.show(item.uri, [])  # It asks for them from now on.
        self.check_now(item.uri)
        self.look_around(item.uri)

    def edited(self, uri: str) -> bool:
        """A file has changed in the editor, or is no longer open there; whether it is one of a project."""
        from agentls.lsp.open_documents import path_of

        path = path_of(uri)
        return path is not None and self.projects.edited(path)

    def look_around(self, uri: str) -> None:
        """See whether other files around a document have changed."""
        opened = self.documents.get(uri)
        if opened and opened.document:
            self.projects.see(opened.document, watched=self.client.watches_files)

    def check_now(self, uri: str) -> None:
        """Publish at once, to a client that does not ask by itself."""
        if not self.client.pulls:
            self.publish(uri)

    def check_soon(self, uri: str) -> None:
        """Publish after a silence, or when the first unchecked change is a second old."""
        silence = self.documents.settings.debounce
        if not silence or self.client.pulls:
            self.check_now(uri)
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        timer, since = self._waiting.get(uri, (None, now))
        if timer is not None:
            timer.cancel()
        at = min(now + silence, since + LATEST)
        self._waiting[uri] = (loop.call_at(at, self._publish_safely, uri), since)

    def publish(self, uri: str) -> None:
        """Send the diagnostics of a document; an empty list only to clear an earlier one."""
        if uri in self._waiting:
            self._waiting.pop(uri)[0].cancel()
        opened = self.documents.get(uri)
        if opened is None:
            return
        found = self.diagnostics(opened)
        if found or uri in self._shown:
            self._send(uri, opened.version, found)

    def closed(self, uri: str) -> None:
        """Take back what was published of a document that is no longer open, unless all files count."""
        if uri in self._waiting:
            self._waiting.pop(uri)[0].cancel()
        if not self.edited(uri) or self.documents.settings.diagnostics == "open":
            self.show(uri, [])

    def show(self, uri: str, found: list[t.Diagnostic], version: int | None = None) -> None:
        """Send the diagnostics of a file unless they are those that were sent before."""
        if found != self._shown.get(uri, []):
            self._send(uri, version, found)

    def diagnostics(self, opened: Opened) -> list[t.Diagnostic]:
        """What the checks say about a version of a document."""
        if opened.document is None:
            return []
        at = self.positions(opened.document.lines)
        return convert.diagnostics(opened.diagnostics, opened.uri, at, self.client, self.place)

    def _project(self, document: Document) -> Index | None:
        return self.projects.known(document)

    def _changed(self, project: Project, change: Change) -> None:
        """Check again what a change in a project may matter for."""
        if not project.complete:
            return
        if change.names:
            self._refresh_lenses(change.edited)
            self._rechecks.add(
                task := asyncio.get_running_loop().create_task(self._recheck(project, change.edited))
            )
            task.add_done_callback(self._rechecks.discard)
        if self.documents.settings.diagnostics == "workspace":
            if change.names:
                self.survey.note(project)
            self.survey.look_at(project, change.read)

    def _refresh_lenses(self, path: str) -> None:
        """Have the client ask for lenses again, soon, as it does by itself for the document at `path`."""
        others = any(opened.document and opened.document.path != path for opened in self.documents)
        if self.client.refreshes_lenses and others and self._refreshing is None:
            self._refreshing = asyncio.get_running_loop().call_later(LATEST, self._refresh_lenses_now)

    def _refresh_lenses_now(self) -> None:
        self._refreshing = None
        self.workspace_code_lens_refresh(None)

    async def _recheck(self, project: Project, path: str) -> None:
        """Check the open documents of a project, but for the one at `path`, which is looked after."""
        changed = []
        for uri in [opened.uri for opened in self.documents]:
            await asyncio.sleep(0)
            opened = self.documents.get(uri)
            document = opened.document if opened else None
            # What waits to be checked will be.
            if not (opened and document) or uri in self._waiting or document.path == path:
                continue
            if self.projects.project(document) is project and self.documents.recheck(opened):
                changed.append(opened)
        self._show(changed)

    def _publish_safely(self, uri: str) -> None:
        try:
            self.publish(uri)
        except Exception:  # Nobody else sees what a timer raises.
            log.exception("failed to check %s", uri)

    def _send(self, uri: str, version: int | None, found: list[t.Diagnostic]) -> None:
        if found:
            self._shown[uri] = found
        else:
            self._shown.pop(uri, None)
        known = version if self.client.versions else None
        self.text_document_publish_diagnostics(t.PublishDiagnosticsParams(uri, found, known))

    def positions(self, lines: LineIndex) -> convert.Positions:
        """The way to and from the client's positions in a text with these lines."""
        kind = t.PositionEncodingKind(self.workspace.position_encoding)
        return convert.Positions(lines, kind.value)

    # Life

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what a notification failed with. All else pygls has logged; it would also show a
        message each time."""
        if source is FeatureNotificationError:
            log.exception("a notification failed: %s", error)

    def _see(self, parent: int) -> None:
        """End with the parent, also where something else keeps the input open."""
        if not _alive(parent):
            log.warning("the parent process %d is gone", parent)
            os._exit(1)  # A thread waits for input; an orderly exit would wait for the thread.
        asyncio.get_running_loop().call_later(POLL, self._see, parent)


def _alive(pid: int) -> bool:
    """Whether a process is there. On Windows, where asking is not simple, the answer is yes:
    there, and nearly always elsewhere, the end of the input tells."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
