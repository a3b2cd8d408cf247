"""Serving one client until it disconnects, on the standard streams or over TCP."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from typing import BinaryIO

from agentls.lsp import methods
from agentls.lsp.server import Server

log = logging.getLogger(__name__)


def run_stdio() -> int:
    """Serve the client on the standard streams until it disconnects, and return the exit code."""
    return _serve(sys.stdin.buffer, sys.stdout.buffer, watch=True)


def run_tcp(host: str, port: int) -> int:
    """Serve the first client that connects until it disconnects, and return the exit code."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        address = listener.getsockname()
        sys.stderr.write(f"agentls: listening on {address[0]}:{address[1]}\n")
        sys.stderr.flush()
        connection, _ = listener.accept()
    with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
        # The client may be on another machine, where its process id has another meaning.
        return _serve(reader, writer, watch=False)


def _serve(reader: BinaryIO, writer: BinaryIO, *, watch: bool) -> int:
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # A thread waits for input, and with Python's own handler the interpreter would wait for that thread.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = Server(watch=watch)
    methods.register(server)
    try:
        server.start_io(reader, writer)
    except ConnectionError as error:
        log.error("the connection to the client is lost: %s", error)
    # The protocol requires an error code if the client has not sent `shutdown`.
    return 0 if server.is_shut_down else 1
