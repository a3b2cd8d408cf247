"""The URIs of documents as editors write them: of other systems, of other machines, and of closed documents."""

from __future__ import annotations

from typing import Any

import pytest

from lsp.wire import AGENT, Raw

METHODS = ["hover", "completion", "documentSymbol", "foldingRange"]


def opened(server: Raw, uri: str) -> dict[str, Any]:
    """Open an agent, and return the parameters of requests about it."""
    item = {"uri": uri, "languageId": "markdown", "version": 1, "text": AGENT}
    server.notify("textDocument/didOpen", {"textDocument": item})
    return {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 2}}


@pytest.mark.parametrize(
    ("root", "uri"),
    [
        ("file:///c%3A/Project", "file:///c%3A/Project/.claude/agents/a.md"),
        ("file:///C:/Project", "file:///c%3A/Project/.claude/agents/a.md"),
        ("file://server/share", "file://server/share/.claude/agents/a.md"),
    ],
)
def test_files_of_windows_are_agents_like_others(root: str, uri: str) -> None:
    with Raw() as server:
        server.initialize(rootUri=root, initializationOptions={"debounce": 0})
        asked = opened(server, uri)
        assert [found["code"] for found in server.diagnostics()] == ["unknown-tool"]
        for method in METHODS:
            assert server.request(f"textDocument/{method}", asked)["result"]


@pytest.mark.parametrize(
    "uri",
    [
        "vscode-remote://wsl%2Bubuntu/home/me/.claude/agents/a.md",
        "git:/project/.claude/agents/a.md?%7B%22ref%22%3A%22~%22%7D",
        "vscode-notebook-cell:/a.ipynb#W0sZmlsZQ%3D%3D",
        "http://[::1/.claude/agents/a.md",
    ],
)
def test_documents_that_are_not_on_the_disk_are_ignored(uri: str) -> None:
    with Raw() as server:
        server.initialize(initializationOptions={"debounce": 0})
        asked = opened(server, uri)
        for method in METHODS:
            assert not server.request(f"textDocument/{method}", asked)["result"]
        assert server.lives()


def test_a_document_closed_during_a_question() -> None:
    with Raw() as server:
        server.initialize(initializationOptions={"debounce": 0})
        asked = opened(server, "file:///project/.claude/agents/a.md")
        for number, method in enumerate(METHODS):
            server.send({"jsonrpc": "2.0", "id": number, "method": f"textDocument/{method}", "params": asked})
        server.notify("textDocument/didClose", {"textDocument": asked["textDocument"]})
        assert server.request("textDocument/hover", asked, 9)["result"] is None
        assert server.lives()
