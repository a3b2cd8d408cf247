"""Every prefix of every fixture, also with a random cut, goes through every feature."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from agentls import check, explain, inspection, project, suppress
from agentls.config import Config
from agentls.document import Document
from agentls.features import actions, completion, hover, outline
from harness import FIXTURES, Case, parse_case

CASES = [
    (case, name)
    for path in sorted(FIXTURES.rglob("*.md"))
    for case in [parse_case(path.read_text("utf-8"))]
    for name in case.files
    if name.endswith((".md", ".mdc"))
]

PIECES = 4
"""How many pieces of each file are tried: a sample that is the same in each run. All of them would take hours."""

ITEMS = 8
"""Of how many completions the pages are asked for, spread over the list."""


def pieces(text: str) -> Iterator[str]:
    """Some prefixes of `text`, one as it is, one with a random piece cut out, one with CRLF line ends, and
    so on in turn."""
    chance = random.Random(len(text))
    for at, end in enumerate(sorted(chance.sample(range(len(text) + 1), min(len(text) + 1, PIECES)))):
        prefix = text[:end]
        cut = sorted((chance.randint(0, end), chance.randint(0, end)))
        yield (prefix, prefix[: cut[0]] + prefix[cut[1] :], prefix.replace("\n", "\r\n"))[at % 3]


def through_everything(document: Document, offset: int) -> None:
    """Ask every feature about the document, those that want a place about `offset`."""
    found = check.check(document, Config(), lambda _: False)
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(document.text)
        assert diagnostic.message
        suppress.ignoring(document, diagnostic.code, diagnostic.span)
    actions.actions(document, found, found[0].span if found else document.lines.line(0))
    for snippets in (True, False):
        offered = completion.complete(document, offset, snippets=snippets)
        assert all(item.edit.span.touches(offset) for item in offered)
        for item in offered[:: len(offered) // ITEMS + 1]:
            completion.documentation(document.dialect, item.kind, item.label, item.within)
    card = hover.hover(document, offset)
    assert card is None or card.span.touches(offset)
    outline.outline(document)
    outline.folding(document)
    inspection.to_json(inspection.inspect(document))
    explain.explain(document.text[offset : offset + 8], document.dialect)


def test_no_text_is_too_odd(caplog: pytest.LogCaptureFixture) -> None:
    for case, name in CASES:
        for piece in pieces(case.files[name]):
            changed = Case(case.prose, {**case.files, name: piece})
            document = changed.document(name)
            through_everything(document, len(piece) if len(piece) % 2 else len(piece) // 2)
    assert [record.getMessage() for record in caplog.records] == []  # A failing rule is logged.


@pytest.mark.parametrize("path", ["/p/.claude/agents/a.md", "/p/agents/a.md"])
def test_no_text_is_too_odd_elsewhere(path: str, caplog: pytest.LogCaptureFixture) -> None:
    plugin = project.Plugin("/p", "kit")
    for case, name in CASES[::3]:
        for piece in pieces(case.files[name]):
            document = project.open_document(path, piece, Config(), plugin)
            assert document is not None
            through_everything(document, len(piece) // 2)
    assert [record.getMessage() for record in caplog.records] == []
