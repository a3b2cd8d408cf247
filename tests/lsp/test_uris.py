"""The URIs of documents as editors write them: of other systems, of other machines, and of closed documents."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.lsp.addresses import file_uri, path_of
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


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/p/a b%.md", "file:///p/a%20b%25.md"),
        ("/p/a;b?c#d.md", "file:///p/a%3Bb%3Fc%23d.md"),
        ("/p/caf\u00e9.md", "file:///p/caf%C3%A9.md"),
        ("/p/caf\udce9.md", "file:///p/caf%E9.md"),
        ("c:/p/a.md", "file:///c:/p/a.md"),
        ("//host/share/a.md", "file://host/share/a.md"),
    ],
)
def test_paths_as_uris(path: str, uri: str) -> None:
    assert file_uri(path) == uri
    if not path.startswith("c:") and sys.platform != "win32":
        assert path_of(uri) == path


def test_a_path_that_no_file_can_have_has_a_uri() -> None:
    assert file_uri("/p/\ud800.md") == "file:///p/%3F.md"


@pytest.mark.skipif(sys.platform == "win32", reason="paths have drives there")
@given(st.binary(min_size=1, max_size=20))
def test_every_name_of_a_file_has_a_uri_of_its_own(data: bytes) -> None:
    name = os.fsdecode(data).replace("/", "x").replace("\0", "x").strip(".")
    path = f"/p/{name}x"
    assert path_of(file_uri(path)) == path
    assert file_uri(path).isascii()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_files_whose_names_are_not_utf8(tmp_path: Path) -> None:
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    for name in (b"caf\xe9.md", b"caf\xe8.md"):
        Path(os.fsdecode(os.fsencode(agents) + b"/" + name)).write_text(AGENT.replace("reviewer", "on-disk"))
    with Raw() as server:
        server.initialize(rootUri=tmp_path.as_uri(), initializationOptions={"debounce": 0})
        asked = opened(server, f"{agents.as_uri()}/caf%E8.md")
        assert [found["code"] for found in server.diagnostics()] == ["unknown-tool"]
        assert server.request("textDocument/hover", asked)["result"]
        # A rename waits until the project is read.
        server.request("textDocument/prepareRename", asked)
        found = server.request("workspace/symbol", {"query": ""})["result"]
        places = {(symbol["name"], symbol["location"]["uri"].rpartition("/")[2]) for symbol in found}
        assert places == {("on-disk", "caf%E9.md"), ("reviewer", "caf%E8.md")}
