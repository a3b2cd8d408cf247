"""The files of the editing sessions: small projects for several runtimes, whose files refer to one another."""

from __future__ import annotations

AGENT = """\
---
name: {name}
description: Reviews what {other} wrote. Use it after every change.
tools: Read, Grep, Agent({other}), mcp__db__query
model: sonnet
skills: [release]
---

# Task

Ask @agent-{other} or the `{other}` agent, run /deploy, and read [the notes](../../notes.md).

<example>
🧪 é x
</example>
"""

COPILOT = """\
---
name: {name}
description: "Plans: the next step"
tools: ['search', 'edit', 'db/*']
handoffs:
  - label: Go on
    agent: {other}
    prompt: Do it
---

Use #tool:search, and then the {other} agent.
"""

OPENCODE = """\
---
description: Writes docs
mode: subagent
permission:
  edit: deny
  task:
    {other}: allow
---

You write docs. 🧪 Ask @{other}.
"""

SKILL = """\
---
name: release
description: Releases a version. Use it when a release is due.
allowed-tools: Bash(git *), Read
---

# Release

Start `{other}`, see [how](notes.md).
"""

COMMAND = """\
---
description: Deploys
argument-hint: [where]
allowed-tools: Bash(make:*)
---

Deploy to $1 with the {other} agent. !`git status`
"""

RULE = """\
---
paths: ["src/**/*.py"]
---

- Ask the `{other}` agent.
"""

MEMORY = "# Project\n\nUse the `{other}` agent and the release skill. @docs/a.md\n"

FILES = {
    ".claude/agents/lead.md": AGENT.format(name="lead", other="critic"),
    ".claude/agents/critic.md": AGENT.format(name="critic", other="lead"),
    ".claude/agents/team/writer.md": AGENT.format(name="writer", other="critic"),
    ".claude/skills/release/SKILL.md": SKILL.format(other="critic"),
    ".claude/skills/release/notes.md": "# Notes\n\nAsk the `lead` agent.\n",
    ".claude/commands/deploy.md": COMMAND.format(other="writer"),
    ".claude/rules/style.md": RULE.format(other="critic"),
    "CLAUDE.md": MEMORY.format(other="lead"),
    "AGENTS.md": MEMORY.format(other="critic"),
    ".github/agents/planner.agent.md": COPILOT.format(name="planner", other="coder"),
    ".github/agents/coder.agent.md": COPILOT.format(name="coder", other="planner"),
    ".github/prompts/plan.prompt.md": "---\nagent: planner\ntools: [search]\n---\n\nPlan it.\n",
    ".github/instructions/py.instructions.md": "---\napplyTo: '**/*.py'\n---\n\nUse types.\n",
    ".opencode/agents/docs.md": OPENCODE.format(other="helper"),
    ".opencode/agents/helper.md": OPENCODE.format(other="docs"),
    ".gemini/agents/reader.md": "---\nname: reader\ndescription: Reads\ntools: [read_file]\n---\n\nRead.\n",
    ".cursor/rules/a.mdc": "---\ndescription: A\nglobs: src/*.py\nalwaysApply: false\n---\n\nDo.\n",
    "kit/.claude-plugin/plugin.json": '{"name": "kit", "description": "A kit"}\n',
    "kit/agents/tool.md": AGENT.format(name="tool", other="lead"),
    ".mcp.json": '{"mcpServers": {"db": {"command": "db"}}}\n',
    ".claude/settings.json": '{"permissions": {"deny": ["Bash(rm *)", "Agent(writer)"]}}\n',
    "agentls.toml": 'ignore = ["long-description"]\n',
    "notes.md": "Notes.\n",
    "src/a.py": "",
}
"""What a project may have, by path."""

OTHER_TEXTS = {
    ".json": (
        '{"mcpServers": {"db": {"command": "db"}, "web": {"url": "http://localhost"}}}\n',
        '{"name": "box", "agents": "./agents/"}\n',
        '{"name": "kit", "agents": []}\n',
        '{"permissions": {"deny": ["Read", "WebFetch"]}}\n',
        '{"permissions": {"deny": ["Agent(critic)"',
        "",
    ),
    ".toml": (
        'ignore = ["unknown-tool"]\n',
        '[places]\nclaude-code = ["/docs/*.md"]\n',
        '[severity]\nunknown-agent = "error"\n',
        "max-lines = 3\n",
        'ignore = ["unkn',
        "",
    ),
    ".md": (
        AGENT.format(name="critic", other="nobody"),
        AGENT.format(name="auditor", other="lead"),
        OPENCODE.format(other="critic"),
        SKILL.format(other="lead"),
        COMMAND.format(other="critic"),
        "---\nname: broken\ndescription: a: b\n  - c\ntools Read\n---\nText\n",
        "Only text about the `critic` agent.\n",
        "",
    ),
}
"""What the text of a file may become, by the end of its path."""

NEW_PATHS = (
    ".claude/agents/auditor.md",
    ".claude/agents/deep/er/auditor.md",
    ".claude/commands/ops/ship.md",
    ".claude/skills/audit/SKILL.md",
    ".opencode/agents/critic.md",
    ".github/agents/auditor.agent.md",
    "docs/a.md",
    "kit/commands/go.md",
    "kit/hooks/hooks.json",
    "sub/.mcp.json",
    "sub/.claude/agents/lead.md",
    "sub/agentls.toml",
    "node_modules/x/.claude/agents/hidden.md",
)
"""Where files may be created."""

FRAGMENTS = (
    *(
        "\n",
        " ",
        ":",
        "- ",
        "---\n",
        "name: critic\n",
        "tools: Read, Bahs\n",
        "model: opus\n",
        "🧪",
        "é",
        "\t",
    ),
    *(
        "`critic`",
        "@agent-lead",
        "the writer agent",
        "/deploy",
        "lead",
        "critic",
        "[a](b.md)",
        '"',
        "'",
        "[",
        "}",
    ),
    *("<example>", "# Heading\n", "agentls: ignore[unknown-tool]", "description: x\n", "\r\n", "$1", "!`ls`"),
    *(
        "\u2028",
        "\x00",
        "skills: [release]\n",
        "handoffs:\n  - agent: planner\n",
        "permission:\n  edit: ask\n",
    ),
)
"""What the user types or pastes."""
