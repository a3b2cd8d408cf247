"""The view Agents and the pages in the real VS Code: what they show, that they follow, and where they lead."""

from __future__ import annotations

from pathlib import Path

from editors.test_vscode import AGENT, session


def test_the_view_and_the_page_show_the_project_and_lead_to_it(tmp_path: Path) -> None:
    files = {
        ".claude/agents/broken.md": "---\nname: broken\ndescription: Breaks.\nnot indented\n---\n\nYou break.\n",
        ".claude/agents/gone.md": AGENT.replace("reviewer", "gone").replace("Bahs", "Bash"),
        ".claude/agents/check/lead.md": AGENT.replace("reviewer", "lead").replace("Bahs", "Bash"),
        ".opencode/agents/helper.md": "---\ndescription: Helps.\nmode: subagent\n---\n\nYou help.\n",
    }
    found = session("views", tmp_path, "views", files=files)
    rows = found.steps["tree"].split("\n")
    assert [row for row in rows if row in ("Claude Code", "OpenCode")] == ["Claude Code", "OpenCode"]
    assert "4, 1 not loaded · .claude/agents" in found.steps["tree"]
    expected = ("broken", "gone", "reviewer", "lead", "helper")
    assert [name for name in expected if not any(row.startswith(name) for row in rows)] == []
    assert "loads this file" in found.steps["treeInspects"]
    assert "Bahs" not in found.steps["pageFollows"]
    assert "broken.md:4" in found.result["lines"]
    assert found.result["renamed"].startswith("---\nname: critic\n")
