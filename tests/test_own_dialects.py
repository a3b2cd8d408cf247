"""User dialects: added and extended by files in the workspace and in the settings folder."""

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
  harness: {title: Our harness, strategy: strict-yaml, required: [name], unknown_keys: refused, invalid_values: refused}
places:
  - folder: .harness/agents
keys:
  description: {required: false, schema: text}
  owner: {schema: text, summary: Who looks after it.}
  temperature:
tools:
  deploy: {summary: Deploys.}
"""

ADDED = """\
name: gemini-cli
places:
  - folder: prompts/gemini
keys:
  owner: {schema: text}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a dialect file, for a user without one."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))
    settings_files.default_settings.cache_clear()
    root = tmp_path / "project"
    root.mkdir()
    (root / "agentls.toml").write_text('dialects = ["team.dialect.yaml"]\n')
    (root / "team.dialect.yaml").write_text(HARNESS)
    return root


def settings_in(folder: str) -> settings_files.LoadedConfig:
    """Return the settings of a folder, read again."""
    return settings_files.SettingsReader().settings_in(folder)


def codes(root: Path, path: str, text: str) -> list[str]:
    """Return the codes of the findings in a file of the project."""
    full = disk.absolute_path(str(root / path))
    loaded = settings_in(disk.absolute_path(str(root)))
    assert loaded.problems == ()
    document = settings_files.open_document(full, text, loaded)
    assert document is not None
    return [diagnostic.code for diagnostic in check.check(document, loaded.config, NoDisk())]


def test_a_user_dialect_extends_another(project: Path) -> None:
    good = "---\nname: a\nowner: us\ntools: [deploy, glob]\n---\nBody.\n"
    assert codes(project, ".harness/agents/a.md", good) == []
    bad = "---\nname: a\nowner: 3\ntemperature: 1\n---\nBody.\n"
    assert codes(project, ".harness/agents/a.md", bad) == ["invalid-value", "unknown-key"]


def test_a_user_dialect_uses_profiles(project: Path) -> None:
    text = HARNESS.replace(
        "temperature:\n", "temperature:\n  task: {profile: agent-description, required: true}\n"
    )
    (project / "team.dialect.yaml").write_text(text.replace("\nkeys:", "\nnew_file_snippet: agent\nkeys:"))
    config = settings_in(project.as_posix()).config
    dialect = loader.configure_dialect("harness", config)
    task = dialect.key("task")
    assert task is not None
    assert (task.type, task.required) == ("text", True)
    assert dialect.new_file_snippet.startswith("---\nname: ")


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
    search = discovery.SearchOptions(settings_in, None, lambda *_: None, lambda *_: None)
    assert [found.path for found in discovery.find_files(str(project), search)] == [
        disk.absolute_path(str(agent))
    ]


