"""Agreement with recorded behaviour, if the recordings are available.

They are in a folder next to the authors' checkout, not in the repository. `tests/verdicts` and
`tests/test_reading.py` have cases in the repository for everything that matters.
"""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import truth
from agentls.config import Config
from agentls.document import locate
from agentls.linter.check import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from harness import agent, tools_of

SHARED = Path(__file__).parents[2] / "shared"
CASES = SHARED / "cases" / "claude-load-dev.jsonl"
CORPUS = SHARED / "corpus"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not beside this checkout")


def recorded() -> Iterator[tuple[dict[str, Any], str]]:
    """The recorded cases, each with its text as the runtime decodes it."""
    for line in CASES.read_text("utf-8").splitlines():
        case = json.loads(line)
        content = case["content"]
        if case["encoding"] == "base64":
            content = base64.b64decode(content).decode("utf-8", "replace")
        yield case, content


def test_verdicts_and_descriptions() -> None:
    for case, text in recorded():
        reading = agent(text).reading
        assert reading.loads is case["loads"], case["id"]
        seen = case.get("seen", {}).get("description")
        assert seen is None or reading.description == seen, case["id"]


def test_tool_entries() -> None:
    for case, text in recorded():
        expected = case.get("seen", {}).get("tools", "All tools")
        if not expected.startswith("All tools"):
            assert ", ".join(tools_of(text).entries) == expected, case["id"]


def test_corpus_loads_as_recorded_and_without_a_false_error() -> None:
    with (CORPUS / "claude-loads.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            data = (CORPUS / "claude-agents" / row["path"]).read_bytes()
            document = agent(data.decode("utf-8", "replace"))
            assert document.reading.loads is (row["loads"] == "true"), row["path"]
            if row["starts"] == "normal":
                found = check(document, Config(), NoDisk())
                errors = [(d.code, d.message) for d in found if d.severity == Severity.ERROR]
                assert errors == [], row["path"]


@pytest.mark.parametrize(
    ("folder", "dialect"),
    [
        ("prompts", "copilot-prompt"),
        ("instructions", "copilot-instructions"),
        ("cursor-rules", "cursor-rule"),
        ("commands", "claude-command"),
    ],
)
def test_real_siblings_have_no_error_but_where_yaml_is_broken(folder: str, dialect: str) -> None:
    for path in sorted((CORPUS / folder).rglob("*.md*")):
        text = path.read_bytes().decode("utf-8", "replace")
        document = locate.make_document(path.name, text, Config(), None, dialect)
        assert document is not None
        found = check(document, Config(), NoDisk())
        errors = [d.message for d in found if d.severity == Severity.ERROR and d.code != "invalid-yaml"]
        assert errors == [], path


def test_every_runtime_reads_as_recorded_and_nothing_that_works_has_an_error() -> None:
    for files in truth.read_recordings(SHARED):
        found = truth.compare(files)
        assert files.recorded != (), files.title
        assert found.differing == (), files.title
        assert found.false_errors == (), files.title
