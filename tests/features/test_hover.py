"""Hover: the span that it covers, and its page."""

from __future__ import annotations

import pytest

from agentls import config
from agentls.document import locate
from agentls.document.document import Document
from agentls.document.plugins import Plugin
from agentls.features.hover import Hover, hover, hover_unsupported_file
from agentls.linter.check import check
from agentls.text.offsets import Span
from harness import MemoryWorld, agent, at_cursor, covered

HEAD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n"


def hover_at(text: str) -> tuple[Document, Hover | None]:
    """The hover at the cursor in an agent."""
    text, offset = at_cursor(text)
    document = agent(text)
    return document, hover(document, offset)


def summary_at(frontmatter: str) -> str:
    """The text that a hover in the frontmatter covers, and the first line of its page."""
    document, found = hover_at(HEAD + frontmatter + "\n---\n\nYou review code.\n")
    return f"{covered(document, found.span)} | {found.markdown.splitlines()[0]}" if found else "nothing"


@pytest.mark.parametrize(
    ("frontmatter", "expected"),
    [
        # Keys. A diagnostic reports unknown ones.
        ("too<|>ls: Read", "tools | **`tools`** (key)"),
        ("<|>tools: Read", "tools | **`tools`** (key)"),
        ("tools<|>: Read", "tools | **`tools`** (key)"),
        ('"too<|>ls": Read', '"tools" | **`tools`** (key)'),
        ("allowed-t<|>ools: Read", "nothing"),
        ("Too<|>ls: Read", "nothing"),
        ("vers<|>ion: 1", "nothing"),
        # Values with a type.
        ("permissionMode: pl<|>an", "plan | **`plan`** (value of `permissionMode`)"),
        ("permissionMode: 'pl<|>an'", "'plan' | **`plan`** (value of `permissionMode`)"),
        ("permissionMode: Pl<|>an", "nothing"),
        ("effort: HI<|>GH", "HIGH | **`high`** (value of `effort`)"),
        ("effort: 1<|>2", "12 | **`effort`** (key)"),
        ("maxTurns: 2<|>0", "20 | **`maxTurns`** (key)"),
        ("background: tr<|>ue", "true | **`background`** (key)"),
        ("version: 1<|>.2", "nothing"),
        ("initialPrompt: Read t<|>he files", "nothing"),
        # Tools in every form.
        ("tools: Read, Gr<|>ep", "Grep | **`Grep`** (tool)"),
        ("tools: Read Gr<|>ep Bash", "Grep | **`Grep`** (tool)"),
        ("tools: [Read, Gr<|>ep]", "Grep | **`Grep`** (tool)"),
        ('tools: ["Read", "Gr<|>ep"]', "Grep | **`Grep`** (tool)"),
        ("tools:\n  - Read\n  - Gr<|>ep", "Grep | **`Grep`** (tool)"),
        ("tools:\n  - Read, Gr<|>ep", "Grep | **`Grep`** (tool)"),
        ("tools: 'Read, Gr<|>ep'", "Grep | **`Grep`** (tool)"),
        ("tools: >-\n  Read,\n  Gr<|>ep", "Grep | **`Grep`** (tool)"),
        ("tools: Read, Bash(git ad<|>d:*)", "Bash(git add:*) | **`Bash`** (tool)"),
        ("disallowedTools: [Ba<|>sh]", "Bash | **`Bash`** (tool)"),
        ("tools: Ta<|>sk", "Task | **`Agent`** (tool)"),
        ("tools: read_<|>file", "nothing"),
        ("tools: Gr<|>pe", "nothing"),
        ("tools: mcp__docs__se<|>arch", "mcp__docs__search | **`mcp__docs__search`** (MCP tool)"),
        ("tools: Read,<|>Grep", "Grep | **`Grep`** (tool)"),
        ('tools: <|>"*"', "nothing"),
        ('tools: "<|>*"', "* | **`*`** (all tools)"),
        ("tools: <|>", "nothing"),
        ("tools: [<|>]", "nothing"),
        # Models.
        ("model: son<|>net", "sonnet | **`sonnet`** (model alias)"),
        ("model: 'opus<|>[1m]'", "'opus[1m]' | **`opus`** (model alias)"),
        (
            "model: us.anthropic.claude<|>-opus-5",
            "us.anthropic.claude-opus-5 | **`us.anthropic.claude-opus-5`** (model id)",
        ),
        (
            "model: claude-opus-5@2026<|>0701",
            "claude-opus-5@20260701 | **`claude-opus-5@20260701`** (model id)",
        ),
        ("model: gp<|>t-5", "nothing"),
        ("model: <|>5", "5 | **`model`** (key)"),
        # Hooks.
        ("hooks:\n  PreTo<|>olUse: []", "PreToolUse | **`PreToolUse`** (hook event)"),
        ("hooks:\n  PreToUse<|>: []", "nothing"),
        ("hooks:\n  Stop:\n    - mat<|>cher: x", "matcher | **`matcher`** (field of a hook)"),
        ("hooks:\n  PreToolUse:\n    - matcher: Bash|Ed<|>it", "Edit | **`Edit`** (tool)"),
        (
            "hooks:\n  PreToolUse:\n    - matcher: mcp__do<|>cs__.*",
            "mcp__docs__ | **`mcp__docs__`** (MCP tools)",
        ),
        ("hooks:\n  SubagentStop:\n    - matcher: Re<|>ad", "nothing"),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - type: com<|>mand",
            "command | **`command`** (hook handler type)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - type: comand<|>",
            "nothing",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - {type: http, u<|>rl: x}",
            "url | **`url`** (field of a hook handler of type `http`)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - {type: http, com<|>mand: x}",
            "nothing",
        ),
        (
            "hooks:\n  PreToolUse:\n    - hooks:\n        - if: Ba<|>sh(git *)",
            "Bash | **`Bash`** (tool)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - {type: agent, model: hai<|>ku}",
            "haiku | **`haiku`** (model alias)",
        ),
        # MCP servers.
        ("mcpServers:\n  - do<|>cs", "docs | **`docs`** (MCP server)"),
        ("mcpServers:\n  - do<|>cs:\n      url: x", "docs | **`docs`** (MCP server)"),
        ("mcpServers:\n  - docs:\n      ur<|>l: x", "url | **`url`** (field of an MCP server)"),
        ("mcpServers:\n  - docs:\n      type: ss<|>e", "sse | **`sse`** (MCP server type)"),
        ("mcpServers:\n  docs:\n    comm<|>and: x", "command | **`command`** (field of an MCP server)"),
        # Other comments.
        ("# about <|>tools", "nothing"),
        ("tools: Read # <|>Grep", "nothing"),
    ],
)
def test_hover_in_frontmatter(frontmatter: str, expected: str) -> None:
    assert summary_at(frontmatter) == expected


