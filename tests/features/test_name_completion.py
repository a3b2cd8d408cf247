"""Completion of names: the agents, skills and servers of a project."""

from __future__ import annotations

import re
import time

import pytest

from agentls.features import name_completion
from agentls.features.completion import CompletionList, complete
from agentls.features.completion_items import snippet_text
from agentls.linter.consequence import Severity
from agentls.project import extract
from agentls.project.index import Index
from agentls.text.offsets import apply_edits
from harness import CURSOR, Case, agent, at_cursor, parse_case

PROJECT = """\
A project with agents, skills, a command and servers.

-- .claude/agents/planner.md --
---
name: planner
description: Plans the work.
tools: Read, mcp__tracker__create_issue
---

You plan.

-- .claude/agents/ui-designer.md --
---
name: ui-designer
description: Designs what people see.
---

You design.

-- .claude/agents/broken.md --
---
name: broken
---

It has no description, so it does not load.

-- .claude/agents/with-server.md --
---
name: with-server
description: Has a server of its own.
mcpServers:
  - tracker: {command: tracker}
---

You track.

-- .claude/skills/house-style/SKILL.md --
---
description: How we write.
---

Write plainly.

-- .claude/commands/release.md --
---
description: Makes a release.
---

Make a release.

-- .github/agents/octo.agent.md --
---
name: Octo
description: Works on github.com.
---

You work.
"""

HERE = ".claude/agents/case.md"


def project(text: str, path: str = HERE) -> tuple[Case, int]:
    """The project with one more file, and the offset of the cursor in it."""
    case = parse_case(PROJECT)
    case.files[path], offset = at_cursor(text)
    return case, offset


def completions(text: str, path: str = HERE) -> CompletionList:
    case, offset = project(text, path)
    return complete(case.document(path), offset, snippets=True, index=case.index)


def labels(text: str, path: str = HERE, kinds: str = "agent skill command server") -> list[str]:
    """The names among the items at the cursor mark."""
    return [item.label for item in completions(text, path).items if item.kind in kinds.split()]


def apply_item(text: str, label: str, path: str = HERE) -> str:
    """`text` after the item `label` is inserted."""
    (item,) = (item for item in completions(text, path).items if item.label == label)
    return snippet_text(apply_edits(text.replace(CURSOR, "", 1), [item.edit]))


def block(*lines: str, body: str = "You work.") -> str:
    return "\n".join(("---", "name: case", "description: Does it.", *lines, "---", "", body, ""))


BUILT_IN = {"general-purpose", "Explore", "Plan", "claude", "statusline-setup", "claude-code-guide"}
AGENTS = ["planner", "ui-designer", "with-server"]


@pytest.mark.parametrize(
    "line",
    [
        "tools: Read, Agent(<|>)",
        "tools: Read, Agent(pl<|>",
        "tools: [Read, Agent(<|>)]",
        "tools:\n  - Agent(<|>)",
    ],
)
def test_agents_in_the_parentheses_of_a_tool(line: str) -> None:
    offered = labels(block(line))
    assert [label for label in offered if label not in BUILT_IN] == AGENTS
    assert set(offered) >= BUILT_IN


def test_an_agent_has_one_item() -> None:
    assert labels(block("tools: Agent(planner, <|>)"))[:2] == ["ui-designer", "with-server"]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("skills: <|>", "skills: house-style"),
        ("skills: hou<|>", "skills: house-style"),
        ("skills: a, <|>", "skills: a, house-style"),
        ("skills: [<|>]", "skills: [house-style]"),
        ("skills: [a, ho<|>]", "skills: [a, house-style]"),
        ("skills:\n  <|>", "skills:\n  - house-style"),
        ("skills:\n  - <|>", "skills:\n  - house-style"),
        ("skills:\n  - a\n  - 'h<|>", "skills:\n  - a\n  - 'house-style'"),
        ("skills:\n  -<|>", "skills:\n  - house-style"),
    ],
)
def test_skills_below_their_key(line: str, result: str) -> None:
    assert labels(block(line), kinds="skill agent") == ["house-style"]
    assert apply_item(block(line), "house-style") == block(result)


