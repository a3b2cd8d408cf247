"""What `agentls check` and a session of the server do on the machine, by their system calls.

They use no network, start no program, write nothing but what was asked for, and read nothing but the project, the
folders of the user's agents, and their own installation. Linux only, as `strace` is.
"""

from __future__ import annotations

import os
import re
import shutil
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import lsprotocol.types as t
import pytest
from pytest_lsp import ClientServerConfig

from agentls.text.paths import is_inside
from editors.real import missing
from lsp.wire import SERVER, Editor, ask, capabilities, identifier, open_document, session, shown

ROOT = Path(__file__).parents[1]
CALLS = "%network,%file,%process,ftruncate"
HOSTILE = """\
---
name: reviewer
description: Reviews code. See ../../secret.md, /etc/passwd and http://example.com/x.
tools: Read, Bahs
mcpServers:
  remote: {type: http, url: "https://example.com/mcp"}
  local: {command: touch, args: ["/tmp/started"]}
hooks:
  PreToolUse:
    - hooks: [{type: command, command: "touch /tmp/started"}]
---

Read @../../../secret.md, [the notes](../../../secret.md), `!touch /tmp/started` and ![picture](http://example.com/x.png).
"""


class Call(NamedTuple):
    """A system call: its name, its arguments as written by `strace`, and the first path in them."""

    name: str
    arguments: str
    path: str


