"""What cannot be written is reported with a message and the documented exit code: a full disk, a closed output, a busy
port, and files and folders that cannot be written.

Each command runs in a process of its own, because the streams of the process and the limits of the system matter.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it has /dev/full and limits of files")

AGENT = "---\nname: {}\ndescription: Reviews code. Use it often.\ntools: Read, Bahs\n---\n\nYou review.\n"

COMMANDS = (
    ["check"],
    ["check", "--output-format", "json"],
    ["check", "--output-format", "sarif"],
    ["check", "--output-format", "junit"],
    ["check", "--output-format", "github"],
    ["check", "--color", "always"],
    ["check", "--statistics"],
    ["check", "--diff", "--unsafe-fixes"],
    ["format", "--check"],
    ["format", "--diff"],
    ["inspect", "."],
    ["inspect", "--output-format", "json", "."],
    ["convert", "--to", "copilot"],
    ["convert", "--to", "copilot", "--stdout", ".claude/agents/a0.md"],
    ["graph"],
    ["graph", "--output-format", "html"],
    ["new", "fresh"],
    ["schema"],
    ["rules"],
    ["dialects"],
    ["dialects", "claude-code"],
    ["explain", "unknown-tool"],
    ["--help"],
    ["check", "--help"],
    ["--version"],
)

RUN = "from agentls.cli.main import run; run()"
LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); {RUN}"
"""A process that can write no more than ten bytes to a file, as on a full disk."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with more output than the buffers of a pipe hold, and with something to format."""
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    for number in range(60):
        (agents / f"a{number}.md").write_text(AGENT.format(f"a{number}"))
    (agents / "z.md").write_text(AGENT.format("z").replace("name: z\n", "name:   'z'\n"))
    return tmp_path


def run(
    project: Path, *arguments: str, program: str = RUN, output: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command, with standard output at the path `output` if that is given."""
    command = [sys.executable, "-c", program, *arguments]
    if not output:
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    with Path(output).open("w") as file:
        return subprocess.run(
            command, cwd=project, stdout=file, stderr=subprocess.PIPE, text=True, check=False
        )


def assert_told(ran: subprocess.CompletedProcess[str], *words: str) -> None:
    """Fail unless the process ended with code 2 and a message with these words."""
    assert "Traceback" not in ran.stderr
    assert "internal error" not in ran.stderr
    assert "ignored" not in ran.stderr
    assert all(word in ran.stderr.lower() for word in words), ran.stderr
    assert ran.returncode == 2


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_output_to_a_full_disk(project: Path, arguments: list[str]) -> None:
    assert_told(run(project, *arguments, output="/dev/full"), "cannot be written", "no space left")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_output_whose_reader_has_gone(project: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "agentls", *arguments]
    ran = subprocess.run(command, cwd=project, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert ran.returncode == 141
    assert "Traceback" not in ran.stderr
    assert "ignored" not in ran.stderr


@pytest.mark.parametrize("arguments", [["check"], ["rules"], ["--version"]], ids=" ".join)
def test_streams_that_are_closed_from_the_start(project: Path, arguments: list[str]) -> None:
    for streams in (">&-", "2>&-", "<&- >&- 2>&-"):
        shell = ["sh", "-c", f'exec "$0" -m agentls "$@" {streams}', sys.executable, *arguments]
        ran = subprocess.run(shell, cwd=project, capture_output=True, text=True, check=False)
        assert ran.returncode == (1 if arguments == ["check"] else 0)
        assert ran.stderr == ""


def test_messages_to_a_full_disk(project: Path) -> None:
    command = [sys.executable, "-m", "agentls", "check", "missing.md"]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run(command, cwd=project, stdout=full, stderr=full, check=False).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["format"], ["z.md: ", "too large"]),
        (["check", "--fix", "--unsafe-fixes"], ["not fixed: ", "too large"]),
        (["convert", "--to", "copilot", "--write"], ["cannot write: ", "too large"]),
        (["convert", "--to", "copilot", "--write", "--output", "a/b"], ["cannot write: ", "too large"]),
        (["new", "fresh"], ["cannot write: ", "too large"]),
        (["graph", "--output", "a.html"], ["cannot write: ", "too large"]),
    ],
    ids=" ".join,
)
def test_files_on_a_full_disk(project: Path, arguments: list[str], words: list[str]) -> None:
    before = {path: path.read_text() for path in project.rglob("*.md")}
    assert_told(run(project, *arguments, program=LIMITED), *words)
    assert {path: path.read_text() for path in project.rglob("*.md*")} == before


def test_a_full_disk_does_not_cost_the_file_that_is_replaced(project: Path) -> None:
    convert = ["convert", "--to", "copilot", "--write", "--force", ".claude/agents/a0.md"]
    target = project / ".github" / "agents" / "a0.agent.md"
    target.parent.mkdir(parents=True)
    target.write_text("Mine.\n")
    assert_told(run(project, *convert, program=LIMITED), "cannot write: ", "too large")
    assert target.read_text() == "Mine.\n"
    assert [path.name for path in target.parent.iterdir()] == ["a0.agent.md"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["convert", "--to", "copilot", "--write", "--output", "file"], ["cannot write: "]),
        (["graph", "--output", "file/a.html"], ["cannot write: "]),
        (["graph", "--output", "/dev/full", "--output-format", "html"], ["cannot write: ", "no space left"]),
        (["graph", "--output", "a.html/", "--output-format", "html"], ["cannot write: "]),
    ],
    ids=" ".join,
)
def test_paths_that_cannot_be_written(project: Path, arguments: list[str], words: list[str]) -> None:
    (project / "file").write_text("")
    assert_told(run(project, *arguments), *words)


def test_a_target_that_cannot_be_read_is_not_the_same(project: Path) -> None:
    target = project / ".github" / "agents" / "a0.agent.md"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"x" * (5 << 20))
    ran = run(project, "convert", "--to", "copilot", ".claude/agents/a0.md")
    assert "--force replaces it" in ran.stdout
    assert ran.returncode == 1


@pytest.mark.parametrize("program", [LIMITED, RUN])
def test_a_cache_that_cannot_be_written_costs_nothing_but_time(project: Path, program: str) -> None:
    expected = run(project, "check", "--no-cache")
    if program != LIMITED:
        (project / ".agentls_cache").write_text("")
    ran = run(project, "check", program=program)
    assert (ran.returncode, ran.stdout, ran.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_a_folder_that_was_deleted(project: Path) -> None:
    program = f"import os, shutil; shutil.rmtree(os.getcwd()); {RUN}"
    assert_told(run(project, "check", program=program), "current folder")


def test_a_port_that_is_in_use(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert_told(run(project, "server", "--tcp", address), address, "in use")
    assert_told(run(project, "server", "--tcp", "no.such.host.invalid:1"), "no.such.host.invalid:1")
    assert_told(run(project, "server", "--tcp", f"{'a' * 70}..b:1"), "cannot listen")
