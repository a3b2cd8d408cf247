"""All fixes of a file: what runtimes read afterwards, and that a second run has nothing more to do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentls.config import Config
from agentls.document import locate
from agentls.document.document import Document
from agentls.linter.check import check
from agentls.linter.fixing import FixedFile, fix_all, judge_fixes
from agentls.project.world import NoDisk
from agentls.readers.reading import Reading
from agentls.text.offsets import apply_edits, edits_between
from harness import TEXTS, agent
from test_rules import all_cases

DOCUMENTS = [case.document(path) for case in all_cases() for path in case.files if path.endswith(TEXTS)]
RANKS = ("dropped", "damaged", "repaired", "clean")
PIECES = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "- ",
    ": ",
    "'",
    '"',
    "---\n",
    "# ",
    "[",
    "]",
    "x: y\n",
    "Task",
    "\ufeff",
    "é",
]


def fixed(document: Document, *, unsafe: bool = False) -> FixedFile:
    """The document after all its fixes, without its project."""
    world = NoDisk()
    return fix_all(document, check(document, Config(), world), Config(), world, unsafe=unsafe)


def readings(document: Document) -> dict[tuple[str, str], Reading]:
    """What each runtime reads, by the names of the runtime and of the dialect."""
    found = (*document.readings, *document.other_readings)
    return {(reading.runtime.name, reading.dialect.name): reading for reading in found}


def assert_same_or_better(before: Document, after: Document) -> None:
    """Fail if a runtime reads less after the fixes than before them."""
    now = readings(after)
    for reader, old in readings(before).items():
        new = now[reader]
        assert RANKS.index(new.status) >= RANKS.index(old.status), reader
        if not old.loads:
            continue
        assert (new.name, new.description) == (old.name, old.description), reader
        assert after.text[new.body_start :] == before.text[old.body_start :], reader
        tools, had = after.tools_in(new), before.tools_in(old)
        assert (tools.mode == "all") == (had.mode == "all"), reader
        assert {*had.available} <= {*tools.available}, reader
        for key in ("model", "permissionMode"):
            assert new.string(key) == old.string(key), reader


def assert_fixed_well(document: Document) -> None:
    """Fail if the fixes of a document change more than they should, or not all of it at once."""
    found = fixed(document)
    assert_same_or_better(document, found.document)
    assert fixed(found.document) == (found.document, {})
    assert bool(found.counts) == (found.document.text != document.text)
    edits = edits_between(document.text, found.document.text)
    assert apply_edits(document.text, edits) == found.document.text
    assert all(one.span.end <= other.span.start for one, other in pairwise(edits))


def test_after_the_safe_fixes_each_runtime_reads_the_same_or_more() -> None:
    for document in DOCUMENTS:
        assert_fixed_well(document)
    assert sum(fixed(document).counts.total() for document in DOCUMENTS) > 50


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(DOCUMENTS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(PIECES)), max_size=3),
    st.booleans(),
)
def test_after_the_safe_fixes_of_any_text(
    document: Document, changes: list[tuple[float, int, str]], windows: bool
) -> None:
    text = document.text
    for where, removed, piece in changes:
        at = int(where * min(len(text), 400))
        text = text[:at] + piece + text[at + removed :]
    assert_fixed_well(document._replace(text=text.replace("\n", "\r\n") if windows else text))


def test_after_the_unsafe_fixes_all_runtimes_still_load_the_file() -> None:
    for document in DOCUMENTS:
        found = fixed(document, unsafe=True)
        now = readings(found.document)
        lost = [reader for reader, old in readings(document).items() if old.loads and not now[reader].loads]
        assert not lost, found.document.text


def line(entry: str, path: str = ".claude/agents/case.md") -> Document:
    """An agent with one more entry."""
    head = "name: case\ndescription: Reviews code. Use it after every change."
    return agent(f"---\n{head}\n{entry}\n---\n\nYou review code.\n", path)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("tools: Read, Task", "renamed-tool"),  # VS Code knows only the old name.
        ("tools: Read, Task, Agent", "renamed-tool"),
    ],
)
def test_a_fix_that_costs_another_runtime_something_is_not_safe(entry: str, code: str) -> None:
    document = line(entry)
    diagnostics = judge_fixes(document, check(document, Config(), NoDisk()))
    assert [fix.safe for each in diagnostics if each.code == code for fix in each.fixes] == [False]
    assert fixed(document) == (document, {})


def test_a_renamed_key_gets_a_value_that_all_runtimes_accept() -> None:
    after = fixed(line("skill: release"), unsafe=True).document
    assert "skills: [release]\n" in after.text
    assert all(reading.loads for reading in readings(after).values())


def test_fixes_that_exclude_each_other_are_applied_one_after_the_other() -> None:
    document = line("tools: Read, Read, Grep, Grep")
    assert "tools: Read, Grep\n" in fixed(document).document.text


def test_the_fixes_of_one_rule_leave_the_others_alone() -> None:
    document = line("tools: Raed, Grpe\ncolor: rde")
    diagnostics = check(document, Config(), NoDisk())
    found = fix_all(document, diagnostics, Config(), NoDisk(), unsafe=True, code="unknown-tool")
    assert found.document.text == document.text.replace("Raed, Grpe", "Read, Grep")
    assert found.counts == {"unknown-tool": 2}


def test_of_many_fixes_all_are_applied() -> None:
    names = ", ".join(f"mcp__server__tool{number}" for number in range(150))
    document = line(f"tools: {names}, {names}")
    assert fixed(document).document.text == line(f"tools: {names}").text


def test_a_file_moves_only_when_asked() -> None:
    document = locate.make_document("p/.claude/agent/case.md", line("").text, Config())
    assert document is not None
    assert fixed(document, unsafe=True).document.text == document.text


def test_an_ignore_comment_for_a_rule_about_the_project_stays() -> None:
    document = line("tools: Read, Read\n# agentls: ignore[dead-mention]\ncolor: red")
    diagnostics = [each for each in check(document, Config(), NoDisk()) if each.code == "duplicate-tool"]
    found = fix_all(document, diagnostics, Config(), NoDisk())
    assert "tools: Read\n# agentls: ignore[dead-mention]\n" in found.document.text


def offered(document: Document, code: str) -> dict[str, str]:
    """The entries of the frontmatter, without name and description, after each fix of the findings of a rule, by the
    title of the fix."""
    diagnostics = [each for each in check(document, Config(), NoDisk()) if each.code == code]
    return {
        fix.title: apply_edits(document.text, fix.edits).partition("change.")[2].partition("\n---")[0].strip()
        for each in diagnostics
        for fix in each.fixes
    }


HANDLER = "hooks:\n  {event}:\n    - {matcher}hooks:\n        - {fields}"


def hooks(event: str, fields: str, matcher: str = "") -> str:
    """The entry `hooks` with one handler."""
    return HANDLER.format(event=event, fields=fields, matcher=matcher and f"matcher: {matcher}\n      ")


@pytest.mark.parametrize(
    ("entry", "code", "fixes"),
    [
        (
            "permissionMode: ask",
            "invalid-value",
            {"Remove `permissionMode`": "", "Change to `plan`": "permissionMode: plan"},
        ),
        ("maxTurns: ten", "invalid-value", {"Remove `maxTurns`": ""}),
        ("tools: Read\nallowed-tools: Grep", "misspelt-key", {"Remove `allowed-tools`": "tools: Read"}),
        (
            hooks("Stop", "type: command\n          command: x", "Bash"),
            "ignored-matcher",
            {"Remove `matcher`": hooks("Stop", "type: command\n          command: x")},
        ),
        (
            hooks("Stop", "type: shell\n          command: x"),
            "unknown-hook-type",
            {"Change to `command`": hooks("Stop", "type: command\n          command: x")},
        ),
        (
            hooks("Stop", "type: command\n          command: x\n          timeout: soon"),
            "invalid-hook-field",
            {"Remove `timeout`": hooks("Stop", "type: command\n          command: x")},
        ),
        (
            hooks("Stop", "type: command\n          command: x") + "\n  Begin:\n    - hooks: []",
            "unknown-hook-event",
            {"Remove `Begin`": hooks("Stop", "type: command\n          command: x")},
        ),
    ],
)
def test_fixes_in_claude_code_agents(entry: str, code: str, fixes: dict[str, str]) -> None:
    assert offered(line(entry), code).items() >= fixes.items()


@pytest.mark.parametrize(
    ("path", "entry", "code", "fixes"),
    [
        (
            ".gemini/agents/case.md",
            "model: pro\nmodel: pro",
            "duplicate-key",
            {"Remove this `model`": "model: pro"},
        ),
        (
            ".gemini/agents/case.md",
            "model: pro\nmodel: flash",
            "duplicate-key",
            {"Remove the first `model`": "model: flash", "Remove the last `model`": "model: pro"},
        ),
        (
            ".github/agents/case.agent.md",
            "tools: [read]\nagents: [tester]",
            "missing-tool",
            {"Insert `agent` in `tools`": "tools: [read, agent]\nagents: [tester]"},
        ),
        (
            ".gemini/agents/case.md",
            "display_name: 5",
            "invalid-value",
            {"Quote the value": 'display_name: "5"'},
        ),
    ],
)
def test_fixes_in_other_agents(path: str, entry: str, code: str, fixes: dict[str, str]) -> None:
    assert offered(line(entry, path), code) == fixes


def test_frontmatter_is_inserted_where_an_agent_has_none() -> None:
    document = agent("You are a reviewer.\n", ".claude/agents/code-review.md")
    (diagnostic,) = (
        each for each in check(document, Config(), NoDisk()) if each.code == "missing-frontmatter"
    )
    (fix,) = diagnostic.fixes
    after = document.with_edits(fix.edits)
    assert (after.reading.status, after.reading.name) == ("clean", "code-review")
    assert after.text.endswith("\n---\n\nYou are a reviewer.\n")
    readme = agent("# Agents\n\nThey review code.\n", ".claude/agents/README.md")
    assert not any(each.fixes for each in check(readme, Config(), NoDisk()))


def test_text_on_the_line_of_the_closing_fence_is_kept() -> None:
    text = "---\nname: case\ndescription: Reviews code. Use it after every change.\n---You review the code.\n"
    document = agent(text, ".qwen/agents/case.md")
    assert fixed(document, unsafe=True).document.text == text.replace("---You", "---\nYou")


def test_a_tool_of_another_runtime_of_the_format_is_one_name() -> None:
    document = line("tools: [vscode/askQuestions, read]", ".github/agents/sub/case.agent.md")
    assert not offered(document, "tool-separator")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("description: Use it: always.", "description: 'Use it: always.'"),
        ("description: 5", 'description: "5"'),
        ("\ufeff", ""),
    ],
)
def test_safe_fixes_of_files_that_are_not_loaded(text: str, after: str) -> None:
    is_mark = text == "\ufeff"
    body = f"---\nname: case\n{'description: Reviews code.' if is_mark else text}\n---\n\nYou review code.\n"
    document = agent(text + body if is_mark else body, ".gemini/agents/case.md")
    assert not document.reading.loads
    result = fixed(document).document
    assert result.reading.loads
    assert result.text == (body if is_mark else body.replace(text, after))
