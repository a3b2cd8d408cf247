"""A project to open in a real editor, and the editor to open it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
EDITORS = HERE.parent.parent / "editors"
SERVER = [sys.executable, "-m", "agentls", "server"]

AGENT = """\
---
name: reviewer
description: Reviews code 🧪. Use it after every change.
tools: Read, Bahs, Glob
---

# Task

You review code.
"""


def program(name: str) -> str:
    """The path of an editor. Without it the test is skipped, but in CI it fails."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed")
    return found


def missing(what: str) -> NoReturn:
    """Skip the test because something is missing, or fail it in CI, where nothing may be."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and this is CI")
    pytest.skip(what)


def project(folder: Path) -> Path:
    """Make `folder` a project with a broken agent."""
    (folder / ".claude/agents").mkdir(parents=True)
    (folder / ".claude/agents/reviewer.md").write_text(AGENT, "utf-8")
    (folder / "README.md").write_text("# Project\n", "utf-8")
    (folder / "agentls.toml").write_text("", "utf-8")
    return folder


AGENTS = 50


def team(folder: Path) -> dict[str, str]:
    """Make `folder` a project of 50 agents that call one another in every form, and their skills. What is
    returned are its texts by their paths. `code-reviewer-1` is the one to be renamed."""
    texts = {"agentls.toml": ""}
    for number in range(AGENTS):
        name, other, word = f"code-reviewer-{number}", f"code-reviewer-{number + 10}", f"x{number}"
        texts[f".claude/agents/{name}.md"] = f"""\
---
name: {name}
description: Reviews part {number} 🧪 like code-reviewer-1.
tools: Agent(code-reviewer-1, {other}), Read
skills: [tidy-{word}]
---

# Part {number}

Ask `code-reviewer-1` first, or @agent-code-reviewer-1. Delegate to code-reviewer-1 🧪 what it knows.
- code-reviewer-1: reviews
- code-reviewer-11: reviews as well, in docs/code-reviewer-1-notes.md
See [the first](code-reviewer-1.md), https://example.org/code-reviewer-1 and the pro-code-reviewer-1.
Then subagent_type: "code-reviewer-1" and `{other if number < AGENTS - 10 else name}`.
"""
        texts[f".claude/skills/tidy-{word}/SKILL.md"] = f"""\
---
name: tidy-{word}
description: Tidies part {number}.
---

Call Task(code-reviewer-1, "all").
"""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return texts


def renamed(texts: dict[str, str]) -> dict[str, str]:
    """The texts of the team as they have to be once `code-reviewer-1` is called `critic` by somebody who takes
    no words in doubt along."""
    stays = re.compile(r"(?:like |docs/|org/|pro-)code-reviewer-1|code-reviewer-1\d")
    word = re.compile(rf"{stays.pattern}|code-reviewer-1(?!\d)")
    return {
        path.replace("/code-reviewer-1.md", "/critic.md"): word.sub(
            lambda found: found[0] if stays.fullmatch(found[0]) else "critic", text
        )
        for path, text in texts.items()
    }


def on_path(folder: Path) -> str:
    """A PATH on which the command `agentls` is the one under test."""
    folder.mkdir()
    command = folder / "agentls"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m agentls "$@"\n', "utf-8")
    command.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def blocks(readme: Path, heading: str, language: str) -> list[str]:
    """The code below a heading of a README, or before the first `##` if the heading is empty."""
    sections = re.split(r"^## (.*)\n", "## \n" + readme.read_text("utf-8"), flags=re.MULTILINE)
    section = dict(zip(sections[1::2], sections[2::2], strict=True))[heading]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path, **env: str) -> dict[str, Any]:
    """What an editor says of the project in `folder`, one `name: JSON` a line."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"^([a-z]+): (.*)$", done.stdout, re.MULTILINE)
    return {name: json.loads(value) for name, value in found}
