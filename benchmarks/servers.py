"""The server beside a no-op server: start, hover, completion, and a keystroke to diagnostics."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.client import Client
from benchmarks.files import broken, made

AGENTLS = [sys.executable, "-m", "agentls", "server"]
NOOP = [sys.executable, "-m", "benchmarks.noop_server"]
URI = "file:///project/.claude/agents/reviewer.md"
TOOLS = {"line": 3, "character": 9}

_WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 1_000, "character": 0}}
_DOCUMENT: dict[str, Any] = {"textDocument": {"uri": URI}}
QUESTIONS: dict[str, dict[str, Any]] = {
    "textDocument/hover": {**_DOCUMENT, "position": TOOLS},
    "textDocument/completion": {**_DOCUMENT, "position": TOOLS},
    "textDocument/formatting": {**_DOCUMENT, "options": {"tabSize": 2, "insertSpaces": True}},
    "textDocument/semanticTokens/full": _DOCUMENT,
    "textDocument/inlayHint": {**_DOCUMENT, "range": _WHOLE},
    "textDocument/documentColor": _DOCUMENT,
    "textDocument/selectionRange": {**_DOCUMENT, "positions": [TOOLS]},
    "textDocument/linkedEditingRange": {**_DOCUMENT, "position": {"line": 12, "character": 3}},
    "textDocument/prepareCallHierarchy": {**_DOCUMENT, "position": {"line": 1, "character": 8}},
}
"""The questions that are measured, with their parameters."""

GOAL = 1.5
"""The most milliseconds that an answer may take longer than that of the no-op server."""

Row = tuple[str, str, str, str, str]


def run(rounds: int = 300, starts: int = 9) -> list[Row]:
    """Measure both servers in turn; rows of what, no-op, agentls, goal, verdict."""
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.json"
        answers.write_text(json.dumps(_payload(made(7_600))), "utf-8")
        commands = {"noop": [*NOOP, str(answers)], "agentls": AGENTLS}
        rows = [_starts(commands, starts)]
        for name, text, goal, asks in (
            ("", made(7_600), 2.0, True),
            (" with broken YAML", broken(7_600), 3.0, True),
            ("", made(88_000), 12.0, False),
        ):
            answers.write_text(json.dumps(_payload(text)), "utf-8")
            rows += _requests(commands, text, name, goal, rounds, asks=asks)
    return rows


def _open(client: Client, text: str) -> None:
    client.initialize({"debounce": 0})
    document = {"uri": URI, "languageId": "markdown", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def _payload(text: str) -> dict[str, Any]:
    """What agentls answers about `text`, for the no-op server to answer too."""
    client = Client(AGENTLS)
    _open(client, _broken(text, 0))
    diagnostics = client.wait_for("textDocument/publishDiagnostics")["diagnostics"]
    questions = {method: client.request(method, params) for method, params in QUESTIONS.items()}
    client.close()
    return {"questions": questions, "diagnostics": diagnostics}


def _broken(text: str, n: int) -> str:
    """`text` with a tool that does not exist, another one each time."""
    return text.replace("Read, Grep", f"Read, Grp{n}", 1)


def _starts(commands: dict[str, list[str]], times: int) -> Row:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            client = Client(command)
            seconds[name].append(client.initialize())
            client.close()
    noop, ours = (statistics.median(seconds[name]) for name in ("noop", "agentls"))
    return (
        "start to `initialize` answered, median",
        f"{noop * 1000:.0f} ms",
        f"{ours * 1000:.0f} ms",
        "1.15 times",
        f"{ours / noop:.2f} times",
    )


def _requests(
    commands: dict[str, list[str]], text: str, name: str, goal: float, rounds: int, *, asks: bool
) -> list[Row]:
    """Measure the questions about a file if `asks`, and a change of it, with the goal of the latter."""
    clients = {command: Client(started) for command, started in commands.items()}
    for client in clients.values():
        _open(client, text)
    size = f"{len(text) / 1000:.1f} KB{name}"
    rows = [
        _compare(
            f"{method.removeprefix('textDocument/')}, {size}, p95", clients, _asking(method), GOAL, rounds
        )
        for method in (QUESTIONS if asks else ())
    ]

    def change(client: Client, n: int) -> None:
        _change(client, text, n)

    rows.append(_compare(f"didChange to diagnostics, {size}, p95", clients, change, goal, rounds))
    for client in clients.values():
        client.close()
    return rows


def _asking(method: str) -> Callable[[Client, int], Any]:
    return lambda client, _: client.request(method, QUESTIONS[method])


def _change(client: Client, text: str, n: int) -> None:
    document = {"uri": URI, "version": n + 2}
    changes = [{"text": _broken(text, n)}]
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    while client.wait_for("textDocument/publishDiagnostics").get("version") != n + 2:
        pass


def _compare(
    what: str, clients: dict[str, Client], ask: Callable[[Client, int], Any], goal: float, rounds: int
) -> Row:
    seconds: dict[str, list[float]] = {name: [] for name in clients}
    for n in range(rounds):
        for name, client in clients.items():
            start = time.perf_counter()
            ask(client, n)
            seconds[name].append(time.perf_counter() - start)
    noop, ours = (_p95(seconds[name][rounds // 10 :]) * 1000 for name in ("noop", "agentls"))
    return (what, f"{noop:.2f} ms", f"{ours:.2f} ms", f"+{goal} ms", f"+{ours - noop:.2f} ms")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
