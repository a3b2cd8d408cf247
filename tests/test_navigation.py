"""Navigation: from a name to what it names, and to all the places where that is named."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from agentls.document.document import Document
from agentls.features import name_hover, workspace_symbol
from agentls.features import references as navigation
from agentls.features.references import NameOccurrence
from agentls.project.index import Index
from agentls.project.names import Definition, Names
from agentls.text.offsets import LineIndex, Span
from harness import CURSOR, Case, at_cursor, parse_case

TEAM = """
-- shop/.claude/agents/lead.md --
---
name: lead
description: Leads the team.
tools: Read, Agent(reviewer, tester), mcp__github__create_issue
skills: [style-guide, tools:lint]
mcpServers:
  - github
  - local:
      command: run
---

Ask @agent-reviewer first, and @"tester (agent)" then. Use `mcp__local__start`.
Hand over to code-reviewer, or to `reviewer`. The `house` is not one.
-- shop/.claude/agents/reviewer.md --
---
name: reviewer
description: |
  Reviews *code*.
  <example>It does.</example>
tools: Read, Grep
model: inherit
---

Call Task(subagent_type="tester") or `/release`, as @agent-lead says.
-- shop/.claude/agents/tester.md --
---
name: tester
description: Runs the tests.
---
-- shop/.claude/skills/style-guide/SKILL.md --
---
name: style-guide
description: How we write.
---
-- shop/.claude/commands/release.md --
---
description: Makes a release.
---

