"""`agentls convert`: nothing is written without `--write`, and nothing is replaced without `--force`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentls.cli.main import main

READS = "---\nname: reads\ndescription: Reads code.\ntools: Read, Grep, Glob\ncolor: blue\n---\n\nYou read code.\n"
SKILL = "---\nname: x\ndescription: Works.\n---\n\nDo it.\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in {".claude/agents/team/reads.md": READS, ".claude/skills/x/SKILL.md": SKILL}.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    return tmp_path


RESULT = ".github/agents/reads.agent.md"


def test_the_plan_is_printed_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", "--to", "copilot"]) == 0
    printed = capsys.readouterr().out
    assert f".claude/agents/team/reads.md -> {RESULT}" in printed
    assert "`color`" in printed
    assert "--write" in printed
    assert "SKILL" not in printed
    assert not (project / ".github").exists()


def test_files_are_written_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "copilot", "--write"]) == 0
    written = (project / RESULT).read_bytes()
    assert written.endswith(b"tools: [read, search]\n---\n\nYou read code.\n")
    assert main(["convert", "--to", "copilot", "--write", ".claude"]) == 0
    assert "unchanged" in capsys.readouterr().out
    (project / RESULT).write_text("mine", "utf-8")
    assert main(["convert", "--to", "copilot", "--write", ".claude"]) == 1
    assert "--force" in capsys.readouterr().out
    assert (project / RESULT).read_text("utf-8") == "mine"
    assert main(["convert", "--to", "copilot", "--write", "--force", ".claude"]) == 0
    assert (project / RESULT).read_bytes() == written


def test_the_output_folder(project: Path) -> None:
    assert main(["convert", "--to", "droid", "--write", "--output", "new"]) == 0
    assert (project / "new/.factory/droids/reads.md").is_file()


def test_wider_tools_need_an_option(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "cursor", "--write"]) == 1
    assert "--allow-wider-tools" in capsys.readouterr().out
    assert main(["convert", "--to", "cursor", "--write", "--allow-wider-tools"]) == 0
    assert "readonly: true" in (project / ".cursor/agents/reads.md").read_text("utf-8")


def test_equal_results_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".claude/agents/other.md").write_text(READS, "utf-8")
    assert main(["convert", "--to", "copilot"]) == 1
    assert "`.claude/agents/other.md` is converted to the same file" in capsys.readouterr().out


def test_what_the_user_names_is_never_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "copilot", ".claude/skills/x/SKILL.md"]) == 1
    assert "Only agents are converted" in capsys.readouterr().out
    assert main(["convert", "--to", "claude-code", ".claude/agents/team/reads.md"]) == 1
    assert "already" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "copilot", "--output-format", "json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["status"], item["target"]) == ("new", RESULT)
    assert [note["name"] for note in item["notes"]] == ["color"]
    assert item["content"].startswith("---\nname: reads\n")


def test_one_result_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "copilot", "--stdout", ".claude/agents/team/reads.md"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("---\nname: reads\n")
    assert "color" in printed.err


def test_the_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--to", "copilot", "--diff"]) == 0
    assert "-tools: Read, Grep, Glob\n" in capsys.readouterr().out
