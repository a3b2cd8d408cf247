"""How Claude Code reads a file: the status, the reasons, and the values."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document import locate
from agentls.document.plugins import Plugin
from agentls.readers.reading import Reading
from harness import agent, tools_of


def read(text: str) -> Reading:
    return agent(text).reading


def described(value: str, end: str = "\n") -> Reading:
    """Return the reading of an agent with `value` as its description."""
    return read(f"---\nname: reviewer\ndescription: {value}\n---\nYou review.\n".replace("\n", end))


@pytest.mark.parametrize(
    ("value", "how", "seen"),
    [
        ("Reviews code", "clean", "Reviews code"),
        ("Use it when: asked", "repaired", "Use it when: asked"),
        ("@reviewer of code", "repaired", "@reviewer of code"),
        ("`code` reviewer", "repaired", "`code` reviewer"),
        ("[new] reviewer", "repaired", "[new] reviewer"),
        ("{new} reviewer", "repaired", "{new} reviewer"),
        ("'quoted': and more", "repaired", "'quoted': and more"),
        ('a: "b" \\ c', "repaired", 'a: "b" \\ c'),
        ("one\\ntwo", "clean", "one\ntwo"),
        ("'one\\ntwo'", "clean", "one\ntwo"),
        ("a: b # c", "repaired", "a: b # c"),
        ("a # b", "clean", "a"),
        ("&a b", "clean", "b"),
        ("!a b", "clean", "b"),
        ("2026-11-20", "clean", "2026-11-20"),
        ("yes", "clean", "yes"),
        (">-\n  one\n  two", "clean", "one two"),
        ("|\n  one: 1\n  two", "clean", "one: 1\ntwo\n"),
        ("\n  on the next line", "clean", "on the next line"),
        ("one\n  two", "clean", "one two"),
        ("ends here:", "dropped", None),
        ("'quoted' and more", "dropped", None),
        ('"never closed', "dropped", None),
        ("- item", "dropped", None),
        ("? item", "dropped", None),
        ("one\ntwo", "dropped", None),
        ("one\n- two", "dropped", None),
        ("a: b\n  more", "dropped", None),
        ("one\n  a: b", "dropped", None),
        ("|\n  text\nother: a: b", "dropped", None),
        ("fine\nkey2: a: b", "dropped", None),
        ("true", "dropped", None),
        ("42", "dropped", None),
        ("[a, b]", "dropped", None),
        ("", "dropped", None),
        ("''", "dropped", None),
        ("' '", "clean", " "),
        ("a\x00b", "dropped", None),
    ],
)
def test_description(value: str, how: str, seen: str | None) -> None:
    reading = described(value)
    assert (reading.status, reading.description if reading.loads else None) == (how, seen)


@pytest.mark.parametrize(
    ("value", "how"),
    [
        ("Reviews", "clean"),
        ("'a: b'", "clean"),
        ("a: b", "dropped"),
        ("[a", "dropped"),
        ("|\r\n  a: b", "clean"),
    ],
)
def test_with_crlf_nothing_is_repaired(value: str, how: str) -> None:
    assert described(value, "\r\n").status == how


@pytest.mark.parametrize(
    ("name", "loads"),
    [
        ("Code Reviewer", True),
        ("'  padded  '", True),
        ("no", True),
        ("2026-01-01", True),
        ("обзор", True),
        ("-reviewer", False),
        ("team:reviewer", False),
        ("12", False),
        ("1e3", False),
        ("true", False),
        ("~", False),
        ("[a]", False),
    ],
)
def test_name(name: str, loads: bool) -> None:
    assert read(f"---\nname: {name}\ndescription: d\n---\n").loads is loads


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("# Notes\n", ["missing-frontmatter"]),
        ("", ["missing-frontmatter"]),
        ("\n---\nname: a\ndescription: b\n---\n", ["text-before-frontmatter"]),
        (" ---\nname: a\ndescription: b\n---\n", ["text-before-frontmatter"]),
        ("<!-- x -->\n---\nname: a\ndescription: b\n---\n", ["text-before-frontmatter"]),
        ("# Notes\n\n---\n\nmore\n", ["missing-frontmatter"]),
        ("----\nname: a\ndescription: b\n----\n", ["malformed-fence"]),
        ("---yaml\nname: a\ndescription: b\n---\n", ["malformed-fence"]),
        ("+++\nname = 'a'\n+++\n", ["malformed-fence"]),
        ("---\rname: a\rdescription: b\r---\r", ["malformed-fence"]),
        ("---\nname: a\ndescription: b\n", ["unclosed-frontmatter"]),
        ("---\nname: a\ndescription: b\n...\n", ["unclosed-frontmatter"]),
        ("---\n---\n", ["missing-name", "missing-description"]),
        ("---\n- a\n---\n", ["frontmatter-not-a-mapping"]),
        ("---\nname:a\ndescription:b\n---\n", ["frontmatter-not-a-mapping"]),
        ("---\ndescription: b\n---\n", ["missing-name"]),
        ("---\nname: a\ndescription: b\nhooks: []\n---\n", ["broken-hooks"]),
        ("---\nname: a\ndescription: b\nhooks:\n  PreToolUse: {}\n---\n", ["broken-hooks"]),
        ("---\nname: a\ndescription: b\nhooks:\n  PreToolUse:\n    - matcher: Bash\n---\n", ["broken-hooks"]),
        ("---\nname: a\ndescription: b\nhooks:\n  Stop: {}\n---\n", []),
        ("---\nname: a\ndescription: b\nhooks:\n---\n", []),
        ("---   \n\nname: a\ndescription: b\n---", []),
        ("\ufeff---\nname: a\ndescription: b\n---\n", []),
        ('---\n{"name": "a", "description": "b"}\n---\n', []),
        ("---\n name: a\n description: b\n---\n", []),
        ("---\n'name' : a\ndescription : b\n---\n", []),
        ("---\nname: a\ndescription: b\ntools:\n\t- Read\n---\n", []),
    ],
)
def test_reasons_why_a_file_does_not_load(text: str, reasons: list[str]) -> None:
    reading = read(text)
    assert [reason.kind for reason in reading.reasons] == reasons
    assert reading.loads is (not reasons)


def test_the_next_dashes_end_the_block_also_inside_a_line() -> None:
    reading = read("---\nname: a\ndescription: b --- c\nmodel: opus\n---\nBody\n")
    assert (reading.description, reading.entry("model")) == ("b", None)
    assert agent("---\nname: a\ndescription: b --- c\nmodel: opus\n---\nBody\n").entry("model") is not None


def test_the_repair_quotes_comments_too() -> None:
    reading = read("---\nname: a\ndescription: b: c\nmodel: haiku # cheap\n---\n")
    assert reading.string("model") == "haiku # cheap"
    assert read("---\nname: a\ndescription: bc\nmodel: haiku # cheap\n---\n").string("model") == "haiku"


def test_spans_in_a_repaired_file_are_those_of_the_document() -> None:
    text = '---\nname: a\ndescription: b: "c" \\ d\ntools: Read, Bash(git: *)\n---\n'
    document = agent(text)
    entry = document.entry("description")
    assert entry is not None
    assert entry.value.span.text_in(text) == 'b: "c" \\ d'
    tools = document.entry("tools")
    assert tools is not None
    assert tools.value.span.text_in(text) == "Read, Bash(git: *)"


@pytest.mark.parametrize(
    ("text", "how", "name", "description"),
    [
        ("# Notes\n", "damaged", "kit:deep:notes", "Agent from kit plugin"),
        ("---\nname: a\ndescription: b:\n---\n", "damaged", "kit:deep:notes", "Agent from kit plugin"),
        ("---\ndescription: b\n---\n", "clean", "kit:deep:notes", "b"),
        ("---\nname: 5\ndescription: 6\n---\n", "clean", "kit:deep:5", "6"),
        ("---\nname: a\ndescription: b: c\n---\n", "repaired", "kit:deep:a", "b: c"),
    ],
)
def test_a_plugin_registers_every_file(text: str, how: str, name: str, description: str) -> None:
    plugin = Plugin("/p", "kit")
    document = locate.make_document("/p/agents/deep/notes.md", text, Config(), plugin)
    assert document is not None
    reading = document.reading
    assert (reading.status, reading.name, reading.description) == (how, name, description)


@pytest.mark.parametrize(
    ("lines", "mode", "entries", "available"),
    [
        ("", "all", "", ""),
        ("tools: '*'", "all", "", ""),
        ("tools: '*, Read'", "all", "", ""),
        ("tools:", "none", "", ""),
        ("tools: []", "none", "", ""),
        ("tools: 5", "none", "", ""),
        ("tools: {Read: true}", "none", "", ""),
        ("tools: Read, Grep", "listed", "Read, Grep", "Read, Grep"),
        ("tools: Read Grep,Bash", "listed", "Read, Grep, Bash", "Read, Grep, Bash"),
        ("tools: [Read, 5, null, 'Grep Bash']", "listed", "Read, Grep, Bash", "Read, Grep, Bash"),
        ("tools: Bash(git add:*, git rm:*) Read", "listed", "Bash(git add:*, git rm:*), Read", "Bash, Read"),
        ("tools: Read; Grep", "listed", "Read;, Grep", "Grep"),
        ("tools: read, Reed", "listed", "read, Reed", ""),
        ("tools: Task, KillShell", "listed", "Task, KillShell", "Agent, TaskStop"),
        ("tools: Workflow, ExitPlanMode", "listed", "Workflow, ExitPlanMode", ""),
        ("tools: ExitPlanMode\npermissionMode: plan", "listed", "ExitPlanMode", "ExitPlanMode"),
        ("tools: Read, Bash\ndisallowedTools: Bash", "listed", "Read", "Read"),
        ("tools: Read, Bash\ndisallowedTools: Bash(rm:*)", "listed", "Read, Bash", "Read"),
        ("tools: mcp__git__log\ndisallowedTools: mcp__git", "listed", "mcp__git__log", ""),
        ("tools: mcp__git", "listed", "mcp__git", "mcp__git"),
        ("tools: Bash\nmemory: user", "listed", "Bash, Write, Edit, Read", "Bash, Write, Edit, Read"),
        ("tools: Bash\nmemory: User", "listed", "Bash", "Bash"),
    ],
)
def test_tools(lines: str, mode: str, entries: str, available: str) -> None:
    tools = tools_of(f"---\nname: a\ndescription: b\n{lines}\n---\n")
    assert (tools.mode, ", ".join(tools.entries), ", ".join(tools.available)) == (mode, entries, available)


def test_an_alias_of_a_list_is_the_list() -> None:
    text = "---\nname: a\ndescription: b\nobserver: &o [Read, Grep]\ntools: *o\n---\n"
    assert tools_of(text).available == ("Read", "Grep")


def test_a_number_of_any_length_is_not_a_name() -> None:
    assert not read(f"---\nname: {'9' * 5000}\ndescription: b\n---\n").loads