def test_hover_on_the_name_of_a_built_in_agent() -> None:
    document, found = hover_at("---\nname: Exp<|>lore\ndescription: Explores. Use it often.\n---\n")
    assert found is not None
    assert covered(document, found.span) == "Explore"
    assert "An agent with this name replaces it" in found.markdown


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "---\n\nUse R<|>ead and Bash.\n",
        HEAD + "---\n\ntools: Re<|>ad\n",
        "tools: Re<|>ad\n",
        "---\nname: reviewer\ndescription: Use the Re<|>ad tool.\n---\n",
        "---\nname: rev<|>iewer\ndescription: Reviews code.\n---\n",
        "<|>",
    ],
)
def test_prose_has_no_hover(text: str) -> None:
    assert hover_at(text)[1] is None


# --- fences -----------------------------------------------------------------------------------


def test_hover_on_a_fence_shows_the_report() -> None:
    document, found = hover_at(
        "-<|>--\nname: reviewer\ndescription: Reviews code. Use it after every change.\n"
        "tools: Read, Grep, Bash, Grpe, EnterPlanMode\nmodel: haiku\n---\n\nYou review code.\n"
    )
    assert found is not None
    assert found.span == (0, 3)
    assert (
        found.markdown
        == """\
**Claude Code 2.1.332 loads this file.**

- Name: `reviewer`
- Tools: `Read`, `Grep`, `Bash`
- Ignored: `Grpe` (unknown tool)
- Ignored: `EnterPlanMode` (not available to subagents)
- Model: `haiku` -> `claude-haiku-5-5`
- Tokens: about 10 in the description (part of every session), 4 in the prompt
- An agent with `Bash` does not get `Grep`; it uses `Bash` instead.

*Source: observed in Claude Code 2.1.332, 2026-11-30.*"""
    )
    closing = document.text.index("---", 3)
    assert hover(document, closing) == Hover(Span(closing, closing + 3), found.markdown)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "-<|>--\nname: reviewer\ndescription: Reviews: code\n---\n",
            [
                "loads this file after repair.**",
                "- Line 3: the value of `description` is quoted",
            ],
        ),
        (
            "-<|>--\nname: reviewer\n---\n",
            ["does not load this file.**", "- Line 1: `description` is missing"],
        ),
        (
            "-<|>--\nname: reviewer\ndescription: Reviews code.\n",
            ["does not load this file.**", "- Line 1: The closing `---` is missing"],
        ),
        (
            "-<|>--\nname: reviewer\ndescription: Reviews code.\ntools: []\n---\n",
            ["loads this file and starts the agent without any tool.**", "- Tools: none"],
        ),
        (
            "-<|>--\nname: reviewer\ndescription: Reviews code.\ntools: Grpe\n---\n",
            ["but refuses to start the agent, which has no tools.**"],
        ),
        (
            "---\nname: reviewer\ndescription: Reviews code -<|>-- and tests.\nmodel: opus\n---\n",
            ["The frontmatter ends at the `---` in line 3", "Model: not set (model of the session)"],
        ),
    ],
)
def test_hover_on_a_fence_shows_the_verdict(text: str, words: list[str]) -> None:
    _, found = hover_at(text)
    assert found is not None
    for some in words:
        assert some in found.markdown


