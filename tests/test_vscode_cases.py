"""What VS Code says of agent files, and whether agentls says something on the same line.

The recordings lie beside a checkout of the authors, not in the repository. Files in formats that
are not known yet do not count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentls.check import check
from agentls.config import Config
from agentls.project import open_document

CASES = Path(__file__).parents[2] / "shared" / "cases" / "vscode-dev.json"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not beside this checkout")

DELIBERATE = {
    "ag-handoffs-agent-unknown": "which agents there are is a matter of the whole project",
    "cl-model-full-id-flagged": "Claude Code takes full ids, and the file is its own",
    "sk-name-folder": "runtimes take the name as it is; the standard alone wants that of the folder",
    "sk-name-missing": "the name of the folder stands in for it",
    "yaml-open-list": "the finding stands on the line of the bracket, not where the parser gave up",
}
"""Cases that differ on purpose, with the reason."""


def expected() -> dict[tuple[str, int], bool]:
    """The errors and warnings of VS Code by case and line, and whether agentls finds something there."""
    environment = json.loads(CASES.with_name("vscode-env.json").read_text("utf-8"))
    config = Config(
        tools=tuple(environment["known_tools"]),
        models=tuple(model["name"] for model in environment["models"] if model["tool_calling"]),
    )
    files = environment["existing_files_next_to_the_file"]
    found: dict[tuple[str, int], bool] = {}
    for case in json.loads(CASES.read_text("utf-8")):
        lines = _lines(case, config, files)
        for finding in case["expect"] if lines is not None and case["id"] not in DELIBERATE else ():
            if finding["severity"] in ("error", "warning"):
                found[case["id"], finding["line"]] = finding["line"] in (lines or ())
    return found


def _lines(case: dict[str, Any], config: Config, files: list[str]) -> set[int] | None:
    """The lines on which agentls has something to say, or `None` for a format that it does not know."""
    path = case["file_uri"].removeprefix("file://")
    document = open_document(path, "\n".join(case["input_lines"]), config)
    if document is None:
        return None
    found = check(document, config, lambda path: path.removeprefix("./") in files)
    return {document.lines.line_at(diagnostic.span.start) + 1 for diagnostic in found}


def test_what_vscode_finds_is_found_on_its_line() -> None:
    found = expected()
    missing = [key for key, there in found.items() if not there]
    assert len(missing) <= len(found) * 0.05, missing
