"""`agentls mcp` as its clients see it: a process on standard input and output, driven by the client of the SDK."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import MCPError
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from agentls import __version__
from agentls.cli import mcp_command, model_tools
from agentls.cli.arguments import parse_arguments
from agentls.cli.main import main
from agentls.cli.model_tools import MAX_FILES, MAX_LISTED, ModelTools
from agentls.cli.tool_schemas import tool_schemas
from agentls.dialects.loader import DIALECT_NAMES
from agentls.linter.rules import all_rules

ROOT = Path(__file__).parents[1]
AGENT = ".claude/agents/reviewer.md"
GOOD = "---\nname: reviewer\ndescription: Reviews code. Use it after every change.\n---\n\nYou review code.\n"
BROKEN = GOOD.replace("---\n\n", "tools: Raed, Grep\n---\n\n")


class Session(NamedTuple):
    """A server for the project at `root`, and its client."""

    root: Path
    portal: BlockingPortal
    client: Client

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Call a tool."""
        return self.portal.call(partial(self.client.call_tool, tool, arguments))

    def ask(self, tool: str, **arguments: Any) -> str:
        """Return the text of a call that succeeds."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        return text_of(result)

    def fail(self, tool: str, **arguments: Any) -> str:
        """Return the text of a call that fails."""
        result = self.call(tool, **arguments)
        assert result.is_error, text_of(result)
        assert result.structured_content is None
        assert "Traceback" not in text_of(result)
        return text_of(result)

    def files(self) -> dict[str, bytes]:
        """Return the content of all files of the project."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "project").mkdir()
    (folder / "home").mkdir()
    environment = {**os.environ, "HOME": str(folder / "home"), "USERPROFILE": str(folder / "home")}
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "agentls", "mcp"],
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        cwd=folder / "project",
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(started))) as client,
    ):
        yield Session(folder / "project", portal, client)


@pytest.fixture
def session(server: Session) -> Session:
    """The server with a project that has one agent in order."""
    for entry in server.root.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    (server.root / ".git").mkdir()
    server.write(AGENT, GOOD)
    return server


# --- the server -------------------------------------------------------------------------------


def test_it_introduces_itself(session: Session) -> None:
    info = session.client.server_info
    assert info
    assert (info.name, info.version) == ("agentls", __version__)
    assert "`check`" in (session.client.instructions or "")


def test_its_tools_are_described_for_a_model(session: Session) -> None:
    tools = session.portal.call(session.client.list_tools).tools
    assert [tool.name for tool in tools] == [
        "check",
        "inspect",
        "explain",
        "convert",
        "list_agents",
        "rename",
    ]
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.description
        assert all(each["description"] for each in tool.input_schema["properties"].values())
        assert tool.annotations
        assert tool.annotations.read_only_hint
    assert len(json.dumps([tool.model_dump(exclude_none=True) for tool in tools])) < 7000


def test_each_argument_of_a_schema_is_one_of_its_tool() -> None:
    tools = {"explain": model_tools._explain}
    for schema in tool_schemas():
        function = tools.get(schema.name) or getattr(ModelTools, f"_{schema.name}")
        expected = [each for each in inspect.signature(function).parameters.values() if each.name != "self"]
        assert {each.name for each in expected} == set(schema.arguments["properties"])
        required = {each.name for each in expected if each.default is inspect.Parameter.empty}
        assert required == set(schema.arguments.get("required", ()))


def test_no_tool_writes(session: Session) -> None:
    session.write(".claude/agents/planner.md", GOOD.replace("reviewer", "planner"))
    for number in range(60):  # Enough for a cache.
        session.write(f".claude/agents/a{number}.md", GOOD.replace("reviewer", f"a{number}"))
    before = session.files()
    session.ask("check")
    session.ask("check", path=AGENT)
    session.ask("inspect", path=AGENT)
    session.ask("explain", name="tools")
    session.ask("convert", path=AGENT, to="copilot")
    session.ask("list_agents")
    session.ask("rename", name="planner", new_name="architect")
    assert session.files() == before


