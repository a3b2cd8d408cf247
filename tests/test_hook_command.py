"""`agentls hook`: which inputs of runtimes are answered, where, and what a model can do with the answer."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentls.cli.main import main
from agentls.dialects.write_hooks import write_hooks
from agentls.text.tokens import estimate_tokens

GOOD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n---\n\nYou review code.\n"
BROKEN = GOOD.replace("---\n\n", "tools: Raed, Grep\npermissionMode: acceptEdit\n---\n\n")
AGENT = ".claude/agents/reviewer.md"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Answer(NamedTuple):
    """What the command has answered: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def call(event: Any, *options: str) -> Answer:
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(["hook", *options])
        return Answer(code, *capsys.readouterr())

    return call


def write(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")
    return path


def claude_event(path: str = AGENT, tool: str = "Write", key: str = "file_path") -> dict[str, Any]:
    return {
        "session_id": "1",
        "cwd": str(Path.cwd()),
        "hook_event_name": "PostToolUse",
        "tool_name": tool,
        "tool_input": {key: str(Path(path).absolute()), "content": "..."},
        "tool_response": {"success": True},
    }


def test_claude_code_reads_the_answer_on_standard_error(ask: Any) -> None:
    write(AGENT, BROKEN)
    answer = ask(claude_event())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[0] == f"agentls found 2 problems in {AGENT}:"
    assert "in line 4, replace `Raed` with `Read`." in answer.err
    assert "in line 5, replace `acceptEdit` with `acceptEdits`." in answer.err


@pytest.mark.parametrize("tool", ["Write", "Edit", "MultiEdit"])
def test_each_tool_that_writes(tool: str, ask: Any) -> None:
    write(AGENT, BROKEN)
    assert ask(claude_event(tool=tool)).code == 2


def test_nothing_is_said_about_a_file_in_order(ask: Any) -> None:
    write(AGENT, GOOD)
    assert ask(claude_event()) == (0, "", "")


@pytest.mark.parametrize(
    "event",
    [
        {"tool_name": "Read"},
        {"tool_name": "Bash", "tool_input": {"command": "ls"}},
        {"hook_event_name": "PreToolUse"},
        {"hook_event_name": "SessionStart"},
        {"tool_input": {"file_path": "README.md"}},
        {"tool_input": {"file_path": ".claude/agents/gone.md"}},
        {"tool_input": {"file_path": 12}},
        {"tool_input": "text"},
        {"tool_input": None},
    ],
    ids=str,
)
def test_nothing_is_said_about_what_is_none_of_its_business(event: dict[str, Any], ask: Any) -> None:
    write(AGENT, BROKEN)
    write("README.md", BROKEN)
    assert ask({**claude_event(), **event}) == (0, "", "")


COPILOT = {"toolName": "edit", "toolResult": {"resultType": "success", "textResultForLlm": "done"}}
PATCH = f"*** Begin Patch\n*** Update File: {AGENT}\n@@\n-a\n+b\n*** End Patch\n"


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({**COPILOT, "toolArgs": {"path": AGENT}}, ""),
        ({**COPILOT, "toolArgs": json.dumps({"path": AGENT})}, ""),
        ({**COPILOT, "toolName": "apply_patch", "toolArgs": PATCH}, ""),
        (
            {
                "hook_event_name": "PostToolUse",
                "tool_name": "Write",
                "tool_input": {"path": AGENT},
                "tool_result": {"result_type": "success"},
            },
            "",
        ),
        (
            {"hook_event_name": "AfterTool", "tool_name": "write_file", "tool_input": {"file_path": AGENT}},
            "AfterTool",
        ),
        (
            {"hookEventName": "PostToolUse", "tool_name": "create_file", "tool_input": {"filePath": AGENT}},
            "PostToolUse",
        ),
        (
            {
                "hookEventName": "PostToolUse",
                "tool_name": "multi_replace_string_in_file",
                "tool_input": {"replacements": [{"filePath": AGENT}, {"filePath": AGENT}]},
            },
            "PostToolUse",
        ),
    ],
    ids=[
        "copilot",
        "copilot with text",
        "copilot patch",
        "copilot snake case",
        "gemini",
        "vscode",
        "vscode several",
    ],
)
def test_other_runtimes_read_json(event: dict[str, Any], place: str, ask: Any) -> None:
    write(AGENT, BROKEN)
    answer = ask({"cwd": str(Path.cwd()), **event})
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    if place:
        assert found["hookSpecificOutput"]["hookEventName"] == place
        found = found["hookSpecificOutput"]
    assert found["additionalContext"].count("agentls found 2 problems") == 1


