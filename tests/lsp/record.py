"""Record the capabilities of a client: `python record.py FILE` is a language server that writes the capabilities
from `initialize` to FILE, and supports nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def read() -> dict[str, Any]:
    """Return the next message, which is empty at the end of the input."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(length)) if length else {}
    return message


def answer(number: Any, result: Any) -> None:
    """Answer a request."""
    body = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


def main(path: Path) -> None:
    """Serve until the client leaves."""
    while (message := read()) and message["method"] != "exit":
        if message["method"] == "initialize":
            announced = message["params"]["capabilities"]
            path.write_text(json.dumps(announced, indent=2, sort_keys=True) + "\n", "utf-8")
        if "id" in message:
            answer(message["id"], {"capabilities": {}} if message["method"] == "initialize" else None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
