"""Hover: which text it is about, and what it says."""

from __future__ import annotations

import pytest

from agentls import config
from agentls.document import locate
from agentls.document.document import Document
from agentls.features.hover import Hover, hover, hover_unsupported_file
from agentls.text.offsets import Span
from harness import agent, at_cursor, covered

HEAD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n"


def at(text: str) -> tuple[Document, Hover | None]:
    """The hover at the cursor in a file of its own."""
    text, offset = at_cursor(text)
    document = agent(text)
    return document, hover(document, offset)


def shown(frontmatter: str) -> str:
    """The text that a hover in the frontmatter covers, and the first line of its page."""
    document, found = at(HEAD + frontmatter + "\n---\n\nYou review code.\n")
    return f"{covered(document, found.span)} | {found.markdown.splitlines()[0]}" if found else "nothing"


def page(frontmatter: str) -> str:
    """The whole page of a hover in the frontmatter."""
    _, found = at(HEAD + frontmatter + "\n---\n\nYou review code.\n")
    assert found is not None
    return found.markdown


@pytest.mark.parametrize(
    ("frontmatter", "expected"),
    [
        # Keys, also such as do not belong here.
        ("too<|>ls: Read", "tools | **`tools`** (key)"),
        ("<|>tools: Read", "tools | **`tools`** (key)"),
        ("tools<|>: Read", "tools | **`tools`** (key)"),
        ('"too<|>ls": Read', '"tools" | **`tools`** (key)'),
        ("allowed-t<|>ools: Read", "allowed-tools | **`allowed-tools`** (unknown key)"),
        ("Too<|>ls: Read", "Tools | **`Tools`** (unknown key)"),
        ("vers<|>ion: 1", "version | **`version`** (unknown key)"),
        # Values with a vocabulary.
        ("permissionMode: pl<|>an", "plan | **`plan`** (value of `permissionMode`)"),
        ("permissionMode: 'pl<|>an'", "'plan' | **`plan`** (value of `permissionMode`)"),
        ("permissionMode: Pl<|>an", "Plan | **`Plan`** (unknown value)"),
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
        ("tools: Ta<|>sk", "Task | **`Task`** (old tool name)"),
        ("tools: read_<|>file", "read_file | **`read_file`** (unknown tool)"),
        ("tools: Gr<|>pe", "Grpe | **`Grpe`** (unknown tool)"),
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
        ("model: gp<|>t-5", "gpt-5 | **`gpt-5`** (unknown model)"),
        ("model: <|>5", "5 | **`model`** (key)"),
        # Hooks.
        ("hooks:\n  PreTo<|>olUse: []", "PreToolUse | **`PreToolUse`** (hook event)"),
        ("hooks:\n  PreToUse<|>: []", "PreToUse | **`PreToUse`** (unknown hook event)"),
        ("hooks:\n  Stop:\n    - mat<|>cher: x", "matcher | **`matcher`** (field of a hook)"),
        ("hooks:\n  PreToolUse:\n    - matcher: Bash|Ed<|>it", "Edit | **`Edit`** (tool)"),
        (
            "hooks:\n  PreToolUse:\n    - matcher: mcp__do<|>cs__.*",
            "mcp__docs__ | **`mcp__docs__`** (MCP tools)",
        ),
        ("hooks:\n  SubagentStop:\n    - matcher: Re<|>ad", "nothing"),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - type: com<|>mand",
            "command | **`command`** (kind of hook handler)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - type: comand<|>",
            "comand | **`comand`** (unknown kind of hook handler)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - {type: http, u<|>rl: x}",
            "url | **`url`** (field of a hook handler of type `http`)",
        ),
        (
            "hooks:\n  Stop:\n    - hooks:\n        - {type: http, com<|>mand: x}",
            "command | **`command`** (unknown field of a hook handler)",
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
        ("mcpServers:\n  - docs:\n      type: ss<|>e", "sse | **`sse`** (kind of MCP server)"),
        ("mcpServers:\n  docs:\n    comm<|>and: x", "command | **`command`** (field of an MCP server)"),
        # Comments of others.
        ("# about <|>tools", "nothing"),
        ("tools: Read # <|>Grep", "nothing"),
    ],
)
def test_what_stands_there(frontmatter: str, expected: str) -> None:
    assert shown(frontmatter) == expected


