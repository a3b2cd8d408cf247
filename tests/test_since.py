"""`--since`: only files that have changed since a commit are checked, and the changed lines are marked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from agentls.cli.main import main

AGENTS = ".claude/agents"
TEXT = "---\nname: {0}\ndescription: Does part {0} of the work. Use it often.\ntools: Bsah, Read\n---\n\nYou work.\n"


class Ran(NamedTuple):
    """What a run has returned and written."""

    code: int
    out: str
    err: str


Check = Callable[..., Ran]


def git(*arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def write(name: str, text: str = TEXT) -> Path:
    file = Path(AGENTS) / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(name), "utf-8")
    return file


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with two agents, which have a finding each, in the current folder."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    write("old")
    write("other")
    git("add", "-A")
    git("commit", "-qm", "first")


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*options: str) -> Ran:
        try:
            code = main(["check", "--no-cache", *options])
        except SystemExit as end:
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


def test_nothing_is_checked_without_a_change(check: Check) -> None:
    assert check("--since", "HEAD") == (0, "", "agentls: no agent file has changed since HEAD\n")
    assert check("--since", "HEAD", "--quiet") == (0, "", "")
    assert check("--since", "HEAD", "--output-format", "json").out == "[\n]\n"


def test_changed_and_new_files_are_checked(check: Check) -> None:
    file = write("old", TEXT.replace("Bsah", "Bsah, Grpe"))
    write("new and ü")
    ran = check("--since", "HEAD", "--output-format", "concise")
    assert ran.code == 1
    assert sorted({line.partition(":")[0] for line in ran.out.splitlines()}) == [
        str(Path(AGENTS, "new and ü.md")),
        str(file),
    ]


def test_findings_on_changed_lines_are_marked(check: Check) -> None:
    write("old", TEXT.replace("tools", "model: sonet\ntools"))
    out = check("--since", "HEAD").out
    assert "   4 + model: sonet\n" in out
    assert "   5 | tools: Bsah, Read\n" in out
    assert "1 of 2 findings is on a line changed since HEAD, marked with +.\n" in out


def test_findings_in_several_files_are_marked(check: Check) -> None:
    for name in ("c", "d"):
        write(name)
    write("old", TEXT.replace("Use it", "Use this"))
    out = check("--since", "HEAD").out
    assert [line.strip() for line in out.splitlines() if "-> " in line] == [
        f"+-> {Path(AGENTS, 'c.md')}:4:8",
        f"+-> {Path(AGENTS, 'd.md')}:4:8",
        f"--> {Path(AGENTS, 'old.md')}:4:8",
    ]


def test_a_branch_is_compared_from_where_it_left(check: Check) -> None:
    git("checkout", "-qb", "topic")
    write("old", TEXT.replace("Use it", "Use this"))
    git("commit", "-qam", "second")
    git("checkout", "-q", "main")
    write("other", TEXT.replace("Use it", "Use that"))
    git("commit", "-qam", "third")
    git("checkout", "-q", "topic")
    out = check("--since", "main", "--output-format", "concise").out
    assert "old.md" in out
    assert "other.md" not in out


def test_renamed_and_deleted_files(check: Check) -> None:
    git("mv", f"{AGENTS}/old.md", f"{AGENTS}/newer.md")
    (Path(AGENTS) / "other.md").unlink()
    out = check("--since", "HEAD", "--output-format", "concise").out
    assert "newer.md" in out
    assert "other.md" not in out


def test_a_file_that_git_ignores_has_not_changed(check: Check) -> None:
    Path(".gitignore").write_text("secret.md\n")
    write("secret")
    assert (
        "secret.md" not in check("--since", "HEAD", f"{AGENTS}/secret.md", "--output-format", "concise").out
    )


def test_the_repository_is_that_of_the_named_files(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("old", TEXT.replace("Use it", "Use this")).absolute()
    monkeypatch.chdir(tmp_path.parent)
    assert "old.md" in check("--since", "HEAD", str(file), "--output-format", "concise").out


def test_fixes_are_of_changed_files_alone(check: Check) -> None:
    text = TEXT.replace("tools", "color: Blue\ntools")
    file, other = write("old", text), Path(AGENTS) / "other.md"
    before = other.read_text()
    check("--since", "HEAD", "--fix", "--unsafe-fixes")
    assert "tools: Bash, Read" in file.read_text()
    assert other.read_text() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--since", "nowhere"], "cannot tell what has changed since nowhere: there is no commit `nowhere`"),
        (["--since=--help"], "there is no commit `--help`"),
        (["--since", "HEAD", "-"], "--since is not allowed with standard input"),
    ],
)
def test_impossible_questions(check: Check, options: list[str], message: str) -> None:
    ran = check(*options)
    assert ran.code == 2
    assert ran.err.endswith(f"{message}\n")


def test_a_folder_without_a_repository(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "nowhere")
    ran = check("--since", "HEAD")
    assert ran.code == 2
    assert "not a git repository" in ran.err


def test_without_git(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ran = check("--since", "HEAD")
    assert ran.code == 2
    assert "cannot run Git: " in ran.err


def test_git_starts_no_program_of_the_repository(check: Check, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\ntouch started\n")
    program.chmod(0o755)
    for name in ("diff.external", "core.fsmonitor", "diff.d.command", "diff.d.textconv"):
        git("config", name, str(program))
    Path(".gitattributes").write_text("*.md diff=d\n")
    write("old", TEXT.replace("Use it", "Use this"))
    assert "old.md" in check("--since", "HEAD", "--output-format", "concise").out
    assert not Path("started").exists()
