"""The page with the agent map in a real browser. It needs what the tests in VS Code need, except the extension."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agentls.cli import main
from agentls.reports import graph_formats
from agentls.workspace import disk
from editors.real import missing
from editors.test_vscode import CODE, OUTPUT, ROOT, node
from project.test_graph import SPECIAL_NAMES, graph_of_special_names


def seen(page: Path, name: str) -> Any:
    """The state of a page after `name` was searched and selected."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium is not installed")
    if not node(CODE).exists():
        missing("VS Code is not set up (make vscode-test-setup)")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    command = [str(node(CODE)), str(CODE / "map.mjs"), str(page), chromium, str(OUTPUT / "page.png"), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["errors"] == []
    assert found["requests"] == [page.as_uri()], "it loads nothing"
    assert found["closed"]
    return found


def test_an_agent_is_found_with_its_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples" / "team", tmp_path / "team")
    (tmp_path / "team" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "team")
    assert main.main(["graph", "-o", "../map.html"]) == 0
    found = seen(tmp_path / "map.html", "release-man")
    assert found["list"][:2] == ["fixture-builder", "house-stile"], "unresolved names come first"
    assert not found["overlapping"]
    assert all(label["name"] and label["pixels"] >= 8.5 for label in found["labels"]), (
        "all labels are readable"
    )
    for words in ("release-manager", "Prepares a release.", "starts (1)\ndocs-writer", "preloads (2)"):
        assert words in found["card"]
    file = tmp_path / "team/.claude/agents/lead/release-manager.md"
    assert found["links"][0] == f"vscode://file{file}:2"


def test_labels_are_readable_in_a_large_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(500):
        file = tmp_path / f"team-{number % 25}" / ".claude" / "agents" / f"agent-with-a-long-name-{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\nname: {file.stem}\ndescription: Does a thing.\n---\nDo it.\n")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main.main(["graph", "-o", "map.html"]) == 0
    found = seen(tmp_path / "map.html", "499")
    shown = [label for label in found["labels"] if label["name"]]
    assert len(found["labels"]) == 500
    assert all(label["pixels"] >= 8.5 for label in shown)
    boxes = found["boxes"]
    assert len(boxes) == 25
    assert all(box["name"].startswith("team-") and box["pixels"] >= 8.5 for box in boxes)


def test_special_names_are_escaped(tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    page.write_text(
        graph_formats.render_html(graph_of_special_names(), SPECIAL_NAMES[4], disk.read_map_asset), "utf-8"
    )
    found = seen(page, "alert")
    assert sorted(found["list"]) == sorted(" ".join(name.split()) for name in SPECIAL_NAMES)
    assert SPECIAL_NAMES[4] in found["card"]
