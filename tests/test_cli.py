"""The command line: output, formats and exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from agentls import __version__
from agentls.cli import check_output, examined_files, file_runs, text_output
from agentls.cli.main import main
from agentls.cli.terminal import Terminal
from agentls.config import Config
from agentls.document.document import Document
from agentls.linter.check import Diagnostic, check
from agentls.linter.rules import all_rules
from agentls.workspace import discovery, disk
from agentls.workspace.regular_files import MAX_BYTES

CLEAN = "---\nname: clean\ndescription: Reviews code. Use it after every change.\n---\n\nYou review code.\n"
WARNED = CLEAN.replace("---\n\n", "tools: Read, Grpe\n---\n\n")
BROKEN = CLEAN.replace("name: clean", "name:")
OTHER = "---\nname: other\ndescription: Writes texts. Use it before a release.\n---\n\nYou write texts.\n"
NOT_LOADED = CLEAN.replace("name: clean\n", "").replace("---\n\n", "tools: Read\n---\n\n")
LEAD = CLEAN.replace("name: clean", "name: lead").replace("---\n\n", "tools: Agent(clean)\n---\n\n")
A, B = ".claude/agents/a.md", ".claude/agents/b.md"


class Ran(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The standard output as JSON."""
        return json.loads(self.out)


