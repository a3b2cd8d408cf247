"""No regular expression takes more than linear time on a text that is made for it."""

from __future__ import annotations

import re
import time

import pytest

from agentls.dialects import value_schema
from agentls.document import prompt_arguments, prompt_commands, shell_commands, suppressions
from agentls.features import completion, cursor_context
from agentls.features.refactorings import texts
from agentls.linter.rules import file_references
from agentls.project import path_references
from agentls.readers import by_lines, flat, lenient, scalars, two_keys, yaml_errors

LENGTH = 100_000
"""Quadratic time would be minutes."""


@pytest.mark.parametrize(
    ("pattern", "start", "repeated", "end"),
    [
        (completion._IN_PARENTHESES, "", "a", "!"),
        (cursor_context._FLOW_KEY, "", "a", ""),
        (file_references._CODE_SPAN, "", "`", "!"),
        (flat._ITEM, " - x", "\t", "\f"),
        (flat._ITEM, " - x", " x", "\f"),
        (path_references.IMPORT_PATTERN, "@.", "/.", "!"),
        (prompt_arguments._HINTED, "", "[", ""),
        (prompt_arguments._HINTED, "", "<", ""),
        (prompt_commands._COMMAND, "```!", " ", "\0"),
        (prompt_commands._COMMAND, "", "```! ", ""),
        (prompt_commands._COMMAND, "", " !`", ""),
        (shell_commands._KEYWORD, "", "\n ", "!"),
        (shell_commands._SUBSHELL, "", "\n ", "!"),
        (suppressions._IN_BODY, "", "<!-- agentls: ignore[x", ""),
        (suppressions._IN_YAML, "", "# agentls: ignore[x ", ""),
        (texts._BLANK_LINES, "\n", " ", "!"),
        (texts._EXAMPLE, "", "<example>x", ""),
        (value_schema._WORD, "", " ", ""),
        (yaml_errors._CODE_FENCE_AT_END, "```\n", "<!---->", "x"),
        (yaml_errors._CODE_FENCE_AT_END, "```", "\t", "x"),
        (yaml_errors._COMMENT_INSIDE, " #x", " ", "!"),
        (yaml_errors._ITEM, " - `", "\t", "!"),
        (yaml_errors._PROSE, " x", " ", "!"),
        (yaml_errors._UNINDENTED, "xx", " ", "!"),
    ],
)
def test_a_search_takes_linear_time(pattern: re.Pattern[str], start: str, repeated: str, end: str) -> None:
    text = start + repeated * (LENGTH // len(repeated)) + end
    begun = time.process_time()
    for _ in pattern.finditer(text):
        pass
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (by_lines._FLOAT, f"{'0' * LENGTH}!"),
        (cursor_context._KEY_LINE, f"x{' ' * LENGTH}!"),
        (lenient._ITEM, f"x{' ' * LENGTH}["),
        (scalars._OLDER_TEXT, f"0{'9' * LENGTH}!"),
        (two_keys._STRAY, f"\nx{' ' * LENGTH}\f\f"),
    ],
)
def test_a_match_takes_linear_time(pattern: re.Pattern[str], text: str) -> None:
    begun = time.process_time()
    pattern.match(text)
    pattern.fullmatch(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("key: a", "key", "a"),
        ("key  :", "key  ", None),
        ("\"a key\": 'b'", "a key", "b"),
        ("key :x", None, None),
    ],
)
def test_the_keys_of_lines(line: str, key: str | None, value: str | None) -> None:
    found = cursor_context._KEY_LINE.match(line)
    assert (found and found[1]) == key
    assert (found and found[2]) == value
