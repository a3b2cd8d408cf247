"""Names in runtime config files: settings, servers, plugins and marketplaces."""

from __future__ import annotations

import pytest

from agentls.dialects import config_files, loader
from agentls.document.plugins import Plugin
from agentls.project import extract_json
from agentls.project.index import Index
from agentls.project.names import Names

PLUGIN = Plugin("/p", "shop")

SERVERS = """{
\t// What we use every day.
\t"mcpServers": {
\t\t"github": {"command": "npx", "args": ["-y", "@acme/github", "--token", "secret"]},
\t\t"our docs": {"type": "http", "url": "https://me:secret@docs.example/mcp?key=secret"}, /* "no": {} */
\t\t"search": {"command": "find-it", "args": ["--key", "secret"], "env": {"KEY": "secret"}},
\t}
}
"""

SETTINGS = """{
  "agent": "lead",
  "permissions": {
    "allow": ["Bash(git push *)", "Agent(reviewer, shop:tester)", "Skill(commit:*)", "mcp__github__create_issue"],
    "ask": ["mcp__docs"],
    "deny": ["Task(Explore)", "Read(./.env)", "mcp__github__*", "WebFetch"]
  },
  "enabledMcpjsonServers": ["github"],
  "disabledMcpjsonServers": ["search"],
  "allowedMcpServers": [{"serverName": "docs"}, {"serverUrl": "https://docs.example/*"}],
  "hooks": {
    "SubagentStop": [{"matcher": "reviewer|tester", "hooks": [{"type": "command", "command": "./done.sh"}]}],
    "Stop": [{"hooks": [{"type": "mcp_tool", "server": "github", "tool": "close"}]}]
  }
}
"""

OPENCODE = """{
  "default_agent": "lead",
  "agent": {"lead": {"description": "Leads.", "permission": {"task": {"*": "deny", "tester": "allow"}}}},
  "command": {"ship": {"template": "Ship it.", "description": "Ships.", "agent": "lead"}},
  "mcp": {"github": {"type": "local", "command": ["npx", "-y", "@acme/github"]}},
  "permission": {"bash": {"git push *": "ask"}, "edit": "deny", "skill": {"commit": "allow"}}
}
"""


def names_in(path: str, text: str, plugin: Plugin | None = None) -> Names:
    """The names in a file. Checks that every span covers its name."""
    found = extract_json.extract_config_names(path, text, plugin)
    assert found is not None
    for definition in found.definitions:
        assert definition.span.text_in(text) == definition.name
        assert definition.is_entry
    for reference in found.references:
        assert reference.kind == "file" or reference.span.text_in(text) == reference.name
    for permission in found.permissions:
        assert permission.span.text_in(text).startswith(permission.specifier or permission.tool) or (
            permission.span.text_in(text) == f"{permission.tool}({permission.specifier})"
        )
    return found


def definitions_of(found: Names) -> list[str]:
    """The definitions of a file, one line each."""
    return [f"{each.kind} {each.full_name}: {each.description}".rstrip(": ") for each in found.definitions]


def references_of(found: Names) -> list[str]:
    """The references of a file, in the order of the text."""
    return [f"{each.kind} {each.qualifier and each.qualifier + ':'}{each.name}" for each in found.references]


def test_servers_are_defined_without_secrets() -> None:
    found = names_in("/p/.mcp.json", SERVERS)
    assert (found.base_folder, found.plugin, found.main_definition) == ("/p", "", None)
    assert definitions_of(found) == [
        "server github: npx @acme/github",
        "server our docs: https://docs.example/mcp",
        "server search: find-it",
    ]


def test_the_servers_of_a_plugin_belong_to_it() -> None:
    found = names_in(
        "/p/.mcp.json", '{"github": {"command": "gh-mcp"}, "$schema": "x", "other": {"a": 1}}', PLUGIN
    )
    assert definitions_of(found) == ["server shop:github: gh-mcp"]
    assert found.definitions[0].all_names == ("github", "plugin_shop_github")


def test_settings_name_agents_skills_and_servers() -> None:
    assert references_of(names_in("/p/.claude/settings.json", SETTINGS)) == [
        "agent lead",
        "agent reviewer",
        "agent shop:tester",
        "skill commit",
        "server github",
        "server docs",
        "agent Explore",
        "server github",
        "server github",
        "server search",
        "server docs",
        "agent reviewer",
        "agent tester",
        "server github",
    ]


def test_settings_say_what_is_allowed() -> None:
    found = names_in("/p/.claude/settings.local.json", SETTINGS)
    assert [(each.action, each.tool, each.specifier) for each in found.permissions] == [
        ("allow", "Bash", "git push *"),
        ("allow", "Agent", "reviewer, shop:tester"),
        ("allow", "Skill", "commit:*"),
        ("allow", "mcp__github__create_issue", None),
        ("ask", "mcp__docs", None),
        ("deny", "Task", "Explore"),
        ("deny", "Read", "./.env"),
        ("deny", "mcp__github__*", None),
        ("deny", "WebFetch", None),
    ]


