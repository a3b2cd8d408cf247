"""Nothing is sent that a client did not announce: a session with the capabilities of each."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import lsprotocol.types as t
import pytest
from cattrs.errors import BaseValidationError
from pygls.protocol import default_converter

from agentls.lsp import methods
from agentls.lsp.server import Server
from lsp import breaches
from lsp.breaches import Announced
from lsp.wire import CAPTURED, Raw, captured

# Something to say in every form: an unknown and an old tool, a tool listed twice, a key given
# twice, an unused comment, folds, headings, and Markdown in the cards.
AGENT = """\
---
name: reviewer
description: Reviews code 🧪. Use it after every change.
tools: Read, Bahs, Task, Read
color: blue
color: red
# agentls: ignore[unknown-key]
model: sonnet
---

# Task

You review code as the reviewer, or as @agent-reviewer. See [this](reviewer.md).

## More

```sh
ls
```
"""
CHANGED = AGENT.replace("Bahs", "Bsah")

CONVERTER = default_converter()  # type: ignore[no-untyped-call]


class Replay:
    """A session of a client with certain capabilities, and all breaches of them."""

    def __init__(self, raw: Raw, capabilities: Any, has: Announced, project: Path) -> None:
        self.raw = raw
        self.has = has
        self.uri = (project / ".claude/agents/reviewer.md").as_uri()
        self.sent: list[str] = []
        self.found: list[str] = []
        self._number = 0
        folder = {"uri": project.as_uri(), "name": "project"}
        answer = self.ask("initialize", processId=None, rootUri=folder["uri"], workspaceFolders=[folder],
                          capabilities=capabilities)  # fmt: skip
        self.offered = answer["capabilities"]
        self.note(breaches.initialized(self.has, answer))

    def note(self, found: Iterator[str]) -> None:
        """Record the breaches, each once."""
        self.found += [breach for breach in dict.fromkeys(found) if breach not in self.found]

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request; other messages before it are checked and answered."""
        self._number += 1
        number = self._number
        self.raw.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer = self.raw.wait(lambda message: self._is_answer(message, number))
        assert "error" not in answer, answer
        return answer["result"]

    def _is_answer(self, message: dict[str, Any], number: int) -> bool:
        if "method" not in message:
            return message.get("id") == number
        self.sent.append(message["method"])
        self.note(breaches.unasked(self.has, message))
        if "id" in message:
            asked = message["method"] == "workspace/configuration"
            self.raw.send({"jsonrpc": "2.0", "id": message["id"], "result": [{}] if asked else None})
        return False

    def about(self, method: str, line: int | None = None, character: int = 0, **params: Any) -> Any:
        """Return the result of a request about the document, or about a position in it."""
        if line is not None:
            params["position"] = {"line": line, "character": character}
        return self.ask(method, textDocument={"uri": self.uri}, **params)

    def settle(self) -> None:
        """Wait until the server has processed all messages."""
        for _ in range(2):  # What it asks in between leads to more.
            self.about("textDocument/foldingRange")

    def change(self, text: str, version: int) -> None:
        """Send a new version of the document."""
        document = {"uri": self.uri, "version": version}
        self.raw.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
        )


