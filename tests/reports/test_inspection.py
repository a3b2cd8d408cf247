"""Inspection of a file, as data and as text."""

from __future__ import annotations

import json

import pytest

from agentls import config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.plugins import Plugin
from agentls.reports import inspection
from agentls.reports.inspection import (
    inspect_document,
    inspection_data,
    render_text,
    resolve_model,
    strip_styles,
)
from harness import agent

MODELS = loader.load_dialect("claude-code").models


def as_json(text: str) -> dict[str, object]:
    """The report of the primary runtime as JSON."""
    found = inspection_data(inspect_document(agent(text)))
    reading, *_ = json.loads(json.dumps(found))["readings"]
    assert isinstance(reading, dict)
    return reading


def as_text(text: str, width: int = 100) -> str:
    """The text of an inspection without other runtimes."""
    found = inspect_document(agent(text))
    return strip_styles(render_text(found._replace(reports=found.reports[:1]), width))


def test_json() -> None:
    text = """\
---
name: reviewer
description: Reviews code. Use it after every change.
tools: Read, Bash(git:*), Grpe, AskUserQuestion
disallowedTools: Write
model: Sonnet
---

You review code.
"""
    seen = inspection_data(inspect_document(agent(text)))
    seen["readings"] = [reading for reading in seen["readings"] if reading["counts"]]
    assert seen == {
        "path": ".claude/agents/case.md",
        "dialect": "claude-code",
        "readings": [
            {
                "runtime": "claude-code",
                "counts": True,
                "reads": True,
                "loads": True,
                "readable": True,
                "how": "clean",
                "reasons": [],
                "name": "reviewer",
                "description": "Reviews code. Use it after every change.",
                "model": {"written": "Sonnet", "resolved": "claude-sonnet-5-5"},
                "tools": {
                    "mode": "listed",
                    "entries": ["Read", "Bash(git:*)", "Grpe", "AskUserQuestion"],
                    "available": ["Read", "Bash"],
                    "dropped": [
                        {"name": "Grpe", "reason": "unknown tool"},
                        {"name": "AskUserQuestion", "reason": "not available to subagents"},
                    ],
                },
                "used": None,
                "tokens": {"description": 10, "body": 4},
                "notes": [],
                "effective": None,
                "call": None,
            }
        ],
        "portable": {"loads": True, "error": None},
    }


def test_json_of_a_file_that_is_not_loaded() -> None:
    reading = as_json("---\nname: a:b\n---\nText.\n")
    assert reading["loads"] is False
    assert reading["how"] == "dropped"
    assert reading["reasons"] == [
        "line 2: The name `a:b` contains a colon",
        "line 1: `description` is missing",
    ]
    assert reading["notes"] == []


def test_json_of_a_file_that_is_repaired() -> None:
    reading = as_json("---\nname: a\ndescription: one: two\ncolor: red # x\n---\nText.\n")
    assert (reading["loads"], reading["how"]) == (True, "repaired")
    assert reading["reasons"] == [
        "line 3: the value of `description` is quoted",
        "line 4: the value of `color` is quoted",
    ]
    assert reading["description"] == "one: two"


@pytest.mark.parametrize(
    ("lines", "entries", "available"),
    [
        ("tools: []\nmemory: user", ["Write", "Edit", "Read"], ["Write", "Edit", "Read"]),
        ("tools: []\nmemory: user\ndisallowedTools: Edit", ["Write", "Read"], ["Write", "Read"]),
        ("tools: Read, LSP\nbackground: true", ["Read", "LSP"], ["Read"]),
        ("tools: Read, LSP\nbackground: yes", ["Read", "LSP"], ["Read", "LSP"]),
        ("tools: [Read, Grep", ["[Read", "Grep"], ["Grep"]),
        ("tools: [Read, Bash(git: *)]", ["[Read", "Bash(git: *)]"], []),
    ],
)
def test_the_tools_that_other_keys_and_repairs_change(
    lines: str, entries: list[str], available: list[str]
) -> None:
    tools = as_json(f"---\nname: a\ndescription: b\n{lines}\n---\n\nC\n")["tools"]
    assert isinstance(tools, dict)
    assert (tools["entries"], tools["available"]) == (entries, available)


def test_a_plugin_agent_without_metadata() -> None:
    document = locate.make_document("/k/agents/x.md", "Hello", config.Config(), Plugin("/k", "kit"))
    assert document is not None
    (view,) = inspect_document(document).reports
    assert (view.loads, view.status, view.name, view.tools.mode) == (True, "damaged", "kit:x", "all")
    assert view.description == "Agent from kit plugin"
    assert view.tokens.body == 2


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        (None, "inherit"),
        ("", "inherit"),
        ("inherit", "inherit"),
        ("INHERIT ", "inherit"),
        ("inherit[1m]", "inherit[1m]"),
        ("opus", "claude-opus-5-5"),
        (" Opus ", "claude-opus-5-5"),
        ("haiku[1m]", "claude-haiku-5-5"),
        ("opusplan", "claude-sonnet-5-5"),
        ("best", "claude-opus-5-5"),
        ("claude-opus-5-5[1m]", "claude-opus-5-5"),
        ("claude-opus-4-1", "claude-opus-5-5"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("us.anthropic.claude-opus-5", "us.anthropic.claude-opus-5"),
        ("default", "default"),
        ("Gpt-5", "Gpt-5"),
    ],
)
def test_models(written: str | None, resolved: str) -> None:
    assert resolve_model(written, MODELS) == resolved


