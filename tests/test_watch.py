"""`--watch`: files are checked again whenever something changes."""

from __future__ import annotations

import builtins
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentls.cli.main import main

TEXT = "---\nname: a\ndescription: Does a part of the work. Use it often.\ntools: {}\n---\n\nYou work.\n"
WATCHING = "agentls: watching for changes; press Ctrl+C to stop\n"


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An agent with a finding in the current folder."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".claude/agents/a.md"
    file.parent.mkdir(parents=True)
    file.write_text(TEXT.format("Bsah, Read"))
    return file


def until_watching(lines: Iterator[str]) -> str:
    """Return what is printed before a run ends."""
    return "".join(iter(lines.__next__, WATCHING))


@pytest.mark.skipif(sys.platform == "win32", reason="the interrupt of a terminal is another there")
def test_a_change_is_checked_at_once(agent: Path) -> None:
    command = [sys.executable, "-m", "agentls", "check", "--watch", "--output-format", "concise"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    with process:
        lines = iter(process.stdout)
        assert "Unknown tool `Bsah`" in until_watching(lines)
        agent.write_text(TEXT.format("Bash, Grpe"))
        seen = until_watching(lines)
        assert "Unknown tool `Grpe`" in seen
        assert "Bsah" not in seen
        agent.with_name("b.md").write_text(TEXT.format("Read"))
        assert "b.md" in until_watching(lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    "options", [["-"], ["--stdin-filename", "a.md"], ["--baseline", "b", "--update-baseline"]]
)
@pytest.mark.usefixtures("agent")
def test_what_cannot_be_watched(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["check", "--watch", *options])
    assert end.value.code == 2
    assert "--watch is not allowed with standard input or --update-baseline" in capsys.readouterr().err


@pytest.mark.usefixtures("agent")
def test_a_folder_that_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["check", "--watch", "nowhere"])
    assert end.value.code == 2
    assert "--watch: nowhere: no such file or folder" in capsys.readouterr().err


@pytest.mark.usefixtures("agent")
def test_without_the_package_that_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "watchfiles":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SystemExit) as end:
        main(["check", "--watch"])
    assert end.value.code == 2
    assert "pip install 'agentls[watch]'" in capsys.readouterr().err
