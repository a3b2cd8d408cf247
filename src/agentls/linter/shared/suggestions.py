"""The closest known key or value, and the fix that changes to it."""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.edits import remove_entry, set_value
from agentls.linter.rule import Context, Finding, Fix
from agentls.linter.shared.corrections import convert_to_list
from agentls.linter.shared.value_types import closest_boolean, matches_type
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.yaml_tree import Entry, Node, Scalar, Sequence


def with_suggestion(ctx: Context, finding: Finding) -> Finding:
    """Return a finding about an invalid value, with the closest valid value if there is one."""
    entry = next((each for each in ctx.document.root.entries if each.value.span == finding.span), None)
    key = ctx.dialect.key(entry.key.text) if entry else None
    if entry is None or key is None or not finding.span.text_in(ctx.text):
        return finding
    closest = closest_value(key, entry.value)
    found = suggest(ctx, finding.span, finding.message, finding.span, closest)
    return found._replace(fixes=found.fixes or finding.fixes, effects=finding.effects)


def offer_choices(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """Return the fixes of a value that is ignored and may mean anything: remove the key, which changes nothing for the
    runtime, or change to one of the valid values. Not for tools, since a list that denies some is a wish to keep."""
    if key.type == "tools":
        return ()
    names = [value.name for value in key.values] if key.type == "enum" else []
    choices = (ctx.make_fix(f"Change to `{name}`", set_value(entry, name)) for name in names)
    return (*remove_key(ctx, entry), *(fix for fixes in choices for fix in fixes))


def closest_value(key: Key, value: Node) -> str | None:
    """Return the valid value that the author most likely intended."""
    if isinstance(value, Sequence) and len(value.items) == 1:
        (value,) = value.items
        if isinstance(value, Scalar) and matches_type(key, value):
            return value.text
    if not isinstance(value, Scalar):
        return None
    if key.type == "boolean":
        return closest_boolean(value.text)
    text = value.text.strip().lower()
    return closest_match(text, [each.name for each in key.values]) if key.type == "enum" else None


def suggest(ctx: Context, mark: Span, message: str, written: Span, closest: str | None) -> Finding:
    """Return a finding at `mark`; with a closest match, also the fix that changes `written` to it."""
    if closest is None:
        return Finding(mark, message)
    fixes = ctx.make_fix(f"Change to `{closest}`", Edit(written, closest))
    return Finding(mark, message, fixes, meant=f"`{closest}`")


def suggest_key(ctx: Context, finding: Finding, closest: str, otherwise: tuple[Fix, ...] = ()) -> Finding:
    """Return a finding about an unknown key with the closest known key, and the fix that renames it. If a runtime
    rejects the value for that key, `otherwise` are the fixes."""
    renamed = Edit(finding.span, closest)
    title = f"Rename to `{closest}`"
    # A runtime may reject the string that another one splits.
    entry = next((each for each in ctx.document.root.entries if each.key.span == finding.span), None)
    listed = convert_to_list(entry.value) if entry else ()
    if listed:
        otherwise = (Fix(f"{title} and convert to a list", (renamed, *listed), instead=otherwise),)
    return finding._replace(meant=f"`{closest}`", fixes=(Fix(title, (renamed,), instead=otherwise),))


LONG_KEY = 8
"""The length of a key from which two letters may differ; a shorter one may well be another key."""


def closest_key(written: str, dialect: Dialect) -> str | None:
    """Return the known key closest to an unknown one, if it is probably a misspelling of that.

    The misspellings listed in the dialect come first. Otherwise the first letter must be the same, and a
    key of another format, or the plural of one, is not a misspelling.
    """
    return dialect.remember(_find_closest_key, written)


def _find_closest_key(written: str, dialect: Dialect) -> str | None:
    foreign = dialect.foreign_key(written)
    if foreign:
        return foreign.replacement if foreign.is_misspelling else None
    if dialect.key(written):
        return None  # It is a key of the dialect that the primary readers do not support.
    if dialect.foreign_key(written.removesuffix("s")):
        return None
    candidates = [key.name for key in dialect.keys if key.name[:1].lower() == written[:1].lower()]
    return closest_match(written, candidates, max_distance=2 if len(written) >= LONG_KEY else 1)


def remove_key(ctx: Context, entry: Entry, *, safe: bool = False) -> tuple[Fix, ...]:
    """Return the fix that removes a top-level entry, unless it has an anchor that others may refer to, or the runtime
    takes other lines for the frontmatter than an editor."""
    if "&" in entry.span.text_in(ctx.text) or entry not in ctx.document.root.entries:
        return ()
    edit = remove_entry(ctx.document, ctx.document.root, entry)
    return (Fix(f"Remove `{entry.key.text}`", (edit,), safe),)
