"""Files with settings: where in the text their problems are."""

from __future__ import annotations

import sys
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from agentls.features.settings_completion import complete_settings
from agentls.reports.settings_schema import settings_schema
from agentls.text.toml_positions import find_toml_entries
from agentls.workspace.settings_files import parse_settings


def problems(text: str, path: str = "/x/agentls.toml") -> list[tuple[str, str]]:
    """The problems in a file, each with the text that it is about."""
    found = parse_settings(path, text).problems
    return [(problem.code, problem.span.text_in(text) if problem.span else "") for problem in found]


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("ignroe = []", "unknown-setting", "ignroe"),
        ("max_lines = 3", "unknown-setting", "max_lines"),
        ('max-lines = "3"', "invalid-setting", '"3"'),
        ('ignore = ["unknown-tool", "no-such"]', "unknown-rule", '"no-such"'),
        ("ignore = 'no-tools'", "invalid-setting", "'no-tools'"),
        ('[severity]\nno-such = "hint"', "unknown-rule", "no-such"),
        ('[severity]\nunknown-tool = "warn"', "invalid-setting", '"warn"'),
        ('severity.unknown-tool = "warn"', "invalid-setting", '"warn"'),
        ('severity = {unknown-tool = "warn"}', "invalid-setting", '"warn"'),
        ('runtimes = [\n  "claude-code",\n  "gemini", # soon\n]', "unknown-runtime", '"gemini"'),
        ("[places]\ncobol = []", "unknown-dialect", "cobol"),
        ('[places]\nclaude-code = ["[ab"]', "invalid-setting", '"[ab"'),
        ("tools = ['a', 1]", "invalid-setting", "1"),
        ('[[overrides]]\npaths = ["a"]\n[[overrides]]\nignore = []', "invalid-setting", "overrides"),
        ('[[overrides]]\npaths = ["a"]\nignore = ["x-y"]', "unknown-rule", '"x-y"'),
        ('[[overrides]]\npaths = ["a"]\n[overrides.severity]\nno-tools = "bad"', "invalid-setting", '"bad"'),
        ("ignore = [\n", "invalid-toml", "["),
        ("ignore = ]\r\n", "invalid-toml", "]"),
        ("a = 1\na = 2\n", "invalid-toml", "2"),
        ("\ufeffa b\n", "invalid-toml", "b"),
    ],
)
def test_a_problem_is_at_the_text_that_it_is_about(text: str, code: str, about: str) -> None:
    assert problems(text) == [(code, about)]


def test_valid_settings_have_no_problem() -> None:
    text = '\ufeffmax-lines = 3\r\n"ignore" = ["no-tools"]\r\n[severity]\r\nno-tools = "hint"\r\n'
    assert problems(text) == []


def test_in_a_pyproject_the_other_tables_are_not_settings() -> None:
    text = '[tool.other]\nignroe = 1\n[tool.agentls]\nignroe = []\n[tool.agentls.severity]\nno-tools = "x"\n'
    found = parse_settings("/x/pyproject.toml", text).problems
    assert [problem.position for problem in found] == [(3, 0), (5, 11)]


def test_a_misspelt_word_has_a_suggestion() -> None:
    text = "ignore = ['unknown-tol']"
    (problem,) = parse_settings("/x/agentls.toml", text).problems
    assert problem.edit(text) == ((10, 23), "'unknown-tool'")


WORDS = st.text("ab-\\\"'#[]{}=,. 	é😀", max_size=5)
VALUES = st.recursive(
    st.integers(-5, 5) | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def written(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[ # x\n" + ",\n".join(map(written, value)) + "\n]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)} = {written(each)}" for key, each in value.items()) + "}"
    return str(value)


@given(st.dictionaries(WORDS, VALUES, max_size=4), st.booleans())
def test_each_value_is_where_it_is_said_to_be(data: dict[str, Any], in_tables: bool) -> None:
    rows = [
        f"[[{written(key)}]] # y\nx = {written(value)}\n"
        if in_tables
        else f"{written(key)} = {written(value)}\n"
        for key, value in data.items()
    ]
    text = "".join(rows)
    values = tomllib.loads(text)
    found = {entry.path: entry for entry in find_toml_entries(text)}
    for path, entry in found.items():
        value: Any = values
        for step in path:
            value = value[step]
        if entry.kind != "header":
            assert tomllib.loads(f"x = {entry.value.text_in(text)}") == {"x": value}
    if not in_tables:
        assert [path for path in found if len(path) == 1] == [(key,) for key in data]


@settings(deadline=None)  # The first example loads the rules.
@given(st.text("[]{}=,.\"'#\\\n\r ab1-", max_size=40), st.data())
def test_any_text_can_be_read_and_completed(text: str, data: st.DataObject) -> None:
    parse_settings("/x/agentls.toml", text)
    offset = data.draw(st.integers(0, len(text)))
    complete_settings(text, offset, (), snippets=True)


def test_a_deeply_nested_value_is_read() -> None:
    assert problems("ignore = " + "[" * 100_000)[0][0] == "invalid-toml"


def test_the_schema_accepts_what_agentls_accepts() -> None:
    schema = settings_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good = (
        'ignore = ["no-tools"]\nmax-lines = 3\n[severity]\nno-tools = "hint"\n[[overrides]]\npaths = ["a"]\n'
    )
    assert list(validator.iter_errors(tomllib.loads(good))) == []
    for bad in (
        "ignroe = []",
        'ignore = ["no-such"]',
        '[severity]\nno-tools = "x"',
        "[[overrides]]\nignore = []",
    ):
        assert list(validator.iter_errors(tomllib.loads(bad))), bad