def test_an_unknown_tool_is_an_error_of_the_protocol(session: Session) -> None:
    with pytest.raises(MCPError, match="unknown tool 'fix'"):
        session.call("fix")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("inspect", {}, "'path' is a required property"),
        ("check", {"path": 1}, "`path`: 1 is not of type 'string'"),
        ("check", {"severity": "bad"}, "`severity`: 'bad' is not one of"),
        ("check", {"file": AGENT}, "'file' was unexpected"),
        ("check", {"dialect": "claud-code"}, "did you mean 'claude-code'"),
        ("check", {"path": "gone.md"}, "gone.md: no such file"),
        ("check", {"path": "/"}, "/ is outside the project"),
        ("check", {"path": ".."}, ".. is outside the project"),
        ("check", {"path": "../other.md", "text": GOOD}, "../other.md is outside the project"),
        ("check", {"path": "a\0b"}, "is not a valid path"),
        ("check", {"path": "a\ud7ff" * 5000, "text": GOOD}, "does not determine its format"),
        ("check", {"path": "README.md", "text": GOOD}, "README.md: its path does not determine its format"),
        ("check", {"path": ".git"}, "There are no agent files in .git."),
        ("check", {"text": GOOD}, "its path does not determine its format"),
        ("inspect", {"path": ".claude"}, ".claude is a folder; name a file."),
        ("explain", {"name": "permissionMod"}, "did you mean 'permissionMode'"),
        ("explain", {"name": "tools", "dialect": "nothing"}, "unknown dialect 'nothing'"),
        ("convert", {"path": AGENT, "to": "word"}, "`to`: 'word' is not one of"),
        ("rename", {"name": "reviewr", "new_name": "x"}, "Did you mean `reviewer`?"),
        ("rename", {"name": "reviewer", "new_name": ""}, "The new name is empty."),
        ("rename", {"name": "reviewer", "new_name": "a\nb"}, "A name must be a single line."),
        ("rename", {"name": "reviewer", "new_name": "x", "kind": "skill"}, "is not defined in this project"),
    ],
)
def test_an_error_of_a_call_is_said_to_the_model(
    tool: str, arguments: dict[str, Any], words: str, session: Session
) -> None:
    assert words in session.fail(tool, **arguments)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system with pipes")
def test_a_file_that_cannot_be_read_is_an_error(session: Session) -> None:
    os.mkfifo(session.root / ".claude/agents/pipe.md")
    assert ".claude/agents/pipe.md: " in session.fail("check", path=".claude/agents/pipe.md")
    assert ".claude/agents/pipe.md: " in session.fail("inspect", path=".claude/agents/pipe.md")
    assert ".claude/agents/pipe.md: " in session.fail("convert", path=".claude/agents/pipe.md", to="copilot")


def test_a_link_that_leaves_the_project_is_not_followed(session: Session) -> None:
    outside = session.root.parent / "outside.md"
    outside.write_text(BROKEN, "utf-8")
    (session.root / ".claude/agents/link.md").symlink_to(outside)
    assert "outside the project" in session.fail("check", path=".claude/agents/link.md")


def test_internal_errors_are_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from agentls.cli import mcp_server

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(ModelTools, "call", fail)
    result = mcp_server._call(ModelTools(), tool_schemas()[0], {})
    assert result.is_error
    assert re.fullmatch(r"internal error, please report it: RuntimeError in .*: a mistake", text_of(result))


# --- check ------------------------------------------------------------------------------------


def test_check_names_the_exact_replacement(session: Session) -> None:
    session.write(AGENT, BROKEN)
    result = session.call("check", path=AGENT)
    assert text_of(result).splitlines()[0] == f"agentls found 1 problem in {AGENT}:"
    assert "in line 4, replace `Raed` with `Read`." in text_of(result)
    (file,) = result.structured_content["files"]
    (finding,) = file["findings"]
    assert (file["path"], finding["line"], finding["code"]) == (AGENT, 4, "unknown-tool")
    assert finding["fix"] == "Possible fix: in line 4, replace `Raed` with `Read`."