@pytest.mark.parametrize(
    ("value", "written", "resolved"),
    [
        ("", None, "inherit"),
        ("null", None, "inherit"),
        ("5", "5", "inherit"),
        ("[opus]", None, "inherit"),
        ("'opus'", "opus", "claude-opus-5-5"),
    ],
)
def test_values_of_the_model(value: str, written: str | None, resolved: str) -> None:
    reading = as_json(f"---\nname: a\ndescription: b\nmodel: {value}\n---\n")
    assert reading["model"] == {"written": written, "resolved": resolved}


def test_a_model_of_the_users_own_keeps_its_case() -> None:
    models = loader.configure_dialect("claude-code", config.Config(models=("House-Model",))).models
    assert resolve_model("House-Model", models) == "House-Model"


# --- whether others can load it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("---\nname: a\ndescription: b\n---\n", None),
        (
            "---\nname: a\ndescription: one: two\n---\n",
            "line 3: mapping values are not allowed in this",
        ),
        ("---\r\nname: a\r\ndescription: one: two\r\n---\r\n", "line 3: mapping values are not allowed"),
        ("\n---\nname: a\ndescription: [one\n---\n", "line 5: did not find expected"),
        ("---\nname: a\ndescription: b\n", "no keys found"),
        ("---\n- name\n---\n", "no keys found"),
        ("Just text.\n", "no keys found"),
        ("", "no keys found"),
        ("---\nname: 2026-13-45\n---\n", "month must be in 1..12"),
        ("---\nname: a\0b\n---\n", "unacceptable character"),
        ("---\na: " + "[" * 100_000 + "\n---\n", "nested too deeply"),
        ("---\n" + "".join(" " * n + "a:\n" for n in range(400)) + "---\n", "nested too deeply"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_plain_loader(text: str, error: str | None) -> None:
    portable = inspect_document(agent(text)).portable
    assert portable.loads is (error is None)
    assert (error or "") in (portable.error or "")


# --- for people -------------------------------------------------------------------------------


def test_text() -> None:
    text = """\
---
name: reviewer
description: Reviews code. Use it after every change, and before every release that matters to somebody.
tools: Read, Grep, Glob, Bash, LSP, Grpe, MultiEdit
model: opus
---

You review code.
"""
    assert (
        as_text(text)
        == """\
.claude/agents/case.md
  Claude Code 2.1.332 loads this file.
  name         reviewer
  description  Reviews code. Use it after every change, and before every release that matters to
               somebody.
  model        opus -> claude-opus-5-5
  tools        Read, Grep, Glob, Bash, LSP
  ignored      Grpe (unknown tool)
               MultiEdit (removed)
  tokens       about 23 in the description, 4 in the prompt
  note         An agent with `Bash` does not get `Grep` and `Glob`; it uses `Bash` instead.
  note         In the background, which is the default, the agent does not have `LSP`.
  note         Only available in some sessions or on some systems: `LSP`.
"""
    )


def test_text_of_a_file_that_is_not_loaded() -> None:
    assert (
        as_text("---\nname: reviewer\n---\n")
        == """\
.claude/agents/case.md
  Claude Code 2.1.332 does not load this file.
  - line 1: `description` is missing
  name         reviewer
"""
    )


def test_text_of_a_file_that_is_repaired() -> None:
    assert (
        as_text("---\nname: reviewer\ndescription: Reviews: code\n---\n", 60)
        == """\
.claude/agents/case.md
  Claude Code 2.1.332 loads this file after repair.
  - line 3: the value of `description` is quoted
  name         reviewer
  description  Reviews: code
  model        not set (model of the session)
  tools        all tools available to subagents
  tokens       about 4 in the description, 0 in the prompt
  portability  python-frontmatter cannot load this file:
               line 3: mapping values are not allowed in
               this context
"""
    )


@pytest.mark.parametrize(
    ("frontmatter", "words"),
    [
        ("tools:", "loads this file and starts the agent without any tool."),
        ("tools: Grpe", "but refuses to start the agent, which has no tools."),
        ("tools: Grpe\nx: a: b", "loads this file after repair but refuses to start"),
        ("disallowedTools: Bash", "ignored      Bash (denied)"),
        ("model: gpt-5", "Unknown model `gpt-5`; it is sent to the API unchanged."),
        ("model: claude-sonnet-4", "Requests to `claude-sonnet-4` fail: Claude Sonnet 4 was retired on"),
        ("model: claude-opus-4-1", "`claude-opus-4-1` was removed; requests go to `claude-opus-5-5`."),
        ("model: inherit", "model        inherit (model of the session)"),
        ("color: red --- blue\nmodel: opus", "The frontmatter ends at the `---` in line 4"),
    ],
)
def test_text_states_unexpected_effects(frontmatter: str, words: str) -> None:
    text = f"---\nname: reviewer\ndescription: Reviews code.\n{frontmatter}\n---\n"
    assert words in as_text(text, 200)


@pytest.mark.parametrize("model", ["opus", "us.anthropic.claude-opus-5", "claude-opus-5@20260701"])
def test_a_valid_model_has_no_note(model: str) -> None:
    assert "note" not in as_text(f"---\nname: a\ndescription: b\nmodel: {model}\n---\n")


def test_text_has_no_control_characters() -> None:
    shown = as_text('---\nname: "a\\e[31m"\ndescription: "b\\rc\\u202e"\n---\n')
    assert "name         a<U+001B>[31m\n" in shown
    assert shown.replace("\n", "").isprintable()


def test_styles_are_separate_from_the_text() -> None:
    lines = render_text(inspect_document(agent("---\nname: a\ndescription: b\ntools: Grpe\n---\n")))
    styles = {segment.text.strip(): segment.style for line in lines for segment in line}
    assert styles[".claude/agents/case.md"] == "path"
    assert styles["tools"] == "label"
    assert styles["Grpe (unknown tool)"] == "bad"
    assert next(style for text, style in styles.items() if text.startswith("Claude Code")) == "bad"


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: a\ndescription: x: y\ntools: [Read, Bash(git:*)]\nmodel: 'opus\n---\nYou --- \n",
        "\ufeff---\r\nname: &a b\r\ndescription: *a\r\nmodel: [x]\r\nhooks: 1\r\n--- z\r\n",
        "a\n---\nname: 1\ndescription: |\n  b\n\0\n---\n",
    ],
)
def test_any_prefix_can_be_inspected(text: str) -> None:
    for end in range(len(text) + 1):
        found = inspect_document(agent(text[:end]))
        json.dumps(inspection_data(found))
        assert strip_styles(render_text(found, 20)).startswith(found.path)


