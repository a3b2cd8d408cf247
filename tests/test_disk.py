"""Finding files and settings: what is searched, what is omitted, and what is reported."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agentls.config import Config
from agentls.document import locate
from agentls.workspace import discovery, disk, git_ignore, settings_files
from agentls.workspace.discovery import SearchOptions
from agentls.workspace.reading_cache import reading_cache
from agentls.workspace.regular_files import MAX_BYTES
from agentls.workspace.settings_files import LoadedConfig, SettingsReader

AGENT = "---\nname: a\ndescription: Does things. Use it often.\n---\n\nYou do things.\n"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files into an empty folder, which becomes the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return tmp_path

    return write


class Seen:
    """The files that a search found, and its messages."""

    def __init__(self, *paths: str, dialect: str | None = None) -> None:
        self.failures: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        search = SearchOptions(
            SettingsReader().settings_in,
            dialect,
            lambda path, message: self.failures.append((path, message)),
            lambda path, message: self.notes.append((path, message)),
        )
        self.files = [
            found.display_path for path in paths or (".",) for found in discovery.find_files(path, search)
        ]


def link(path: Path, target: str) -> None:
    """Create a symbolic link at `path`, or skip the test if the system does not allow it."""
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("no permission for symbolic links")


def test_agents_are_found_where_a_runtime_looks_for_them_and_under_wrong_names(write: Write) -> None:
    write(
        {
            "README.md": "",
            ".claude/CLAUDE.md": "",
            ".claude/agents/b.md": AGENT,
            ".claude/agents/a.md": AGENT,
            ".claude/agents/team/c.md": AGENT,
            ".claude/agents/.hidden/d.md": AGENT,
            ".claude/agents/node_modules/e.md": AGENT,
            ".claude/agents/notes.txt": "",
            ".claude/agents/f.MD": AGENT,
            "deep/er/.claude/agents/g.md": AGENT,
            "node_modules/x/.claude/agents/h.md": AGENT,
            "agents/i.md": AGENT,
        }
    )
    assert Seen().files == [
        ".claude/CLAUDE.md",
        ".claude/agents/a.md",
        ".claude/agents/b.md",
        ".claude/agents/f.MD",
        ".claude/agents/.hidden/d.md",
        ".claude/agents/node_modules/e.md",
        ".claude/agents/team/c.md",
        "deep/er/.claude/agents/g.md",
    ]


def test_paths_are_shown_as_they_were_written(write: Write) -> None:
    root = write({"sub/.claude/agents/a.md": AGENT})
    assert Seen("sub").files == ["sub/.claude/agents/a.md"]
    assert Seen("sub/").files == ["sub/.claude/agents/a.md"]
    assert Seen("./sub").files == ["./sub/.claude/agents/a.md"]
    assert Seen("sub/.claude/agents").files == ["sub/.claude/agents/a.md"]
    assert Seen("sub/.claude/agents/a.md").files == ["sub/.claude/agents/a.md"]
    assert Seen(str(root)).files == [f"{root}/sub/.claude/agents/a.md"]


def test_a_named_file_is_found_in_any_folder(write: Write) -> None:
    write({"notes.txt": "", ".gitignore": "*.txt\n", "node_modules/x.md": AGENT})
    assert Seen("notes.txt", "node_modules/x.md").files == ["notes.txt", "node_modules/x.md"]


def test_agents_of_a_plugin(write: Write) -> None:
    write({"p/.claude-plugin/plugin.json": '{"name": "p"}', "p/agents/sub/a.md": AGENT, "p/docs/b.md": ""})
    assert Seen().files == ["p/agents/sub/a.md"]
    assert Seen("p/agents").files == ["p/agents/sub/a.md"]


def test_gitignore_applies_except_to_files_that_the_runtime_reads_anyway(write: Write) -> None:
    write(
        {
            ".git/config": "",
            ".gitignore": ".claude/\n/build\n*.tmp.md\n",
            "p/.claude-plugin/plugin.json": '{"name": "p"}',
            "p/agents/a.md": AGENT,
            "p/agents/b.tmp.md": AGENT,
            "p/agents/.gitignore": "c*\n!cc.md\n",
            "p/agents/c.md": AGENT,
            "p/agents/cc.md": AGENT,
            ".claude/agents/d.tmp.md": AGENT,
            ".claude/worktrees/x/.claude/agents/e.md": AGENT,
            "build/.claude/agents/f.md": AGENT,
        }
    )
    expected = ["p/agents/a.md", "p/agents/cc.md"]
    assert Seen().files == [".claude/agents/d.tmp.md", *expected]
    # The files in parent folders apply too, up to the root of the repository.
    assert Seen("p").files == expected
    # A folder that the user names is searched although it is ignored.
    assert Seen("build").files == ["build/.claude/agents/f.md"]


def test_an_invalid_pattern_does_not_affect_the_others(write: Write) -> None:
    write({".gitignore": "!\n\\\nout/\n", "out/.claude/agents/a.md": AGENT, "b/.claude/agents/b.md": AGENT})
    assert Seen().files == ["b/.claude/agents/b.md"]


def test_with_a_dialect_every_markdown_file_is_found(write: Write) -> None:
    write({".git/config": "", ".gitignore": "out\n", "prompts/a.md": AGENT, "prompts/b.txt": ""})
    write({"prompts/out/c.md": AGENT})
    assert Seen("prompts").files == []
    assert Seen("prompts", dialect="claude-code").files == ["prompts/a.md"]


def test_places_of_the_configuration_are_relative_to_its_folder(write: Write) -> None:
    settings = '[places]\nclaude-code = ["/prompts/*.txt"]\n'
    root = write({"sub/agentls.toml": settings, "sub/prompts/a.txt": AGENT, "prompts/b.txt": AGENT})
    assert Seen().files == ["sub/prompts/a.txt"]
    path = disk.absolute_path(str(root / "sub/prompts/a.txt"))
    document = settings_files.open_document(path, AGENT, config("sub/prompts"))
    assert document is not None
    assert document.dialect.name == "claude-code"


def test_places_of_the_configuration_do_not_match_above_its_folder(write: Write) -> None:
    root = write(
        {"prompts/agentls.toml": '[places]\nclaude-code = ["prompts/"]\n', "prompts/docs/a.md": AGENT}
    )
    path = disk.absolute_path(str(root / "prompts/docs/a.md"))
    assert settings_files.open_document(path, AGENT, config("prompts/docs")) is None


def test_links_within_the_root_are_followed_once(write: Write) -> None:
    root = write({"shared/a.md": AGENT, "prompts/b.md": AGENT, "x/.claude/agents/c.md": AGENT})
    (root / ".claude").mkdir()
    link(root / ".claude/agents", "../shared")
    link(root / "shared/again", "../shared")
    link(root / "shared/up", "..")
    link(root / "shared/linked.md", "../prompts/b.md")
    link(root / "y", "x")
    seen = Seen()
    assert seen.files == [
        ".claude/agents/a.md",
        ".claude/agents/linked.md",
        "x/.claude/agents/c.md",
    ]
    assert seen.notes == seen.failures == []


def test_links_out_of_the_root_are_reported_and_not_followed(write: Write) -> None:
    root = write({"outside/a.md": AGENT, "in/.claude/agents/b.md": AGENT})
    link(root / "in/.claude/agents/a.md", "../../../outside/a.md")
    link(root / "in/.claude/agents/more", "../../../outside")
    link(root / "in/.claude/agents/readme.txt", "../../../outside/a.md")
    seen = Seen("in")
    assert seen.files == ["in/.claude/agents/b.md"]
    assert [path for path, _ in seen.notes] == ["in/.claude/agents/a.md", "in/.claude/agents/more"]
    # The root of a repository is the root of all its folders.
    (root / ".git").mkdir()
    assert Seen("in").files == [
        "in/.claude/agents/a.md",
        "in/.claude/agents/b.md",
        "in/.claude/agents/more/a.md",
    ]


def test_a_missing_file_is_a_failure(write: Write) -> None:
    root = write({".claude/agents/a.md": AGENT})
    link(root / ".claude/agents/b.md", "gone.md")
    link(root / ".claude/agents/round.md", "round.md")
    seen = Seen("no.md", ".claude/agents/b.md", ".")
    assert seen.files == [".claude/agents/a.md"]
    assert [path for path, _ in seen.failures] == [
        "no.md",
        ".claude/agents/b.md",
        ".claude/agents/b.md",
        ".claude/agents/round.md",
    ]


def test_a_folder_with_the_name_of_a_file_is_a_folder(write: Write) -> None:
    write({".claude/agents/x.md/a.md": AGENT})
    assert Seen().files == [".claude/agents/x.md/a.md"]
    assert Seen(".claude/agents/x.md").files == [".claude/agents/x.md/a.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system with pipes")
def test_other_than_regular_files_are_ignored(write: Write) -> None:
    root = write({".claude/agents/a.md": AGENT})
    os.mkfifo(root / ".claude/agents/pipe.md")
    assert Seen().files == [".claude/agents/a.md"]


def test_a_folder_that_cannot_be_read_is_a_failure(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write({".claude/agents/a.md": AGENT, "locked/b.md": AGENT})
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/locked/"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    seen = Seen()
    assert seen.files == [".claude/agents/a.md"]
    assert seen.failures == [("locked", "permission denied")]


def test_no_file_above_the_limit_is_read(write: Write) -> None:
    root = write({})
    (root / "large.md").write_bytes(b"x" * (MAX_BYTES + 1))
    (root / "full.md").write_bytes(b"x" * MAX_BYTES)
    with pytest.raises(OSError, match="too large"):
        disk.read_text("large.md")
    assert len(disk.read_text("full.md")) == MAX_BYTES


def test_invalid_utf_8_becomes_replacement_characters(write: Write) -> None:
    root = write({})
    (root / "a.md").write_bytes(b"caf\xe9 \x00 \xf0\x9f\x98\x80")
    assert disk.read_text("a.md") == "caf\ufffd \x00 \U0001f600"


def config(folder: str) -> LoadedConfig:
    """Return the settings for a folder, read again."""
    return SettingsReader().settings_in(disk.absolute_path(folder))


def test_the_nearest_settings_are_used(write: Write) -> None:
    root = write(
        {
            "agentls.toml": 'tools = ["Outer"]\n',
            "a/pyproject.toml": '[tool.agentls]\ntools = ["Inner"]\n',
            "a/b/pyproject.toml": '[project]\nname = "x"\n',
        }
    )
    assert config("a/b").config.tools == ("Inner",)
    assert config("a/b").root == disk.absolute_path(str(root / "a"))
    assert config(str(root)).config.tools == ("Outer",)


@pytest.mark.parametrize("text", ["[tool\n", "tool = 1\n[agentls]\n", "[tool]\nagentls = 3\n", "\xff"])
def test_settings_that_cannot_be_used_give_a_message_or_nothing(write: Write, text: str) -> None:
    root = write({})
    (root / "pyproject.toml").write_bytes(f"# agentls\n{text}".encode("latin-1"))
    loaded = config(".")
    assert loaded.config.tools == ()
    assert loaded.problems or text.startswith("tool = 1")


def test_overrides_and_places_are_relative_to_the_folder_of_the_file(write: Write) -> None:
    text = '[[overrides]]\npaths = ["/a/*.md"]\nignore = ["unknown-tool"]\n'
    root = write({"x/agentls.toml": text})
    loaded = config("x")
    assert loaded.for_file(str(root / "x/a/b.md")).ignore == ("unknown-tool",)
    assert loaded.for_file(str(root / "a/b.md")).ignore == ()


@pytest.mark.parametrize("text", ["", "[]", '{"name": 3}', '{"name": ""}', "\x00", "[" * 100_000])
def test_a_plugin_without_a_valid_name_has_that_of_its_folder(write: Write, text: str) -> None:
    root = write({"tools/.claude-plugin/plugin.json": text})
    disk.forget_files()
    plugin = disk.find_plugin(disk.absolute_path(str(root / "tools/agents/deep")))
    assert plugin is not None
    assert plugin.name == "tools"


def test_a_marketplace_makes_plugins_of_folders(write: Write) -> None:
    entries = [
        {"name": "kit", "source": "./kits/one", "agents": ["./more/a.md"]},
        {"name": "all", "source": "."},
        {"name": "named-twice", "source": "./kits/two", "commands": 5, "skills": ["../x", "/y", 3]},
    ]
    root = write(
        {
            "tools/.claude-plugin/marketplace.json": json.dumps({"plugins": entries}),
            "tools/kits/two/.claude-plugin/plugin.json": '{"name": "two"}',
        }
    )
    disk.forget_files()
    folder = disk.absolute_path(str(root / "tools"))
    names = {}
    for inside in ("", "/agents", "/kits", "/kits/one/more", "/kits/two/skills/x"):
        plugin = disk.find_plugin(f"{folder}{inside}")
        assert plugin is not None
        names[inside] = plugin.name
    assert names == {
        "": "all",
        "/agents": "all",
        "/kits": "all",
        "/kits/one/more": "kit",
        "/kits/two/skills/x": "two",
    }
    placed = locate.locate(f"{folder}/kits/one/more/a.md", disk.find_plugin(f"{folder}/kits/one/more"))
    assert placed is not None
    assert (placed.dialect, placed.identity.plugin, placed.identity.stem) == ("claude-code", "kit", "a")


def test_files_of_a_project_are_compared_with_patterns(write: Write) -> None:
    write({".claude/rules/a.md": "Be brief.", "src/a.ts": "", "node_modules/b.py": "", "build/c.py": ""})
    path = disk.absolute_path(".claude/rules/a.md")
    document = locate.make_document(path, "Be brief.", Config())
    assert document is not None
    has_match = disk.DiskWorld(document).has_match
    assert has_match("src/**/*.ts")
    assert has_match("*.ts")
    assert has_match("node_modules/*.rb")  # The folder is not searched, so that a match is assumed.
    assert not has_match("**/*.rs")


def test_outside_a_project_every_pattern_matches(write: Write) -> None:
    write({"a.instructions.md": "Be brief."})
    document = locate.make_document(disk.absolute_path("a.instructions.md"), "Be brief.", Config())
    assert document is not None
    assert disk.DiskWorld(document).has_match("**/*.rs")


def test_a_file_that_git_ignores_may_exist_elsewhere(write: Write) -> None:
    agent = "See [the notes](notes/today.md), [drafts](draft.md) and [the plan](plan.md).\n"
    root = write(
        {
            ".git/HEAD": "",
            ".gitignore": "/notes/\n*draft.md\n",
            "team/.gitignore": "!draft.md\n",
            "team/CLAUDE.md": agent,
        }
    )
    git_ignore.ignores_in.cache_clear()
    document = locate.make_document(f"{disk.absolute_path(str(root))}/team/CLAUDE.md", agent, Config())
    assert document
    world = disk.DiskWorld(document)
    paths = ("../notes/today.md", "notes/today.md", "../draft.md", "draft.md", "plan.md")
    assert [world.exists(path) for path in paths] == [True, False, True, False, False]


def test_what_is_read_while_a_cache_is_cleared_is_not_kept() -> None:
    content = "old"

    @reading_cache(maxsize=8)
    def read(_: str) -> str:
        nonlocal content
        found = content
        if found == "old":  # The file changes while this thread reads it.
            content = "new"
            read.cache_clear()
        return found

    assert read("/p") == "old"
    assert read("/p") == "new"
    content = "newer"
    assert read("/p") == "new"