def test_check_says_that_a_file_is_in_order(session: Session) -> None:
    assert session.ask("check", path=AGENT) == f"No problems in {AGENT}."
    assert session.ask("check", path=str(session.root / AGENT)) == f"No problems in {AGENT}."


def test_check_reads_files_as_they_are_at_each_call(session: Session) -> None:
    session.write(AGENT, GOOD.replace("---\n\n", "tools: Agent(plannr), Read\n---\n\n"))
    assert "plannr" in session.ask("check", path=AGENT, severity="hint")
    session.write(".claude/agents/plannr.md", GOOD.replace("reviewer", "plannr"))
    assert "plannr" not in session.ask("check", path=AGENT)
    session.write("agentls.toml", 'ignore = ["unknown-tool"]\n')
    session.write(AGENT, BROKEN)
    assert session.ask("check", path=AGENT) == f"No problems in {AGENT}."
    session.write("agentls.toml", "")
    assert "Raed" in session.ask("check", path=AGENT)


def test_check_takes_content_that_is_not_saved(session: Session) -> None:
    text = GOOD.replace("reviewer", "tester").replace("---\n\n", "tools: Agent(reviewr)\n---\n\n")
    found = session.ask("check", path=".claude/agents/tester.md", text=text)
    assert "replace `reviewr` with `reviewer`" in found
    assert session.ask("check", path=AGENT, text=GOOD) == f"No problems in {AGENT}."
    assert "Raed" in session.ask("check", path="prompt.md", text=BROKEN, dialect="claude-code")
    assert session.ask("check", path=AGENT) == f"No problems in {AGENT}."


def test_check_reports_down_to_a_severity(session: Session) -> None:
    session.write(AGENT, BROKEN)
    assert session.ask("check", severity="error") == f"No problems in {AGENT}."
    assert "Raed" in session.ask("check", severity="hint")


def test_check_lists_the_worst_files_of_a_project_first(session: Session) -> None:
    for number in range(MAX_FILES + 5):
        name = f"a{number:02}"
        session.write(f".claude/agents/{name}.md", BROKEN.replace("reviewer", name))
    session.write(".claude/agents/worst.md", "---\nname: worst\n---\n\nYou work.\n")
    result = session.call("check")
    lines = text_of(result).splitlines()
    assert lines[0] == f"{MAX_FILES + 6} of {MAX_FILES + 7} files have problems (error: 1, warning: 25)."
    assert lines[1] == "agentls found 1 problem in .claude/agents/worst.md:"
    assert lines[-1] == "6 more files have problems. Check them by folder or by file."
    assert len(result.structured_content["files"]) == MAX_FILES
    assert result.structured_content["files_with_problems"] == MAX_FILES + 6


def test_a_big_project_is_checked_from_memory(session: Session) -> None:
    for number in range(400):
        text = GOOD.replace("reviewer", f"a{number}") + f"Ask the a{number // 2} agent.\n" * 20
        session.write(f".claude/agents/a{number}.md", text)
    assert session.ask("check").startswith("0 of 401 files have problems.")
    session.write(".claude/agents/a7.md", BROKEN.replace("reviewer", "a7"))
    assert "Raed" in session.ask("check", path=".claude/agents/a7.md")
    session.write(AGENT, GOOD.replace("---\n\n", "tools: Agent(a77)\n---\n\n"))
    assert session.ask("check", path=AGENT) == f"No problems in {AGENT}."
    (session.root / ".claude/agents/a77.md").unlink()
    assert "a77" in session.ask("check", path=AGENT, severity="hint")
    listed = session.ask("list_agents")
    assert listed.startswith("400 agents:\n")
    assert listed.endswith(f"{400 - MAX_LISTED} more: pass `kind` or `path`.")


def test_problems_of_the_settings_are_said(session: Session) -> None:
    session.write("agentls.toml", "selct = []\n")
    assert "agentls.toml" in session.ask("check", path=AGENT)


# --- the other tools --------------------------------------------------------------------------


