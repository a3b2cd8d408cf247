"""How OpenCode and Kilo read frontmatter: as YAML, after one repair, or else as part of the prompt."""

from __future__ import annotations

import pytest

from agentls.readers.reading import Reading
from harness import agent, covered


def read(text: str, path: str = ".opencode/agents/case.md") -> Reading:
    return agent(text, path).reading


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("lines", "how", "seen"),
    [
        ("description: Reviews code", "clean", "Reviews code"),
        ("description: Use it: now", "repaired", "Use it: now"),
        ("description  :   Use it: now  ", "repaired", "Use it: now"),
        ("description: one: 1\n  two", "repaired", "one: 1\ntwo"),
        ("description: Use it # now: soon", "clean", "Use it"),
        ("mode: all: none\ndescription: http://x", "dropped", "http://x"),
        ("description: '@x': y", "damaged", None),
        ("description: '@x: y", "damaged", None),
        ("description: @x", "damaged", None),
        ("description: @x: y", "repaired", "@x: y"),
        ("description: {x}: y", "repaired", "{x}: y"),
        ("description: a\n  b: c", "damaged", None),
        ("de-scription: a: b", "damaged", None),
        ("description: a\ndescription: b", "damaged", None),
        ("description: a: b\nname: '", "damaged", None),
        ("description: |\n  a: b", "clean", "a: b\n"),
        ("description:a", "damaged", None),
        ("description: !x y", "damaged", None),
        ("description: !x: y", "repaired", "!x: y"),
        ("description: !!str y", "clean", "y"),
        ("# nothing", "clean", None),
    ],
)
def test_a_value_with_a_colon_becomes_text(lines: str, how: str, seen: str | None, end: str) -> None:
    reading = read(f"---\n{lines}\n---\nBody.\n".replace("\n", end))
    assert (reading.status, reading.description) == (how, seen)


@pytest.mark.parametrize(
    ("text", "how", "body"),
    [
        ("---\nmode: all\n---\nBody.", "clean", "\nBody."),
        ("\ufeff---\nmode: all\n---\nBody.", "clean", "\nBody."),
        ("--- \nmode: all\n---Body.", "clean", "Body."),
        ("---yaml\nmode: all\n----", "clean", "-"),
        ("---\n---\nBody.", "clean", "\nBody."),
        ("---\nmode: all\n", "clean", ""),
        ("---\nmode: all\n\nBody.", "damaged", "---\nmode: all\n\nBody."),
        ("---\ndescription: a: b\n", "damaged", "---\ndescription: a: b\n"),
        ("---\nmode: '\n---\nBody.", "damaged", "---\nmode: '\n---\nBody."),
        ("\n---\nmode: all\n---\nBody.", "damaged", "\n---\nmode: all\n---\nBody."),
        ("----\nmode: all\n----\nBody.", "damaged", "----\nmode: all\n----\nBody."),
        ("# Title\n", "clean", "# Title\n"),
        ("", "clean", ""),
    ],
)
def test_where_the_prompt_starts(text: str, how: str, body: str) -> None:
    reading = read(text)
    assert (reading.status, text[reading.body_start :]) == (how, body)


def test_spans_after_the_repair_are_those_of_the_document() -> None:
    document = agent("---\ndescription:   Use it: now\nmode: all\n---\nBody.\n", ".opencode/agents/case.md")
    assert [covered(document, span) for span in document.reading.repaired_values] == ["Use it: now"]
    assert [covered(document, entry.value.span) for entry in document.root.entries] == ["Use it: now", "all"]


def test_a_tab_does_not_indent() -> None:
    reading = read("---\npermission:\n\tbash: deny\nmode: all\n---\nBody.\n")
    assert reading.root is not None
    assert reading.root.value == {"permission": None, "bash": "deny", "mode": "all"}
    document = agent("---\ntools:\n\t- read\n---\n", ".opencode/agents/case.md")
    assert [covered(document, reason.span) for reason in document.reading.reasons] == ["- read"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".opencode/agents/case.md", "case"),
        (".opencode/agent/team/case.md", "team/case"),
        ("home/.config/opencode/agents/a/b/case.md", "a/b/case"),
        (".opencode/modes/case.md", "case"),
        (".kilo/agents/case.md", "case"),
    ],
)
def test_the_name_is_the_path_below_the_place(path: str, name: str) -> None:
    assert read("---\nmode: all\n---\n", path).name == name


def test_modes_are_not_read_in_folders() -> None:
    assert agent("---\nmode: all\n---\n", ".opencode/modes/sub/case.md").dialect.name == "claude-code"
