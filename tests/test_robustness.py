"""Every feature accepts some prefixes of every fixture, and its time is linear in the length of the text."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest

from agentls.config import Config
from agentls.document import locate, suppressions
from agentls.document.document import Document
from agentls.document.plugins import Plugin
from agentls.features import (
    code_action,
    code_lens,
    completion,
    definition,
    document_symbol,
    folding_range,
    formatting,
    hover,
    name_at,
    name_completion,
    name_hover,
    on_type_formatting,
    references,
    rename,
)
from agentls.features.refactorings.all_refactorings import REFACTORINGS
from agentls.features.refactorings.refactoring import Selection
from agentls.linter import check
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, Names, PermissionRule
from agentls.project.world import NoDisk
from agentls.reports import explain, inspection
from agentls.text.offsets import Span
from harness import FIXTURES, Case, parse_case


class NoFiles(NoDisk):
    """Surroundings in which no file exists."""

    def exists(self, _: str) -> bool:
        """Find no file."""
        return False


CASES = [
    (case, name)
    for path in sorted(FIXTURES.rglob("*.md"))
    for case in [parse_case(path.read_text("utf-8"))]
    for name in case.files
    if name.endswith((".md", ".mdc"))
]

PIECES = 4
"""The number of pieces of each file that are tested: a sample that is the same in each run. All would take hours."""

ITEMS = 8
"""The number of completions whose documentation is requested, spread over the list."""


OTHER_PLACES = (
    *("/p/agents/a.md", "/p/.claude/agents/a.md", "/p/.github/agents/a.agent.md", "/p/.opencode/agents/a.md"),
    *("/p/.cursor/agents/a.md", "/p/.gemini/agents/a.md", "/p/.kiro/agents/a.md", "/p/.qwen/agents/a.md"),
    *("/p/.claude/skills/a/SKILL.md", "/p/.claude/commands/a.md", "/p/.claude/rules/a.md", "/p/CLAUDE.md"),
    *("/p/a.prompt.md", "/p/a.instructions.md", "/p/.cursor/rules/a.mdc", "/p/.opencode/command/a.md"),
)


def pieces(text: str) -> Iterator[str]:
    """Yield some prefixes of `text`: in turn unchanged, with a random part removed, and with CRLF line ends."""
    generator = random.Random(len(text))
    for at, end in enumerate(sorted(generator.sample(range(len(text) + 1), min(len(text) + 1, PIECES)))):
        prefix = text[:end]
        cut = sorted((generator.randint(0, end), generator.randint(0, end)))
        yield (prefix, prefix[: cut[0]] + prefix[cut[1] :], prefix.replace("\n", "\r\n"))[at % 3]


def around(document: Document) -> Index:
    """Return a project with the document, another agent, and settings that deny it something."""
    index = Index()
    readers = (document.reading.runtime.name,)
    base = document.identity.base_folder or document.path.rpartition("/")[0]
    other = Definition("agent", "other", "", f"{base}/o.md", Span(0, 0), "Helps.", base, "", readers)
    server = Definition("server", "tracker", "", f"{base}/s.json", Span(0, 0), "", base, "", readers)
    rules = (
        PermissionRule("deny", "Bash", None, Span(0, 0)),
        PermissionRule("deny", "Agent", "other", Span(0, 0)),
    )
    index.update(Names(other.path, base, "", readers, (other,)))
    index.update(Names(server.path, base, "", readers, (server,), permissions=rules))
    index.update(extract.extract_names(document))
    return index


def through_everything(document: Document, offset: int) -> None:
    """Call every feature for the document, those that require a position at `offset`."""
    found = check.check(document, Config(), NoFiles())
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(document.text)
        assert diagnostic.message
        suppressions.add_ignore_comment(document, diagnostic.code, diagnostic.span)
    whole = code_action.CheckedDocument(document, found, Config(), NoFiles())
    for action in (*code_action.quick_fixes(whole, found), *code_action.fix_all_actions(whole)):
        assert action.edits or action.new_path
    known = around(document)
    for snippets in (True, False):
        offered = completion.complete(document, offset, snippets=snippets, index=known).items
        assert all(item.edit.span.contains_cursor(offset) for item in offered)
        for item in offered[:: len(offered) // ITEMS + 1]:
            completion.item_documentation(document.dialect, item.kind, item.label, item.parent)
            name_completion.name_documentation(document, known, item.label, item.parent, lambda _: None)
    card = hover.hover(document, offset, known)
    assert card is None or card.span.contains_cursor(offset)
    go_from_name_to_name(document, offset)
    document_symbol.document_symbols(document)
    folding_range.folding_ranges(document)
    assert not formatting.format_document(
        document.with_edits(formatting.format_document(document).edits)
    ).edits
    for _, find in REFACTORINGS:
        for refactoring in find(Selection(document, Span(offset, offset), found, NoFiles())):
            document.with_edits(refactoring.edits)
    document.with_edits(on_type_formatting.format_on_type(document, offset))
    inspection.inspection_data(inspection.inspect_document(document, known))
    assert all(
        code_lens.lens_title(document, subject, known) for subject in code_lens.code_lenses(document, known)
    )
    explain.explain(document.text[offset : offset + 8], document.dialect)


def go_from_name_to_name(document: Document, offset: int) -> None:
    """Go from the name at `offset`, and from each in the document, to its definition and back."""
    index, names = Index(), extract.extract_names(document)
    index.update(names)
    card = name_hover.hover(index, names, document.text, offset, lambda _: document)
    assert card is None or card.span.contains_cursor(offset)
    every: list[name_at.NameOccurrence] = [*names.definitions, *names.references]
    for named in every:
        found = name_at.find_name_at(index, names, document.text, named.span.start)
        assert found or not isinstance(named, Definition)
        wanted = references.reference_subject(index, names, found or named)
        assert all(
            reference in names.references for _, reference in references.find_references(index, wanted)
        )
        if isinstance(wanted, Definition):
            shown = definition.target_range(wanted, document.text)
            assert shown.start <= wanted.span.start <= wanted.span.end <= shown.end
            give_another_name(document, index, wanted)


def give_another_name(document: Document, index: Index, wanted: Definition) -> None:
    """Rename the definitions of a document; if that is possible, it has the new name afterwards."""
    files = rename.Files(
        document.path.rpartition("/")[0],
        {document.path: document.text}.get,
        lambda _, text: document._replace(text=text),
        lambda _, text: extract.extract_names(document._replace(text=text)),
        lambda _: False,
    )
    renaming = rename.rename(index, wanted, "another-7", files)
    if isinstance(renaming, rename.Renaming) and renaming.move is None:
        after = document.with_edits([change.edit for change in renaming.changes])
        assert "another-7" in [each.name for each in extract.extract_names(after).definitions]


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