def test_inspect_shows_what_each_runtime_does(session: Session) -> None:
    session.write(AGENT, BROKEN)
    text = session.ask("inspect", path=AGENT)
    assert re.search(r"Claude Code [\d.]+ loads this file\.", text)
    assert re.search(r"ignored +Raed \(unknown tool\)", text)
    assert "does not load" in session.ask("inspect", path=AGENT, text="---\nname: x\n---\nText.\n")


def test_inspect_shows_a_call_with_arguments(session: Session) -> None:
    session.write(".claude/commands/fix.md", "---\ndescription: Fixes a ticket.\n---\n\nFix ticket $0.\n")
    assert "Fix ticket 12." in session.ask("inspect", path=".claude/commands/fix.md", arguments="12")


def test_explain_shows_a_page(session: Session) -> None:
    assert "No tool has this name." in session.ask("explain", name="unknown-tool")
    assert "acceptEdits" in session.ask("explain", name="permissionMode", dialect="claude-code")


def test_convert_returns_the_file_and_what_it_loses(session: Session) -> None:
    result = session.call("convert", path=AGENT, to="copilot", text=BROKEN)
    data = result.structured_content
    assert data["target"] == ".github/agents/reviewer.agent.md"
    assert [note["name"] for note in data["notes"]] == ["Raed"]
    assert data["content"] in text_of(result)
    assert text_of(result).startswith(f"{AGENT} becomes .github/agents/reviewer.agent.md:\n- lost: ")
    session.write(data["target"], data["content"])
    assert session.ask("check", path=data["target"]) == f"No problems in {data['target']}."
    assert "(exists with this text)" in session.ask("convert", path=AGENT, to="copilot", text=BROKEN)


def test_convert_says_why_it_refuses(session: Session) -> None:
    result = session.call("convert", path=AGENT, to="claude-code")
    assert text_of(result).startswith(f"{AGENT} cannot be converted: This is a file for Claude Code")
    assert result.structured_content["content"] is None


def test_convert_never_widens_tools_unasked(session: Session) -> None:
    text = GOOD.replace("---\n\n", "tools: Read\n---\n\n")
    refused = session.ask("convert", path=AGENT, to="cursor", text=text)
    assert "Use `allow_wider_tools` to convert it nevertheless." in refused
    assert "becomes" in session.ask("convert", path=AGENT, to="cursor", text=text, allow_wider_tools=True)


def test_list_agents(session: Session) -> None:
    session.write(".claude/agents/planner.md", "---\nname: planner\n---\n\nYou plan.\n")
    session.write(".claude/skills/review/SKILL.md", "---\nname: review\ndescription: Reviews.\n---\nText.\n")
    session.write(".mcp.json", '{"mcpServers": {"tickets": {"command": "tickets"}}}')
    result = session.call("list_agents")
    assert text_of(result).splitlines() == [
        "2 agents:",
        "- planner (agent, .claude/agents/planner.md) (not loaded; `check` tells why)",
        f"- reviewer (agent, {AGENT}): Reviews code. Use it after every change.",
    ]
    assert [each["loads"] for each in result.structured_content["definitions"]] == [False, True]
    assert "- review (skill, .claude/skills/review/SKILL.md)" in session.ask("list_agents", kind="skill")
    assert "- tickets (server, .mcp.json)" in session.ask("list_agents", kind="server")
    assert session.ask("list_agents", kind="any").startswith("4 definitions:\n")
    assert session.ask("list_agents", path=".claude/skills") == "There are no agents."


def test_list_agents_has_those_of_the_user(session: Session) -> None:
    file = session.root.parent / "home/.claude/agents/helper.md"
    file.parent.mkdir(parents=True)
    file.write_text(GOOD.replace("reviewer", "helper"), "utf-8")
    assert f"- helper (agent, {file.as_posix()})" in session.ask("list_agents")
    assert "defined outside the project" in session.fail("rename", name="helper", new_name="x")
    shutil.rmtree(file.parents[1])


