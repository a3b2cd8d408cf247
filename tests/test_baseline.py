"""`--baseline`: findings that a project has accepted are not reported, and those that are gone are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from agentls.cli.main import main

A, B = ".claude/agents/a.md", ".claude/agents/b.md"
BASELINE = "agentls-baseline.json"


class Ran(NamedTuple):
    """What a run has returned and written."""

    code: int
    out: str
    err: str


class Project:
    """A project with agents in the current folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def write(self, path: str, tools: str, before: str = "") -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        name = Path(path).stem
        head = f"name: {name}\ndescription: Does part {name} of the work. Use it often."
        Path(path).write_text(f"---\n{before}{head}\ntools: {tools}\n---\n\nYou work.\n", "utf-8")

    def check(self, *options: str) -> Ran:
        code = 0
        try:
            code = main(["check", "--no-cache", "--output-format", "concise", *options])
        except SystemExit as end:
            code = int(end.code or 0)
        return Ran(code, *self._capsys.readouterr())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    made = Project(capsys)
    made.write(A, "Read, Raed")
    made.write(B, "Read, Grpe, Grpe")
    assert made.check("--baseline", BASELINE, "--update-baseline").code == 0
    return made


def test_accepted_findings_are_not_reported(project: Project) -> None:
    assert project.check().code == 1
    assert project.check("--baseline", BASELINE) == (0, "", "")
    assert project.check("--baseline", BASELINE, A) == (0, "", "")
    assert project.check("--baseline", BASELINE, "--no-project") == (0, "", "")


def test_a_finding_that_moves_stays_accepted(project: Project) -> None:
    project.write(A, "Read, Raed", before="# A comment.\n# Another one.\n")
    assert project.check("--baseline", BASELINE) == (0, "", "")


def test_new_findings_are_reported(project: Project) -> None:
    project.write(A, "Read, Raed, Bsh")
    ran = project.check("--baseline", BASELINE)
    assert ran.code == 1
    assert "`Bsh`" in ran.out
    assert "Raed" not in ran.out


def test_more_of_the_same_is_new(project: Project) -> None:
    project.write(A, "Read, Raed\nskills: [x]\nmood: good")
    assert "`mood`" in project.check("--baseline", BASELINE).out
    project.write(B, "Read, Grpe, Grpe, Grpe")
    assert project.check("--baseline", BASELINE).out.count("Grpe") >= 1


def test_findings_that_are_gone_are_counted(project: Project) -> None:
    project.write(A, "Read")
    ran = project.check("--baseline", BASELINE)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"agentls: {BASELINE}: ")
    assert "no longer there" in ran.err
    assert project.check("--baseline", BASELINE, B) == (0, "", "")
    Path(B).unlink()
    gone = project.check("--baseline", BASELINE).err
    assert gone != ran.err
    assert project.check("--baseline", BASELINE, "--update-baseline").err.endswith("accepts 0 findings\n")
    assert json.loads(Path(BASELINE).read_text("utf-8")) == {"version": 1, "findings": {}}


def test_an_update_keeps_what_was_not_checked(project: Project) -> None:
    project.write(A, "Read")
    assert project.check("--baseline", BASELINE, "--update-baseline", A).code == 0
    assert list(json.loads(Path(BASELINE).read_text("utf-8"))["findings"]) == [B]


def test_the_file_is_written_for_reviews(project: Project) -> None:
    data = json.loads(Path(BASELINE).read_text("utf-8"))
    assert list(data["findings"]) == [A, B]
    assert all(set(row) == {"code", "message", "count"} for rows in data["findings"].values() for row in rows)
    before = Path(BASELINE).read_bytes()
    project.check("--baseline", BASELINE, "--update-baseline")
    assert Path(BASELINE).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 2, "findings": {}}', '{"version": 1, "findings": [1]}']
)
def test_what_is_no_baseline(text: str, project: Project) -> None:
    Path(BASELINE).write_text(text, "utf-8")
    ran = project.check("--baseline", BASELINE)
    assert ran.code == 2
    assert f"cannot read the baseline {BASELINE}: " in ran.err


def test_a_baseline_that_is_missing(project: Project) -> None:
    assert "no such file" in project.check("--baseline", "other.json").err
    assert project.check("--update-baseline").code == 2


def test_several_processes_and_other_formats(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentls.cli.file_runs.MIN_FILES_FOR_PROCESSES", 2)
    assert project.check("--baseline", BASELINE, "--jobs", "2") == (0, "", "")
    assert json.loads(project.check("--baseline", BASELINE, "--output-format", "json").out) == []
