"""The lifecycle of the server: how it ends, and what does not end it."""

from __future__ import annotations

import asyncio
import io
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pygls.io_ import StdoutWriter

from agentls.lsp import methods
from agentls.lsp.server import Server
from lsp.wire import AGENT, CLEAN, RUN, SECONDS, URI, Raw

HERE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


IMPATIENT = RUN.replace(
    "sys.exit", "from agentls.lsp import client_watch as w; w.INTERVAL = w.GRACE = 0.02; sys.exit"
)
SPIN = "[None for _ in iter(int, 1)]"
STARVE = "__import__('re').match('(a*)*b', 'a' * 99)"
"""What never ends: it keeps the loop busy, or keeps all threads from running."""


def blocked(by: str) -> str:
    """Return the program of a server of which the loop is blocked by an expression after `initialized`."""
    patch = f"import agentls.lsp.server as s; s.Server.apply = lambda *_: {by}; w.MAX_BLOCKED = 2; sys.exit"
    return IMPATIENT.replace("sys.exit", patch)


def opened(text: str = AGENT, uri: str = URI) -> dict[str, Any]:
    """Parameters that open a document."""
    return {"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}


@pytest.fixture(scope="module")
def server() -> Iterator[Raw]:
    """A server that survives all the tests that share it."""
    with Raw() as server:
        server.initialize(initializationOptions={"debounce": 0})
        yield server


def test_exit_after_shutdown_is_a_success() -> None:
    with Raw() as server:
        server.initialize()
        assert server.request("shutdown", None)["result"] is None
        server.notify("exit", None)
        assert server.end() == 0


def test_shutdown_while_a_request_to_the_client_is_under_way() -> None:
    with Raw() as server:
        server.initialize(capabilities={"workspace": {"configuration": True}})
        server.wait(lambda message: message.get("method") == "workspace/configuration")
        assert server.request("shutdown", None, 2)["result"] is None


def test_exit_without_shutdown_is_a_failure() -> None:
    with Raw() as server:
        server.initialize()
        server.notify("exit", None)
        assert server.end() == 1


def test_requests_before_initialize_and_after_shutdown_are_rejected() -> None:
    with Raw() as server:
        assert server.request("textDocument/hover", HERE, 1)["error"]["code"] == -32002
        server.notify("textDocument/didOpen", opened())
        server.initialize()
        assert server.request("textDocument/documentSymbol", HERE, 2)["result"] is None
        server.request("shutdown", None, 3)
        assert server.request("textDocument/hover", HERE, 4)["error"]["code"] == -32600
        assert server.request("shutdown", None, 5)["error"]["code"] == -32600
        server.notify("textDocument/didOpen", opened())
        server.notify("exit", None)
        assert server.end() == 0
        assert server.stderr == b""


def test_optional_parameters_of_initialize() -> None:
    with Raw() as server:
        nothing = dict.fromkeys(
            ("initializationOptions", "workspaceFolders", "rootPath", "clientInfo", "locale")
        )
        assert "result" in server.initialize(**nothing)
        server.notify("textDocument/didOpen", opened())
        assert [found["code"] for found in server.diagnostics()] == ["unknown-tool"]


@pytest.mark.parametrize("initialized", [True, False])
def test_the_end_of_the_input_ends_the_server(initialized: bool) -> None:
    with Raw() as server:
        if initialized:
            server.initialize()
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert server.end() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the end of the input there")
def test_the_end_of_the_input_ends_a_server_of_which_the_loop_is_blocked() -> None:
    with Raw(program=blocked(SPIN)) as server:
        server.initialize()
        time.sleep(0.5)
        assert server.process.poll() is None
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert server.end() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a system with signals")
def test_a_server_of_which_no_thread_can_run_ends() -> None:
    with Raw(program=blocked(STARVE)) as server:
        server.initialize()
        assert server.end() == -signal.SIGPROF


@pytest.mark.skipif(sys.platform == "win32", reason="the process is watched in another way there")
def test_the_end_of_the_parent_ends_a_server_of_which_the_loop_is_blocked() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with Raw(program=blocked(SPIN)) as server:
        server.initialize(processId=parent.pid)
        time.sleep(0.5)
        assert server.process.poll() is None
        parent.communicate(b"\n", timeout=SECONDS)
        assert server.end() == 1


def test_what_a_client_sends_before_it_ends_is_answered() -> None:
    with Raw() as server:
        server.send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert "result" in server.wait(lambda message: message.get("id") == 1)
        assert server.end() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the end of the input ends the server there")
def test_the_end_of_the_parent_ends_the_server() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with Raw(program=IMPATIENT) as server:
        server.initialize(processId=parent.pid)
        assert server.lives()
        parent.communicate(b"\n", timeout=SECONDS)
        assert server.end() == 1  # Its input is still open.


def test_a_parent_in_another_container_does_not_end_the_server() -> None:
    with Raw(program=IMPATIENT) as server:
        server.initialize(processId=2**22 + 12345)
        time.sleep(0.1)
        assert server.lives()


def framed(body: bytes) -> bytes:
    """Return a message with a valid header and any content."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"Content-Length: x\r\n\r\n{}\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"\0" * 5000 + b"\r\n",
        framed(b"hello"),
        framed(b"{}"),
        framed(b"[]"),
        framed(b"null"),
        framed(b"\xff\xfe"),
        framed(b'{"jsonrpc":"2.0"}'),
        framed(b'{"jsonrpc":2.0}'),
        framed(b'{"jsonrpc":"2.0","method":3,"params":[]}'),
        framed(b'{"jsonrpc":"2.0","id":{},"method":[]}'),
        framed(b"[" * 40_000),
    ],
    ids=lambda garbage: repr(garbage[-24:]),
)
def test_garbage_does_not_end_the_server(server: Raw, garbage: bytes) -> None:
    server.write(garbage)
    assert server.lives()


def test_the_answer_to_an_invalid_request(server: Raw) -> None:
    assert server.request("textDocument/noSuchThing", {}, 1)["error"]["code"] == -32601
    assert server.request("textDocument/hover", {}, 2)["error"]["code"] == -32602
    assert server.request("textDocument/hover", None, 3)["error"]["code"] == -32602
    wrong = {**HERE, "position": {"line": -1, "character": "x"}}
    assert server.request("textDocument/hover", wrong, 4)["error"]["code"] == -32602
    assert "error" in server.request("completionItem/resolve", {"label": "x"}, 5)
    assert "error" in server.request("completionItem/resolve", {"label": "x", "data": [1]}, 6)
    assert "error" in server.request("initialize", {"capabilities": 7}, 7)
    server.notify("textDocument/noSuchThing", {})
    server.notify("textDocument/didOpen", {})
    server.notify("$/cancelRequest", {"id": 12345})
    server.notify("$/setTrace", {"value": "verbose"})
    server.send({"jsonrpc": "2.0", "id": "never asked", "result": None})
    server.send({"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "x"}})
    assert server.lives()


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("hover", {"position": {"line": 0, "character": 0}}),
        ("completion", {"position": {"line": 0, "character": 0}}),
        ("documentSymbol", {}),
        ("foldingRange", {}),
    ],
)
def test_a_document_never_opened_has_nothing(server: Raw, method: str, more: dict[str, Any]) -> None:
    server.notify("textDocument/didChange", {**HERE, "contentChanges": [{"text": "x"}]})
    versioned = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "x"}]}
    server.notify("textDocument/didChange", versioned)
    server.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    server.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert server.request(f"textDocument/{method}", {"textDocument": {"uri": URI}, **more})["result"] is None


def test_positions_that_do_not_exist(server: Raw) -> None:
    server.notify("textDocument/didOpen", opened())
    for line, character in ((3, 9999), (9999, 0), (2**31 - 1, 2**31 - 1)):
        params = {**HERE, "position": {"line": line, "character": character}}
        for method in ("hover", "completion"):
            assert "result" in server.request(f"textDocument/{method}", params)


def test_positions_within_a_character(server: Raw) -> None:
    server.notify("textDocument/didOpen", opened(AGENT.replace("Read,", "\N{TEST TUBE}Read,")))
    for character in range(6, 12):
        for method in ("hover", "completion"):
            params = {**HERE, "position": {"line": 3, "character": character}}
            assert "result" in server.request(f"textDocument/{method}", params)


def test_ranges_from_the_end_to_the_start() -> None:
    with Raw() as server:
        literal = {"codeActionKind": {"valueSet": ["quickfix"]}}
        server.initialize(
            capabilities={"textDocument": {"codeAction": {"codeActionLiteralSupport": literal}}}
        )
        server.notify("textDocument/didOpen", opened())
        place, start = {"line": 3, "character": 15}, {"line": 0, "character": 0}
        params = {"textDocument": {"uri": URI}, "context": {"diagnostics": []}}
        asked = {**params, "range": {"start": place, "end": start}}
        (fix, *_) = server.request("textDocument/codeAction", asked)["result"]
        assert "`Bash`" in fix["title"]
        elsewhere = {**asked, "textDocument": {"uri": URI + "x"}}
        assert server.request("textDocument/codeAction", elsewhere)["result"] is None


def test_a_document_opened_twice_is_the_second_one(server: Raw) -> None:
    uri = "file:///twice/.claude/agents/reviewer.md"
    server.notify("textDocument/didOpen", opened(AGENT, uri))
    assert len(server.diagnostics()) == 1
    server.notify("textDocument/didOpen", opened(CLEAN, uri))
    assert server.diagnostics() == []
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})["result"] is None


def test_a_document_closed_while_requests_are_under_way(server: Raw) -> None:
    server.notify("textDocument/didOpen", opened())
    numbers = range(200, 220)
    for number in numbers:
        asked = {"jsonrpc": "2.0", "id": number, "method": "textDocument/completion", "params": HERE}
        server.send(asked)
    server.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    server.notify("$/cancelRequest", {"id": numbers[-1]})
    for number in numbers:
        answer = server.wait(lambda message, number=number: message.get("id") == number)  # type: ignore[misc]
        assert "result" in answer or answer["error"]["code"] == -32800
    assert server.request("textDocument/hover", HERE)["result"] is None


@pytest.mark.parametrize(
    ("uri", "read"),
    [
        ("vscode-remote://ssh-remote+host/project/.claude/agents/a.md", False),
        ("vscode-notebook-cell:/project/.claude/agents/a.md#x", False),
        ("git:/project/.claude/agents/a.md?%7B%22ref%22%3A%22%22%7D", False),
        ("untitled:/project/.claude/agents/a.md", False),
        ("C:\\project\\.claude\\agents\\a.md", False),
        ("/project/.claude/agents/a.md", False),
        ("", False),
        ("file://", False),
        ("file:/project/.claude/agents/a.md", True),
        ("file:///project/.claude/agents/a.md?query#fragment", True),
        ("file:///project/.claude/agents/%FF%00.md", True),
    ],
)
def test_odd_uris(server: Raw, uri: str, read: bool) -> None:
    logged = len(server.stderr)
    document = {"textDocument": {"uri": uri}}
    server.notify("textDocument/didOpen", opened(AGENT, uri))
    assert bool(server.request("textDocument/documentSymbol", document)["result"]) == read
    server.notify("textDocument/didClose", document)
    folder = {"uri": uri, "name": "x"}
    for event in ({"added": [folder], "removed": []}, {"added": [], "removed": [folder]}):
        server.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert server.lives()
    assert server.stderr[logged:] == b""


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: " + "[" * 20_000,
        "---\nname: a\ndescription: b\ntools: " + "{a: " * 300 + "\n---\n",
        "---\n" + "".join("  " * n + f"k{n}:\n" for n in range(400)) + "---\n",
        "---\nname: a\ndescription: b\n---\n" + ">" * 20_000 + "x",
        "---\nname: a\ndescription: b\n---\n" + "".join(f"<t{n}>\n" for n in range(2_000)),
        "---\nname: a\ndescription: " + "word " * 200_000 + "\n---\n" + "# Heading\n\ntext\n\n" * 5_000,
        "---\nname: \ud800\ndescription: \udfff\0\u2028\x0c\n---\n\ud800\n",
        "\r" * 10_000,
        "",
    ],
    ids=["brackets", "mappings", "indented", "quotes", "tags", "huge", "surrogates", "returns", "empty"],
)
def test_deep_and_huge_texts(server: Raw, text: str) -> None:
    logged = len(server.stderr)
    server.notify("textDocument/didOpen", opened(text))
    for method in ("hover", "completion", "documentSymbol", "foldingRange"):
        assert "result" in server.request(f"textDocument/{method}", HERE), method
    assert server.stderr[logged:] == b""


def test_frontmatter_that_is_too_long_is_not_read(server: Raw) -> None:
    keys = "".join(f"key{number}: value\n" for number in range(4000))
    server.notify("textDocument/didOpen", opened(f"---\nname: a\n{keys}---\nYou review.\n"))
    for method in ("hover", "completion", "documentSymbol", "semanticTokens/full"):
        assert not server.request(f"textDocument/{method}", HERE).get("result"), method


FAILING_RULE = """
import agentls.linter.rules
from agentls.linter.rule import rule

@rule("not loaded")
def always_failing(ctx):
    yield 1 / 0

"""
FAILING_FEATURE = """
import agentls.features.hover
agentls.features.hover.hover = None
"""
FAILING_CHECK = """
import agentls.linter.check
agentls.linter.check.check = None
"""


def test_a_failing_rule_does_not_affect_the_others() -> None:
    with Raw(program=FAILING_RULE + RUN) as server:
        server.initialize(initializationOptions={"debounce": 0})
        server.notify("textDocument/didOpen", opened())
        assert [found["code"] for found in server.diagnostics()] == ["unknown-tool"]
        server.process.kill()
        server.end()
        assert b"rule always-failing failed" in server.stderr


def test_a_failing_feature_is_answered_with_an_error() -> None:
    with Raw(program=FAILING_FEATURE + RUN) as server:
        server.initialize()
        server.notify("textDocument/didOpen", opened())
        assert "error" in server.request("textDocument/hover", HERE)
        assert "result" in server.request("textDocument/documentSymbol", HERE)


@pytest.mark.parametrize("debounce", [0, 1])
def test_failing_checks_are_logged(debounce: int) -> None:
    with Raw(program=FAILING_CHECK + RUN) as server:
        server.initialize(initializationOptions={"debounce": debounce})
        server.notify("textDocument/didOpen", opened())
        versioned = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": AGENT}]}
        server.notify("textDocument/didChange", versioned)
        time.sleep(0.1)
        assert "result" in server.request("textDocument/documentSymbol", HERE)
        server.process.kill()
        server.end()
        assert server.stderr.count(b"object is not callable") >= 2


def test_the_log_is_quiet_unless_asked() -> None:
    for level, loud in (("warning", False), ("debug", True)):
        with Raw() as server:
            server.initialize(initializationOptions={"logLevel": level})
            server.notify("textDocument/didOpen", opened())
            server.diagnostics()
            server.request("shutdown", None)
            server.notify("exit", None)
            server.end()
            assert bool(server.stderr) == loud


TCP = "import sys; from agentls.lsp.serve import run_tcp; sys.exit(run_tcp('127.0.0.1', 0))"


@pytest.mark.parametrize(("method", "code"), [("shutdown", 0), (None, 1)])
def test_the_server_on_a_socket(method: str | None, code: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", TCP], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    host, _, port = process.stderr.readline().split()[-1].rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=SECONDS)
    with connection, connection.makefile("rwb") as stream:

        def send(text: str) -> None:
            stream.write(f"Content-Length: {len(text)}\r\n\r\n{text}".encode())
            stream.flush()

        send(
            '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":1,"rootUri":null}}'
        )
        assert stream.readline().startswith(b"Content-Length: ")
        if method:
            send('{"jsonrpc":"2.0","id":2,"method":"shutdown"}')
            send('{"jsonrpc":"2.0","method":"exit"}')
    assert process.wait(SECONDS) == code
    process.stderr.close()


def test_a_message_leaves_nothing_behind() -> None:
    server = Server()
    methods.register(server)
    server.protocol.set_writer(StdoutWriter(io.BytesIO()))

    def handle(method: str, params: dict[str, Any], **more: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        server.protocol.handle_message(server.protocol.structure_message(message))

    async def life() -> None:
        handle("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
        handle("initialized", {})
        handle("textDocument/didOpen", opened())
        for version in range(2, 5):
            document = {"uri": URI, "version": version}
            changes = [{"text": CLEAN}]
            handle("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        handle("textDocument/hover", HERE, id=2)
        await asyncio.sleep(0)

    asyncio.run(life())
    assert server.snapshot.open_document(URI), "the messages were handled"
    assert server.protocol._request_futures == {}
