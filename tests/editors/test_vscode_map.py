"""The agent map in the real VS Code: it can be seen, and leads to the files."""

from __future__ import annotations

from pathlib import Path

from editors.test_vscode import ROOT, session

TEAM = ROOT / "examples" / "team"


def test_the_map_shows_the_project_and_leads_to_its_files(tmp_path: Path) -> None:
    texts = [path for path in TEAM.rglob("*") if path.is_file()]
    files = {path.relative_to(TEAM).as_posix(): path.read_text("utf-8") for path in texts}
    found = session("map", tmp_path, "map", files=files)
    assert "Agent map of workspace" in found.result["tabs"]
    words = found.steps["map"]
    expected = ("Claude Code agent", "docs-writer", "changelog", "tracker", "run by (1)")
    assert [word for word in expected if word not in words] == []
    assert "docs-writer" in found.result["line"]
