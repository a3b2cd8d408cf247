"""Code actions for diagnostics: their fixes, the fixes of all in the file, and comments that disable a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from agentls.config import Config
from agentls.document import suppressions
from agentls.document.document import Document
from agentls.document.edit_safety import MAX_TRIED_TEXT
from agentls.linter.check import Diagnostic
from agentls.linter.fixing import fix_all, is_any_safe, judge_fixes, keeps_loading
from agentls.linter.rule import Fix
from agentls.project.world import World
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, edits_between


class CodeAction(NamedTuple):
    """A title, a function that finds out its edits (none if a runtime would not load the file after them), the
    diagnostics that it removes, whether it is the preferred fix, the path that the file is moved to ("" if it stays
    where it is), and whether it fixes what the editor asks about or the whole file, as editors do on save."""

    title: str
    find_edits: Callable[[], tuple[Edit, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    is_preferred: bool = False
    new_path: str = ""
    kind: Literal["fix", "fix all"] = "fix"

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return the edits. All fixes of a file take as long as several checks of it."""
        return self.find_edits()


class CheckedDocument(NamedTuple):
    """A document with its diagnostics, and what is needed to check it again after an edit."""

    document: Document
    diagnostics: list[Diagnostic]
    config: Config
    world: World

    def fix_all(self, code: str | None = None) -> tuple[Edit, ...]:
        """Return the edits that fix all findings for which there is a safe fix; with `code` all of that rule for which
        there is any."""
        fixed = fix_all(
            self.document,
            self.diagnostics,
            self.config,
            self.world,
            unsafe=code is not None,
            code=code,
            tried_text=MAX_TRIED_TEXT,  # An editor waits for it, and may ask again.
        )
        return edits_between(self.document.text, fixed.document.text)


def quick_fixes(
    checked: CheckedDocument, here: list[Diagnostic], *, moves: bool = True, try_later: bool = False
) -> list[CodeAction]:
    """Return the code actions for the diagnostics `here`: their fixes in the order of the text, the fixes of all
    findings of their rules, then an ignore comment for each code and line. `moves` tells whether the editor can move
    files, and `try_later` whether it asks for the edits of an action only when that is chosen."""
    judged = judge_fixes(checked.document, here, try_later=try_later)
    fixes = [action for action in _fixes(checked.document, judged) if moves or not action.new_path]
    return [*fixes, *_fixes_of_rules(checked, judged), *_suppressions(checked.document, here)]


def fix_all_actions(checked: CheckedDocument) -> list[CodeAction]:
    """Return the code action that fixes the whole file, if it has a finding with a safe fix."""
    if not is_any_safe(checked.document, checked.diagnostics):
        return []
    return [CodeAction("Apply all safe fixes", checked.fix_all, kind="fix all")]


def _fixes(document: Document, diagnostics: list[Diagnostic]) -> Iterator[CodeAction]:
    for diagnostic in diagnostics:
        safe = [fix for fix in diagnostic.fixes if fix.safe]
        for fix in diagnostic.fixes:
            find_edits = _try(document, fix) if fix.untried else _known(*fix.edits)
            yield CodeAction(fix.title, find_edits, (diagnostic,), [fix] == safe, fix.new_path)


def _try(document: Document, fix: Fix) -> Callable[[], tuple[Edit, ...]]:
    return lambda: fix.edits if keeps_loading(document, fix) else ()


def _fixes_of_rules(checked: CheckedDocument, here: list[Diagnostic]) -> Iterator[CodeAction]:
    """Yield the fix of all findings of each rule that has a finding `here` and another one in the file."""
    fixable = Counter(each.code for each in checked.diagnostics if any(fix.edits for fix in each.fixes))
    for code in dict.fromkeys(each.code for each in here if each.fixes):
        if fixable[code] > 1:
            same = tuple(each for each in here if each.code == code)
            yield CodeAction(f"Fix all `{code}` in this file", _fix_all_of(checked, code), same)


def _fix_all_of(checked: CheckedDocument, code: str) -> Callable[[], tuple[Edit, ...]]:
    return lambda: checked.fix_all(code)


def _suppressions(document: Document, diagnostics: list[Diagnostic]) -> Iterator[CodeAction]:
    """Yield ignore comments. One comment may suppress several diagnostics of the same rule."""
    found: dict[tuple[str, Edit], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.code != "unused-suppression":  # Its fix removes the comment.
            edit = suppressions.add_ignore_comment(document, diagnostic.code, diagnostic.span)
            found.setdefault((diagnostic.code, edit), []).append(diagnostic)
    for (code, edit), rows in found.items():
        yield CodeAction(f"Disable {code} for this {_extent(edit)}", _known(edit), tuple(rows))


def _extent(comment: Edit) -> str:
    return "file" if "ignore-file" in comment.new_text else "line"


def _known(*edits: Edit) -> Callable[[], tuple[Edit, ...]]:
    return lambda: edits
