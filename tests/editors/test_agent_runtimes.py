"""The files for OpenCode, Copilot CLI and Gemini CLI: they are in order by the standards of these runtimes, and what
they start works with the events that these runtimes send. The runtimes themselves are not here."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentls import __version__
from agentls.cli.arguments import parse_arguments
from agentls.cli.main import main
from agentls.dialects.write_hooks import write_hooks
from editors.real import EDITORS, program

ROOT = EDITORS.parent
AGENT = ".claude/agents/reviewer.md"
BROKEN = """\
---
name: reviewer
description: Reviews code. Use it after every change.
tools: Raed, Grep
---

You review code.
"""
ADVICE = "in line 4, replace `Raed` with `Read`."


class Project(NamedTuple):
    """A project with an agent that has a problem, and an environment whose `agentls` is this one."""

    root: Path
    environment: dict[str, str]

    def run(self, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in the project."""
        return subprocess.run(
            command,
            input=given,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root, programs = tmp_path / "project", tmp_path / "bin"
    (root / ".git").mkdir(parents=True)
    (root / AGENT).parent.mkdir(parents=True)
    (root / AGENT).write_text(BROKEN, "utf-8")
    programs.mkdir()
    agentls = programs / "agentls"
    agentls.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m agentls "$@"\n', "utf-8")
    agentls.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return Project(root, {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")})


def read(path: str) -> Any:
    return json.loads((EDITORS / path).read_text("utf-8"))


def tools_of(title: str, event: str) -> set[str]:
    """The tools of a runtime that write files."""
    return {
        tool for hook in write_hooks() if (hook.title, hook.event) == (title, event) for tool in hook.tools
    }


@pytest.mark.parametrize("folder", ["opencode", "copilot-cli", "gemini-cli"])
def test_agentls_finds_nothing_in_the_folder(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--no-cache", "--show", "all", "--fail-on", "hint"]
    assert main(["check", *options, str(EDITORS / folder)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("folder", ["opencode", "copilot-cli", "gemini-cli"])
def test_what_a_readme_copies_or_installs_exists(folder: str) -> None:
    readme = (EDITORS / folder / "README.md").read_text("utf-8")
    paths = re.findall(r"(?<= )(?:\./)?agentls(/editors/\S+)", readme)
    assert len(paths) >= 2
    assert [path for path in paths if not (ROOT / path[1:]).exists()] == []


# --- Gemini CLI -------------------------------------------------------------------------------


def test_the_extension_of_gemini_cli_has_documented_keys() -> None:
    manifest = read("gemini-cli/gemini-extension.json")
    assert set(manifest) <= {
        "name",
        "version",
        "description",
        "mcpServers",
        "contextFileName",
        "excludeTools",
    }
    assert re.fullmatch("[a-z0-9-]+", manifest["name"])
    assert manifest["version"] == __version__
    assert (EDITORS / "gemini-cli" / manifest["contextFileName"]).exists()
    (server,) = manifest["mcpServers"].values()
    assert server["command"] == "agentls"
    assert parse_arguments(server["args"]).load is not None


def test_the_hook_of_gemini_cli(project: Project) -> None:
    ((event, (group,)),) = read("gemini-cli/hooks/hooks.json")["hooks"].items()
    assert set(group["matcher"].split("|")) == tools_of("Gemini CLI", event)
    (hook,) = group["hooks"]
    assert set(hook) <= {"type", "command", "name", "timeout", "description"}
    given = {
        "session_id": "1",
        "transcript_path": "",
        "cwd": str(project.root),
        "hook_event_name": event,
        "timestamp": "2026-12-01T00:00:00Z",
        "tool_name": "write_file",
        "tool_input": {"file_path": str(project.root / AGENT), "content": BROKEN},
        "tool_response": {"llmContent": "done", "returnDisplay": "done"},
    }
    ran = project.run("sh", "-c", hook["command"], given=json.dumps(given))
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)["hookSpecificOutput"]
    assert answer["hookEventName"] == event
    assert ADVICE in answer["additionalContext"]


# --- Copilot CLI ------------------------------------------------------------------------------


def test_the_hook_of_copilot_cli(project: Project) -> None:
    hooks = read("copilot-cli/hooks.json")
    assert hooks["version"] == 1
    (hook,) = hooks["hooks"]["postToolUse"]
    assert set(hook) <= {"type", "matcher", "bash", "powershell", "timeoutSec"}
    assert set(hook["matcher"].split("|")) == tools_of("Copilot CLI", "")
    assert hook["bash"] == hook["powershell"]
    given = {
        "sessionId": "1",
        "timestamp": 1796083200000,
        "cwd": str(project.root),
        "toolName": "create",
        "toolArgs": {"path": str(project.root / AGENT), "file_text": BROKEN},
        "toolResult": {"resultType": "success", "textResultForLlm": "done"},
    }
    ran = project.run("sh", "-c", hook["bash"], given=json.dumps(given))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ADVICE in json.loads(ran.stdout)["additionalContext"]


def test_the_plugin_of_claude_code_works_in_copilot_cli(project: Project) -> None:
    marketplace = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    assert {"name", "owner", "plugins"} <= set(marketplace)
    assert all({"name", "source"} <= set(entry) for entry in marketplace["plugins"])
    (group,) = read("claude-code/hooks/hooks.json")["hooks"]["PostToolUse"]
    given = {
        "hook_event_name": "PostToolUse",
        "session_id": "1",
        "timestamp": "2026-12-01T00:00:00Z",
        "cwd": str(project.root),
        "tool_name": "Write",
        "tool_input": {"path": str(project.root / AGENT), "file_text": BROKEN},
        "tool_result": {"result_type": "success", "text_result_for_llm": "done"},
    }
    assert given["tool_name"] in group["matcher"].split("|")
    ran = project.run("sh", "-c", group["hooks"][0]["command"], given=json.dumps(given))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ADVICE in json.loads(ran.stdout)["additionalContext"]


def test_the_server_of_copilot_cli() -> None:
    (server,) = read("copilot-cli/lsp.json")["lspServers"].values()
    assert set(server) == {"command", "args", "fileExtensions"}
    assert server["command"] == "agentls"
    assert parse_arguments(server["args"]).load is not None


# --- OpenCode ---------------------------------------------------------------------------------

DRIVER = """\
import plugin from PLUGIN
const calls = JSON.parse(process.argv[1])
const hooks = await plugin.server({ directory: process.cwd(), worktree: process.cwd(), client: {}, $: undefined })
let after
await plugin.setup({
  tool: { hook: async (name, callback) => { if (name === "execute.after") after = callback } },
  session: { get: async ({ sessionID }) => ({ id: sessionID, location: { directory: process.cwd() } }) },
})
const answers = []
for (const { version, tool, args, status = "completed", content = "Wrote file." } of calls) {
  if (version === 1) {
    const output = { title: "", output: content, metadata: {} }
    await hooks["tool.execute.after"]({ tool, sessionID: "1", callID: "2", args }, output)
    answers.push(output.output)
  } else {
    const event = { tool, sessionID: "1", agent: "build", messageID: "3", id: "2", input: args, status }
    if (status === "completed") event.result = { content, output: { operation: "write" } }
    await after(event)
    answers.push(event.result)
  }
}
console.log(JSON.stringify({ id: plugin.id, answers }))
"""


def drive(project: Project, *calls: dict[str, Any]) -> list[Any]:
    """The results of tools after the plugin of OpenCode has seen them."""
    plugin = (EDITORS / "opencode/plugins/agentls.js").as_uri()
    script = DRIVER.replace("PLUGIN", json.dumps(plugin))
    ran = project.run(
        program("node"), "--no-warnings", "--input-type=module", "-e", script, json.dumps(calls)
    )
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    assert answer["id"] == "agentls"
    found: list[Any] = answer["answers"]
    return found


def test_the_plugin_of_opencode_adds_findings_to_the_result(project: Project) -> None:
    path = str(project.root / AGENT)
    patch = f"*** Begin Patch\n*** Update File: {AGENT}\n@@\n-a\n+b\n*** End Patch"
    text = [{"type": "text", "text": "Wrote file."}]
    first, second, third, fourth, fifth = drive(
        project,
        {"version": 1, "tool": "write", "args": {"filePath": path, "content": BROKEN}},
        {"version": 1, "tool": "apply_patch", "args": {"patchText": patch}},
        {"version": 2, "tool": "write", "args": {"path": AGENT, "content": BROKEN}},
        {"version": 2, "tool": "edit", "args": {"path": path}, "content": text},
        {"version": 2, "tool": "patch", "args": {"patchText": patch}},
    )
    for answer in (first, second, third["content"], fifth["content"]):
        assert answer.startswith(f"Wrote file.\n\nagentls found 1 problem in {AGENT}:\n")
        assert ADVICE in answer
    assert third["output"] == {"operation": "write"}
    assert fourth["content"][0] == text[0]
    assert ADVICE in fourth["content"][1]["text"]


def test_the_plugin_of_opencode_leaves_other_results_alone(project: Project) -> None:
    args = {"filePath": str(project.root / "README.md")}
    good = BROKEN.replace("Raed", "Read")
    (project.root / ".claude/agents/good.md").write_text(good.replace("reviewer", "good"), "utf-8")
    assert drive(
        project,
        {"version": 1, "tool": "write", "args": args},
        {"version": 1, "tool": "write", "args": {"filePath": ".claude/agents/good.md"}},
        {"version": 1, "tool": "read", "args": {"filePath": AGENT}},
        {"version": 1, "tool": "write", "args": None},
        {"version": 2, "tool": "shell", "args": {"command": "ls"}},
        {"version": 2, "tool": "write", "args": {"path": AGENT}, "status": "error"},
    ) == [*["Wrote file."] * 4, {"content": "Wrote file.", "output": {"operation": "write"}}, None]


def test_the_plugin_of_opencode_never_fails_a_tool(project: Project) -> None:
    without = Project(project.root, {**project.environment, "PATH": str(Path(program("node")).parent)})
    Path(project.environment["PATH"].split(os.pathsep)[0], "agentls").write_text(
        "#!/bin/sh\nexit 1\n", "utf-8"
    )
    for each in (project, without):
        assert drive(each, {"version": 1, "tool": "write", "args": {"filePath": AGENT}}) == ["Wrote file."]


def test_the_settings_of_opencode() -> None:
    (server,) = read("opencode/opencode.json")["lsp"].values()
    assert set(server) == {"command", "extensions"}
    command, *arguments = server["command"]
    assert command == "agentls"
    assert parse_arguments(arguments).load is not None
