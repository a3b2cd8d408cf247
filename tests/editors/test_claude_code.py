"""The plugin for Claude Code: it is in order by its own standards, and its parts start agentls."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from agentls import __version__
from agentls.cli.arguments import parse_arguments
from agentls.cli.main import main
from agentls.dialects.write_hooks import write_hooks

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "editors" / "claude-code"


def read(path: str) -> Any:
    return json.loads((ROOT / path).read_text("utf-8"))


def test_the_marketplace_leads_to_the_plugin() -> None:
    marketplace = read(".claude-plugin/marketplace.json")
    (entry,) = marketplace["plugins"]
    manifest = json.loads((ROOT / entry["source"] / ".claude-plugin" / "plugin.json").read_text("utf-8"))
    assert (ROOT / entry["source"]).resolve() == PLUGIN
    assert {key: entry[key] for key in ("name", "description")} == {
        key: manifest[key] for key in ("name", "description")
    }
    assert manifest["version"] == __version__


def test_the_hook_runs_agentls_after_each_tool_that_writes_text() -> None:
    hooks = json.loads((PLUGIN / "hooks" / "hooks.json").read_text("utf-8"))["hooks"]
    (row,) = (hook for hook in write_hooks() if hook.title == "Claude Code")
    (group,) = hooks[row.event]
    assert set(group["matcher"].split("|")) == set(row.tools) - {"NotebookEdit"}
    program, *arguments = shlex.split(group["hooks"][0]["command"])
    assert program == "agentls"
    assert parse_arguments(arguments).load is not None


def test_the_server_is_agentls() -> None:
    (server,) = json.loads((PLUGIN / ".lsp.json").read_text("utf-8")).values()
    assert server["command"] == "agentls"
    assert parse_arguments(server["args"]).load is not None
    assert all(extension.startswith(".") for extension in server["extensionToLanguage"])


def test_agentls_finds_nothing_in_the_plugin(capsys: Any) -> None:
    assert main(["check", "--no-cache", "--show", "all", "--fail-on", "hint", str(PLUGIN)]) == 0, (
        capsys.readouterr().out
    )


def test_the_commands_of_the_skill_exist() -> None:
    skill = (PLUGIN / "skills" / "write-agent-files" / "SKILL.md").read_text("utf-8")
    commands = [piece for piece in skill.split("`") if piece.startswith("agentls ")]
    assert len(commands) >= 6
    for command in commands:
        arguments = command.replace("FORMAT", "copilot").split()[1:]
        assert parse_arguments(arguments).load is not None, command