def shown_at(text: str, path: str) -> str:
    """The hover at the cursor beside the diagnostics, which the editor shows too."""
    text, offset = at_cursor(text)
    document = agent(text, path)
    found = hover(document, offset, None, check(document, config.Config(), MemoryWorld(document, ())))
    return found.markdown if found else "nothing"


def test_hover_does_not_repeat_why_a_file_is_not_loaded() -> None:
    broken = "<|>---\nname: a\n---\nPrompt.\n"
    assert shown_at(broken, ".claude/agents/a.md") == "nothing"
    both = shown_at("<|>---\nname: a\nmodel: x\n---\nPrompt.\n", ".github/agents/a.agent.md")
    assert "does not load" not in both
    assert "VS Code" in both


def test_hover_does_not_repeat_that_a_key_is_deprecated() -> None:
    text = "---\nmo<|>de: agent\ndescription: b\n---\nPrompt.\n"
    page = shown_at(text, ".github/prompts/a.prompt.md")
    assert "**`mode`** (key)" in page
    assert "Deprecated" not in page


def test_hover_on_a_fence_in_a_plugin() -> None:
    text = "---\nname: [\n- a\n---\n"
    document = locate.make_document("/kit/agents/a.md", text, config.Config(), Plugin("/kit", "kit"))
    assert document is not None
    found = hover(document, 0)
    assert found is not None
    assert found.markdown.startswith(
        "**Claude Code 2.1.332 loads this file without its frontmatter: `kit:a` gets all tools"
    )


# --- ignore comments --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "# agentls: ignore[unknown-t<|>ool]\ntools: X\n---\n", "unknown-tool"),
        (HEAD + "tools: X # agentls: ignore[no-tools, unknown-t<|>ool]\n---\n", "unknown-tool"),
        (HEAD + "---\n<!-- agentls: ignore-file[no-too<|>ls] -->\n", "no-tools"),
        ("<!-- agentls: ignore[no-too<|>ls] -->\n", "no-tools"),
        (HEAD + "# agentls: ig<|>nore[unknown-tool]\n---\n", None),
        (HEAD + "# agentls: ignore[no-such-r<|>ule]\n---\n", None),
    ],
)
def test_hover_on_an_ignore_comment_shows_its_rule(text: str, expected: str | None) -> None:
    document, found = hover_at(text)
    assert (covered(document, found.span) if found else None) == expected
    assert found is None or found.markdown.startswith(f"**`{expected}`** (rule, ")


# --- invalid files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "Examples: <a>\n - b: c\nmodel: son<|>net\n---\n", "sonnet"),
        (HEAD + "Examples: <a>\n - b: c\ntoo<|>ls: Read\n---\n", "tools"),
        (HEAD + "tools: [Read, Gr<|>ep\nmodel: opus\n---\n", "Grep"),
        (HEAD + "tools: [Read, Grep\nmodel: op<|>us\n---\n", "opus"),
        (HEAD + "tools: Read, Gr<|>ep", "Grep"),
        (HEAD + "permissionMode: pl<|>an\n\n# You review code\n", "plan"),
        ("\ufeff" + HEAD + "tools: Re<|>ad\n---\n", "Read"),
        ((HEAD + "tools: Read, Gr<|>ep\n---\n").replace("\n", "\r\n"), "Grep"),
        ((HEAD + "x: a: b\ntools:\n- Gr<|>ep\n---\n").replace("\n", "\r\n"), "Grep"),
        ('---\n{"name": "a", "description": "b", "tools": "Re<|>ad"}\n---\n', "Read"),
    ],
)
def test_hover_in_the_rest_of_an_invalid_file(text: str, expected: str) -> None:
    document, found = hover_at(text)
    assert found is not None
    assert covered(document, found.span) == expected


