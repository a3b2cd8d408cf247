"""The diagnostics of VS Code for agents, prompts, instructions, skills and rules: agentls has one on the same line.

The recordings are in a folder next to the authors' checkout, not in the repository.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentls.config import Config
from agentls.document.locate import make_document
from agentls.linter.check import check
from agentls.linter.consequence import Severity

CASES = Path(__file__).parents[2] / "shared" / "cases" / "vscode-dev.json"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not beside this checkout")

ONLY_IN_VSCODE = {
    "ag-handoffs-agent-unknown": "the known agents depend on the whole project",
    "cl-model-full-id-flagged": "Claude Code, the owner of the file, accepts full ids",
    "yaml-open-list": "the finding is on the line of the bracket, not where the parser failed",
}
"""Cases in which agentls deliberately reports nothing where VS Code does, with the reason."""

ONLY_IN_AGENTLS = {
    "gh-clean": "Copilot CLI rejects the file for a list of servers, which VS Code does not check",
    "yaml-open-list": "the finding is on the line of the bracket, not where the parser failed",
    "cl-clean-full": "Claude Code removed `permissionMode: delegate`, which VS Code still accepts",
    "cl-keys-unknown-silent": "VS Code never reports keys in files of Claude Code, not even misspelt ones",
    "cl-missing-name-and-description-silent": "Claude Code does not load the file",
}
"""Cases in which agentls deliberately has an error or a warning where VS Code has nothing, with the reason."""


class Beside(NamedTuple):
    """Surroundings that have these files in the document's folder."""

    files: tuple[str, ...]
    project_index: None = None

    def exists(self, path: str) -> bool:
        """Whether the file is one of these files."""
        return path.removeprefix("./") in self.files

    def has_match(self, _: str) -> bool:
        """Assume that a file matches."""
        return True


def recorded() -> list[dict[str, Any]]:
    """The recorded cases."""
    found: list[dict[str, Any]] = json.loads(CASES.read_text("utf-8")) if CASES.exists() else []
    return found


def reported_lines(case: dict[str, Any]) -> tuple[set[int], set[int]]:
    """Return the lines with a diagnostic of agentls, and those with an error or a warning."""
    environment = json.loads(CASES.with_name("vscode-env.json").read_text("utf-8"))
    files = environment["existing_files_next_to_the_file"]
    config = Config(
        tools=tuple(environment["known_tools"]),
        models=tuple(model["name"] for model in environment["models"] if model["tool_calling"]),
    )
    path = case["file_uri"].removeprefix("file:///ws/")
    document = make_document(path, "\n".join(case["input_lines"]), config)
    assert document is not None, path
    found = check(document, config, Beside(tuple(files)))
    lines = [(document.lines.line_number(d.span.start) + 1, d.severity) for d in found]
    return {line for line, _ in lines}, {line for line, severity in lines if severity <= Severity.WARNING}


def lines_of(case: dict[str, Any], *severities: str) -> set[int]:
    """Return the lines on which VS Code has a diagnostic of these severities."""
    return {finding["line"] for finding in case["expect"] if finding["severity"] in severities}


@pytest.mark.parametrize("case", recorded(), ids=lambda case: str(case["id"]))
def test_errors_and_warnings_of_vscode_are_found_on_their_lines(case: dict[str, Any]) -> None:
    missing = lines_of(case, "error", "warning") - reported_lines(case)[0]
    assert bool(missing) is (case["id"] in ONLY_IN_VSCODE), missing


@pytest.mark.parametrize("case", recorded(), ids=lambda case: str(case["id"]))
def test_no_error_or_warning_where_vscode_has_none(case: dict[str, Any]) -> None:
    additional = reported_lines(case)[1] - lines_of(case, "error", "warning", "information", "hint")
    assert bool(additional) is (case["id"] in ONLY_IN_AGENTLS), additional
