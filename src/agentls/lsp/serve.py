"""Serving one client until it disconnects, on the standard streams or over TCP."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from typing import BinaryIO

import agentls.lsp.quick_types  # noqa: F401  Before the first import of lsprotocol.
from agentls.lsp import methods
from agentls.lsp.client_watch import watch_input
from agentls.lsp.framing import MessageWriter, UnreadableInputError
from agentls.lsp.server import Server
from agentls.text.escaping import escape_lines
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
    log_to = logging.StreamHandler(sys.stderr)
    log_to.setFormatter(_LineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[log_to])
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
