"""Semantic tokens, inlay hints, colours, selection ranges, linked editing, call hierarchy, and sections."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.document.document import Document
from agentls.features.call_hierarchy import incoming_calls, outgoing_calls, prepare_call_hierarchy
from agentls.features.completion import complete
from agentls.features.document_color import Color, color_presentations, document_colors
from agentls.features.inlay_hint import HINT_KINDS, inlay_hints
from agentls.features.linked_editing_range import linked_editing_ranges
from agentls.features.name_at import find_name_at
from agentls.features.selection_range import selection_ranges
from agentls.features.semantic_tokens import semantic_tokens
from agentls.text.offsets import Span
from harness import agent, at_cursor, covered, parse_case

HEAD = "---\nname: reviewer\ndescription: Reviews code.\n"
COMMAND = ".claude/commands/case.md"


def shown(document: Document) -> list[str]:
    """The tokens, as their texts with type and modifiers."""
    return [
        " ".join((covered(document, token.span), token.type, *token.modifiers))
        for token in semantic_tokens(document)
    ]


@pytest.mark.parametrize(
    ("lines", "token"),
    [
        ("tools: Read, mcp__x__y", "Read function defaultLibrary"),
        ("tools: Read, mcp__x__y", "mcp__x__y function"),
        ("tools: [Read, 'Bahs']", "Bahs function unknown"),
        ("tools: Read(src/**), Grep", "Read function defaultLibrary"),
        ("disallowedTools: Bash", "Bash function defaultLibrary denied"),
        ("model: sonnet", "sonnet enumMember defaultLibrary"),
        ('color: "red"', "red enumMember"),
        ("colr: red", "colr property unknown"),
        ("color: red", "color property"),
        ("hooks:\n  PreToolUse:\n    - matcher: Bash", "PreToolUse event defaultLibrary"),
        ("hooks:\n  PreToolUse:\n    - matcher: Bash", "matcher property"),
        ("hooks:\n  Before: []", "Before event unknown"),
    ],
)
def test_words_of_the_frontmatter_have_their_meaning(lines: str, token: str) -> None:
    assert token in shown(agent(f"{HEAD}{lines}\n---\n"))


def test_what_is_not_known_has_no_token() -> None:
    text = f"{HEAD}model: some-model-of-ours\ncolor: mauve\n---\nRead the text.\n"
    assert shown(agent(text)) == ["name property", "description property", "model property", "color property"]


def test_broken_yaml_has_the_tokens_of_the_other_lines() -> None:
    document = agent("---\nname: x\ndescription: a: b: c\ntools: [Read, Bahs\nmodel: opus\n---\n")
    assert {"model property", "opus enumMember defaultLibrary"} <= {*shown(document)}


def test_arguments_of_a_prompt_are_parameters() -> None:
    assert "$ARGUMENTS parameter" in shown(agent("---\ndescription: x\n---\nDo $ARGUMENTS.\n", COMMAND))


TEAM = """
-- .claude/agents/lead.md --
---
name: lead
description: Leads.
tools: Agent(tester), Read
skills: [house-style]
---
Ask @agent-tester, then the `tester` agent. Nobody is unknown.
-- .claude/agents/tester.md --
---
name: tester
description: Tests.
---
-- .claude/commands/go.md --
Call Task(subagent_type="lead").
-- .claude/skills/house-style/SKILL.md --
---
name: house-style
description: How we write.
---
"""


def test_names_of_the_project_have_the_type_of_their_kind() -> None:
    case = parse_case(TEAM)
    document = case.document(".claude/agents/lead.md")
    tokens = semantic_tokens(document, case.index)
    found = [(covered(document, each.span), each.type, each.modifiers) for each in tokens]
    assert ("lead", "class", ("declaration",)) in found
    assert ("house-style", "namespace", ()) in found
    assert found.count(("tester", "class", ())) == 3


# --- inlay hints ------------------------------------------------------------------------------


def hints(text: str, *kinds: str, path: str = ".claude/agents/case.md") -> list[str]:
    """The hints, each after the line up to it."""
    document = agent(text, path)
    whole = Span(0, len(text))
    return [
        f"{text[: hint.offset].rpartition(chr(10))[2]} {hint.label}"
        for hint in inlay_hints(document, whole, kinds or HINT_KINDS)
    ]


def test_an_alias_shows_the_model_that_it_resolves_to() -> None:
    (hint,) = hints(f"{HEAD}model: haiku\n---\n", "models")
    assert hint.startswith("model: haiku → claude-haiku-")
    assert hints(f"{HEAD}model: inherit\n---\n", "models") == []
    resolved = hint.rpartition(" ")[2]
    assert hints(f"{HEAD}model: {resolved}\n---\n", "models") == [], "an id that is itself"


def test_absent_tools_are_counted() -> None:
    (hint,) = hints(f"{HEAD}---\n", "tools")
    count = int(hint.removeprefix("--- all tools (").rstrip(")"))
    (fewer,) = hints(f"{HEAD}disallowedTools: Bash\n---\n", "tools")
    assert fewer == f"--- all tools ({count - 1})"
    assert hints(f"{HEAD}tools: Read\n---\n", "tools") == []


def test_tokens_are_estimated() -> None:
    assert hints(f"{HEAD}---\nYou review.\n", "tokens") == [
        "description: Reviews code. 4 tokens",
        "--- 3 tokens",
    ]


def test_hints_outside_the_range_are_left_out() -> None:
    document = agent(f"{HEAD}model: haiku\n---\n")
    assert inlay_hints(document, Span(0, 5), HINT_KINDS) == inlay_hints(document, Span(0, 5), ["tools"])


# --- colours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["red", '"red"', "'red'"])
def test_a_colour_can_be_changed_within_the_palette(written: str) -> None:
    document = agent(f"{HEAD}color: {written}\n---\n")
    (found,) = document_colors(document)
    assert (covered(document, found.span), found.color) == ("red", Color(1, 0, 0))
    names = [edit.new_text for edit in color_presentations(document, found.span, Color(0, 0, 0.9))]
    assert names[0] == "blue"
    assert sorted(names) == ["blue", "cyan", "green", "orange", "pink", "purple", "red", "yellow"]


def test_a_number_stays_a_number() -> None:
    document = agent(HEAD + 'color: "#ff8800"\n---\n', ".opencode/agents/case.md")
    (found,) = document_colors(document)
    assert [edit.new_text for edit in color_presentations(document, found.span, Color(0, 0, 1))] == [
        "#0000ff"
    ]


@pytest.mark.parametrize("line", ["color: mauve", "color:", "color: [red]", "colour: red", "tint: red"])
def test_what_is_no_colour_has_none(line: str) -> None:
    assert document_colors(agent(f"{HEAD}{line}\n---\n")) == []


# --- selection ranges -------------------------------------------------------------------------


def selections(marked: str) -> list[str]:
    """The texts of the ranges around the cursor, without the whole file."""
    text, offset = at_cursor(marked)
    document = agent(text)
    return [covered(document, span) for span in selection_ranges(document, offset)][:-1]


def test_a_selection_grows_from_the_word_to_the_file() -> None:
    front = f"---\n{HEAD[4:]}tools: Read, Bash(git log)\n---"
    assert selections(f"{HEAD}tools: Read, Bash(git l<|>og)\n---\n\nText.\n") == [
        "log",
        "Bash(git log)",
        "Read, Bash(git log)",
        "tools: Read, Bash(git log)",
        front[4:-4],
        front,
    ]


def test_a_selection_grows_by_sections() -> None:
    assert selections(f"{HEAD}---\n# A\n\n## B\n\nOne t<|>wo.\n\n## C\n") == [
        "two",
        "One two.",
        "## B\n\nOne two.",
        "# A\n\n## B\n\nOne two.\n\n## C",
    ]


# --- linked editing ---------------------------------------------------------------------------


@pytest.mark.parametrize("marked", ["<ex<|>ample>\na\n</example>\n", "<example>\na\n</example<|>>\n"])
def test_the_names_of_a_pair_of_tags_change_together(marked: str) -> None:
    text, offset = at_cursor(f"{HEAD}---\n{marked}")
    document = agent(text)
    found = linked_editing_ranges(document, offset)
    assert found
    assert [covered(document, span) for span in found] == ["example", "example"]
    assert found[0] != found[1]


@pytest.mark.parametrize("marked", ["<example>\na<|>\n</example>\n", "<exa<|>mple>\na\n", "na<|>me: x\n"])
def test_other_words_change_alone(marked: str) -> None:
    text, offset = at_cursor(f"{HEAD}---\n{marked}")
    assert linked_editing_ranges(agent(text), offset) is None


# --- call hierarchy ---------------------------------------------------------------------------


def test_calls_lead_to_the_callers_and_the_called() -> None:
    case = parse_case(TEAM)
    index, path = case.index, ".claude/agents/lead.md"
    assert index
    names = index.get(path)
    assert names
    text = case.files[path]
    lead = prepare_call_hierarchy(index, names, None)
    assert lead
    assert lead.name == "lead"
    outgoing = [(call.definition.name, len(call.spans)) for call in outgoing_calls(index, lead)]
    assert sorted(outgoing) == [("house-style", 1), ("tester", 3)]
    assert [call.definition.name for call in incoming_calls(index, lead)] == ["go"]
    name = find_name_at(index, names, text, text.index("tester") + 1)
    tester = prepare_call_hierarchy(index, names, name)
    assert tester
    (call,) = incoming_calls(index, tester)
    assert {span.text_in(text) for span in call.spans} == {"tester"}
    assert outgoing_calls(index, tester) == []


# --- sections ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "is_offered"),
    [("<|>", True), ("# A\n\n<|>\n", True), ("Some <|>", False), (" <|>", False), ("```\n<|>\n```\n", False)],
)
def test_sections_are_offered_on_empty_lines_of_a_prompt(body: str, is_offered: bool) -> None:
    text, offset = at_cursor(f"{HEAD}---\n{body}")
    items = complete(agent(text), offset, snippets=True).items
    assert ("example" in [item.label for item in items]) == is_offered
    assert complete(agent(text), offset, snippets=False).items == []


# --- any text ---------------------------------------------------------------------------------

WHOLE = (
    f"{HEAD}tools: [Read, Bash(git *), 'Bahs']\ndisallowedTools: Edit\nmodel: opus\ncolor: red\nhooks:\n"
    "  PreToolUse:\n    - matcher: Bash\n---\n# A\n\n<example>\nb 😀 $1\n</example>\n"
)


@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, len(WHOLE)),
    st.sampled_from(["", "\n", "[", '"', "\t- ", "&a *a"]),
)
def test_any_text_has_ordered_tokens_and_nested_selections(cut: int, offset: int, added: str) -> None:
    text = WHOLE[:cut] + added + WHOLE[max(cut, offset) :]
    document = agent(text)
    tokens = semantic_tokens(document)
    assert all(one.span.end <= other.span.start for one, other in pairwise(tokens))
    assert all("\n" not in covered(document, token.span) for token in tokens)
    at = min(offset, len(text))
    spans = selection_ranges(document, at)
    assert spans[-1] == (0, len(text))
    assert all(
        outer.start <= inner.start and inner.end <= outer.end and inner != outer
        for inner, outer in pairwise(spans)
    )
    inlay_hints(document, Span(0, len(text)), HINT_KINDS)
    linked_editing_ranges(document, at)
    for found in document_colors(document):
        assert covered(document, found.span) == "red"
