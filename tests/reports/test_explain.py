"""Explanations of the words of a dialect: complete, with sources, found in any case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agentls.config import Config
from agentls.dialects import loader
from agentls.linter.rules import all_rules
from agentls.reports import explain, fact_page
from agentls.text import escaping

CLAUDE = loader.load_dialect("claude-code")


def every_word() -> list[str]:
    """Every word of the dialect that has a page."""
    hooks, servers = CLAUDE.hooks, CLAUDE.servers
    rows: list[Any] = [
        *CLAUDE.keys,
        *(value for key in CLAUDE.keys for value in key.values),
        *CLAUDE.foreign_keys,
        *CLAUDE.tools,
        *CLAUDE.old_tools,
        *CLAUDE.foreign_tools,
        *CLAUDE.models.known,
        *hooks.events,
        *hooks.entry_fields,
        *hooks.common_fields,
        *hooks.handlers,
        *(field for handler in hooks.handlers for field in handler.fields),
        *servers.fields,
        *servers.transports,
        *CLAUDE.builtin_agents,
        *CLAUDE.reserved_names,
    ]
    return sorted({row.name for row in rows})


@pytest.mark.parametrize("word", every_word())
def test_every_word_has_a_page_with_its_name_and_its_source(word: str) -> None:
    page = explain.explain(word, CLAUDE)
    assert page is not None
    first, *_, last = page.split("\n\n")
    assert first.startswith(f"**`{word}`** (")
    assert last.startswith("*Source: ")
    assert last.endswith(".*")
    assert ":  " not in page
    assert ": \n" not in page


def test_a_key() -> None:
    page = explain.explain_key(CLAUDE, "permissionMode")
    assert page is not None
    assert (
        page
        == """\
**`permissionMode`** (key)

How permission prompts are handled while the agent runs.

Ignored when the session itself runs in `bypassPermissions`, `acceptEdits` or `auto`.

- Values:
  - `default`: Ask before each action that needs permission.
  - `acceptEdits`: Accept edits of files without asking.
  - `plan`: Explore and plan only; `ExitPlanMode` becomes available.
  - `auto`: A classifier decides what needs approval.
  - `dontAsk`: Deny whatever is not pre-approved.
  - `bypassPermissions`: Skip all permission prompts. Ignored where the organisation disables it.
  - `manual`: Another name for `default` (2.1.200 and newer).
- Default: that of the session
- If invalid: the value is ignored
- In plugins: ignored
- Since: 2.0.43

