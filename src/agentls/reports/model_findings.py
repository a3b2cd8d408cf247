"""Findings for a model that has written a file: what is wrong, and the exact text that repairs it, in few tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from posixpath import commonprefix

from agentls.document.document import Document
from agentls.document.secrets import hide_secrets
from agentls.linter.check import Diagnostic
from agentls.linter.rule import Fix
from agentls.text.escaping import code_block, code_span, escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, apply_edits
from agentls.text.patterns import lazy_pattern
from agentls.text.tokens import estimate_tokens

MAX_FINDINGS = 10
MAX_TOKENS = 150
"""What one finding may take, by the estimate of `text.tokens`."""

_CUT = "..."
_LINE_END = lazy_pattern(r"\r\n|[\r\n]")


class Advice(NamedTuple):
    """One finding for a model: its line (from one), severity, code and message, and how to repair it, "" if unknown."""

    line: int
    severity: str
    code: str
    message: str
    fix: str


def advise(document: Document, diagnostics: Iterable[Diagnostic]) -> list[Advice]:
    """Return the ten worst findings of a file for a model, each with its fix, in few tokens. The fixes are those that
    `judge_fixes` has left."""
    worst = sorted(diagnostics, key=lambda each: (each.severity, each.span.start))[:MAX_FINDINGS]
    return [_advice(document, diagnostic) for diagnostic in worst]


def describe_for_model(path: str, advice: Sequence[Advice], count: int) -> str:
    """Return the text about the worst of the `count` findings of the file with the printed path `path`."""
    lines = [f"agentls found {count} problem{'s' if count > 1 else ''} in {escape_path(path)}:"]
    lines += (f"{_lead(each)}{each.message}" + (f"\n  {each.fix}" if each.fix else "") for each in advice)
    if count > len(advice):
        lines.append(f"- {count - len(advice)} more: run `agentls check {escape_path(path)}`.")
    return "\n".join(lines)


def _lead(advice: Advice) -> str:
    return f"- line {advice.line}, {advice.severity}[{advice.code}]: "


def _advice(document: Document, diagnostic: Diagnostic) -> Advice:
    line = document.lines.line_number(diagnostic.span.start) + 1
    fix = _describe_fix(document, diagnostic.fixes[0]) if diagnostic.fixes else ""
    found = Advice(line, diagnostic.severity.label, diagnostic.code, "", fix)
    if _count_tokens(found) > MAX_TOKENS:
        found = found._replace(fix="")  # A replacement is of no use if it is cut, but a message is.
    return found._replace(message=_cut(diagnostic.message, MAX_TOKENS - _count_tokens(found)))


def _count_tokens(advice: Advice) -> int:
    return estimate_tokens(f"{_lead(advice)}{advice.fix}")


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
        return f"{label}: {fix.title}."
    text = " ".join(_replacements(document, fix.edits))
    return f"{label}: {hide_secrets(text)}"


def _replacements(document: Document, edits: Sequence[Edit]) -> Iterator[str]:
    if all(_is_within_line(document.text, edit) for edit in edits):
        for edit in edits:
            line = document.lines.line_number(edit.span.start) + 1
            old = code_span(edit.span.text_in(document.text))
            yield f"in line {line}, replace {old} with {code_span(edit.new_text)}."
    else:
        yield _changed_lines(document.text, apply_edits(document.text, edits))


def _is_within_line(text: str, edit: Edit) -> bool:
    """Whether an edit replaces words by words, both of which can be shown as they are."""
    both = (edit.span.text_in(text), edit.new_text)
    return all(each.strip() == each != "" and "\n" not in each for each in both)


def _changed_lines(before: str, after: str) -> str:
    """The lines between the first and the last that differ, and their new text."""
    old, new = _LINE_END.split(before), _LINE_END.split(after)
    first = len(commonprefix((old, new)))
    rest = len(commonprefix((old[first:][::-1], new[first:][::-1])))
    gone, text = old[first : len(old) - rest], "\n".join(new[first : len(new) - rest])
    where = f"line {first + 1}" if len(gone) <= 1 else f"lines {first + 1} to {first + len(gone)}"
    if len(new) - rest == first:
        return f"delete {where}."
    what = f"replace {where} with" if gone else f"insert before {where}"
    return f"{what}\n{code_block(text, '')}" if "\n" in text else f"{what} {code_span(text)}"
