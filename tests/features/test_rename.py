"""Rename: all occurrences of a name and nothing else, from each of them, or an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.document.plugins import Plugin
from agentls.features import rename, will_rename_files
from agentls.features.rename import Files, RenameError, Renaming
from agentls.project import extract, extract_json
from agentls.project.index import Index
from agentls.project.names import Definition, Names
from agentls.text.offsets import Edit, apply_edits
from harness import CURSOR, Case, at_cursor, parse_case

ROOT = "/project"


class Project:
    """A project in memory, below `ROOT`, with its index."""

    def __init__(self, files: dict[str, str]) -> None:
        self.texts = {
            path if path.startswith("/") else f"{ROOT}/{path}": text for path, text in files.items()
        }
        self.index = Index("/home/me")
        for path, text in self.texts.items():
            names = self.names(path, text)
            if names:
                self.index.update(names)

    def document(self, path: str, text: str) -> Document | None:
        return make_document(path, text, Case("").config, self.plugin(path))

    def plugin(self, path: str) -> Plugin | None:
        return Plugin(f"{ROOT}/plugin", "kit") if path.startswith(f"{ROOT}/plugin/") else None

    def names(self, path: str, text: str) -> Names | None:
        document = self.document(path, text)
        return extract.extract_names(document) if document else extract_json.extract_config_names(path, text)

    def exists(self, path: str) -> bool:
        return any(at == path or at.startswith(f"{path}/") for at in self.texts)

    @property
    def files(self) -> Files:
        return Files(ROOT, self.texts.get, self.document, self.names, self.exists)

    def own(self, path: str) -> Definition:
        """What a file defines."""
        names = self.index.get(path)
        assert names is not None
        assert names.main_definition is not None
        return names.main_definition

    def rename(self, path: str, offset: int, new: str, *, moves: bool = True) -> Renaming | RenameError:
        """What a rename at a cursor comes to."""
        names = self.index.get(path)
        assert names is not None
        found = rename.prepare_rename(self.index, names, self.texts[path], offset, self.files)
        if found is None:
            return RenameError("")
        if isinstance(found, RenameError):
            return found
        return rename.rename(self.index, found[0], new, self.files, moves=moves)

    def after(self, renaming: Renaming, *, prose: bool = False) -> Project:
        """The project once a renaming is done."""
        edits: dict[str, list[Edit]] = {}
        for change in renaming.changes:
            if prose or change.reason != "prose":
                edits.setdefault(change.path, []).append(change.edit)
        where = renaming.move.apply_to if renaming.move else str
        return Project(
            {where(path): apply_edits(text, edits.get(path, ())) for path, text in self.texts.items()}
        )


def at_mark(text: str) -> tuple[Project, str, int]:
    """A project with a cursor in one of its files."""
    case = parse_case(text)
    marked = next(path for path, content in case.files.items() if CURSOR in content)
    case.files[marked], offset = at_cursor(case.files[marked])
    project = Project(case.files)
    return project, marked if marked.startswith("/") else f"{ROOT}/{marked}", offset


def rename_at(text: str, new: str, *, moves: bool = True, prose: bool = False) -> str:
    """The changed files after a rename at the cursor, or the error."""
    project, path, offset = at_mark(text)
    renaming = project.rename(path, offset, new, moves=moves)
    if isinstance(renaming, RenameError):
        return renaming.reason
    after = project.after(renaming, prose=prose)
    changed = {path: content for path, content in after.texts.items() if project.texts.get(path) != content}
    return "".join(
        f"-- {path.removeprefix(f'{ROOT}/')} --\n{content}" for path, content in sorted(changed.items())
    )


TEAM = """\
-- .claude/agents/code-reviewer.md --
---
name: code-reviewer
description: Reviews code. Call code-reviewer after every change.
skills: [tidy-up]
---

You review code. As the code-reviewer you never write to code-reviewer-pro or https://x.org/code-reviewer.
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(code-re<|>viewer, planner), Read
---

Start `code-reviewer`, then @agent-code-reviewer. Hand over to code-reviewer.
Look into docs/code-reviewer.md or `code-reviewer-pro`. The planner agent plans, and **planner** is its name.
-- .claude/agents/planner.md --
---
name: planner
description: Plans.
---

