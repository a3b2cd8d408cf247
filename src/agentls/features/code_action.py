"""Code actions for diagnostics: their fixes, and comments that disable a rule."""

from __future__ import annotations

from agentls.document import suppressions
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span


class CodeAction(NamedTuple):
    """A title, its edits, the diagnostics that it removes, whether it is the preferred fix, and the path that the
    file is moved to ("" if it stays where it is)."""

    title: str
    edits: tuple[Edit, ...]
    diagnostics: tuple[Diagnostic, ...]
    is_preferred: bool = False
    new_path: str = ""


def code_actions(
    document: Document, diagnostics: list[Diagnostic], span: Span, *, moves: bool = True
) -> list[CodeAction]:
    """The code actions for the `diagnostics` that overlap `span`: their fixes in the order of the text, then an
    ignore comment for each code and line. `moves` tells whether the editor can move files."""
    here = [diagnostic for diagnostic in diagnostics if diagnostic.span.overlaps(span)]
    fixes = [action for action in _fixes(here) if moves or not action.new_path]
    return [*fixes, *_suppressions(document, here)]


def _fixes(diagnostics: list[Diagnostic]) -> list[CodeAction]:
    found = []
    for diagnostic in diagnostics:
        best = next((fix for fix in diagnostic.fixes if fix.safe), None)
        found += [
            CodeAction(fix.title, fix.edits, (diagnostic,), fix is best, fix.new_path)
            for fix in diagnostic.fixes
        ]
    return found


def _suppressions(document: Document, diagnostics: list[Diagnostic]) -> list[CodeAction]:
    """Ignore comments. One comment may suppress several diagnostics of the same rule."""
    found: dict[tuple[str, Edit], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.code != "unused-suppression":  # Its fix removes the comment.
            edit = suppressions.add_ignore_comment(document, diagnostic.code, diagnostic.span)
            found.setdefault((diagnostic.code, edit), []).append(diagnostic)
    return [
        CodeAction(f"Disable {code} for this {_extent(edit)}", (edit,), tuple(rows))
        for (code, edit), rows in found.items()
    ]


def _extent(comment: Edit) -> str:
    return "file" if "ignore-file" in comment.new_text else "line"
