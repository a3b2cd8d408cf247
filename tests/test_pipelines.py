"""Output for services that show findings, and the hooks for pre-commit."""

from __future__ import annotations

import json
import shlex
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