class Project:
    """A folder with files, in which the command line is run."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, files: Mapping[str, str]) -> Project:
        for path, content in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode("utf-8", "surrogatepass"))
        return self

    def __call__(self, *arguments: str) -> Ran:
        """Run in this process."""
        code = main(arguments)
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def usage_error(self, *arguments: str) -> str:
        """Return the message about wrong usage."""
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        return self._capsys.readouterr().err

    def apart(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Ran:
        """Run in a separate process."""
        done = subprocess.run(
            [sys.executable, "-m", "agentls", *arguments],
            cwd=self.root,
            input=stdin,
            capture_output=True,
            env={**os.environ, **environment},
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Project(tmp_path, capsys)


# check


def test_text_shows_the_position(project: Project) -> None:
    ran = project.write({A: WARNED, B: OTHER})("check")
    message = next(iter(project("check", "--output-format", "json").data))["message"]
    assert ran.out == (
        f".claude/agents/a.md:4:14: warning[unknown-tool] {message}\n"
        "   4 | tools: Read, Grpe\n"
        "     |              ^^^^\n"
        "     = fix: Change to `Grep`\n"
        "\n"
        "2 files checked: 1 warning\n"
        "Run `agentls explain CODE` for details.\n"
        "1 finding can be fixed with --fix --unsafe-fixes.\n"
    )
    assert ran.err == ""
    assert ran.code == 1


def test_nothing_found(project: Project) -> None:
    assert project.write({A: CLEAN})("check") == Ran(0, "1 file checked: no findings\n", "")


def test_related_information_is_printed(project: Project) -> None:
    project.write({A: CLEAN.replace("name: clean\n", "name: clean\nname: other\n")})
    assert f"     = {A}:3:1: " in project("check").out


@pytest.mark.parametrize(
    ("content", "fail_on", "code"),
    [
        (CLEAN, "hint", 0),
        (WARNED, "error", 0),
        (WARNED, "warning", 1),
        (WARNED, "hint", 1),
        (WARNED, "never", 0),
        (BROKEN, "error", 1),
        (BROKEN, "never", 0),
    ],
)
def test_exit_code(project: Project, content: str, fail_on: str, code: int) -> None:
    assert project.write({A: content})("check", "--fail-on", fail_on).code == code


# What is printed of many findings

HINTED = CLEAN + "\n# A\n\n### B\n"
ADVISED = CLEAN + "\n```\ncode\n"


def agent(name: str, text: str = CLEAN) -> dict[str, str]:
    """Return an agent with this name and a description of its own."""
    return {f".claude/agents/{name}.md": text.replace("clean", name).replace("code.", f"{name} files.")}


def several(text: str, count: int) -> dict[str, str]:
    """Return that many agents with this text."""
    return {path: each for n in range(count) for path, each in agent(f"a{n}", text).items()}


def codes_in(out: str) -> list[str]:
    """Return the codes of the findings that are printed."""
    return [line.partition("[")[2].partition("]")[0] for line in out.splitlines() if "[" in line]


def test_information_and_hints_are_counted_in_one_line(project: Project) -> None:
    project.write({**agent("a", HINTED), **agent("b", ADVISED), **agent("c")})
    ran = project("check")
    assert ran.out == (
        "3 files checked: no errors or warnings\nNot shown: 1 information, 1 hint (--show all)\n"
    )
    assert ran.code == 0
    assert {row["severity"] for row in project("check", "--output-format", "json").data} == {
        "information",
        "hint",
    }


@pytest.mark.parametrize(
    ("options", "setting", "printed"),
    [
        ([], "", []),
        (["--show", "warning"], "", []),
        (["--show", "information"], "", ["unclosed-code-fence"]),
        (["--show", "hint"], "", ["heading-level-skipped", "unclosed-code-fence"]),
        (["--show", "all"], "warning", ["heading-level-skipped", "unclosed-code-fence"]),
        ([], "information", ["unclosed-code-fence"]),
        ([], "all", ["heading-level-skipped", "unclosed-code-fence"]),
        (["--fail-on", "information"], "", ["unclosed-code-fence"]),
        (["--fail-on", "hint", "--show", "warning"], "", ["heading-level-skipped", "unclosed-code-fence"]),
    ],
)
def test_what_is_shown(project: Project, options: list[str], setting: str, printed: list[str]) -> None:
    project.write({**agent("a", HINTED), **agent("b", ADVISED), **agent("c")})
    project.write({"agentls.toml": f'show = "{setting}"\n' if setting else ""})
    ran = project("check", *options)
    assert codes_in(ran.out) == printed
    assert ran.code == int("--fail-on" in options)


@pytest.mark.parametrize(("setting", "printed"), [("", ["unclosed-code-fence"]), ('show = "warning"\n', [])])
def test_information_about_one_or_two_files_is_shown(
    project: Project, setting: str, printed: list[str]
) -> None:
    project.write({A: ADVISED, B: OTHER, "agentls.toml": setting})
    assert codes_in(project("check").out) == printed
    assert codes_in(project("check", A).out) == printed
    assert codes_in(project("check", "--show", "warning").out) == []


def test_a_wrong_value_of_show_is_reported(project: Project) -> None:
    project.write({A: CLEAN, "agentls.toml": 'show = "everything"\n'})
    assert "`show` must be one of warning, information, hint, all" in project("check").err
    assert "invalid choice: 'everything'" in project.usage_error("check", "--show", "everything")


def test_equal_findings_are_printed_once(project: Project) -> None:
    project.write(several(WARNED, 5))
    ran = project("check")
    assert ran.out == (
        "5 files: warning[unknown-tool] Unknown tool `Grpe`; Claude Code ignores it. Did you mean `Grep`?\n"
        "    --> .claude/agents/a0.md:4:14\n"
        "    --> .claude/agents/a1.md:4:14\n"
        "    --> .claude/agents/a2.md:4:14\n"
        "    --> 2 more files (--verbose)\n"
        "     = fix: Change to `Grep`\n"
        "\n"
        "5 files checked: 5 warnings\n"
        "Run `agentls explain CODE` for details.\n"
        "5 findings can be fixed with --fix --unsafe-fixes.\n"
    )
    verbose = project("check", "--verbose").out
    assert codes_in(verbose) == ["unknown-tool"] * 5
    assert verbose.count("^^^^") == 5
    assert len(project("check", "--output-format", "json").data) == 5


def test_equal_findings_in_two_files_are_printed_twice(project: Project) -> None:
    project.write(several(WARNED, 2))
    assert codes_in(project("check").out) == ["unknown-tool"] * 2


def test_the_findings_about_a_list_are_printed_as_one(project: Project) -> None:
    tools = "Readx, Grepx, Bashx, Editx, Globx, Writex, Agentx"
    project.write({A: WARNED.replace("Read, Grpe", f"Read, {tools}")})
    out = project("check").out
    assert codes_in(out) == ["unknown-tool"]
    assert "Unknown tool `Readx`" in out
    assert "     |              ^^^^^  ^^^^^  ^^^^^  ^^^^^  ^^^^^  ^^^^^^  ^^^^^^\n" in out
    names = "`Grepx`, `Bashx`, `Editx`, `Globx` and 2 more"
    assert f"     = also: {names}\n" in out
    assert "1 file checked: 7 warnings" in out


def test_the_findings_about_a_list_of_several_lines_are_printed_as_one(project: Project) -> None:
    project.write({A: WARNED.replace("Read, Grpe", "\n  - Grepx\n  - Read\n  - Bashx")})
    out = project("check").out
    assert codes_in(out) == ["unknown-tool"]
    assert "     = also: `Bashx` (line 7)\n" in out


def test_a_list_that_is_equal_in_several_files_is_printed_once(project: Project) -> None:
    project.write(several(WARNED.replace("Grpe", "Grepx, Bashx"), 3))
    out = project("check").out
    assert codes_in(out) == ["unknown-tool"]
    assert out.startswith("3 files: warning[unknown-tool] Unknown tool `Grepx`")
    assert "--> .claude/agents/a2.md:4:14\n     = also: `Bashx`\n" in out


def test_the_worst_is_last_on_a_terminal_only(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({A: BROKEN, **agent("b", WARNED)})
    assert [code.partition("[")[0] for code in codes_in(project("check").out)][-1] == "unknown-tool"
    monkeypatch.setattr(Terminal, "is_interactive", True)
    printed = codes_in(project("check").out)
    assert printed[0] == "unknown-tool"
    assert printed[1:] == [code for code in codes_in(project("check", A).out) if code != "unknown-tool"]


def test_statistics(project: Project) -> None:
    project.write({**several(WARNED, 3), **agent("b", WARNED.replace("Grpe", "Grpe, Raed"))})
    ran = project.write(agent("c", HINTED))("check", "--statistics")
    assert ran.out == (
        "1  hint     heading-level-skipped  in 1 file\n"
        "5  warning  unknown-tool           in 4 files\n"
        "5 files checked: 5 warnings, 1 hint\n"
    )
    assert ran.code == 1
    assert project.write({A: CLEAN})("check", "--statistics", A).out == "1 file checked: no findings\n"


def test_many_findings_of_one_kind_are_printed_as_one(project: Project) -> None:
    names = "abcdefghijk"
    for name in names:
        project.write(agent(name, WARNED.replace("Grpe", f"Grep{name}")))
    out = project("check").out
    assert out.startswith("11 files: warning[unknown-tool] Unknown tool `Grepa`;")
    assert "--> .claude/agents/c.md:4:14\n    --> 8 more files (--verbose)\n" in out
    assert "     = also: `Grepb`, `Grepc`, `Grepd`, `Grepe` and 6 more\n" in out
    assert codes_in(out) == ["unknown-tool"]
    assert (
        codes_in(project("check", *(f".claude/agents/{name}.md" for name in names[1:])).out)
        == ["unknown-tool"] * 10
    )


def test_a_table_of_the_rules_follows_many_findings(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_output, "MIN_BLOCKS_FOR_TABLE", 2)
    project.write(several(WARNED, 2))
    out = project("check").out
    assert "\n\n2  warning  unknown-tool  in 2 files\n\n2 files checked: 2 warnings\n" in out
    assert "in 2 files" not in project("check", "--quiet").out


def test_quiet(project: Project) -> None:
    ran = project.write({A: WARNED})("check", "--quiet")
    assert codes_in(ran.out) == ["unknown-tool"]
    assert ran.out.endswith("Change to `Grep`\n\n")
    assert ran.code == 1
    assert project.write({A: CLEAN})("check", "-q") == Ran(0, "", "")


def test_safe_fixes_are_counted(project: Project) -> None:
    project.write({A: WARNED.replace("tools: Read, Grpe", "tools: Read, bash, Grpe")})
    assert project("check").out.endswith(
        "\n1 finding can be fixed with --fix, 1 more with --fix --unsafe-fixes.\n"
    )


def test_json(project: Project) -> None:
    # Columns are code points, from one; the end is exclusive.
    ran = project.write({A: WARNED.replace("Read,", "Read, mcp__\U0001f600,")})(
        "check", "--output-format", "json"
    )
    (row,) = ran.data
    message = row.pop("message")
    assert "`Grpe`" in message
    assert row == {
        "path": A,
        "code": "unknown-tool",
        "severity": "warning",
        "effects": {"claude-code": "ignored"},
        "location": {"line": 4, "column": 22},
        "end_location": {"line": 4, "column": 26},
        "fix": {
            "title": "Change to `Grep`",
            "safe": False,
            "edits": [
                {
                    "location": {"line": 4, "column": 22},
                    "end_location": {"line": 4, "column": 26},
                    "content": "Grep",
                }
            ],
        },
    }
    assert ran.code == 1


def test_json_without_and_with_several_findings(project: Project) -> None:
    assert project("check", "--output-format", "json").data == []
    project.write({A: CLEAN})
    assert project("check", "--output-format", "json").data == []
    project.write({A: WARNED, B: OTHER.replace("---\n\n", "tools: Read, Grpe, Raed\n---\n\n")})
    assert [row["path"] for row in project("check", "--output-format", "json").data] == [A, B, B]


def test_paths_are_printed_as_written(project: Project) -> None:
    project.write({A: WARNED})
    for path in (A, f"./{A}", str(project.root / A)):
        assert [row["path"] for row in project("check", "--output-format", "json", path).data] == [path]
    assert len(project("check", "--output-format", "json", A, f"./{A}", ".").data) == 1


def test_sarif(project: Project) -> None:
    name = ".claude/agents/a b\u00e9.md"
    ran = project.write({name: WARNED.replace("name: clean\n", "name: clean\nname: other\n")})(
        "check", "--output-format", "sarif"
    )
    log = ran.data
    assert log["version"] == "2.1.0"
    (found,) = log["runs"]
    driver = found["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("agentls", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(all_rules())
    assert all(rule["help"]["markdown"] and rule["shortDescription"]["text"] for rule in driver["rules"])
    assert found["columnKind"] == "unicodeCodePoints"
    assert found["invocations"] == [{"executionSuccessful": True}]
    double, unknown = sorted(found["results"], key=lambda result: str(result["ruleId"]))
    assert double["relatedLocations"][0]["message"]["text"]
    assert (unknown["ruleId"], unknown["level"]) == ("unknown-tool", "warning")
    place = unknown["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == name
    region = {"startLine": 5, "startColumn": 14, "endLine": 5, "endColumn": 18}
    assert place["region"] == region
    (change,) = unknown["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "Grep"}}]
    full = project("check", "--output-format", "sarif", str(project.root / name)).data
    uri = full["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (project.root / name).as_uri()


def test_concise_is_what_the_problem_matcher_of_vs_code_reads(project: Project) -> None:
    name = ".claude/agents/a b.md"
    ran = project.write({name: WARNED})("check", "--output-format", "concise")
    manifest = Path(__file__).parents[1] / "editors" / "vscode" / "package.json"
    (matcher,) = json.loads(manifest.read_text("utf-8"))["contributes"]["problemMatchers"]
    (line,) = ran.out.splitlines()
    found = re.fullmatch(matcher["pattern"]["regexp"], line)
    assert found is not None
    parts = {part: found[number] for part, number in matcher["pattern"].items() if part != "regexp"}
    assert parts.pop("message").startswith("Unknown tool ")
    assert parts == {
        "file": name.replace("/", os.sep),
        "line": "4",
        "column": "14",
        "severity": "warning",
        "code": "unknown-tool",
    }


def test_github(project: Project) -> None:
    name = ".claude/agents/a,b%c:d.md" if os.name != "nt" else ".claude/agents/a,b%c.md"
    ran = project.write({name: WARNED})("check", "--output-format", "github")
    assert ran.out.startswith(
        f"::warning file={name.replace('%', '%25').replace(',', '%2C').replace(':', '%3A')},"
        "line=4,col=14,endLine=4,endColumn=18,title=agentls (unknown-tool)::"
    )
    assert ran.out.count("\n") == 1


def test_rules_can_be_chosen(project: Project) -> None:
    project.write({A: BROKEN.replace("---\n\n", "tools: Read, Grpe, Read\n---\n\n")})

    def codes(*options: str) -> set[str]:
        return {row["code"] for row in project("check", "--output-format", "json", *options).data}

    everything = codes()
    assert {"unknown-tool", "duplicate-tool"} < everything
    assert codes("--select", "unknown-tool,duplicate-tool") == {"unknown-tool", "duplicate-tool"}
    assert codes("--select", "unknown-tool", "--select", "duplicate-tool") == {
        "unknown-tool",
        "duplicate-tool",
    }
    assert codes("--ignore", "unknown-tool, duplicate-tool") == everything - {
        "unknown-tool",
        "duplicate-tool",
    }


def test_the_command_line_overrides_the_settings(project: Project) -> None:
    project.write({A: WARNED, "agentls.toml": 'ignore = ["unknown-tool"]\n'})
    assert project("check").code == 0
    assert project("check", "--select", "unknown-tool").code == 1
    project.write({"other/settings.toml": 'tools = ["Grpe"]\n'})
    assert project("check", "--config", "other/settings.toml").code == 0


def test_problems_of_the_settings_are_reported_once(project: Project) -> None:
    project.write(
        {A: CLEAN, ".claude/agents/deep/b.md": WARNED, "agentls.toml": 'ignroe = []\nselect = ["x"]\n'}
    )
    ran = project("check")
    lines = ran.err.splitlines()
    assert len(lines) == 2
    file = disk.absolute_path("agentls.toml")
    assert lines[0] == f"agentls: {file}:1:1: unknown setting `ignroe`; did you mean `ignore`?"
    assert lines[1].startswith(f"agentls: {file}:2:11: unknown rule `x`")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["check", "--select", "unknown-tols"],
            "unknown rule 'unknown-tols'; did you mean 'unknown-tool'?",
        ),
        (["check", "--ignore", "unknown-tool,x"], "unknown rule 'x'"),
        (["check", "--dialect", "cobol"], "unknown dialect 'cobol' (known: claude-code"),
        (["check", "--config", "no.toml"], "file 'no.toml' not found"),
        (
            ["check", "--fail-on", "fatal"],
            "invalid severity 'fatal' (expected one of error, warning, information, hint, never)",
        ),
        (["check", "--stdin-filename", "a.md", "b.md"], "PATH is not allowed with --stdin-filename"),
        (["check", "--jobs", "-1"], "'-1' must be a non-negative integer"),
        (["server", "--tcp", "2087"], "'2087' must be HOST:PORT"),
        (["inspect"], "PATH"),
        (["chekc"], "check"),
    ],
)
def test_wrong_usage(project: Project, arguments: list[str], words: str) -> None:
    assert words in project.usage_error(*arguments)


def test_unreadable_files_are_reported_and_the_others_checked(project: Project) -> None:
    project.write({A: WARNED, B: "x" * (MAX_BYTES + 1), ".claude/agents/nul.md": f"{CLEAN}\0"})
    (project.root / ".claude/agents/latin.md").write_bytes(CLEAN.replace("code", "caf\xe9").encode("latin-1"))
    ran = project("check", "gone.md", ".")
    assert ran.err.splitlines() == [
        "agentls: gone.md: no such file or folder",
        f"agentls: {B}: too large (the limit is 4 MB)",
    ]
    assert "unknown-tool" in ran.out
    assert "3 files checked" in ran.out
    assert ran.code == 2
    sarif = project("check", "gone.md", ".", "--output-format", "sarif").data
    assert sarif["runs"][0]["invocations"] == [{"executionSuccessful": False}]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".gitignore", "{}"),
        ("agentls.toml", 'places.claude-code = ["{}"]'),
        ("agentls.toml", '[[overrides]]\npaths = ["{}"]\nignore = []'),
        (".claude/rules/a.md", '---\npaths: "{}"\n---\nText.\n'),
        (".github/instructions/a.instructions.md", '---\napplyTo: "{}"\n---\nText.\n'),
        (".cursor/rules/a.mdc", '---\nglobs: "{}"\n---\nText.\n'),
    ],
)
def test_no_pattern_takes_long(project: Project, path: str, text: str) -> None:
    pattern = "*a" * 40 + "b"
    project.write({path: text.replace("{}", pattern), f"{'a' * 200}/.claude/agents/{'a' * 200}.md": CLEAN})
    started = time.perf_counter()
    assert project("check", "--show", "all").code in (0, 1)
    assert time.perf_counter() - started < 5


def test_a_file_that_vanishes_is_a_failure(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        discovery.FoundFile("x.md", disk.absolute_path("x.md")),
        discovery.FoundFile(A, disk.absolute_path(A)),
    ]
    monkeypatch.setattr(discovery, "find_files", lambda *_: iter(found))
    ran = project.write({A: WARNED})("check")
    assert ran.err == "agentls: x.md: no such file or folder\n"
    assert "1 file checked: 1 warning" in ran.out
    assert ran.code == 2


def test_an_internal_error_affects_one_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Document, config: Config, *asked: Any) -> list[Diagnostic]:
        if document.path.endswith("/a.md"):
            raise ZeroDivisionError("zero")
        return check(document, config, *asked)

    monkeypatch.setattr(examined_files, "check", fail)
    ran = project.write({A: CLEAN, B: WARNED})("check")
    assert f"agentls: {A}: internal error, please report it: ZeroDivisionError in test_cli.py" in ran.err
    assert "unknown-tool" in ran.out
    assert ran.code == 2


def test_a_folder_without_agents(project: Project) -> None:
    ran = project.write({"prompts/a.md": WARNED})("check", "prompts")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("agentls: prompts: no agent files found.\n")
    assert "--dialect" in ran.err
    assert "places" in ran.err
    assert "unknown-tool" in project("check", "prompts", "--dialect", "claude-code").out


@pytest.mark.parametrize("path", ["prompts/a.md", "notes.md", ".kiro/specs/shop/tasks.md"])
def test_a_named_file_of_unknown_format_is_not_checked(
    project: Project, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    project.write({path: WARNED})
    for arguments in ([path], ["--no-project", path], ["--stdin-filename", path]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WARNED.encode())))
        ran = project("check", *arguments)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err.startswith(f"agentls: {path}: not checked: unknown format; use --dialect")
    assert "unknown-tool" in project("check", path, "--dialect", "claude-code").out


def test_a_named_file_of_another_kind_is_called_by_it(project: Project) -> None:
    ran = project.write({".github/ISSUE_TEMPLATE/bug.md": CLEAN})("check", ".github/ISSUE_TEMPLATE/bug.md")
    assert ran == Ran(
        0, "", "agentls: .github/ISSUE_TEMPLATE/bug.md: not checked: this is a template for issues\n"
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"agents/a.md": "---\ndescription: x\n---\n", "agents/b.md": CLEAN, "opencode.json": "{}"},
            "agents/a.md: not checked, like 1 other: no runtime reads them there, but they have keys of the format"
            ' `opencode`.\n  To check such files, write in agentls.toml: places.opencode = ["agents/*"]',
        ),
        ({"lib/agents/a.md": CLEAN}, 'places.claude-code = ["lib/agents/*"]'),
        ({"docs/style.mdc": "---\nglobs: x\n---\n"}, 'places.cursor-rule = ["docs/*"]'),
    ],
)
def test_files_that_look_like_agents_are_named_once(
    project: Project, files: dict[str, str], words: str
) -> None:
    ran = project.write({A: CLEAN, **files})("check")
    assert (ran.code, ran.out) == (0, "1 file checked: no findings\n")
    assert words in ran.err
    assert ran.err.count("not checked") == 1


def test_documentation_is_not_taken_for_agents(project: Project) -> None:
    texts = {"agents/README.md": CLEAN, "agents/notes.md": "Notes.\n", "docs/page.mdc": "# Page\n"}
    assert project.write({A: CLEAN, **texts})("check") == Ran(0, "1 file checked: no findings\n", "")


def test_a_file_of_a_skill_is_read_on_demand(project: Project) -> None:
    skill, text = ".claude/skills/pdf/SKILL.md", ".claude/skills/pdf/reference.md"
    description = "Reads PDF files. Use it for every PDF."
    project.write(
        {skill: f"---\nname: pdf\ndescription: {description}\n---\nRead.\n", text: "# Title\n\n#### Deep\n"}
    )
    assert project("check").out == "1 file checked: no findings\n"
    assert project("check", text).out == "1 file checked: no findings\n"
    assert "reads this file on demand" in project("inspect", text).out
    (reading,) = project("inspect", "--output-format", "json", text).data[0]["readings"]
    assert (reading["runtime"], reading["reads"], reading["loads"]) == ("claude-code", True, True)


@pytest.mark.parametrize("arguments", [["--stdin-filename", A], ["--stdin-filename", A, "-"]])
def test_standard_input(project: Project, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WARNED.encode())))
    project.write({A: CLEAN, "agentls.toml": 'severity = {unknown-tool = "error"}\n'})
    ran = project("check", "--output-format", "json", *arguments)
    assert [(row["path"], row["code"], row["severity"]) for row in ran.data] == [(A, "unknown-tool", "error")]


def test_standard_input_without_a_name(project: Project) -> None:
    assert "-:4:14: warning[unknown-tool]" in project.apart("check", "-", stdin=WARNED.encode()).out


def test_many_files_are_checked_in_several_processes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        WARNED.replace("clean", f"a{number:03}").replace("code", f"part {number}") for number in range(100)
    ]
    project.write({f".claude/agents/a{number:03}.md": text for number, text in enumerate(texts)})
    project.write({".claude/agents/a050.md": "x" * (MAX_BYTES + 1)})
    alone = project("check", "--output-format", "json", "--jobs", "1")
    monkeypatch.setattr(file_runs, "MIN_FILES_FOR_PROCESSES", 10)
    assert project("check", "--output-format", "json", "--jobs", "3") == alone
    assert len(alone.data) == 99
    assert alone.code == 2

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no processes here")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    assert project("check", "--output-format", "json", "--jobs", "3") == alone


# The source line


def excerpt(line: str, marked: str, room: int = 40) -> str:
    """Return the excerpt of `line` for a finding at `marked`."""
    start = line.index(marked)
    return "\n".join(text_output._excerpt(line, [(start, start + max(1, len(marked)))], room))


@pytest.mark.parametrize(
    ("line", "marked", "expected"),
    [
        ("tools: Grpe", "Grpe", "tools: Grpe\n       ^^^^"),
        ("a\tb\tc", "c", "a   b   c\n        ^"),
        ("\u65e5\u672c: x", "x", "\u65e5\u672c: x\n      ^"),
        ("\u65e5\u672c: x", "\u672c", "\u65e5\u672c: x\n  ^^"),
        ("e\u0301e\u0301 x", "x", "e\u0301e\u0301 x\n   ^"),
        ("\u26a0\ufe0f x", "x", "\u26a0\ufe0f x\n   ^"),
        ("a\u202eb\x1b[0m", "b", "a<U+202E>b<U+001B>[0m\n         ^"),
        ("word " * 20 + "Grpe", "Grpe", "..." + "word " * 6 + "Grpe\n" + " " * 33 + "^^^^"),
        ("Grpe" + " word" * 20, "Grpe", "Grpe word word word word word word wo...\n^^^^"),
        ("ab " + "x" * 100, "x" * 100, "ab " + "x" * 34 + "...\n   " + "^" * 34),
        ("-" * 50 + "Grpe" + "-" * 50, "Grpe", "...-----Grpe" + "-" * 25 + "...\n        ^^^^"),
    ],
)
def test_the_mark_is_below_its_text(line: str, marked: str, expected: str) -> None:
    assert excerpt(line, marked) == expected


@pytest.mark.parametrize("offset", range(0, 120, 7))
@pytest.mark.parametrize("piece", ["word ", "\u65e5\u672c", "\t", "\u202e", "e\u0301"])
def test_a_mark_is_never_lost(piece: str, offset: int) -> None:
    line = piece * (offset // len(piece)) + "X" + piece * 40
    start = line.index("X")
    shown, marks = text_output._excerpt(line, [(start, start + 1)], 60)
    assert marks.strip() == "^"
    before = shown.partition("X")[0]
    assert sum(text_output._cell(char, 0)[1] for char in before) == len(marks) - 1


def test_a_span_over_lines_is_shown_by_its_first(project: Project) -> None:
    project.write({A: CLEAN + "\n```\ncode\n"})
    out = project("check", "--select", "unclosed-code-fence").out
    assert "   8 | ```\n     | ^^^" in out


def test_control_characters_in_a_file_are_escaped(project: Project) -> None:
    project.write({".claude/agents/a\x1b[2J.md": WARNED.replace("Grpe", "Gr\x1b[31mpe")})
    for options in ([], ["--color", "always"]):
        out = project("check", *options).out
        assert "\x1b[2J" not in out
        assert "Gr\x1b" not in out
        assert "Gr<U+001B>[31mpe" in out


# Colours and streams


@pytest.mark.parametrize(
    ("options", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "0"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--no-color"], {"FORCE_COLOR": "1"}, False),
        (["--output-format", "json"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in project.write({A: WARNED})("check", *options).out) == coloured


def test_colours_change_nothing_else(project: Project) -> None:
    from rich.text import Text

    plain = project.write({A: WARNED, B: BROKEN})("check").out
    assert Text.from_ansi(project("check", "--color", "always").out).plain.rstrip() == plain.rstrip()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is needed")
def test_on_a_terminal_there_are_colours(project: Project) -> None:
    import pty

    project.write({A: WARNED})
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "agentls", "check"],
        cwd=project.root,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(follower)
        printed = b""
        try:
            while piece := os.read(leader, 4096):
                printed += piece
        except OSError:
            pass  # The other end is closed.
        os.close(leader)
    assert process.returncode == 1
    assert b"\x1b[" in printed
    assert b"unknown-tool" in printed


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_no_character_stops_the_output(project: Project, encoding: str) -> None:
    project.write({".claude/agents/\u65e5.md": WARNED.replace("Grpe", "Gr\u65e5pe \ud800")})
    ran = project.apart("check", "\u65e5\u672c.md", ".", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert "Gr?pe" in ran.out
    assert ran.code == 2
    ran = project.apart("check", "--output-format", "json", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert ran.data[0]["path"] == ".claude/agents/\u65e5.md"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_leaves_ends_the_run_quietly(project: Project) -> None:
    project.write({f".claude/agents/a{number}.md": WARNED * 200 for number in range(20)})
    command = [sys.executable, "-m", "agentls", "check", *[A.replace("a.md", f"a{n}.md") for n in range(20)]]
    with subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_an_interrupt_ends_the_run_quietly(project: Project) -> None:
    command = [sys.executable, "-m", "agentls", "check", "-"]
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=project.root, **streams) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 130


# The other commands


def test_inspect_as_json(project: Project) -> None:
    project.write({A: WARNED, B: NOT_LOADED, "notes.md": CLEAN})
    ran = project("inspect", "--output-format", "json", A, "notes.md", B)
    assert [row["path"] for row in ran.data] == [A, B]
    assert [row["dialect"] for row in ran.data] == ["claude-code"] * 2
    assert [row["readings"][0]["loads"] for row in ran.data] == [True, False]
    assert "notes.md: not checked: unknown format" in ran.err
    assert ran.data[0]["readings"][0]["tools"]["entries"] == ["Read", "Grpe"]
    assert ran.code == 0
    assert len(project("inspect", "--output-format", "json", ".").data) == 2
    missing = project("inspect", "--output-format", "json", "gone.md")
    assert (missing.code, missing.data) == (2, [])


def test_inspect_reads_the_project(project: Project) -> None:
    project.write({A: WARNED, B: LEAD})
    assert "used by      lead" in project("inspect", A).out
    assert "used by" not in project("inspect", "--no-project", A).out
    (found,) = project("inspect", "--output-format", "json", A).data
    assert found["readings"][0]["effective"]["named_by"] == ["lead"]


def test_inspect_as_text(project: Project) -> None:
    out = project.write({A: WARNED, B: NOT_LOADED})("inspect", ".").out
    assert out.startswith(f"{A}\n")
    assert f"\n\n{B}\n" in out
    coloured = project("inspect", "--color", "always", ".").out
    assert "\x1b[" in coloured


def test_explain(project: Project) -> None:
    assert "unknown-tool" in project("explain", "unknown-tool").out
    assert "permissionMode" in project("explain", "permissionMode").out
    assert "\x1b[" in project("explain", "unknown-tool", "--color", "always").out
    unknown = project("explain", "unknown-tols")
    assert (unknown.code, unknown.out) == (2, "")
    assert "unknown name 'unknown-tols'; did you mean 'unknown-tool'" in unknown.err


def test_rules(project: Project) -> None:
    lines = project("rules").out.splitlines()
    assert len(lines) == len(all_rules())
    assert lines[0].startswith(next(iter(all_rules())))
    rows = project("rules", "--output-format", "json").data
    assert [row["code"] for row in rows] == list(all_rules())
    assert all(row.keys() == {"code", "severity", "group", "summary", "page"} for row in rows)


def test_help_and_version(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["check", "--help"], ["server", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 0
    assert capsys.readouterr().out.endswith(f"agentls {__version__}\n")
    nothing = project()
    assert nothing.code == 2
    assert nothing.err.startswith("usage: agentls")


@pytest.mark.parametrize(
    ("options", "called"), [([], ()), (["--stdio"], ()), (["--tcp", "[::1]:2087"], ("::1", 2087))]
)
def test_server(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: list[str], called: tuple[object, ...]
) -> None:
    from agentls.lsp import serve as serving

    calls: list[tuple[object, ...]] = []

    def serve(*address: object) -> int:
        calls.append(address)
        return 1

    monkeypatch.setattr(serving, "run_tcp" if called else "run_stdio", serve)
    assert project("server", *options).code == 1
    assert calls == [called]


@pytest.mark.parametrize(
    "arguments",
    [["check", "."], ["check", "--output-format", "json"], ["inspect", A], ["explain", "tools"], ["rules"]],
)
def test_only_what_is_needed_is_loaded(project: Project, arguments: list[str]) -> None:
    program = (
        "import sys; from agentls.cli.main import main; main(sys.argv[1:]);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=project.write({A: CLEAN}).root,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "agentls" in loaded
    assert not loaded & {"pygls", "lsprotocol", "rich", "rapidfuzz", "asyncio"}
    if arguments == ["check", "."]:
        assert not loaded & {"json", "importlib.resources", "pathlib", "dataclasses", "shutil", "frontmatter"}


def test_related_information_in_other_files_is_printed(project: Project) -> None:
    project.write({A: CLEAN, B: CLEAN.replace("Reviews", "Checks all").replace("---\nname", "---\n\nname")})
    assert f"     = {B}:3:7: the same name\n" in project("check").out
    result = project("check", "--output-format", "sarif").data["runs"][0]["results"][0]
    (other,) = result["relatedLocations"]
    assert other["physicalLocation"] == {
        "artifactLocation": {"uri": B},
        "region": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 12},
    }


# schema


def test_the_schema_of_frontmatter(project: Project) -> None:
    assert project("schema", "gemini-cli").data["title"] == "Gemini CLI agent"
    assert "claude-code" in project("schema").data["definitions"]
    assert "did you mean 'opencode'" in project.usage_error("schema", "opncode")
