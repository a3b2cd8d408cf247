"""The servers of the editing sessions: impatient ones, so that a session has no pauses.

`python -m benchmarks.session_server REPORT` is a server on the standard streams that writes to the file REPORT for how
long it kept its event loop busy. `python -m benchmarks.session_server --fork SOCKET` starts a fresh server for each
connection to a Unix socket, in a process that has loaded the modules and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from agentls.dialects import loader
from agentls.lsp import methods, project_reader, serve, server, settings_reload, workspace_diagnostics


def make_impatient() -> None:
    """Shorten the waits of this process."""
    project_reader.SCAN_INTERVAL = 0.02
    project_reader.SCAN_DUTY_RATIO = 0
    settings_reload.RELOAD_DELAY = 0.02
    workspace_diagnostics.CHECK_INTERVAL = 0.02


def run_measured(report: Path) -> int:
    """Serve the client on the standard streams, and write the longest turns of the event loop (in seconds on a
    processor, with the last message in them) to `report`."""
    longest: dict[str, float] = {}
    method = ""
    handle_message, run = server.StrictProtocol.handle_message, asyncio.Handle._run

    def note_method(self: Any, message: Any) -> None:
        nonlocal method
        method = getattr(message, "method", "a response")
        handle_message(self, message)

    def run_timed(self: Any) -> None:
        nonlocal method
        method, start = "in the background", time.thread_time()
        run(self)
        seconds = time.thread_time() - start
        longest[method] = max(longest.get(method, 0.0), seconds)

    server.StrictProtocol.handle_message = note_method  # type: ignore[method-assign]
    asyncio.Handle._run = run_timed  # type: ignore[method-assign]
    code = serve.run_stdio()
    report.write_text(json.dumps(longest), "utf-8")
    return code


def run_forking(path: str) -> None:
    """Serve each client that connects to the Unix socket at `path` in a process of its own."""
    for name in loader.DIALECT_NAMES:
        loader.load_dialect(name)
    for method in methods.METHODS:
        methods.load_handler(method.path)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
                    os._exit(serve.serve(reader, writer, watch=False))
            connection.close()


if __name__ == "__main__":
    make_impatient()
    if sys.argv[1] == "--fork":
        run_forking(sys.argv[2])
    else:
        sys.exit(run_measured(Path(sys.argv[1])))
