"""Code lenses: their positions and titles."""

from __future__ import annotations

import pytest

from agentls.features.code_lens import code_lenses, lens_title, main_definition
from agentls.project.names import Names, PermissionRule
from agentls.text.offsets import Span
from harness import Case, agent, parse_case

PROJECT = """\
An agent that others name.

-- .claude/agents/worker.md --
---
description: Works.
name: worker
{}
---

You work.

-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(worker), Read
---

You lead. Ask `worker`, and the worker agent.

-- .claude/skills/style/SKILL.md --
---
description: How we write.
---

Write plainly.

-- .claude/rules/short.md --
Be short.
"""

HERE = ".claude/agents/worker.md"


def project(line: str = "tools: Read, Grep") -> Case:
    return parse_case(PROJECT.replace("{}", line))


def lens_titles(case: Case, path: str = HERE, known: bool = True) -> list[str]:
    """The titles of the lenses of a file."""
    document, index = case.document(path), case.index
    subjects = code_lenses(document, index if known else None)
    return [lens_title(document, subject, index) for subject in subjects]


def test_the_lenses_of_an_agent() -> None:
    assert lens_titles(project()) == [
        "3 references",
        "tokens: about 2 in the description, 3 in the prompt",
        "Read, Grep",
    ]


def test_a_link_to_the_file_is_a_reference_too() -> None:
    case = project()
    case.files[".claude/agents/lead.md"] += "\nSee [the worker](worker.md).\n"
    assert lens_titles(case)[0] == "4 references"


def test_the_references_are_to_the_name() -> None:
    case = project()
    definition = main_definition(case.document(HERE), case.index)
    assert definition is not None
    assert definition.span.text_in(case.files[HERE]) == "worker"


def test_lenses_are_about_the_runtime_of_the_editor() -> None:
    text = "---\ndescription: Works.\ntools: [task, agent]\n---\n\nYou work.\n"
    document = agent(text, ".github/agents/worker.agent.md")
    titles = [
        lens_title(document, "tools", None, runtime) for runtime in ("", "copilot-cli", "vscode", "none")
    ]
    assert titles == ["task, agent", "task, agent", "agent", "task, agent"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tools: Read, Grep, Glob", "Read, Grep, Glob"),
        ("tools: Read, Grep, Glob, Bash", "Read, Grep and 2 more"),
        ("tools: Read", "Read"),
        ("color: blue", "all tools"),
        ("disallowedTools: Bash", "all tools except Bash"),
        ("tools: []", "no tools"),
        ("tools: Grpe", "no tools"),
        ("tools: Read\nmcpServers:\n  - tracker: {command: x}", "Read, MCP tracker"),
        ("tools: Read, mcp__tracker__*\nmcpServers:\n  - tracker: {command: x}", "Read, MCP tracker"),
        ("tools: mcp__tracker\nmcpServers:\n  - tracker: {command: x}", "MCP tracker"),
    ],
)
def test_the_tools_lens_is_short(line: str, said: str) -> None:
    assert lens_titles(project(line))[-1] == said


def test_denied_tools_are_not_in_the_lens() -> None:
    case = project("tools: Read, Grep, Bash")
    document, index = case.document(HERE), case.index
    assert index is not None
    deny = PermissionRule("deny", "Grep", None, Span(0, 0))
    base = document.identity.base_folder or ".claude/agents"
    index.update(Names(".claude/settings.json", base, "", ("claude-code",), permissions=(deny,)))
    assert lens_title(document, "tools", index) == "Read, Bash"


def test_a_file_that_is_not_loaded_shows_its_status() -> None:
    case = project()
    case.files[HERE] = "---\nname: worker\n---\n\nYou work.\n"
    assert lens_titles(case)[-1] == "not loaded"


def test_a_skill_has_no_tools_lens() -> None:
    assert lens_titles(project(), ".claude/skills/style/SKILL.md") == [
        "no references",
        "tokens: about 4 in the description, 4 in the text",
    ]


def test_instructions_have_no_lenses() -> None:
    assert lens_titles(project(), ".claude/rules/short.md") == []


def test_references_are_only_counted_in_a_known_project() -> None:
    assert len(lens_titles(project(), known=False)) == 2


def test_an_empty_file() -> None:
    document = agent("")
    assert main_definition(document, None) is None
    assert lens_title(document, "references", None) == "no references"
    assert [lens_title(document, subject, None) for subject in code_lenses(document, None)][
        -1
    ] == "not loaded"
