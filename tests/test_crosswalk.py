"""The crosswalk: its names exist, and are translated between formats."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agentls.dialects import crosswalk, loader

FORMER = {
    "copilot": {
        "findTestFiles",
        "searchResults",
        "search/searchResults",
        "modelPolicy",
        "sidekick",
        "advancedOptions",
    }
}
"""Names that occur in files although their format removed them or never documented them."""


@pytest.mark.parametrize(
    "name", [name for name in loader.DIALECT_NAMES if name in crosswalk.load_crosswalk().formats]
)
def test_names_exist_in_the_shipped_formats(name: str) -> None:
    table, dialect = crosswalk.load_crosswalk(), loader.load_dialect(name)
    keys = {each for concept in table.keys.concepts.values() for each in table.keys.names_in(concept, name)}
    own = {key.name for key in dialect.keys} | {key.name for key in dialect.foreign_keys}
    assert sorted(keys - own - FORMER.get(name, set())) == []
    tools = {
        each for concept in table.tools.concepts.values() for each in table.tools.names_in(concept, name)
    }
    if not dialect.tools:
        return  # The names of its tools are not documented well enough to be checked.
    own = {tool.name for tool in dialect.tools} | {tool.name for tool in dialect.old_tools}
    own |= {tool.name for tool in dialect.foreign_tools} | FORMER.get(name, set())
    assert sorted(tools - own) == []


def test_values_exist_in_the_shipped_formats() -> None:
    table = crosswalk.load_crosswalk()
    for concept, words in table.words.items():
        for name in set(loader.DIALECT_NAMES) & table.formats.keys():
            dialect = loader.load_dialect(name)
            keys = [dialect.key(key) for key in table.keys.names_in(table.keys.concepts[concept], name)]
            known = {value.name for key in keys if key for value in key.values}
            found = {word for each in words.concepts.values() for word in words.names_in(each, name)}
            assert not known or found <= known, (concept, name)


def test_near_concepts_exist() -> None:
    for table in (crosswalk.load_crosswalk().keys, crosswalk.load_crosswalk().tools):
        for concept in table.concepts.values():
            assert set(concept.near) <= table.concepts.keys(), concept
    formats = crosswalk.load_crosswalk().formats
    assert {each.like for each in formats.values()} - {""} <= formats.keys()


@pytest.mark.parametrize(
    ("dialect", "name", "now"),
    [
        ("claude-code", "read_file", ("Read",)),
        ("claude-code", "read_many_files", ("Read", "Glob")),
        ("claude-code", "search", ("Grep", "Glob")),
        ("claude-code", "ask_user", ()),
        ("claude-code", "docs/*", ("mcp__docs__*",)),
        ("gemini-cli", "Bash", ("run_shell_command",)),
        ("gemini-cli", "mcp__docs__find", ("mcp_docs_find",)),
        ("gemini-cli", "NotebookEdit", ("replace",)),
    ],
)
def test_a_tool_has_an_equivalent_in_another_format(dialect: str, name: str, now: tuple[str, ...]) -> None:
    row = loader.load_dialect(dialect).foreign_tool(name)
    assert row is not None
    assert row.replacements == now


@pytest.mark.parametrize(
    ("dialect", "name", "use"),
    [
        ("claude-code", "steps", "maxTurns"),
        ("claude-code", "temperature", ""),
        ("gemini-cli", "maxTurns", "max_turns"),
        ("gemini-cli", "whenToUse", "description"),
        ("gemini-cli", "permissionMode", ""),
    ],
)
def test_a_key_has_an_equivalent_in_another_format(dialect: str, name: str, use: str) -> None:
    row = loader.load_dialect(dialect).foreign_key(name)
    assert row is not None
    assert row.replacement == use


@pytest.mark.parametrize("name", ["Read", "read", "Task", "task", "my_own_tool", "and/or"])
def test_a_name_of_the_format_or_of_no_format_is_not_foreign(name: str) -> None:
    assert loader.load_dialect("claude-code").foreign_tool(name) is None


def test_values_are_translated_with_their_key() -> None:
    claude = loader.load_dialect("claude-code")
    row = crosswalk.load_crosswalk().translate_key("approvalMode", claude)
    assert row is not None
    assert (row.replacement, row.value_map["yolo"]) == ("permissionMode", "bypassPermissions")


def test_a_mistake_in_the_table_is_named() -> None:
    data = {"formats": {}, "keys": {"limit": {"nowhere": "x"}}, "tools": {}, "models": {}, "words": {}}
    with pytest.raises(ValueError, match="limit: no format nowhere"):
        crosswalk.Crosswalk(data)


def test_a_valid_file_does_not_load_the_crosswalk() -> None:
    text = (
        "---\nname: a\ndescription: Reviews code. Use it after a change.\ntools: Read, Grep\n---\nReview.\n"
    )
    program = f"""
from agentls import config
from agentls.document import locate
from agentls.linter import check
from agentls.project.world import NoDisk
from agentls.dialects import crosswalk
document = locate.make_document(".claude/agents/a.md", {text!r}, config.Config())
assert check.check(document, config.Config(), NoDisk()) == []
raise SystemExit(crosswalk.load_crosswalk.cache_info().currsize)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_models_exist_in_the_shipped_formats() -> None:
    table = crosswalk.load_crosswalk()
    for name in set(loader.DIALECT_NAMES) & table.formats.keys():
        models = loader.load_dialect(name).models
        names = [
            each
            for concept in table.models.concepts.values()
            for each in table.models.names_in(concept, name)
        ]
        assert [each for each in names if not models.get(each)] == []
