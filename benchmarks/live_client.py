"""A language client that keeps reading: it sends without waiting, and keeps what the server publishes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from benchmarks import client

SECONDS = 60
"""The maximum time to wait for an answer."""


class LiveClient:
    """A client of the server at the other end of two streams. `settings` are its answer to a request for them."""

    def __init__(self, to_server: IO[bytes], from_server: IO[bytes], settings: dict[str, Any]) -> None:
        self.settings = settings
        self.diagnostics: dict[str, Any] = {}
        self.errors: list[dict[str, Any]] = []
        self._to_server = to_server
        self._from_server = from_server
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._answers: dict[int, Any] = {}
        self._unwanted: set[int] = set()
        self._last = 0
        threading.Thread(target=self._read, daemon=True).start()

    def initialize(self, folders: Iterable[Path], capabilities: dict[str, Any]) -> None:
        """Initialize the server with workspace folders."""
        params = {
            "processId": None,
            "rootUri": None,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
            "capabilities": capabilities,
            "initializationOptions": self.settings,
        }
        self.request("initialize", params)
        self.notify("initialized", {})

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        client.send(self._to_server, {"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request and return its number, without waiting."""
        self._last += 1
        client.send(self._to_server, {"id": self._last, "method": method, "params": params})
        return self._last

    def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        return self.result(self.ask(method, params))

    def ask_in_vain(self, method: str, params: Any, *, cancel: bool) -> None:
        """Send a request whose result does not matter, and cancel it if `cancel`."""
        number = self.ask(method, params)
        self._unwanted.add(number)
        if cancel:
            self.notify("$/cancelRequest", {"id": number})

    def result(self, number: int) -> Any:
        """Wait for the result of a request."""
        until = time.monotonic() + SECONDS
        while number not in self._answers:
            self._take(until - time.monotonic())
        return self._answers.pop(number)

    def close(self) -> None:
        """Shut the server down."""
        self.request("shutdown", None)
        self.notify("exit", None)

    def _read(self) -> None:
        while message := client.receive(self._from_server):
            self._messages.put(message)
        self._messages.put(None)

    def _take(self, seconds: float) -> None:
        """Take the next message of the server."""
        message = self._messages.get(timeout=max(seconds, 0))
        if message is None:
            raise RuntimeError("the server has ended")
        if "method" not in message:
            number = message["id"]
            if "error" in message and message["error"]["code"] not in ANSWERS:
                self.errors.append(message["error"])
            if number in self._unwanted:
                self._unwanted.discard(number)
            else:
                self._answers[number] = message.get("result")
        elif "id" in message:
            items = message["params"]["items"] if message["method"] == "workspace/configuration" else None
            answer = None if items is None else [self.settings for _ in items]
            client.send(self._to_server, {"id": message["id"], "result": answer})
        elif message["method"] == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"]] = params["diagnostics"]


ANSWERS = (-32800, -32801, -32803)
"""The codes of the errors that are answers: the request was cancelled, is about an earlier text, or cannot be done."""
