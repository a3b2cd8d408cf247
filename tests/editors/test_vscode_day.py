"""An author's day in the real VS Code: broken agents are mended with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

from editors.test_vscode import session

# Faults as authors make them: examples below the description, a colon in it, quotes, names of tools and models.
BROKEN = {
    "examples.md": """\
---
name: api-designer
description: Use this agent to design and to review HTTP interfaces.

Examples:
- <example>
  Context: A new endpoint is needed.
  user: "Add an endpoint for invoices"
  assistant: "I'll use the api-designer agent."
  <commentary>
  The interface comes first.
  </commentary>
  </example>
tools: Glob, Grep, Read, Task, Agent, Bash
model: inherit
---

You design interfaces. Read the existing ones first.
""",
    "colon.md": """\
---
name: database-expert
description: Use this agent for databases. Examples: <example>user: "Why is this query slow?"</example>
model: sonnet
---

You know databases well. Explain each plan before you change it.
""",
    "names.md": """\
---
name: test-writer
description: Use this agent after a change, to write the tests that it lacks.
tools: read, Grep, Bsah
model: sonet
colour: green
---

You write tests. Start with the case that failed.
""",
    "fences.md": """\
---
name: release-notes
description: Use this agent before a release to write its notes.
model: haiku
----

You write release notes for people, not for machines.
""",
    "quotes.md": """\
---
name: copy-editor
description: "Use this agent to edit texts. It answers with "before" and "after"."
---

You edit texts. Keep what the author means.
""",
}


def test_broken_agents_are_mended_with_the_keyboard_alone(tmp_path: Path) -> None:
    files = {f".claude/agents/{name}": text for name, text in BROKEN.items()}
    agents = str(tmp_path / "workspace/.claude/agents")
    found = session("day", tmp_path, "mending", files=files, agents=agents, broken=[*BROKEN]).result
    assert all(found["before"])
    assert found["after"] == [[] for _ in BROKEN]