You are a planner. Ask `planner` or `lead`.
-- .claude/skills/tidy-up/SKILL.md --
---
name: tidy-up
description: Tidies up.
---

Use subagent_type: "code-reviewer" when done.
"""


def test_an_agent_is_renamed_everywhere_with_its_file() -> None:
    assert rename_at(TEAM, "critic-at-large") == (
        """\
-- .claude/agents/critic-at-large.md --
---
name: critic-at-large
description: Reviews code. Call code-reviewer after every change.
skills: [tidy-up]
---

You review code. As the critic-at-large you never write to code-reviewer-pro or https://x.org/code-reviewer.
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(critic-at-large, planner), Read
---

Start `critic-at-large`, then @agent-critic-at-large. Hand over to critic-at-large.
Look into docs/code-reviewer.md or `code-reviewer-pro`. The planner agent plans, and **planner** is its name.
-- .claude/skills/tidy-up/SKILL.md --
---
name: tidy-up
description: Tidies up.
---

Use subagent_type: "critic-at-large" when done.
"""
    )


def test_equal_words_in_prose_are_separate_edits() -> None:
    after = rename_at(TEAM, "critic", prose=True)
    assert "Call critic after" in after
    assert "As the critic you never write to code-reviewer-pro or https://x.org/code-reviewer." in after
    assert "Look into docs/code-reviewer.md or `code-reviewer-pro`." in after


def test_a_common_word_is_only_renamed_where_it_is_marked_as_a_name() -> None:
    marked = TEAM.replace("<|>", "").replace("name: planner", "name: plan<|>ner")
    after = rename_at(marked, "strategist")
    assert "Agent(code-reviewer, strategist)" in after
    assert "The planner agent plans, and **planner** is its name." in after
    assert "You are a planner. Ask `strategist` or `lead`." in after
    looked_at = rename_at(marked, "strategist", prose=True)
    assert "The strategist agent plans, and **strategist** is its name." in looked_at
    assert "You are a strategist. Ask `strategist`" in looked_at
    skill = (
        marked.replace("plan<|>ner", "planner")
        .replace("name: tidy-up", "name: ti<|>dy")
        .replace("tidy-up", "tidy")
    )
    assert "Tidy it, tidy it, and run the broom skill." in rename_at(
        skill.replace("You are a planner", "Tidy it, tidy it, and run the tidy skill"), "broom", prose=True
    )


def test_a_skill_is_renamed_with_its_folder() -> None:
    after = rename_at(TEAM.replace("<|>", "").replace("[tidy-up]", "[tidy<|>-up]"), "clean-up")
    assert after.startswith("-- .claude/agents/code-reviewer.md --\n")
    assert "skills: [clean-up]" in after
    assert "-- .claude/skills/clean-up/SKILL.md --\n---\nname: clean-up\n" in after


def test_a_reference_in_a_plugin_keeps_its_qualifier() -> None:
    after = rename_at(
        """\
-- plugin/agents/checker.md --
---
name: checker
description: Checks.
---

You check.
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(kit:check<|>er)
---

Ask @agent-kit:checker, and not `other:checker`.
""",
        "verifier",
    )
    assert after == (
        """\
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(kit:verifier)
---

Ask @agent-kit:verifier, and not `other:checker`.
-- plugin/agents/verifier.md --
---
name: verifier
description: Checks.
---

You check.
"""
    )


def test_a_rename_keeps_a_copy_for_another_runtime() -> None:
    after = rename_at(
        """\
-- .claude/agents/qa-1.md --
---
name: qa<|>-1
description: Tests.
---

Ask `qa-1`.
-- .gemini/agents/qa-1.md --
---
name: qa-1
description: Tests.
---

Ask `qa-1`.
""",
        "tester",
    )
    assert "-- .claude/agents/tester.md --" in after
    assert ".gemini" not in after


def test_a_command_is_named_by_its_file() -> None:
    after = rename_at(
        """\
-- .claude/commands/ship-it.md --
---
description: Ships.
---

Ship.
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
---

Then /ship<|>-it at once.
""",
        "deliver",
    )
    assert after == (
        """\
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
---

Then /deliver at once.
-- .claude/commands/deliver.md --
---
description: Ships.
---

