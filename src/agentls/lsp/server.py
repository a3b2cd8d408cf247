"""The server as pygls runs it: the connection to the client, and the life of the process.

It starts before the core is loaded. The first message after `initialize` loads the core (`Server.updates`), so the
answer to `initialize` does not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

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
from agentls.lsp.client import Client

if TYPE_CHECKING:
    from agentls.lsp.session import Change
    from agentls.lsp.snapshot import Snapshot
    from agentls.lsp.updates import Updates

PARENT_POLL_INTERVAL = 3.0
"""The time in seconds between two checks whether the parent process is alive."""

log = logging.getLogger(__name__)


class StrictProtocol(LanguageServerProtocol):
    """The protocol of pygls, and answers to the requests that pygls does not answer: invalid ones, and those
    before `initialize` or after `shutdown`."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Convert a message to an object, and answer an invalid request with an error."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), (int, str)):
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def _execute_handler(
        self, msg_id: Any, handler: Any, callback: Any, args: Any = None, kwargs: Any = None
    ) -> None:
        """Run a handler, and forget its future afterwards, which pygls keeps if nobody waits for an answer."""

        def forget(future: Any) -> None:
            # pygls cancels the futures at `shutdown` while it iterates over them.
            if not future.cancelled():
                self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, forget, args, kwargs)

    def handle_message(self, message: Any) -> None:
        """Handle messages between `initialize` and `shutdown`, and reject other requests."""
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
    """The server. With `watch`, it ends when its parent process ends."""

    def __init__(self, *, watch: bool = False) -> None:
        super().__init__(
            "agentls",
            __version__,
            # The incremental sync of pygls treats a form feed as a line end and corrupts the text.
            text_document_sync_kind=t.TextDocumentSyncKind.Full,
            protocol_cls=StrictProtocol,
        )
        self.client = Client()
        self.is_shut_down = False
        self._options: Mapping[str, Any] = {}
        self._watch = watch

    @cached_property
    def updates(self) -> Updates:
        """The session and its followers. The first use loads the core."""
        from agentls.lsp.updates import Updates

        encoding = t.PositionEncodingKind(self.workspace.position_encoding)
        return Updates(self, self.client, encoding.value, self._options, self.folder_uris)

    @property
    def snapshot(self) -> Snapshot:
        """The state of the session, for questions."""
        return self.updates.session.snapshot

    def apply(self, change: Change) -> None:
        """Apply a change to the session, and do what follows from it."""
        self.updates.apply(change)

    @property
    def folder_uris(self) -> tuple[str, ...]:
        """The URIs of the workspace folders."""
        folders = tuple(folder.uri for folder in self.workspace.folders.values())
        return folders or tuple(uri for uri in (self.workspace.root_uri,) if uri)

    def initialize(self, client: Client, options: Any, parent: int | None) -> None:
        """Take the capabilities of the client, its `initializationOptions`, and the id of its process."""
        self.client = client
        self._options = options if isinstance(options, Mapping) else {}
        if self._watch and parent is not None and _is_alive(parent):
            self._exit_with_parent(parent)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log the error of a notification. pygls has logged the others, and would show a message for each."""
        if source is FeatureNotificationError:
            log.exception("a notification failed: %s", error)

    def _exit_with_parent(self, parent: int) -> None:
        """Exit when the parent process ends, even if another process keeps the input open."""
        if not _is_alive(parent):
            log.warning("the parent process %d has ended", parent)
            os._exit(1)  # A normal exit would wait for the thread that reads the input.
        asyncio.get_running_loop().call_later(PARENT_POLL_INTERVAL, self._exit_with_parent, parent)


def _is_alive(pid: int) -> bool:
    """Whether a process is alive. On Windows, where this is not simple to find out, the answer is always yes; the
    end of the input ends the server there."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
