"""The least of a language client: a process, pipes, and messages one at a time."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import IO, Any


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Send a message to a server."""
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message of a server; `None` if it has ended."""
    length = 0
    while line := stream.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    message: dict[str, Any] | None = json.loads(stream.read(length)) if length else None
    return message


class Client:
    """A language server in a process of its own, spoken to over its standard streams."""

    def __init__(self, command: list[str]) -> None:
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._last = 0
        self.offers: dict[str, Any] = {}
        self.done = 0
        """How many pieces of work the server has shown and ended."""

    def initialize(self, options: dict[str, Any] | None = None, root: Path | None = None) -> float:
        """Initialize the server, with `root` as the folder that is open; the seconds from its start to the
        answer."""
        capabilities = {
            "window": {"workDoneProgress": root is not None},
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"snippetSupport": True}},
                "publishDiagnostics": {"versionSupport": True},
                "semanticTokens": {
                    "requests": {"full": True},
                    "tokenTypes": [],
                    "tokenModifiers": [],
                    "formats": [],
                },
                "inlayHint": {},
                "colorProvider": {},
                "selectionRange": {},
                "linkedEditingRange": {},
                "callHierarchy": {},
            },
        }
        result = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}] if root else None,
                "capabilities": capabilities,
                "initializationOptions": options or {},
            },
        )
        seconds = time.perf_counter() - self.started
        self.notify("initialized", {})
        self.offers = result["capabilities"]
        return seconds

    def memory(self) -> float | None:
        """The most memory that the server has had so far, in MB, where the system tells."""
        return self._status("VmHWM:")

    def current_memory(self) -> float | None:
        """The memory that the server has now, in MB, where the system tells."""
        return self._status("VmRSS:")

    def _status(self, row: str) -> float | None:
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        except OSError:
            return None
        return int(status.partition(row)[2].split()[0]) / 1024

    def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def cpu(self) -> float:
        """The seconds that the server has been running on a processor, where the system tells; else 0."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text("utf-8").split()[0]) for task in tasks) / 1e9

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def wait_for(self, method: str) -> Any:
        """The parameters of the next notification of that name."""
        while True:
            message = self._receive()
            if message.get("method") == method:
                return message["params"]

    def close(self) -> None:
        """Shut the server down."""
        self.request("shutdown", None)
        self.notify("exit", None)
        self._process.wait(10)

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        send(self._process.stdin, message)

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        message = receive(self._process.stdout)
        if message is None:
            raise RuntimeError("the server has ended")
        if message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "end":
            self.done += 1
        if "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message
