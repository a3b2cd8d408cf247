"""Keys whose values are mappings: completion and hover of their fields and values."""

from __future__ import annotations

import pytest

from agentls.dialects import value_schema
from agentls.dialects.records import Key, Value
from agentls.features.completion import complete, item_documentation
from agentls.features.hover import hover
from agentls.linter.reason_wording import describe_mismatch
from harness import agent, at_cursor

PATH = ".gemini/agents/case.md"
HEAD = "---\nname: a\ndescription: b\n"


def items_at(lines: str) -> list[tuple[str, str]]:
    """Labels and texts of the items at the cursor in these lines of a frontmatter."""
    text, offset = at_cursor(f"{HEAD}{lines}\n---\nBody.\n")
    return [(c.label, c.edit.new_text) for c in complete(agent(text, PATH), offset, snippets=True).items]


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        ("kind: <|>", ("local", "local")),
        ("mcp_servers:\n  docs:\n    <|>", ("command", "command: $1")),
        ("mcp_servers:\n  docs:\n    command: x\n    <|>", ("args", "args: [$1]")),
        ("mcp_servers:\n  docs:\n    type: <|>", ("sse", "sse")),
        ("mcp_servers:\n  docs:\n    trust: <|>", ("true", "true")),
        ("mcp_servers: {docs: {<|>}}", ("command", "command: $1")),
        ("kind: remote\nauth:\n  <|>", ("type", "type: $1")),
        ("kind: remote\n<|>", ("display_name", "display_name: $1")),
    ],
)
def test_fields_and_values_are_items(lines: str, first: tuple[str, str]) -> None:
    assert items_at(lines)[0] == first


@pytest.mark.parametrize("lines", ["mcp_servers:\n  <|>", "mcp_servers:\n  docs: <|>", "auth:\n  key: <|>"])
def test_free_text_has_no_items(lines: str) -> None:
    assert items_at(lines) == []


def test_a_variant_has_keys_of_its_own() -> None:
    labels = [label for label, _ in items_at("kind: remote\n<|>")]
    assert "agent_card_url" in labels
    assert "tools" not in labels


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("type", "**`type`** (field of `mcp_servers`)"),
        ("sse", "**`sse`** (value of `mcp_servers.type`)"),
        ("docs", "**`mcp_servers`** (key)"),
    ],
)
def test_fields_and_values_are_explained(word: str, said: str) -> None:
    document = agent(f"{HEAD}mcp_servers:\n  docs:\n    type: sse\n---\nBody.\n", PATH)
    found = hover(document, document.text.index(word))
    assert found is not None
    assert found.markdown.startswith(said)


def test_each_field_item_has_documentation() -> None:
    document = agent("", PATH)
    page = item_documentation(document.dialect, "field", "command", "mcp_servers")
    assert page.startswith("**`command`** (field of `mcp_servers`)")


def test_keys_that_yaml_would_misread_come_in_quotes() -> None:
    text, offset = at_cursor("---\npermission:\n  <|>\n---\nBody.\n")
    document = agent(text, ".opencode/agents/case.md")
    offers = {c.label: c.edit.new_text for c in complete(document, offset, snippets=True).items}
    assert offers["*"] == '"*": $1'
    assert offers["edit"] == "edit: $1"


def test_tools_that_another_tool_controls_are_not_items() -> None:
    text, offset = at_cursor("---\ntools:\n  <|>\n---\nBody.\n")
    document = agent(text, ".opencode/agents/case.md")
    labels = [c.label for c in complete(document, offset, snippets=True).items]
    assert "edit" in labels
    assert not {"write", "apply_patch"} & set(labels)


ACTION = Key(
    "permission",
    "any",
    "",
    "s",
    values=(Value("ask", "", "s"), Value("deny", "", "s")),
    shape="words | map of (words | map of words)",
    fields=(Key("webfetch", "any", "", "s", shape="words", values=(Value("ask", "", "s"),)),),
)


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        ("permission: ask", []),
        ("permission: maybe", ["`permission` must be `ask` or `deny` or a mapping, not `maybe`"]),
        ("permission: [ask]", ["`permission` must be `ask` or `deny` or a mapping, not a list"]),
        ("permission: {bash: {'git *': ask}}", []),
        (
            "permission: {bash: {'git *': yes}}",
            ["`permission.bash.git *` must be `ask` or `deny`, not `yes`"],
        ),
        ("permission: {webfetch: {'*': ask}}", ["`permission.webfetch` must be `ask`, not a mapping"]),
        ("permission: {webfetch: deny}", ["`permission.webfetch` must be `ask`, not `deny`"]),
    ],
)
def test_a_schema_reports_where_a_value_differs(lines: str, messages: list[str]) -> None:
    entry = agent(f"---\n{lines}\n---\n").entry("permission")
    assert entry is not None
    assert [
        describe_mismatch(each) for each in value_schema.find_mismatches(ACTION, entry.value, "any")
    ] == messages


@pytest.mark.parametrize("text", ["texts", "list of", "(text", "text | ", "map text", ""])
def test_an_invalid_schema_is_reported(text: str) -> None:
    with pytest.raises(ValueError, match=r"shape|parenthesis"):
        value_schema.parse_schema(text)
