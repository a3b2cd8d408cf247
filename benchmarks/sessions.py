"""Editing sessions of a random user, after each part of which the server must answer as one that was just started.

The user types, pastes, undoes, opens, saves and closes documents, renames names, and creates, changes, renames and
deletes files on the disk, in one workspace folder or two; questions, some of them cancelled, come in between. A session
is determined by its seed, except for the moment at which the server gets to do something in the background.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from agentls.text.offsets import Edit, Encoding, LineIndex, Position, Span, apply_edits
from benchmarks.live_client import LiveClient
from benchmarks.session_files import FILES, FRAGMENTS, NEW_PATHS, OTHER_TEXTS

SERVER = [sys.executable, "-m", "benchmarks.session_server"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
FOLDERS = ("one", "two")
STEPS_OF_A_SESSION = 1_000
STEPS_OF_A_PART = 50
SETTLING_SECONDS = 15.0
"""How long the answers of the two servers may differ while they work in the background."""

Row = tuple[str, str, str, str, str]

_WORD = re.compile(r"[a-z]{3,}")


class Difference(NamedTuple):
    """An answer that differs from that of a fresh server, or an error, with what the user did before."""

    seed: int
    step: int
    question: str
    ours: Any
    fresh: Any
    actions: tuple[str, ...]

    def __str__(self) -> str:
        ours, fresh = _without_common(self.ours, self.fresh)
        return (
            f"seed {self.seed}, step {self.step}: {self.question}\n  ours:  {_short(ours)}\n"
            f"  fresh: {_short(fresh)}\n  after: {'; '.join(self.actions)}"
        )


class Result(NamedTuple):
    """What was found in one session or more: the numbers of steps and comparisons, the differences, and the longest
    turns of the event loop, in seconds by the message in them."""

    steps: int
    comparisons: int
    differences: tuple[Difference, ...]
    turns: dict[str, float]

    def __add__(self, other: Result) -> Result:  # type: ignore[override]
        turns = {name: max(self.turns.get(name, 0), seconds) for name, seconds in other.turns.items()}
        return Result(
            self.steps + other.steps,
            self.comparisons + other.comparisons,
            (*self.differences, *other.differences),
            {**self.turns, **turns},
        )


class _Open(NamedTuple):
    """An open document, with its earlier texts."""

    path: str
    version: int
    text: str
    earlier: tuple[str, ...] = ()


def run(steps: int, seed: int = 1) -> tuple[list[Row], bool]:
    """Run sessions with that many steps in all, print each difference, and return the rows of the table, and whether
    there was none."""
    found = Result(0, 0, (), {})
    while found.steps < steps:
        result = run_session(seed, min(STEPS_OF_A_SESSION, steps - found.steps))
        for difference in result.differences:
            print(difference, flush=True)
        found += result
        seed += 1
        print(f"{found.steps} steps, {found.comparisons} comparisons", file=sys.stderr, flush=True)
    longest = max(found.turns, key=lambda name: found.turns[name])
    what = f"editing sessions: {found.steps:,} steps, {found.comparisons:,} comparisons with a fresh server"
    rows = [
        (what, "", f"{len(found.differences)} different", "0", ""),
        (
            "longest turn of the event loop in them, CPU",
            "",
            f"{found.turns[longest] * 1000:.0f} ms",
            "100 ms",
            longest,
        ),
    ]
    return rows, not found.differences


def run_session(seed: int, steps: int) -> Result:
    """Run one session; it ends with the first difference."""
    with tempfile.TemporaryDirectory() as folder, _Servers(Path(folder)) as servers:
        session = _Session(seed, Path(folder) / "work", servers)
        result = session.run(steps)
    return result._replace(turns=servers.turns())


class _Servers:
    """The server of a session, and the source of fresh ones, in processes with an empty user folder."""

    def __init__(self, folder: Path) -> None:
        self._report = folder / "turns.json"
        self._socket = str(folder / "socket")
        (folder / "home").mkdir()
        self._env = {
            **os.environ,
            "HOME": str(folder / "home"),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        self._forking = subprocess.Popen([*SERVER, "--fork", self._socket], env=self._env)
        self._main = subprocess.Popen(
            [*SERVER, str(self._report)], env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def main(self, settings: dict[str, Any]) -> LiveClient:
        """The client of the server that lives as long as the session."""
        assert self._main.stdin is not None
        assert self._main.stdout is not None
        return LiveClient(self._main.stdin, self._main.stdout, settings)

    def fresh(self, settings: dict[str, Any]) -> LiveClient:
        """The client of a server that has just been started."""
        connection = socket.socket(socket.AF_UNIX)
        while True:
            try:
                connection.connect(self._socket)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.05)
        return LiveClient(connection.makefile("wb"), connection.makefile("rb"), settings)

    def turns(self) -> dict[str, float]:
        """The longest turns of the event loop of the server that has ended."""
        return self._turns

    def __enter__(self) -> _Servers:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._main.wait(20)
        finally:
            for process in (self._main, self._forking):
                process.kill()
                process.wait()
            for stream in (self._main.stdin, self._main.stdout):
                if stream:
                    stream.close()
        self._turns: dict[str, float] = (
            json.loads(self._report.read_text("utf-8")) if self._report.exists() else {}
        )


class _Session:
    """One session: the state of the user's editor and disk, and the server."""

    def __init__(self, seed: int, root: Path, servers: _Servers) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.root = root
        self.servers = servers
        self.encoding = ENCODINGS[seed % 3]
        self.pulls = self.random.random() < 0.5
        self.settings: dict[str, Any] = {
            "debounce": self.random.choice([0, 20]),
            "diagnostics": self.random.choice(["open", "open", "workspace"]),
        }
        self.documents: dict[str, _Open] = {}
        self.actions: list[str] = []
        self.comparisons = 0
        self.folders = list(FOLDERS[: self.random.choice((1, 2))])
        for path, text in self._known_files().items():
            if self.random.random() < 0.8:
                self._write(path, text)
        self.client = servers.main(self.settings)
        self.client.initialize(self._roots(), self._capabilities())

    def run(self, steps: int) -> Result:
        """Take that many steps, and compare after each part of them."""
        taken = 0
        found: tuple[Difference, ...] = ()
        while taken < steps and not found:
            for _ in range(min(STEPS_OF_A_PART, steps - taken)):
                self._step()
                taken += 1
            found = tuple(
                Difference(self.seed, taken, question, ours, fresh, tuple(self.actions[-STEPS_OF_A_PART:]))
                for question, ours, fresh in self._compare()
            )
        self.client.close()
        return Result(taken, self.comparisons, found, {})

    # Steps

    def _step(self) -> None:
        """Do one thing at random."""
        weights: dict[Callable[[], str], int] = {
            self._type: 40,
            self._delete: 12,
            self._undo: 8,
            self._replace: 6,
            self._question: 20,
            self._open_file: 8,
            self._open_new: 2,
            self._close: 5,
            self._save: 5,
            self._change_on_disk: 5,
            self._create_on_disk: 4,
            self._delete_on_disk: 3,
            self._rename_on_disk: 3,
            self._rename: 3,
            self._change_settings: 1,
            self._change_folders: 1,
        }
        (action,) = self.random.choices([*weights], [*weights.values()])
        self.actions.append(f"{action.__name__[1:]} {action()}")

    def _some_document(self) -> _Open | None:
        return self.random.choice([*self.documents.values()]) if self.documents else None

    def _type(self) -> str:
        document = self._some_document()
        if document is None:
            return self._open_file()
        at = self.random.randint(0, len(document.text))
        return self._edit(document, document.text[:at] + self.random.choice(FRAGMENTS) + document.text[at:])

    def _delete(self) -> str:
        document = self._some_document()
        if document is None:
            return self._open_file()
        at = self.random.randint(0, len(document.text))
        return self._edit(document, document.text[:at] + document.text[at + self.random.choice((1, 3, 30)) :])

    def _undo(self) -> str:
        document = self._some_document()
        if document is None or not document.earlier:
            return "nothing"
        return self._edit(document, document.earlier[-1])

    def _replace(self) -> str:
        document = self._some_document()
        return self._edit(document, self._other_text(document.path)) if document else "nothing"

    def _edit(self, document: _Open, text: str) -> str:
        # Some clients repeat a version.
        version = document.version + self.random.choice((1, 1, 1, 1, 0))
        earlier = (*document.earlier[-5:], document.text)
        self.documents[document.path] = _Open(document.path, version, text, earlier)
        self.client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._uri(document.path), "version": version},
                "contentChanges": [{"text": text}],
            },
        )
        return document.path

    def _open_file(self) -> str:
        closed = [path for path in self._files() if path not in self.documents]
        if not closed or len(self.documents) > 7:
            return self._close()
        path = self.random.choice(closed)
        return self._open(path, (self.root / path).read_bytes().decode("utf-8"))

    def _open_new(self) -> str:
        path = f"{self.random.choice(FOLDERS)}/{self.random.choice(NEW_PATHS)}"
        return self._open(path, self._other_text(path)) if path not in self.documents else "nothing"

    def _open(self, path: str, text: str) -> str:
        self.documents[path] = _Open(path, 1, text)
        self.client.notify("textDocument/didOpen", self._as_opened(self.documents[path]))
        return path

    def _close(self) -> str:
        document = self._some_document()
        if document is None:
            return "nothing"
        del self.documents[document.path]
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(document.path)}})
        return document.path

    def _save(self) -> str:
        document = self._some_document()
        if document is None:
            return "nothing"
        is_new = not (self.root / document.path).exists()
        self._write(document.path, document.text)
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self._uri(document.path)}})
        self._report(document.path, 1 if is_new else 2)
        return document.path

    def _change_on_disk(self) -> str:
        files = self._files()
        if not files:
            return "nothing"
        path = self.random.choice(files)
        self._write(path, self._other_text(path))
        self._report(path, 2)
        return path

    def _create_on_disk(self) -> str:
        known = self._known_files()
        new = [f"{folder}/{path}" for folder in FOLDERS for path in NEW_PATHS]
        missing = [path for path in (*new, *known) if not (self.root / path).exists()]
        if not missing:
            return "nothing"
        path = self.random.choice(missing)
        self._write(path, known[path] if path in known else self._other_text(path))
        self._report(path, 1)
        return path

    def _delete_on_disk(self) -> str:
        files = self._files()
        if not files:
            return "nothing"
        path = self.random.choice(files)
        (self.root / path).unlink()
        self._report(path, 3)
        return path

    def _rename_on_disk(self) -> str:
        files = [path for path in self._files() if path.endswith(".md")]
        if not files:
            return "nothing"
        path = self.random.choice(files)
        new = f"{path.rpartition('/')[0]}/r{self.random.randint(0, 9)}.md".lstrip("/")
        if new in self.documents or (self.root / new).exists():
            return "nothing"
        if self.random.random() < 0.5:
            renamed = {"oldUri": self._uri(path), "newUri": self._uri(new)}
            self._apply(self.client.request("workspace/willRenameFiles", {"files": [renamed]}))
        (self.root / path).rename(self.root / new)
        self._report(path, 3)
        self._report(new, 1)
        if path in self.documents:
            text = self.documents.pop(path).text
            self.client.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(path)}})
            self._open(new, text)
        return f"{path} to {new}"

    def _rename(self) -> str:
        """Rename the name at a position, with all mentions of it, if there is one."""
        document = self._some_document()
        if document is None:
            return "nothing"
        offset = self.random.choice([0, *(match.start() for match in _WORD.finditer(document.text))])
        position = LineIndex(document.text).position(offset, self.encoding)
        about = {"textDocument": {"uri": self._uri(document.path)}, "position": position._asdict()}
        self._apply(
            self.client.request(
                "textDocument/rename", {**about, "newName": self.random.choice(("lead", "new"))}
            )
        )
        return f"{document.path} at {offset}"

    def _apply(self, edit: Any) -> None:
        """Apply an edit of the server to open documents, and to files on the disk."""
        for uri, edits in ((edit or {}).get("changes") or {}).items():
            path = Path(url2pathname(urlsplit(uri).path)).relative_to(self.root).as_posix()
            document = self.documents.get(path)
            text = document.text if document else (self.root / path).read_bytes().decode("utf-8")
            lines = LineIndex(text)
            start, end = (
                [lines.offset(Position(**each["range"][side]), self.encoding) for each in edits]
                for side in ("start", "end")
            )
            spans = map(Span, start, end)
            new = apply_edits(
                text, [Edit(span, each["newText"]) for span, each in zip(spans, edits, strict=True)]
            )
            if document:
                self._edit(document, new)
            else:
                self._write(path, new)
                self._report(path, 2)

    def _change_folders(self) -> str:
        """Add the second workspace folder or take it away."""
        second = {"uri": self._uri(FOLDERS[1]), "name": FOLDERS[1]}
        added = FOLDERS[1] not in self.folders
        self.folders = list(FOLDERS if added else FOLDERS[:1])
        event = {"added": [second] if added else [], "removed": [] if added else [second]}
        self.client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        return " ".join(self.folders)

    def _change_settings(self) -> str:
        ignore = self.random.choice([[], ["unknown-tool"], ["unknown-agent", "missing-description"]])
        self.settings = {**self.settings, "ignore": ignore}
        self.client.settings = self.settings
        self.client.notify("workspace/didChangeConfiguration", {"settings": {"agentls": self.settings}})
        return json.dumps(ignore)

    def _question(self) -> str:
        questions = [*self._questions(self.random)]
        if not questions:
            return "nothing"
        name, method, params = self.random.choice(questions)
        self.client.ask_in_vain(method, params, cancel=self.random.random() < 0.3)
        return name

    # The disk

    def _roots(self) -> list[Path]:
        return [self.root / folder for folder in self.folders]

    def _known_files(self) -> dict[str, str]:
        """The files that a project has at first, in each of the folders."""
        return {f"{folder}/{path}": text for folder in FOLDERS for path, text in FILES.items()}

    def _files(self) -> list[str]:
        """The files on the disk that have to do with agents."""
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())
        return sorted(path for path in found if path.partition("/")[2] not in ("notes.md", "src/a.py"))

    def _write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))

    def _report(self, path: str, kind: int) -> None:
        changes = [{"uri": self._uri(path), "type": kind}]
        self.client.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def _other_text(self, path: str) -> str:
        suffix = path[path.rindex(".") :]
        return self.random.choice(OTHER_TEXTS.get(suffix, OTHER_TEXTS[".md"]))

    # Comparison

    def _compare(self) -> list[tuple[str, Any, Any]]:
        """Return the questions that a fresh server answers otherwise, once both have had the time to settle, and the
        errors."""
        self.comparisons += 1
        fresh = self.servers.fresh(self.settings)
        fresh.initialize(self._roots(), self._capabilities())
        for document in self.documents.values():
            fresh.notify("textDocument/didOpen", self._as_opened(document))
        clients = (self.client, fresh)
        for each in clients:
            each.request("agentls/folders", {"kind": "agent"})
        seed = self.random.random()
        until, pause = time.monotonic() + SETTLING_SECONDS, 0.02
        while True:
            ours, theirs = (self._answers(each, random.Random(seed)) for each in clients)
            found = [(name, ours.get(name), theirs.get(name)) for name in {**theirs, **ours}]
            found = [(name, one, other) for name, one, other in found if one != other]
            if not found or time.monotonic() > until:
                break
            time.sleep(pause)
            pause = min(2 * pause, 1)
        fresh.close()
        return found + [("error", error, None) for each in clients for error in each.errors]

    def _answers(self, client: LiveClient, source: random.Random) -> dict[str, Any]:
        """The answers of a server to all questions about the open documents."""
        asked = {name: client.ask(method, params) for name, method, params in self._questions(source)}
        answers = {name: client.result(number) for name, number in asked.items()}
        lenses = {
            f"{name} {n}": client.ask("codeLens/resolve", lens)
            for name, answer in answers.items()
            if name.startswith("codeLens")
            for n, lens in enumerate(answer or ())
        }
        answers |= {name: client.result(number) for name, number in lenses.items()}
        if not self.pulls:
            answers |= {f"published {uri}": found for uri, found in client.diagnostics.items() if found}
        return {name: _comparable(answer) for name, answer in answers.items()}

    def _questions(self, source: random.Random) -> Iterator[tuple[str, str, Any]]:
        """All questions: the name, the method and the parameters of each."""
        yield "workspace/symbol", "workspace/symbol", {"query": ""}
        for document in self.documents.values():
            about = {"textDocument": {"uri": self._uri(document.path)}}
            whole = ["documentSymbol", "codeLens", "documentLink", "semanticTokens/full"]
            for method in [*whole, "diagnostic"] if self.pulls else whole:
                yield f"{method} {document.path}", f"textDocument/{method}", about
            lines = LineIndex(document.text)
            for method in ("completion", "hover", "definition", "references", "documentHighlight"):
                offset = source.randint(0, len(document.text))
                position = lines.position(offset, self.encoding)
                at = {**about, "position": {"line": position.line, "character": position.character}}
                context = {"context": {"includeDeclaration": True}} if method == "references" else {}
                name = f"{method} {document.path} at {offset}"
                yield name, f"textDocument/{method}", {**at, **context}

    def _uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def _as_opened(self, document: _Open) -> dict[str, Any]:
        uri, version = self._uri(document.path), document.version
        item = {"uri": uri, "languageId": "markdown", "version": version, "text": document.text}
        return {"textDocument": item}

    def _capabilities(self) -> dict[str, Any]:
        text_document: dict[str, Any] = {
            "hover": {"contentFormat": ["markdown"]},
            "completion": {"completionItem": {"snippetSupport": True}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
            "semanticTokens": {
                "requests": {"full": True},
                "tokenTypes": [],
                "tokenModifiers": [],
                "formats": [],
            },
        }
        if self.pulls:
            text_document["diagnostic"] = {}
        else:
            text_document["publishDiagnostics"] = {"versionSupport": True, "relatedInformation": True}
        return {
            "general": {"positionEncodings": [self.encoding]},
            "textDocument": text_document,
            "workspace": {
                "configuration": True,
                "workspaceFolders": True,
                "fileOperations": {"willRename": True},
                "didChangeWatchedFiles": {"dynamicRegistration": True},
                "diagnostics": {"refreshSupport": True},
            },
        }


def _comparable(answer: Any) -> Any:
    """An answer without what identifies the server's state."""
    if isinstance(answer, dict):
        return {
            key: _comparable(value) for key, value in answer.items() if key not in ("resultId", "revision")
        }
    return [_comparable(each) for each in answer] if isinstance(answer, list) else answer


def _without_common(ours: Any, fresh: Any) -> tuple[Any, Any]:
    """Two answers without what is in both, or as they are if only the order differs."""
    if not (isinstance(ours, list) and isinstance(fresh, list)):
        return ours, fresh
    left = [each for each in ours if each not in fresh], [each for each in fresh if each not in ours]
    return left if any(left) else (ours, fresh)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) < 600 else f"{text[:600]}..."
