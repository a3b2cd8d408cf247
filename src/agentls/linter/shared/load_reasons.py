"""Findings for the reasons why readings are not clean, and what the runtimes do with the file."""

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
    """Yield the findings for that code, except those that one finding for the whole file includes."""
    for finding in findings_for_reason(ctx, code):
        if not is_reported_for_file(ctx, code, finding.span):
            yield finding


FENCE = "---"


def findings_for_reason(
    ctx: Context, code: str, *fixes: Fix, consequence: Consequence = Consequence.NOT_LOADED
) -> Iterator[Finding]:
    """Yield the findings for the reasons of the kind `code`, with their consequences. Runtimes that reject the file
    for the same reason share a finding."""
    found: dict[Span, list[tuple[Reading, Reason]]] = {}
    for reading in ctx.readings:
        for reason in reading.reasons:
            if reason.kind == code:
                found.setdefault(reason.span, []).append((reading, reason))
    for span, pairs in found.items():
        readings = [reading for reading, _ in pairs]
        runtimes = _runtimes_that_agree(ctx, code, span) if _are_unasked_advisers(ctx, readings) else ()
        message = f"{describe_reason(pairs[0][1])}. {describe_rejection(runtimes or readings)}."
        effects = effects_on(runtimes or readings, Consequence.ADVICE if runtimes else consequence)
        yield Finding(span, message, fixes, effects=effects)


def _are_unasked_advisers(ctx: Context, readings: Iterable[Reading]) -> bool:
    """Whether all of these readers only advise, as a validator does, and the settings name none of them."""
    return all(r.runtime.is_advisory and r.runtime.name not in ctx.config.runtimes for r in readings)


def _runtimes_that_agree(ctx: Context, code: str, span: Span) -> tuple[Reading, ...]:
    """Return the readings of the runtimes of the format that reject the file for the same reason. They need not read
    files in this place, so what they do is advice."""
    return tuple(
        reading
        for reading in ctx.document.runtime_readings
        if any((reason.kind, reason.span) == (code, span) for reason in reading.reasons)
    )


def describe_rejection(readings: Iterable[Reading]) -> str:
    """Return a sentence on what the runtimes do with a file that is not loaded, or not as written."""
    effects: dict[str, list[Runtime]] = {}
    for reading in readings:
        effects.setdefault(_effect(reading), []).append(reading.runtime)
    return "; ".join(describe_effect(runtimes, what) for what, runtimes in effects.items())


def _effect(reading: Reading) -> str:
    if reading.status == "dropped":
        return reading.runtime.effects.rejection_effect
    if reading.runtime.effects.degraded_effect:
        return reading.runtime.effects.degraded_effect
    if reading.body_start == 0 and reading.runtime.unreadable == "prompt":
        return "uses the whole file as the prompt, ignoring the frontmatter"
    return f"registers `{reading.name}` with all tools, ignoring the rest of the frontmatter"


def can_be_read(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether the runtime could read the frontmatter after `edits`."""
    return ctx.document.with_edits(edits).reading.root is not None


def insert_closing_fence(ctx: Context, at: int) -> Edit:
    """Return the edit that inserts a closing fence at `at`, which is the end or the start of a line."""
    line_end = "" if ctx.text[at - 1 : at] == "\n" else ctx.document.newline
    return Edit(Span(at, at), line_end + FENCE + ctx.document.newline)


def closes_early(ctx: Context) -> bool:
    """Whether the frontmatter ends earlier for the runtime than an editor shows it."""
    block, closing = ctx.document.frontmatter, ctx.reading.closing
    return bool(block and closing and not (block.closing and block.closing.start <= closing.start))


def find_early_closing(ctx: Context) -> Span | None:
    """Return the dashes that end the frontmatter for the runtime, if the author continues it after them."""
    block, closing = ctx.document.frontmatter, ctx.reading.closing
    if block is None or closing is None or not closes_early(ctx):
        return None
    cut = dash_run(ctx.text, closing.start)
    if any(reason.kind == "early-terminator" for reason in ctx.reading.reasons):
        return cut
    end = block.closing.start if block.closing else block.content.end
    if not ctx.text[cut.end : end].strip(" \t\r\n-"):
        return None
    line_ends = "\r\n" if ctx.reading.runtime.fences.cr_ends_line else "\n"
    start = max(ctx.text.rfind(mark, 0, cut.start) for mark in line_ends) + 1
    before = ctx.text[start : cut.start]
    if before.strip():
        return cut
    # Dashes at the start of a line may be the intended closing fence, and a later `---` a thematic break in the
    # prompt. The next line decides: a known key continues the frontmatter.
    below = re.compile(r"[^\n]*\n\s*?^(?=.*\S)(.*)", re.MULTILINE).match(ctx.text, cut.end, end)
    key = TOP_LEVEL_KEY.match(below[1]) if below else None
    continues = key and ctx.dialect.key(key["key"])
    return cut if continues or (below and before and below[1].startswith(before)) else None
