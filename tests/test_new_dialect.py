"""A new dialect is one YAML file, one line in the table of places, and one fixture: here is one.

The package is copied, the three are added, and the copy runs in separate processes: the tests of all dialects, the
command line, and requests of an editor.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import agentls

TESTS = Path(__file__).parent

TABLE = """\
# What Lotus accepts in an agent file.

name: lotus
title: Lotus agent

sources:
  observed: {title: "observed in Lotus 1.2", date: 2026-11-20, confidence: observed}

runtimes:
  lotus:
    title: Lotus
    version: "1.2"
    strategy: strict-yaml
    required: [description]

new_file_snippet: agent

keys:
  name: {profile: agent-name, default_effect: the name of the file, source: observed}
  description: {profile: agent-description, required: true, source: observed}
  tools: {profile: agent-tools, source: observed}
  mood:
    type: enum
    schema: words
    summary: How the agent answers.
    source: observed
    values:
      calm: {summary: In few words., source: observed}
      eager: {summary: In many words., source: observed}

tools:
  look: {summary: Reads a file., source: observed}
  touch: {summary: Writes a file., source: observed}
"""

PLACE = "- lotus: {folder: .lotus/agents, source: observed}\n"

FIXTURE = """\
Lotus ignores unknown keys and values, and loads no file without a description.

-- .lotus/agents/good.md --
---
name: good
description: Reviews code. Use it after every change.
tools: look, touch
mood: calm
---

You review code.
-- .lotus/agents/bad.md --
---
description: Writes documentation. Use it for every new module.
tools: look, tuch
             ^^^^ unknown-tool: `touch`
mood: angry
      ^^^^^ invalid-value
petals: red
^^^^^^ unknown-key
---

You review code.
-- .lotus/agents/without.md --
---
^^^ missing-description: Lotus
name: without
---

You review code.
"""

EDITOR = """\
from agentls.config import Config
from agentls.document.locate import make_document
from agentls.features.completion import complete
from agentls.features.hover import hover
text = "---\\nname: a\\ndescription: Reviews code. Use it often.\\nmood: \\n---\\nBody.\\n"
document = make_document(".lotus/agents/a.md", text, Config())
print(*(item.label for item in complete(document, text.index("mood: ") + 6, snippets=True).items))
print(hover(document, text.index("mood")).markdown)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with the new dialect, and of the tests of all dialects with its fixture."""
    root = tmp_path_factory.mktemp("copy")
    package, tests = root / "src" / "agentls", root / "tests"
    shutil.copytree(Path(agentls.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "dialects" / "tables" / "lotus.yaml").write_text(TABLE)
    with (package / "dialects" / "tables" / "places.yaml").open("a") as places:
        places.write(PLACE)
    (tests / "fixtures" / "rules").mkdir(parents=True)
    (tests / "fixtures" / "rules" / "lotus.md").write_text(FIXTURE)
    for name in (
        "conftest.py",
        "harness.py",
        "test_dialects.py",
        "features/test_completion_items.py",
        "test_rules.py",
    ):
        (tests / name).parent.mkdir(exist_ok=True)
        shutil.copy(TESTS / name, tests / name)
    agent = root / "project" / ".lotus" / "agents" / "bad.md"
    agent.parent.mkdir(parents=True)
    agent.write_text("---\nname: bad\npetals: red\n---\nBody.\n")
    return root


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project of the copy, on the copied package; what tests take from the fuzzer is not copied."""
    path = os.pathsep.join((str(copy / "src"), str(TESTS.parent)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy / "project",
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_tests_of_all_dialects_cover_it(copy: Path) -> None:
    tests = [
        str(copy / "tests" / name)
        for name in ("test_dialects.py", "features/test_completion_items.py", "test_rules.py")
    ]
    result = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA", "-k", "lotus", *tests)
    assert result.returncode == 0, result.stdout
    assert "test_items_pass_the_checks[lotus]" in result.stdout
    assert "[lotus" in result.stdout.partition("test_rules.py")[2]


def test_the_command_line_supports_it(copy: Path) -> None:
    checked = run(copy, "-m", "agentls", "check", "--output-format", "json")
    assert checked.returncode == 1
    assert {"missing-description", "unknown-key"} <= {row["code"] for row in json.loads(checked.stdout)}
    inspected = run(copy, "-m", "agentls", "inspect", ".lotus/agents/bad.md").stdout
    assert "Lotus" in inspected
    assert "`description` is missing" in inspected
    listed = run(copy, "-m", "agentls", "dialects", "lotus").stdout
    assert ".lotus/agents/*.md" in listed
    assert "mood" in listed


def test_an_editor_gets_completion_and_hover(copy: Path) -> None:
    values, page = run(copy, "-c", EDITOR).stdout.split("\n", 1)
    assert values.split() == ["calm", "eager"]
    assert "How the agent answers." in page
