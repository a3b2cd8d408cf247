"""What differs on Windows and macOS, as far as Linux can simulate it: paths, the folders of a user, and line ends."""

from __future__ import annotations

import ntpath
import os
import sys
from collections.abc import Iterator

import pytest

from agentls.cli import result_cache
from agentls.document import locate
from agentls.lsp.addresses import file_uri, path_of
from agentls.text.offsets import LineIndex
from agentls.workspace import disk, settings_files, user_files
from harness import TEXTS, Case, parse_case
from test_rules import CASES


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The functions for paths, and the variables of the environment, as they are on Windows."""
    with monkeypatch.context() as patched:
        patched.setenv("USERPROFILE", r"C:\Users\Me")
        patched.setenv("APPDATA", r"C:\Users\Me\AppData\Roaming")
        patched.setenv("LOCALAPPDATA", r"C:\Users\Me\AppData\Local")
        patched.setattr(os, "path", ntpath)
        patched.setattr(os, "sep", "\\")
        patched.setattr(os, "name", "nt")
        patched.setattr(sys, "platform", "win32")
        yield


PATHS = [
    (r"C:\Project\.claude\agents\a.md", "file:///C%3A/Project/.claude/agents/a.md"),
    (r"c:\Project\.claude\agents\a b.md", "file:///c:/Project/.claude/agents/a%20b.md"),
    (r"\\server\share\.claude\agents\a.md", "file://server/share/.claude/agents/a.md"),
]


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(("path", "uri"), PATHS)
def test_a_path_and_its_uri_are_the_same_file(path: str, uri: str) -> None:
    full = disk.absolute_path(path)
    assert full == path_of(uri)
    assert path_of(file_uri(full)) == full
    assert "\\" not in full
    found = locate.locate(full, None)
    assert found is not None
    assert found.dialect == "claude-code"


@pytest.mark.usefixtures("windows")
def test_a_file_is_in_its_project_in_whatever_case_the_drive_is_written() -> None:
    assert disk.relative_path(r"c:\Project\agents\a.md", "C:/Project") == "agents/a.md"
    assert disk.relative_path(r"D:\agents\a.md", "C:/Project") == "d:/agents/a.md"


@pytest.mark.usefixtures("windows")
def test_the_folders_of_a_user_are_those_of_windows() -> None:
    assert user_files.user_folder() == "c:/Users/Me"
    root = path_of("file:///C%3A/Users/Me")
    assert root is not None
    assert user_files.is_user_folder(root)
    assert settings_files.settings_folder() == "c:/Users/Me/AppData/Roaming/agentls"
    assert result_cache._secret_file() == "c:/Users/Me/AppData/Local/agentls/secret"


def test_the_folder_for_caches_is_that_of_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/Users/me")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert result_cache._secret_file() == "/Users/me/Library/Caches/agentls/secret"


def test_line_ends_of_windows_change_no_finding() -> None:
    compared = 0
    for file in CASES:
        case = parse_case(file.read_text("utf-8"))
        texts = {path: text for path, text in case.files.items() if path.endswith(TEXTS)}
        ends = {path: text.replace("\r\n", "\n").replace("\n", "\r\n") for path, text in texts.items()}
        converted = Case(case.prose, {**case.files, **ends})
        for path in texts:
            found = _findings(converted, path)
            if not any(
                "CRLF" in message for *_, message in found
            ):  # Claude Code repairs no YAML with such ends.
                assert [row[:2] for row in _findings(case, path)] == [row[:2] for row in found]
                compared += 1
    assert compared > 500


def _findings(case: Case, path: str) -> list[tuple[str, int, str]]:
    """The code, the line and the message of each finding."""
    lines = LineIndex(case.files[path])
    found = case.diagnostics(path)
    return [(one.code, lines.position(one.span.start, "utf-8").line, one.message) for one in found]
