"""The real VS Code, with the extension as it is shipped: what the editor has, and what a person sees.

`make vscode vscode-test-setup` builds and installs what this needs, beside Chromium. Pictures and logs stay in
`build/vscode`.
"""

from __future__ import annotations

import ast
import json
import re
import runpy
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

import agentls
from agentls.config import Config, camel_case
from agentls.features.inlay_hint import HINT_KINDS
from agentls.lsp import settings
from agentls.lsp.settings import Settings
from editors.real import missing, renamed, team

ROOT = Path(__file__).parents[2]
CODE = Path(__file__).parent / "vscode"
OLDEST = CODE / "oldest"
EXTENSION = ROOT / "editors" / "vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))
OUTPUT = ROOT / "build" / "vscode"
SECONDS = 400

AGENT = """\
---
name: reviewer
description: Reviews code. Use it after every change.
tools: Bahs, Read, Grep
model: sonnet
---

# Task

You review code.
"""


class Session(NamedTuple):
    """What came of a session: what the probe saw, and what a person saw at each step."""

    result: dict[str, Any]
    steps: dict[str, str]
    workspace: Path


def node(code: Path) -> Path:
    """The Node.js that runs a VS Code."""
    return code / "node_modules" / ".bin" / "node"


def needed(target: str = "") -> tuple[str, str]:
    """Chromium and the extension for a target, or for this system."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    bundle = runpy.run_path(str(EXTENSION / "bundle.py"))
    extension = ROOT / "build" / f"agentls-{target or bundle['this_system']()}.vsix"
    if chromium is None:
        missing("Chromium is not installed")
    if not all((extension.exists(), node(CODE).exists(), node(OLDEST).exists())):
        missing(f"VS Code is not set up (make vscode vscode-test-setup, TARGET={target or 'this system'})")
    return chromium, str(extension)


def session(
    name: str,
    folder: Path,
    scenario: str,
    *steps: str,
    code: Path = CODE,
    env: Mapping[str, str] = MappingProxyType({}),
    files: Mapping[str, str] = MappingProxyType({}),
    settings: Mapping[str, Any] = MappingProxyType({}),
    opened: tuple[str, str] = ("folder", ""),
    trust: bool = True,
    target: str = "",
    **probe: Any,
) -> Session:
    """Open a workspace in VS Code, have the probe play its scenario, and take the steps."""
    chromium, extension = needed(target)
    workspace = folder / "workspace"
    everywhere = {
        ".claude/agents/reviewer.md": AGENT,
        "README.md": "---\nname: none\n---\n\n# Not an agent\n",
    }
    for file, text in {**everywhere, **files}.items():
        (workspace / file).parent.mkdir(parents=True, exist_ok=True)
        (workspace / file).write_text(text)
    kind, path = opened
    output = OUTPUT / name
    job = {
        "folder": str(output),
        "code": str(code),
        "open": {kind: str(workspace / path)},
        "chromium": chromium,
        "extension": extension,
        "scenario": scenario,
        "probe": {
            "agent": str(workspace / ".claude/agents/reviewer.md"),
            "prose": str(workspace / "README.md"),
            **probe,
        },
        "steps": steps,
        "trust": trust,
        "env": {**env},
        "settings": {**settings},
    }
    untouched = folder / "untouched"
    shutil.copytree(workspace, untouched, symlinks=True)
    for _ in range(3):
        failure = play(job, output)
        if not failure:
            break
        # VS Code itself now and then fails to show something on a machine with much to do.
        warnings.warn(f"the session `{name}` is to be played again, since it failed: {failure}", stacklevel=2)
        shutil.rmtree(workspace)
        shutil.copytree(untouched, workspace, symlinks=True)
    assert not failure, failure
    seen = json.loads((output / "result.json").read_text())
    return Session(seen, json.loads((output / "steps.json").read_text()), workspace)


def play(job: Mapping[str, Any], output: Path) -> str:
    """Play a session in VS Code; why it failed, if it did."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    (output / "job.json").write_text(json.dumps(job))
    command = [str(node(Path(job["code"]))), str(CODE / "run.mjs"), str(output / "job.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def program(path: Path, *lines: str) -> str:
    """Write a program of the shell, and make it one that can be run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return str(path)


def test_everything_that_can_be_set_can_be_set_here() -> None:
    pages = MANIFEST["contributes"]["configuration"]
    here = {name.removeprefix("agentls.") for page in pages for name in page["properties"]}
    # The output has a level of its own.
    others = {"checks", "folder_checks", "log_level", "inlay_hints"}
    server = {field.name for field in fields(Settings)} - others
    server |= {f"inlayHints.{kind}" for kind in HINT_KINDS}
    # An editor has its own filters.
    settings_of_checks = {camel_case(name) for name in Config._fields} - {"show"}
    assert settings_of_checks | server <= here
    rows = {name: row for page in pages for name, row in page["properties"].items()}
    defaults = {name.removeprefix("agentls."): row["default"] for name, row in rows.items()}
    sent = {name: value for name, value in defaults.items() if "." not in name}
    assert settings.parse_settings(sent).problems == (), "VS Code sends the defaults as well"
    assert MANIFEST["version"] == agentls.__version__


@pytest.fixture(scope="module", params=[CODE, OLDEST], ids=["current", "oldest"])
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    steps = ["squiggle", "status", "problems", "hover", "completion", "completionOnRequest"]
    steps += ["outline", "inspection", "newAgent"]
    name = "oldest" if request.param == OLDEST else "everything"
    return session(name, tmp_path_factory.mktemp("vscode"), "everything", *steps, code=request.param)


def test_the_oldest_is_the_one_that_is_promised(everything: Session) -> None:
    promised = MANIFEST["engines"]["vscode"].removeprefix("^").rpartition(".")[0]
    oldest = everything.result["language"] == "markdown"
    assert everything.result["version"].startswith(f"{promised}.") == oldest
    assert f"VS Code {promised} and newer" in (EXTENSION / "README.md").read_text("utf-8")


def test_findings_are_ours_and_lead_to_their_pages(everything: Session) -> None:
    (found,) = everything.result["diagnostics"]
    assert (found["code"], found["severity"], found["at"]) == ("unknown-tool", "Warning", [3, 7])
    assert "/pages/unknown-tool.md" in found["page"]
    assert any("unknown-tool" in label for label in everything.result["tabs"])
    assert "Unknown tool" in everything.steps["problems"]


def test_completion_hover_and_outline(everything: Session) -> None:
    result = everything.result
    labels = [label for label, _ in result["completion"]]
    assert "Agent" in labels
    assert len(labels) == len(set(labels)), "VS Code offers some of the tools itself"
    assert labels.count("Bash") == 1
    twice = result["language"] == "chatagent"
    assert [label for label, _ in result["doubleCompletion"]].count("Bash") == 1 + twice
    for step in ("completion", "completionOnRequest"):
        popup = everything.steps[step].split("\n")
        assert "Bash" in popup
        assert len(popup) == len(set(popup))
    assert any("model" in card for card in result["hover"])
    assert [name.lstrip("# ") for name in result["symbols"]].count("Task") == 1, "VS Code lists the headings"
    assert "description" in everything.steps["outline"]
    assert "Unknown tool" in everything.steps["hover"]


def test_a_fix_is_applied_and_its_finding_gone(everything: Session) -> None:
    assert everything.result["fixed"] == "tools: Bash, Read, Grep"


def test_the_reading_stands_in_the_status_bar_and_beside_the_agent(everything: Session) -> None:
    assert "agent: loads with problems" in everything.steps["status"]
    shown = everything.steps["inspection"]
    assert "loads this file" in shown
    assert "Bahs" in shown


def test_each_feature_can_be_switched_off(everything: Session) -> None:
    result, off = everything.result, everything.result["off"]
    assert len(off["completion"]) < len(result["completion"])
    assert len(off["hover"]) < len(result["hover"])
    assert len(off["symbols"]) < len(result["symbols"])


def test_other_markdown_is_left_alone_and_unsaved_agents_are_not(everything: Session) -> None:
    assert everything.result["prose"] == []
    if everything.result["language"] == "chatagent":
        assert "missing-description" in everything.result["untitled"]


def test_settings_files_and_what_is_shown_in_the_text(tmp_path: Path) -> None:
    files = {
        "agentls.toml": 'ignroe = []\nignore = ["no-tools"]\n[severity]\nunknown-tool = "warn"\n',
        ".claude/agents/reviewer.md": AGENT.replace("model: sonnet", "model: sonnet\ncolor: green"),
        ".claude/agents/team/lead.md": AGENT.replace("reviewer", "lead"),
    }
    workspace = tmp_path / "workspace"
    seen = session(
        *("presentation", tmp_path, "presentation", "presentation"),
        files=files,
        settingsFile=str(workspace / "agentls.toml"),
        nested=str(workspace / ".claude/agents/team/lead.md"),
    )
    found = seen.result
    assert found["settings"] == ["unknown-setting", "invalid-setting"]
    assert "unknown-tool" in found["rules"]
    assert "Change to `ignore`" in found["fixes"]
    assert seen.steps["settingsFile"] == "there"
    assert {"Bahs function unknown", "Read function defaultLibrary", "model property"} <= {*found["tokens"]}
    assert [hint.startswith("→ claude-sonnet-") for hint in found["hints"]] == [True]
    assert found["colors"] == ["green"]
    assert found["selections"][0] == "Bahs"
    assert found["calls"] == ["reviewer"]
    assert "→ claude-sonnet-" in seen.steps["presentation"].replace("\xa0", " ")


def test_a_new_agent_is_written(everything: Session) -> None:
    text = (everything.workspace / ".claude" / "agents" / "bug-hunter.md").read_text()
    assert text.startswith("---\nname: bug-hunter\ndescription: ")
    assert "loads" in everything.steps["newAgent"]


def test_without_a_server_one_message_says_what_was_tried(tmp_path: Path) -> None:
    old = "Python 3.10 or newer is required; this is 3.8.20"
    program(tmp_path / "old" / "python3", f"echo '{old}' >&2", "exit 1")
    found = session("missing", tmp_path, "glance", "missing", env={"PATH": str(tmp_path / "old")}, seconds=3)
    assert found.result["diagnostics"] == []
    assert f"python3 on the PATH: {old}" in found.steps["missing"]
    assert "python on the PATH: not found" in found.steps["missing"]
    assert "agentls on the PATH: not found" in found.steps["missing"]


def test_without_python_the_package_for_all_systems_runs_in_webassembly(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path / "empty")}
    steps = ("squiggle", "status", "reason", "mend reviewer.md")
    found = session("wasm", tmp_path, "glance", *steps, env=env, seconds=60, target="universal")
    assert [finding["code"] for finding in found.result["diagnostics"]] == ["unknown-tool"]
    assert "runs in WebAssembly" in found.steps["reason"]
    assert found.steps["mend reviewer.md"] == "1"
    assert (found.workspace / ".claude/agents/reviewer.md").read_text() == AGENT.replace("Bahs", "Bash")


def test_old_pythons_can_read_that_they_are_too_old() -> None:
    ast.parse((EXTENSION / "main.py").read_text("utf-8"), feature_version=(3, 4))


def test_a_workspace_cannot_choose_the_program(tmp_path: Path) -> None:
    evil = program(tmp_path / "evil" / "python", f": > {tmp_path}/chosen", f'exec {sys.executable} "$@"')
    wish = json.dumps({"agentls.server.path": evil, "agentls.server.python": evil})
    files = {".vscode/settings.json": wish}
    env = {"AGENTLS_PYTHON": evil}
    found = session("restricted", tmp_path, "glance", "status", trust=False, env=env, files=files, seconds=60)
    assert not found.result["trusted"]
    assert [finding["code"] for finding in found.result["diagnostics"]] == ["unknown-tool"]
    assert not (tmp_path / "chosen").exists()


def test_a_file_without_a_folder_and_the_python_that_a_person_has_selected(tmp_path: Path) -> None:
    selected = program(tmp_path / "own" / "python", f": > {tmp_path}/chosen", f'exec {sys.executable} "$@"')
    file = ("file", ".claude/agents/reviewer.md")
    env = {"AGENTLS_PYTHON": selected, "PATH": str(tmp_path / "empty")}
    found = session("single", tmp_path, "glance", "status", opened=file, env=env, seconds=60)
    assert found.result["folders"] == 0
    assert [finding["code"] for finding in found.result["diagnostics"]] == ["unknown-tool"]
    assert (tmp_path / "chosen").exists()


def test_a_server_that_crashes_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    version = f'test "$1" = --version && echo agentls {agentls.__version__}'
    broken = program(tmp_path / "broken" / "agentls", version, "test $? = 0 || exit 3")
    found = session("crashes", tmp_path, "crashes", settings={"agentls.server.path": broken})
    result, steps = found.result, found.steps
    assert steps["failing"].count("Source: agentls") == 1, "one message is enough"
    assert "Restart Server" in steps["crashed"]
    assert len(set(result["servers"])) == 5
    assert result["left"] == [[], []]


def test_roots_places_and_what_is_left_alone(tmp_path: Path) -> None:
    roots = tmp_path / "workspace"
    files = {
        "both.code-workspace": json.dumps({"folders": [{"path": "one"}, {"path": "two"}]}),
        "one/.claude/agents/reviewer.md": AGENT.replace("model: sonnet", "modle: sonnet"),
        "one/agentls.toml": 'ignore = ["unknown-tool"]\n',
        "two/.claude/agents/reviewer.md": AGENT,
        "two/agentls.toml": '[severity]\nunknown-tool = "error"\n[places]\nclaude-code = ["prompts/*.md"]\n',
        "two/prompts/helper.md": AGENT.replace("name: reviewer", "name: helper"),
    }
    for file, text in files.items():
        (roots / file).parent.mkdir(parents=True, exist_ok=True)
        (roots / file).write_text(text)
    git = ["git", "-C", str(roots / "one"), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Agents"]):
        subprocess.run([*git, *command], check=True)
    agents = [str(roots / root / ".claude/agents/reviewer.md") for root in ("one", "two")]
    workspace = ("workspace", "both.code-workspace")
    placed = str(roots / "two/prompts/helper.md")
    found = session(
        "roots", tmp_path, "roots", opened=workspace, files=files, agents=agents, placed=placed
    ).result
    assert found["quiet"] == [[], []]
    assert found["placed"] == ["markdown", "unknown-tool"]
    assert found["roots"] == [["Warning misspelt-key"], ["Error unknown-tool"]]
    assert found["committed"][:2] == ["chatagent", []]
    assert found["folds"][0] < found["folds"][1]
    assert found["servers"] == 1


def test_names_lead_to_what_they_name_and_back(tmp_path: Path) -> None:
    texts = team(tmp_path / "workspace")
    lead = str(tmp_path / "workspace/.claude/agents/code-reviewer-7.md")
    told = session("names", tmp_path, "names", "lens", agent=lead, agents=50)
    found = told.result
    assert found["definition"] == ["code-reviewer-1.md:2"]
    assert {place.partition(":")[0] for place in found["references"]} == {
        path.rpartition("/")[2] for path in texts if path.endswith(".md")
    }
    assert found["highlights"] >= 5
    assert "Reviews part 1 " in found["hover"]
    assert found["symbols"] == ["code-reviewer-49"]
    assert "code-reviewer-1.md" in found["links"]
    assert [command for _, command in found["lenses"]] == ["agentls.showReferences", *["agentls.inspect"] * 2]
    assert "references" in found["lenses"][0][0]
    assert len(found["offered"]) == 49
    assert found["off"] == [[], [], [], []]
    assert found["lenses"][0][0] == "no references"
    assert re.match(r"[1-9]\d* references", told.steps["lens"].replace("\xa0", " "))


def test_an_agent_gets_another_name_in_all_fifty_files(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    before = team(workspace)
    agents = workspace / ".claude/agents"
    lead, new = str(agents / "code-reviewer-7.md"), str(agents / "critic.md")
    skills = workspace / ".claude/skills"
    skill, moved = str(skills / "tidy-x7"), str(skills / "clean-x7")
    found = session("rename", tmp_path, "rename", agent=lead, renamed=new, skill=skill, moved=moved)
    assert found.result["prepared"] == found.steps["rename"] == "code-reviewer-1"
    files = [path for path in workspace.rglob("*") if path.is_file()]
    after = {path.relative_to(workspace).as_posix(): path.read_text("utf-8") for path in files}
    expected = {
        path.replace("tidy-x7/", "clean-x7/"): re.sub(r"tidy-x7\b", "clean-x7", text)
        for path, text in renamed(before).items()
    }
    assert {path: after[path] for path in expected if path in after} == expected
    assert after.keys() - expected.keys() == {".claude/agents/reviewer.md", "README.md"}


@pytest.mark.parametrize("code", [CODE, OLDEST], ids=["current", "oldest"])
def test_nothing_disturbs_typing_and_keys_are_suggested(tmp_path: Path, code: Path) -> None:
    files = {
        ".claude/commands/notes.md": "---\ndescription: Writes notes.\n\n---\n\n\n",
        ".claude/agents/fresh.md": "",
    }
    command, fresh = (str(tmp_path / "workspace" / path) for path in files)
    name = "typing-oldest" if code == OLDEST else "typing"
    told = session(name, tmp_path, "typing", files=files, code=code, command=command, fresh=fresh)
    found, steps = told.result, told.steps
    assert found["language"] == "markdown"
    assert "model" in steps["suggested"].split("\n")
    assert "model" in steps["starting"].split("\n"), "suggested once the server answers"
    assert steps["body"] == steps["chosen"] == ""
    assert found["appeared"]
    assert all(pause >= 450 for pause in found["appeared"].values()), found["appeared"]
    assert found["left"] == ["invalid-yaml"]
    assert found["written"] == "---\nname: fresh\ndescription: Reviews code\nmo\n---\n"


@pytest.mark.parametrize("code", [CODE, OLDEST], ids=["current", "oldest"])
def test_nothing_is_said_twice(tmp_path: Path, code: Path) -> None:
    text = AGENT.replace("model: sonnet", "model: sonet")
    files = {".claude/agents/reviewer.md": text, "CLAUDE.md": "# Rules\n"}
    name = "said-oldest" if code == OLDEST else "said"
    memory = str(tmp_path / "workspace" / "CLAUDE.md")
    told = session(name, tmp_path, "said", "restarted", code=code, files=files, memory=memory)
    found = told.result
    says_so = any("'sonet'" in message for message in found["others"])
    assert says_so == (found["language"] == "chatagent")
    assert found["ours"] == ["unknown-tool", *([] if says_so else ["misspelt-model"])]
    assert [symbol.lstrip("# ") for symbol in found["symbols"]] == ["frontmatter", "Task"]
    restarted = told.steps["restarted"].replace("\xa0", " ")
    assert "agentls restarted" in restarted
    assert "Claude Code" in restarted, "the tooltip has the verdict"


def test_frontmatter_is_formatted_and_refactored(tmp_path: Path) -> None:
    files = {".claude/agents/fresh.md": "", ".vscode/tasks.json": '{"version":"2.0.0"}\n'}
    fresh, tasks = (str(tmp_path / "workspace" / path) for path in files)
    on_type = {"editor.formatOnType": True, "editor.acceptSuggestionOnEnter": "off"}
    told = session(
        "formatting", tmp_path, "formatting", files=files, fresh=fresh, json=tasks, settings=on_type
    )
    found = told.result
    assert found["typed"] == "---\ncolor:  red\ntools:\n- Read\n- Bash\nname: fresh\n---\n"
    assert found["cursor"] == "name: fresh"
    assert found["formatted"] == "---\nname: fresh\ntools:\n  - Read\n  - Bash\ncolor: red\n---\n"
    assert found["prose"] is None, "there is no formatter of other Markdown"
    assert found["json"], "the formatter of VS Code itself"
    assert "Convert `tools` to a block list" in found["refactorings"]
    assert "Use the `task` skill." in found["extracted"]
    assert (told.workspace / ".claude/skills/task/SKILL.md").is_file()
