"""The server as pygls runs it: the connection to the client, and the life of the process.

It starts before the core is loaded. The first message after `initialize` loads the core (`Server.updates`), so the
answer to `initialize` does not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

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
from agentls.lsp.client_watch import watch_process
from agentls.lsp.framing import parse_body, read_body

if TYPE_CHECKING:
    from agentls.lsp.session import Change
    from agentls.lsp.snapshot import Snapshot
    from agentls.lsp.updates import Updates

log = logging.getLogger(__name__)


class StrictProtocol(LanguageServerProtocol):
    """The protocol of pygls, and answers to the requests that pygls does not answer: invalid ones, those before
    `initialize` or after `shutdown`, and a second `initialize`."""

    def receive(self, body: bytes) -> None:
        """Handle the message in a body. What is none, or an invalid one, is answered with an error."""
        try:
            data = parse_body(body)
        except JsonRpcException as error:
            self.refuse(error)
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            if "id" not in data and isinstance(data.get("method"), str):
                log.warning("a notification is ignored: %s: %s", data["method"], error)
            elif "result" not in data and "error" not in data:
                self.refuse(error, data.get("id"))
            return
        try:
            self.handle_message(message)
        except Exception as error:
            log.exception("a message failed: %s", error)

    def refuse(self, error: JsonRpcException, id: int | str | None = None) -> None:  # noqa: A002  The name of the field.
        """Answer a message with an error; the `id` of one that has no valid id is `null`."""
        details = self._converter.unstructure(error.to_response_error())
        self._send_data({"jsonrpc": self.VERSION, "id": id, "error": details})

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
        elif self._workspace is not None and method == t.INITIALIZE:
            refusal = JsonRpcInvalidRequest("the server is initialized already")
        if refusal is None or method == t.EXIT:
            super().handle_message(message)
        elif method and hasattr(message, "id"):
            self.refuse(refusal, message.id)


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """Whether pygls logs anything else than a request that was refused: the client knows that, and why."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, JsonRpcException) and "Unable to deserialize message" not in record.msg


logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_no_refusal)


class Server(LanguageServer):
    """The server. With `watch`, it ends when the process of its client ends."""

    protocol: StrictProtocol

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

    async def answer(self, reader: BinaryIO) -> None:
        """Handle the messages in the input until it ends. Raises `UnreadableInputError` where it cannot be read."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                body = await loop.run_in_executor(self.thread_pool, read_body, reader)
            except JsonRpcException as error:
                self.protocol.refuse(error)
                continue
            if body is None:
                return
            self.protocol.receive(body)

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
        if self._watch and parent is not None:
            watch_process(parent)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log the error of a notification. pygls has logged the others, and would show a message for each."""
        if source is FeatureNotificationError:
            log.exception("a notification failed: %s", error)