def play(raw: Raw, capabilities: Any, project: Path, has: Announced | None = None) -> Replay:
    """Do everything that a user does in an editor: open, navigate, complete, fix, configure, save, close."""
    has = has or Announced(capabilities)
    replay = Replay(raw, capabilities, has, project)
    note = replay.note
    raw.notify("initialized", {})
    item = {"uri": replay.uri, "languageId": "markdown", "version": 1, "text": AGENT}
    raw.notify("textDocument/didOpen", {"textDocument": item})
    replay.settle()
    pull(replay)

    note(breaches.symbols(has, replay.about("textDocument/documentSymbol")))
    note(breaches.folding(has, replay.about("textDocument/foldingRange")))
    for lens in replay.about("textDocument/codeLens"):
        note(breaches.lens(has, lens, replay.ask("codeLens/resolve", **lens)))
    for line, text in enumerate(AGENT.split("\n")):
        for character in {0, text.find(":") + 2, *(text.find(word) + 1 for word in ("Bahs", "Task", "@"))}:
            if card := replay.about("textDocument/hover", line, character):
                note(breaches.hover(has, card))
            complete(replay, line, character)
            navigate(replay, line, character)
    note(breaches.links(has, replay.about("textDocument/documentLink")))
    for symbol in look_up(replay):
        if "range" not in symbol["location"]:
            replay.note(breaches.places(has, [replay.ask("workspaceSymbol/resolve", **symbol)]))
    if replay.offered.get("codeActionProvider"):
        fix(replay)
    rename(replay)

    (project / "agentls.toml").write_text('ignore = ["unknown-tool"]\nno-such = 1\n', "utf-8")
    changed = {"uri": (project / "agentls.toml").as_uri(), "type": 1}
    raw.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    raw.notify("workspace/didChangeConfiguration", {"settings": {"agentls": {"debounce": 0}}})
    replay.settle()
    replay.change(CHANGED, 2)
    replay.settle()
    pull(replay)
    replay.change("", 3)
    complete(replay, 0, 0)
    raw.notify("textDocument/didSave", {"textDocument": {"uri": replay.uri}})
    raw.notify("textDocument/didClose", {"textDocument": {"uri": replay.uri}})
    replay.settle()
    replay.ask("shutdown")
    raw.notify("exit", None)
    return replay


def pull(replay: Replay) -> None:
    """Pull the diagnostics, if the server supports it."""
    if "diagnosticProvider" in replay.offered:
        report = replay.about("textDocument/diagnostic")
        replay.note(breaches.diagnostics(replay.has, report["items"]))


def complete(replay: Replay, line: int, character: int) -> None:
    """Request a completion, and resolve two of its items."""
    found = replay.about("textDocument/completion", line, character)
    if not found:
        return
    replay.note(breaches.completion(replay.has, found))
    for item in found["items"][:2]:
        resolved = replay.ask("completionItem/resolve", **item)
        replay.note(breaches.completion_resolved(replay.has, item, resolved))


def navigate(replay: Replay, line: int, character: int) -> None:
    """Go from a name to its definition, and to all references."""
    if found := replay.about("textDocument/definition", line, character):
        replay.note(breaches.definition(replay.has, found))
    replay.about("textDocument/references", line, character, context={"includeDeclaration": True})
    replay.about("textDocument/documentHighlight", line, character)


def look_up(replay: Replay) -> list[Any]:
    """Request the symbols of the workspace."""
    found: list[Any] = replay.ask("workspace/symbol", query="rev")
    assert found
    replay.note(breaches.places(replay.has, found))
    return found


def fix(replay: Replay) -> None:
    """Request all code actions, with their edits."""
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    found = replay.about("textDocument/codeAction", range=whole, context={"diagnostics": []})
    assert found
    replay.note(breaches.actions(replay.has, found))
    for action in found:
        if "edit" not in action:
            resolved = replay.ask("codeAction/resolve", **action)
            replay.note(breaches.actions(replay.has, [resolved]))
            assert resolved["edit"]


def rename(replay: Replay) -> None:
    """Request a rename, and rename the file."""
    at = AGENT[: AGENT.index("reviewer")].count("\n"), len("name: r")
    if replay.offered["renameProvider"] is not True and "prepareProvider" in replay.offered["renameProvider"]:
        assert replay.about("textDocument/prepareRename", *at)["placeholder"] == "reviewer"
    edit = replay.about("textDocument/rename", *at, newName="critic")
    replay.note(breaches.edit(replay.has, edit, "textDocument.rename.honorsChangeAnnotations"))
    if (replay.offered.get("workspace", {}).get("fileOperations") or {}).get("willRename"):
        file = {"oldUri": replay.uri, "newUri": replay.uri.replace("reviewer", "critic")}
        replay.note(breaches.edit(replay.has, replay.ask("workspace/willRenameFiles", files=[file])))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an agent."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/reviewer.md").write_text(AGENT, "utf-8")
    return tmp_path


@pytest.fixture
def raw() -> Iterator[Raw]:
    """A server."""
    with Raw() as server:
        yield server


