"""Every completion item of every dialect passes the checks of that dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.features import completion_items
from agentls.features.completion import complete, item_documentation
from agentls.features.completion_edit import CompletionEdit
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.text.offsets import apply_edits

FORMS = (
    "{}: <|>", "{}: '<|>'", "{}: [<|>]", "{}:\n  <|>", "{}:\n  - <|>", "{}: {{<|>}}", "{}:\n  - x:\n      <|>"
)  # fmt: skip
"""Ways to begin the value of a key."""

TYPED = ("word", "60", "https://example.org", "{}", "[]", "'{}'")
"""What is typed where nothing is offered: one of them has to do."""

INCOMPLETE = {"missing-hook-field", "broken-hooks", "invalid-hook-entry", "missing-tool", "missing-key"}
"""Codes for what is still to be written, around what was offered."""

ELSEWHERE = re.compile(r" is missing|, not an empty value")
"""Words for what is not about an entry that was offered: a field that a value asks for, and a value
that is looked for behind its key only, where it was begun below."""

OTHERS = {"unknown-key", "overruled-permission"}
"""Codes for what does not go with what was offered."""

_TAB_STOP = re.compile(r"\$(?:\d+|\{\d+(?::[^}]*)?\})")

WITH_SKELETON = [
    name for name in loader.DIALECT_NAMES if loader.load_dialect(name).new_file_snippet.startswith("---")
]


def path_in_place(dialect: Dialect) -> str:
    """A path that belongs to the dialect."""
    home = next((place for place in dialect.places if place.scope == "project"), None)
    if home is None:
        return "case.md"
    name = f"my-{dialect.noun}"
    file = home.files.replace("*", name)
    own_folder = name if home.on_demand or "*" not in home.files else ""
    return "/".join(filter(None, (home.folder, own_folder, file)))


def open_case(dialect: Dialect, text: str) -> Document:
    document = make_document(path_in_place(dialect), text, Config(), None, dialect.name)
    assert document is not None
    assert document.dialect.name == dialect.name
    return document


def problems(dialect: Dialect, text: str) -> list[str]:
    """The errors and warnings about a text."""
    found = check.check(open_case(dialect, text), Config(), NoDisk())
    worst = [d for d in found if d.severity <= Severity.WARNING and d.code not in INCOMPLETE | OTHERS]
    return [f"{d.code}: {d.message}" for d in worst if not ELSEWHERE.search(d.message)]


def items_between(dialect: Dialect, before: str, after: str) -> list[CompletionEdit]:
    return complete(open_case(dialect, before + after), len(before), snippets=True).items


def fill_tab_stops(dialect: Dialect, text: str, depth: int = 2) -> Iterator[str]:
    """`text` with its tab stops filled in: with what they suggest, each thing that is offered at the
    first one, and otherwise something that may be typed."""
    hole = _TAB_STOP.search(text)
    if hole is None:
        yield text
        return
    before, after = text[: hole.start()], text[hole.end() :]
    suggested = completion_items.snippet_text(hole[0])
    items = items_between(dialect, before, completion_items.snippet_text(after)) if not suggested else []
    if suggested:
        yield from fill_tab_stops(dialect, before + suggested + after, depth)
    elif items and depth:
        for item in items:
            if item.edit.span.start < len(before) and item.edit.span.end > len(before):
                continue
            written = text[: item.edit.span.start] + item.edit.new_text + after
            yield from fill_tab_stops(dialect, written, 0)
    elif items:
        yield from fill_tab_stops(dialect, before + items[0].label + after, depth)
    else:
        tried = [next(fill_tab_stops(dialect, before + word + after, 0)) for word in TYPED]
        yield min(tried, key=lambda text: len(problems(dialect, text)))


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_a_skeleton_has_no_diagnostics(name: str) -> None:
    dialect = loader.load_dialect(name)
    skeleton = completion_items.snippet_text(dialect.new_file_snippet)
    found = check.check(open_case(dialect, skeleton), Config(), NoDisk())
    assert [(d.code, d.message) for d in found] == []


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_each_dialect_has_a_skeleton_item_for_an_empty_file(name: str) -> None:
    dialect = loader.load_dialect(name)
    (item,) = (item for item in items_between(dialect, "", "") if item.kind == "skeleton")
    assert item.edit.new_text == dialect.new_file_snippet.removesuffix("\n")


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_a_skeleton_has_no_variable_of_the_editor(name: str) -> None:
    text = re.sub(r"\\.", "", loader.load_dialect(name).new_file_snippet)
    assert re.findall(r"\$(?!\d|\{\d)\S+", text) == []


@pytest.mark.parametrize("name", WITH_SKELETON)
def test_items_pass_the_checks(name: str) -> None:
    dialect = loader.load_dialect(name)
    skeleton = completion_items.snippet_text(dialect.new_file_snippet)
    head, fence, body = skeleton.partition("\n---\n")
    present = {entry.key.text: entry.span for entry in open_case(dialect, skeleton).root.entries}
    keys = [item.label for item in items_between(dialect, head + "\n", fence + body) if item.kind == "key"]
    wrong = []
    for key in ["", *keys, *present]:
        kept = without_key(head, key) if key in present else head
        for form in FORMS if key else ("<|>",):
            start, end = form.format(completion_items.key_text(key)).split("<|>")
            before, after = f"{kept}\n{start}", f"{end}{fence}{body}"
            for item in items_between(dialect, before, after):
                assert item_documentation(dialect, item.kind, item.label, item.parent), item
                assert item.detail
                assert "\n" not in item.detail
                for text in fill_tab_stops(
                    dialect, apply_edits(before + after, [item.edit, *item.additional_edits])
                ):
                    wrong += [f"{fault} <- {text}" for fault in problems(dialect, text)]
    assert wrong == []


def without_key(head: str, key: str) -> str:
    """The lines of a frontmatter but for those of a key."""
    lines = re.split(r"\n(?=\S)", head)
    return "\n".join(line for line in lines if not line.startswith(f"{completion_items.key_text(key)}:"))


@pytest.mark.parametrize(
    ("name", "lines", "label", "result"),
    [
        ("copilot", "hooks:\n  <|>", "Stop", "hooks:\n  Stop:\n    - type: command\n      command: "),
        (
            "copilot",
            "hooks:\n  Stop:\n    - <|>",
            "bash",
            "hooks:\n  Stop:\n    - bash: \n      type: command",
        ),
        (
            "copilot",
            "github:\n  permissions:\n    issues: <|>",
            "read",
            "github:\n  permissions:\n    issues: read",
        ),
        ("copilot", "handoffs:\n  - <|>", "label", "handoffs:\n  - label: \n    agent: \n    prompt: "),
        ("gemini-cli", "tools: <|>", "glob", "tools: [glob]"),
        ("gemini-cli", "tools:\n  <|>", "glob", "tools:\n  - glob"),
        ("kiro", "tools: [read, <|>]", "@mcp", 'tools: [read, "@mcp"]'),
        ("opencode", "tools: {<|>}", "bash", "tools: {bash: true}"),
    ],
)
def test_the_text_of_an_item(name: str, lines: str, label: str, result: str) -> None:
    before, after = f"---\ndescription: x\n{lines}\n---\n\nYou.\n".split("<|>")
    (item,) = (
        item for item in items_between(loader.load_dialect(name), before, after) if item.label == label
    )
    written = completion_items.snippet_text(apply_edits(before + after, [item.edit]))
    assert written == f"---\ndescription: x\n{result}\n---\n\nYou.\n"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("opencode", "model: [<|>]"),
        ("opencode", "hidden: '<|>'"),
        ("pi", "tools: [<|>]"),
        ("gemini-cli", "tools: 'glob, <|>'"),
        ("claude-code", "permissionMode:\n  - <|>"),
    ],
)
def test_no_item_has_a_diagnostic(name: str, lines: str) -> None:
    before, after = f"---\ndescription: x\n{lines}\n---\n\nYou.\n".split("<|>")
    assert items_between(loader.load_dialect(name), before, after) == []
