"""Text of a value that YAML reads as something else."""

from __future__ import annotations

from agentls.document.edits import quote_scalar
from agentls.linter.rule import Context, Fix
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Scalar

_COMMENT = lazy_pattern(r"[ \t]*(#[^\r\n]*)")
_LIKELY_COMMENT = lazy_pattern(r"#[ \t]*(?:agentls:|TODO|FIXME|NOTE|XXX|HACK|noqa|yaml|prettier|cspell)")


def find_lost_text(ctx: Context, key: str) -> Span | None:
    """Find the text after `key` that YAML does not read as part of the value, if it is likely intended as such."""
    entry = ctx.reading.entry(key)
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.style != "plain":
        return None
    value = entry.value
    if value.properties_span:
        word = value.properties_span.text_in(ctx.text)
        used = word.startswith("!!") or (word[0] == "&" and f"*{word[1:]}" in ctx.text[value.span.end :])
        return None if used else value.properties_span
    found = _COMMENT.match(ctx.text, value.span.end)
    if found is None or value.span in ctx.reading.repaired_values or _LIKELY_COMMENT.match(found[1]):
        return None
    if key == "name" and found[1][1:2] in ("", " ", "\t"):
        return None  # After a name, `# text` is most likely a comment; `#2` is not.
    end = found.start(1) + len(found[1].rstrip())
    return Span(found.start(1), min(end, ctx.reading.block.end) if ctx.reading.block else end)


def quote_value(ctx: Context, entry: Entry, lost: Span) -> Fix:
    """Return the fix that quotes a value together with the text that it has `lost`."""
    value = entry.value.span
    whole = Span(min(lost.start, value.start), max(lost.end, value.end)) if value.start < value.end else lost
    text = " ".join(line.strip() for line in whole.text_in(ctx.text).split("\n"))
    return Fix("Quote the whole value", (Edit(whole, quote_scalar(text)),))
