"""What edits cost the runtimes that read a file, and how often the file is read to find out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from agentls.config import Config
from agentls.document import edit_safety, locate
from agentls.document.document import Document, Reader
from agentls.document.edit_safety import MAX_TRIED_TEXT, Trials, find_cost
from agentls.document.edits import remove_entry
from agentls.linter.check import check
from agentls.linter.fixing import MAX_ROUNDS, MAX_TRIED_TO_FIX, fix_all, judge_fixes
from agentls.linter.shared import corrections
from agentls.project.world import NoDisk
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.yaml_tree import Entry, Mapping
from harness import FIXTURES, agent, parse_case


def agent_with(entry: str) -> Document:
    """An agent with one more entry."""
    return agent(f"---\nname: a\ndescription: b\n{entry}\n---\n\nBody.\n")


def keeps_loading(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Whether all runtimes still load the file after edits."""
    return find_cost(document, edits, Trials(document), may_be_nothing=False) == "something"


def test_edits_keep_loading_unless_the_agent_does_not_load_or_has_no_tools() -> None:
    document = agent_with("tools: Read")
    value = Span(document.text.index("Read"), document.text.index("Read") + 4)
    assert keeps_loading(document, (Edit(value, "Grep"),))
    assert not keeps_loading(document, (Edit(value, "Grpe"),))
    assert not keeps_loading(document, (Edit(value, '"Read'),))
    assert keeps_loading(agent_with("tools: Reed"), (Edit(value, "Grpe"),))


WORDS = (
    "",
    "Read",
    "no",
    "None",
    "a b",
    "x: y",
    " #",
    "*",
    "- ",
    "--",
    "Bash(git *)",
    ", Grep",
    "5",
    "[",
    '"',
    "opus",
)


def test_words_that_change_no_other_node_are_not_read_again() -> None:
    """What is concluded of words without reading them is what reading them tells, for edits anywhere in the values of
    all fixtures."""
    choose, certain = random.Random(4), 0
    for path in sorted(FIXTURES.rglob("*.md")):
        for name, text in parse_case(path.read_text("utf-8")).files.items():
            document = agent(text, name)
            for entry in document.root.entries:
                start = choose.randint(*entry.value.span)
                end = choose.choice(
                    (start, entry.value.span.end, choose.randint(start, entry.value.span.end))
                )
                for word in choose.sample(WORDS, 4):
                    edits = (Edit(Span(start, end), word),)
                    changed = edit_safety._entry_with_new_words(document, edits)
                    if changed is None:
                        continue
                    certain += 1
                    old, new = changed
                    after = document.with_edits(edits)
                    values = [new.text if each is old else each.value.value for each in document.root.entries]
                    assert [each.value.value for each in after.root.entries] == values, (text, edits)
                    expected = edit_safety._keeps_loading(document, after)
                    assert keeps_loading(document, edits) == expected, (text, edits)
    assert certain > 100


def test_the_removal_of_an_ignored_entry_is_not_read_again() -> None:
    """What is concluded of the removal is what reading the file tells, for an entry anywhere in all fixtures."""
    certain = 0
    for path in sorted(FIXTURES.rglob("*.md")):
        for name, text in parse_case(path.read_text("utf-8")).files.items():
            for entry in agent(text, name).root.entries[:4]:
                start = entry.key.span.start
                document = agent(f"{text[:start]}unheard-of: words\n{text[start:]}", name)
                for added in document.root.entries:
                    edits = (remove_entry(document, document.root, added),)
                    if edit_safety._removes_ignored_entry(document, edits):
                        certain += 1
                        after = document.with_edits(edits)
                        values = [each.value.value for each in document.root.entries if each is not added]
                        assert [each.value.value for each in after.root.entries] == values, (text, edits)
                        assert edit_safety._keeps_loading(document, after), (text, edits)
    assert certain > 100


