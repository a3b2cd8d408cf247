"""What the readings say against a file, as findings, and what the runtimes do with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentls.dialects.runtimes import Runtime
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.reason_wording import describe_reason
from agentls.linter.rule import Context, Finding, Fix, describe_effect
from agentls.linter.shared.translation import is_reported_for_file
from agentls.readers.reading import Reading, Reason
from agentls.readers.yaml_errors import dash_run
from agentls.text.frontmatter import TOP_LEVEL_KEY
from agentls.text.offsets import Edit, Span


def remaining_findings(ctx: Context, code: str) -> Iterator[Finding]:
    """The reasons of that code that are not told in one finding for the file."""
    for finding in findings_for_reason(ctx, code):
        if not is_reported_for_file(ctx, code, finding.span):
            yield finding


FENCE = "---"


def findings_for_reason(
    ctx: Context, code: str, *fixes: Fix, consequence: Consequence = Consequence.NOT_LOADED
) -> Iterator[Finding]:
    """The reasons of the runtimes that belong to the rule `code`, with what they come to. Runtimes
    that refuse the file for the same reason share a finding."""
    found: dict[Span, list[tuple[Reading, Reason]]] = {}
    for reading in ctx.readings:
        for reason in reading.reasons:
            if reason.kind == code:
                found.setdefault(reason.span, []).append((reading, reason))
    for span, pairs in found.items():
        readings = [reading for reading, _ in pairs]
        message = f"{describe_reason(pairs[0][1])}. {describe_rejection(readings)}."
        yield Finding(span, message, fixes, effects=effects_on(readings, consequence))


def describe_rejection(readings: Iterable[Reading]) -> str:
    """What the runtimes do with a file that has a reason not to load."""
    effects: dict[str, list[Runtime]] = {}
    for reading in readings:
        effects.setdefault(_effect(reading), []).append(reading.runtime)
    return "; ".join(describe_effect(runtimes, what) for what, runtimes in effects.items())


def _effect(reading: Reading) -> str:
    if reading.status == "dropped":
        return reading.runtime.refusal
    if reading.runtime.damage:
        return reading.runtime.damage
    if reading.body_start == 0 and reading.runtime.unreadable == "prompt":
        return "takes the whole file for the prompt, and nothing of the frontmatter counts"
    return f"registers `{reading.name}` with all tools, and nothing else counts"


def can_be_read(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether the runtime could read the frontmatter after `edits`."""
    return ctx.document.with_edits(edits).reading.root is not None


def insert_closing_fence(ctx: Context, at: int) -> Edit:
    """The edit that inserts a closing fence at `at`, which ends a line or follows its end."""
    lead = "" if ctx.text[at - 1 : at] == "\n" else ctx.document.newline
    return Edit(Span(at, at), lead + FENCE + ctx.document.newline)


def find_early_closing(ctx: Context) -> Span | None:
    """The dashes with which the frontmatter ends for the runtime, if the author goes on with it."""
    block, closing = ctx.document.frontmatter, ctx.reading.closing
    if closing is None or block is None or (block.closing and block.closing.start <= closing.start):
        return None
    cut = dash_run(ctx.text, closing.start)
    if any(reason.kind == "early-terminator" for reason in ctx.reading.reasons):
        return cut
    end = block.closing.start if block.closing else block.content.end
    if not ctx.text[cut.end : end].strip(" \t\r\n-"):
        return None
    line_ends = "\r\n" if ctx.reading.runtime.fences.lone_cr else "\n"
    start = max(ctx.text.rfind(mark, 0, cut.start) for mark in line_ends) + 1
    before = ctx.text[start : cut.start]
    if before.strip():
        return cut
    # Dashes that stand first in their line may well be meant for a closing fence, and the one
    # that the editor sees for a ruler in the prompt. What follows tells.
    below = re.compile(r"[^\n]*\n\s*?^(?=.*\S)(.*)", re.MULTILINE).match(ctx.text, cut.end, end)
    key = TOP_LEVEL_KEY.match(below[1]) if below else None
    goes_on = key and ctx.dialect.key(key["key"])
    return cut if goes_on or (below and before and below[1].startswith(before)) else None