def test_a_misspelt_word_comes_with_the_nearest() -> None:
    assert "- Did you mean: `tools`" in page("Too<|>ls: Read")
    assert "- Did you mean: `Grep`" in page("tools: Gr<|>pe")
    assert "- Did you mean: `plan`" in page("permissionMode: Pl<|>an")
    assert "- Did you mean: `sonnet`" in page("model: sonet<|>")
    assert "- Did you mean: `command`" in page("hooks:\n  Stop:\n    - hooks:\n        - type: comand<|>")


def test_a_specifier_does_not_narrow_a_tool() -> None:
    assert "**`(git:*)`:** It does not restrict the tool" in page("tools: Ba<|>sh(git:*)")
    assert "**`(rm:*)`:** The whole tool is denied" in page("disallowedTools: Ba<|>sh(rm:*)")
    assert "does not restrict" not in page("tools: Ba<|>sh")


def test_names_of_agents_count_for_the_main_session_only() -> None:
    assert "**`(Explore)`:** The list in `Agent(...)` only applies" in page("tools: Agent(Exp<|>lore)")
    assert "**`(Explore)`:** The whole tool is denied" in page("disallowedTools: Agent(Exp<|>lore)")


def test_a_tool_that_is_taken_away_again() -> None:
    assert "**Not given:** also in `disallowedTools`." in page("tools: Ba<|>sh, Read\ndisallowedTools: Bash")
    assert "**Not given:** not available to subagents." in page("tools: Read, EnterPlan<|>Mode")
    assert "Not given" not in page("tools: Ba<|>sh, Read")


def test_notes_stand_in_front_of_the_source() -> None:
    assert page("tools: Ba<|>sh(git:*)").split("\n\n")[-1].startswith("*Source: ")


def test_a_name_with_a_meaning_of_its_own() -> None:
    document, found = at("---\nname: Exp<|>lore\ndescription: Explores. Use it often.\n---\n")
    assert found is not None
    assert covered(document, found.span) == "Explore"
    assert "An agent of this name takes its place" in found.markdown


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
    assert at(text)[1] is None


# --- the fences -------------------------------------------------------------------------------


def test_the_fence_shows_the_reading() -> None:
    document, found = at(
        "-<|>--\nname: reviewer\ndescription: Reviews code. Use it after every change.\n"
        "tools: Read, Grep, Bash, Grpe, EnterPlanMode\nmodel: haiku\n---\n\nYou review code.\n"
    )
    assert found is not None
    assert found.span == (0, 3)
    assert (
        found.markdown
        == """\
**Claude Code 2.1.328 loads this file.**

- Name: `reviewer`
- Tools: `Read`, `Grep`, `Bash`
- Dropped: `Grpe`, no tool has this name
- Dropped: `EnterPlanMode`, not available to subagents
- Model: `haiku` -> `claude-haiku-5-5`
- Tokens: about 10 in the description, which is part of every session, and 4 in the prompt
- Beside `Bash` the agent is not given `Grep`; it does the same through `Bash`.

*Source: observed in Claude Code 2.1.328, 2026-11-20.*"""
    )
    closing = document.text.index("---", 3)
    assert hover(document, closing) == Hover(Span(closing, closing + 3), found.markdown)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "-<|>--\nname: reviewer\ndescription: Reviews: code\n---\n",
            [
                "loads this file after repairing it.**",
                "- Line 3: the value of `description` is put into quotes",
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
            ["loads this file, and starts the agent without any tool.**", "- Tools: none"],
        ),
        (
            "-<|>--\nname: reviewer\ndescription: Reviews code.\ntools: Grpe\n---\n",
            ["but refuses to start the agent, which is left without any tool.**"],
        ),
        (
            "---\nname: reviewer\ndescription: Reviews code -<|>-- and tests.\nmodel: opus\n---\n",
            ["The frontmatter ends at the `---` in line 3", "Model: not set: the model of the session"],
        ),
    ],
)
def test_the_fence_says_what_becomes_of_the_file(text: str, words: list[str]) -> None:
    _, found = at(text)
    assert found is not None
    for some in words:
        assert some in found.markdown


