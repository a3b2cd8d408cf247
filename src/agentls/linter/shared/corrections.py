"""Corrections: what to write in the place of a value that a runtime refuses.

A correction is a guess by the shape that the runtime takes. Each is tried out: only one after which
there is less to refuse is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.value_schema import SchemaPosition
from agentls.document.edits import quote_scalar, remove_entry
from agentls.document.permissions import PERMISSION_KEY
from agentls.linter.rule import Context, Fix
from agentls.linter.shared.value_types import closest_boolean
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.yaml_tree import Entry, Mapping, Scalar, Sequence

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NAMES = re.compile(r"[\w.-]+(?:,[ ]*[\w.-]+)*")
_COMMENT = re.compile(r":[ \t]+(#[^\s#]+)[ \t\r]*$", re.MULTILINE)


def correct_value(ctx: Context, span: Span) -> tuple[Fix, ...]:
    """The fix for a refused value that is marked at `span`, if there is one."""
    faults = _faults(ctx)
    for reading in ctx.readings:
        for path in _paths(reading.root, span) if reading.root else ():
            for title, edit in _candidates(ctx, path, reading.dialect):
                fix = Fix(title, (edit,))
                if _faults(ctx, fix) < faults:
                    return (fix,)
    return ()


def _faults(ctx: Context, fix: Fix | None = None) -> int:
    """How many reasons there are not to load the file, after `fix`."""
    document = ctx.document.with_edits(fix.edits) if fix else ctx.document
    return sum(len(reading.reasons) for reading in document.readings)


def _paths(mapping: Mapping, span: Span) -> Iterator[tuple[Entry, ...]]:
    """The entries that lead to the one whose value is marked at `span`."""
    for entry in mapping.entries:
        if span in (entry.report_span, entry.value.span):
            yield (entry,)
        elif isinstance(entry.value, Mapping):
            yield from ((entry, *rest) for rest in _paths(entry.value, span))


def _candidates(ctx: Context, path: tuple[Entry, ...], dialect: Dialect) -> Iterator[tuple[str, Edit]]:
    """What may be meant by the value of the last entry of `path`, the likeliest first."""
    key = dialect.key(path[0].key.text)
    here = value_schema.schema_at(key, (entry.key.text for entry in path[1:])) if key else None
    entry, value = path[-1], path[-1].value
    if key is None or here is None:
        return
    if isinstance(value, Scalar):
        for text in _words(value, here):
            yield f"Write `{text}`", Edit(value.span, text)
        if value.type in ("int", "float", "bool"):
            yield "Put it into quotes", Edit(value.span, f'"{value.span.text_in(ctx.text)}"')
        if here.allows("list", "some list") and value.type == "str" and _NAMES.fullmatch(value.text):
            yield "Write it as a list", Edit(value.span, f"[{value.text.strip()}]")
        comment = _COMMENT.match(ctx.text, entry.key.span.end)
        if value.type == "null" and comment:
            yield "Put it into quotes", Edit(Span(*comment.span(1)), quote_scalar(comment[1]))
    elif isinstance(value, Sequence) and len(value.items) == 1:
        yield "Write it without a list", Edit(value.span, value.items[0].span.text_in(ctx.text))
    if len(path) == 1 and not key.required and key.type != "tools" and key.name != PERMISSION_KEY:
        # To take out what limits an agent would be no correction.
        yield f"Remove `{key.name}`", remove_entry(ctx.document, ctx.document.root, entry)


def _words(value: Scalar, here: SchemaPosition) -> Iterator[str]:
    """The words that a scalar may stand for."""
    text = value.text.strip()
    if value.type == "str" and here.allows("number", "integer", "positive") and _NUMBER.fullmatch(text):
        yield text
    truth = closest_boolean(text) if here.allows("boolean") else None
    if truth:
        yield truth
    if here.allows("words") and value.type == "str" and text:
        names = [word.name for word in here.key.values]
        meant = match_ignoring_case(text, names) or closest_match(text, names)
        if meant:
            yield meant