Ship.
"""
    )


SERVERS = """\
-- .mcp.json --
{"mcpServers": {"issue-tracker": {"command": "x"}}}
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: mcp__issue-tr<|>acker__read, Read
mcpServers: [issue-tracker]
---

Read it by mcp__issue-tracker__read.
"""


def test_a_server_is_renamed_where_it_is_defined_and_in_the_names_of_its_tools() -> None:
    after = rename_at(SERVERS, "tickets")
    assert '{"mcpServers": {"tickets": {"command": "x"}}}' in after
    assert "tools: mcp__tickets__read, Read\nmcpServers: [tickets]" in after
    assert "by mcp__tickets__read." in after
    assert "is not valid in tool names" in rename_at(SERVERS, "my__tickets")
    escaped = SERVERS.replace('"issue-tracker"', r'"issue\u002dtracker"')
    assert '{"tickets": {"command": "x"}}' in rename_at(escaped, "tickets")


def test_a_name_that_yaml_does_not_read_as_a_string_is_quoted_or_rejected() -> None:
    lone = "-- .claude/agents/a.md --\n---\nname: {}\ndescription: D.\n---\n\nYou.\n"
    assert "name: '123'" in rename_at(lone.format("q<|>"), "123")
    assert "name: it's\n" in rename_at(lone.format("q<|>"), "it's")
    assert "name: '#1'" in rename_at(lone.format("q<|>"), "#1")
    assert "name: 'it''s'" in rename_at(lone.format("'q<|>'"), "it's")
    assert "name: other\n" in rename_at(lone.format("a long<|>\n  name"), "other")
    assert "name: 'a: b'" not in rename_at(lone.format("q<|>"), "a: b")
    listed = "-- .claude/agents/b.md --\n---\nname: b\ndescription: D.\nskills: [q]\n---\n\nYou.\n"
    skill = "-- .claude/skills/q/SKILL.md --\n---\nname: q<|>\ndescription: D.\n---\n\nYou.\n"
    assert (
        rename_at(skill + listed, "123")
        == "`123` cannot replace every occurrence of the name in .claude/agents/b.md."
    )


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("", "The new name is empty."),
        ("code-reviewer", "The name is already `code-reviewer`."),
        ("planner", "Another agent `planner` already exists in .claude/agents/planner.md."),
        ("tidy-up", "The skill `tidy-up` already exists; references in prose would be ambiguous."),
        ("a:b", "The name `a:b` contains a colon. Claude Code does not load the file."),
        ("-a", "The name `-a` starts with a hyphen. Claude Code does not load the file."),
        ("a/b", "`a/b` cannot replace every occurrence of the name in"),
        ("Explore", "`Explore` is a reserved name."),
        ("main", "`main` is a reserved name."),
        ("notes", ".claude/agents/notes.md already exists."),
        ("code reviewer", "`code reviewer` cannot replace every occurrence of the name in"),
        ("a\nb", "A name must be a single line."),
    ],
)
def test_an_invalid_or_existing_name_is_rejected(new: str, reason: str) -> None:
    notes = "-- .claude/agents/notes.md --\nJust notes.\n"
    assert rename_at(TEAM + notes, new).startswith(reason)


def test_an_invalid_file_name_is_rejected() -> None:
    lone = "-- .claude/agents/a.md --\n---\nname: a<|>\ndescription: D.\n---\n\nYou.\n"
    for name in ("what?", "a/b"):
        assert rename_at(lone, name) == f"`{name}` is not a valid file name."
        assert f"\nname: {name}\n" in rename_at(lone, name, moves=False)


def test_external_and_built_in_names_cannot_be_renamed() -> None:
    home = "-- /home/me/.claude/agents/mine.md --\n---\nname: mine\ndescription: D.\n---\n\nYou.\n"
    lead = "-- .claude/agents/l.md --\n---\nname: l\ndescription: D.\ntools: Agent({})\n---\n\nYou.\n"
    assert rename_at(home + lead.format("mi<|>ne"), "other") == (
        "`mine` is defined outside the project, in /home/me/.claude/agents/mine.md."
    )
    assert (
        rename_at(lead.format("Explo<|>re"), "other")
        == "`Explore` is a built-in agent and cannot be renamed."
    )
    assert rename_at(lead.format("none<|>"), "other") == "`none` is not defined in this project."
    assert rename_at(lead.format("x").replace("You", "Y<|>ou"), "other") == ""


def test_a_file_that_has_changed_since_it_was_read_is_read_again() -> None:
    project, *_ = at_mark(TEAM)
    lead = f"{ROOT}/.claude/agents/lead.md"
    project.texts[lead] = "---\nname: lead\ndescription: D.\n---\n\nNow `code-reviewer` leads.\n"
    own = project.own(f"{ROOT}/.claude/agents/code-reviewer.md")
    renaming = rename.rename(project.index, own, "critic", project.files)
    assert isinstance(renaming, Renaming)
    assert project.after(renaming).texts[lead].endswith("Now `critic` leads.\n")
    project.texts[own.path] = "Gone.\n"
    refused = rename.rename(project.index, own, "critic", project.files)
    assert refused == RenameError("`code-reviewer` was not found in .claude/agents/code-reviewer.md.")


LINKED = """\
-- .claude/skills/tidy-up/SKILL.md --
---
name: tidy-up
description: Tidies up.
---

