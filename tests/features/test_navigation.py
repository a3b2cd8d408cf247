"""Navigation: from a name to its definition, its references and its hover; workspace symbols."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from agentls.document.document import Document
from agentls.features import definition, name_at, name_hover, references, workspace_symbol
from agentls.features.name_at import NameOccurrence
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
        return name_at.find_name_at(self.project, self.names, self.case.files[self.path], self.offset)

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
    """The definitions of the name at the cursor."""
    found = seen.found
    return [
        seen.shown(each.path, each.span)
        for each in (definition.find_definitions(seen.project, seen.names, found) if found else ())
    ]


def found_references(seen: Seen) -> list[str]:
    """The references to the subject of the name at the cursor."""
    assert seen.found
    wanted = references.reference_subject(seen.project, seen.names, seen.found)
    return [
        seen.shown(names.path, each.span) for names, each in references.find_references(seen.project, wanted)
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
def test_a_name_resolves_to_its_definition(before: str, after: str, target: str) -> None:
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
def test_other_words_have_no_definition(before: str, after: str) -> None:
    assert definitions(team(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("name: rev", "iewer"), ("Agent(rev", "iewer"), ("@agent-rev", "iewer first"), ("`revie", "wer`")],
)
def test_the_references_are_the_same_from_everywhere(before: str, after: str) -> None:
    assert found_references(team(before, after)) == [
        "lead.md:4:reviewer",
        "lead.md:12:reviewer",
        "lead.md:13:reviewer",
        "release.md:5:reviewer",
    ]


def test_unresolved_names_have_references() -> None:
    assert found_references(team("@agent-nob", "ody")) == ["release.md:5:nobody", "release.md:5:nobody"]


def test_a_file_without_a_name_has_its_lenses_at_the_start() -> None:
    seen = project(TEAM.replace("---\ndescription: Makes", "<|>---\ndescription: Makes"))
    assert found_references(seen) == ["reviewer.md:10:release"]


def test_ambiguous_names_have_several_definitions() -> None:
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
    (target,) = definition.find_definitions(seen.project, seen.names, seen.found)
    text = seen.case.files[target.path]
    assert definition.target_range(target, text) == Span(0, text.index("---\n\nCall") + 3)


def test_an_outdated_span_is_detected() -> None:
    seen = team("Agent(revi", "ewer")
    found, text = seen.found, seen.case.files[seen.path]
    assert found
    assert name_at.is_up_to_date(found, text)
    assert not name_at.is_up_to_date(found, "x" + text)
    assert not name_at.is_up_to_date(found, "")
    assert name_at.is_up_to_date(seen.names.definitions[0]._replace(span=Span(0, 0)), "")


# Hover


def hover_text(seen: Seen) -> str | None:
    """The hover at the cursor, after the text that it covers."""
    found = name_hover.hover(seen.project, seen.names, seen.case.files[seen.path], seen.offset, seen.file)
    return f"{found.span.text_in(seen.case.files[seen.path])}\n\n{found.markdown}" if found else None


def test_hover_on_a_name_shows_its_definition() -> None:
    assert hover_text(team("@agent-rev", "iewer")) == (
        "@agent-reviewer\n\n"
        "**`reviewer`** (Claude Code agent)\n\n"
        r"Reviews \*code\*. \<example>It does.\</example>" + "\n\n"
        "- Defined in `.claude/agents/reviewer.md`\n"
        "- Tools: `Read`, `Grep`\n"
        "- Model: `inherit` (model of the session)"
    )


def test_hover_on_a_plugin_name_shows_the_qualified_name() -> None:
    found = hover_text(team(", tools:l", "int"))
    assert found
    assert "tools:lint\n\n**`tools:lint`** (" in found


def test_hover_on_a_server_shows_its_file() -> None:
    assert hover_text(team("mcp__local__st", "art")) == (
        "mcp__local__start\n\n**`local`** (MCP server)\n\n`run`\n\n- Defined in `.claude/agents/lead.md`"
    )


def test_hover_on_a_built_in_agent_shows_its_page() -> None:
    seen = project(TEAM.replace("@agent-lead says", "@agent-gen<|>eral-purpose says"))
    found = hover_text(seen)
    assert found
    assert "(built-in agent)" in found


@pytest.mark.parametrize(
    ("before", "after"), [("name: rev", "iewer"), ("@agent-no", "body"), ("Ask ", "the")]
)
def test_other_text_has_no_hover(before: str, after: str) -> None:
    assert hover_text(team(before, after)) is None


def test_hover_shows_why_an_agent_does_not_load() -> None:
    seen = project(
        TEAM.replace("Agent(reviewer, t", "Agent(reviewer, <|>t").replace(
            "description: Runs the tests.\n", ""
        )
    )
    found = hover_text(seen)
    assert found
    assert "Defined in `.claude/agents/tester.md`\n- Claude Code" in found
    assert found.endswith("does not load this file.")


def test_long_descriptions_are_shortened_and_paths_relative() -> None:
    definition = Definition(
        "agent", "x", "", "/home/me/.claude/agents/x.md", Span(0, 0), "word " * 200, "/home/me", "mine", ()
    )
    names = Names("/p/a.md", "/p", "", ())
    shown = name_hover.describe_definition(names, definition, "/home/me", lambda _: None)
    assert shown.startswith("**`x`** (agent)\n\nword word")
    assert shown.endswith(" …\n\n- Defined in `~/.claude/agents/x.md`")
    assert len(shown) < 600


# Symbols


def symbol_names(query: str, *more: str) -> list[str]:
    """The names of the workspace symbols for a query."""
    index = parse_case(TEAM).index
    assert index
    for number, name in enumerate(more):
        path = f"more/{number}.md"
        definition = Definition("agent", name, "", path, Span(0, 0), "", "", "claude-code", ())
        index.update(Names(path, "", "", (), (definition,)))
    # What several projects share is found once.
    return [each.full_name for each in workspace_symbol.workspace_symbols([index, index], query)]


def test_symbols_are_found_by_a_subsequence_of_letters() -> None:
    assert symbol_names("rv") == ["reviewer"]
    assert symbol_names("STYLE g") == ["style-guide"]
    assert symbol_names("tools") == ["tools:lint"]
    assert symbol_names("xyz") == []
    assert sorted(symbol_names("")) == [
        "lead", "local", "release", "reviewer", "style-guide", "tester", "tools:lint",
    ]  # fmt: skip


def test_the_best_matches_come_first() -> None:
    assert symbol_names("test", "latest", "test", "t-e-s-t-s", "the-best") == [
        "test", "t-e-s-t-s", "tester", "latest", "the-best",
    ]  # fmt: skip
    assert symbol_names(r"[^a](") == []


def test_the_number_of_symbols_is_limited() -> None:
    assert len(symbol_names("a", *(f"a{number}" for number in range(2000)))) == workspace_symbol.MAX_SYMBOLS
