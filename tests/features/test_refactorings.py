"""Refactorings: what is offered where, what comes of it, and that every runtime reads the same."""

from __future__ import annotations

from agentls.features.refactorings.all_refactorings import REFACTORINGS
from agentls.features.refactorings.refactoring import Refactoring, Selection
from agentls.text.offsets import Span, apply_edits
from harness import CURSOR, FIXTURES, Case, MemoryWorld, parse_case

CLAUDE = "/p/.claude/agents/case.md"
COPILOT = "/p/.github/agents/case.agent.md"


def offered(text: str, path: str = CLAUDE, files: dict[str, str] | None = None) -> dict[str, Refactoring]:
    """The refactorings at the cursor of a text, or at the text between two of them, by their titles."""
    start = text.index(CURSOR)
    text = text.replace(CURSOR, "", 1)
    end = text.find(CURSOR)
    text = text.replace(CURSOR, "")
    case = Case("", {path: text, **(files or {})})
    document = case.document(path)
    world = MemoryWorld(document, tuple(case.files), case.index)
    diagnostics = case.diagnostics(path)
    selection = Selection(document, Span(start, end if end >= 0 else start), diagnostics, world)
    found = [refactoring for _, find in REFACTORINGS for refactoring in find(selection)]
    assert len({each.title for each in found}) == len(found)
    return {each.title: each for each in found}


def agent_with(lines: str, body: str = "You review code.\n") -> str:
    """An agent with these lines in its frontmatter."""
    return f"---\nname: case\ndescription: Reviews code. Use it after changes.\n{lines}---\n\n{body}"


def refactored(title: str, lines: str, path: str = CLAUDE) -> str | None:
    """The lines of `agent_with` after a refactoring; `None` if it is not offered."""
    text = agent_with(lines)
    found = offered(text, path).get(title)
    if found is None:
        return None
    after = apply_edits(text.replace(CURSOR, ""), found.edits)
    return after.partition("changes.\n")[2].partition("---\n")[0]


TEXT = "Convert `tools` to a comma-separated string"
FLOW = "Convert `tools` to a flow list"
BLOCK = "Convert `tools` to a block list"


def test_a_list_of_tools_has_three_styles() -> None:
    text = "tools: <|>Read, Bash(git *), mcp__a__b\n"
    flow = "tools: [Read, Bash(git *), mcp__a__b]\n"
    block = "tools:\n  - Read\n  - Bash(git *)\n  - mcp__a__b\n"
    assert refactored(FLOW, text) == flow
    assert refactored(BLOCK, text) == block
    assert refactored(TEXT, text) is None
    assert refactored(TEXT, flow.replace("Bash", "Ba<|>sh")) == text.replace(CURSOR, "")
    assert refactored(BLOCK, flow.replace("[", "[<|>")) == block
    assert refactored(FLOW, block.replace("- Read", "- Read<|>")) == flow
    assert refactored(TEXT, "<|>" + block) == text.replace(CURSOR, "")


def test_the_items_keep_their_quotes() -> None:
    assert refactored(BLOCK, "tools: ['Read', \"Bash\"<|>]\n") == "tools:\n  - 'Read'\n  - \"Bash\"\n"
    assert refactored(TEXT, "tools: ['Read', \"Bash\"<|>]\n") == "tools: Read, Bash\n"
    assert refactored(FLOW, "tools: Agent(a, b), Re<|>ad\n") == "tools: ['Agent(a, b)', Read]\n"


def test_a_comment_would_be_lost() -> None:
    for lines in ("tools: [Read, Bash<|>] # why\n", "tools:\n  - Read # why<|>\n  - Bash\n"):
        assert refactored(TEXT, lines) is refactored(BLOCK, lines) is refactored(FLOW, lines) is None


def test_no_style_that_a_runtime_reads_differently() -> None:
    # Gemini CLI rejects a file whose tools are not a list.
    body = "---\nname: case\ndescription: b\ntools: [read_file, <|>glob]\n---\nBody.\n"
    titles = offered(body, "/p/.gemini/agents/case.md")
    assert BLOCK in titles
    assert TEXT not in titles


def test_the_other_lines_offer_nothing_for_tools() -> None:
    assert refactored(FLOW, "tools: Read, Bash\n<|>model: opus\n") is None
    assert refactored(FLOW, "tools: 5<|>\n") is None
    assert refactored(FLOW, "tools: [Read, {a: <|>b}]\n") is None