See [how](how.md) and [the lead](../../agents/lead.md).
-- .claude/skills/tidy-up/how.md --
So.
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
skills: [tidy-up]
---

See [how](../skills/tidy-up/how.md) or @.claude/skills/tidy-up/how.md.
"""


def rename_file(text: str, old: str, new: str) -> str:
    """The changed files after a file or folder is renamed, and the messages."""
    project = Project(parse_case(text).files)
    renaming, reasons = will_rename_files.rename_files(
        project.index, f"{ROOT}/{old}", f"{ROOT}/{new}", project.files
    )
    after = project.after(renaming)
    changed = {path: content for path, content in after.texts.items() if project.texts.get(path) != content}
    return "".join(
        (
            *(f"-- {path.removeprefix(f'{ROOT}/')} --\n{each}" for path, each in sorted(changed.items())),
            *reasons,
        )
    )


def test_renaming_a_folder_renames_its_skill() -> None:
    after = rename_file(LINKED, ".claude/skills/tidy-up", ".claude/skills/clean-up")
    assert "-- .claude/skills/clean-up/SKILL.md --\n---\nname: clean-up\n" in after
    assert "See [how](how.md) and [the lead](../../agents/lead.md)." in after
    assert "skills: [clean-up]" in after
    assert "See [how](../skills/clean-up/how.md) or @.claude/skills/clean-up/how.md." in after


def test_links_to_and_from_a_moved_file_are_edited() -> None:
    after = rename_file(LINKED, ".claude/agents/lead.md", ".claude/agents/team/lead.md")
    assert "[the lead](../../agents/team/lead.md)" in after
    assert "See [how](../../skills/tidy-up/how.md) or @.claude/skills/tidy-up/how.md." in after
    assert "name: lead" in after


def test_a_file_name_can_be_an_invalid_name() -> None:
    after = rename_file(LINKED, ".claude/agents/lead.md", ".claude/agents/Explore.md")
    assert "name: lead" in after
    assert "`Explore` is a reserved name." in after


# From whichever occurrence


class Item(NamedTuple):
    """An agent or a skill to be written: how its name stands in quotes, whether its file is called like it,
    and what it says of others: the form and the number of the other."""

    kind: str
    name: str
    quote: str
    same: bool
    says: tuple[tuple[str, int], ...]


FORMS = {
    "agent": {
        "code": "Ask `{}` first.",
        "mention": "Then @agent-{}, who knows.",
        "argument": 'Use subagent_type: "{}".',
        "call": "Start Task({}, now).",
        "scoped": "Not `kit:{old}`, nor `{old}-xl`, https://x.org/{old} or docs/{old}/x.",
    },
    "skill": {
        "noun": "Follow the `{}` skill.",
        "call": "Run Skill({}).",
        "command": "Type /{} to see it.",
        "scoped": "Not /kit:{old}, nor Skill({old}-xl) or ./{old}/x.",
    },
}
HYPHENATED = {"word": "Hand over to {}, and to\n- {}: at last", "noun": "The **{}** agent is one."}
NAMES = (
    "planner",
    "code-reviewer",
    "code-reviewer-pro",
    "qa-1",
    "lead",
    "db-2-admin",
    "ui_designer",
    "tester",
)


def write_items(items: Sequence[Item], called: Sequence[str]) -> dict[str, str]:
    """The files of the items with their new names."""
    texts = {}
    for number, (item, name) in enumerate(zip(items, called, strict=True)):
        lines = ["---", f"name: {item.quote}{name}{item.quote}", "description: Does it.", "---", ""]
        agents = [called[other] for _, other in item.says if items[other].kind == "agent"]
        skills = [called[other] for _, other in item.says if items[other].kind == "skill"]
        if item.kind == "agent" and agents:
            lines.insert(3, f"tools: Agent({', '.join(agents)}), Read")
        if item.kind == "agent" and skills:
            lines[3:3] = ["skills:", *(f"  - {item.quote}{skill}{item.quote}" for skill in skills)]
        for form, other in item.says:
            forms = FORMS[items[other].kind]
            if items[other].kind == "agent" and "-" in items[other].name:
                forms = {**forms, **HYPHENATED}
            template = forms.get(form, "See [it]({file}).")
            file = f"../agents/{called[other]}.md" if items[other].same else "../README.md"
            if items[other].kind == "skill":
                file = f"../skills/{called[other]}/SKILL.md"
            file = file if item.kind == "agent" else f"../{file}"
            lines.append(template.format(*[called[other]] * 2, old=items[other].name, file=file))
        path = f".claude/skills/{name}/SKILL.md"
        if item.kind == "agent":
            path = f".claude/agents/{name if item.same else f'file{number}'}.md"
        texts[path] = "\n".join(lines) + "\n"
    # For another runtime, which is not asked.
    texts[".gemini/agents/copy.md"] = f"---\nname: {items[0].name}\ndescription: A copy.\n---\n\nWrite.\n"
    return texts


@st.composite
def teams(draw: st.DrawFn) -> list[Item]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    forms = st.sampled_from([*FORMS["agent"], *FORMS["skill"], *HYPHENATED, "link"])
    says = st.lists(st.tuples(forms, st.integers(0, len(names) - 1)), max_size=4)
    return [
        Item(
            draw(st.sampled_from(["agent", "skill"])),
            name,
            draw(st.sampled_from(["", "'", '"'])),
            draw(st.booleans()),
            tuple(draw(says)),
        )
        for name in names
    ]


@given(teams(), st.data())
@settings(max_examples=60, deadline=None)
def test_every_occurrence_has_the_same_edits(items: list[Item], data: st.DataObject) -> None:
    names = [item.name for item in items]
    project = Project(write_items(items, names))
    number = data.draw(st.integers(0, len(items) - 1))
    path = list(project.texts)[number]
    own = project.own(path)
    uses = [(found.path, each.span) for found, each in project.index.find_references(own)]
    answers = {
        project.rename(at, offset, "renamed-1")
        for at, span in ((path, own.span), *uses)
        for offset in range(span.start, span.end + 1)
    }
    (renaming,) = answers
    assert isinstance(renaming, Renaming)
    after = project.after(renaming)
    called = [*names[:number], "renamed-1", *names[number + 1 :]]
    assert after.texts == Project(write_items(items, called)).texts
    now = after.own(renaming.move.apply_to(path) if renaming.move else path)
    assert len(list(after.index.find_references(now))) == len(uses)


LABELLED = """\
-- .claude/skills/verse/SKILL.md --
---
name: haiku-forms
description: Forms of verse. Use it for poems.
---

Five, seven, five.
-- .claude/agents/poet.md --
---
name: poet
description: Writes verse. Use it for poems.
skills: [verse, haiku-forms<|>]
---

You write verse.
"""


def test_a_skill_is_renamed_by_its_folder_and_not_by_its_label() -> None:
    assert rename_at(LABELLED, "forms") == (
        "`haiku-forms` is only the `name` of the skill `verse`; change it there."
    )
    after = rename_at(LABELLED.replace("<|>", "").replace("[verse", "[verse<|>"), "poems")
    assert "skills: [poems, haiku-forms]" in after
    assert "-- .claude/skills/poems/SKILL.md --" in after