def test_rename_returns_edits(session: Session) -> None:
    planner = ".claude/agents/planner.md"
    text = "---\nname: planner\ndescription: Plans the next release.\n---\n\nYou plan.\nAsk the `reviewer` agent.\n"
    session.write(planner, text)
    result = session.call("rename", name="reviewer", new_name="checker")
    edits = result.structured_content["edits"]
    assert {(each["path"], each["line"], each["column"]) for each in edits} == {
        (AGENT, 2, 7),
        (planner, 7, 10),
    }
    move = result.structured_content["move"]
    assert move == {"old": AGENT, "new": ".claude/agents/checker.md"}
    assert f"- rename {AGENT} to .claude/agents/checker.md" in text_of(result)
    for edit in edits:
        lines = (session.root / edit["path"]).read_text("utf-8").splitlines(keepends=True)
        line, at = lines[edit["line"] - 1], edit["column"] - 1
        assert line[at:].startswith(edit["old_text"])
        lines[edit["line"] - 1] = line[:at] + edit["new_text"] + line[at + len(edit["old_text"]) :]
        session.write(edit["path"], "".join(lines))
    (session.root / move["old"]).rename(session.root / move["new"])
    assert session.ask("check").startswith("0 of 2 files have problems.")
    assert "checker" in session.ask("list_agents")


def test_rename_asks_which_one(session: Session) -> None:
    session.write(".claude/commands/reviewer.md", "---\ndescription: Reviews.\n---\n\nReview.\n")
    assert "Pass `kind` or `path`." in session.fail("rename", name="reviewer", new_name="x")
    assert AGENT in session.ask("rename", name="reviewer", new_name="x", kind="agent")
    assert AGENT in session.ask("rename", name="reviewer", new_name="x", path=AGENT)


# --- resources --------------------------------------------------------------------------------


def test_there_is_a_page_for_each_rule_and_dialect(session: Session) -> None:
    pages = session.portal.call(session.client.list_resources).resources
    expected = {f"agentls://rules/{code}" for code in all_rules()}
    expected |= {f"agentls://dialects/{name}" for name in DIALECT_NAMES}
    assert {page.uri for page in pages} == expected
    assert all(page.description and page.mime_type == "text/markdown" for page in pages)
    templates = session.portal.call(session.client.list_resource_templates).resource_templates
    assert [each.uri_template for each in templates] == [
        "agentls://rules/{code}",
        "agentls://dialects/{name}",
    ]


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("agentls://rules/unknown-tool", "**`unknown-tool`** (rule, warning"),
        ("agentls://dialects/copilot", "(`copilot`)"),
    ],
)
def test_a_page_can_be_read(uri: str, words: str, session: Session) -> None:
    (content,) = session.portal.call(session.client.read_resource, uri).contents
    assert words in content.text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "uri",
    [
        "agentls://rules/nothing",
        "agentls://dialects/",
        "rules/unknown-tool",
        "file:///etc/passwd",
        "agentls://",
    ],
)
def test_an_unknown_page_is_an_error(uri: str, session: Session) -> None:
    with pytest.raises(MCPError, match=f"There is no page {uri}"):
        session.portal.call(session.client.read_resource, uri)


# --- the command ------------------------------------------------------------------------------


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mcp_command, "find_spec", lambda _: None)
    assert main(["mcp"]) == 2
    assert capsys.readouterr() == (
        "",
        "agentls: `agentls mcp` needs the package mcp: pip install 'agentls[mcp]'\n",
    )


def test_it_ends_with_its_input(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "agentls", "mcp"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_the_settings_of_the_page_start_it() -> None:
    page = (ROOT / "docs" / "mcp.md").read_text("utf-8")
    blocks = [
        json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    ]
    assert len(blocks) >= 4
    for block in blocks:
        text = json.dumps(block)
        assert '"agentls"' in text
        assert '"mcp"' in text
    commands = re.findall(r"^(?:claude|gemini) mcp add .*?(agentls mcp.*)$", page, re.MULTILINE)
    assert len(commands) >= 2
    for command in commands:
        assert parse_arguments(command.split()[1:]).load is not None
