"""Did you mean: the key or value that comes nearest, with the fix that writes it."""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.edits import remove_entry
from agentls.linter.rule import Context, Finding, Fix
from agentls.linter.shared.value_types import closest_boolean, matches_type
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.yaml_tree import Entry, Node, Scalar, Sequence


def with_suggestion(ctx: Context, finding: Finding) -> Finding:
    """A finding about a wrong value, with the word that was meant, if one was."""
    entry = next((each for each in ctx.document.root.entries if each.value.span == finding.span), None)
    key = ctx.dialect.key(entry.key.text) if entry else None
    if entry is None or key is None or not finding.span.text_in(ctx.text):
        return finding
    meant = closest_value(key, entry.value)
    found = suggest(ctx, finding.span, finding.message, finding.span, meant)
    return found._replace(effects=finding.effects)


def closest_value(key: Key, value: Node) -> str | None:
    """The value that the author most likely had in mind."""
    if isinstance(value, Sequence) and len(value.items) == 1:
        (value,) = value.items
        if isinstance(value, Scalar) and matches_type(key, value):
            return value.text
    if not isinstance(value, Scalar):
        return None
    if key.type == "boolean":
        return closest_boolean(value.text)
    text = value.text.strip().lower()
    return closest_match(text, [word.name for word in key.values]) if key.type == "enum" else None


def suggest(ctx: Context, mark: Span, message: str, written: Span, meant: str | None) -> Finding:
    """A finding at `mark`, with the word that was meant, if one was, and the fix that writes it."""
    if meant is None:
        return Finding(mark, message)
    fixes = ctx.make_fix(f"Write `{meant}`", Edit(written, meant))
    return Finding(mark, f"{message} Did you mean `{meant}`?", fixes)


# Keys shorter than this are taken for misspelt only if a single letter is wrong.
_LONG = 8


def closest_key(written: str, dialect: Dialect) -> str | None:
    """The key that a stranger is a misspelling of, if it is one.

    The runtime's own table comes first. Otherwise the first letter must be right, and a word
    that is a key elsewhere, or the plural of one, is no misspelling.
    """
    foreign = dialect.foreign_key(written)
    if foreign:
        return foreign.use if foreign.alias else None
    if dialect.key(written):
        return None  # It is a key, but not to the runtimes that count.
    if dialect.foreign_key(written.removesuffix("s")):
        return None
    candidates = [key.name for key in dialect.keys if key.name[:1].lower() == written[:1].lower()]
    return closest_match(written, candidates, most=2 if len(written) >= _LONG else 1)


def remove_key(ctx: Context, entry: Entry, *, safe: bool = False) -> tuple[Fix, ...]:
    """The fix that takes a top-level entry without effect out, but for one that others may refer to."""
    if "&" in entry.span.text_in(ctx.text):
        return ()
    edit = remove_entry(ctx.document, ctx.document.root, entry)
    return (Fix(f"Remove `{entry.key.text}`", (edit,), safe),)
