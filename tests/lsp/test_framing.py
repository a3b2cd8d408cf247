"""Messages on the wire: every header that the protocol allows is read, and nothing else is met with silence."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygls.exceptions import JsonRpcException, JsonRpcParseError

from agentls.lsp.framing import MAX_BODY, MessageWriter, UnreadableInputError, parse_body, read_body
from lsp.wire import AGENT, URI, Raw

HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
BODY = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": HOVER}).encode()


def opened(text: str) -> dict[str, Any]:
    """Parameters that open a document."""
    return {"textDocument": {"uri": URI, "languageId": "markdown", "version": 1, "text": text}}


HEADERS = [
    b"Content-Length: %d\r\n\r\n",
    b"content-length: %d\r\n\r\n",
    b"CONTENT-LENGTH:%d\r\n\r\n",
    b"Content-Length :\t %d \r\n\r\n",
    b"Content-Length: %d\n\n",
    b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
    b"Content-Length: %d\r\nX-Trace: 1\r\nContent-Type: x\r\n\r\n",
    b"\r\n\r\nContent-Length: %d\r\n\r\n",
    # A message without a length comes before it.
    b'Content-Type: x\r\n\r\n{"jsonrpc": "2.0"}Content-Length: %d\r\n\r\n',
]


@pytest.mark.parametrize("header", HEADERS, ids=repr)
def test_headers_are_read_as_the_protocol_and_http_allow(header: bytes) -> None:
    with Raw() as server:
        server.write(header % len(BODY) + BODY)
        assert server.wait(lambda message: message.get("id") == 7)["error"]["code"] == -32002


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"Content-Type: x\r\n\r\n", -32700),
        (b"Content-Length: -5\r\n\r\n", -32700),
        (b"Content-Length: x\r\n\r\n", -32700),
        (b"Content-Length: %d\r\n\r\n" % 10**30, -32700),
        (b"hello\r\n\r\n", -32700),
        (b"Content-Length: 0\r\n\r\n", -32700),
        (b"Content-Length: 2\r\n\r\n\xff\xfe", -32700),
        (b"Content-Length: 5\r\n\r\nhello", -32700),
        (b"Content-Length: 40000\r\n\r\n" + b"[" * 40_000, -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 4\r\n\r\nnull", -32600),
        (b"Content-Length: 2\r\n\r\n{}", -32600),
        (b'Content-Length: 15\r\n\r\n{"jsonrpc":2.0}', -32600),
        (b'Content-Length: 46\r\n\r\n{"jsonrpc":"2.0","id":{},"method":"shutdown"}\n', -32600),
        (b'Content-Length: 17\r\n\r\n{"jsonrpc":"2.0"}', -32600),
    ],
    ids=repr,
)
def test_what_is_no_message_is_answered_with_an_error(sent: bytes, code: int) -> None:
    with Raw() as server:
        server.write(sent)
        answer = server.wait(lambda message: "error" in message)
        assert answer["id"] is None
        assert answer["error"]["code"] == code
        assert server.request("textDocument/hover", HOVER)["error"]["code"] == -32002
        server.notify("exit", None)
        assert server.end() == 1
        assert b"Traceback" not in server.stderr


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1), b"exceeds the limit"),
        (b"Content-Length: 50\r\n\r\n{}", b"after 2 of 50 bytes"),
        (b"Content-Length: 50\r\n", b"within the header"),
        (b"Content-Length: 50", b"without an end"),
        (b"x" * 100_000, b"without an end"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_the_server_ends_with_a_message_where_nothing_can_be_read(sent: bytes, words: bytes) -> None:
    with Raw() as server:
        server.write(sent)
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert server.end() == 1
        assert words in server.stderr
        assert b"Traceback" not in server.stderr


def test_the_server_ends_with_a_message_if_its_client_reads_no_more() -> None:
    with Raw() as server:
        server.initialize()
        assert server.process.stdout is not None
        server.process.stdout.close()
        server.notify(
            "textDocument/didOpen",
            opened(AGENT),
        )
        server.send({"jsonrpc": "2.0", "id": 9, "method": "textDocument/hover", "params": HOVER})
        assert server.end() == 1
        assert b"the connection to the client is lost" in server.stderr
        assert b"Traceback" not in server.stderr


def test_a_second_initialize_is_an_invalid_request() -> None:
    with Raw() as server:
        server.initialize()
        assert server.initialize()["error"]["code"] == -32600
        assert "result" in server.request("textDocument/hover", HOVER)


def test_a_refused_request_writes_no_traceback() -> None:
    with Raw() as server:
        server.initialize()
        server.notify(
            "textDocument/didOpen",
            opened(AGENT),
        )
        for method, params in (
            ("textDocument/hover", {}),
            ("textDocument/hover", {"textDocument": 1, "position": None}),
            (
                "textDocument/rename",
                {**HOVER, "position": {"line": 1, "character": 8}, "newName": "no name: \n"},
            ),
        ):
            assert "error" in server.request(method, params)
        server.notify("textDocument/didOpen", {})
        assert server.lives()
        server.request("shutdown", None)
        server.notify("exit", None)
        assert server.end() == 0
        assert b"Traceback" not in server.stderr
        assert server.stderr.count(b"\n") == 1  # The notification, which has no answer.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_change_with_a_range_changes_that_range(encoding: str) -> None:
    with Raw() as server:
        general = {"general": {"positionEncodings": [encoding]}}
        server.initialize(capabilities=general, initializationOptions={"debounce": 0})
        text = AGENT.replace("Reviews", "\U0001f600 Reviews")
        server.notify(
            "textDocument/didOpen",
            opened(text),
        )
        (found,) = server.diagnostics()
        line = text.split("\n")[3]
        start = line.index("Bahs")

        def change(line: int, start: int, end: int, new: str) -> dict[str, Any]:
            places = [{"line": line, "character": at} for at in (start, end)]
            return {"range": dict(zip(("start", "end"), places, strict=True)), "text": new}

        width = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[encoding]
        changes = [
            change(2, 13, 13 + width + 1, ""),  # The emoji and the space after it.
            change(3, start, start + 4, "Bash"),
            change(3, 7, 7, "Grpe, "),
        ]
        document = {"uri": URI, "version": 2}
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        (found,) = server.diagnostics()
        assert "`Grpe`" in found["message"]
        whole = [{"text": AGENT}, change(3, start, start + 4, "Bash")]
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": whole})
        assert server.diagnostics() == []


PIECES = (
    b"Content-Length: 2",
    b"content-length:17",
    b"\r\n",
    b"\n",
    b"{}",
    b'{"jsonrpc":"2.0"}',
    b"\xff",
    b"[]",
    b": ",
)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=12).map(b"".join))
def test_any_input_is_read_to_its_end_or_to_where_nothing_can_be_read(data: bytes) -> None:
    reader = io.BytesIO(data)
    with contextlib.suppress(UnreadableInputError):
        while reader.tell() < len(data):
            before = reader.tell()
            with contextlib.suppress(JsonRpcException):
                body = read_body(reader)
                assert body is None or parse_body(body)["jsonrpc"] == "2.0"
            assert reader.tell() > before


def test_the_limit_is_checked_before_anything_is_read() -> None:
    with pytest.raises(UnreadableInputError):
        read_body(io.BytesIO(b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1)))
    with pytest.raises(JsonRpcParseError):
        read_body(io.BytesIO(b"Content-Length: " + b"9" * 40 + b"\r\n\r\n"))


def test_written_messages_have_no_lone_surrogates_and_their_length() -> None:
    stream = io.BytesIO()
    body = json.dumps({"a": "\udcff\U0001f600\\ud800"})
    MessageWriter(stream).write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
    stream.seek(0)
    written = read_body(stream)
    assert written is not None
    assert json.loads(written) == {"a": "\ufffd\U0001f600\\ud800"}