Ask the reviewer agent, then @agent-nobody and @agent-nobody.
-- shop/tools/.claude-plugin/plugin.json --
{"name": "tools"}
-- shop/tools/skills/lint/SKILL.md --
---
name: lint
description: Runs the linter.
---
"""


class Seen(NamedTuple):
    """A project with a cursor in it."""

    case: Case
    project: Index
    path: str
    offset: int

    @property
    def found(self) -> NameOccurrence | None:
        """The name at the cursor."""
        return navigation.find_name_at(self.project, self.names, self.case.files[self.path], self.offset)

    @property
    def names(self) -> Names:
        """The names of the file with the cursor."""
        names = self.project.get(self.path)
        assert names
        return names

    def shown(self, path: str, span: Span) -> str:
        """A place: the file, its line, and what stands there."""
        lines = LineIndex(self.case.files[path])
        folder = "/".join(path.split("/")[-2 if path.endswith("SKILL.md") else -1 :])
        return f"{folder}:{lines.line_number(span.start) + 1}:{span.text_in(self.case.files[path])}"

    def file(self, path: str) -> Document:
        """A file."""
        return self.case.document(path)


def project(text: str) -> Seen:
    """A project from the text of a fixture."""
    case = parse_case(text)
    path = next(path for path, text in case.files.items() if CURSOR in text)
    case.files[path], offset = at_cursor(case.files[path])
    assert case.index
    return Seen(case, case.index, path, offset)


def team(before: str, after: str = "") -> Seen:
    """The team with the cursor between two pieces of text."""
    assert TEAM.count(before + after) >= 1
    return project(TEAM.replace(before + after, before + CURSOR + after, 1))


def definitions(seen: Seen) -> list[str]:
    """Where the name at the cursor leads to."""
    found = seen.found
    return [
        seen.shown(each.path, each.span)
        for each in (navigation.find_definitions(seen.project, seen.names, found) if found else ())
    ]


def references(seen: Seen) -> list[str]:
    """All the places where the same is named."""
    assert seen.found
    wanted = navigation.reference_subject(seen.project, seen.names, seen.found)
    return [
        seen.shown(names.path, each.span) for names, each in navigation.find_references(seen.project, wanted)
    ]


# Any character of what a person takes for the name will do.
@pytest.mark.parametrize(
    ("before", "after", "target"),
    [
        ("Agent(", "reviewer", "reviewer.md:2:reviewer"),
        ("Agent(reviewer", ", ", "reviewer.md:2:reviewer"),
        ("Agent(reviewer, te", "ster", "tester.md:2:tester"),
        ("[style", "-guide", "style-guide/SKILL.md:2:style-guide"),
        (", tool", "s:lint", "lint/SKILL.md:2:lint"),
        ("tools:li", "nt", "lint/SKILL.md:2:lint"),
        ("Ask ", "@agent-reviewer", "reviewer.md:2:reviewer"),
        ("@ag", "ent-reviewer", "reviewer.md:2:reviewer"),
        ("@agent-reviewer", " first", "reviewer.md:2:reviewer"),
        ('@"tester (ag', 'ent)"', "tester.md:2:tester"),
        ("mcp__loc", "al__start", "lead.md:8:local"),
        ("mcp__local__st", "art", "lead.md:8:local"),
        ("`revi", "ewer`", "reviewer.md:2:reviewer"),
        ('="tes', 'ter")', "tester.md:2:tester"),
        ("`", "/release`", "release.md:1:"),
        ("name: rev", "iewer", "reviewer.md:2:reviewer"),
        ("  - lo", "cal", "lead.md:8:local"),
    ],
)
def test_a_name_leads_to_what_it_names(before: str, after: str, target: str) -> None:
    assert definitions(team(before, after)) == [target]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Age", "nt(reviewer"),
        ("to code-", "reviewer"),
        ("`hou", "se`"),
        ("description: Lea", "ds"),
        ("@agent-no", "body"),
        ("Ask", " @agent-reviewer"),
        ("mcp__git", "hub__"),
    ],
)
def test_other_words_lead_nowhere(before: str, after: str) -> None:
    assert definitions(team(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("name: rev", "iewer"), ("Agent(rev", "iewer"), ("@agent-rev", "iewer first"), ("`revie", "wer`")],
)
def test_the_references_are_the_same_from_everywhere(before: str, after: str) -> None:
    assert references(team(before, after)) == [
        "lead.md:4:reviewer",
        "lead.md:12:reviewer",
        "lead.md:13:reviewer",
        "release.md:5:reviewer",
    ]


def test_what_is_missing_has_references_too() -> None:
    assert references(team("@agent-nob", "ody")) == ["release.md:5:nobody", "release.md:5:nobody"]


def test_a_file_without_a_name_is_named_at_its_start() -> None:
    seen = project(TEAM.replace("---\ndescription: Makes", "<|>---\ndescription: Makes"))
    assert references(seen) == ["reviewer.md:10:release"]


def test_several_places_are_given_where_nothing_decides() -> None:
    seen = project("""
