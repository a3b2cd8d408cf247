"""Tries a built agentls: its version, a check of a broken and of a good agent, and a session of the server.

    python tools/release/smoke.py COMMAND [ARGUMENT...]     such as `python3 build/dist/agentls.pyz`

Prints what each step took; exit code 1 if one of them is wrong. It needs nothing but Python.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
GOOD = """---
name: reviewer
description: Reviews code. Use it after every change.
tools: Read, Bash
---

# Task

You review code.
"""
BROKEN = GOOD.replace("Bash", "Bahs")


def version() -> str:
    """Return the version of the sources."""
    text = (ROOT / "src" / "agentls" / "__init__.py").read_text("utf-8")
    return text.partition('__version__ = "')[2].partition('"')[0]


def try_version(command: Sequence[str], _: Path) -> None:
    """It says its version."""
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"agentls {version()}", done.stdout


def try_check(command: Sequence[str], folder: Path) -> None:
    """It finds what is wrong in a broken agent, with exit code 1, and nothing in a good one."""
    for text, code, codes in ((BROKEN, 1, ["unknown-tool"]), (GOOD, 0, [])):
        (folder / "reviewer.md").write_text(text, "utf-8")
        arguments = [
            "check",
            "--no-cache",
            "--dialect",
            "claude-code",
            "--output-format",
            "json",
            str(folder),
        ]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert [found["code"] for found in json.loads(done.stdout)] == codes, done.stdout


def try_server(command: Sequence[str], folder: Path) -> None:
    """The server says who it is, what is wrong in a broken agent and which headings it has, and ends with code 0."""
    uri = (folder / ".claude" / "agents" / "reviewer.md").as_uri()
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": BROKEN}
    with subprocess.Popen([*command, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        asked: dict[str, Any] = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
        _send(server.stdin, id=1, method="initialize", params=asked)
        messages = _messages(server.stdout)
        answer = next(message for message in messages if message.get("id") == 1)
        assert answer["result"]["serverInfo"] == {"name": "agentls", "version": version()}, answer
        _send(server.stdin, method="initialized", params={})
        _send(server.stdin, method="textDocument/didOpen", params={"textDocument": document})
        published = next(m for m in messages if m.get("method") == "textDocument/publishDiagnostics")
        assert [found["code"] for found in published["params"]["diagnostics"]] == ["unknown-tool"], published
        _send(server.stdin, id=2, method="textDocument/documentSymbol", params={"textDocument": {"uri": uri}})
        symbols = next(message for message in messages if message.get("id") == 2)
        assert "Task" in json.dumps(symbols["result"]), symbols
        _send(server.stdin, id=3, method="shutdown")
        next(message for message in messages if message.get("id") == 3)
        _send(server.stdin, method="exit")
        assert server.wait(10) == 0


def _send(stream: IO[bytes], **message: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


def _messages(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the messages of the server until it ends."""
    while header := stream.readline():
        if header.lower().startswith(b"content-length:"):
            length = int(header.partition(b":")[2])
            while stream.readline().strip():
                pass
            yield json.loads(stream.read(length))


def smoke(command: Sequence[str]) -> None:
    """Try everything. Raises `AssertionError`, or what the process raised, at the first wrong step."""
    for step in (try_version, try_check, try_server):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            step(command, Path(folder).resolve())
            print(f"{time.perf_counter() - start:.2f} s  {step.__doc__}")


if __name__ == "__main__":
    smoke(sys.argv[1:])