def test_droid_writes_by_patches(ask: Any) -> None:
    write(".factory/droids/x.md", "---\nname: x\nmodel: sonet\ntools: [Raed]\n---\nYou review.\n")
    patch = "*** Begin Patch\n*** Add File: .factory/droids/x.md\n+---\n*** End Patch"
    answer = ask({**claude_event(tool="ApplyPatch"), "tool_input": {"input": patch}})
    assert answer.code == 2
    assert ".factory/droids/x.md" in answer.err


def test_the_file_is_checked_as_a_part_of_its_project(ask: Any) -> None:
    write(".claude/agents/other.md", GOOD.replace("reviewer", "other"))
    write(AGENT, GOOD.replace("---\n\n", "tools: Agent(othr)\n---\n\n"))
    assert "replace `othr` with `other`" in ask(claude_event()).err


def test_the_severity(ask: Any) -> None:
    write(AGENT, BROKEN)
    assert ask(claude_event(), "--severity", "error").code == 0
    write(AGENT, "---\nname: reviewer\n---\nYou review code.\n")
    assert ask(claude_event(), "--severity", "error").code == 2


def test_the_worst_ten_are_listed(ask: Any) -> None:
    keys = "".join(f"unknown{letter}: 1\n" for letter in "abcdefghijklmn")
    text = GOOD.replace("---\n\n", f"{keys}hooks: {{PreToolUse: [{{hooks: [{{type: comand}}]}}]}}\n---\n\n")
    write(AGENT, text)
    lines = ask(claude_event(), "--severity", "hint").err.splitlines()
    assert lines[1].split(", ", 1)[1].startswith("error[")
    assert len([line for line in lines if re.match(r"- line \d+, ", line)]) == 10
    assert re.fullmatch(rf"- \d+ more: run `agentls check {AGENT}`\.", lines[-1])


def test_a_long_message_is_cut_but_not_its_replacement(ask: Any) -> None:
    tools = ", ".join(f"Tool{number}" for number in range(300))
    write(AGENT, GOOD.replace("---\n\n", f"permissionMode: acceptEdit{'x' * 3000}\ntools: {tools}\n---\n\n"))
    text = ask(claude_event(), "--severity", "hint").err
    findings = re.split(r"\n(?=- )", text)[1:]
    assert findings
    assert all(estimate_tokens(each) <= 155 for each in findings)


def apply_answer(text: str, answer: str) -> str:
    """Do what the answer says, as a model would."""
    lines = text.splitlines(keepends=True)
    for first, last, new in re.findall(
        r"replace lines? (\d+)(?: to (\d+))? with\s+```\n(.*?)\n```", answer, re.DOTALL
    ):
        lines[int(first) - 1 : int(last or first)] = [f"{new}\n"]
    for number, old, new in re.findall(r"in line (\d+), replace `(.*?)` with `(.*?)`\.", answer):
        lines[int(number) - 1] = lines[int(number) - 1].replace(old, new)
    for first, last, new in re.findall(r"replace lines? (\d+)(?: to (\d+))? with `(.*?)`", answer):
        lines[int(first) - 1 : int(last or first)] = [f"{new}\n"]
    for number in re.findall(r"delete line (\d+)\.", answer):
        lines[int(number) - 1] = ""
    return "".join(lines)