-- shop/.claude/agents/a/helper.md --
---
name: helper
description: One.
---
-- shop/.claude/agents/b/helper.md --
---
name: helper
description: Another.
---
-- shop/.claude/agents/lead.md --
---
name: lead
description: Leads.
---
Ask @agent-help<|>er.
""")
    assert definitions(seen) == ["helper.md:2:helper", "helper.md:2:helper"]


def test_the_frontmatter_is_shown_with_a_definition() -> None:
    seen = team("Agent(revi", "ewer")
    assert seen.found
    (target,) = navigation.find_definitions(seen.project, seen.names, seen.found)
    text = seen.case.files[target.path]
    assert navigation.target_range(target, text) == Span(0, text.index("---\n\nCall") + 3)


def test_a_name_that_is_no_longer_there_is_noticed() -> None:
    seen = team("Agent(revi", "ewer")
    found, text = seen.found, seen.case.files[seen.path]
    assert found
    assert navigation.is_up_to_date(found, text)
    assert not navigation.is_up_to_date(found, "x" + text)
    assert not navigation.is_up_to_date(found, "")
    assert navigation.is_up_to_date(seen.names.definitions[0]._replace(span=Span(0, 0)), "")


# Hover


def card(seen: Seen) -> str | None:
    """The card at the cursor, under what it is about."""
    found = name_hover.hover(seen.project, seen.names, seen.case.files[seen.path], seen.offset, seen.file)
    return f"{found.span.text_in(seen.case.files[seen.path])}\n\n{found.markdown}" if found else None


def test_a_card_says_what_is_named() -> None:
    assert card(team("@agent-rev", "iewer")) == (
        "@agent-reviewer\n\n"
        "**`reviewer`** (Claude Code agent)\n\n"
        r"Reviews \*code\*. \<example\>It does.\</example\>" + "\n\n"
        "- Defined in `.claude/agents/reviewer.md`\n"
        "- Tools: `Read`, `Grep`\n"
        "- Model: `inherit`: the model of the session"
    )


def test_a_card_of_a_plugin_says_its_name() -> None:
    found = card(team(", tools:l", "int"))
    assert found
    assert "tools:lint\n\n**`tools:lint`** (" in found


def test_a_card_of_a_server_says_where_it_is() -> None:
    assert card(team("mcp__local__st", "art")) == (
        "mcp__local__start\n\n**`local`** (MCP server)\n\n`run`\n\n- Defined in `.claude/agents/lead.md`"
    )


def test_a_card_tells_of_an_agent_that_the_runtime_has_itself() -> None:
    seen = project(TEAM.replace("@agent-lead says", "@agent-gen<|>eral-purpose says"))
    found = card(seen)
    assert found
    assert "(built-in agent)" in found


@pytest.mark.parametrize(
    ("before", "after"), [("name: rev", "iewer"), ("@agent-no", "body"), ("Ask ", "the")]
)
def test_there_is_no_card_where_nothing_is_to_be_said(before: str, after: str) -> None:
    assert card(team(before, after)) is None


def test_a_card_says_why_an_agent_does_not_load() -> None:
    seen = project(
        TEAM.replace("Agent(reviewer, t", "Agent(reviewer, <|>t").replace(
            "description: Runs the tests.\n", ""
        )
    )
    found = card(seen)
    assert found
    assert "Defined in `.claude/agents/tester.md`\n- Claude Code" in found
    assert found.endswith("does not load this file.")


def test_long_descriptions_are_cut_and_places_short() -> None:
    definition = Definition(
        "agent", "x", "", "/home/me/.claude/agents/x.md", Span(0, 0), "word " * 200, "/home/me", "mine", ()
    )
    names = Names("/p/a.md", "/p", "", ())
    shown = name_hover.describe_definition(names, definition, "/home/me", lambda _: None)
    assert shown.startswith("**`x`** (agent)\n\nword word")
    assert shown.endswith(" …\n\n- Defined in `~/.claude/agents/x.md`")
    assert len(shown) < 600


# Symbols


def found(query: str, *more: str) -> list[str]:
    """The names that some letters find."""
    index = parse_case(TEAM).index
    assert index
    for number, name in enumerate(more):
        path = f"more/{number}.md"
        definition = Definition("agent", name, "", path, Span(0, 0), "", "", "claude-code", ())
        index.update(Names(path, "", "", (), (definition,)))
    # What several projects share is found once.
    return [each.full_name for each in workspace_symbol.workspace_symbols([index, index], query)]


def test_symbols_are_found_by_some_of_their_letters() -> None:
    assert found("rv") == ["reviewer"]
    assert found("STYLE g") == ["style-guide"]
    assert found("tools") == ["tools:lint"]
    assert found("xyz") == []
    assert sorted(found("")) == [
        "lead", "local", "release", "reviewer", "style-guide", "tester", "tools:lint",
    ]  # fmt: skip


def test_the_best_symbols_come_first() -> None:
    assert found("test", "latest", "test", "t-e-s-t-s", "the-best") == [
        "test", "t-e-s-t-s", "tester", "latest", "the-best",
    ]  # fmt: skip
    assert found(r"[^a](") == []


def test_there_is_an_end_to_symbols() -> None:
    assert len(found("a", *(f"a{number}" for number in range(2000)))) == workspace_symbol.MOST
