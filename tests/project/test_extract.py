"""References in frontmatter, and paths in prompts. References in prose have their own tests."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agentls.document.document import Document
from agentls.project import extract
from agentls.project.names import Names, Reference
from harness import agent


def names_in(document: Document) -> Names:
    """The names in a document. Checks that every span covers its name."""
    found = extract.extract_names(document)
    for reference in found.references:
        written = reference.span.text_in(document.text)
        assert written == reference.name or reference.kind == "file"
        if reference.qualifier:
            assert document.text[: reference.span.start].endswith(f"{reference.qualifier}:")
    return found


def references_in(text: str, path: str = ".claude/agents/case.md") -> list[str]:
    """The references of a file, in the order of the text."""
    return [_shown(each) for each in names_in(agent(dedent(text), path)).references]


def _shown(reference: Reference) -> str:
    return f"{reference.kind} {reference.qualifier and reference.qualifier + ':'}{reference.name}"


def test_links_are_relative_to_the_folder_of_the_file_or_to_the_project() -> None:
    text = """\
        ---
        name: pay
        description: Takes payments.
        ---

        Read [the rules](references/rules.md#refunds) first, and ![this](<./a%20b.png>).
        See [elsewhere](https://example.com/x.md), [here](#below), [a name](name) and [it][it].

        [it]: ../SKILL.md
        """
    assert references_in(text, "/p/.claude/skills/pay/SKILL.md") == [
        "file /p/.claude/skills/pay/references/rules.md",
        "file /p/references/rules.md",
        "file /p/.claude/skills/pay/a b.png",
        "file /p/a b.png",
        "file /p/.claude/skills/SKILL.md",
        "file /SKILL.md",
    ]
    document = agent(dedent(text), "/p/.claude/skills/pay/SKILL.md")
    spans = [each.span.text_in(document.text) for each in names_in(document).references]
    assert spans[::2] == ["references/rules.md", "./a%20b.png", "../SKILL.md"]


def test_paths_after_signs_are_references() -> None:
    text = "Follow @docs/style.md and #file:docs/api.md, and ask @anna about @acme/lib and `@docs/no.md`.\n"
    files = [each for each in references_in(text, "/p/CLAUDE.md") if each.startswith("file ")]
    assert files == ["file /p/docs/style.md", "file /p/docs/api.md"]


def frontmatter_references(text: str, path: str = ".claude/agents/case.md") -> list[str]:
    """The references of the frontmatter of a file, in the order of the text."""
    return references_in(
        f"---\nname: case\ndescription: Does things.\n{dedent(text)}---\n\nYou do things.\n", path
    )


def test_tools_name_agents_skills_and_servers() -> None:
    text = (
        "tools: Read, Agent(tester, shop:payer), Task(lead), Skill(commit), mcp__github__close, mcp__docs\n"
    )
    assert frontmatter_references(text) == [
        "agent tester",
        "agent shop:payer",
        "agent lead",
        "skill commit",
        "server github",
        "server docs",
    ]


def test_keys_name_skills_and_servers() -> None:
    text = """\
        skills: commit review
        mcpServers:
          - github
          - docs: {command: npx, args: [-y, "@acme/docs"]}
        """
    assert frontmatter_references(text) == ["skill commit", "skill review", "server github"]
    found = extract.extract_names(agent(f"---\nname: a\ndescription: b\n{dedent(text)}---\n"))
    assert [(each.name, each.description, each.is_entry) for each in found.definitions] == [
        ("a", "b", False),
        ("docs", "npx @acme/docs", True),
    ]


def test_hooks_name_agents_and_servers() -> None:
    text = """\
        hooks:
          SubagentStop:
            - matcher: tester|payer
              hooks: [{type: mcp_tool, server: "github", tool: close}]
          PreToolUse:
            - matcher: "Bash|mcp__docs__.*"
              hooks: [{type: command, command: ./server.sh, server: none}]
        """
    assert frontmatter_references(text) == ["agent tester", "agent payer", "server github", "server docs"]


@pytest.mark.parametrize("path", [".opencode/agents/case.md", ".kilo/agents/case.md"])
def test_permissions_name_agents_and_skills(path: str) -> None:
    text = """\
        permission:
          edit: deny
          task:
            "*": deny
            tester: allow
            "qa-*": allow
          skill: allow
        """
    assert frontmatter_references(text, path) == ["agent tester"]
    assert frontmatter_references("permission: {skill: {commit: allow}, task: deny}\n", path) == [
        "skill commit"
    ]


@pytest.mark.parametrize(
    ("path", "tools", "expected"),
    [
        (
            ".github/agents/case.agent.md",
            '["search/codebase", runCommands/runInTerminal, github/close, acme/docs-mcp/*, ms.ext/run, web]',
            ["github", "acme/docs-mcp"],
        ),
        (".kiro/agents/case.md", '["@github/close", "@docs", "@builtin", "@mcp", read]', ["github", "docs"]),
        (".gemini/agents/case.md", "[mcp_github_close_it, mcp_docs_*, mcp_*, read_file]", ["github", "docs"]),
        (".factory/droids/case.md", "[github___close, mcp__docs__find, read-only]", ["github", "docs"]),
        (".qwen/agents/case.md", "[mcp__github__close, read_file]", ["github"]),
        (".opencode/agents/case.md", "{github_close: true}", []),
    ],
)
def test_tool_names_contain_their_servers(path: str, tools: str, expected: list[str]) -> None:
    assert frontmatter_references(f"tools: {tools}\n", path) == [f"server {name}" for name in expected]


def test_other_words_are_not_names() -> None:
    text = """\
        skills: ["{{skill}}", $SKILL, "a\\nb", 5, ""]
        mcpServers: "<server>"
        tools: [Agent(), "Agent(*)", mcp__, mcp____x, "Agent("]
        hooks: {Stop: [{hooks: [{type: mcp_tool, server: "${server}"}]}]}
        """
    assert frontmatter_references(text) == []


def test_a_file_with_long_frontmatter_keeps_its_name() -> None:
    lines = "# A comment that makes the frontmatter long.\n" * 1000
    text = f"---\nname: deploy\ndescription: Deploys.\n{lines}skills: [gone]\n---\nAsk @agent-nobody.\n"
    document = agent(text)
    assert document.has_long_frontmatter
    names = names_in(document)
    assert [definition.name for definition in names.definitions] == ["deploy"]
    assert names.references == ()
    assert names.loads
