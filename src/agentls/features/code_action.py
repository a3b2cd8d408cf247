"""What can be done about the findings at a place: their fixes, and silencing them."""

from __future__ import annotations

from typing import NamedTuple

from agentls.document import suppressions
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.text.offsets import Edit, Span


class CodeAction(NamedTuple):
    """One change on offer: a title, its edits, the findings it removes, and whether it is the one to
    take without a thought."""

    title: str
    edits: tuple[Edit, ...]
    diagnostics: tuple[Diagnostic, ...]
    is_preferred: bool = False


def code_actions(document: Document, diagnostics: list[Diagnostic], span: Span) -> list[CodeAction]:
    """All that can be done about those of `diagnostics` that overlap `span`: first every fix, in
    the order of the text, then an ignore comment for each code and place."""
    here = [diagnostic for diagnostic in diagnostics if diagnostic.span.overlaps(span)]
    return [*_fixes(here), *_suppressions(document, here)]


def _fixes(diagnostics: list[Diagnostic]) -> list[CodeAction]:
    found = []
    for diagnostic in diagnostics:
        best = next((fix for fix in diagnostic.fixes if fix.safe), None)
        found += [CodeAction(fix.title, fix.edits, (diagnostic,), fix is best) for fix in diagnostic.fixes]
    return found


def _suppressions(document: Document, diagnostics: list[Diagnostic]) -> list[CodeAction]:
    """One comment may silence several findings of the same rule."""
    found: dict[tuple[str, Edit], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.code != "unused-suppression":  # The fix is to remove the comment, not to add one.
            edit = suppressions.add_ignore_comment(document, diagnostic.code, diagnostic.span)
            found.setdefault((diagnostic.code, edit), []).append(diagnostic)
    return [CodeAction(f"Ignore {code} here", (edit,), tuple(rows)) for (code, edit), rows in found.items()]
