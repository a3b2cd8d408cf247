"""A server that is edited in for a long time: it needs neither more memory nor more time at the end."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.client import Client
from benchmarks.files import made
from benchmarks.servers import AGENTLS

FILES = 200
OPEN = 20
"""How many of the files are open at a time."""

WARM_UP = 5_000
"""The number of edits after which the memory is that of a server at work."""

EDITS_IN_A_ROW = 5
"""The number of edits of one file before it is the turn of the next one."""

TURN = FILES * EDITS_IN_A_ROW
"""The number of edits of which the latencies are compared: those of each file once."""

Row = tuple[str, str, str, str, str]


class _Documents:
    """The documents in the editor: files are opened in turn, and the oldest is closed."""

    def __init__(self, root: Path, client: Client) -> None:
        self._root = root
        self._client = client
        self._versions: dict[int, int] = {}

    def edit(self, n: int) -> float:
        """Make the edit number `n`, and return the seconds until its diagnostics."""
        number = n // EDITS_IN_A_ROW % FILES
        if number not in self._versions:
            self._open(number)
        version = self._versions[number] = self._versions[number] + 1
        # Every tenth edit changes the description, on which the other files depend.
        text = self._text(number, f" {n}" if n % 10 == 0 else "").replace("Glob", f"Glb{n}", 1)
        document = {"uri": self._uri(number), "version": version}
        start = time.perf_counter()
        self._client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
        )
        while True:
            params = self._client.wait_for("textDocument/publishDiagnostics")
            if params["uri"] == self._uri(number) and params.get("version") == version:
                return time.perf_counter() - start

    def write(self) -> None:
        """Write all files."""
        for number in range(FILES):
            path = self._path(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._text(number, ""), "utf-8")

    def _open(self, number: int) -> None:
        if len(self._versions) == OPEN:
            oldest = next(iter(self._versions))
            del self._versions[oldest]
            self._client.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(oldest)}})
        self._versions[number] = 1
        item = {
            "uri": self._uri(number),
            "languageId": "markdown",
            "version": 1,
            "text": self._text(number, ""),
        }
        self._client.notify("textDocument/didOpen", {"textDocument": item})

    def _text(self, number: int, more: str) -> str:
        text = made(1_500 + 50 * number).replace("name: reviewer", f"name: agent-{number}", 1)
        return text.replace("Reviews changed", f"Reviews the changed part {number}{more} of the", 1)

    def _path(self, number: int) -> Path:
        return self._root / f".claude/agents/agent-{number}.md"

    def _uri(self, number: int) -> str:
        return self._path(number).as_uri()


def run(edits: int) -> list[Row]:
    """Make that many edits, each once the one before has its diagnostics, and return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client(AGENTLS)
        documents = _Documents(Path(folder), client)
        documents.write()
        client.initialize({"debounce": 0}, Path(folder))
        seconds: list[float] = []
        cpu: list[float] = []
        early = None
        for n in range(edits):
            start = client.cpu()
            seconds.append(documents.edit(n))
            cpu.append(client.cpu() - start)
            if n == min(WARM_UP, edits // 2):
                early = client.current_memory()
            if n % 10_000 == 9_999:
                print(f"{n + 1} edits, {client.current_memory():.1f} MB", file=sys.stderr, flush=True)
        late = client.current_memory()
        client.close()
    what = f"soak: {edits:,} edits in {FILES} files"
    rows = [
        (f"{what}, p99 of the first {TURN:,} and of the last", *_compared(seconds), _load()),
        (f"{what}, p99 of the server's CPU", *_compared(cpu), ""),
    ]
    if early and late:
        change = f"{(late / early - 1) * 100:+.1f} %"
        after = f"{what}, memory after {WARM_UP:,} and at the end"
        rows.append((after, f"{early:.0f} MB", f"{late:.0f} MB", "+10 %", change))
    return rows


def _compared(values: list[float]) -> tuple[str, str, str]:
    """The p99 of the first values and of the last, and the goal."""
    first, last = (statistics.quantiles(part, n=100)[-1] for part in (values[:TURN], values[-TURN:]))
    return f"{first * 1000:.1f} ms", f"{last * 1000:.1f} ms", "no more"


def _load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
