"""Corrections of values for which a runtime rejects the file.

A correction is a guess from the schema of the key. Each is tried, and the first one that leaves fewer
reasons to reject the file is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.value_schema import SchemaPosition
from agentls.document.edit_safety import Trials
from agentls.document.edits import quote_scalar, remove_entry
from agentls.linter.rule import Context, Fix
from agentls.linter.shared.value_types import closest_boolean
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence

_NUMBER = lazy_pattern(r"[-+]?\d+(?:\.\d+)?")
_NAMES = lazy_pattern(r"[\w.-]+(?:,[ ]*[\w.-]+)*")
_COMMENT = lazy_pattern(r":[ \t]+(#[^\s#]+)[ \t\r]*$", re.MULTILINE)


def correct_value(ctx: Context, span: Span, trials: Trials) -> tuple[Fix, ...]:
    """Return the fix for the rejected value that is reported at `span`, if there is one. Each correction that is tried
    takes one of the `trials`."""
    if not trials.are_left:
        return ()
    before = _count_reasons(ctx)
    for reading in ctx.readings:
        for path in _paths(reading.root, span) if reading.root else ():
            for title, edit, is_certain in _candidates(ctx, path, reading):
                fix = Fix(title, (edit,), is_certain)
                if trials.start() and _count_reasons(ctx, fix) < before:
                    return (fix,)
    return ()


def _count_reasons(ctx: Context, fix: Fix | None = None) -> int:
    """Return the number of reasons not to load the file, after `fix` if there is one."""
    document = ctx.document.with_edits(fix.edits) if fix else ctx.document
    return sum(len(reading.reasons) for reading in document.readings)


def _paths(mapping: Mapping, span: Span) -> Iterator[tuple[Entry, ...]]:
    """Find the entries from the top level to the one whose value is reported at `span`."""
    for entry in mapping.entries:
        if span in (entry.report_span, entry.value.span):
            yield (entry,)
        elif isinstance(entry.value, Mapping):
            yield from ((entry, *rest) for rest in _paths(entry.value, span))


def _candidates(ctx: Context, path: tuple[Entry, ...], reading: Reading) -> Iterator[tuple[str, Edit, bool]]:
    """Find corrections of the value of the last entry of `path`, in the tree of a reading, with their titles, the most
    likely first. Only the type of a text or a number with the right characters is certain."""
    key = reading.dialect.key(path[0].key.text)
    here = value_schema.schema_at(key, (entry.key.text for entry in path[1:])) if key else None
    entry, value = path[-1], path[-1].value
    if key is None or here is None:
        return
    if isinstance(value, Scalar):
        for text in _closest_scalars(value, here):
            yield f"Change to `{text}`", Edit(value.span, text), text == value.text
        if value.type in ("int", "float", "bool"):
            yield "Quote the value", Edit(value.span, f'"{value.span.text_in(ctx.text)}"'), key.type == "text"
        if here.allows("list", "some list"):
            yield from (("Convert to a list", edit, False) for edit in convert_to_list(value))
        comment = _COMMENT.match(ctx.text, entry.key.span.end)
        if value.type == "null" and comment:
            yield "Quote the value", Edit(Span(*comment.span(1)), quote_scalar(comment[1])), False
    elif isinstance(value, Sequence) and len(value.items) == 1:
        yield "Convert to a single value", Edit(value.span, value.items[0].span.text_in(ctx.text)), False
    if (
        len(path) == 1
        and reading.root
        and not key.required
        and key.type != "tools"
        and key.name != ctx.dialect.tool_keys.permissions
    ):
        # Removing a key that restricts an agent would not be a correction.
        yield f"Remove `{key.name}`", remove_entry(ctx.document, reading.root, entry), False


def convert_to_list(value: Node) -> tuple[Edit, ...]:
    """Return the edit that makes a list of a string with one or more names; none for another value."""
    if not isinstance(value, Scalar) or value.type != "str" or not _NAMES.fullmatch(value.text):
        return ()
    return (Edit(value.span, f"[{value.text}]"),)


def _closest_scalars(value: Scalar, here: SchemaPosition) -> Iterator[str]:
    """Find the scalars that match the schema and that the author may have intended."""
    text = value.text.strip()
    if value.type == "str" and here.allows("number", "integer", "positive") and _NUMBER.fullmatch(text):
        yield text
    boolean = closest_boolean(text) if here.allows("boolean") else None
    if boolean:
        yield boolean
    if here.allows("words") and value.type == "str" and text:
        names = [each.name for each in here.key.values]
        closest = match_ignoring_case(text, names) or closest_match(text, names)
        if closest:
            yield closest
