"""No name and no text of a file controls the terminal, forges a line of output, or runs a command of a GitHub workflow.

Projects with hostile names, texts and settings go through every output format of every command.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentls.cli.main import main
from agentls.text import escaping

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its files cannot have such names")

PIECES = (
    *(
        "\x1b[31m",
        "\x1b]0;t\x07",
        "\x9b31m",
        "\x07",
        "\r",
        "\n",
        "\x7f",
        "\x08",
        "\u202e",
        "\u2066",
        "\u2028",
        "\t",
    ),
    *(
        "\n::error file=a::b",
        "::add-mask::e",
        "::stop-commands::x",
        "##[error]x",
        "%0A",
        "%",
        ",",
        "::",
        ":",
        " ",
    ),
    *("\udcff", "\udce9", '"', "'", "<img src=x onerror=alert(1)>", "<", "\\u001b", "a", "agent"),
    *("<script>alert(1)<", "[click](command:evil)", "[click](https://e.example)"),
)
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)

COMMANDS = {
    "text": ["check", "--show", "all"],
    "concise": ["check", "--output-format", "concise"],
    "json": ["check", "--output-format", "json"],
    "sarif": ["check", "--output-format", "sarif"],
    "gitlab": ["check", "--output-format", "gitlab"],
    "junit": ["check", "--output-format", "junit"],
    "github": ["check", "--output-format", "github"],
    "color": ["check", "--color", "always"],
    "statistics": ["check", "--statistics"],
    "inspect": ["inspect", "--arguments", "a"],
    "inspect json": ["inspect", "--output-format", "json"],
    "format": ["format", "--check"],
    "convert": ["convert", "--to", "copilot"],
    "convert json": ["convert", "--to", "copilot", "--output-format", "json"],
    "mermaid": ["graph", "--output-format", "mermaid"],
    "dot": ["graph", "--output-format", "dot"],
    "graph json": ["graph", "--output-format", "json"],
    "html": ["graph", "--output-format", "html"],
}
JSON = {"json", "sarif", "gitlab", "inspect json", "convert json", "graph json"}

FAST = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example runs every command, so a failure is not made smaller."""

_OURS = re.compile(r"\x1b\[[\d;]*m")
"""The colours of agentls."""

_COMMAND = re.compile(r"\s*::[\w-]+(?: [^\n]*)?::|.*##\[")
"""What the runner of GitHub workflows takes for a command."""


_FINDING = re.compile(r"::(error|warning|notice) file=[^:]*,title=agentls \([\w-]+\)::")


class Output(NamedTuple):
    """What a command wrote."""

    code: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Output:
    """Run a command, whose output must be UTF-8."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            code = main(list(arguments))
        except SystemExit as error:
            code = int(error.code or 0)
    for stream in streams:
        stream.flush()
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in streams]
    return Output(code, *texts)


@contextlib.contextmanager
def project(name: str, value: str) -> Iterator[Path]:
    """The current folder is a project whose agent, skill and settings have a hostile name and text."""
    before = Path.cwd()
    name = name.replace("/", "").encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    quoted = json.dumps(value)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "agentls.toml").write_text(f"select = [{quoted}]\n{quoted} = 1\n".replace("\\ud", "\\u0d"))
        text = (
            f"---\nname: {quoted}\ndescription: {quoted}\ntools: [Read, {quoted}]\nmodel: {quoted}\n{quoted}: 1\n---\n"
            f"\n{value}\n\nUse {name}. $ARGUMENTS\n"
        )
        agents, command = root / ".claude" / "agents", root / ".claude" / "commands"
        agents.mkdir(parents=True)
        command.mkdir()
        for path in (agents / f"{name}.md", command / f"{name}.md"):
            path.write_bytes(text.encode("utf-8", "replace"))
        try:
            os.chdir(root)
            yield root
        finally:
            os.chdir(before)


def assert_harmless(form: str, output: Output) -> None:
    """Fail if the output has something that controls a terminal, or a command of a workflow."""
    shown = _OURS.sub("", output.stdout) if form == "color" else output.stdout
    for text in (shown, output.stderr):
        if form != "html" or text is output.stderr:
            odd = [
                char
                for char in text
                if unicodedata.category(char) in escaping.INVISIBLE and char not in "\n\t"
            ]
            assert odd == [], (form, text)
        commands = [line for line in text.split("\n") if _COMMAND.match(line)]
        if form == "github" and text is shown:
            assert all(
                re.match(r"::(error|warning|notice) file=[^:]*,title=agentls \([\w-]+\)::", line)
                for line in commands
            )
        elif form != "html":
            assert commands == [], (form, text)
    assert "Traceback" not in output.stderr
    assert "internal error" not in output.stdout + output.stderr
    assert output.code in (0, 1, 2)


@settings(deadline=None, max_examples=25, phases=FAST, suppress_health_check=[HealthCheck.too_slow])
@given(hostile, hostile)
def test_no_output_has_control_characters_or_commands_of_a_file(name: str, value: str) -> None:
    with project(name, value):
        outputs = {form: run(*command, ".") for form, command in COMMANDS.items()}
    for form, output in outputs.items():
        assert_harmless(form, output)
        if form in JSON and output.stdout:
            json.dumps(json.loads(output.stdout), ensure_ascii=False).encode("utf-8")
    assert outputs["html"].stdout.count("<script") == outputs["html"].stdout.count("</script>")
    # One line or item for each finding.
    found = len(json.loads(outputs["json"].stdout))
    assert outputs["github"].stdout.count("\n") == found
    assert outputs["concise"].stdout.count("\n") == found
    results = json.loads(outputs["sarif"].stdout)["runs"][0]["results"]
    assert len(results) == found
    assert not [each for each in results if "](" in each["message"]["text"]]


@settings(deadline=None, max_examples=50, phases=FAST)
@given(hostile)
def test_no_error_has_control_characters_of_the_arguments(word: str) -> None:
    word = f"x{word}"
    for arguments in (
        [word],
        ["check", word],
        ["check", "--select", word],
        ["check", "--config", word],
        ["check", "--output-format", word],
        ["inspect", "--dialect", word, "x"],
        ["explain", f"nothing{word}"],
        ["graph", "--output", f"{word}.y"],
        ["new", word, "--for", word],
        ["convert", "--to", word],
        ["server", "--tcp", word],
    ):
        output = run(*arguments)
        assert_harmless("text", output)
        assert output.code == 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ud800", r'"\ufffd"'),
        ("a\udcff.md", r'"a\ufffd.md"'),
        ("\U0001f600", r'"\ud83d\ude00"'),
        ("\ude00\ud83d", r'"\ufffd\ufffd"'),
        ("\\ud800", r'"\\ud800"'),
        ("\\\ud800", r'"\\\ufffd"'),
        ("##[error]", r'"##\u005berror]"'),
    ],
)
def test_json_has_no_lone_surrogates(data: str, text: str) -> None:
    written = escaping.to_json(data)
    assert written == text
    json.loads(written).encode("utf-8")