def test_inspection_reads_as_a_sentence_without_a_name() -> None:
    view, *_ = inspect_document(agent("")).reports
    assert inspection.verdict(view) == "Claude Code 2.1.332 does not load this file."


@pytest.mark.parametrize(
    ("text", "word", "good"),
    [
        ("---\nname: a\ndescription: b\n---\nc", "loads", True),
        ("---\nname: a\ndescription: b: c\n---\nc", "loads after repair", True),
        ("---\nname: a\ndescription: b\ntools: []\n---\nc", "no tools", False),
        ("---\nname: a\n---\nc", "not loaded", False),
    ],
)
def test_short_status(text: str, word: str, good: bool) -> None:
    view, *_ = inspect_document(agent(text)).reports
    assert (inspection.short_status(view), inspection.is_usable(view)) == (word, good)


def test_each_reader_of_a_copilot_agent_has_its_own_tools() -> None:
    text = "---\ndescription: Reviews code.\ntools: [Grep, search/codebase, fetch, vscode/memory, a/b]\n---\n\nHi\n"
    document = locate.make_document(".github/agents/reviewer.agent.md", text, config.Config())
    assert document is not None
    tools = {view.runtime.name: view.tools.available for view in inspect_document(document).reports}
    assert tools == {
        "copilot-cli": ("grep", "search/codebase", "web/fetch", "a/b"),
        "vscode": ("search/codebase", "web/fetch", "vscode/memory", "a/b"),
        "copilot-cloud": ("grep", "search/codebase", "a/b"),
    }


COMMAND = """\
---
argument-hint: "[number] [focus]"
allowed-tools: Bash(make lint)
---

Review #$0, with a focus on $1.

Checks: !`make lint $0`, !`git status`, !`make lint`, !`gh pr view $0`
"""


def test_a_call_is_shown_as_it_is_sent() -> None:
    found = inspect_document(agent(COMMAND, ".claude/commands/review.md"), arguments="12 'high risk'")
    (reading,) = inspection_data(found)["readings"]
    assert reading["call"]["prompt"].startswith(
        "Review #12, with a focus on high risk.\n\nChecks: !`make lint 12`"
    )
    assert reading["call"]["commands"] == [
        {"script": "make lint 12", "access": "refused"},
        {"script": "git status", "access": "granted"},
        {"script": "make lint", "access": "granted"},
        {"script": "gh pr view 12", "access": "unknown"},
    ]
    lines = strip_styles(render_text(found)).splitlines()
    assert "  refused      make lint 12" in lines
    assert "  may run      gh pr view 12" in lines
    assert "  prompt       Review #12, with a focus on high risk." in lines
    assert lines[-1].endswith("!`gh pr view 12`")


def test_only_a_call_with_arguments_is_shown() -> None:
    for found in (
        inspect_document(agent(COMMAND, ".claude/commands/review.md")),
        inspect_document(agent("---\nname: a\ndescription: b\n---\n$0\n"), arguments="12"),
    ):
        assert inspection_data(found)["readings"][0]["call"] is None