*Source: [Claude Code docs, Subagents](https://code.claude.com/docs/en/sub-agents), 2026-08-22\
 (documented).*"""
    )


def test_values_without_summaries_are_in_one_line() -> None:
    page = explain.explain_key(CLAUDE, "color")
    assert page is not None
    assert "- Values: `red`, `blue`, `green`" in page


def test_a_key_of_another_format_has_its_replacement() -> None:
    page = explain.explain_key(CLAUDE, "allowed-tools")
    assert page is not None
    assert "A key of skills and slash commands. Claude Code ignores it." in page
    assert "- Use instead: `tools`" in page
    assert explain.explain_key(CLAUDE, "Tools") is None


def test_a_value_is_explained_for_its_key_and_in_its_case() -> None:
    assert explain.explain_value(CLAUDE, "permissionMode", "plan") is not None
    assert explain.explain_value(CLAUDE, "permissionMode", "Plan") is None
    assert explain.explain_value(CLAUDE, "effort", "High") is not None
    assert explain.explain_value(CLAUDE, "memory", "plan") is None
    assert explain.explain_value(CLAUDE, "nothing", "plan") is None


def test_a_page_names_no_key_that_the_format_does_not_have() -> None:
    gemini, copilot = loader.load_dialect("gemini-cli"), loader.load_dialect("copilot")
    assert explain.explain_tool(gemini, "mcp__*") is None
    assert "disallowedTools" not in (explain.explain_tool(copilot, "mcp__*") or "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Bash", "- Requires permission: yes\n- In subagents: available"),
        ("Read", "- Requires permission: no"),
        ("LSP", "- In subagents: not available in the background\n- Only available in some sessions"),
        ("AskUserQuestion", "- In subagents: never available, even if listed"),
        ("ExitPlanMode", "- In subagents: only available with `permissionMode: plan`"),
        ("Agent", "- Accepted former names: `Task`"),
        ("Grep", "- If `Bash` is also listed: not given to the agent, which uses `Bash` instead"),
        ("Task", "Renamed in 2.1.63. The former name is still accepted.\n\n- Use instead: `Agent`"),
        ("MultiEdit", "Removed. Claude Code ignores it.\n\n- Use instead: `Edit`"),
        ("read_file", "A tool of Gemini CLI and others. Claude Code ignores it."),
        ("mcp__docs__search", "The tool `search` of the MCP server `docs`, if it is connected."),
        ("mcp__docs", "All tools of the MCP server `docs`, if it is connected."),
        ("mcp__docs__*", "All tools of the MCP server `docs`, if it is connected."),
        ("mcp__*", "All tools of all MCP servers; only valid in `disallowedTools`."),
        ("*", "All available tools."),
    ],
)
def test_tools(name: str, words: str) -> None:
    page = explain.explain_tool(CLAUDE, name)
    assert page is not None
    assert words in page


def test_unknown_tools_have_no_page() -> None:
    assert explain.explain_tool(CLAUDE, "bash") is None
    assert explain.explain_tool(CLAUDE, "") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sonnet ", "- Resolves to: `claude-sonnet-5-5` in Claude Code 2.1.332"),
        ("opus[1m]", "- `[1m]`: selects the long context window"),
        ("claude-opus-4-1", "- Status: removed; requests go to a newer model"),
        ("claude-3-opus-latest", "- Status: retired; requests fail"),
        ("us.anthropic.claude-opus-5", "An id of another provider"),
        ("inherit", "The model of the session."),
    ],
)
def test_models(name: str, words: str) -> None:
    page = explain.explain_model(CLAUDE, name)
    assert page is not None
    assert words in page


def test_unknown_models_have_no_page() -> None:
    assert explain.explain_model(CLAUDE, "gpt-5") is None
    assert explain.explain_model(CLAUDE, "inherit[1m]") is None


def test_the_confidence_of_a_source() -> None:
    known = {source.confidence: source for source in CLAUDE.sources}
    assert fact_page.cite_source(known["documented"]).endswith("(documented).*")
    assert fact_page.cite_source(known["observed"]).startswith("*Source: observed in ")
    assert fact_page.cite_source(known["third-party"]).endswith("(reported by third parties).*")


def test_fields_depend_on_the_kind_of_handler() -> None:
    own = explain.explain_handler_field(CLAUDE, "mcp_tool", "server")
    assert own is not None
    assert own.startswith("**`server`** (field of a hook handler of type `mcp_tool`)")
    assert explain.explain_handler_field(CLAUDE, "command", "server") is None
    assert explain.explain_handler_field(CLAUDE, "nonsense", "server") == own
    assert explain.explain_handler_field(CLAUDE, "command", "if") == explain.explain_handler_field(
        CLAUDE, "", "if"
    )


def test_names_from_the_configuration() -> None:
    dialect = loader.configure_dialect(
        "claude-code", Config(tools=("Deploy",), models=("House-Model",), keys=("team",))
    )
    for word in ("Deploy", "House-Model", "team"):
        page = explain.explain(word, dialect)
        assert page is not None
        assert "Added in your configuration." in page
        assert page.endswith("*Source: your configuration.*")


@pytest.mark.parametrize("code", all_rules())
def test_rules(code: str) -> None:
    page = explain.explain_rule(code)
    rule = all_rules()[code]
    assert page is not None
    assert page.startswith(f"**`{code}`** (rule, {rule.severity.label}, {rule.group})\n\n")
    assert page.endswith(rule.page)
    assert explain.explain(code.upper(), CLAUDE) == page


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("model", "model"),  # The key comes before the field of a hook handler.
        ("Agent", "Agent"),
        ("agent", "agent"),
        ("bash", "Bash"),
        ("PRETOOLUSE", "PreToolUse"),
        (" worktree ", "worktree"),
        ("explore", "Explore"),
        ("mcp__a__b", "mcp__a__b"),
    ],
)
def test_case_only_matters_between_several_matches(word: str, name: str) -> None:
    page = explain.explain(word, CLAUDE)
    assert page is not None
    assert page.startswith(f"**`{name}`**")


@pytest.mark.parametrize("word", ["", " ", "nothing-like-it", "`", "*" * 9, "\n"])
def test_unknown_words(word: str) -> None:
    assert explain.explain(word, CLAUDE) is None


def test_suggestions() -> None:
    assert explain.suggest_words("permissonMode", CLAUDE) == ["permissionMode"]
    assert explain.suggest_words("Raed", CLAUDE)[0] == "Read"
    assert explain.suggest_words("no-tool", CLAUDE)[0] == "no-tools"
    assert explain.suggest_words("nothing-like-it", CLAUDE) == []


@pytest.mark.parametrize(
    ("text", "span"), [("a b", "`a b`"), ("a\nb", "`a b`"), ("", "` `"), ("`a`", "`` `a` ``")]
)
def test_code_spans_hold_any_text(text: str, span: str) -> None:
    assert escaping.code_span(text) == span


@pytest.mark.parametrize(
    ("word", "kind", "whose"),
    [
        ("name", "key", "`claude-code` (Claude Code agent)"),
        ("permission", "key", "`opencode` (OpenCode agent)"),
        ("applyTo", "key", "`copilot-instructions` (Copilot instructions)"),
        ("applyto", "key", "`copilot-instructions` (Copilot instructions)"),
        ("execute", "tool", "`copilot` (GitHub Copilot agent)"),
        ("run_shell_command", "tool", "`gemini-cli` (Gemini CLI agent)"),
        ("agent", "hook handler type", "`claude-code` (Claude Code agent)"),
    ],
)
def test_a_word_is_explained_in_the_most_common_dialect(word: str, kind: str, whose: str) -> None:
    page = explain.explain_in_any_format(word)
    assert page is not None
    assert page.lower().startswith(f"**`{word.lower()}`** ({kind})")
    assert f"Dialect: {whose}." in page


def test_other_dialects_with_the_word_are_listed() -> None:
    assert "Also in `kilo`;" in (explain.explain_in_any_format("permission") or "")
    assert re.search(
        r" and \d+ more; select one with `--dialect`\.$", explain.explain_in_any_format("name") or ""
    )
    assert "Dialect:" not in (explain.explain_in_any_format("unknown-tool") or "")
    assert explain.explain_in_any_format("no such word") is None