def test_listed_names_are_not_items() -> None:
    assert labels(block("skills: [house-style, <|>]"), kinds="skill") == []
    assert labels(block("skills:\n  - house-style\n  - <|>"), kinds="skill") == []


def test_names_are_not_completed_as_keys() -> None:
    assert labels(block("skills:\n  - x\n<|>")) == []


@pytest.mark.parametrize("line", ["agents: <|>", "agents: [<|>]", "agents:\n  - <|>"])
def test_copilot_also_reads_claude_code_agents(line: str) -> None:
    text = block(line).replace("name: case", "name: Case")
    assert labels(text, ".github/agents/case.agent.md") == ["Octo", *AGENTS]


def test_the_definition_that_shadows_another() -> None:
    lines = "handoffs:\n  - label: Go\n    prompt: Go on.\n    agent: <|>"
    assert labels(block(lines), ".github/agents/case.agent.md") == ["Octo", *AGENTS]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Ask @<|> first.", "Ask @agent-planner first."),
        ("Ask @pl<|>", "Ask @agent-planner"),
        ("Ask @agent-p<|>lan", "Ask @agent-planner"),
    ],
)
def test_a_mention(text: str, result: str) -> None:
    offered = labels(block(body=text))
    assert offered[:3] == [f"@agent-{name}" for name in AGENTS]
    assert apply_item(block(body=text), "@agent-planner") == block(body=result)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('Start it with subagent_type: "<|>"', 'Start it with subagent_type: "planner"'),
        ('Start it with subagent_type="<|>', 'Start it with subagent_type="planner"'),
        ("Use Agent(<|>)", "Use Agent(planner)"),
        ("Use Agent(<|>", "Use Agent(planner)"),
        ('Use Task("pl<|>", now)', 'Use Task("planner", now)'),
        ('Use Task("pl<|>', 'Use Task("planner")'),
        ("Ask `<|>` first", "Ask `planner` first"),
        ("Ask `x` or `pl<|>` first", "Ask `x` or `planner` first"),
    ],
)
def test_names_in_calls_of_agents(text: str, result: str) -> None:
    assert [label for label in labels(block(body=text), kinds="agent") if label not in BUILT_IN] == AGENTS
    assert apply_item(block(body=text), "planner") == block(body=result)


def test_skills_and_commands_in_the_prompt() -> None:
    assert labels(block(body="Use Skill(<|>)")) == ["house-style", "release"]
    own, *built_in = labels(block(body="Run `/<|>`")), "clear", "compact"
    assert own[:2] == ["house-style", "release"]
    assert {*built_in} < {*own}
    assert set(labels(block(body="Use `<|>`"))) == {*AGENTS, "house-style"}


@pytest.mark.parametrize(
    "text",
    ["Ask <|>", "me@<|>", "`x` and <|>", "`@<|>`", "Task <|>", "Use Read(<|>)", "a/@<|>"],
)
def test_no_names_elsewhere_in_the_prompt(text: str) -> None:
    assert [label for label in labels(block(body=text)) if label.startswith("@")] == []
    if "`@" not in text:
        assert labels(block(body=text)) == []


def test_no_mentions_in_a_runtime_without_them() -> None:
    assert labels(block(body="Ask @<|>"), ".github/agents/case.agent.md") == []


def test_a_server_of_another_agent_is_not_an_item() -> None:
    assert labels(block("mcpServers:\n  - <|>")) == []


def test_a_server_of_the_agent_has_tool_items() -> None:
    text = block("mcpServers:\n  - tracker: {command: tracker}", "tools: Read, <|>")
    found = {item.label: item.kind for item in completions(text).items if item.label.startswith("mcp__")}
    assert found == {"mcp__tracker__*": "server", "mcp__tracker__create_issue": "tool"}


def test_names_in_a_plugin_are_qualified() -> None:
    case = parse_case(
        "-- .claude-plugin/plugin.json --\n"
        '{"name": "kit"}\n'
        "-- agents/one.md --\n---\nname: one\ndescription: One.\n---\n\nYou.\n"
        "-- agents/deep/two.md --\n---\nname: two\ndescription: Two.\n---\n\nYou.\n"
    )
    case.files["agents/one.md"], offset = at_cursor(block("tools: Agent(<|>)"))
    found = complete(case.document("agents/one.md"), offset, snippets=True, index=case.index)
    assert [item.label for item in found.items if item.label not in BUILT_IN] == ["kit:deep:two"]


