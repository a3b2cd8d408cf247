"""Frontmatter that is invalid YAML and is read line by line."""

from __future__ import annotations

from typing import Any

import pytest

from agentls.readers.reading import Reading
from harness import agent, covered


def read(*lines: str, end: str = "\n", path: str = ".qwen/agents/case.md") -> Reading:
    """Return the reading of these lines between fences."""
    text = "\n".join(("---", *lines, "---", "", "You review the code.", ""))
    return agent(text.replace("\n", end), path).reading


def values(*lines: str, end: str = "\n") -> dict[str, Any]:
    """Return the frontmatter that results from the lines, after one that is invalid YAML."""
    reading = read("name: a: b", *lines, end=end)
    assert reading.status != "clean"
    assert reading.root is not None
    return {key: value for key, value in reading.root.value.items() if key != "name"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["k: v"], {"k": "v"}),
        (["k:v"], {"k": "v"}),
        (["k: a: b"], {"k": "a: b"}),
        (["k: a # b"], {"k": "a # b"}),
        (["# k: v"], {}),
        (["  k: v"], {"k": "v"}),
        (["k: 'v'"], {"k": "'v'"}),
        (['k: "v"'], {"k": "v"}),
        (['k: "a \\" b \\\\ c"'], {"k": 'a " b \\ c'}),
        (['k: "v'], {"k": '"v'}),
        (["k: [a, b]"], {"k": "[a, b]"}),
        (
            ["k: 5", "l: 0.5", "m: true", "n: null", "o: yes"],
            {"k": 5, "l": 0.5, "m": True, "n": None, "o": "yes"},
        ),
        (["k: one", "  two"], {"k": "one"}),
        (["k: one", "two"], {"k": "one"}),
        (["k: one", "  two: three"], {"k": "one", "two": "three"}),
        (["k: |", "  one"], {"k": "|"}),
        (["k: one", "k: two"], {"k": "two"}),
        (["k:", "  - a", "  - b"], {"k": ["a", "b"]}),
        (["k:", "", "  # of", "  - a: b"], {"k": ["a: b"]}),
        (["k:", "- a"], {}),
        (["k:", "\t- a"], {}),
        (["k:", "l: v", "  - a"], {"k": ["a"], "l": "v"}),
        (["k:", "  a: 1", "  b", "l: v"], {"k": {"a": 1, "b": ""}, "l": "v"}),
        (["k:", "  a: 1", "  - x", "  b: 2"], {"k": {"a": 1, "b": 2}}),
        (["  - a", "k: v"], {"": ["a"], "k": "v"}),
        (["k:"], {}),
    ],
)
def test_entries_of_lines(lines: list[str], expected: dict[str, Any], end: str) -> None:
    assert values(*lines, end=end) == expected


@pytest.mark.parametrize(
    ("lines", "how", "description"),
    [
        (["name: a1", "description: b"], "clean", "b"),
        (["name: a1", "description: >-", "  b: c", "  d"], "clean", "b: c d"),
        (["name: a1", "description: b: c"], "repaired", "b: c"),
        (["name: a1", "description: b", "description: c"], "repaired", "c"),
        (["name:a1", "description:b"], "repaired", "b"),
        (["name: a1", "description: 42"], "clean", "42"),
        (["- name: a1", "  description: b"], "dropped", "b"),
        (["some text"], "dropped", None),
        (["# nothing"], "dropped", None),
        (["name: a1", "description:"], "dropped", None),
    ],
)
def test_valid_yaml_is_not_read_by_lines(lines: list[str], how: str, description: str | None) -> None:
    reading = read(*lines)
    assert (reading.status, reading.description) == (how, description)


def test_ignored_lines_are_known() -> None:
    lines = ("name: a1", "description: b: c", "  d", "tools:", "- x", "hooks:", "  e: 1", "  - y", "z")
    text = "\n".join(("---", *lines, "---", "", "You review the code.", ""))
    document = agent(text, ".qwen/agents/case.md")
    assert [covered(document, span) for span in document.reading.ignored_lines] == ["d", "- x", "- y", "z"]


def test_spans_are_those_of_the_document() -> None:
    document = agent('---\nname: a: b\ntools:\n  - "x"\n  -  y \n---\n', ".factory/droids/case.md")
    assert document.reading.root is not None
    assert [
        (covered(document, entry.key.span), covered(document, entry.value.span))
        for entry in document.reading.root.entries
    ] == [("name", "a: b"), ("tools", '"x"\n  -  y')]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("# Notes\n", "clean"),
        ("---\nname: a\ndescription: b\n---", "clean"),
        ("---\nname: a\ndescription: b\n--- \n", "clean"),
        ("---\nname: a\ndescription: b\n---glued\n", "clean"),
        ("--- \nname: a\ndescription: b\n---\n", "damaged"),
        ("\n---\nname: a\ndescription: b\n---\n", "damaged"),
        ("\ufeff---\nname: a\ndescription: b\n---\n", "damaged"),
        ("---\nname: a\ndescription: b\n", "damaged"),
        ("---\nname: a\nmodel: 5\n---\n", "damaged"),
        ("---\nname: a\ntools:\n---\n", "damaged"),
    ],
)
def test_a_droid_always_loads(text: str, how: str) -> None:
    reading = agent(text, ".factory/droids/case.md").reading
    assert (reading.loads, reading.status) == (True, how)