def test_dialects_in_the_settings_folder_apply_everywhere(project: Path) -> None:
    (project / "agentls.toml").unlink()
    folder = Path(settings_files.settings_folder())
    folder.mkdir(parents=True)
    (folder / "mine.dialect.yaml").write_text(HARNESS)
    assert codes(project, ".harness/agents/a.md", "---\nname: a\nowner: us\n---\nBody.\n") == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: [", 1, "while parsing a flow node"),
        ("- a\n", 0, "must be a mapping"),
        (
            "name: x\nextends: nothing\n",
            2,
            "extends: unknown dialect `nothing` (expected one of claude-code,",
        ),
        ("name: x\nextends: gemini\n", 2, "extends: unknown dialect `gemini` (expected"),
        (
            "name: x\nextends: gemini-cli\nkeys:\n  owner:\n    defualt_effect: red\n",
            5,
            "keys.owner.defualt_effect: unknown field `defualt_effect`; did you mean `default_effect`?",
        ),
        (
            "name: x\nextends: gemini-cli\nkeys:\n  owner: {}\n  tools:\n    type: tolls\n",
            6,
            "keys.tools.type: unknown value `tolls`; did you mean `tools`? (expected one of text, enum, boolean,",
        ),
        (
            "name: x\nextends: gemini-cli\nplaces:\n  - folder: a\n  - folder: b\n    scope: projekt\n",
            6,
            "places[1].scope: unknown value `projekt`; did you mean `project`? (expected one of project, user, plugin)",
        ),
        (
            "name: x\nextends: gemini-cli\nkeys: {owner: {schema: texts}}\n",
            3,
            "`texts` is not a schema of values",
        ),
        ("name: x\nextends: gemini-cli\nkeys: {owner: {pattern: 'a+'}}\n", 3, "keys.owner.pattern: regular"),
        (
            "name: x\nextends: gemini-cli\nruntimes: {x: {title: X, strategy: strict-yml}}\n",
            3,
            "runtimes.x.strategy: unknown strategy `strict-yml`; did you mean `strict-yaml`?",
        ),
        (
            "name: x\nextends: gemini-cli\nruntimes: {x: {title: X, required: [nme]}}\n",
            3,
            "did you mean `name`?",
        ),
        ("name: x\nextends: gemini-cli\nkeys: {a: {source: mine}}\n", 3, "unknown source `mine`"),
        ("name: x\nextends: gemini-cli\nkeys: &k {a: {}}\ntools: *k\n", 4, "aliases"),
        (
            "name: x\nextends: gemini-cli\nkeys:\n  owner:\n    profile: agent-nam\n",
            5,
            "keys.owner.profile: unknown profile `agent-nam`; did you mean `agent-name`?",
        ),
        ("name: x\n", 0, "missing"),
        ("name: x\nextends: gemini-cli\nkeys: 3\n", 3, "keys: must be a list or a mapping, not `3`"),
        ("name: x\nextends: [a]\n", 2, "unknown dialect `['a']`"),
        ("", 0, "must be a mapping"),
    ],
)
def test_a_mistake_is_reported_and_the_file_ignored(text: str, line: int, message: str) -> None:
    found = load_user_dialect(text, STRATEGIES)
    assert found.name == ""
    assert any(message in problem.message and problem.line == line for problem in found.problems), (
        found.problems
    )


def test_a_mistake_in_a_file_reaches_the_user(project: Path) -> None:
    file = project / "team.dialect.yaml"
    file.write_text("name: x\nextends: gemini-cli\nkeys:\n  tools: {type: tolls}\n")
    (problem,) = settings_in(project.as_posix()).problems
    assert problem.message.startswith(
        f"{disk.absolute_path(str(file))}:4: keys.tools.type: unknown value `tolls`"
    )
    assert problem.message.endswith("; the dialect file is ignored")


def test_unknown_names_in_the_settings_are_reported(project: Path) -> None:
    (project / "agentls.toml").write_text('runtimes = ["gemini"]\n[places]\ncobol = ["*.md"]\n')
    problems = settings_in(project.as_posix()).problems
    assert [problem.message.partition(";")[0] for problem in problems] == [
        "unknown dialect `cobol`",
        "unknown runtime `gemini`",
    ]


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_the_schema_matches_the_shipped_dialects(name: str) -> None:
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(read_table(name)), default=str)), schema())


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["dialects", "--schema"]) == 0
    rows = json.loads(capsys.readouterr().out)["$defs"]
    assert rows["Key"]["properties"]["replacement"]["description"] == "The key to write instead."


def test_the_schema_states_the_closed_sets() -> None:
    rows = schema()["$defs"]
    assert "tools" in rows["Key"]["properties"]["type"]["enum"]
    assert rows["Source"]["properties"]["confidence"]["anyOf"][0]["enum"] == [
        "documented",
        "observed",
        "third-party",
    ]
    assert rows["Tool"]["properties"]["availability"]["anyOf"][0]["enum"] == ["always", "never", "in mode"]
