"""The capabilities of an agent in its project: tools, servers, and callers."""

from __future__ import annotations

import json

import pytest

from agentls.features.hover import hover
from agentls.project import capabilities
from agentls.project.capabilities import Capabilities
from agentls.project.names import Names, PermissionRule
from agentls.reports import inspection
from agentls.text.offsets import Span
from harness import Case, parse_case

PROJECT = """\
Agents that start each other.

-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(worker, helper), Read
---

You lead.

-- .claude/agents/helper.md --
---
name: helper
description: Helps.
---

You help.

-- .claude/skills/style/SKILL.md --
---
description: How we write.
agent: worker
context: fork
disable-model-invocation: yes
---

Write plainly.
"""

HERE = ".claude/agents/worker.md"
SETTINGS = ".claude/settings.json"


def permission_rule(written: str, action: str = "deny") -> PermissionRule:
    """A permission rule from its text."""
    tool, parenthesis, rest = written.partition("(")
    assert action in ("deny", "ask", "allow")
    return PermissionRule(
        action,  # type: ignore[arg-type]
        tool,
        rest.removesuffix(")") if parenthesis else None,
        Span(0, 0),
    )


def project(*lines: str, path: str = HERE) -> Case:
    """The project, with an agent `worker` that has further lines."""
    case = parse_case(PROJECT)
    case.files[path] = "\n".join(
        ("---", "name: worker", "description: Works.", *lines, "---", "", "You work.", "")
    )
    return case


def capabilities_of(
    case: Case, *rules: PermissionRule, path: str = HERE, home: str = "", at: str = SETTINGS
) -> Capabilities | None:
    """The capabilities of the agent by its first reader, with permission rules in the settings."""
    index = case.index
    assert index is not None
    index.user_folder = home
    base = case.document(path).identity.base_folder or path.rpartition("/")[0]
    index.update(Names(at, home or base, "", ("claude-code",), permissions=rules))
    return inspection.inspect_document(case.document(path), index).reports[0].capabilities


def descriptions_of(case: Case, *rules: PermissionRule, path: str = HERE) -> list[str]:
    """The rows that describe these capabilities."""
    found = capabilities_of(case, *rules, path=path)
    assert found is not None
    return [
        f"{label}: {text}"
        for label, text, _ in capabilities.describe_capabilities(found, lambda name: f"`{name}`")
    ]


def test_referring_names_are_listed() -> None:
    assert descriptions_of(project("tools: Read")) == ["used by: `lead`, `style`"]


def test_tools_that_settings_remove() -> None:
    case = project("tools: Read, Bash, WebFetch")
    found = capabilities_of(
        case,
        permission_rule("Bash"),
        permission_rule("WebFetch(domain:example.org)"),
        permission_rule("Write"),
    )
    assert found is not None
    assert found.tools == ("Read", "WebFetch")
    assert descriptions_of(
        case,
        permission_rule("Bash"),
        permission_rule("WebFetch(domain:example.org)"),
        permission_rule("Write"),
    )[:2] == [
        "denied: `Bash` (rule `Bash` in `.claude/settings.json`)",
        "restricted: `WebFetch` (rule `WebFetch(domain:example.org)` in `.claude/settings.json`)",
    ]


@pytest.mark.parametrize("written", ["Bash", "Bash(*)", "Bash()"])
def test_a_rule_for_all_uses_removes_the_tool(written: str) -> None:
    found = capabilities_of(project("tools: Read, Bash"), permission_rule(written))
    assert found is not None
    assert (found.tools, found.restricted) == (("Read",), ())


@pytest.mark.parametrize("action", ["ask", "allow"])
def test_only_deny_rules_remove_tools(action: str) -> None:
    found = capabilities_of(project("tools: Read, Bash"), permission_rule("Bash", action))
    assert found is not None
    assert found.tools == ("Read", "Bash")


def test_denied_tools_are_removed_from_all_tools() -> None:
    found = capabilities_of(project(), permission_rule("Task"), permission_rule("mcp__tracker"))
    assert found is not None
    assert found.tools is None
    assert [ruling.name for ruling in found.denied] == ["Agent", "mcp__tracker"]


@pytest.mark.parametrize("written", ["Agent(worker)", "Task(worker)", "Agent"])
def test_an_agent_that_is_denied(written: str) -> None:
    words = descriptions_of(project("tools: Read"), permission_rule(written))
    assert f"blocked: other agents (rule `{written}` in `.claude/settings.json`)" in words


def test_a_rule_for_another_agent_denies_nothing_here() -> None:
    assert descriptions_of(project("tools: Read"), permission_rule("Agent(helper)")) == [
        "used by: `lead`, `style`"
    ]
    found = capabilities_of(project("tools: Read, Agent"), permission_rule("Agent(helper)"))
    assert found is not None
    assert [(ruling.name, ruling.rule) for ruling in found.restricted] == [("Agent", "Agent(helper)")]


def test_settings_in_the_user_folder_apply_everywhere() -> None:
    case = project("tools: Read, Bash")
    found = capabilities_of(
        case, permission_rule("Bash"), home="/home/me", at="/home/me/.claude/settings.json"
    )
    assert found is not None
    assert found.tools == ("Read",)
    index = case.index
    assert index is not None
    index.update(
        Names(
            "other/.claude/settings.json",
            "other",
            "",
            ("claude-code",),
            permissions=(permission_rule("Bash"),),
        )
    )
    kept = inspection.inspect_document(case.document(HERE), index).reports[0].capabilities
    assert kept is not None
    assert kept.tools == ("Read", "Bash")


