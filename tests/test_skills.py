"""Skills: which runtimes read them in which folder, the descriptions, and keys of single runtimes."""

from __future__ import annotations

import pytest

from agentls import config
from agentls.document import locate
from agentls.document.document import Document
from agentls.document.plugins import Plugin
from agentls.features.completion import complete
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.reports import inspection

GOOD = "---\nname: review\ndescription: Reviews code. Use it after every change.\n---\n\nRead the diff.\n"


def skill(text: str, place: str = ".claude/skills", file: str = "SKILL.md") -> Document:
    """Return the skill `review` with this text."""
    document = locate.make_document(f"{place}/review/{file}", text, config.Config())
    assert document is not None
    return document


def description_of(front: str, body: str = "\n# Review the code\n") -> str | None:
    """Return the description that Claude Code sends to the model for a skill with this frontmatter."""
    return skill(f"---\n{front}\n---\n{body}").reading.description


def found(document: Document, *runtimes: str) -> list[tuple[str, Severity]]:
    """Return the codes and severities of the diagnostics, with `runtimes` in the settings."""
    settings = config.Config(runtimes=runtimes)
    return [(d.code, d.severity) for d in check.check(document, settings, NoDisk())]


@pytest.mark.parametrize(
    ("place", "counting"),
    [
        (".claude/skills", "claude-code"),
        (".github/skills", "copilot-cli, vscode"),
        (".opencode/skills", "opencode"),
        (".gemini/skills", "gemini-cli"),
        (".agents/skills", "agent-skills"),
        ("some/library", "agent-skills"),
    ],
)
def test_the_primary_reader_of_a_skill_is_the_owner_of_its_folder(place: str, counting: str) -> None:
    document = skill(GOOD, place)
    assert ", ".join(reading.runtime.name for reading in document.readings) == counting
    assert all(reading.loads for reading in (*document.readings, *document.other_readings))
    assert found(document) == []


def test_a_file_beside_a_skill_is_not_a_skill() -> None:
    located = locate.locate(".agents/skills/review/reference.md", None)
    assert located is not None
    assert located.dialect == "skill-file"
    assert located.place is not None
    assert located.place.on_demand


def test_the_name_of_the_plugin_precedes_that_of_the_skill() -> None:
    plugin = Plugin("/kit", "kit")
    document = locate.make_document("/kit/skills/review/SKILL.md", GOOD, config.Config(), plugin)
    assert document is not None
    assert document.dialect.name == "claude-skills"
    assert document.reading.name == "kit:review"


@pytest.mark.parametrize(
    ("front", "description"),
    [
        ("description: One.", "One."),
        ("description: One.\nwhen_to_use: Two.", "One. - Two."),
        ("description: |\n  One.\n  Two.", "One. Two."),
        ("description: |\n  One.\n\n    Two  and.\n", "One.    Two  and."),
        ("description: a <b> c", "a &lt;b&gt; c"),
        ("description: 42", "42"),
        ("description:", "Review the code"),
        ("description: [One]", "Review the code"),
        ("description: One: two", "One: two"),
        ('description: "One', "Review the code"),
        ("description: One.\ndisable-model-invocation: yes", None),
        ("description: One.\ndisable-model-invocation: off", "One."),
    ],
)
def test_the_description_that_claude_code_sends_to_the_model(front: str, description: str | None) -> None:
    assert description_of(front) == description


def test_a_skill_without_any_text() -> None:
    assert skill("").reading.description == "Skill"


def test_a_description_that_is_too_long_is_reported() -> None:
    long = GOOD.replace("Use it", "Use it " + "again " * 300)
    assert ("cut-description", Severity.WARNING) in found(skill(long))
    assert ("invalid-value", Severity.ERROR) in found(skill(long, ".github/skills"))
    assert ("invalid-value", Severity.INFORMATION) in found(skill(long, ".agents/skills"))


def test_the_standard_separates_tools_by_spaces() -> None:
    commas = GOOD.replace("---\n\n", "allowed-tools: Bash(git:*), Read\n---\n\n")
    spaces = commas.replace(",", "")
    named = found(skill(commas, ".agents/skills"), "agent-skills")
    assert named == [("invalid-value", Severity.INFORMATION)]
    assert found(skill(commas, ".agents/skills")) == []
    assert skill(commas, ".agents/skills").reading.loads
    assert found(skill(spaces, ".agents/skills")) == []
    assert found(skill(commas)) == []


@pytest.mark.parametrize("file", ["skill.md", "Skill.md"])
def test_only_the_validator_reads_a_file_name_in_lower_case(file: str) -> None:
    readings = skill(GOOD, ".github/skills", file)
    loads = {r.runtime.name: r.loads for r in (*readings.readings, *readings.other_readings)}
    assert loads == {"copilot-cli": False, "vscode": False, "agent-skills": file == "skill.md"}


@pytest.mark.parametrize(
    ("place", "offered", "withheld"),
    [
        (".claude/skills", {"when_to_use", "context", "license"}, {"permissionMode"}),
        (".github/skills", {"argument-hint", "license"}, {"when_to_use"}),
        (".agents/skills", {"license", "metadata"}, {"argument-hint"}),
    ],
)
def test_keys_are_offered_where_they_are_known(place: str, offered: set[str], withheld: set[str]) -> None:
    text = GOOD.replace("---\n\n", "\n---\n\n")
    labels = {
        item.label for item in complete(skill(text, place), text.index("\n\n---") + 1, snippets=False).items
    }
    assert offered <= labels
    assert not withheld & labels


def test_the_inspection_of_a_format_without_tools_has_no_tools() -> None:
    shown = inspection.strip_styles(inspection.render_text(inspection.inspect_document(skill(GOOD))))
    assert "Claude Code 2.1.332 loads this file." in shown
    assert "all tools available to subagents" not in shown


@pytest.mark.parametrize(
    ("front", "loads", "readable"),
    [
        ("name: review\ndescription: Reviews code.", True, True),
        ("name: review\ndescription: Reviews code.\nversion: 1", False, True),
        ("name: Review\ndescription: Reviews code.", False, True),
        ("name: review", False, False),
        ("name: [review]\ndescription: Reviews code.", False, False),
        ("name: review\ndescription: Reviews: code.", False, False),
    ],
)
def test_a_skill_can_be_readable_but_invalid(front: str, loads: bool, readable: bool) -> None:
    document = skill(f"---\n{front}\n---\n\nRead the diff.\n", ".agents/skills")
    reading = inspection.inspection_data(inspection.inspect_document(document))["readings"][0]
    assert (reading["runtime"], reading["loads"], reading["readable"]) == ("agent-skills", loads, readable)


def test_copilot_does_not_load_a_name_with_an_ampersand() -> None:
    text = GOOD.replace("name: review", "name: read & review")
    assert [each.loads for each in skill(text, ".github/skills").readings] == [False, True]


@pytest.mark.parametrize(
    ("event", "kind", "is_lost"),
    [("PreToolUse", "shell", True), ("PreToolUse", "command", False), ("Stop", "shell", False)],
)
def test_a_broken_guard_takes_away_all_hooks_of_a_skill(event: str, kind: str, is_lost: bool) -> None:
    hooks = f"hooks: {{{event}: [{{hooks: [{{type: {kind}, command: ./check.sh}}]}}]}}\n"
    document = skill(GOOD.replace("---\n\n", f"{hooks}---\n\n"))
    notes = inspection.inspect_document(document).reports[0].notes
    assert any("ignores all hooks of the file" in note for note in notes) == is_lost