@pytest.mark.parametrize("name", CAPTURED)
def test_nothing_is_sent_that_was_not_captured(name: str, raw: Raw, project: Path) -> None:
    replay = play(raw, captured(name), project)
    assert replay.found == []
    assert "window/showMessage" in replay.sent
    # Diagnostics are sent once: either pushed or pulled.
    pushes = "textDocument/publishDiagnostics" in replay.sent
    assert pushes != ("diagnosticProvider" in replay.offered)
    assert pushes == (replay.has("textDocument.diagnostic") is None)


def test_a_client_that_announces_nothing_is_sent_nothing_special(raw: Raw, project: Path) -> None:
    replay = play(raw, {}, project)
    assert replay.found == []
    assert set(replay.sent) == {"textDocument/publishDiagnostics", "window/showMessage"}


class Within(Raw):
    """A server in this process, which starts faster."""

    def __init__(self) -> None:
        (reads, write), (read, writes) = os.pipe(), os.pipe()
        self.process = SimpleNamespace(stdin=os.fdopen(write, "wb"), stdout=os.fdopen(read, "rb"))  # type: ignore[assignment]
        self.stderr = b""
        self._ends = (os.fdopen(reads, "rb"), os.fdopen(writes, "wb"))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        server = Server()
        methods.register(server)
        server.start_io(*self._ends)

    def __exit__(self, *_: object) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self._thread.join()
        for end in self._ends:
            end.close()


def places(announced: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of everything that a client announces, deeper ones and later ones first."""
    for key in list(announced) if isinstance(announced, dict) else reversed(range(len(announced))):
        if isinstance(announced[key], (dict, list)):
            yield from places(announced[key], (*at, key))
        yield (*at, key)


def without(announced: Any, dropped: set[tuple[Any, ...]]) -> Any:
    """Return the capabilities without those in `dropped`, except for what the protocol requires."""
    announced = deepcopy(announced)
    for *at, last in [place for place in places(announced) if place in dropped]:
        above = announced
        for key in at:
            above = above[key]
        value = above[last]
        del above[last]
        try:
            CONVERTER.structure(announced, t.ClientCapabilities)
        except BaseValidationError:
            above.insert(last, value) if isinstance(above, list) else above.update({last: value})
    if (positions := announced.get("general", {}).get("positionEncodings")) == []:
        positions.append("utf-16")  # Every client must support it.
    return announced


@pytest.mark.parametrize("seed", range(24))
def test_clients_with_fewer_capabilities_receive_nothing_else(seed: int, project: Path) -> None:
    random = Random(seed)
    whole = captured(random.choice(["vscode-1.139.1", "neovim-0.12.4"]))
    share = random.choice([0.03, 0.1, 0.3])
    less = without(whole, {place for place in places(whole) if random.random() < share})
    with Within() as server:
        assert play(server, less, project).found == []


def test_a_breach_is_found(raw: Raw, project: Path) -> None:
    # The server receives all capabilities, and its messages are checked against none.
    capabilities, nothing = captured("vscode-1.139.1"), Announced({})
    found = "\n".join(play(raw, capabilities, project, nothing).found)
    for breach in (
        "registration of workspace.didChangeConfiguration",
        "registration of workspace.didChangeWatchedFiles",
        "workspace/configuration, without",
        "workspace/diagnostic/refresh, without",
        "diagnosticProvider, without",
        "options of codeActionProvider, without",
        "relatedInformation, without",
        "codeDescription, without",
        "diagnostic tag 1",
        "diagnostic tag 2",
        "a snippet, without",
        "item tag 1",
        "item kind",
        "insert text mode 1",
        "documentation in 'markdown'",
        "hover in 'markdown'",
        "a link, without textDocument.definition",
        "places of symbols to be resolved, without",
        "late 'location.range'",
        "a tree of symbols, without",
        "symbol kind",
        "a code action, without",
        "action kind 'quickfix'",
        "isPreferred, without",
        "data, without",
        "options of renameProvider, without",
        "the operation willRename, without",
        "operation 'rename'",
        "the version of a document, without",
        "late 'edit'",
        "documentChanges, without",
    ):
        assert breach in found
