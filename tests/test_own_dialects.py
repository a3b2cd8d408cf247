"""Dialects of a user's own: added and extended by files in the workspace and the user's folder."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from agentls.cli import main
from agentls.dialects import loader
from agentls.dialects.json_schema import schema
from agentls.dialects.tables import read_table
from agentls.dialects.validation import load_user_dialect
from agentls.linter import check
from agentls.project.world import NoDisk
from agentls.readers.strategies import STRATEGIES
from agentls.workspace import discovery, disk, settings_files

HARNESS = """\
name: harness
title: Our agent
extends: gemini-cli
runtimes:
  harness: {title: Our harness, strategy: strict-yaml, required: [name], unknown_keys: refused, bad_values: refused}
places:
  - folder: .harness/agents
keys:
  description: {required: false, shape: text}
  owner: {shape: text, summary: Who looks after it.}
  temperature:
tools:
  deploy: {summary: Deploys.}
"""

ADDED = """\
name: gemini-cli
places:
  - folder: prompts/gemini
keys:
  owner: {shape: text}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a dialect of its own, for a user who has none."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))
    settings_files.default_settings.cache_clear()
    root = tmp_path / "project"
    root.mkdir()
    (root / "agentls.toml").write_text('dialects = ["team.dialect.yaml"]\n')
    (root / "team.dialect.yaml").write_text(HARNESS)
    return root


def codes(root: Path, path: str, text: str) -> list[str]:
    """The codes of what is found in a file of the project."""
    full = disk.absolute_path(str(root / path))
    loaded = settings_files.load_settings(full.rpartition("/")[0])
    assert loaded.problems == ()
    document = settings_files.open_document(full, text, loaded)
    assert document is not None
    return [diagnostic.code for diagnostic in check.check(document, loaded.config, NoDisk())]


def test_a_dialect_of_ones_own_extends_another(project: Path) -> None:
    good = "---\nname: a\nowner: us\ntools: [deploy, glob]\n---\nBody.\n"
    assert codes(project, ".harness/agents/a.md", good) == []
    bad = "---\nname: a\nowner: 3\ntemperature: 1\n---\nBody.\n"
    assert codes(project, ".harness/agents/a.md", bad) == ["invalid-value", "unknown-key"]


def test_a_file_under_the_name_of_a_dialect_adds_to_it(project: Path) -> None:
    (project / "team.dialect.yaml").write_text(ADDED)
    text = "---\nname: a\ndescription: Use it always.\nowner: us\n---\nBody.\n"
    assert codes(project, ".gemini/agents/a.md", text) == []
    assert codes(project, "prompts/gemini/a.md", text) == []
    assert loader.load_dialect("gemini-cli").key("owner") is None


def test_its_files_are_found(project: Path) -> None:
    agent = project / ".harness" / "agents" / "a.md"
    agent.parent.mkdir(parents=True)
    agent.write_text("---\nname: a\n---\nBody.\n")
    search = discovery.SearchOptions(settings_files.load_settings, None, lambda *_: None, lambda *_: None)
    assert [found.path for found in discovery.find_files(str(project), search)] == [
        disk.absolute_path(str(agent))
    ]


def test_the_users_folder_counts_everywhere(project: Path) -> None:
    (project / "agentls.toml").unlink()
    folder = Path(settings_files.settings_folder())
    folder.mkdir(parents=True)
    (folder / "mine.dialect.yaml").write_text(HARNESS)
    assert codes(project, ".harness/agents/a.md", "---\nname: a\nowner: us\n---\nBody.\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "line 1"),
        ("- a\n", "must be a mapping"),
        ("name: x\nextends: nothing\n", "there is no dialect `nothing`"),
        (
            "name: x\nextends: gemini-cli\nkeys: {owner: {colour: red}}\n",
            "x.keys.owner: Key has no field 'colour'",
        ),
        ("name: x\nextends: gemini-cli\nkeys: {owner: {shape: texts}}\n", "keys.owner: `texts` is no shape"),
        (
            "name: x\nextends: gemini-cli\nkeys: {owner: {pattern: 'a+'}}\n",
            "keys.owner.pattern: regular expressions",
        ),
        ("name: x\nextends: gemini-cli\nruntimes: {x: {title: X, strategy: magic}}\n", "no strategy `magic`"),
        ("name: x\nextends: gemini-cli\nkeys: &k {a: {}}\ntools: *k\n", "aliases"),
        ("name: x\n", "missing"),
        ("name: x\nextends: gemini-cli\nkeys: 3\n", "keys"),
        ("name: x\nextends: [a]\n", "there is no dialect `['a']`"),
        ("", "must be a mapping"),
    ],
)
def test_a_mistake_is_told_and_the_file_left_out(text: str, said: str) -> None:
    found = load_user_dialect(text, STRATEGIES)
    assert found.name == ""
    assert any(said in problem for problem in found.problems), found.problems


def test_a_mistake_in_a_file_reaches_the_user(project: Path) -> None:
    (project / "team.dialect.yaml").write_text("name: x\n")
    (problem,) = settings_files.load_settings(str(project)).problems
    assert "team.dialect.yaml is ignored" in problem


def test_unknown_names_in_the_settings_are_told(project: Path) -> None:
    (project / "agentls.toml").write_text('runtimes = ["gemini"]\n[places]\ncobol = ["*.md"]\n')
    problems = settings_files.load_settings(str(project)).problems
    assert [problem.partition(";")[0] for problem in problems] == [
        "there is no dialect `cobol`",
        "there is no runtime `gemini`",
    ]


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_the_schema_fits_the_dialects_that_ship(name: str) -> None:
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(read_table(name)), default=str)), schema())


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["dialects", "--schema"]) == 0
    rows = json.loads(capsys.readouterr().out)["$defs"]
    assert rows["Key"]["properties"]["use"]["description"] == "The key to write instead."
