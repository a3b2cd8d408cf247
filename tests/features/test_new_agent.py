"""New agents: the file, its first text, and invalid names."""

from __future__ import annotations

import pytest

from agentls.dialects import loader
from agentls.document import locate
from agentls.features.new_agent import AgentFolder, agent_folders, new_agent


def test_agents_of_every_dialect_have_a_folder() -> None:
    agents = {
        dialect.name
        for dialect in map(loader.load_dialect, loader.DIALECT_NAMES)
        if dialect.kind == "agent" and dialect.places
    }
    assert {folder.dialect for folder in agent_folders()} == agents


@pytest.mark.parametrize("folder", agent_folders(), ids=lambda folder: folder.folder)
def test_the_folder_of_a_new_agent_is_a_place_of_its_dialect(folder: AgentFolder) -> None:
    created = new_agent(folder.dialect, "code-reviewer")
    assert created.problem == ""
    assert "${1:code-reviewer}" in created.snippet
    located = locate.locate(f"/project/{folder.folder}/{created.file}", None)
    assert located is not None
    assert located.dialect == folder.dialect


@pytest.mark.parametrize("name", ["", "a: b", "-x", "a #b"])
def test_a_name_with_a_problem_is_reported(name: str) -> None:
    assert new_agent("claude-code", name).problem


@pytest.mark.parametrize(
    ("name", "file"), [("Code Reviewer", "code-reviewer.md"), ("../../x", "x.md"), ("a/b", "a-b.md")]
)
def test_a_rename_keeps_the_folder(name: str, file: str) -> None:
    assert new_agent("claude-code", name).file == file


def test_special_characters_of_snippets_are_escaped() -> None:
    assert r"${1:a\$1\}}" in new_agent("claude-code", "a$1}").snippet
