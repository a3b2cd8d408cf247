"""Code actions: fixes first, then a comment that disables the rule."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.features.code_action import CheckedDocument, CodeAction, fix_all_actions, quick_fixes
from agentls.linter import check, fixing
from agentls.linter.consequence import Severity
from agentls.linter.rule import Fix
from agentls.project.world import NoDisk
from agentls.text.offsets import Edit, Span, apply_edits
from harness import Case, agent, at_cursor
from test_rules import all_cases


def checked(document: Document) -> CheckedDocument:
    """A document with its diagnostics, without its project."""
    return CheckedDocument(document, check.check(document, Config(), NoDisk()), Config(), NoDisk())


def all_actions(document: Document) -> list[CodeAction]:
    """The actions for all diagnostics of a document."""
    return quick_fixes(checked(document), checked(document).diagnostics)


def actions_at(text: str) -> list[CodeAction]:
    """The actions at the cursor of an agent."""
    text, offset = at_cursor(text)
    found = checked(agent(text))
    here = [each for each in found.diagnostics if each.span.overlaps(Span(offset, offset))]
    return quick_fixes(found, here)


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
    comments = [action for action in all_actions(agent(text)) if action.title.startswith("Disable")]
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
            project = CheckedDocument(document, before, case.config, NoDisk())
            for action in quick_fixes(project, before):
                if not action.title.startswith("Disable"):
                    continue
                text = apply_edits(document.text, action.edits)
                after = Case(case.prose, {**case.files, path: text}).diagnostics(path)
                left = sorted(found.code for found in before if found not in action.diagnostics)
                assert sorted(found.code for found in after) == left, (action.title, text)


def test_a_fix_is_preferred_only_if_exactly_one_is_right() -> None:
    long = BROKEN.replace("Ba<|>hs, Grpe", "Read").replace("Use it", "Us<|>e it: often, and")
    assert [(action.title, action.is_preferred) for action in actions_at(long)][:2] == [
        ("Quote the value", False),
        ("Convert to a block scalar", False),
    ]
    case = BROKEN.replace("Ba<|>hs, Grpe", "Ba<|>sh, Bash, Edit, Edit")
    assert not any(action.is_preferred for action in actions_at(case))


def test_all_findings_of_a_rule_are_fixed_at_once() -> None:
    titles = [action.title for action in actions_at(BROKEN)]
    assert titles == [
        "Change to `Bash`",
        "Fix all `unknown-tool` in this file",
        "Disable unknown-tool for this line",
    ]
    fixed = apply_edits(BROKEN.replace("<|>", ""), actions_at(BROKEN)[1].edits)
    assert fixed == BROKEN.replace("Ba<|>hs, Grpe", "Bash, Grep")
    assert len(actions_at(BROKEN.replace(", Grpe", ""))) == 2


def test_all_safe_fixes_of_a_file_are_one_action() -> None:
    text = BROKEN.replace("Ba<|>hs, Grpe", "Read, Bsah\nmodel:\ncolor: red\ncolor: blue")
    (action,) = fix_all_actions(checked(agent(text)))
    assert apply_edits(text, action.edits) == BROKEN.replace("Ba<|>hs, Grpe", "Bsah\ncolor: blue")
    assert fix_all_actions(checked(agent(BROKEN.replace("<|>", "")))) == []


HEAD = "---\nname: {name}\ndescription: {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD.format(name="repaired", text="Reviews code. Use it: after every change.")
        + "---\n\nYou review code.\n",
        HEAD.format(name="lines", text="Reviews code. Use it after every change.")
        + '\nExamples:\n- Context: The code was changed.\n  user: "Have a look"\n'
        + '- Context: A release is near.\n  user: "Is it ready?"\nmodel: sonnet\n---\n\nYou review code.\n',
        HEAD.format(name="words", text="Tests code. Use it before every release.")
        + "tools: Raed, Grpe, Bsah\nmodle: sonet\npermissionMode: sometimes\n---\n\nYou test code.\n",
        "---\ndescription: Mends code. Use it after a failed test.\ntools: [Read, Edit\n---\n\nYou mend code.\n",
        "You are a reviewer. Review the code.\n",
    ],
)
def test_the_first_fix_of_each_finding_leads_to_an_agent_without_problems(text: str) -> None:
    document = agent(text)
    for _ in range(10):
        found = checked(document)
        serious = [each for each in found.diagnostics if each.severity < Severity.HINT]
        if not serious or [each.code for each in serious] == ["placeholder-description"]:
            break
        first, *_ = quick_fixes(found, serious[:1])
        document = document.with_edits(first.edits)
    assert document.reading.status == "clean", document.text
    codes = {each.code for each in checked(document).diagnostics if each.severity < Severity.HINT}
    assert codes <= {"placeholder-description"}, document.text


def test_fixes_that_an_editor_asks_for_later_are_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked(agent(BROKEN.replace("Ba<|>hs, Grpe", "[Bahs, Grpe, " + 250 * "Raed, " + "Read]")))
    assert found.document.frontmatter is not None
    here = [each for each in found.diagnostics if each.code == "unknown-tool"][:20]
    tried: list[Document] = []
    with_edits = Document.with_edits

    def counting(document: Document, edits: tuple[Edit, ...]) -> Document:
        tried.append(document)
        return with_edits(document, edits)

    monkeypatch.setattr(Document, "with_edits", counting)
    at_once = quick_fixes(found, here)
    most = len(tried)
    tried.clear()
    later = quick_fixes(found, here, try_later=True)
    assert 0 < len(tried) <= most // 4 + 1
    fixes = {action.title: action.edits for action in later if action.title.startswith(("Change", "Remove"))}
    assert len(later) >= len(at_once)
    assert all(fixes.values())
    assert not any(action.is_preferred for action in later if action not in at_once)


def test_a_fix_that_costs_loading_has_no_edits_when_it_is_tried_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fixing, "MAX_TRIED_AT_ONCE", 0)
    found = checked(agent(BROKEN.replace("<|>", "")))
    (first, *_) = found.diagnostics
    start = found.document.text.index("name:")
    breaking = Fix("Break it", (Edit(Span(start, start), "a: [\n"),), safe=True)
    harmless = Fix("Change it", (Edit(first.span, "Bash"),), safe=True)
    one, other, *_ = quick_fixes(found, [first._replace(fixes=(breaking, harmless))], try_later=True)
    assert (one.title, one.edits, one.is_preferred) == ("Break it", (), False)
    assert (other.title, other.edits, other.is_preferred) == ("Change it", harmless.edits, False)
    assert quick_fixes(found, [first._replace(fixes=(breaking,))])[0].title != "Break it"
