"""Code actions: fixes first, then a comment that disables the rule."""

from __future__ import annotations

from agentls.config import Config
from agentls.features.code_action import CodeAction, code_actions
from agentls.linter import check
from agentls.project.world import NoDisk
from agentls.text.offsets import Span, apply_edits
from harness import Case, agent, at_cursor
from test_rules import all_cases


def actions_at(text: str) -> list[CodeAction]:
    """The actions at the cursor of an agent."""
    text, offset = at_cursor(text)
    document = agent(text)
    return code_actions(document, check.check(document, Config(), NoDisk()), Span(offset, offset))


BROKEN = """\
---
name: reviewer
description: Reviews code. Use it after every change.
tools: Read, Ba<|>hs, Grpe
---

You review code.
"""


def test_fixes_come_first_and_then_an_ignore_comment() -> None:
    fix, *_, ignore = actions_at(BROKEN)
    assert [found.code for found in fix.diagnostics] == ["unknown-tool"]
    assert ignore.title == "Disable unknown-tool for this line"


def test_only_diagnostics_at_the_cursor_have_actions() -> None:
    assert all("Grpe" not in found.message for action in actions_at(BROKEN) for found in action.diagnostics)
    assert actions_at(BROKEN.replace("<|>", "").replace("You", "<|>You")) == []


def test_one_comment_silences_all_findings_of_a_rule_on_an_entry() -> None:
    text, _ = at_cursor(BROKEN)
    document = agent(text)
    found = check.check(document, Config(), NoDisk())
    comments = [a for a in code_actions(document, found, Span(0, len(text))) if a.title.startswith("Disable")]
    assert [len(comment.diagnostics) for comment in comments] == [2]


def test_an_unused_comment_only_has_the_fix_to_remove_it() -> None:
    text = BROKEN.replace("Ba<|>hs, Grpe\n", "Grep\n# agentls: igno<|>re[unknown-tool]\n")
    assert [(action.title, action.is_preferred) for action in actions_at(text)] == [
        ("Remove the ignore comment", True)
    ]


def test_ignore_comments_silence_their_findings_and_nothing_else() -> None:
    for case in all_cases():
        for path in [path for path in case.files if path.endswith(".md")]:
            before = case.diagnostics(path)
            document = case.document(path)
            if not document.reading.loads:
                continue  # In a broken file the comment may itself be taken for something else.
            for action in code_actions(document, before, Span(0, len(document.text))):
                if not action.title.startswith("Disable"):
                    continue
                text = apply_edits(document.text, action.edits)
                after = Case(case.prose, {**case.files, path: text}).diagnostics(path)
                left = sorted(found.code for found in before if found not in action.diagnostics)
                assert sorted(found.code for found in after) == left, (action.title, text)
