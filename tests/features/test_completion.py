"""Completion: the items for a context, their edits, and that the result passes the checks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.document.plugins import Plugin
from agentls.features import completion_items
from agentls.features.completion import complete, item_documentation
from agentls.features.completion_edit import CompletionEdit
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.text.offsets import Span, apply_edits
from harness import agent, at_cursor

KEYS = ["name", "description", "tools", "model", "disallowedTools", "permissionMode"]
TOOLS = ["Read", "Grep", "Glob", "Bash", "Edit", "Write"]
MODELS = ["inherit", "sonnet", "opus", "haiku"]


def completions(text: str, *, snippets: bool = True, **options: Any) -> list[CompletionEdit]:
    """The items at the cursor mark in `text`."""
    text, offset = at_cursor(text)
    return complete(agent(text, **options), offset, snippets=snippets).items


def labels(text: str, **options: Any) -> list[str]:
    """The labels of the items at the cursor mark in `text`."""
    return [item.label for item in completions(text, **options)]


def apply_item(text: str, label: str, **options: Any) -> str:
    """`text` after the item `label` is inserted at the cursor mark."""
    (item,) = (item for item in completions(text, **options) if item.label == label)
    return apply_edits(text.replace("<|>", "", 1), [item.edit, *item.additional_edits])


def block(*lines: str) -> str:
    """A file with these lines in its frontmatter."""
    return "\n".join(("---", *lines, "---", "", "You review.", ""))


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        block("<|>"),
        block("na<|>"),
        block("na<|>me: x"),
        block("<|>name: x"),
        block("name<|>: x"),
        "---\n<|>\nYou review.",
        "---\nna<|>",
    ],
)
def test_keys_at_the_left_margin(text: str) -> None:
    assert [label for label in labels(text) if label != "---"][:6] == KEYS


@pytest.mark.parametrize(
    "text",
    [
        block("name: x", "description: y", "<|>"),
        block("name: x", "<|>", "description: y"),
        block("name: x", "to<|>", "description: y"),
        block("name: x", "description: a: b", "  c: d", "t<|>"),
        block("name: 'x", "description: |", "  y", "<|>"),
        block("name: x", "description: >", "  y", "", "<|>"),
        block('name: "x"', "description: y", "tools<|>"),
        "---\nname: x\ndescription: y\n<|>",
        "---\nname: x\ndescription: y\n\nto<|>",
        "\ufeff---\r\nname: x\r\ndescription: y\r\n<|>\r\n---\r\n",
    ],
)
def test_present_keys_are_not_items(text: str) -> None:
    assert labels(text)[:4] == ["tools", "model", "disallowedTools", "permissionMode"]


def test_a_key_item_has_a_tab_stop_for_its_value() -> None:
    assert apply_item(block("name: x", "mod<|>"), "model") == block("name: x", "model: $1")
    assert apply_item(block("<|>"), "tools") == block("tools: ${1:Read, Grep, Glob}")
    assert apply_item(block("<|>"), "tools", snippets=False) == block("tools: Read, Grep, Glob")
    assert apply_item(block("<|>"), "mcpServers", snippets=False) == block("mcpServers:", "  - ")


def test_a_key_that_has_a_value_is_replaced_alone() -> None:
    assert apply_item(block("mo<|>dle: opus"), "model") == block("model: opus")
    assert apply_item(block("mo<|>dle:"), "model") == block("model:")
    assert apply_item(block('"mo<|>dle": opus'), "model") == block('"model": opus')
    assert apply_item(block("modle<|>  : opus"), "model") == block("model  : opus")
    assert apply_item(block("too<|>", "  - Read"), "tools") == block("tools:", "  - Read")


def test_keys_of_other_formats_are_not_items() -> None:
    offered = set(labels(block("<|>")))
    assert offered & {"allowed-tools", "mode", "temperature", "colour", "allowedTools"} == set()
    assert "mine" in labels(block("<|>"), keys=("mine",))


def test_keys_that_are_ignored_in_plugins_are_not_items_there() -> None:
    offered = [item.label for item in complete(in_plugin("---\n\n---\n"), 4, snippets=True).items]
    assert "name" in offered
    assert set(offered) & {"hooks", "mcpServers", "permissionMode", "initialPrompt"} == set()


def in_plugin(text: str) -> Document:
    """A document in a plugin."""
    document = make_document("kit/agents/case.md", text, Config(), Plugin("kit", "kit"))
    assert document is not None
    return document


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "first", "result"),
    [
        ("model: <|>", MODELS, "model: inherit"),
        ("model:<|>", MODELS, "model: inherit"),
        ("model: so<|>nnet # cheap", MODELS, "model: inherit # cheap"),
        ("model: 'so<|>'", MODELS, "model: 'inherit'"),
        ('model: "<|>opus"', MODELS, 'model: "inherit"'),
        ('model: "<|>', MODELS, 'model: "inherit"'),
        ("model:\n  <|>", MODELS, "model:\n  inherit"),
        ("permissionMode: acc<|>", ["default", "acceptEdits", "plan"], "permissionMode: default"),
        ("permissionMode: a<|>ccept edits", ["default", "acceptEdits"], "permissionMode: default"),
        ("effort: <|>", ["low", "medium", "high", "xhigh", "max"], "effort: low"),
        ("memory: <|>", ["project", "user", "local"], "memory: project"),
        ("isolation: <|>", ["worktree"], "isolation: worktree"),
        ("color: <|>", ["red", "blue"], "color: red"),
        ("background: <|>", ["true", "false"], "background: true"),
        ("omitClaudeMd: f<|>", ["true", "false"], "omitClaudeMd: true"),
    ],
)
def test_values(line: str, first: list[str], result: str) -> None:
    text = block("name: x", line)
    assert labels(text)[: len(first)] == first
    assert apply_item(text, first[0]) == block("name: x", result)


def test_models_are_items_unless_retired_or_remapped() -> None:
    offered = labels(block("model: <|>"), models=("my-model",))
    assert offered.index("claude-opus-5-5") < offered.index("claude-opus-5")
    assert "my-model" in offered
    assert set(offered) & {"claude-opus-4-1", "claude-3-opus-20240229", "claude-sonnet-4-0"} == set()


def test_aliases_of_values_come_last() -> None:
    assert labels(block("permissionMode: <|>"))[-1] == "manual"


# --- tools ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        ("tools:<|>", "tools: Bash"),
        ("tools: <|>", "tools: Bash"),
        ("tools: Read, <|>", "tools: Read, Bash"),
        ("tools: Read,<|>", "tools: Read,Bash"),
        ("tools: Read <|>", "tools: Read Bash"),
        ("tools: Read, B<|>, Edit", "tools: Read, Bash, Edit"),
        ("tools: Read, Gr<|>ep, Edit", "tools: Read, Bash, Edit"),
        ("tools: <|>Grep, Read", "tools: Bash, Read"),
        ("tools: Read Gr<|>ep Edit # all", "tools: Read Bash Edit # all"),
        ("tools: 'Read, <|>'", "tools: 'Read, Bash'"),
        ('tools: "Read, <|>', 'tools: "Read, Bash'),
        ("tools: [<|>]", "tools: [Bash]"),
        ("tools: [Read, <|>]", "tools: [Read, Bash]"),
        ("tools: [Read, B<|>", "tools: [Read, Bash"),
        ("tools: [Read, <|>, Edit]", "tools: [Read, Bash, Edit]"),
        ('tools: ["Read", "Ba<|>", "Edit"]', 'tools: ["Read", "Bash", "Edit"]'),
        ('tools: ["Read", "<|>]', 'tools: ["Read", "Bash]'),
        ("tools: [\n  Read,\n  <|>\n]", "tools: [\n  Read,\n  Bash\n]"),
        ("tools: Read,\n  <|>", "tools: Read,\n  Bash"),
        ("tools: >-\n  Read,\n  <|>", "tools: >-\n  Read,\n  Bash"),
        ("tools:\n  <|>", "tools:\n  - Bash"),
        ("tools:\n  B<|>", "tools:\n  - Bash"),
        ("tools:\n  Read, B<|>", "tools:\n  Read, Bash"),
        ("tools:\n  -<|>", "tools:\n  - Bash"),
        ("tools:\n  - <|>", "tools:\n  - Bash"),
        ("tools:\n  - Read\n  <|>", "tools:\n  - Read\n  - Bash"),
        ("tools:\n  - Read\n  - <|>", "tools:\n  - Read\n  - Bash"),
        ("tools:\n  - Read\n  - <|>\n  - Edit", "tools:\n  - Read\n  - Bash\n  - Edit"),
        ("tools:\n  - Read\n  <|>\n  - Edit", "tools:\n  - Read\n  - Bash\n  - Edit"),
        ("tools:\n  - 'Re<|>'", "tools:\n  - 'Bash'"),
        ("tools:\n- Read\n- <|>", "tools:\n- Read\n- Bash"),
        ("tools:\n- Read\n-<|>", "tools:\n- Read\n- Bash"),
        ("tools:\n  - Read, <|>", "tools:\n  - Read, Bash"),
        ("tools: Edit(src/**), <|>", "tools: Edit(src/**), Bash"),
        ("tools: Re<|>ad(x)", "tools: Bash(x)"),
        ("disallowedTools: Read, <|>", "disallowedTools: Read, Bash"),
        ("disallowedTools:\n  - <|>", "disallowedTools:\n  - Bash"),
    ],
)
def test_tools_in_every_form(lines: str, result: str) -> None:
    for before, after in (("name: 😀", "model: opus"), ("description: a: b\n  c: d", "model: x: y")):
        assert apply_item(block(before, lines, after), "Bash") == block(before, result, after)
        crlf = apply_item(block(before, lines, after).replace("\n", "\r\n"), "Bash")
        assert crlf.replace("\r\n", "\n") == block(before, result, after)


def test_listed_tools_are_not_items() -> None:
    assert labels(block("tools: Read, Grep, <|>"))[:2] == ["Glob", "Bash"]
    assert labels(block("tools: Read, Grep<|>, Edit"))[:4] == ["Grep", "Glob", "Bash", "Write"]
    assert labels(block("tools:", "  - Read", "  - Glob", "  -<|>"))[:2] == ["Grep", "Bash"]
    assert "Read" not in labels(block("tools: [Read, <|>"))
    assert {"Agent", "Task"} & set(labels(block("tools: Task, <|>"))) == set()
    assert "Bash" not in labels(block("tools: Bash(git:*), <|>"))


def test_no_tool_item_is_both_allowed_and_denied() -> None:
    assert "Bash" not in labels(block("disallowedTools: Bash", "tools: <|>"))
    assert "Bash" not in labels(block("disallowedTools: <|>", "tools: [Bash]"))


def test_tools_that_subagents_never_have() -> None:
    assert "AskUserQuestion" not in labels(block("tools: <|>"))
    assert "AskUserQuestion" in labels(block("disallowedTools: <|>"))
    assert "ExitPlanMode" not in labels(block("tools: <|>"))
    assert "ExitPlanMode" in labels(block("tools: <|>", "permissionMode: plan"))


def test_old_names_of_tools() -> None:
    offered = completions(block("tools: <|>"))
    old = [item.label for item in offered if item.deprecated]
    assert "Task" in old
    assert [item.label for item in offered][-len(old) :] == old
    assert {"MultiEdit", "LS", "BashOutput", "run_shell_command"} & {item.label for item in offered} == set()


def test_the_users_own_tools_come_first() -> None:
    assert labels(block("tools: <|>"), tools=("mcp__git__log",))[:2] == ["mcp__git__log", "Read"]
    assert "mcp__git__log" not in labels(block("tools: mcp__git, <|>"), tools=("mcp__git__log",))


def test_all_tools() -> None:
    assert apply_item(block("tools: <|>"), "*") == block('tools: "*"')
    assert apply_item(block("tools: *<|>"), "*") == block('tools: "*"')
    assert apply_item(block("tools: ['<|>']"), "*") == block("tools: ['*']")
    assert apply_item(block("tools:", "  - <|>"), "*") == block("tools:", '  - "*"')
    assert "*" not in labels(block("tools: Read, <|>"))
    assert "*" not in labels(block("disallowedTools: <|>"))
    assert labels(block('tools: "*, <|>"')) == []


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("tools: Agent(<|>)", "tools: Agent(Plan)"),
        ("tools: Agent(<|>", "tools: Agent(Plan)"),
        ("tools: Read, Agent(Explore, <|>), Bash", "tools: Read, Agent(Explore, Plan), Bash"),
        ("tools: Agent(P<|>lan, Explore)", "tools: Agent(Plan, Explore)"),
        ("tools: ['Agent(Explore, <|>)']", "tools: ['Agent(Explore, Plan)']"),
        ("tools: Task(<|>)", "tools: Task(Plan)"),
    ],
)
def test_agents_in_parentheses(line: str, result: str) -> None:
    assert apply_item(block(line), "Plan") == block(result)
    assert "Read" not in labels(block(line))


def test_listed_agents_are_not_items() -> None:
    assert labels(block("tools: Agent(Explore, <|>, Plan)"))[:2] == ["general-purpose", "claude"]


# --- hooks and servers ------------------------------------------------------------------------

_COMMAND = "        - type: command"


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["hooks:", "  <|>"], ["PreToolUse", "PostToolUse"]),
        (["hooks:", "  Pre<|>"], ["PreToolUse", "PostToolUse"]),
        (["hooks:", "  PreToolUse: []", "  <|>"], ["PostToolUse"]),
        (["hooks:", "  <|>", "  PreToolUse: []"], ["PostToolUse"]),
        (["hooks: {<|>}"], ["PreToolUse"]),
        (["hooks:", "  Stop:", "    - <|>"], ["hooks"]),
        (["hooks:", "  PreToolUse:", "    - <|>"], ["matcher", "hooks"]),
        (["hooks:", "  PreToolUse:", "    -<|>"], ["matcher", "hooks"]),
        (["hooks:", "  PreToolUse:", "    <|>"], ["matcher", "hooks"]),
        (["hooks:", "  PreToolUse:", "    - matcher: x", "      <|>"], ["hooks"]),
        (["hooks:", "  PreToolUse:", "    - <|>", "      hooks: []"], ["matcher"]),
        (["hooks:", "  PreToolUse:", "    - hooks: []", "    <|>"], ["matcher", "hooks"]),
        (["hooks:", "  PreToolUse:", "    - matcher: <|>"], TOOLS),
        (["hooks:", "  PreToolUse:", "    - matcher: Read|<|>"], TOOLS[1:]),
        (["hooks:", "  PreToolUse:", "    - matcher: 'Read|Gr<|>|Glob'"], ["Grep", "Bash"]),
        (["hooks:", "  Stop:", "    - hooks:", "        - <|>"], ["type", "command", "url"]),
        (["hooks:", "  Stop:", "    - hooks:", "        <|>"], ["type", "command", "url"]),
        (["hooks:", "  Stop:", "    - hooks:", _COMMAND, "          <|>"], ["command", "args", "async"]),
        (["hooks:", "  Stop:", "    - hooks:", "        - command: x", "          <|>"], ["type", "args"]),
        (["hooks:", "  Stop:", "    - hooks:", "        - <|>", "          type: http"], ["url", "headers"]),
        (["hooks:", "  Stop:", "    - hooks:", "        - type: <|>"], ["command", "http", "mcp_tool"]),
        (["hooks:", "  Stop:", "    - hooks:", _COMMAND, "          shell: <|>"], ["bash", "powershell"]),
        (["hooks:", "  Stop:", "    - hooks:", _COMMAND, "          async: <|>"], ["true", "false"]),
        (["hooks:", "  Stop:", "    - hooks: [{type: command, <|>}]"], ["command", "args"]),
        (["hooks:", "  Stop:", "    - hooks:", _COMMAND, "          command: a: b", "    - <|>"], ["hooks"]),
        (["mcpServers:", "  - git:", "      <|>"], ["type", "command", "url"]),
        (["mcpServers:", "  - git:", "      type: http", "      <|>"], ["url", "args", "env", "headers"]),
        (["mcpServers:", "  - git:", "      url: x", "      ty<|>"], ["type", "args"]),
        (["mcpServers:", "  - git: {type: <|>}"], ["stdio", "http"]),
        (["mcpServers:", "  - git:", "      type: <|>"], ["stdio", "http"]),
        (["mcpServers:", "  git:", "    alwaysLoad: <|>"], ["true", "false"]),
    ],
)
def test_hooks_and_servers(lines: list[str], first: list[str]) -> None:
    assert labels(block("name: x", *lines, "model: opus"))[: len(first)] == first


def test_an_event_item_contains_an_entry() -> None:
    entry = ["      hooks:", "        - type: command", "          command: $2"]
    matched = ["  PreToolUse:", "    - matcher: ${1:Bash}", *entry]
    assert apply_item(block("hooks:", "  P<|>"), "PreToolUse") == block("hooks:", *matched)
    found = apply_item(block("hooks:", "  <|>"), "Stop", snippets=False)
    hooks = ["  Stop:", "    - hooks:", "        - type: command", "          command: "]
    assert found == block("hooks:", *hooks)
    assert apply_item(block("hooks:", "  P<|>:"), "PreToolUse") == block("hooks:", "  PreToolUse:")


def test_a_field_item_contains_the_required_fields() -> None:
    above = ("hooks:", "  Stop:", "    - hooks:")
    text = block(*above, "        - <|>")
    assert apply_item(text, "url") == block(*above, "        - type: ${1:http}", "          url: $2")
    text = block(*above, "        - type: command", "          <|>")
    assert apply_item(text, "args") == block(*above, "        - type: command", "          args: [$1]")
    text = block(*above, "        - url: x", "          <|>")
    assert apply_item(text, "type") == block(*above, "        - url: x", "          type: ${1:http}")
    text = block("mcpServers:", "  - git:", "      <|>")
    after = block("mcpServers:", "  - git:", "      type: ${1:stdio}", "      command: $2")
    assert apply_item(text, "type") == after


def test_fields_without_effect_are_not_items() -> None:
    above = ("hooks:", "  Stop:", "    - hooks:", "        - type: command", "          <|>")
    assert {"once", "if"} & set(labels(block(*above))) == set()
    on_tools = ("hooks:", "  PreToolUse:", "    - hooks:", "        - type: command", "          <|>")
    assert "if" in labels(block(*on_tools))


# --- where nothing is offered -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        block("name: <|>"),
        block("name: re<|>"),
        block("description: Use <|>"),
        block("description: Use when: <|>"),
        block("description: |", "  Read <|>"),
        block("description: |", "  Read", "  <|>"),
        block("description: |", "  Read", "<|>", "  Grep"),
        block("description: >", "  model: <|>"),
        block("description: Reads", "  tools: <|>"),
        block('description: "Use <|>', "  it"),
        block("initialPrompt: <|>"),
        block("maxTurns: <|>"),
        block("skills: <|>"),
        block("skills:", "  - <|>"),
        block("mcpServers:", "  - <|>"),
        block("# <|>"),
        block("name: x # <|>"),
        block("tools: Read # <|>"),
        block("tools:", "  # <|>", "  - Read"),
        block("tools:", "<|>", "  - Read"),
        block("tools:", "<|>", "- Read"),
        block("tools:<|>", "  - Read"),
        block("tools:", "  <|>", "    - Read"),
        block("tools:", "    <|>", "  - Read"),
        block("tools:", "- <|>", "  - Read"),
        block("tools:", "  <|>- Read"),
        block("tools:", " <|> - Read"),
        block("tools:", "  - Read", "  <|>- Grep"),
        block("tools:", "  <|>", "  Read: true"),
        block("tools:", "    <|>", "  Read: true"),
        block("tools: Bash(git)<|>"),
        block("model:<|>", "  opus"),
        block("tools: Bash(git <|>)"),
        block("tools: Bash(git:<|>)"),
        block("tools: [Agent(Explore, <|>)]"),
        block("tools: [Read]<|>"),
        block('tools: "Read"<|>'),
        block("tools: |", "  Read", "  <|>"),
        block("disallowedTools: Agent(<|>)"),
        block("model: opus <|>"),
        block("model: opus", "  <|>"),
        block("model: opus", "  to<|>"),
        block("unknown: <|>"),
        block("hooks: <|>"),
        block("hooks:", "  PreToolUse: <|>"),
        block("hooks:", "  Stop:", "    - matcher: <|>"),
        block("hooks:", "  Stop:", "    - hooks:", "        - command: <|>"),
        block("You are <|>"),
        block("name: x", "You <|>are"),
        block("name: x", "--<|>"),
        block("name: x") + "model: <|>",
        "---\nname: x\nYou are a reviewer.\n<|>\nmodel: opus\n",
        "---\nname: x\n---<|>",
        "<|>---\nname: x\n---\n",
        "You are <|>",
        "model: <|>\n",
    ],
)
def test_no_items(text: str) -> None:
    assert labels(text) == []


# --- a new file -------------------------------------------------------------------------------

SKELETON = (
    "---\nname: my-agent\ndescription: What the agent does. Use it when ...\n"
    "tools: Read, Grep, Glob\nmodel: inherit\n---\n\nYou are ...\n"
)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("<|>", SKELETON),
        ("\ufeff<|>", "\ufeff" + SKELETON),
        ("  <|>", SKELETON),
        ("\n\n  <|>", SKELETON),
        ("<|>\n", SKELETON + "\n"),
        ("---\n<|>", SKELETON),
        ("--- \r\n<|>\r\n", SKELETON.replace("---\n", "--- \r\n", 1) + "\r\n"),
        ("\n---\n<|>", SKELETON),
    ],
)
def test_an_empty_file_has_a_skeleton_item(text: str, result: str) -> None:
    assert apply_item(text, "---", snippets=False) == result
    assert "name: ${1:my-agent}\n" in apply_item(text, "---")
    edit = completions(text)[0].edit
    assert "\n" not in edit.span.text_in(text.replace("<|>", ""))  # Editors refuse more than one line.


def test_a_file_with_content_has_no_skeleton_item() -> None:
    typed = ("-<|>", "--<|>\n", "---<|>", "\n---<|>")
    for text in (*typed, "# <|>", "-<|>\n\ntext", "----<|>", "---\n<|>---\n", "<|>\n---\n", "-\n<|>"):
        assert "---" not in labels(text)


# --- all that is offered passes the checks ----------------------------------------------------

AGENT = """\
---
name: reviewer
description: Reviews code. Use it after each change.
{}
---

