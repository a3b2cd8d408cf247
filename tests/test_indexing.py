"""The index of a project, from files on the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agentls import disk, indexing
from agentls.index import Index

AGENT = "---\nname: {name}\ndescription: Does things. Use it often.\n---\n\nYou do things.\n"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into a fresh folder."""

    def write(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return tmp_path

    return write


def indexed(root: Path) -> Index:
    """The index of the project at `root`."""
    return indexing.index_of(root.as_posix(), disk.load_config)


def paths(index: Index, root: Path) -> list[str]:
    """The files in an index, as counted from `root`."""
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
    assert [each.path for each in index.named("server", "github")] == [f"{root.as_posix()}/.mcp.json"]


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
    assert [each.full for each in index.resolve(settings.references[0], settings)] == ["shop:a"]
    assert [each.full for each in index.all("server")] == ["shop:github"]


def test_all_files_of_an_index_are_watched(write: Write) -> None:
    endings = {pattern.rpartition("*")[2].lstrip("/") for pattern in indexing.patterns()}
    root = write({".claude/agents/a.md": AGENT.format(name="a"), ".claude/settings.local.json": "{}"})
    assert all(path.endswith(tuple(endings)) for path in paths(indexed(root), root))
