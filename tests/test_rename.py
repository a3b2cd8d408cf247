"""Rename: all places of a name and nothing else, from whichever of them, or a reason why not."""

from __future__ import annotations

from agentls import occurrences
from agentls.document import Document
from agentls.features import rename
from agentls.features.rename import Files, Refused, Renaming
from agentls.index import Index
from agentls.names import Names
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
