"""The clients of the tests: several kinds, a raw one, and the agents that they open."""

# mypy: disallow-untyped-decorators=False, disallow-untyped-calls=False

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import lsprotocol.types as t
import pytest_lsp
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import register_lsp_features

RUN = "import sys; from agentls.lsp.serve import run_stdio; sys.exit(run_stdio())"
SERVER = [sys.executable, "-c", RUN]
SECONDS = 30
"""The maximum time that a test waits, in seconds."""

URI = "file:///project/.claude/agents/reviewer.md"
AGENT = """\
---
name: reviewer
description: Reviews code. Use it after every change.
tools: Read, Bahs, Grep
---

# Task

You review code.
"""
CLEAN = AGENT.replace("Bahs", "Bash")
BAHS = t.Range(t.Position(3, 13), t.Position(3, 17))


class Editor(LanguageClient):
    """A client that also supports the registration of capabilities, and refresh requests."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        register_lsp_features(self)
        self.registrations: list[t.Registration] = []
        self.lens_refreshes = 0
        self.token_refreshes = 0
        self.offered = t.ServerCapabilities()
        self.agreed: t.PositionEncodingKind | str | None = None

        @self.feature(t.CLIENT_REGISTER_CAPABILITY)
        def register(params: t.RegistrationParams) -> None:
            self.registrations += params.registrations

        @self.feature(t.WORKSPACE_INLAY_HINT_REFRESH)
        def refresh_hints(_: None) -> None:
            pass  # The tests ask for the hints that they want.

        @self.feature(t.WORKSPACE_SEMANTIC_TOKENS_REFRESH)
        def refresh_tokens(_: None) -> None:
            self.token_refreshes += 1

        @self.feature(t.WORKSPACE_CODE_LENS_REFRESH)
        def refresh(_: None) -> None:
            self.lens_refreshes += 1


Config = ClientServerConfig(server_command=SERVER, client_factory=Editor)


CAPTURED = {path.stem: path for path in sorted((Path(__file__).parent / "capabilities").glob("*.json"))}
"""What real clients announce; see the README beside these files."""


def capabilities(name: str) -> t.ClientCapabilities:
    """Return the capabilities of a client: a captured one, one of the functions below, or one of pytest-lsp."""
    if name in CAPTURED:
        found: t.ClientCapabilities = default_converter().structure(captured(name), t.ClientCapabilities)
        return found
    invented = _INVENTED.get(name)
    return invented() if invented else pytest_lsp.client_capabilities(name)


def captured(name: str) -> Any:
    """Return the capabilities of a real client, unchanged."""
    return json.loads(CAPTURED[name].read_text("utf-8"))


def _minimal() -> t.ClientCapabilities:
    """A client with almost no capabilities."""
    return t.ClientCapabilities(text_document=t.TextDocumentClientCapabilities())


def _pulling() -> t.ClientCapabilities:
    """A current client, which pulls diagnostics."""
    found = pytest_lsp.client_capabilities("visual-studio-code")
    assert found.text_document is not None
    assert found.workspace is not None
    found.text_document.diagnostic = t.DiagnosticClientCapabilities()
    found.workspace.diagnostics = t.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    return found


def _plain() -> t.ClientCapabilities:
    """A client that supports only diagnostics, and no requests or messages from the server."""
    return t.ClientCapabilities(
        text_document=t.TextDocumentClientCapabilities(
            publish_diagnostics=t.PublishDiagnosticsClientCapabilities(version_support=True)
        )
    )


def _eager() -> t.ClientCapabilities:
    """A client that supports requests for settings, and watches files."""
    found = _plain()
    found.workspace = t.WorkspaceClientCapabilities(
        configuration=True,
        did_change_configuration=t.DidChangeConfigurationClientCapabilities(dynamic_registration=True),
        did_change_watched_files=t.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    )
    return found


_INVENTED: dict[str, Callable[[], t.ClientCapabilities]] = {
    "minimal": _minimal,
    "pulling": _pulling,
    "plain": _plain,
    "eager": _eager,
}


async def start(
    client: Editor, capabilities: t.ClientCapabilities, root: Path | None = None, **options: Any
) -> None:
    """Initialize a session, without debounce unless `options` sets it."""
    folders = [t.WorkspaceFolder(root.as_uri(), root.name)] if root else None
    result = await client.initialize_session(
        t.InitializeParams(
            capabilities=capabilities,
            workspace_folders=folders,
            initialization_options={"debounce": 0, **options},
        )
    )
    client.offered = result.capabilities
    client.agreed = result.capabilities.position_encoding


@asynccontextmanager
async def session(
    capabilities: t.ClientCapabilities,
    root: Path | None = None,
    configuration: Any = None,
    server: ClientServerConfig = Config,
    **options: Any,
) -> AsyncIterator[Editor]:
    """A client with its own `server`; `configuration` is its answer to a request for settings."""
    client = await server.start()
    assert isinstance(client, Editor)
    client.set_configuration(configuration, section="agentls")
    await start(client, capabilities, root, **options)
    yield client
    await client.shutdown_session()
    await client.stop()


def open_document(
    client: LanguageClient, text: str, uri: str = URI, language: str = "markdown", version: int = 1
) -> None:
    """Open a document."""
    item = t.TextDocumentItem(uri, language, version, text)
    client.text_document_did_open(t.DidOpenTextDocumentParams(item))


def change_document(client: LanguageClient, text: str, version: int, uri: str = URI) -> None:
    """Send a new version of a document."""
    document = t.VersionedTextDocumentIdentifier(version, uri)
    change = t.TextDocumentContentChangeWholeDocument(text)
    client.text_document_did_change(t.DidChangeTextDocumentParams(document, [change]))


async def close_document(client: LanguageClient, uri: str = URI) -> None:
    """Close a document, and wait until the server is idle."""
    client.text_document_did_close(t.DidCloseTextDocumentParams(identifier(uri)))
    await settled(client)


def identifier(uri: str = URI) -> t.TextDocumentIdentifier:
    """A document by its URI."""
    return t.TextDocumentIdentifier(uri)


async def published(client: LanguageClient, uri: str = URI) -> t.PublishDiagnosticsParams:
    """Return the next diagnostics of a document. Call it directly after the change that causes them."""
    while True:
        params = await asyncio.wait_for(
            client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), SECONDS
        )
        if params.uri == uri:
            assert isinstance(params, t.PublishDiagnosticsParams)
            return params


async def settled(client: LanguageClient) -> None:
    """Wait until the server has processed all messages."""
    await client.text_document_hover_async(t.HoverParams(identifier("file:///none"), t.Position(0, 0)))


async def shown(client: LanguageClient, uri: str = URI) -> list[t.Diagnostic]:
    """Return the diagnostics that the client shows for a document once the server is idle."""
    await settled(client)
    return list(client.diagnostics.get(uri, []))


async def codes(client: LanguageClient, uri: str = URI) -> list[Any]:
    """Return the codes of diagnostics."""
    return [found.code for found in await shown(client, uri)]


class Raw:
    """A server process, with messages to and from it, which may be invalid."""

    def __init__(self, *, program: str = RUN, env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        self._watchdog = threading.Timer(SECONDS, self.process.kill)
        self._watchdog.start()
        self.stderr = b""
        self._drain = threading.Thread(target=self._read_stderr)
        self._drain.start()

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.stderr += line

    def write(self, data: bytes) -> None:
        """Send bytes."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, body: Any) -> None:
        """Send a message, which may be invalid."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any, number: int = 1) -> dict[str, Any]:
        """Send a request, and wait for its answer."""
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message)

    def initialize(self, **params: Any) -> dict[str, Any]:
        """Initialize the server."""
        answer = self.request(
            "initialize", {"processId": None, "rootUri": None, "capabilities": {}, **params}
        )
        self.notify("initialized", {})
        return answer

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next message that matches."""
        assert self.process.stdout is not None
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert length, f"the server has ended: {self.stderr.decode()}"
            message: dict[str, Any] = json.loads(self.process.stdout.read(length))
            if wanted(message):
                return message

    def diagnostics(self) -> list[dict[str, Any]]:
        """The next diagnostics."""
        message = self.wait(lambda m: m.get("method") == t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        found: list[dict[str, Any]] = message["params"]["diagnostics"]
        return found

    def lives(self) -> bool:
        """Whether the server still works."""
        params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        return "result" in self.request("textDocument/hover", params, 99)

    def end(self) -> int:
        """Wait until the server ends, and return its exit code."""
        code = self.process.wait(SECONDS)
        self._watchdog.cancel()
        self._drain.join()
        return code

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.end()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


async def ask(client: LanguageClient, method: str, params: Any = None) -> Any:
    """Return the answer to a request that is not part of the LSP."""
    return await client.protocol.send_request_async(method, params)
