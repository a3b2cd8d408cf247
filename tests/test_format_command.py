"""`agentls format`: what it writes, prints and returns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agentls.cli import format_command
from agentls.cli.main import main
from agentls.workspace import disk
from agentls.workspace.rewrite import rewrite_file

UNFORMATTED = "\ufeff---\r\ncolor:  red\r\nname: a\r\ndescription: Größe 🧪\r\n---\r\nBody  \r\n- x"
FORMATTED = "\ufeff---\r\nname: a\r\ndescription: Größe 🧪\r\ncolor: red\r\n---\r\nBody  \r\n- x"
INVALID = "---\nname:  a\ndescription: b: c\n---\n"
A, B = ".claude/agents/a.md", ".claude/agents/b.md"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a file that is not formatted, and one that is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / A).write_bytes(UNFORMATTED.encode())
    (tmp_path / B).write_bytes(FORMATTED.encode())
    return tmp_path


def test_files_are_formatted_with_their_line_ends_and_mode(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / A).chmod(0o640)
    before = (root / B).stat()
    assert main(["format"]) == 0
    assert (root / A).read_bytes().decode() == FORMATTED
    assert (root / A).stat().st_mode & 0o777 == (0o640 if os.name == "posix" else 0o666)
    assert (root / B).stat() == before
    assert sorted(file.name for file in (root / A).parent.iterdir()) == ["a.md", "b.md"]
    assert capsys.readouterr().out == f"Formatted {A}\n1 file formatted, 1 file unchanged\n"
    assert main(["format"]) == 0
    assert capsys.readouterr().out == "2 files unchanged\n"


def test_check_and_diff_write_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["format", "--check"]) == 1
    assert f"Would format {A}\n1 file would be formatted" in capsys.readouterr().out
    assert main(["format", "--diff", "--no-color"]) == 1
    diff = capsys.readouterr().out
    assert (root / A).read_bytes().decode() == UNFORMATTED
    (root / "p.diff").write_bytes(diff.encode())
    assert "-color:  red\r\n" in diff
    assert main(["format", B, "--check"]) == main(["format", B, "--diff"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no `patch`")
def test_a_diff_is_a_patch(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["format", "--diff", "--no-color"])
    diff = capsys.readouterr().out.encode()
    subprocess.run(["git", "apply", "-p0"], input=diff, cwd=root, check=True)
    assert (root / A).read_bytes().decode() == FORMATTED


def test_a_file_that_does_not_parse_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / A).write_text(INVALID, "utf-8")
    assert main(["format"]) == 0
    printed = capsys.readouterr()
    assert "1 file unchanged, 1 file not formatted" in printed.out
    assert f"{A}: not formatted: invalid YAML in line 3" in printed.err
    assert (root / A).read_text("utf-8") == INVALID


def test_standard_input_is_formatted_to_standard_output(root: Path) -> None:
    def run(text: str, *options: str) -> tuple[int, str]:
        arguments = [sys.executable, "-m", "agentls", "format", "--stdin-filename", A, *options]
        done = subprocess.run(arguments, input=text.encode(), capture_output=True, cwd=root, check=False)
        return done.returncode, done.stdout.decode()

    assert run(UNFORMATTED) == (0, FORMATTED)
    assert run(FORMATTED) == (0, FORMATTED)
    assert run(INVALID) == (0, INVALID)
    assert run(UNFORMATTED, "--check") == (1, "")
    assert (root / A).read_bytes().decode() == UNFORMATTED


def test_what_cannot_be_written_is_reported(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert main(["format"]) == 2
    printed = capsys.readouterr()
    assert f"{A}: permission denied" in printed.err
    assert printed.out == "1 file unchanged\n"
    assert (root / A).read_bytes().decode() == UNFORMATTED


def test_bytes_that_are_not_utf_8_are_not_lost(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = b"---\nname:  a\n---\n\xff\n"
    (root / A).write_bytes(data)
    assert main(["format"]) == 2
    assert "not UTF-8" in capsys.readouterr().err
    assert (root / A).read_bytes() == data


def test_a_file_that_has_changed_meanwhile_is_not_touched(root: Path) -> None:
    with pytest.raises(OSError, match="changed"):
        rewrite_file(str(root / A), FORMATTED, "")
    assert (root / A).read_bytes().decode() == UNFORMATTED


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission")
def test_a_link_stays_a_link(root: Path) -> None:
    (root / A).rename(root / "a.txt")
    (root / A).symlink_to(root / "a.txt")
    assert main(["format"]) == 0
    assert (root / A).is_symlink()
    assert (root / "a.txt").read_bytes().decode() == FORMATTED


def test_an_error_of_our_own_concerns_one_file(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(format_command, "format_document", lambda _: 1 / 0)
    assert main(["format", A]) == 2
    assert "internal error" in capsys.readouterr().err
    assert disk.read_text(str(root / A)) == UNFORMATTED


def test_a_path_and_standard_input_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["format", "--stdin-filename", A, B])
    assert "--stdin-filename" in capsys.readouterr().err
