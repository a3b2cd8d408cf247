"""Every feature on one text, with what must hold of each answer."""

from __future__ import annotations

from agentls.config import Config
from agentls.document import suppressions
from agentls.document.document import Document
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

ITEMS = 8
"""The number of completions whose documentation is requested, spread over the list."""

OTHER_PLACES = (
    *("/p/agents/a.md", "/p/.claude/agents/a.md", "/p/.github/agents/a.agent.md", "/p/.opencode/agents/a.md"),
    *("/p/.cursor/agents/a.md", "/p/.gemini/agents/a.md", "/p/.kiro/agents/a.md", "/p/.qwen/agents/a.md"),
    *("/p/.claude/skills/a/SKILL.md", "/p/.claude/commands/a.md", "/p/.claude/rules/a.md", "/p/CLAUDE.md"),
    *("/p/a.prompt.md", "/p/a.instructions.md", "/p/.cursor/rules/a.mdc", "/p/.opencode/command/a.md"),
)


class NoFiles(NoDisk):
    """Surroundings in which no file exists."""

    def exists(self, _: str) -> bool:
        """Find no file."""
        return False


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
    """Call every feature for the document, those that require a position at `offset`, or before the line break that
    `offset` is in the middle of: no editor has a position between CR and LF."""
    offset -= document.text[max(offset - 1, 0) : offset + 1] == "\r\n"
    found = check.check(document, Config(), NoFiles())
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(document.text)
        assert diagnostic.message
        suppressions.add_ignore_comment(document, diagnostic.code, diagnostic.span)
    whole = code_action.CheckedDocument(document, found, Config(), NoFiles())
    for action in (*code_action.quick_fixes(whole, found), *code_action.fix_all_actions(whole)):
        # Whether several fixes can be applied is only found out when they are asked for.
        several = action.kind == "fix all" or action.title.startswith("Fix all")
        assert action.edits or action.new_path or several
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
