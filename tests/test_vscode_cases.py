"""What VS Code says of agents, prompts, instructions, skills and rules, and whether agentls says something
on the same line.

The recordings lie beside a checkout of the authors, not in the repository.
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

UNSAID = {
    "ag-handoffs-agent-unknown": "which agents there are is a matter of the whole project",
    "cl-model-full-id-flagged": "Claude Code takes full ids, and the file is its own",
    "yaml-open-list": "the finding stands on the line of the bracket, not where the parser gave up",
}
"""Cases in which agentls deliberately reports nothing where VS Code does, with the reason."""

SAID = {
    "gh-clean": "Copilot CLI skips the file for a list of servers, which VS Code does not look at",
    "yaml-open-list": "the finding stands on the line of the bracket, not where the parser gave up",
    "cl-clean-full": "Claude Code has no `permissionMode: delegate` any more, which VS Code still knows",
    "cl-keys-unknown-silent": "VS Code never speaks of keys in files of Claude Code, not even of misspelt ones",
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


def said(case: dict[str, Any]) -> tuple[set[int], set[int]]:
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
    unsaid = lines_of(case, "error", "warning") - said(case)[0]
    assert bool(unsaid) is (case["id"] in UNSAID), unsaid


@pytest.mark.parametrize("case", recorded(), ids=lambda case: str(case["id"]))
def test_no_error_or_warning_where_vscode_has_none(case: dict[str, Any]) -> None:
    strange = said(case)[1] - lines_of(case, "error", "warning", "information", "hint")
    assert bool(strange) is (case["id"] in SAID), strange