def test_tools_are_sorted() -> None:
    assert (
        refactored("Sort `tools`", "tools: Write, <|>bash, Agent(b, a)\n")
        == "tools: Agent(b, a), bash, Write\n"
    )
    assert refactored("Sort `tools`", "tools: ['Write', Bash<|>]\n") == "tools: [Bash, 'Write']\n"
    before = "tools:\n  - Write # why\n  - Bash<|>\nmodel: opus\n"
    assert refactored("Sort `tools`", before) == "tools:\n  - Bash\n  - Write # why\nmodel: opus\n"
    assert refactored("Sort `tools`", "tools: Bash, <|>Write\n") is None
    assert refactored("Sort `tools`", "tools:\n  - Write\n  # these\n  - Bash<|>\n") is None
    assert refactored("Sort `disallowedTools`", "disallowedTools: Write, <|>Bash\n") is not None


ALL = "List all built-in tools in `tools`"


def test_all_tools_become_a_list() -> None:
    text = agent_with("model: opus\n").replace("name: case", "name: case<|>")
    found = offered(text)[ALL]
    after = apply_edits(text.replace(CURSOR, ""), found.edits)
    assert "changes.\ntools: Read, Bash, Edit, " in after
    assert "Task, " not in after, "a former name"
    denied = text.replace("model: opus", "disallowedTools: Bash")
    without = apply_edits(denied.replace(CURSOR, ""), offered(denied)[ALL].edits)
    assert "tools: Read, Edit, " in without


def test_all_tools_are_listed_as_the_format_lists_them() -> None:
    text = "---\nname: case<|>\ndescription: b c\n---\n\nYou review.\n"
    edits = offered(text, COPILOT)[ALL].edits
    assert "tools: [read, search, edit," in apply_edits(text.replace(CURSOR, ""), edits)
    text = "---\ndescription: b c\ntools: ['*'<|>]\n---\n\nYou review.\n"
    edits = offered(text, COPILOT)[ALL].edits
    assert "tools: [read, search, edit," in apply_edits(text.replace(CURSOR, ""), edits)


def test_no_list_where_there_is_one() -> None:
    assert ALL not in offered(agent_with("tools: Read\n").replace("name: case", "name: case<|>"))
    assert ALL not in offered(agent_with("<|>model: opus\n"))
    assert ALL not in offered("---\n<|>description: b\n---\n", "/p/.opencode/agents/case.md")


TO_BLOCK = "Convert `description` to a block scalar"
TO_LINE = "Convert `description` to a single line"


def described(value: str) -> str:
    """An agent with this description."""
    return f"---\nname: case\ndescription: {value}\nmodel: opus\n---\n\nYou review code.\n"


def test_a_description_becomes_a_block_scalar_and_a_line_again() -> None:
    long = " ".join(["Reviews code, and says what is wrong."] * 5)
    text = described(f"'{long}<|>'")
    block = apply_edits(text.replace(CURSOR, ""), offered(text)[TO_BLOCK].edits)
    assert max(map(len, block.splitlines())) <= 102
    back = block.replace("model", "model", 1).replace("Reviews", "Rev<|>iews", 1)
    assert apply_edits(block, offered(back)[TO_LINE].edits) == described(long)
    assert TO_LINE not in offered(text)
    lines = described('"One: two.\\n\\nThree<|> four."')
    after = apply_edits(lines.replace(CURSOR, ""), offered(lines)[TO_BLOCK].edits)
    assert after == described("|-\n  One: two.\n\n  Three four.")


def test_a_block_scalar_may_lose_its_final_line_break() -> None:
    text = described(">\n  Reviews code: all\n  of it.<|>")
    after = apply_edits(text.replace(CURSOR, ""), offered(text)[TO_LINE].edits)
    assert after == described("'Reviews code: all of it.'")


def test_texts_with_comments_anchors_or_one_word_stay() -> None:
    for value in (
        "a b<|> # why",
        "# why\n  a b<|>",
        "&x a b<|>",
        "word<|>",
        ">- # why\n  a b<|>",
        "|\n  a b\n  c<|>",
    ):
        assert TO_BLOCK not in offered(described(value))
        assert TO_LINE not in offered(described(value))


MOVE = "Move the examples into the body"


