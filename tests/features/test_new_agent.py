"""New agent files: where they can be, their first text, and invalid names."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.dialects import loader
from agentls.document import locate
from agentls.features.new_agent import (
    AgentFolder,
    agent_folders,
    new_agent,
    project_folders,
    selectable_models,
)
from agentls.project import extract
from agentls.reports.project_tree import group_files

KINDS = ("agent", "skill", "command", "text")
FOLDERS = [folder for kind in KINDS for folder in agent_folders(kind)]


def test_agents_of_every_dialect_have_a_folder() -> None:
    agents = {
        dialect.name
        for dialect in map(loader.load_dialect, loader.DIALECT_NAMES)
        if dialect.kind == "agent" and dialect.places
    }
    assert {folder.dialect for folder in agent_folders()} == agents


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.folder}/{folder.file}")
def test_a_new_file_is_in_a_place_of_its_dialect_and_its_template_is_clean(folder: AgentFolder) -> None:
    created = new_agent(folder.dialect, "code-reviewer", file=folder.file)
    assert created.problem == ""
    located = locate.locate(f"/project/{folder.folder}/{created.file}", None, created.text)
    assert located is not None
    assert located.dialect == folder.dialect
    assert ("name: code-reviewer\n" in created.text) == ("\nname:" in created.text)


@pytest.mark.parametrize("dialect", ["claude-code", "copilot", "opencode", "claude-command"])
def test_a_model_is_written_and_known(dialect: str) -> None:
    for model in selectable_models(dialect):
        created = new_agent(dialect, "code-reviewer", model.name)
        assert f"\nmodel: {model.name}\n" in created.text
        assert created.text.count("\nmodel:") == 1
        assert created.problem == ""


def test_folders_in_use_come_first_then_those_that_their_runtimes_read() -> None:
    files = ("web/.claude/agents/review/lead.md", ".claude/skills/tidy/SKILL.md", ".opencode/agents/x.md")
    documents = [
        locate.make_document(f"/p/{path}", f"---\nname: {at}\ndescription: Does.\n---\n\nDo.\n", Config())
        for at, path in enumerate(files)
    ]
    names = [extract.extract_names(document) for document in documents if document]
    groups = group_files(names, "/p", Config())
    found = project_folders("agent", groups, "/p")
    assert [(row.folder, row.subfolders) for row in found if row.use == "used"] == [
        ("web/.claude/agents", ("review",)),
        (".opencode/agents", ()),
    ]
    read = [row.folder for row in found if row.use == "read"]
    assert read[0] == ".claude/agents"
    assert ".opencode/agent" in read
    assert ".github/agents" not in read
    assert [row.use for row in found] == sorted(
        (row.use for row in found), key=["used", "read", "other"].index
    )
    skills = project_folders("skill", groups, "/p")
    assert (skills[0].folder, skills[0].subfolders) == (".claude/skills", ())


@pytest.mark.parametrize("name", ["", "a: b", "-x", "a #b"])
def test_a_name_with_a_problem_is_reported(name: str) -> None:
    assert new_agent("claude-code", name).problem


@pytest.mark.parametrize(
    ("name", "file"), [("Code Reviewer", "code-reviewer.md"), ("../../x", "x.md"), ("a/b", "a-b.md")]
)
def test_a_rename_keeps_the_folder(name: str, file: str) -> None:
    assert new_agent("claude-code", name).file == file


def test_special_characters_of_snippets_are_escaped() -> None:
    created = new_agent("claude-code", "a$1}")
    assert r"name: a\$1\}" in created.snippet
    assert "name: a$1}" in created.text