INVALID = [
    HEAD + 'tools: [Read, "Bash(git:*)", *x]\n# agentls: ignore[no-tools]\nmodel: "a`b"\n---\n## End\n',
    "---\nhooks:\n  PreToolUse:\n  - matcher: [a]\n    hooks:\n    - {type: command, if: 3, model: [x]}\n"
    "mcpServers: {a: {type: x}, b: [c], ? [d] : e}\n--- x\n",
    "\ufeff---\r\nname: &a Explore\r\ndescription: *a\r\ntools: |\r\n  Read\r\n  Grep\r\n"
    "<<: {model: x}\r\n---\r\n",
    "a: b\n---\ntools: !x [Read\nmodel: 'opus\nskills:\n- \n-----\n<!-- agentls: ignore -->\n",
]


@pytest.mark.parametrize("text", INVALID)
def test_hover_works_at_every_offset_of_incomplete_files(text: str) -> None:
    for end in range(0, len(text) + 1, 2):
        document = agent(text[:end])
        for offset in range(end + 1):
            found = hover(document, offset)
            assert found is None or (found.span.contains_cursor(offset) and found.markdown)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [("In ${c<|>wd}", "**`cwd`** (variable)"), ("In ${fol<|>der}", None), ("In c<|>wd", None)],
)
def test_variables_of_a_prompt(prompt: str, expected: str | None) -> None:
    text, offset = at_cursor(f"---\ndescription: b\n---\n{prompt}\n")
    found = hover(agent(text, ".kimi-code/agents/case.md"), offset)
    assert (found.markdown.splitlines()[0] if found else None) == expected


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("All of $ARGU<|>MENTS", "**`$ARGUMENTS`** (argument)\n\nAll arguments"),
        ("Take $<|>1", "The second argument"),
        ("Take <|>$base now", "The first argument"),
        ("Take $ARGUMENTS[2<|>]", "The third argument"),
        ("In ${CLAUDE_SKILL<|>_DIR}", "The folder of the file"),
        (r"Keep \$1<|>", None),
        ("Keep ${1<|>}", None),
        ("Keep $oth<|>er", None),
    ],
)
def test_arguments_of_a_call(prompt: str, words: str | None) -> None:
    text, offset = at_cursor(f"---\narguments: base\n---\n$0\n{prompt}\n")
    found = hover(agent(text, ".claude/skills/x/SKILL.md"), offset)
    assert (words in found.markdown) if words and found else found is None
    assert hover(agent(text), offset) is None


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("/home/me/p/.github/ISSUE_TEMPLATE/bug.md", "---\nname: Bug\n---\n", "template for issues"),
        (".codex/agents/reviewer.toml", 'name = "reviewer"\n', "Codex"),
        (".claude/agents/README.md", "# Our agents\n", "documentation"),
    ],
)
def test_an_unsupported_file_is_explained_on_its_first_line(path: str, text: str, words: str) -> None:
    found = hover_unsupported_file(path, text, 0)
    assert found is not None
    assert words in found.markdown
    assert found.span == Span(0, text.index("\n"))
    assert hover_unsupported_file(path, text, len(text)) is None


@pytest.mark.parametrize(("path", "text"), [("notes.md", "Notes."), (".claude/agents/README.md", "---\n")])
def test_other_files_have_no_hover(path: str, text: str) -> None:
    assert hover_unsupported_file(path, text, 0) is None


def test_an_accepted_name_of_another_format_shows_the_tool() -> None:
    text = "---\nname: x\ndescription: y\ntools: [MultiEdit]\n---\n\nYou.\n"
    found = hover(agent(text, ".github/agents/x.agent.md"), text.index("MultiEdit"))
    assert found is not None
    assert found.markdown.startswith("**`edit`** (tool)")


def test_the_fields_of_hooks_that_have_a_shape() -> None:
    text = "---\ndescription: y\nhooks:\n  Stop:\n    - type: command\n      bash: ls\n---\n\nYou.\n"
    found = hover(agent(text, ".github/agents/x.agent.md"), text.index("bash"))
    assert found is not None
    assert "The command to run in bash." in found.markdown