def test_examples_move_into_the_body() -> None:
    text = described(r'"Reviews code. Examples:\n<example>\nuser: a<|>\n</example>\n\n<example>b</example>"')
    after = apply_edits(text.replace(CURSOR, ""), offered(text)[MOVE].edits)
    examples = "<example>\nuser: a\n</example>\n\n<example>b</example>\n"
    assert after == described("Reviews code.") + f"\n## Examples\n\n{examples}"
    text = described("|\n  Reviews code.\n\n  <example>\n    a<|>\n  </example>\n  Not texts.")
    after = apply_edits(text.replace(CURSOR, ""), offered(text)[MOVE].edits)
    assert "description: |-\n  Reviews code.\n\n  Not texts.\nmodel" in after
    assert after.endswith("\n## Examples\n\n<example>\n  a\n</example>\n")


def test_unquoted_line_breaks_are_line_breaks_where_the_runtime_says_so() -> None:
    text = described(r"Reviews code.\n\n<example>\nuser: a<|></example>")
    after = apply_edits(text.replace(CURSOR, ""), offered(text)[MOVE].edits)
    assert after.endswith("## Examples\n\n<example>\nuser: a</example>\n")


def test_a_description_is_not_left_empty() -> None:
    assert MOVE not in offered(described("<example>a<|></example>"))
    assert MOVE not in offered(described("Reviews code<|>."))


LEAD = "---\nname: lead\ndescription: Leads the others. Use it for plans.\n{}---\n\n{}\n"
OTHER = {"/p/.claude/agents/other.md": LEAD.format("", "You write.").replace("lead", "other")}


def test_a_missing_agent_is_created() -> None:
    text = LEAD.format("tools: Agent(plann<|>er), Read\n", "You lead.")
    created = offered(text, CLAUDE, OTHER)["Create agent `planner`"]
    assert created.new_file
    assert created.new_file.path == "/p/.claude/agents/planner.md"
    assert created.new_file.text.startswith("---\nname: planner\n")
    assert [each.code for each in created.diagnostics] == ["unknown-agent"]
    assert created.edits == ()


def test_a_missing_agent_in_a_prompt_is_created() -> None:
    text = LEAD.format("", "Ask @agent-plan<|>ner.")
    assert offered(text, CLAUDE, OTHER)["Create agent `planner`"].new_file


def test_a_missing_skill_is_created() -> None:
    skill = {
        "/p/.claude/skills/notes/SKILL.md": "---\nname: notes\ndescription: How to take notes.\n---\n\nDo.\n"
    }
    text = LEAD.format("skills: [notes, hou<|>se-style]\n", "You lead.")
    created = offered(text, CLAUDE, skill)["Create skill `house-style`"].new_file
    assert created
    assert created.path == "/p/.claude/skills/house-style/SKILL.md"
    assert created.text.startswith("---\nname: house-style\n")


def test_nothing_is_created_that_exists_or_has_no_place() -> None:
    text = LEAD.format("tools: Agent(plann<|>er)\n", "You lead.")
    taken = {**OTHER, "/p/.claude/agents/planner.md": "# Notes\n"}
    assert not any(each.new_file for each in offered(text, CLAUDE, taken).values())
    assert not any(
        each.new_file for each in offered(text, "case.md", {"other.md": OTHER[min(OTHER)]}).values()
    )
    other = text.replace("plann", "../plann")
    assert not any(each.new_file for each in offered(other, CLAUDE, OTHER).values())


SECTIONS = "You lead.\n\n## Release <|>steps\n\nTag it.\n\n### Notes\n\nWrite them.\n\n## Rest\n\nRest.\n"
EXTRACT = "Extract into the skill `release-steps`"


def test_a_section_becomes_a_skill() -> None:
    text = LEAD.format("tools: Read, Skill\n", SECTIONS)
    found = offered(text)[EXTRACT]
    after = apply_edits(text.replace(CURSOR, ""), found.edits)
    assert "You lead.\n\n## Release steps\n\nUse the `release-steps` skill.\n\n## Rest\n" in after
    assert "tools: Read, Skill\n---" in after
    assert found.new_file
    assert found.new_file.path == "/p/.claude/skills/release-steps/SKILL.md"
    assert found.new_file.text.endswith("## Release steps\n\nTag it.\n\n### Notes\n\nWrite them.\n")


