"""Files written for another product, and the result of the fix."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.linter.check import check
from agentls.project.world import NoDisk
from agentls.text.offsets import apply_edits
from harness import agent

BODY = "\n---\n\nYou review code.\n"
HEAD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n"


def translated(path: str, keys: str, head: str = HEAD) -> tuple[str, str]:
    """Return the title of the fix for a file with these keys, and the keys after it."""
    document = agent(head + keys + BODY, path)
    (found,) = [each for each in check(document, Config(), NoDisk()) if each.code == "wrong-dialect"]
    (fix,) = found.fixes
    after = apply_edits(document.text, fix.edits)
    assert after.endswith(BODY)
    return fix.title, after.removeprefix(HEAD).removesuffix(BODY)


@pytest.mark.parametrize(
    ("keys", "title", "after"),
    [
        (
            "kind: local\ntemperature: 0.2\nmax_turns: 20\ntools:\n  - read_file\n  - mcp_docs_find",
            "Convert the file for Claude Code (removes `kind` and `temperature`)",
            "maxTurns: 20\ntools: [Read]",
        ),
        (
            "mode: subagent\nmaxSteps: 20\npermission:\n  edit: deny\n  bash: deny",
            "Convert the file for Claude Code (removes `mode`)",
            "maxTurns: 20\ndisallowedTools: [Edit, Bash]",
        ),
        (
            'mode: subagent\nsteps: 20\npermission: {"*": deny, read: allow, grep: allow}',
            "Convert the file for Claude Code (removes `mode`)",
            "maxTurns: 20\ntools: [Read, Grep]",
        ),
        (
            "target: vscode\nhandoffs: []\ntools: [read, search, docs/*]\nuser-invocable: true",
            "Convert the file for Claude Code (removes `target`, `handoffs` and `user-invocable`)",
            "tools: [Read, Grep, Glob, mcp__docs__*]",
        ),
    ],
)
def test_for_claude_code(keys: str, title: str, after: str) -> None:
    assert translated(".claude/agents/reviewer.md", keys) == (title, after)


@pytest.mark.parametrize(
    ("keys", "title", "after"),
    [
        (
            "tools: Read, Grep, Bash(git diff *), mcp__docs__find\nmaxTurns: 20\nmodel: sonnet",
            "Convert the file for Gemini CLI (removes `model`)",
            "tools: [read_file, grep_search, run_shell_command, mcp_docs_find]\nmax_turns: 20",
        ),
        (
            "permissionMode: plan\neffort: high\nmaxTurns: '20'\nmcpServers:\n  docs: {command: docs}\nowner: me",
            "Convert the file for Gemini CLI (removes `permissionMode`, `effort` and `owner`)",
            "max_turns: 20\nmcp_servers:\n  docs: {command: docs}",
        ),
    ],
)
def test_for_gemini_cli(keys: str, title: str, after: str) -> None:
    assert translated(".gemini/agents/reviewer.md", keys) == (title, after)


@pytest.mark.parametrize(
    ("keys", "title", "after"),
    [
        (
            "tools: Read, Write, Bash(git diff *)\nmaxTurns: 20\npermissionMode: plan\neffort: high\nmodel: sonnet",
            "Convert the file for OpenCode (removes `permissionMode`)",
            'permission:\n  "*": deny\n  read: allow\n  edit: allow\n  bash: allow\n'
            "steps: 20\nreasoningEffort: high\nmodel: anthropic/claude-sonnet-5-5",
        ),
        (
            "disallowedTools: [Bash, Edit]\nmaxTurns: 20\nmemory: project\ncolor: blue",
            "Convert the file for OpenCode (removes `memory` and `color`)",
            "permission:\n  bash: deny\n  edit: deny\nsteps: 20",
        ),
    ],
)
def test_for_opencode(keys: str, title: str, after: str) -> None:
    assert translated(".opencode/agents/reviewer.md", keys) == (title, after)


def test_a_list_of_tools_becomes_permissions() -> None:
    document = agent(HEAD + "tools: [Read, Grep]" + BODY, ".opencode/agents/reviewer.md")
    (found,) = check(document, Config(), NoDisk())
    assert found.code == "invalid-value"
    after = apply_edits(document.text, found.fixes[0].edits)
    assert after == HEAD + 'permission:\n  "*": deny\n  read: allow\n  grep: allow' + BODY


def test_a_name_comes_from_the_file_where_one_is_needed() -> None:
    head = "---\ndescription: Reviews code. Use it after every change.\n"
    _, after = translated(".claude/agents/Reviewer.md", "mode: all\nhidden: true\nsteps: 5", head)
    assert after == "maxTurns: 5"  # The earlier key has the name now.


def test_one_finding_replaces_all_others_unless_it_is_disabled() -> None:
    document = agent(HEAD + "kind: local\ntemperature: 0.2\nmax_turns: 20" + BODY)
    assert [each.code for each in check(document, Config(), NoDisk())] == ["wrong-dialect"]
    codes = [each.code for each in check(document, Config(ignore=("wrong-dialect",)), NoDisk())]
    assert codes == ["foreign-key", "foreign-key", "misspelt-key"]


def test_a_foreign_key_is_renamed_with_its_value() -> None:
    document = agent(HEAD + "tools: [Read, Grep]\napprovalMode: auto-edit" + BODY)
    (found,) = check(document, Config(), NoDisk())
    assert [fix.title for fix in found.fixes] == ["Rename to `permissionMode`", "Remove `approvalMode`"]
    assert "\npermissionMode: acceptEdits\n" in apply_edits(document.text, found.fixes[0].edits)
