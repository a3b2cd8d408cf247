"""Every feature accepts some prefixes of every fixture, and its time is linear in the length of the text."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest

from agentls.config import Config
from agentls.document import locate
from agentls.document.plugins import Plugin
from agentls.features import formatting
from agentls.linter import check
from agentls.reports import inspection
from benchmarks import hostile
from fuzzing.everything import OTHER_PLACES, NoFiles, around, through_everything
from harness import FIXTURES, Case, parse_case

CASES = [
    (case, name)
    for path in sorted(FIXTURES.rglob("*.md"))
    for case in [parse_case(path.read_text("utf-8"))]
    for name in case.files
    if name.endswith((".md", ".mdc"))
]

PIECES = 4
"""The number of pieces of each file that are tested: a sample that is the same in each run. All would take hours."""


def pieces(text: str) -> Iterator[str]:
    """Yield some prefixes of `text`: in turn unchanged, with a random part removed, and with CRLF line ends."""
    generator = random.Random(len(text))
    for at, end in enumerate(sorted(generator.sample(range(len(text) + 1), min(len(text) + 1, PIECES)))):
        prefix = text[:end]
        cut = sorted((generator.randint(0, end), generator.randint(0, end)))
        yield (prefix, prefix[: cut[0]] + prefix[cut[1] :], prefix.replace("\n", "\r\n"))[at % 3]


def test_features_accept_any_text(caplog: pytest.LogCaptureFixture) -> None:
    for case, name in CASES:
        for piece in pieces(case.files[name]):
            changed = Case(case.prose, {**case.files, name: piece})
            document = changed.document(name)
            through_everything(document, len(piece) if len(piece) % 2 else len(piece) // 2)
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("path", OTHER_PLACES)
def test_features_accept_any_text_in_other_places(path: str, caplog: pytest.LogCaptureFixture) -> None:
    plugin = Plugin("/p", "kit")
    for case, name in CASES[OTHER_PLACES.index(path) :: len(OTHER_PLACES)]:
        for piece in pieces(case.files[name]):
            document = locate.make_document(path, piece, Config(), plugin)
            assert document is not None
            through_everything(document, len(piece) // 2)
    assert [record.getMessage() for record in caplog.records] == []


AGENT = "---\nname: a\ndescription: Reviews code. Use it after every change.\n{}\n---\n\nYou review code.\n"
LONG: dict[str, tuple[str, Callable[[int], str]]] = {
    "permissions": (
        "/p/.opencode/agents/a.md",
        lambda n: "permission:\n  bash:\n" + "\n".join(f'    "*run{i} *": allow' for i in range(n)),
    ),
    "tools denied": (
        "/p/.claude/agents/a.md",
        lambda n: (
            "tools: "
            + ", ".join(f"mcp__a__t{i}" for i in range(n))
            + "\ndisallowedTools: "
            + ", ".join(f"mcp__b__t{i}" for i in range(n))
        ),
    ),
    "unknown tools": (
        "/p/.gemini/agents/a.md",
        lambda n: "tools:\n" + "\n".join(f"  - tool{i}" for i in range(n)),
    ),
    "tools of servers": (
        "/p/.github/agents/a.agent.md",
        lambda n: "tools: [" + ", ".join(f"'server/tool{i}'" for i in range(n)) + "]",
    ),
    "handoffs": (
        "/p/.github/agents/a.agent.md",
        lambda n: "handoffs:\n" + "\n".join(f"  - {{label: L{i}, agent: a, prompt: Go}}" for i in range(n)),
    ),
    "values to repair": (
        "/p/.opencode/agents/a.md",
        lambda n: "\n".join(f"key{i}: one: two" for i in range(n)),
    ),
    "stars": ("/p/.github/instructions/a.instructions.md", lambda n: f'applyTo: "{"*a" * n}"'),
    "globs": ("/p/.cursor/rules/a.mdc", lambda n: "globs: " + ",".join(f"a{i}/**/*.ts" for i in range(n))),
    "nesting": ("/p/.opencode/agents/a.md", lambda n: "permission: " + "{a: " * n + "}" * n),
    "template": ("/p/.opencode/command/a.md", lambda n: "---\n" + "$ARGUMENTS ${x} !`ls` @a.md\n" * n),
}
"""What a file may have very many of: the path, and a text with that number."""


@pytest.mark.parametrize("what", LONG)
def test_time_is_linear_in_the_length(what: str) -> None:
    path, make_text = LONG[what]

    def seconds(n: int) -> float:
        document = locate.make_document(path, AGENT.format(make_text(n)), Config())
        assert document is not None
        start = time.process_time()
        check.check(document, Config(), NoFiles())
        inspection.inspect_document(document, around(document))
        formatting.format_document(document)
        return time.process_time() - start

    # Eight times the length takes eight times as long, or 64 times if the time is quadratic. The machine may be busy.
    shortest = min(seconds(150) for _ in range(2))
    assert seconds(1_200) < 24 * shortest + 0.5


@pytest.mark.parametrize("kind", hostile.KINDS)
def test_no_rule_fails_on_hostile_texts(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    for dialect in hostile.COMMON:
        text = hostile.KINDS[kind](600)
        document = locate.make_document(hostile.path_in(dialect), text, Config(), None, dialect)
        assert document is not None
        check.check(document, Config(), NoFiles())
    assert [record.getMessage() for record in caplog.records] == []
