"""Completion and hover in files with the settings of agentls."""

from __future__ import annotations

import pytest

from agentls.config import PYPROJECT_TABLE, SettingPath
from agentls.features.settings_completion import complete_settings
from agentls.features.settings_hover import hover_settings
from agentls.text.offsets import apply_edits


def completed(marked: str, table: SettingPath = (), *, snippets: bool = False) -> dict[str, str]:
    """The labels of the items at the cursor `<|>`, each with the text after it is inserted."""
    offset = marked.index("<|>")
    text = marked.replace("<|>", "")
    found = complete_settings(text, offset, table, snippets=snippets)
    return {item.label: apply_edits(text, [item.edit]) for item in found.items}


@pytest.mark.parametrize(
    ("text", "label", "result"),
    [
        ("<|>", "ignore", 'ignore = [""]'),
        ("ma<|>\n", "max-lines", "max-lines = \n"),
        ("ma<|> = 3\n", "max-lines", "max-lines = 3\n"),
        ("se<|>", "severity", "severity."),
        ("severity.<|>", "unknown-tool", 'severity.unknown-tool = ""'),
        ("[severity]\nun<|>\n", "unknown-tool", '[severity]\nunknown-tool = ""\n'),
        ('[severity]\nunknown-tool = "<|>"\n', "hint", '[severity]\nunknown-tool = "hint"\n'),
        ("[severity]\nunknown-tool = <|>\n", "hint", '[severity]\nunknown-tool = "hint"\n'),
        ('severity = {unknown-tool = "w<|>"}', "warning", 'severity = {unknown-tool = "warning"}'),
        ("severity = {unk<|>}", "unknown-tool", 'severity = {unknown-tool = ""}'),
        ("ignore = [<|>]", "unknown-tool", 'ignore = ["unknown-tool"]'),
        ("ignore = [<|>\n[severity]\n", "unknown-tool", 'ignore = ["unknown-tool"\n[severity]\n'),
        ('ignore = ["no-tools", "un<|>', "unknown-tool", 'ignore = ["no-tools", "unknown-tool"'),
        ("ignore = [\n  'x<|>',\n]", "unknown-tool", "ignore = [\n  'unknown-tool',\n]"),
        ('runtimes = ["<|>"]', "copilot-cli", 'runtimes = ["copilot-cli"]'),
        ("[places]\n<|>", "claude-code", '[places]\nclaude-code = [""]'),
        ('show = "<|>"', "all", 'show = "all"'),
        ("user-files = f<|>", "false", "user-files = false"),
        ("[sev<|>", "[severity]", "[severity]"),
        ("[[<|>]]\n", "[[overrides]]", "[[overrides]]\n"),
        ("[[overrides]]\n<|>", "paths", '[[overrides]]\npaths = [""]'),
        ("[[overrides]]\nignore = [<|>]", "unknown-tool", '[[overrides]]\nignore = ["unknown-tool"]'),
        (
            "[[overrides]]\n[overrides.severity]\n<|>",
            "unknown-tool",
            '[[overrides]]\n[overrides.severity]\nunknown-tool = ""',
        ),
    ],
)
def test_settings_are_completed(text: str, label: str, result: str) -> None:
    assert completed(text)[label] == result


@pytest.mark.parametrize(
    "text",
    [
        "# ig<|>",
        "max-lines = <|>",
        '[severity]\nx = [<|>"a"]',
        "ignore = <|>3 4",
        '[places]\nclaude-code = ["<|>"]',
        "[other]\n<|>",
    ],
)
def test_nothing_is_offered_elsewhere(text: str) -> None:
    assert completed(text) == {}


def test_listed_rules_and_settings_of_other_tables_are_not_offered() -> None:
    assert "no-tools" not in completed('ignore = ["no-tools", "<|>"]')
    assert "paths" not in completed("<|>")
    assert "runtimes" not in completed("[[overrides]]\n<|>")


def test_in_a_pyproject_only_the_own_table_is_completed() -> None:
    assert completed("<|>", PYPROJECT_TABLE) == {}
    assert completed("[tool.ruff]\nignore = [<|>]", PYPROJECT_TABLE) == {}
    assert completed("[tool.agentls]\nign<|>", PYPROJECT_TABLE)["ignore"] == '[tool.agentls]\nignore = [""]'
    assert "[tool.agentls.severity]" in completed("[<|>", PYPROJECT_TABLE)


def test_snippets_have_a_place_for_the_cursor() -> None:
    offset = 2
    found = complete_settings("ig", offset, (), snippets=True).items
    (item,) = [item for item in found if item.label == "ignore"]
    assert (item.snippet, item.edit.new_text) == (True, 'ignore = ["$1"]')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max-li<|>nes = 3", "Lines above which"),
        ("[sever<|>ity]\n", "Severities of rules"),
        ('[severity]\nunknown-<|>tool = "hint"', "rule, warning"),
        ('ignore = ["unknown-<|>tool"]', "rule, warning"),
        ("[[overrides]]\nigno<|>re = []", "disable"),
        ("[places]\nclaude-<|>code = []", "Claude Code"),
    ],
)
def test_hover_explains_settings_and_rules(text: str, words: str) -> None:
    found = hover_settings(text.replace("<|>", ""), text.index("<|>"), ())
    assert found is not None
    assert words in found.markdown


@pytest.mark.parametrize(
    "text", ["no-<|>such = 1", "# max-<|>lines", 'tools = ["Own<|>"]', "[places]\nx<|> = []"]
)
def test_hover_says_nothing_of_the_unknown(text: str) -> None:
    assert hover_settings(text.replace("<|>", ""), text.index("<|>"), ()) is None