class Place(NamedTuple):
    """A project with hostile files, beside what must not be read, and a home of its own."""

    project: Path
    secret: Path
    home: Path
    log: Path

    @property
    def tracing(self) -> list[str]:
        """The command that traces another one."""
        return ["strace", "-f", "-qq", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(self.log)]

    def calls(self) -> Iterator[Call]:
        """The calls that succeeded, or failed otherwise than by the absence of a file."""
        for line in self.log.read_text("utf-8", "replace").splitlines():
            found = re.match(r"\d+\s+(\w+)\((.*)", line)
            if found and " = -1 ENOENT" not in line:
                path = re.search(r'"((?:[^"\\]|\\.)*)"', found[2])
                yield Call(found[1], found[2], path[1] if path else "")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project with hostile files. Whatever is found in its neighbourhood is not asked for."""
    if not sys.platform.startswith("linux"):
        pytest.skip("strace is for Linux")
    if shutil.which("strace") is None:
        missing("strace is not installed")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow tracing")
    project = tmp_path / "outer" / "project"
    for path, text in {
        ".claude/agents/reviewer.md": HOSTILE,
        ".claude/agents/other.md": HOSTILE.replace("reviewer", "other"),
        ".claude/settings.json": '{"hooks": {}, "permissions": {"deny": ["Bash(rm *)"]}}',
        ".github/agents/c.agent.md": "---\ndescription: Writes.\ntools: [read]\n---\nWrite.\n",
        "CLAUDE.md": "Read @../secret.md and @/etc/hostname.\n",
        "agentls.toml": 'dialects = ["../secret.md", "/etc/hostname"]\n',
        ".git/HEAD": "ref: refs/heads/main\n",
        ".gitignore": "build/\n",
    }.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    secret = project.parent / "secret.md"
    secret.write_text("name: secret\n")
    home = tmp_path / "home"
    (home / ".claude" / "agents").mkdir(parents=True)
    (home / ".claude" / "agents" / "mine.md").write_text("---\nname: mine\ndescription: Mine.\n---\nYou.\n")
    (home / "private.txt").write_text("private")
    monkeypatch.setenv("HOME", str(home))
    return Place(project, secret, home, tmp_path / "calls.log")


def assert_harmless(place: Place, written: tuple[Path, ...]) -> None:
    """Assert that the traced calls keep the promises; only files in the folders `written` may be written."""
    calls = list(place.calls())
    assert len(calls) > 50, "it was traced"
    # An event loop wakes itself through a pair of sockets, which leads nowhere.
    network = [each for each in calls if each.name in NETWORK and not each.arguments.startswith("AF_UNIX")]
    assert not network
    programs = {os.path.realpath(each.path) for each in calls if each.name == "execve"}
    assert programs == {os.path.realpath(sys.executable)}
    changed = [each for each in calls if changes(each)]
    assert [each for each in changed if not is_below(each.path, written)] == []
    read = {each.path for each in calls if each.name in ("open", "openat") and each.path.startswith("/")}
    allowed = (place.project, place.home / ".claude", place.home / ".config", *map(Path, INSTALLATION))
    read = {path for path in read if not any(is_inside(os.path.normpath(path), folder) for folder in SYSTEM)}
    # The parents of the project are searched for its root and its settings; only their names are read.
    parents = {str(folder) for folder in (*place.project.parents, place.home)}
    assert {path for path in read if not is_below(path, allowed)} <= parents
    assert str(place.secret) not in read


NETWORK = ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4")
"""What leads to another process. What is sent through a socket needs one of these first."""

CHANGES = (
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "link",
    "symlink",
)
INSTALLATION = tuple(
    os.path.realpath(folder) for folder in (sys.prefix, sys.base_prefix, str(ROOT), *site.getsitepackages())
)
SYSTEM = ("/usr", "/lib", "/lib64", "/proc", "/sys", "/dev/null", "/etc/ld.so.cache", "/etc/localtime")
"""What Python itself reads: libraries, the time zone, the number of processors."""


def changes(call: Call) -> bool:
    """Whether a call writes: a file that is opened for it, or a change of a folder."""
    opens = call.name in ("open", "openat") and bool(
        re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call.arguments)
    )
    return (opens and call.path != "/dev/null") or call.name in CHANGES


def is_below(path: str, folders: tuple[Path, ...]) -> bool:
    """Whether a path is one of some folders or in one."""
    return any(is_inside(os.path.realpath(path), str(folder)) for folder in folders)


def test_check_reads_only_the_project_and_writes_only_its_cache(place: Place) -> None:
    command = [*place.tracing, sys.executable, "-m", "agentls", "check", "."]
    done = subprocess.run(command, cwd=place.project, capture_output=True, text=True, check=False)
    assert "Bahs" in done.stdout, done.stderr
    assert_harmless(place, (place.project / ".agentls_cache",))


def test_check_without_a_cache_writes_nothing(place: Place) -> None:
    command = [*place.tracing, sys.executable, "-m", "agentls", "check", "--no-cache", "."]
    done = subprocess.run(command, cwd=place.project, capture_output=True, text=True, check=False)
    assert "Bahs" in done.stdout, done.stderr
    assert_harmless(place, ())


async def test_a_session_writes_nothing(place: Place) -> None:
    server = ClientServerConfig(server_command=[*place.tracing, *SERVER], client_factory=Editor)
    uri = (place.project / ".claude/agents/reviewer.md").as_uri()
    async with session(capabilities("visual-studio-code"), place.project, server=server) as client:
        open_document(client, HOSTILE, uri)
        found = await shown(client, uri)
        assert any("Bahs" in each.message for each in found)
        where, at = identifier(uri), t.Position(3, 14)
        await client.text_document_hover_async(t.HoverParams(where, at))
        await client.text_document_completion_async(t.CompletionParams(where, at))
        await client.text_document_document_symbol_async(t.DocumentSymbolParams(where))
        await client.text_document_document_link_async(t.DocumentLinkParams(where))
        await client.text_document_references_async(
            t.ReferenceParams(t.ReferenceContext(include_declaration=True), where, t.Position(1, 8))
        )
        await client.text_document_rename_async(t.RenameParams(where, t.Position(1, 8), "critic"))
        await client.text_document_code_action_async(
            t.CodeActionParams(where, t.Range(at, at), t.CodeActionContext(found))
        )
        await client.workspace_symbol_async(t.WorkspaceSymbolParams("rev"))
        assert await ask(client, "agentls/tree") is not None
    assert_harmless(place, ())
