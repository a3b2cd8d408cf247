"""Plugins: what manifests list, replace and take down. Fixtures of the rules have more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentls.config import Config
from agentls.document import locate, plugins
from agentls.document.plugins import Plugin, PluginTexts

MARKETPLACE = {
    "metadata": {"pluginRoot": "./kits"},
    "plugins": [
        {"name": "one", "source": "./one", "strict": False, "skills": ["./", "./deep/skills"]},
        {"name": "two", "source": "two", "commands": {"ship": {"source": "./ship.md"}, "none": {}}},
        {"name": 5, "source": "./three"},
        "four",
    ],
}
MANIFEST = {
    "name": "kit",
    "agents": ["./more/a.md", "./../outside.md", 5],
    "commands": {"ship": {"source": "./texts/release.md"}},
    "skills": "./deep/",
    "hooks": {"PreToolUse": [{"matcher": 5, "hooks": [{"type": "x"}]}]},
}


def plugin_with(**keys: Any) -> Plugin:
    """A plugin whose manifest has these keys."""
    return plugins.make_plugin("/p", PluginTexts(json.dumps({"name": "kit", **keys})))


def placed(plugin: Plugin, path: str) -> tuple[str, str, bool] | None:
    """The dialect and the name of a file of a plugin, and whether Claude Code loads it."""
    document = locate.make_document(f"/p/{path}", "---\ndescription: d\n---\n\nx\n", Config(), plugin)
    if document is None:
        return None
    return document.dialect.name, document.reading.name or "", document.reading.loads


@pytest.mark.parametrize(
    ("keys", "path", "expected"),
    [
        ({}, "agents/team/a.md", ("claude-code", "kit:team:a", True)),
        ({"agents": []}, "agents/team/a.md", ("claude-code", "kit:team:a", False)),
        ({"agents": "./agents/team/a.md"}, "agents/team/a.md", ("claude-code", "kit:a", True)),
        ({"agents": "./agents/b.md"}, "commands/c.md", ("claude-command", "kit:c", True)),
        ({"commands": ["./texts/"]}, "texts/sub/c.md", ("claude-command", "kit:sub:c", True)),
        ({"commands": ["./texts"]}, "commands/c.md", ("claude-command", "kit:c", False)),
        ({"commands": ["./texts", "./commands"]}, "commands/c.md", ("claude-command", "kit:c", True)),
        ({"commands": {"ship": {"source": "./x.md"}}}, "x.md", ("claude-command", "kit:ship", True)),
        ({"skills": "./deep"}, "deep/SKILL.md", ("claude-skills", "kit:deep", True)),
        ({"skills": "./deep"}, "deep/s/SKILL.md", ("claude-skills", "kit:s", True)),
        ({"skills": "./deep"}, "skills/s/SKILL.md", ("claude-skills", "kit:s", True)),
        ({"skills": "./"}, "SKILL.md", ("claude-skills", "kit:p", True)),
        ({"skills": "./deep"}, "deep/s/notes.md", None),
        ({"skills": "./deep/SKILL.md"}, "skills/s/SKILL.md", ("claude-skills", "kit:s", True)),
        ({"agents": "agents/a.md"}, "skills/s/SKILL.md", ("claude-skills", "kit:s", False)),
    ],
)
def test_what_a_manifest_says_about_a_file(
    keys: dict[str, Any], path: str, expected: tuple[str, str, bool] | None
) -> None:
    assert placed(plugin_with(**keys), path) == expected


@pytest.mark.parametrize(
    ("keys", "is_rejected"),
    [
        ({"name": "claude-official"}, False),
        ({"name": "my kit"}, True),
        ({"name": "a:b"}, True),
        ({"name": ".."}, True),
        ({"name": ""}, True),
        ({"version": ""}, False),
        ({"version": None}, True),
        ({"author": "me", "keywords": 5, "homepage": "none", "unknown": {}}, False),
        ({"dependencies": {}}, True),
        ({"skills": None}, True),
        ({"commands": ["./a.md", "b.md"]}, True),
        ({"hooks": "./hooks"}, True),
        ({"hooks": {"Stop": 5}}, False),
        ({"hooks": {"hooks": {"PreToolUse": []}}}, False),
        ({"hooks": {"hooks": {"PreToolUse": [{"hooks": []}]}}}, True),
        ({"mcpServers": "./servers"}, True),
        ({"monitors": [{"name": "m"}]}, True),
        ({"userConfig": {"url": {"type": "string", "title": "URL", "description": "Where"}}}, False),
        ({"userConfig": {"url": {"type": "string", "title": "URL", "description": "x", "odd": 1}}}, True),
        ({"userConfig": {"url": "x"}}, True),
    ],
)
def test_what_takes_down_a_plugin(keys: dict[str, Any], is_rejected: bool) -> None:
    assert (plugin_with(**keys).rejection is not None) == is_rejected


def test_no_text_of_a_manifest_is_too_odd() -> None:
    manifest, marketplace = json.dumps(MANIFEST, indent=1), json.dumps(MARKETPLACE, indent=1)
    hooks = json.dumps({"hooks": MANIFEST["hooks"]})
    for length in range(max(map(len, (manifest, marketplace, hooks))) + 1):
        entries = plugins.parse_marketplace("/p", "/p/marketplace.json", marketplace[:length])
        plugin = plugins.make_plugin("/p/one", PluginTexts(manifest[:length], hooks[:length]), entries)
        assert plugin.name
        assert plugin.rejection
    assert [entry.root for entry in entries] == ["/p/one", "/p/kits/two"]
