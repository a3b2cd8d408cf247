"""Apply fixes: judge whether they are safe, and apply those of a whole file until none is left.

A rule marks a fix as safe if it knows the right text. Whether every runtime agrees is found out here, when somebody
asks for the fix, since that reads the file again.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.edit_safety import MAX_TRIED_TEXT, Trials, find_cost
from agentls.linter.check import Diagnostic, check
from agentls.linter.rule import Fix
from agentls.project.world import WithoutProject, World
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span

MAX_ROUNDS = 20
"""A guard against fixes that undo each other without ever giving the same text again."""

MAX_TRIED_TO_FIX = 4 * MAX_TRIED_TEXT
"""The number of characters of frontmatter that are read again, at most, to apply all fixes of a file."""


MAX_TRIED_AT_ONCE = MAX_TRIED_TEXT // 4
"""The number of characters of frontmatter that are read again, at most, where the rest can be tried later."""


def judge_fixes(
    document: Document,
    diagnostics: Iterable[Diagnostic],
    *,
    only_first: bool = False,
    try_later: bool = False,
) -> list[Diagnostic]:
    """Return diagnostics with only those fixes after which all runtimes still load the file. Of these, only those are
    safe that are safe for every runtime. With `only_first`, the fixes after the first one that edits the file are
    left out.

    That takes a reading of the file for most fixes. If there are too many for the length of the frontmatter, the last
    ones are left out, of which nothing is known. With `try_later`, fewer are tried, and the others are kept as
    `untried`, for `keeps_loading`, unless other fixes might have to be offered instead.
    """
    found = list(diagnostics)
    if not any(each.fixes for each in found):
        return found
    trials = Trials(document, MAX_TRIED_AT_ONCE if try_later else MAX_TRIED_TEXT)
    return [
        each._replace(
            fixes=_judge(document, each.fixes, trials, only_first=only_first, keep_untried=try_later)
        )
        if each.fixes
        else each
        for each in found
    ]


def keeps_loading(document: Document, fix: Fix) -> bool:
    """Whether all runtimes that load a document still load it after a fix."""
    return find_cost(document, fix.edits, Trials(document), may_be_nothing=False) == "something"


def _judge(
    document: Document, fixes: Iterable[Fix], trials: Trials, *, only_first: bool, keep_untried: bool
) -> tuple[Fix, ...]:
    judged: list[Fix] = []
    for fix in _judged(document, fixes, trials, keep_untried=keep_untried):
        judged.append(fix)
        if only_first and not fix.new_path:
            break
    return tuple(judged)


def _judged(document: Document, fixes: Iterable[Fix], trials: Trials, *, keep_untried: bool) -> Iterator[Fix]:
    for fix in fixes:
        cost = "nothing" if fix.new_path else find_cost(document, fix.edits, trials, may_be_nothing=fix.safe)
        if cost in ("nothing", "something"):
            yield fix._replace(safe=fix.safe and cost == "nothing")
        elif cost == "loading":
            yield from _judged(document, fix.instead, trials, keep_untried=keep_untried)
        elif keep_untried and not fix.instead:
            yield fix._replace(safe=False, untried=True)


def is_any_safe(document: Document, diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether one of the fixes of diagnostics is safe."""
    trials = Trials(document)
    fixes = (fix for diagnostic in diagnostics for fix in diagnostic.fixes)
    return any(fix.safe and find_cost(document, fix.edits, trials) == "nothing" for fix in fixes)


class FixedFile(NamedTuple):
    """The document after fixes, and the number of findings of each rule that were fixed."""

    document: Document
    counts: Counter[str]


