"""Every prefix of every fixture, also with a random cut, goes through every feature."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from agentls import check, explain, inspection, project, suppress
from agentls.config import Config
from agentls.document import Document
from agentls.features import actions, completion, hover, outline
from harness import FIXTURES, parse_case

TEXTS = sorted(
    {
        text
        for path in FIXTURES.rglob("*.md")
        for name, text in parse_case(path.read_text("utf-8")).files.items()
        if name.endswith(".md")
    }
)


def prefixes(text: str) -> Iterator[str]:
    """Some prefixes of `text`, each also with a random piece cut out, and with CRLF line ends."""
    chance = random.Random(len(text))
    for end in sorted(chance.sample(range(len(text) + 1), min(len(text) + 1, 12))):
        prefix = text[:end]
        yield prefix
        cut = sorted((chance.randint(0, end), chance.randint(0, end)))
        yield prefix[: cut[0]] + prefix[cut[1] :]
        yield prefix.replace("\n", "\r\n")


def through_everything(document: Document, offset: int) -> None:
    """Ask every feature about the document, those that want a place about `offset`."""
    found = check.check(document, Config(), lambda _: False)
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(document.text)
        assert diagnostic.message
        suppress.ignoring(document, diagnostic.code, diagnostic.span)
    actions.actions(document, found, found[0].span if found else document.lines.line(0))
    for snippets in (True, False):
        for item in completion.complete(document, offset, snippets=snippets):
            assert item.edit.span.touches(offset)
            completion.documentation(document.dialect, item.kind, item.label, item.within)
    card = hover.hover(document, offset)
    assert card is None or card.span.touches(offset)
    outline.outline(document)
    outline.folding(document)
    inspection.to_json(inspection.inspect(document))
    explain.explain(document.text[offset : offset + 8], document.dialect)


@pytest.mark.parametrize("plugin", [None, project.Plugin("/p", "kit")], ids=["project", "plugin"])
def test_no_text_is_too_odd(plugin: project.Plugin | None, caplog: pytest.LogCaptureFixture) -> None:
    path = "/p/agents/a.md" if plugin else "/p/.claude/agents/a.md"
    for text in TEXTS:
        for piece in prefixes(text):
            document = project.open_document(path, piece, Config(), plugin)
            assert document is not None
            for offset in {len(piece), len(piece) // 2}:
                through_everything(document, offset)
    assert [record.getMessage() for record in caplog.records] == []  # A failing rule is logged.
