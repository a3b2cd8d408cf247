"""Serving one client until it disconnects: on the standard streams, over TCP, or in its own process."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import BinaryIO

import agentls.lsp.quick_types  # noqa: F401  Before the first import of lsprotocol.
from agentls.lsp import methods
from agentls.lsp.client_watch import watch_input
from agentls.lsp.framing import MessageWriter, UnreadableInputError
from agentls.lsp.server import Server
from agentls.text.escaping import escape_lines, replace_lone_surrogates
from agentls.workspace.disk import describe_error

log = logging.getLogger(__name__)


class _LineFormatter(logging.Formatter):
    """Formats messages without the control characters of names and texts in them."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a message, with the traceback of an error."""
        return escape_lines(super().format(record))


def run_stdio() -> int:
    """Serve the client on the standard streams until it disconnects, and return the exit code."""
    return serve(sys.stdin.buffer, sys.stdout.buffer, watch=True)


def run_tcp(host: str, port: int) -> int:
    """Serve the first client that connects until it disconnects, and return the exit code."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        reason = describe_error(error) if isinstance(error, OSError) else str(error)
        sys.stderr.write(escape_lines(f"agentls: cannot listen on {host}:{port}: {reason}\n"))
        return 2
    with listener:
        address = listener.getsockname()
        sys.stderr.write(f"agentls: listening on {address[0]}:{address[1]}\n")
        sys.stderr.flush()
        connection, _ = listener.accept()
    with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
        # The client may be on another machine, where its process id has another meaning.
        return serve(reader, writer, watch=False)


def serve(reader: BinaryIO, writer: BinaryIO, *, watch: bool) -> int:
    """Serve the client on these streams until it disconnects, and return the exit code. With `watch`, the server ends
    when its parent process ends."""
    _log_to_stderr()
    # A thread waits for input, and with Python's own handler the interpreter would wait for that thread.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = Server(watch=watch)
    methods.register(server)
    watch_input(reader.fileno())
    server.protocol.set_writer(MessageWriter(writer))
    try:
        asyncio.run(server.answer(reader))
    except SystemExit:
        pass  # The notification `exit`.
    except (UnreadableInputError, ConnectionError) as error:
        log.error("the server ends: %s", error)
    finally:
        server.thread_pool.shutdown(wait=False)
    # The protocol requires an error code if the client has not sent `shutdown`.
    return 0 if server.is_shut_down else 1


def connect(send: Callable[[str], object]) -> Callable[[str], None]:
    """Serve a client in this process, on the event loop that runs here, such as an editor that runs Python in
    WebAssembly: there are neither threads nor streams.

    Messages are JSON without headers. `send` is called with each message to the client; what is returned takes the
    messages of the client, and raises `SystemExit` for the notification `exit`.
    """
    _log_to_stderr()
    server = Server()
    methods.register(server)
    server.protocol.set_writer(_Outbox(send), include_headers=False)
    return lambda message: server.protocol.receive(message.encode("utf-8", "replace"))


class _Outbox:
    """Passes the messages of a server on to a function."""

    def __init__(self, send: Callable[[str], object]) -> None:
        self._send = send

    def write(self, data: bytes) -> None:
        """Send a message."""
        self._send(replace_lone_surrogates(data.decode("ascii")))

    def close(self) -> None:
        """Do nothing: there is no stream."""


def _log_to_stderr() -> None:
    log_to = logging.StreamHandler(sys.stderr)
    log_to.setFormatter(_LineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[log_to])