def test_a_selection_becomes_a_skill() -> None:
    body = SECTIONS.replace(CURSOR, "").replace("## Rel", "<|>## Rel").replace("Tag it.\n", "Tag it.<|>\n")
    text = LEAD.format("", body)
    after = apply_edits(text.replace(CURSOR, ""), offered(text)[EXTRACT].edits)
    assert "## Release steps\n\nUse the `release-steps` skill.\n\n### Notes" in after


def test_a_skill_is_preloaded_by_an_agent_that_cannot_start_it() -> None:
    for lines, expected in (
        ("tools: Read\n", "tools: Read\nskills: [release-steps]\n"),
        ("tools: Read\nskills: [a]\n", "tools: Read\nskills: [a, release-steps]\n"),
        ("skills: a, b\ntools: Read\n", "skills: a, b, release-steps\ntools: Read\n"),
        ("skills:\n  - a\ntools: Read\n", "skills:\n  - a\n  - release-steps\ntools: Read\n"),
    ):
        text = LEAD.format(lines, SECTIONS)
        after = apply_edits(text.replace(CURSOR, ""), offered(text)[EXTRACT].edits)
        assert f"plans.\n{expected}---\n" in after


def test_a_skill_is_created_where_the_runtime_reads_skills() -> None:
    text = "---\ndescription: Leads the others.\n---\n\n" + SECTIONS
    for path, folder in (
        (COPILOT, "/p/.github/skills"),
        ("/p/.opencode/agents/case.md", "/p/.opencode/skills"),
        ("/p/.claude/commands/case.md", "/p/.claude/skills"),
    ):
        file = offered(text, path)[EXTRACT].new_file
        assert file
        assert file.path == f"{folder}/release-steps/SKILL.md"
    for path in ("/p/.cursor/agents/case.md", "/p/.claude/skills/case/SKILL.md", "case.md"):
        assert EXTRACT not in offered(text, path)


def test_nothing_is_extracted_without_a_heading_or_over_another_file() -> None:
    assert EXTRACT not in offered(LEAD.format("", SECTIONS.replace(CURSOR, "").replace("Tag", "Ta<|>g")))
    taken = {"/p/.claude/skills/release-steps/SKILL.md": "---\ndescription: Taken.\n---\n\nTaken.\n"}
    assert EXTRACT not in offered(LEAD.format("", SECTIONS), CLAUDE, taken)


def test_what_depends_on_its_file_is_not_extracted() -> None:
    for text in ("See [the notes](../notes.md).", "Fix $ARGUMENTS.", "Run !`ls`."):
        body = SECTIONS.replace("Tag it.", text)
        assert EXTRACT not in offered(LEAD.format("", body), "/p/.claude/commands/case.md")


def test_refactorings_accept_any_text_and_can_be_applied() -> None:
    made = 0
    for file in sorted(FIXTURES.rglob("*.md")):
        case = parse_case(file.read_text("utf-8"))
        for path, text in case.files.items():
            if not path.endswith((".md", ".mdc")):
                continue
            document = case.document(path)
            world = MemoryWorld(document, tuple(case.files))
            for offset in range(0, len(text) + 1, max(1, len(text) // 6)):
                for end in (offset, min(len(text), offset + 40)):
                    for _, find in REFACTORINGS:
                        for found in find(Selection(document, Span(offset, end), [], world)):
                            assert found.new_file or document.with_edits(found.edits).text != text
                            made += 1
    assert made > 1000


def test_an_agent_is_converted_to_other_formats() -> None:
    text = agent_with("tools: Read, Grep, Glob\nhooks: {}\n").replace("---", "---<|>", 1)
    found = offered(text)
    assert "Convert to Claude Code" not in found
    assert not any("Cursor" in title for title in found)  # It cannot limit the tools.
    created = found["Convert to GitHub Copilot (loses `hooks`)"].new_file
    assert created
    assert created.path == "/p/.github/agents/case.agent.md"
    assert "tools: [read, search]\n" in created.text


def test_a_conversion_replaces_no_file_and_is_offered_at_the_name_only() -> None:
    text = agent_with("").replace("name: case", "name: ca<|>se")
    assert "Convert to GitHub Copilot" in offered(text)
    assert "Convert to GitHub Copilot" not in offered(text, files={COPILOT: "Notes\n"})
    assert not any("Copilot" in title for title in offered(agent_with("model: <|>inherit\n")))
    assert not any("Copilot" in title for title in offered(text, "/p/.claude/commands/case.md"))
