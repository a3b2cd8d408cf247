"""Files that a hostile repository can contain in the place of ordinary ones: nothing hangs, crashes or is read from
elsewhere, and the user is told what is ignored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentls.config import MAX_ITEMS
from agentls.text import toml_positions
from agentls.text.toml_positions import MAX_KEY_PARTS, TomlError, parse_toml
from agentls.workspace import settings_files
from agentls.workspace.regular_files import read_below, read_bytes

AGENT = "---\nname: a\ndescription: Reads code. Use it after every change.\n---\n\nYou read code.\n"
FILE = ".claude/agents/a.md"
SECONDS = 30
ROOT = Path(__file__).parents[1]
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system with pipes")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one agent."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / FILE).write_text(AGENT, "utf-8")
    return tmp_path


def check(project: Path, *arguments: str) -> tuple[int, str]:
    """Check the project in a process of its own, which must end in time: its exit code and its messages."""
    done = subprocess.run(
        [sys.executable, "-m", "agentls", "check", *arguments],
        cwd=project,
        stdin=subprocess.PIPE,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)  # It takes no space on the disk.


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_nested(path: Path) -> None:
    path.write_text("[" * 100_000, "utf-8")


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS = [
    pytest.param(make_pipe, marks=needs_pipes),
    make_huge,
    make_loop,
    Path.mkdir,
    make_nested,
    pytest.param(make_device, marks=pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device")),
]


PATHS = (
    *(".gitignore", "agentls.toml", "pyproject.toml", "CLAUDE.md", ".mcp.json", ".claude/settings.json"),
    *(".claude-plugin/plugin.json", ".claude-plugin/marketplace.json", "hooks/hooks.json", "opencode.json"),
    *(".claude/agents/b.md", ".claude/agents/.gitignore", "notes.md"),
)


@pytest.mark.parametrize("make", KINDS)
def test_any_file_of_a_project_may_be_something_else(project: Path, make: Callable[[Path], None]) -> None:
    (project / FILE).write_text(f"{AGENT}See [the notes](../../notes.md) and @notes.md.\n", "utf-8")
    for path in PATHS:
        (project / path).parent.mkdir(exist_ok=True)
        make(project / path)
    code, messages = check(project)
    assert code in (0, 2)
    assert "internal error" not in messages
    for line in messages.splitlines():
        assert line.startswith("agentls: ")
        assert code == 2 or line.endswith("skipped: symbolic link to a target outside the folder")


@pytest.mark.parametrize("make", KINDS[:-1])
def test_what_is_named_is_reported(project: Path, make: Callable[[Path], None]) -> None:
    make(project / ".claude/agents/b.md")
    code, messages = check(project, ".claude/agents/b.md")
    assert "internal error" not in messages
    assert code == (0 if make in (Path.mkdir, make_nested) else 2)
    settings = project / "other.toml"
    make(settings)
    code, messages = check(project, "--config", "other.toml", FILE)
    assert code == 2
    assert "other.toml" in messages
    assert "internal error" not in messages


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('dialects = ["/dev/stdin"]', "cannot read dialect file"),
        ('dialects = ["/etc/passwd"]', "outside"),
        ('dialects = ["../outside.yaml"]', "outside"),
        ('dialects = ["linked.yaml"]', "outside"),
        ('dialects = ["a\\u0000b.yaml"]', "invalid path"),
        ('dialects = [".claude"]', "is a directory"),
        ('dialects = ["gone.yaml"]', "no such file"),
        ("tools = " + "[" * 1000 + "]" * 1000, "nested too deep"),
        ("max-lines = " + "1" * 5000, "digits"),
        ("a." * 5000 + "b = 1", f"more than {MAX_KEY_PARTS} parts"),
        ("\0", "invalid TOML"),
        ("# " + "x" * settings_files.MAX_BYTES, "too large (the limit is 100 KB)"),
        ("dialects = [" + '"x.yaml",' * 60 + "]", "more than 50 dialect files"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
def test_unusable_settings_are_a_failure_with_a_message(project: Path, settings: str, words: str) -> None:
    (project.parent / "outside.yaml").write_text("name: outside\nextends: gemini-cli\n", "utf-8")
    (project / "linked.yaml").symlink_to("../outside.yaml")
    (project / "agentls.toml").write_text(settings, "utf-8")
    code, messages = check(project)
    assert code == 2
    assert "agentls.toml" in messages
    assert words in messages
    assert "internal error" not in messages


def test_settings_that_are_too_large_are_not_parsed_in_an_editor_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(toml_positions, "parse_toml", lambda _: pytest.fail("it was parsed"))
    text = 'ignore = ["unknown-tool"] #' + "é" * (settings_files.MAX_BYTES // 2)
    found = settings_files.parse_settings("/p/agentls.toml", text)
    assert found.config.ignore == ()
    assert [problem.message for problem in found.problems] == [
        "cannot be read: too large (the limit is 100 KB); its settings are ignored"
    ]


def test_few_of_many_problems_are_reported() -> None:
    text = "".join(f"no-{number} = 1\n" for number in range(500))
    problems = settings_files.parse_settings("/p/agentls.toml", text).problems
    assert len(problems) == settings_files.MAX_PROBLEMS + 1
    assert problems[-1].message == "480 more settings are ignored"
    text = "ignore = [" + '"x",' * (MAX_ITEMS + 1) + "]"
    (problem,) = settings_files.parse_settings("/p/agentls.toml", text).problems
    assert "at most 1,000 entries" in problem.message


def test_the_place_of_a_long_key_is_known() -> None:
    text = "ok = 'a.b.c'\n" + "[" + "a . " * MAX_KEY_PARTS + "last]\n"
    error = parse_toml(text)
    assert isinstance(error, TomlError)
    assert error.span.text_in(text) == "last"
    assert parse_toml("x = '" + "a." * 500 + "'") == {"x": "a." * 500}


def test_a_file_that_grows_is_read_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"x" * 100)
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((0o100644, *[0] * 9)))
    assert read_bytes(str(file)) == b"x" * 100
    with pytest.raises(OSError, match="too large"):
        read_bytes(str(file), 99)


@needs_pipes
def test_a_pipe_that_replaces_a_file_does_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("x")
    ordinary = (tmp_path / "file").stat()
    monkeypatch.setattr(os, "stat", lambda _: ordinary)
    with pytest.raises(OSError, match="not a regular file"):
        read_bytes(str(tmp_path / "pipe"))


def test_a_file_below_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("x")
    (tmp_path / "ab").write_text("x")
    assert read_below(str(tmp_path / "a"), str(tmp_path / "a/../a/b")) == b"x"
    with pytest.raises(OSError, match="outside"):
        read_below(str(tmp_path / "a"), str(tmp_path / "ab"))


def test_settings_that_decide_what_is_read_or_started_are_restricted_in_vs_code() -> None:
    manifest = json.loads((ROOT / "editors/vscode/package.json").read_text("utf-8"))
    groups = manifest["contributes"]["configuration"]
    names = {name for group in groups for name in group["properties"]}
    reading = {"agentls.dialects", "agentls.places", "agentls.userFiles"}
    restricted = reading | {name for name in names if name.startswith("agentls.server.")}
    assert restricted <= names
    assert set(manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]) == restricted
