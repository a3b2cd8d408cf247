"""`agentls check --fix` and `--diff`: what they write, print and return."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from agentls.cli.main import main
from agentls.workspace import rewrite
from agentls.workspace.rewrite import rewrite_file

HEAD = "---\nname: {name}\ndescription: {cue} Use it after every change.\n"
A, B = ".claude/agents/a.md", ".claude/agents/b.md"
FAULTY = HEAD.format(name="a", cue="Größe 🧪.") + "tools: Read, Read, Bsah\nmodel:\n---\n\nReview it."
FIXED = FAULTY.replace("Read, Read", "Read").replace("model:\n", "")
GUESSED = FIXED.replace("Bsah", "Bash")
CLEAN = HEAD.format(name="b", cue="Tests code.") + "tools: Read\n---\n\nTest it.\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a file that has two safe fixes and an unsafe one, and a clean file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / A).write_bytes(FAULTY.encode())
    (tmp_path / B).write_bytes(CLEAN.encode())
    return tmp_path


def text_of(root: Path, path: str) -> str:
    """The text of a file with its line ends."""
    return (root / path).read_bytes().decode()


def test_safe_fixes_are_applied_and_the_rest_is_reported(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / B).stat()
    assert main(["check", "--fix"]) == 1
    assert text_of(root, A) == FIXED
    assert (root / B).stat() == before
    out = capsys.readouterr().out
    assert "warning[unknown-tool]" in out
    assert "Fixed 2 findings in 1 file; 1 remains.\n2 files checked: 1 warning\n" in out
    assert "1 finding can be fixed with --fix --unsafe-fixes.\n" in out
    assert main(["check", "--fix"]) == 1
    assert "Fixed" not in capsys.readouterr().out


def test_unsafe_fixes_have_their_own_option(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--fix", "--unsafe-fixes"]) == 0
    assert text_of(root, A) == GUESSED
    assert "Fixed 3 findings in 1 file; 0 remain.\n" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["check", "--unsafe-fixes"])


def test_without_fixes_the_summary_names_the_options(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--show", "all"]) == 1
    assert (
        "2 findings can be fixed with --fix, 1 more with --fix --unsafe-fixes.\n" in capsys.readouterr().out
    )
    assert text_of(root, A) == FAULTY


def test_a_fix_that_another_runtime_would_lose_by_is_not_counted_as_safe(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / A).write_text(CLEAN.replace("tools: Read", "tools: Read, Task"))
    main(["check", A, "--show", "all"])
    assert "1 finding can be fixed with --fix --unsafe-fixes.\n" in capsys.readouterr().out
    main(["check", A, "--output-format", "json"])
    (found,) = (row for row in json.loads(capsys.readouterr().out) if row["code"] == "renamed-tool")
    assert (found["fix"]["title"], found["fix"]["safe"]) == ("Change to `Agent`", False)


def test_a_diff_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--diff", "--no-color"]) == 1
    out, err = capsys.readouterr()
    assert f"--- {A}\n+++ {A}\n" in out
    assert "-tools: Read, Read, Bsah\n-model:\n+tools: Read, Bsah\n" in out
    assert err == "agentls: would fix 2 findings in 1 file\n"
    assert text_of(root, A) == FAULTY
    assert main(["check", "--diff", B]) == 0
    assert capsys.readouterr() == ("", "agentls: nothing to fix\n")
    assert main(["check", "--diff", "--unsafe-fixes", "--quiet", "--no-color", A]) == 1
    assert "+tools: Read, Bash\n" in capsys.readouterr().out


@pytest.mark.parametrize("text", [FAULTY, FAULTY.replace("\n", "\r\n"), f"\ufeff{FAULTY}", f"{FAULTY}\n"])
def test_the_bytes_around_a_fix_and_the_mode_stay(root: Path, text: str) -> None:
    (root / A).write_bytes(text.encode())
    (root / A).chmod(0o640)
    main(["check", "--fix", A, "--select", "duplicate-tool"])
    assert text_of(root, A) == text.replace("Read, Read", "Read")
    assert (root / A).stat().st_mode & 0o777 == (0o640 if os.name == "posix" else 0o666)
    assert sorted(file.name for file in (root / A).parent.iterdir()) == ["a.md", "b.md"]


def test_only_the_selected_rules_are_fixed(root: Path) -> None:
    assert main(["check", "--fix", "--select", "empty-value"]) == 0
    assert text_of(root, A) == FAULTY.replace("model:\n", "")


def test_the_settings_decide_what_is_fixed(root: Path) -> None:
    (root / "agentls.toml").write_text('ignore = ["duplicate-tool"]\n')
    main(["check", "--fix"])
    assert text_of(root, A) == FAULTY.replace("model:\n", "")


@pytest.mark.parametrize("options", [["--no-project"], ["--no-cache"], ["--jobs", "2"]])
def test_many_files(root: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    for number in range(450):
        (root / f".claude/agents/c{number}.md").write_text(
            FAULTY.replace("name: a", f"name: c{number}"), "utf-8"
        )
    assert main(["check", "--fix", "--select", "duplicate-tool", *options]) == 0
    assert "Fixed 451 findings in 451 files; 0 remain.\n" in capsys.readouterr().out
    assert main(["check", "--select", "duplicate-tool", *options]) == 0
    assert "no findings" in capsys.readouterr().out


def test_output_for_programs_has_what_remains(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--fix", "--output-format", "json"]) == 1
    assert [row["code"] for row in json.loads(capsys.readouterr().out)] == ["unknown-tool"]
    assert text_of(root, A) == FIXED


class _Input(io.BytesIO):
    """Standard input with these bytes."""

    buffer = property(lambda self: self)


def test_standard_input_is_fixed_to_standard_output(
    root: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = FAULTY.replace("\n", "\r\n")
    monkeypatch.setattr(sys, "stdin", _Input(text.encode()))
    assert main(["check", "--fix", "--stdin-filename", A]) == 1
    out, err = capfdbinary.readouterr()
    assert out.decode() == FIXED.replace("\n", "\r\n")
    assert "warning[unknown-tool]" in err.decode()
    assert "Fixed 2 findings in 1 file; 1 remains." in err.decode()
    assert text_of(root, A) == FAULTY
    monkeypatch.setattr(sys, "stdin", _Input(text.encode()))
    assert main(["check", "--diff", "-"]) == 1
    assert b"+tools: Read, Bsah\r\n" in capfdbinary.readouterr().out


def test_a_file_that_has_changed_meanwhile_stays(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_before(path: str, old: str, new: str) -> None:
        Path(path).write_text(CLEAN, "utf-8")
        rewrite_file(path, old, new)

    monkeypatch.setattr(rewrite, "rewrite_file", changed_before)
    assert main(["check", "--fix", A]) == 2
    assert text_of(root, A) == CLEAN
    assert capsys.readouterr().err == f"agentls: {A}: not fixed: the file has changed meanwhile\n"


def test_a_file_that_is_not_text_stays(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = FAULTY.encode("latin-1", "replace")
    (root / A).write_bytes(data)
    assert main(["check", "--fix", A]) == 2
    assert (root / A).read_bytes() == data
    assert capsys.readouterr().err == f"agentls: {A}: not fixed: the file is not UTF-8\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the super-user may write every file")
def test_a_file_that_is_read_only_stays(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / A).chmod(0o444)
    assert main(["check", "--fix", A]) == 2
    assert text_of(root, A) == FAULTY
    assert "not fixed: permission denied" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege")
def test_a_link_stays_a_link_and_its_file_is_fixed_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "kept.md").write_bytes(FAULTY.encode())
    (root / A).unlink()
    (root / A).symlink_to(root / "kept.md")
    (root / B).unlink()
    (root / B).symlink_to(root / "kept.md")
    assert main(["check", "--fix", "--select", "duplicate-tool"]) == 0
    assert (root / A).is_symlink()
    assert text_of(root, "kept.md") == FAULTY.replace("Read, Read", "Read")
    assert "Fixed 1 finding in 1 file; 0 remain.\n" in capsys.readouterr().out