def test_settings_of_a_parent_folder_apply_to_some_sessions() -> None:
    path = "/p/part/.claude/agents/worker.md"
    case = project("tools: Read, Bash", path=path)
    index = case.index
    assert index is not None
    index.update(
        Names("/p/.claude/settings.json", "/p", "", ("claude-code",), permissions=(permission_rule("Bash"),))
    )
    found = inspection.inspect_document(case.document(path), index).reports[0].capabilities
    assert found is not None
    assert found.tools == ("Read", "Bash")
    (said,) = found.notes
    assert "`p/.claude/settings.json` apply depends on the folder" in said


SERVER = "mcpServers:\n  - tracker: {command: tracker}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((SERVER,), "MCP servers: `tracker` (defined in this file, all tools)"),
        ((SERVER, "tools: mcp__tracker__*"), "MCP servers: `tracker` (defined in this file, all tools)"),
        ((SERVER, "tools: mcp__tracker"), "MCP servers: `tracker` (defined in this file, all tools)"),
        (
            (SERVER, "tools: Read, mcp__tracker__get"),
            "MCP servers: `tracker` (defined in this file, all tools)",
        ),
        ((SERVER, "tools: Read"), "MCP servers: `tracker` (defined in this file, all tools)"),
    ],
)
def test_servers(lines: tuple[str, ...], expected: str) -> None:
    assert expected in descriptions_of(project(*lines))


@pytest.mark.parametrize("written", ["mcp__tracker", "mcp__tracker__*"])
def test_a_server_that_is_denied(written: str) -> None:
    found = capabilities_of(project(SERVER, "tools: Read, mcp__tracker__get"), permission_rule(written))
    assert found is not None
    assert (found.servers, found.tools) == ((), ("Read",))


@pytest.mark.parametrize("written", ["mcp__tracker", "mcp__tracker__*", "mcp__*"])
def test_a_server_that_the_agent_denies_itself(written: str) -> None:
    found = capabilities_of(project(SERVER, f"disallowedTools: {written}"))
    assert found is not None
    assert found.servers == ()


@pytest.mark.parametrize(
    "servers",
    [
        "mcpServers: {tracker: {command: tracker}}",
        "mcpServers:\n  - tracker: {command: tracker}\n    wiki: {command: wiki}",
    ],
    ids=["mapping", "two in one item"],
)
def test_servers_that_are_never_started(servers: str) -> None:
    found = capabilities_of(project(servers))
    assert found is not None
    assert found.servers == ()


def test_a_tool_of_a_server_that_is_listed_as_a_whole() -> None:
    found = capabilities_of(
        project(SERVER, "tools: mcp__tracker__*"),
        permission_rule("mcp__tracker__get"),
        permission_rule("mcp__other__get"),
    )
    assert found is not None
    assert [ruling.name for ruling in found.denied] == ["mcp__tracker__get"]
    assert [server.tools for server in found.servers] == [None]


def test_a_tool_of_a_server_that_is_denied() -> None:
    found = capabilities_of(
        project(SERVER, "tools: mcp__tracker__get, mcp__tracker__put"), permission_rule("mcp__tracker__get")
    )
    assert found is not None
    assert [ruling.name for ruling in found.denied] == ["mcp__tracker__get"]
    assert [server.tools for server in found.servers] == [None]


def test_a_skill_that_only_users_start() -> None:
    path = ".claude/skills/style/SKILL.md"
    assert descriptions_of(project("skills: style"), path=path) == [
        "blocked: other agents (`disable-model-invocation: yes`)",
        "used by: `worker`",
    ]


def test_a_copilot_agent_that_users_cannot_start() -> None:
    path = ".github/agents/worker.agent.md"
    words = descriptions_of(project("user-invocable: false", path=path), path=path)
    assert words[0] == "blocked: users (`user-invocable: false`)"


def test_settings_of_one_product_do_not_apply_to_another() -> None:
    path = ".github/agents/worker.agent.md"
    found = capabilities_of(project("tools: [read]", path=path), permission_rule("read"), path=path)
    assert found is not None
    assert (found.tools, found.denied) == (("read",), ())


def test_an_agent_that_is_not_loaded_has_no_capabilities() -> None:
    case = project()
    case.files[HERE] = "---\nname: worker\n---\n"
    assert capabilities_of(case) is None


def test_hover_and_inspection_show_capabilities() -> None:
    case = project("tools: Read, Bash")
    index = case.index
    assert index is not None
    base = case.document(HERE).identity.base_folder or ".claude/agents"
    index.update(Names(SETTINGS, base, "", ("claude-code",), permissions=(permission_rule("Bash"),)))
    card = hover(case.document(HERE), 0, index)
    assert card is not None
    assert "- Tools: `Read`\n- Denied: `Bash` (rule `Bash` in `.claude/settings.json`)\n" in card.markdown
    found = inspection.inspect_document(case.document(HERE), index)
    text = inspection.strip_styles(inspection.render_text(found))
    assert "  tools        Read\n  denied       Bash (rule Bash in .claude/settings.json)\n" in text
    assert "  used by      lead, style\n" in text
    data = json.loads(json.dumps(inspection.inspection_data(found)))["readings"][0]["effective"]
    assert data == {
        "tools": ["Read"],
        "servers": [],
        "denied": [{"name": "Bash", "rule": "Bash", "path": SETTINGS}],
        "limited": [],
        "refused": [],
        "named_by": ["lead", "style"],
        "bars": [],
        "unknown": [],
    }


def test_no_capabilities_without_a_project() -> None:
    case = project("tools: Read")
    assert (
        inspection.inspection_data(inspection.inspect_document(case.document(HERE)))["readings"][0][
            "effective"
        ]
        is None
    )
