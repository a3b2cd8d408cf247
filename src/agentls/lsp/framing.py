"""Messages on the wire: a header with the length of a body, and a body with one message in JSON.

The names of headers have any case, whitespace around values is optional, lines may end in LF alone, and unknown headers
are ignored, as in HTTP. What is no message is answered with an error. Where nothing can be read any more, the server
ends: a client is never left without an answer.
"""

from __future__ import annotations

import json
import logging
import os
import re
from typing import Any, BinaryIO

from pygls.exceptions import JsonRpcInvalidRequest, JsonRpcParseError

from agentls.text.escaping import replace_lone_surrogates

log = logging.getLogger(__name__)

MAX_BODY = 128 * 1024 * 1024
"""The maximum length of a body, far beyond that of any document. The memory for it is allocated before it is read."""

_MAX_LINE = 64 * 1024

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})\s*$", re.IGNORECASE)
"""It may come after a message without a length, which ends where the next header begins."""


class UnreadableInputError(Exception):
    """The input that a client sends cannot be read any further; the message says why."""


def read_body(reader: BinaryIO) -> bytes | None:
    """Read the body of the next message; `None` at the end of the input.

    Raises `JsonRpcParseError` for a header without a length, after which the next message can be read, and
    `UnreadableInputError` where that is impossible.
    """
    length: int | None = None
    is_header = False
    while line := reader.readline(_MAX_LINE):
        if not line.endswith(b"\n"):
            raise UnreadableInputError("the input is no message, but a line of a header without an end")
        found = _LENGTH.search(line)
        if found:
            length = int(found[1])
        elif not line.strip() and is_header:
            return _read_exactly(reader, length)
        is_header = is_header or bool(line.strip())
    if is_header:
        raise UnreadableInputError("the input ends within the header of a message")
    return None


def _read_exactly(reader: BinaryIO, length: int | None) -> bytes:
    if length is None:
        raise JsonRpcParseError("the header of a message has no valid Content-Length")
    if length > MAX_BODY:
        raise UnreadableInputError(f"a message of {length:,} bytes exceeds the limit of {MAX_BODY:,}")
    body = reader.read(length)
    if len(body) < length:
        raise UnreadableInputError(
            f"the input ends within a message, after {len(body):,} of {length:,} bytes"
        )
    return body


def parse_body(body: bytes) -> dict[str, Any]:
    """Parse the body of a message. Raises `JsonRpcParseError` if it is not JSON in UTF-8, and `JsonRpcInvalidRequest`
    if it is no object of JSON-RPC 2.0: the protocol has no batches."""
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise JsonRpcParseError("the message is not JSON in UTF-8") from error
    if not isinstance(data, dict):
        raise JsonRpcInvalidRequest("a message must be an object; batches are not supported")
    if data.get("jsonrpc") != "2.0":
        raise JsonRpcInvalidRequest('a message must have "jsonrpc": "2.0"')
    if data.keys().isdisjoint(("method", "result", "error")):
        raise JsonRpcInvalidRequest("a message must have a method, a result or an error")
    if not isinstance(data.get("id"), (int, str, type(None))):
        raise JsonRpcInvalidRequest("the id of a message must be a number or a string")
    return data


class MessageWriter:
    """Writes messages whose JSON has no lone surrogates, such as those of a file name that is not UTF-8: many clients
    cannot parse them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        """Write a message in ASCII with its header. Without a client the process ends."""
        try:
            self._stream.write(replace_lone_surrogates(data.decode("ascii")).encode("ascii"))
            self._stream.flush()
        except OSError as error:
            log.error("the connection to the client is lost: %s", error)
            os._exit(1)  # A normal exit would wait for the thread that reads the input.

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()