@pytest.mark.parametrize(
    "frontmatter",
    [
        "name: reviewer\ndescription: Reviews code. Use it often.\ntools: Raed, Bsh\ncolour: red\n",
        'name: reviewer\ndescription: "Reviews code. Use it often.\n',
        "name: reviewer\ndescription: Reviews code. Use it often.\nmodel: sonet\n",
        "name: reviewer\ndescription: Reviews code. Use it often.\nhooks:\n  PreToolUse:\n    - matcher: Bash\n"
        "      hooks:\n        - type: comand\n          command: echo\n",
        "Name: reviewer\ndescription: Reviews code. Use it often.\n",
        "name: reviewer\ndescription: Reviews code. Use it often.\ntools:\n  Read: true\n  Grep: true\n",
    ],
)
def test_the_replacements_mend_the_file(frontmatter: str, ask: Any) -> None:
    text = f"---\n{frontmatter}---\n\nYou review code.\n"
    write(AGENT, text)
    answer = ask(claude_event(), "--severity", "warning")
    assert answer.code == 2
    write(AGENT, apply_answer(text, answer.err))
    assert ask(claude_event(), "--severity", "warning") == (0, "", "")


def test_safe_fixes_are_written_and_said(ask: Any) -> None:
    write(AGENT, GOOD.replace("tools", "x").replace("---\n\n", "tools: Read, Read\n---\n\n"))
    answer = ask(claude_event(), "--fix", "--severity", "hint")
    assert answer.code == 2
    assert answer.err.startswith(
        f"agentls fixed 1 problem in {AGENT}. Read the file again before you edit it.\n"
    )
    assert "tools: Read\n" in Path(AGENT).read_text("utf-8")
    assert ask(claude_event(), "--fix", "--severity", "warning") == (0, "", "")


def test_a_secret_is_not_repeated(ask: Any) -> None:
    token = "pplx-" + "7c1eb94d2bO5Xf83aQ6e1W979RbT40kcN8d25Zf3aGm61PxQ"
    write(AGENT, GOOD.replace("---\n\n", f"tokn: {token}\npermissionMode: {token}\n---\n\n"))
    answer = ask(claude_event(), "--severity", "hint")
    assert answer.code == 2
    assert token[5:] not in answer.err


def test_control_characters_of_the_file_are_written_out(ask: Any) -> None:
    write(AGENT, GOOD.replace("---\n\n", "permissionMode: \x1b[31macceptEdit\n---\n\n"))
    assert "\x1b" not in ask(claude_event(), "--severity", "hint").err


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_an_input_that_is_no_event(data: bytes, ask: Any) -> None:
    answer = ask(data)
    assert answer == (
        1,
        "",
        "agentls: standard input is not the JSON object that a runtime sends to a hook\n",
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([AGENT, PATCH, "{", "\0"]),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["file_path", "path", "edits"]) | st.text(), inner)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["cwd", "hook_event_name", "tool_name", "tool_input", "toolName", "toolArgs", "toolResult"]
)
NAMES = st.sampled_from([name for hook in write_hooks() for name in (hook.event, *hook.tools)])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(FIELDS, NAMES | VALUES))
def test_any_event_is_answered(ask: Any, event: dict[str, Any]) -> None:
    write(AGENT, BROKEN)
    assert ask(event).code in (0, 1, 2)


def _blocks(page: str) -> list[tuple[str, dict[str, Any]]]:
    """The settings in a page, each with the title of its section."""
    found = re.findall(r"^## (.+?)\n(.*?)^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [(title, json.loads(block)) for title, _, block in found]


def test_the_settings_in_the_page_are_those_of_the_table() -> None:
    page = (Path(__file__).parents[1] / "docs" / "hooks.md").read_text("utf-8")
    events = {title: next(iter(block["hooks"].items())) for title, block in _blocks(page)}
    # Factory Droid reads the settings of Claude Code, and OpenCode has a plugin.
    assert set(events) == {hook.title for hook in write_hooks()} - {"Factory Droid", "OpenCode"}
    for title, (event, entries) in events.items():
        rows = [hook for hook in write_hooks() if hook.title == title]
        # Copilot CLI sends no name of the event if it is set in camel case.
        assert any(hook.event == event or (not hook.event and event == "postToolUse") for hook in rows)
        for tool in entries[0].get("matcher", "").split("|"):
            assert not tool or any(tool in hook.tools for hook in rows)
    table = page.partition("## How the answer")[2]
    assert all(f"| {hook.title} |" in table for hook in write_hooks())


def test_the_example_in_the_page(ask: Any) -> None:
    page = (Path(__file__).parents[1] / "docs" / "hooks.md").read_text("utf-8")
    shown = re.search(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    write(AGENT, BROKEN)
    assert shown
    assert ask(claude_event()).err == shown[1]
