"""The agent map in the real VS Code: it can be seen, and leads to the files."""

from __future__ import annotations

from pathlib import Path

from editors.test_vscode import session

LEAD = """\
---
name: lead
description: Leads the team.
tools: Read, Agent(reviewer)
skills: house-style
---

Then start subagent_type: "ghost".
"""
SKILL = "---\nname: house-style\ndescription: How we write.\n---\n\nPlainly.\n"


def test_the_map_shows_the_project_and_leads_to_its_files(tmp_path: Path) -> None:
    files = {".claude/agents/lead.md": LEAD, ".claude/skills/house-style/SKILL.md": SKILL}
    found = session("map", tmp_path, "map", files=files)
    assert "Agent map of workspace" in found.result["tabs"]
    words = found.steps["map"]
    assert "Claude Code agent" in words
    assert [word for word in ("reviewer", "ghost", "house-style", "Read") if word not in words] == []
    assert found.result["line"] == 'Then start subagent_type: "ghost".'