def test_a_name_item_has_the_documentation_of_its_definition() -> None:
    case, offset = project(block(body="Ask @<|>"))
    assert case.index is not None
    (item,) = (
        item
        for item in complete(case.document(HERE), offset, snippets=True, index=case.index).items
        if item.label == "@agent-planner"
    )
    assert item.detail == "Plans the work."
    page = name_completion.name_documentation(
        case.document(HERE), case.index, item.label, item.parent, case.document
    )
    assert page == (
        "**`planner`** (Claude Code agent)\n\nPlans the work.\n\n"
        "- Defined in `planner.md`\n- Tools: `Read`, `mcp__tracker__create_issue`\n"
        "- Model: not set (model of the session)"
    )


PLACES = [
    (HERE, block("tools: Read, Agent(<|>)")),
    (HERE, block("tools: Read, <|>", "mcpServers:\n  - tracker: {command: tracker}")),
    (HERE, block("skills: <|>")),
    (HERE, block("skills:\n  - <|>")),
    (HERE, block(body="Ask @<|>.")),
    (HERE, block(body='Start subagent_type: "<|>".')),
    (HERE, block(body="Use `<|>`.")),
    (HERE, block(body="Use Skill(<|>).")),
    (".github/agents/case.agent.md", block("tools: [agent]", "agents: [<|>]")),
    (
        ".github/agents/case.agent.md",
        block("tools: [agent]", "handoffs:\n  - label: Go\n    prompt: Go on.\n    agent: <|>"),
    ),
]


@pytest.mark.parametrize(("path", "text"), PLACES, ids=range(len(PLACES)))
def test_items_pass_the_checks_and_have_the_intended_value(path: str, text: str) -> None:
    names = [
        label for label in labels(text, path) if label not in BUILT_IN | {f"@agent-{b}" for b in BUILT_IN}
    ]
    assert names
    for label in names:
        case, _ = project(text, path)
        case.files[path] = apply_item(text, label, path)
        found = [d for d in case.diagnostics(path) if d.severity <= Severity.WARNING]
        assert [(d.code, d.message) for d in found] == []
        assert case.index is not None
        own = case.index.get(path)
        assert own is not None
        bare = re.sub(r"@agent-|^mcp__|__\*$", "", label)
        (reference,) = (each for each in own.references if each.name == bare)
        assert case.index.resolve(reference, own)


# --- very many --------------------------------------------------------------------------------


def large_project(text: str, count: int = 5000) -> tuple[Index, int]:
    index = Index()
    for number in range(count):
        other = f"---\nname: agent-{number:04d}\ndescription: Does it.\n---\n\nYou.\n"
        index.update(extract.extract_names(agent(other, f".claude/agents/a{number}.md")))
    text, offset = at_cursor(text)
    index.update(extract.extract_names(agent(text)))
    return index, offset


def test_many_names_are_filtered_by_the_typed_text() -> None:
    text = block("tools: Agent(g42<|>)")
    index, offset = large_project(text)
    document = agent(text.replace(CURSOR, ""))
    found = complete(document, offset, snippets=True, index=index)
    assert found.is_incomplete
    fitting = [item.label for item in found.items if item.kind == "agent" and item.label not in BUILT_IN]
    assert len(fitting) == len(
        [n for n in range(5000) if re.search("4.*2", f"{n:04d}")][: name_completion.MAX_ITEMS]
    )
    assert all(re.fullmatch(r"agent-\d*4\d*2\d*", label) for label in fitting)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        complete(document, offset, snippets=True, index=index)
        times.append(time.perf_counter() - start)
    assert sorted(times)[-2] < 0.1, "far above what it takes, for slow machines"


def test_a_list_of_names_is_limited() -> None:
    assert not completions(block("tools: Agent(<|>)")).is_incomplete


def test_no_names_without_a_project() -> None:
    text, offset = at_cursor(block(body="Ask @<|>"))
    assert complete(agent(text), offset, snippets=True).items == []
