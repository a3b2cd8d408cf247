"""Rename: all places of a name and nothing else, from whichever of them, or a reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from agentls import occurrences
from agentls.document import Document
from agentls.features import rename
from agentls.features.rename import Files, Refused, Renaming
from agentls.index import Index
from agentls.names import Definition, Names
from agentls.project import Plugin, open_document
from agentls.text import Edit, apply
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
                self.index.put(names)

    def document(self, path: str, text: str) -> Document | None:
        return open_document(path, text, Case("").config, self.plugin(path))

    def plugin(self, path: str) -> Plugin | None:
        return Plugin(f"{ROOT}/plugin", "kit") if path.startswith(f"{ROOT}/plugin/") else None

    def names(self, path: str, text: str) -> Names | None:
        document = self.document(path, text)
        return occurrences.of(document) if document else None

    def exists(self, path: str) -> bool:
        return any(at == path or at.startswith(f"{path}/") for at in self.texts)

    @property
    def files(self) -> Files:
        return Files(ROOT, self.texts.get, self.document, self.names, self.exists)

    def own(self, path: str) -> Definition:
        """What a file defines."""
        names = self.index.get(path)
        assert names is not None
        assert names.own is not None
        return names.own

    def rename(self, path: str, offset: int, new: str, *, moves: bool = True) -> Renaming | Refused:
        """What a rename at a cursor comes to."""
        names = self.index.get(path)
        assert names is not None
        found = rename.wanted(self.index, names, self.texts[path], offset, self.files)
        if found is None:
            return Refused("")
        if isinstance(found, Refused):
            return found
        return rename.rename(self.index, found[0], new, self.files, moves=moves)

    def after(self, renaming: Renaming, *, prose: bool = False) -> Project:
        """The project once a renaming is done."""
        edits: dict[str, list[Edit]] = {}
        for change in renaming.changes:
            if prose or change.why != "prose":
                edits.setdefault(change.path, []).append(change.edit)
        where = renaming.move.of if renaming.move else str
        return Project({where(path): apply(text, edits.get(path, ())) for path, text in self.texts.items()})


def at_mark(text: str) -> tuple[Project, str, int]:
    """A project with a cursor in one of its files."""
    case = parse_case(text)
    marked = next(path for path, content in case.files.items() if CURSOR in content)
    case.files[marked], offset = at_cursor(case.files[marked])
    project = Project(case.files)
    return project, marked if marked.startswith("/") else f"{ROOT}/{marked}", offset


def shown(text: str, new: str, *, moves: bool = True, prose: bool = False) -> str:
    """The project after a rename at the cursor as a person sees it, changed files only, or the refusal."""
    project, path, offset = at_mark(text)
    renaming = project.rename(path, offset, new, moves=moves)
    if isinstance(renaming, Refused):
        return renaming.reason
    after = project.after(renaming, prose=prose)
    changed = {path: content for path, content in after.texts.items() if project.texts.get(path) != content}
    return "".join(f"-- {path.removeprefix(f'{ROOT}/')} --\n{content}" for path, content in changed.items())


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
    assert shown(TEAM, "critic-at-large") == (
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


def test_words_that_are_the_name_by_their_letters_are_there_to_be_looked_at() -> None:
    after = shown(TEAM, "critic", prose=True)
    assert "Call critic after" in after
    assert "As the critic you never write to code-reviewer-pro or https://x.org/code-reviewer." in after
    assert "Look into docs/code-reviewer.md or `code-reviewer-pro`." in after


def test_an_ordinary_word_is_renamed_where_it_is_set_off_as_a_name() -> None:
    marked = TEAM.replace("<|>", "").replace("name: planner", "name: plan<|>ner")
    after = shown(marked, "strategist")
    assert "Agent(code-reviewer, strategist)" in after
    assert "The planner agent plans, and **planner** is its name." in after
    assert "You are a planner. Ask `strategist` or `lead`." in after
    looked_at = shown(marked, "strategist", prose=True)
    assert "The strategist agent plans, and **strategist** is its name." in looked_at
    assert "You are a strategist. Ask `strategist`" in looked_at


def test_a_skill_is_renamed_with_its_folder() -> None:
    after = shown(TEAM.replace("<|>", "").replace("[tidy-up]", "[tidy<|>-up]"), "clean-up")
    assert after.startswith("-- .claude/agents/code-reviewer.md --\n")
    assert "skills: [clean-up]" in after
    assert "-- .claude/skills/clean-up/SKILL.md --\n---\nname: clean-up\n" in after


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


def written(items: Sequence[Item], called: Sequence[str]) -> dict[str, str]:
    """The files of the items, each called by its new name."""
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
def test_every_occurrence_leads_to_the_same_edits_of_nothing_else(
    items: list[Item], data: st.DataObject
) -> None:
    names = [item.name for item in items]
    project = Project(written(items, names))
    number = data.draw(st.integers(0, len(items) - 1))
    path = list(project.texts)[number]
    own = project.own(path)
    uses = [(found.path, each.span) for found, each in project.index.referring(own)]
    answers = {
        project.rename(at, offset, "renamed-1")
        for at, span in ((path, own.span), *uses)
        for offset in range(span.start, span.end + 1)
    }
    (renaming,) = answers
    assert isinstance(renaming, Renaming)
    after = project.after(renaming)
    called = [*names[:number], "renamed-1", *names[number + 1 :]]
    assert after.texts == Project(written(items, called)).texts
    now = after.own(renaming.move.of(path) if renaming.move else path)
    assert len(list(after.index.referring(now))) == len(uses)