def fix_all(
    document: Document,
    diagnostics: Iterable[Diagnostic],
    config: Config,
    world: World,
    *,
    unsafe: bool = False,
    code: str | None = None,
    tried_text: int = MAX_TRIED_TO_FIX,
) -> FixedFile:
    """Return a document with the safe fixes of its `diagnostics` applied, with `unsafe` also those that are a guess,
    and with `code` only those of one rule.

    The fixed document is checked again until there is nothing more to fix, as one fix can make another one possible,
    and of fixes that overlap only the first is applied at a time. It ends when `tried_text` characters of frontmatter
    have been read again, even if there is more to fix.
    """
    counts: Counter[str] = Counter()
    seen = {document.text}
    trials = Trials(document, tried_text)
    for _ in range(MAX_ROUNDS):
        found = [each for each in diagnostics if code in (None, each.code)]
        fixed = _apply_round(document, _candidates(found, unsafe=unsafe), trials, unsafe=unsafe)
        if fixed is None or fixed.document.text in seen:
            break
        document = fixed.document
        seen.add(document.text)
        counts += fixed.counts
        if not trials.start():  # A check takes as long as a trial.
            break
        diagnostics = _check_again(document, config, world)
    return FixedFile(document, counts)


def _check_again(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document that the index of its project has an earlier version of. Without the index
    it is unknown whether an ignore comment is used."""
    found = check(document, config, WithoutProject(world))
    return [each for each in found if each.code != "unused-suppression"]


class _Candidate(NamedTuple):
    code: str
    edits: tuple[Edit, ...]
    instead: tuple[_Candidate, ...] = ()


def _candidates(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> list[_Candidate]:
    """Return the first suitable fix of each diagnostic. A fix that moves the file is not one of them."""
    found = []
    for diagnostic in diagnostics:
        fixes = (fix for fix in diagnostic.fixes if fix.edits and not fix.new_path and (fix.safe or unsafe))
        fix = min(fixes, key=lambda fix: not fix.safe, default=None)
        if fix:
            instead = tuple(_Candidate(diagnostic.code, each.edits) for each in _alternatives(fix))
            found.append(_Candidate(diagnostic.code, fix.edits, instead))
    return found


def _alternatives(fix: Fix) -> Iterator[Fix]:
    """Yield the fixes that are offered instead of a fix, the best first."""
    for each in fix.instead:
        yield each
        yield from _alternatives(each)


def _apply_round(
    document: Document, candidates: list[_Candidate], trials: Trials, *, unsafe: bool
) -> FixedFile | None:
    """Return the document after as many candidates as can be applied together, `None` if there is none."""

    def is_acceptable(chosen: list[_Candidate]) -> bool:
        cost = find_cost(document, _edits(chosen), trials, may_be_nothing=not unsafe)
        return cost == "nothing" or (unsafe and cost == "something")

    def acceptable(chosen: list[_Candidate]) -> list[_Candidate]:
        """The candidates that are acceptable together, which those that are acceptable alone need not be: one of
        two equal tools can be removed, and not both."""
        if not chosen or is_acceptable(chosen):
            return chosen
        if len(chosen) == 1:
            return list(islice((each for each in chosen[0].instead if is_acceptable([each])), 1))
        half = len(chosen) // 2
        first, second = acceptable(chosen[:half]), acceptable(chosen[half:])
        both = [*first, *second]
        return both if is_acceptable(both) else first

    chosen = acceptable(_without_overlaps(candidates))
    if not chosen:
        return None
    return FixedFile(document.with_edits(_edits(chosen)), Counter(each.code for each in chosen))


def _edits(candidates: list[_Candidate]) -> tuple[Edit, ...]:
    return tuple(edit for each in candidates for edit in each.edits)


def _without_overlaps(candidates: list[_Candidate]) -> list[_Candidate]:
    """Return the candidates whose edits overlap or touch no edit of an earlier one."""
    taken: list[Span] = []
    chosen = []
    for candidate in candidates:
        if not any(_touches(edit.span, taken) for edit in candidate.edits):
            chosen.append(candidate)
            for edit in candidate.edits:
                insort(taken, edit.span)
    return chosen


def _touches(span: Span, taken: list[Span]) -> bool:
    """Whether a span overlaps or touches one of `taken`, which are in order and do not overlap."""
    at = bisect_right(taken, span)
    return any(
        span.start <= other.end and other.start <= span.end for other in taken[max(0, at - 1) : at + 1]
    )