You review code.
"""

PLACES = [
    "<|>",
    "mo<|>",
    "tools: <|>",
    "tools:<|>",
    "tools: Read, <|>",
    "tools: Read, <|>, Bash",
    "tools: [<|>]",
    "tools: [Read, '<|>']",
    "tools:\n  <|>",
    "tools:\n  - <|>",
    "tools:\n  - Read\n  <|>\n  - Bash",
    "tools: Task, <|>\ndisallowedTools: Bash",
    "permissionMode: plan\ntools: <|>",
    "tools: Agent(<|>",
    "disallowedTools: <|>",
    "disallowedTools:\n  - <|>\ntools: Read, Bash",
    "model: <|>",
    "model: '<|>'",
    "permissionMode: <|>",
    'permissionMode: "<|>"',
    "memory: <|>",
    "effort: <|>",
    "isolation: <|>",
    "color: <|>",
    "background: <|>",
    "background: '<|>'",
    "omitClaudeMd: <|>",
    "hooks:\n  <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: x\n  <|>",
    "hooks:\n  PreToolUse:\n    <|>",
    "hooks:\n  PreToolUse:\n    - <|>",
    "hooks:\n  SubagentStart:\n    - <|>",
    "hooks:\n  Stop:\n    - <|>",
    "hooks:\n  PreToolUse:\n    - matcher: Bash\n      <|>",
    "hooks:\n  PreToolUse:\n    - matcher: <|>\n      hooks:\n        - type: command\n          command: x",
    "hooks:\n  PreToolUse:\n    - hooks:\n        - <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - <|>",
    "hooks:\n  PreToolUse:\n    - hooks:\n        <|>",
    "hooks:\n  PreToolUse:\n    - hooks:\n        - type: command\n          command: x\n          <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: x\n          <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: http\n          url: https://x.org\n          <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: mcp_tool\n          server: x\n          <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: x\n          shell: <|>",
    "hooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: x\n          async: <|>",
    "mcpServers:\n  - git:\n      <|>",
    "mcpServers:\n  - git:\n      command: x\n      <|>",
    "mcpServers:\n  - git:\n      type: http\n      <|>",
    "mcpServers:\n  - git:\n      url: https://x.org\n      <|>",
]

# What is typed where nothing is offered and any word will not do.
_TYPED = {"timeout": "60", "http": "https://example.org", "url": "https://example.org"}
_TAB_STOP = re.compile(r"\$(?:\d+|\{\d+\})")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("plugin", [False, True], ids=["project", "plugin"])
def test_items_pass_the_checks(place: str, plugin: bool) -> None:
    text, offset = at_cursor(AGENT.format(place))
    before = {d.message for d in diagnostics(open_in(text, plugin))}
    offered = complete(open_in(text, plugin), offset, snippets=True).items
    assert offered
    for item in offered:
        written = fill_tab_stops(apply_edits(text, [item.edit]), item.label, plugin)
        inserted = Span(item.edit.span.start, item.edit.span.end + len(written) - len(text))
        found = [d for d in diagnostics(open_in(written, plugin)) if d.span.overlaps(inserted)]
        assert [d for d in found if d.message not in before] == [], written


def open_in(text: str, plugin: bool) -> Document:
    """A document in a project or in a plugin."""
    return in_plugin(text) if plugin else agent(text)


def diagnostics(document: Document) -> list[check.Diagnostic]:
    """The errors and warnings about a document."""
    found = check.check(document, Config(), NoDisk())
    return [diagnostic for diagnostic in found if diagnostic.severity <= Severity.WARNING]


def fill_tab_stops(text: str, label: str, plugin: bool) -> str:
    """`text` with its tab stops filled: with their placeholders, else with the first item there."""
    while hole := _TAB_STOP.search(text):
        start = hole.start()
        rest = text[hole.end() :]
        typed = completion_items.snippet_text(text[:start] + rest)
        offered = complete(
            open_in(typed, plugin), len(completion_items.snippet_text(text[:start])), snippets=False
        ).items
        word = offered[0].label if offered else _TYPED.get(label, "word")
        text = text[:start] + word + rest
    return completion_items.snippet_text(text)


def test_the_skeleton_has_no_diagnostics() -> None:
    for plugin in (False, True):
        assert check.check(open_in(SKELETON, plugin), Config(), NoDisk()) == []


def test_plain_items_have_the_text_of_the_snippets() -> None:
    for place in PLACES:
        text, offset = at_cursor(AGENT.format(place))
        plain = complete(agent(text), offset, snippets=False).items
        assert not any(item.snippet for item in plain)
        for one, other in zip(plain, complete(agent(text), offset, snippets=True).items, strict=True):
            written = (
                completion_items.snippet_text(other.edit.new_text) if other.snippet else other.edit.new_text
            )
            assert (one.label, one.edit.new_text) == (other.label, written)


def test_each_item_has_detail_and_documentation() -> None:
    for text in ("<|>", *(AGENT.format(place) for place in PLACES)):
        for order, item in enumerate(completions(text)):
            assert item.order == order
            assert item.detail
            assert "\n" not in item.detail
            assert item_documentation(agent("").dialect, item.kind, item.label, item.parent), item


# --- the prompt -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "result"),
    [
        ("In ${<|>", "In ${cwd}"),
        ("In ${c<|>wd_listing} now", "In ${cwd} now"),
        ("${os} and ${n<|>, so", "${os} and ${cwd}, so"),
    ],
)
def test_variables_of_a_prompt(prompt: str, result: str) -> None:
    text, offset = at_cursor(f"---\ndescription: b\n---\n{prompt}\n")
    document = agent(text, ".kimi-code/agents/case.md")
    (item,) = (item for item in complete(document, offset, snippets=True).items if item.label == "cwd")
    assert apply_edits(text, [item.edit]).endswith(f"---\n{result}\n")
    assert item_documentation(document.dialect, item.kind, item.label, item.parent)


@pytest.mark.parametrize("prompt", ["In <|>", "In $<|>", "In ${cwd}<|>", "In ${cwd} an<|>", "${\n<|>"])
def test_no_variables_elsewhere(prompt: str) -> None:
    text, offset = at_cursor(f"---\ndescription: b\n---\n{prompt}\n")
    items = complete(agent(text, ".kimi-code/agents/case.md"), offset, snippets=True).items
    assert [item.label for item in items if item.kind == "variable"] == []


COMMAND = "---\nargument-hint: '[number] [focus]'\n---\n"
NAMED = "---\narguments: [base, head]\n---\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{COMMAND}Review $<|>", ["$ARGUMENTS", "$0", "$1"]),
        (f"{COMMAND}Review $1<|>2", ["$ARGUMENTS", "$0", "$1"]),
        (f"{NAMED}Compare $ba<|>", ["$ARGUMENTS", "$base", "$head", "$0", "$1"]),
        ("Explain $<|>", ["$ARGUMENTS", "$0"]),
        (f"{COMMAND}Review \\$<|>", []),
        (f"{COMMAND}Review $ <|>", []),
        (f"{COMMAND}Review <|>$", []),
        ("---\ndescription: $<|>\n---\n", []),
    ],
)
def test_arguments_of_a_call(text: str, expected: list[str]) -> None:
    assert labels(text, path=".claude/commands/case.md") == expected
    assert labels(text, path=".claude/agents/case.md") == []


def test_an_argument_replaces_the_word_at_the_cursor() -> None:
    text = f"{NAMED}Compare $ba<|>s now"
    assert apply_item(text, "$base", path=".claude/commands/case.md").endswith("Compare $base now")
    item = next(i for i in completions(text, path=".claude/commands/case.md") if i.label == "$head")
    dialect = agent("", ".claude/commands/case.md").dialect
    assert "second argument" in item_documentation(dialect, item.kind, item.label, item.parent)


def test_variables_of_a_call_depend_on_the_place() -> None:
    text = "See ${<|>"
    skill = labels(text, path=".claude/skills/x/SKILL.md")
    assert "CLAUDE_SKILL_DIR" in skill
    assert "CLAUDE_PLUGIN_ROOT" not in skill
    text, offset = at_cursor(text)
    document = make_document("commands/x.md", text, Config(), Plugin("", "shop"), "claude-code")
    assert document is not None
    found = [item.label for item in complete(document, offset, snippets=True).items]
    assert "CLAUDE_PLUGIN_ROOT" in found
    assert "CLAUDE_SKILL_DIR" not in found


# --- any text ---------------------------------------------------------------------------------


def test_completion_works_in_any_text() -> None:
    for place in PLACES[::3]:
        text = AGENT.format(place.replace("<|>", ""))
        for end in range(len(text) + 1):
            for piece in (text[:end], text[:end].replace("\n", "\r\n"), text[end:]):
                document = agent(piece)
                for offset in {len(piece), len(piece) // 2, end // 3}:
                    for item in complete(document, min(offset, len(piece)), snippets=True).items:
                        assert item.edit.span.contains_cursor(min(offset, len(piece)))


def test_every_offset_of_a_text() -> None:
    text = AGENT.format("\n".join(place.replace("<|>", "") for place in PLACES))
    document = agent(text)
    for offset in range(len(text) + 1):
        complete(document, offset, snippets=True)
