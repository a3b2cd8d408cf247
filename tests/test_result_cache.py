"""The cache between runs: the result is always the same as without it."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest

from agentls.cli import examined_files, result_cache
from agentls.cli.file_runs import forget_files
from agentls.cli.main import main
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Consequence, Effect, Severity
from agentls.linter.rule import Fix, Related
from agentls.text.offsets import Edit, Span

AGENT = "---\nname: {name}\ndescription: {description}\n{keys}---\n\n{body}\n"
NAMES = ("reviewer", "writer", "qa-expert", "ui-designer")
DESCRIPTIONS = ("Reviews code. Use it after every change.", "Writes texts. Use it before a release.", "")
KEYS = (
    "",
    "tools: Read, Grpe\n",
    "tools: Agent(writer)\nskills: [code-stile]\n",
    "color: blau\n",
    "name: [\n",
)
BODIES = (
    "You review code.",
    "Ask the `writer` agent, see [the rules](docs/rules.md).",
    "- Collaborate with qa-expert on tests\n- Collaborate with ux-designer on screens\n<!-- agentls: ignore -->",
    "See @docs/rules.md and @agent-nobody. \ud83d\ude00",
)
SETTINGS = ("", 'ignore = ["broken-link"]\n', 'tools = ["Grpe"]\n', "roster-tokens = 5\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(examined_files, "MIN_FILES_FOR_CACHE", 1)
    (tmp_path / ".git").mkdir()
    for at in range(4):
        write(f".claude/agents/{at}.md", agent(random.Random(at)))
    return tmp_path


def agent(choose: random.Random) -> str:
    body = choose.choice(BODIES).encode("utf-16", "surrogatepass").decode("utf-16")
    return AGENT.format(
        name=choose.choice(NAMES),
        description=choose.choice(DESCRIPTIONS),
        keys=choose.choice(KEYS),
        body=body,
    )


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def check(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    forget_files()
    main(["check", "--output-format", "json", "--fail-on", "never", *options, "."])
    printed = capsys.readouterr()
    return printed.out + printed.err


def change(choose: random.Random) -> str:
    """Change something in the project, and return a description of the change."""
    at = choose.randrange(6)
    file = f".claude/agents/{at}.md"
    what = choose.choice(("agent", "remove", "docs", "settings", "servers", "skill", "plugin", "nothing"))
    if what == "agent":
        write(file, agent(choose))
    elif what == "remove" and Path(file).exists():
        Path(file).unlink()
    elif what == "docs":
        docs = Path(".claude/agents/docs/rules.md")
        if docs.exists():
            docs.unlink()
        else:
            write(str(docs), "Rules.\n")
    elif what == "settings":
        write("agentls.toml", choose.choice(SETTINGS))
    elif what == "servers":
        write(".mcp.json", json.dumps({"mcpServers": {choose.choice(NAMES): {"command": "x"}}}))
    elif what == "skill":
        skill = AGENT.format(name="code-style", description="Lays out code.", keys="", body="Four spaces.")
        write(".claude/skills/code-style/SKILL.md", skill)
    elif what == "plugin":
        write(".claude-plugin/plugin.json", json.dumps({"name": choose.choice(("kit", "set"))}))
    return what


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("options", [[], ["--no-project"]])
@pytest.mark.parametrize("seed", range(3))
def test_random_changes(capsys: pytest.CaptureFixture[str], options: list[str], seed: int) -> None:
    choose = random.Random(seed)
    history = []
    for _ in range(25):
        history.append(change(choose))
        expected = check(capsys, *options, "--no-cache")
        assert check(capsys, *options) == expected, history
        assert check(capsys, *options) == expected, history


@pytest.mark.parametrize("options", [[], ["--no-project"]])
def test_an_unchanged_file_is_not_checked_again(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    expected = check(capsys, *options)
    assert json.loads(expected)

    def refuse(*_: object) -> None:
        raise AssertionError("a file is checked again")

    monkeypatch.setattr(examined_files, "check", refuse)
    assert check(capsys, *options) == expected
    monkeypatch.undo()
    monkeypatch.chdir(project)


def test_a_damaged_cache_is_written_anew(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = check(capsys)
    (cache,) = (project / result_cache.FOLDER).glob("*.jsonl")
    whole = cache.read_bytes()
    for damaged in (
        b"",
        whole[: len(whole) // 2],
        whole.replace(b"Read", b"Raed"),
        b"\xff\n\0",
        whole + b"x\n",
    ):
        cache.write_bytes(damaged)
        assert check(capsys) == expected
        assert cache.read_bytes() == whole


@pytest.mark.parametrize("secret", [None, "", "x", "00" * 32, "00" * 31])
def test_a_cache_of_somebody_else_is_not_believed(
    project: Path, capsys: pytest.CaptureFixture[str], secret: str | None
) -> None:
    expected = check(capsys)
    cache = next(Path(result_cache.FOLDER).glob("*.jsonl"))
    body = cache.read_text().partition("\n")[2]
    forged = re.sub(r"Unknown[^.]*\.", "All is well.", body)
    assert forged != body
    cache.write_text(f"{result_cache.digest('00' * 32, cache.name, forged)}\n{forged}")
    own = Path(result_cache._secret_file())
    assert own.is_relative_to(project / "home")
    if secret is None:
        own.unlink()
    elif secret != "00" * 32:
        own.write_text(secret)
    assert check(capsys) == expected
    assert "All is well" not in cache.read_text()


@pytest.mark.usefixtures("project")
def test_without_a_secret_there_is_no_cache(capsys: pytest.CaptureFixture[str]) -> None:
    write("home", "not a folder")
    expected = check(capsys, "--no-cache")
    assert check(capsys) == expected
    assert not list(Path(result_cache.FOLDER).glob("*.jsonl"))


def test_the_folder_is_ignored_and_marked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys)
    folder = project / result_cache.FOLDER
    assert (folder / ".gitignore").read_text() == "*\n"
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    for number in range(12):
        check(capsys, "--ignore", "broken-link", *(["--select", "unknown-tool"] * (number + 1)))
    assert len(list(folder.glob("*.jsonl"))) <= 8
    assert not [path for path in folder.iterdir() if path.suffix not in (".jsonl", ".TAG", "")]


def test_without_a_cache(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / result_cache.FOLDER
    expected = check(capsys, "--no-cache")
    assert not folder.exists()
    folder.write_text("A file where the folder would be.\n")
    assert check(capsys) == expected
    folder.unlink()
    (project / "elsewhere").mkdir()
    folder.symlink_to(project / "elsewhere")
    assert check(capsys) == expected
    assert not list((project / "elsewhere").iterdir())
    folder.unlink()

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    assert check(capsys) == expected
    assert not list(folder.glob("*.jsonl*"))


def test_every_part_of_a_diagnostic_is_kept() -> None:
    edits = (Edit(Span(1, 2), "x"),)
    fix = Fix("Fix", edits, True, "new.md", (Fix("Other", edits, False, "", (Fix("Last", ()),)),))
    related = (Related(Span(3, 4), "here", "b.md"),)
    effects = (Effect("claude-code", Consequence.IGNORED, True, True),)
    found = Diagnostic(
        Span(0, 5), "a-rule", Severity.HINT, "Text.", (fix,), related, ("unnecessary",), effects
    )
    assert result_cache.decode_diagnostics(result_cache.encode_diagnostics([found])) == (found,)