def counted_readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on, one for each reader."""
    texts: list[str] = []
    read = Document._read

    def counting(document: Document, reader: Reader) -> Reading:
        texts.append(document.text)
        return read(document, reader)

    monkeypatch.setattr(Document, "_read", counting)
    return texts


@pytest.mark.parametrize("count", [200, 400, 800])
@pytest.mark.parametrize(
    "entry", ["tools: [{}Read]", "disallowedTools: {}Read"], ids=["many rejected together", "a string"]
)
def test_many_faults_are_not_read_again_for_each(
    entry: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All trials together read as many characters as the budgets allow, whatever the number of faults."""
    document = agent_with(entry.format("Read, Raed, Grpe, " * count))
    assert document.frontmatter is not None
    length = document.frontmatter.content.end - document.frontmatter.content.start
    readers = len(document.readings) + len(document.other_readings)
    found = check(document, Config(), NoDisk())
    texts = counted_readings(monkeypatch)
    judge_fixes(document, found)
    assert len(texts) <= readers * (MAX_TRIED_TEXT // length)
    texts.clear()
    fix_all(document, found, Config(), NoDisk(), unsafe=True)
    assert len(texts) <= 2 * readers * len(set(texts)), "a text is tried, and then checked"
    assert len(set(texts)) <= MAX_TRIED_TO_FIX // length + MAX_ROUNDS


def test_without_trials_nothing_is_said_of_edits() -> None:
    document = agent_with("tools: Read")
    value = Span(document.text.index("Read"), document.text.index("Read") + 4)
    none_left = Trials(document, tried_text=0)
    assert find_cost(document, (Edit(value, "Grep"),), none_left) == "unknown"
    assert find_cost(document, (Edit(value, "Grep"),), Trials(document)) == "something"


MANY_TRIED = {
    "lost_lines": (".qwen/agents/case.md", "{}", lambda n: " " * (n * 7 % 5) + f"key{n}: value"),
    "repaired_yaml": (".opencode/agents/case.md", "{}", lambda n: f"key{n}: one: two"),
    "invalid_value": (".github/agents/case.agent.md", "hooks: {{\n{}\n  }}", lambda n: f"  a{n}: b,"),
}
"""The rules that try fixes themselves: the path and the frontmatter of a file with many findings."""


@pytest.mark.parametrize("rule", MANY_TRIED)
@pytest.mark.parametrize("count", [150, 300])
def test_rules_read_a_file_again_as_often_as_its_trials_allow(
    rule: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, frame, line = MANY_TRIED[rule]
    document = agent(
        f"---\nname: a\ndescription: b\n{frame.format(chr(10).join(map(line, range(count))))}\n---\n\nBody.\n",
        path,
    )
    length = document.text.index("\n---\n\n")
    texts = counted_readings(monkeypatch)
    found = check(document, Config(), NoDisk())
    assert sum(each.code == rule.replace("_", "-") for each in found) > 20
    several = 4  # A few are tried without a limit, once for all findings.
    assert len(set(texts)) <= MAX_TRIED_TEXT // length + several


@pytest.mark.parametrize("count", [500, 1_000])
def test_the_place_of_a_rejected_value_is_only_looked_for_while_a_correction_can_be_tried(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look goes through the whole tree."""
    looks: list[Span] = []
    find = corrections._paths

    def counting(mapping: Mapping, span: Span) -> Iterator[tuple[Entry, ...]]:
        looks.append(span)
        return find(mapping, span)

    monkeypatch.setattr(corrections, "_paths", counting)
    hooks = "".join(f"a{number}: b, " for number in range(count))
    text = f"---\nname: a\ndescription: b\nhooks: {{{hooks}c: d}}\n---\n\nYou review code.\n"
    document = locate.make_document("/p/.github/agents/a.agent.md", text, Config(), None, "copilot")
    assert document is not None
    assert any(each.status == "dropped" for each in document.readings)
    check(document, Config(), NoDisk())
    assert 0 < len(looks) <= 3 * 2 * MAX_TRIED_TEXT // len(text)
