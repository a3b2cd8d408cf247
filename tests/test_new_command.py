"""`agentls new`: where a file is created, what is in it, and which names are refused."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from agentls.cli.main import main
from agentls.config import Config
from agentls.dialects import loader
from agentls.document.locate import make_document


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def created(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """Return the path and the text of the file that the command creates."""
    assert main(["new", *arguments]) == 0
    path = capsys.readouterr().out.strip()
    return path, Path(path).read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["reviewer"], ".claude/agents/reviewer.md"),
        (["Code Reviewer", "--for", "copilot"], ".github/agents/code-reviewer.agent.md"),
        (["x", "--to", "vscode"], ".github/agents/x.agent.md"),
        (["x", "--for", "droid"], ".factory/droids/x.md"),
        (["x", "--kind", "skill"], ".claude/skills/x/SKILL.md"),
        (["x", "--kind", "skill", "--for", "opencode"], ".opencode/skills/x/SKILL.md"),
        (["x", "--kind", "command"], ".claude/commands/x.md"),
        (["x", "--kind", "instructions", "--for", "copilot"], ".github/instructions/x.instructions.md"),
        (["x", "--kind", "instructions", "--for", "cursor"], ".cursor/rules/x.mdc"),
    ],
)
def test_the_place(arguments: list[str], path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert created(capsys, *arguments)[0] == path


@pytest.mark.parametrize(
    "runtime", [name for name in loader.DIALECT_NAMES if loader.load_dialect(name).kind == "agent"]
)
def test_a_new_agent_loads_with_what_the_options_say(
    runtime: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dialect = loader.load_dialect(runtime)
    if not dialect.places or not dialect.key("description"):
        return
    path, text = created(capsys, "my-agent", "--for", runtime, "--description", "Reads: all. Use it first.")
    document = make_document(path, text, Config())
    assert document is not None
    assert document.reading.status == "clean"
    assert document.reading.description == "Reads: all. Use it first."


def test_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = created(capsys, "a", "--tools", "Read, Bash", "--model", "opus", "--description", "Works.")
    assert text.startswith("---\nname: a\ndescription: Works.\ntools: Read, Bash\nmodel: opus\n---\n\n")
    _, text = created(capsys, "a", "--for", "opencode", "--tools", "bash,read")
    assert '  "*": deny\n  read: allow\n  bash: ask\n' in text
    with pytest.raises(SystemExit):
        main(["new", "b", "--for", "kimi-code", "--model", "x"])
    assert "no `model`" in capsys.readouterr().err


def test_the_place_that_the_project_uses(capsys: pytest.CaptureFixture[str]) -> None:
    created(capsys, "first", "--for", "copilot")
    assert created(capsys, "second")[0] == ".github/agents/second.agent.md"


def test_taken_and_invalid_names(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, text = created(capsys, "first")
    assert main(["new", "first"]) == 1
    assert "the file exists" in capsys.readouterr().err
    (project / path).rename(project / ".claude/agents/other.md")
    assert main(["new", "first"]) == 1
    assert "`first` is the name of the agent in `.claude/agents/other.md`" in capsys.readouterr().err
    assert main(["new", "A B", "--for", "gemini-cli"]) == 1
    assert "Gemini CLI does not load the file" in capsys.readouterr().err
    assert main(["new", "x", "--tools", "Bsah"]) == 1
    assert "`Bsah`" in capsys.readouterr().err
    assert [each.name for each in (project / ".claude/agents").iterdir()] == ["other.md"]
    assert text


def test_an_unknown_runtime(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", "x", "--for", "nope"])
    assert "'nope'" in capsys.readouterr().err


def test_the_examples_of_the_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[1] / "docs/new.md").read_text("utf-8")
    examples = re.findall(r"```console\n\$ agentls (.*)\n((?:.*\n)*?)```", page)
    for command, expected in examples:
        main(shlex.split(command))
        output = capsys.readouterr()
        assert output.out + output.err == expected
    assert len(examples) == 2
    (text,) = re.findall(r"```markdown\n((?:.*\n)*?)```", page)
    assert Path(examples[0][1].strip()).read_text("utf-8") == text