def test_the_fence_in_a_plugin() -> None:
    text = "---\nname: [\n- a\n---\n"
    document = locate.open_document("/kit/agents/a.md", text, config.Config(), locate.Plugin("/kit", "kit"))
    assert document is not None
    found = hover(document, 0)
    assert found is not None
    assert found.markdown.startswith(
        "**Claude Code 2.1.328 cannot read the frontmatter: `kit:a` gets all tools"
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
def test_the_rule_that_an_ignore_comment_silences(text: str, expected: str | None) -> None:
    document, found = at(text)
    assert (covered(document, found.span) if found else None) == expected
    assert found is None or found.markdown.startswith(f"**`{expected}`** (rule, ")


# --- files that are not in order --------------------------------------------------------------


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
def test_the_rest_of_a_broken_file(text: str, expected: str) -> None:
    document, found = at(text)
    assert found is not None
    assert covered(document, found.span) == expected


ODD = [
    HEAD + 'tools: [Read, "Bash(git:*)", *x]\n# agentls: ignore[no-tools]\nmodel: "a`b"\n---\n## End\n',
    "---\nhooks:\n  PreToolUse:\n  - matcher: [a]\n    hooks:\n    - {type: command, if: 3, model: [x]}\n"
    "mcpServers: {a: {type: x}, b: [c], ? [d] : e}\n--- x\n",
    "\ufeff---\r\nname: &a Explore\r\ndescription: *a\r\ntools: |\r\n  Read\r\n  Grep\r\n"
    "<<: {model: x}\r\n---\r\n",
    "a: b\n---\ntools: !x [Read\nmodel: 'opus\nskills:\n- \n-----\n<!-- agentls: ignore -->\n",
]


@pytest.mark.parametrize("text", ODD)
def test_no_place_in_a_half_written_file_is_too_odd(text: str) -> None:
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
    ("path", "text", "words"),
    [
        (".github/workflows/triage.md", "---\non: issues\n---\n", "agentic workflow"),
        ("/home/me/p/.github/ISSUE_TEMPLATE/bug.md", "---\nname: Bug\n---\n", "template for issues"),
        (".codex/agents/reviewer.toml", 'name = "reviewer"\n', "Codex"),
        (".claude/agents/README.md", "# Our agents\n", "documentation"),
    ],
)
def test_a_neighbour_is_explained_on_its_first_line(path: str, text: str, words: str) -> None:
    found = hover_unsupported_file(path, text, 0)
    assert found is not None
    assert words in found.markdown
    assert found.span == Span(0, text.index("\n"))
    assert hover_unsupported_file(path, text, len(text)) is None


@pytest.mark.parametrize(("path", "text"), [("notes.md", "Notes."), (".claude/agents/README.md", "---\n")])
def test_other_files_are_no_neighbours(path: str, text: str) -> None:
    assert hover_unsupported_file(path, text, 0) is None


def test_a_foreign_tool_is_dropped_by_those_that_do_not_know_it() -> None:
    text = "---\nname: x\ndescription: y\ntools: [Bash]\n---\n\nYou.\n"
    found = hover(agent(text, ".github/agents/x.agent.md"), text.index("Bash"))
    assert found is not None
    assert "VS Code drops the name" in found.markdown


def test_the_fields_of_hooks_that_have_a_shape() -> None:
    text = "---\ndescription: y\nhooks:\n  Stop:\n    - type: command\n      bash: ls\n---\n\nYou.\n"
    found = hover(agent(text, ".github/agents/x.agent.md"), text.index("bash"))
    assert found is not None
    assert "The command to run in bash." in found.markdown