def test_a_plugin_refers_to_its_files() -> None:
    text = '{"agents": ["./agents/a.md", "./more/"], "skills": "./skills/", "mcpServers": "./m.json"}'
    found = names_in("/p/.claude-plugin/plugin.json", text, PLUGIN)
    assert references_of(found) == ["file /p/agents/a.md", "file /p/more", "file /p/skills", "file /p/m.json"]
    assert found.references[0].span.text_in(text) == "./agents/a.md"


def test_a_marketplace_refers_to_its_plugins() -> None:
    text = """{"plugins": [
        {"name": "shop", "source": "./plugins/shop", "skills": ["./skills/pay"]},
        {"name": "far", "source": {"source": "github", "repo": "acme/far"}, "agents": "./agents/x.md"}
    ]}"""
    assert references_of(names_in("/p/.claude-plugin/marketplace.json", text, PLUGIN)) == [
        "file /p/plugins/shop",
        "file /p/plugins/shop/skills/pay",
    ]


@pytest.mark.parametrize("path", ["/p/opencode.json", "/p/.opencode/opencode.jsonc", "/p/kilo.jsonc"])
def test_a_configuration_defines_agents_commands_and_servers(path: str) -> None:
    found = names_in(path, OPENCODE)
    assert found.base_folder == "/p"
    assert definitions_of(found) == [
        "agent lead: Leads.",
        "command ship: Ships.",
        "server github: npx @acme/github",
    ]
    assert references_of(found) == ["agent lead", "agent tester", "agent lead", "skill commit"]
    assert [(each.action, each.tool, each.specifier) for each in found.permissions] == [
        ("ask", "bash", "git push *"),
        ("deny", "edit", None),
        ("allow", "skill", "commit"),
    ]


def test_a_server_is_found_by_the_name_in_its_tools() -> None:
    index = Index()
    index.update(names_in("/p/.mcp.json", SERVERS))
    index.update(names_in("/p/x/.mcp.json", SERVERS, Plugin("/p/x", "shop")))
    assert [each.path for each in index.find_definitions("server", "our_docs")] == [
        "/p/.mcp.json",
        "/p/x/.mcp.json",
    ]
    assert [each.path for each in index.find_definitions("server", "plugin_shop_github")] == [
        "/p/x/.mcp.json"
    ]
    index.remove("/p/.mcp.json")
    index.remove("/p/x/.mcp.json")
    assert index.find_definitions("server", "github") == []


@pytest.mark.parametrize(
    "path", ["/p/settings.json", "/p/mcp.json", "/p/package.json", "/p/claude/settings.json", "/p/a.md"]
)
def test_other_files_are_not_extracted(path: str) -> None:
    assert extract_json.extract_config_names(path, SETTINGS) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/p/.mcp.json", SERVERS),
        ("/p/.claude/settings.json", SETTINGS),
        ("/p/opencode.jsonc", OPENCODE),
    ],
)
def test_incomplete_json_has_the_names_before_the_error(path: str, text: str) -> None:
    whole = names_in(path, text)
    known = 0
    for end in range(len(text) + 1):
        found = extract_json.extract_config_names(path, text[:end])
        assert found is not None
        assert {each.span for each in found.references[:-1]} <= {each.span for each in whole.references}
        known = max(known, len(found.definitions) + len(found.references))
        extract_json.extract_config_names(path, text[:end] + text[end + 1 :])
    assert known >= len(whole.definitions) + len(whole.references)


def test_an_unclosed_quote_only_affects_later_entries() -> None:
    text = SETTINGS.replace('"Task(Explore)"', '"Task(')
    found = names_in("/p/.claude/settings.json", text)
    assert references_of(found)[:6] == references_of(names_in("/p/.claude/settings.json", SETTINGS))[:6]
    assert [each.tool for each in found.permissions[:5]] == [
        "Bash",
        "Agent",
        "Skill",
        "mcp__github__create_issue",
        "mcp__docs",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"mcpServers"',
        '{"mcpServers": []}',
        '{"mcpServers": {"": {}, "a": null, "b": "c"}}',
        '{"permissions": {"allow": "Agent("}, "agent": {}}',
        "[" * 5000,
        '{"a":' * 5000,
        '{"agent": "' + "a" * 100_000,
        '\ufeff{"agent": "lead"}',
        '{"agent": "\\ud83d\\ude00 \\ud800", "x": "\x00\x7f"}',
    ],
)
def test_any_text_has_names_or_none(text: str) -> None:
    for file in config_files.config_file_paths():
        assert extract_json.extract_config_names(
            f"/p/{file}", text
        ) is None or extract_json.extract_config_names(f"/p/{file}", text)
        extract_json.extract_config_names(f"/p/{file}", text, PLUGIN)


def test_the_table_is_valid() -> None:
    for file in config_files.config_file_paths():
        located = config_files.locate_config_file(f"/p/{file}", "/p")
        assert located is not None
        assert located.base == "/p"
        dialect = loader.load_dialect(located.companion.dialect)
        assert {runtime.name for runtime in dialect.runtimes} & {*located.companion.runtimes}
        assert located.companion.source.url
