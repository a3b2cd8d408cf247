"""Findings for a model that has written a file: what is wrong, and the exact text that repairs it, in few tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentls.document.document import Document
from agentls.document.secrets import hide_secrets
from agentls.linter.check import Diagnostic
from agentls.linter.rule import Fix
from agentls.text.escaping import code_block, code_span, escape_path
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.tokens import estimate_tokens

MAX_FINDINGS = 10
MAX_TOKENS = 150
"""What one finding may take, by the estimate of `text.tokens`."""

_CUT = "..."


def describe_for_model(path: str, document: Document, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the text about the findings of a file with the printed path `path`: the ten worst, each with its fix.
    The fixes are those that `judge_fixes` has left."""
    worst = sorted(diagnostics, key=lambda each: (each.severity, each.span.start))[:MAX_FINDINGS]
    count = len(diagnostics)
    lines = [f"agentls found {count} problem{'s' if count > 1 else ''} in {escape_path(path)}:"]
    lines += (_describe(document, diagnostic) for diagnostic in worst)
    if count > len(worst):
        lines.append(f"- {count - len(worst)} more: run `agentls check {escape_path(path)}`.")
    return "\n".join(lines)


def _describe(document: Document, diagnostic: Diagnostic) -> str:
    line = document.lines.line_number(diagnostic.span.start) + 1
    place = f"- line {line}, {diagnostic.severity.label}[{diagnostic.code}]: "
    fix = _describe_fix(document, diagnostic.fixes[0]) if diagnostic.fixes else ""
    if estimate_tokens(place + fix) > MAX_TOKENS:
        fix = ""  # A replacement is of no use if it is cut, but a message is.
    return f"{place}{_cut(diagnostic.message, MAX_TOKENS - estimate_tokens(place + fix))}{fix}"


def _cut(text: str, tokens: int) -> str:
    """The start of a text that has at most so many tokens, by words."""
    if estimate_tokens(text) <= tokens:
        return text
    words = text.split(" ")
    while len(words) > 1 and estimate_tokens(" ".join((*words, _CUT))) > tokens:
        words.pop()
    return f"{' '.join(words)} {_CUT}"


def _describe_fix(document: Document, fix: Fix) -> str:
    """The fix as sentences: the text to replace, and the new text."""
    label = "Fix" if fix.safe else "Possible fix"
    if fix.new_path:
        return f"\n  {label}: {fix.title}."
    text = " ".join(_replacements(document, fix.edits))
    return f"\n  {label}: {hide_secrets(text)}"


def _replacements(document: Document, edits: Sequence[Edit]) -> Iterator[str]:
    if all(_is_within_line(document.text, edit) for edit in edits):
        for edit in edits:
            line = document.lines.line_number(edit.span.start) + 1
            old = code_span(edit.span.text_in(document.text))
            yield f"in line {line}, replace {old} with {code_span(edit.new_text)}."
    else:
        yield _changed_lines(document, edits)


def _is_within_line(text: str, edit: Edit) -> bool:
    """Whether an edit replaces words by words, both of which can be shown as they are."""
    both = (edit.span.text_in(text), edit.new_text)
    return all(each.strip() == each != "" and "\n" not in each for each in both)


def _changed_lines(document: Document, edits: Sequence[Edit]) -> str:
    """The lines that edits change, and their new text."""
    first = document.lines.line_number(min(edit.span.start for edit in edits))
    last = document.lines.line_number(max(edit.span.end for edit in edits))
    start, end = document.lines.line_start(first), document.lines.line_span(last).end
    moved = [Edit(Span(edit.span.start - start, edit.span.end - start), edit.new_text) for edit in edits]
    old = document.text[start:end]
    new = apply_edits(old, moved)
    # What both begin or end with is not shown.
    before, after = old.splitlines(), new.splitlines()
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
        last -= 1
    while before and after and before[0] == after[0]:
        before.pop(0)
        after.pop(0)
        first += 1
    where = f"line {first + 1}" if len(before) <= 1 else f"lines {first + 1} to {last + 1}"
    if not after:
        return f"delete {where}."
    text = "\n".join(after)
    what = f"replace {where} with" if before else f"insert before {where}"
    return f"{what} {code_span(text)}" if len(after) == 1 else f"{what}\n{code_block(text, '')}"
