"""Output for services that show findings, and the hooks for pre-commit."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from agentls.cli.arguments import parse_arguments
from agentls.cli.main import main

AGENT = ".claude/agents/reviewer.md"
TEXT = "---\nname: reviewer\ndescription: Reviews code. Use it often.\ntools: Raed, Raed, Bsh\n---\n\nYou review.\n"
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def call(output: str, text: str) -> str:
        Path(AGENT).parent.mkdir(parents=True, exist_ok=True)
        Path(AGENT).write_text(text, "utf-8")
        main(["check", "--no-cache", "--output-format", output])
        return capsys.readouterr().out

    return call


def gitlab(run: Run, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("gitlab", text))
    return found


def test_a_code_quality_report(run: Run) -> None:
    found = gitlab(run, TEXT)
    unknown = [item for item in found if item["check_name"] == "unknown-tool"]
    assert unknown[0]["location"] == {"path": AGENT, "lines": {"begin": 4, "end": 4}}
    assert {item["severity"] for item in unknown} == {"major"}
    assert all(item["description"] for item in found)
    assert len({item["fingerprint"] for item in found}) == len(found) >= 3


def test_a_finding_that_moves_keeps_its_fingerprint(run: Run) -> None:
    before = gitlab(run, TEXT)
    after = gitlab(run, TEXT.replace("tools:", "# A comment.\n# Another one.\ntools:"))
    assert [item["fingerprint"] for item in before] == [item["fingerprint"] for item in after]
    assert [item["location"] for item in before] != [item["location"] for item in after]


def test_a_test_report(run: Run) -> None:
    root = ElementTree.fromstring(run("junit", TEXT).encode())
    (suite,) = root
    cases = list(suite)
    assert suite.attrib == {"name": AGENT, "tests": str(len(cases)), "failures": str(len(cases))}
    assert all(case.attrib["classname"] == AGENT and case[0].attrib["message"] for case in cases)
    assert any(case.attrib["name"] == "unknown-tool (4:8)" for case in cases)
    assert {case[0].attrib["type"] for case in cases} >= {"warning"}


def test_reports_without_findings(run: Run) -> None:
    good = TEXT.replace("Raed, Raed, Bsh", "Read")
    assert gitlab(run, good) == []
    assert len(ElementTree.fromstring(run("junit", good).encode())) == 0


@pytest.mark.parametrize("char", ["<", "&", '"', "\x01", "\uffff", "##[group]", "]]>"])
def test_any_name_is_valid_xml(char: str, run: Run) -> None:
    written = run("junit", TEXT.replace("Raed", f"Ra{char}ed"))
    assert len(ElementTree.fromstring(written.encode())) == 1
    assert "##[" not in written


def test_the_hooks_of_pre_commit_are_commands() -> None:
    hooks = yaml.safe_load((Path(__file__).parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["agentls", "agentls-format"]
    for hook in hooks:
        program, *arguments = shlex.split(hook["entry"])
        assert program == "agentls"
        assert parse_arguments(arguments).load is not None


ACTION = yaml.safe_load((Path(__file__).parents[1] / "action.yml").read_text("utf-8"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="the Action runs in bash")
@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1)])
def test_the_steps_of_the_action(fail_on: str, code: int, tmp_path: Path, run: Run) -> None:
    run("json", TEXT.replace("Bsh", "Read"))
    programs = tmp_path / "agentls" / "bin"
    programs.mkdir(parents=True)
    (programs / "agentls").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agentls "$@"\n')
    (programs / "agentls").chmod(0o755)
    summary, sarif = tmp_path / "summary.md", tmp_path / "agentls.sarif"
    step = ACTION["runs"]["steps"][1]
    values = {"paths": ".claude docs", "fail-on": fail_on, "sarif-file": str(sarif)}
    assert set(values) == set(ACTION["inputs"])
    (tmp_path / "docs").mkdir()
    named = {f"${{{{ inputs.{name} }}}}": value for name, value in values.items()}
    environment = {
        **os.environ,
        **{variable: named[written] for variable, written in step["env"].items()},
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    assert "::warning file=.claude/agents/reviewer.md,line=4" in ran.stdout
    assert "unknown-tool" in summary.read_text("utf-8")
    assert json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]
