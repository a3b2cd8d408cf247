"""The index of a project, from files on the disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agentls.cli.file_runs import FileRun, RunOptions
from agentls.cli.project_files import examine_projects
from agentls.cli.terminal import Terminal
from agentls.project.index import Index
from agentls.workspace import disk, load
from agentls.workspace.discovery import FoundFile

AGENT = "---\nname: {name}\ndescription: Does things. Use it often.\n---\n\nYou do things.\n"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into an empty folder."""

    def write(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return tmp_path

    return write


def indexed(root: Path) -> Index:
    """The index of the project at `root`, as the command line makes it for a file in it."""
    file = FoundFile("a.md", f"{root.as_posix()}/a.md")
    with Terminal("never") as terminal:
        projects = examine_projects(FileRun(RunOptions(), terminal, jobs=1), [file], [str(root)])
    return projects.index_for(file.path)


def paths(index: Index, root: Path) -> list[str]:
    """Return the files in an index, relative to `root`."""
    return sorted(names.path.removeprefix(f"{root.as_posix()}/") for names in index)


def test_settings_and_servers_are_found_beside_the_agents_though_git_ignores_them(write: Write) -> None:
    root = write(
        {
            ".git/HEAD": "",
            ".gitignore": ".mcp.json\n.claude/settings.local.json\n.vscode/\nbuild/\n",
            ".claude/agents/a.md": AGENT.format(name="a"),
            ".claude/settings.json": "{}",
            ".claude/settings.local.json": '{"permissions": {"deny": ["Bash"]}}',
            ".mcp.json": '{"mcpServers": {"github": {"command": "gh-mcp"}}}',
            ".vscode/mcp.json": "{}",
            "build/.mcp.json": "{}",
            "node_modules/x/.mcp.json": "{}",
            "settings.json": "{}",
            "package.json": "{}",
        }
    )
    index = indexed(root)
    assert paths(index, root) == [
        ".claude/agents/a.md",
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".mcp.json",
        ".vscode/mcp.json",
    ]
    assert [each.path for each in index.find_definitions("server", "github")] == [
        f"{root.as_posix()}/.mcp.json"
    ]


def test_a_plugin_has_settings_of_its_own(write: Write) -> None:
    root = write(
        {
            "shop/.claude-plugin/plugin.json": '{"name": "shop"}',
            "shop/settings.json": '{"agent": "a"}',
            "shop/agents/a.md": AGENT.format(name="a"),
            "shop/.mcp.json": '{"github": {"command": "gh-mcp"}}',
        }
    )
    index = indexed(root)
    settings = index.get(f"{root.as_posix()}/shop/settings.json")
    assert settings is not None
    assert settings.plugin == "shop"
    assert [each.full_name for each in index.resolve(settings.references[0], settings)] == ["shop:a"]
    assert [each.full_name for each in index.definitions("server")] == ["shop:github"]


def test_all_files_of_an_index_are_watched(write: Write) -> None:
    endings = {pattern.rpartition("*")[2].lstrip("/") for pattern in load.watch_patterns()}
    root = write({".claude/agents/a.md": AGENT.format(name="a"), ".claude/settings.local.json": "{}"})
    assert all(path.endswith(tuple(endings)) for path in paths(indexed(root), root))


# --- the user's own folder --------------------------------------------------------------------


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user folder with a project in it."""
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    disk.forget_files()
    return tmp_path


USERS = {
    ".claude/agents/mine.md": AGENT.format(name="mine"),
    ".claude/skills/pay/SKILL.md": AGENT.format(name="pay"),
    ".claude/skills/pay/notes.md": "Notes.\n",
    ".claude/settings.json": '{"permissions": {"deny": ["Agent(mine)"]}}',
    ".claude/projects/x/notes.md": AGENT.format(name="x"),
    ".config/opencode/agents/theirs.md": "---\ndescription: Does things.\n---\n\nYou do things.\n",
    ".config/opencode/opencode.jsonc": "{}",
    ".mcp.json": '{"mcpServers": {"home": {"command": "x"}}}',
    "other/.claude/agents/other.md": AGENT.format(name="other"),
    "work/.git/HEAD": "",
    "work/.claude/agents/a.md": AGENT.format(name="a") + "Ask @agent-mine.\n",
}


def test_a_project_knows_the_users_own_agents_and_settings(user: Path, write: Write) -> None:
    write(USERS)
    index = indexed(user / "work")
    assert index.user_folder == user.as_posix()
    assert paths(index, user) == [
        ".claude/agents/mine.md",
        ".claude/settings.json",
        ".claude/skills/pay/SKILL.md",
        ".config/opencode/agents/theirs.md",
        ".config/opencode/opencode.jsonc",
        "work/.claude/agents/a.md",
    ]
    (mine,) = index.find_definitions("agent", "mine")
    assert mine.base_folder == user.as_posix()
    assert {names.path.removeprefix(f"{user.as_posix()}/") for names, _ in index.find_references(mine)} == {
        ".claude/settings.json",
        "work/.claude/agents/a.md",
    }


def test_the_projects_own_agent_comes_first(user: Path, write: Write) -> None:
    write({**USERS, "work/.claude/agents/mine.md": AGENT.format(name="mine")})
    index = indexed(user / "work")
    names = index.get((user / "work/.claude/agents/a.md").as_posix())
    assert names is not None
    found = [
        each.path.removeprefix(f"{user.as_posix()}/") for each in index.resolve(names.references[0], names)
    ]
    assert found == ["work/.claude/agents/mine.md", ".claude/agents/mine.md"]


@pytest.mark.parametrize("above", [False, True])
def test_the_user_folder_is_not_searched_as_a_whole(user: Path, write: Write, *, above: bool) -> None:
    write(USERS)
    index = indexed(user.parent if above else user)
    assert "other/.claude/agents/other.md" not in paths(index, user)
    assert ".claude/agents/mine.md" in paths(index, user)


def test_the_user_folder_can_be_excluded(user: Path, write: Write) -> None:
    write({**USERS, "work/agentls.toml": "user-files = false\n"})
    assert paths(indexed(user / "work"), user) == ["work/.claude/agents/a.md"]


def test_a_variable_moves_the_folder(user: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {
        path.replace(".claude/", "moved/", 1): text for path, text in USERS.items() if path[:8] == ".claude/"
    }
    write({**moved, ".claude/agents/old.md": AGENT.format(name="old"), "work/.git/HEAD": ""})
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(user / "moved"))
    index = indexed(user / "work")
    assert paths(index, user) == ["moved/agents/mine.md", "moved/settings.json", "moved/skills/pay/SKILL.md"]
    assert [(each.path, each.base_folder) for each in index.find_definitions("skill", "pay")] == [
        (f"{user.as_posix()}/moved/skills/pay/SKILL.md", user.as_posix())
    ]


PLUGIN = {
    ".claude-plugin/plugin.json": '{"name": "shop"}',
    "agents/payer.md": AGENT.format(name="payer"),
    "skills/pay/SKILL.md": AGENT.format(name="pay"),
    ".mcp.json": '{"bank": {"command": "bank-mcp"}}',
    ".claude/agents/inner.md": AGENT.format(name="inner"),
    "README.md": "# Shop\n",
}


@pytest.mark.parametrize("newer", [True, False])
def test_installed_plugins_are_found(user: Path, write: Write, *, newer: bool) -> None:
    shop, gone, elsewhere = (f"{user.as_posix()}/.claude/plugins/cache/m/{name}/1.0" for name in "sge")
    entries = [{"installPath": shop}, {"installPath": gone}]
    if newer:
        entries += [{"installPath": elsewhere, "projectPath": f"{user.as_posix()}/other"}]
    listed = {f"p{at}@m": [entry] if newer else entry for at, entry in enumerate(entries)}
    write(
        {
            ".claude/plugins/installed_plugins.json": json.dumps({"version": 2, "plugins": listed}),
            **{f".claude/plugins/cache/m/s/1.0/{path}": text for path, text in PLUGIN.items()},
            **{f".claude/plugins/cache/m/e/1.0/{path}": text for path, text in PLUGIN.items()},
            **{f".claude/plugins/marketplaces/m/{path}": text for path, text in PLUGIN.items()},
            "work/.git/HEAD": "",
        }
    )
    index = indexed(user / "work")
    assert paths(index, Path(shop)) == [
        ".claude-plugin/plugin.json",
        ".mcp.json",
        "agents/payer.md",
        "skills/pay/SKILL.md",
    ]
    assert sorted(each.full_name for names in index for each in names.definitions) == [
        "shop:bank",
        "shop:pay",
        "shop:payer",
    ]


@pytest.mark.parametrize(
    "listed", ["", "[]", "{", '{"plugins": []}', '{"plugins": {"a": 1, "b": [2, {"installPath": "x"}, {}]}}']
)
def test_an_invalid_list_of_plugins_is_ignored(user: Path, write: Write, listed: str) -> None:
    write({**USERS, ".claude/plugins/installed_plugins.json": listed})
    assert len(indexed(user / "work")) == 6


@pytest.mark.parametrize(
    ("own", "projects", "known"),
    [("{}", "{}", True), ('{"shop@m": false}', "{}", False), ('{"shop@m": false}', '{"shop@m": true}', True)],
)
def test_a_disabled_plugin_is_not_read(
    user: Path, write: Write, own: str, projects: str, *, known: bool
) -> None:
    shop = f"{user.as_posix()}/.claude/plugins/cache/m/shop/1.0"
    write(
        {
            ".claude/plugins/installed_plugins.json": f'{{"plugins": {{"shop@m": [{{"installPath": "{shop}"}}]}}}}',
            ".claude/settings.json": f'{{"enabledPlugins": {own}}}',
            "work/.claude/settings.json": f'{{"enabledPlugins": {projects}}}',
            **{f".claude/plugins/cache/m/shop/1.0/{path}": text for path, text in PLUGIN.items()},
            "work/.git/HEAD": "",
        }
    )
    assert bool(indexed(user / "work").find_definitions("agent", "payer")) == known


@pytest.mark.parametrize("versioned", [False, True])
def test_the_opened_user_folder_is_not_a_project(
    write: Write, monkeypatch: pytest.MonkeyPatch, versioned: bool
) -> None:
    home = write(
        {
            ".claude/agents/mine.md": AGENT.format(name="mine"),
            "shop/.claude/agents/a.md": AGENT.format(name="a"),
            "blog/.claude/agents/b.md": AGENT.format(name="b"),
            **({".git/HEAD": ""} if versioned else {}),
        }
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    tops = [home.as_posix(), "/"]
    for folder in ("shop", "blog"):
        path = next((home / folder).rglob("*.md")).as_posix()
        assert load.find_project_root(path, tops) == (home / folder).as_posix()
    assert load.find_project_root((home / ".claude/agents/mine.md").as_posix(), tops) == home.as_posix()
    assert paths(indexed(home), home) == [".claude/agents/mine.md"]
    assert paths(indexed(home / "shop"), home) == [".claude/agents/mine.md", "shop/.claude/agents/a.md"]


def test_a_folder_of_agents_is_not_a_project(tmp_path: Path) -> None:
    agents = tmp_path / "work/.claude/agents"
    path = (agents / "build/a.md").as_posix()
    for top in (agents / "build", agents, agents.parent, tmp_path / "work"):
        assert load.find_project_root(path, [top.as_posix()]) == (tmp_path / "work").as_posix()
    assert load.find_project_root(path, [tmp_path.as_posix()]) == tmp_path.as_posix()
