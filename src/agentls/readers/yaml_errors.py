"""Why frontmatter cannot be parsed: the cause and the line of the mistake.

A YAML parser reports the offset at which it failed, which is often a line or more after the mistake. The
functions here look for the usual mistakes that cause such a failure. They are called only after the strategy of
a runtime has failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from agentls.readers.reading import Cause, Reason
from agentls.text.frontmatter import MAX_LEADING_TEXT, TOP_LEVEL_KEY, split_entries
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import MappedText, ParseResult, parse

Repair = Callable[[str, Span], MappedText]

# Lines that look like an intended frontmatter, for files in which no runtime finds one.
_LATE_FENCE = lazy_pattern(r"(?:^|(?<=\ufeff))[ \t]*---[ \t]*\r?$", re.MULTILINE)
_ALMOST_A_FENCE = lazy_pattern(r"[-\u2010-\u2015\u2212]{2}")
_CODE_FENCE = lazy_pattern(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_CODE_FENCE_AT_END = lazy_pattern(
    r"^[ \t]*(?:```|~~~)[`~]*(?:\n|<!--(?:(?!-->)[^\n])*-->|[ \t\r])*\Z", re.MULTILINE
)
_KEY_LINE = lazy_pattern(r"\s*[A-Za-z_-]+[ \t]*:(?:\s|\Z)")
_IDENTITY_BELOW = lazy_pattern(
    r"(?:\s*[A-Za-z_-]+[ \t]*:[ \t][^\n]*\n)*?\s*(?:name|description|applyTo|globs|alwaysApply)[ \t]*:\s"
)


def explain_missing_opening(text: str, start: int) -> Reason:
    """Return the reason why the text from `start` on has no frontmatter that begins there."""
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    first = line.strip(" \t\r")
    at = start + len(line) - len(line.lstrip(" \t\r"))
    where = Span(at, at + len(first)) if first else Span(start, min(len(text), start + 1))
    if first == "---" and at == start:
        return Reason("unclosed-frontmatter", "closing fence missing", where)
    if first.startswith("---\r"):
        return Reason("malformed-fence", "lines end in CR", Span(at, at + 3))
    if "\0" in first and first.replace("\0", "").lstrip("\ufffd").strip() == "---":
        return Reason("malformed-fence", "not UTF-8", where)
    if first.startswith("+++"):
        return Reason("malformed-fence", "TOML", where)
    if first != "---" and _ALMOST_A_FENCE.match(first) and _KEY_LINE.match(text, where.end):
        return Reason("malformed-fence", "opening fence inexact", where, (first[:40],))
    for fence in _LATE_FENCE.finditer(text, start, start + MAX_LEADING_TEXT):
        before = text[start : fence.start()].strip()
        if not before or _opens(text, fence.end(), before):
            span = Span(start, text.index("-", fence.start()))
            cause: Cause = "text before the frontmatter" if before else "blank lines before the frontmatter"
            if _CODE_FENCE.match(before):
                cause = "code fence before the frontmatter"
            return Reason("text-before-frontmatter", cause, span, (before.partition("\n")[0].strip()[:40],))
    if _IDENTITY_BELOW.match(text, start):
        return Reason("unopened-frontmatter", "opening fence missing", where)
    return Reason("missing-frontmatter", "no frontmatter", where)


def _opens(text: str, end: int, before: str) -> bool:
    """Whether the `---` that ends at `end` is probably intended to open the frontmatter, although the text
    `before` precedes it. If not, it is a thematic break or part of an example of an agent file."""
    fences = _CODE_FENCE.findall(before)
    if fences and before == fences[0].strip() and _CODE_FENCE_AT_END.search(text, end):
        return _KEY_LINE.match(text, end) is not None  # The whole file is in a code fence.
    if not _IDENTITY_BELOW.match(text, end):
        return False
    return len(fences) % 2 == 0 or before == fences[0].strip()


@lru_cache(maxsize=8)  # Several runtimes reject the same block for the same reason.
def explain_invalid_yaml(
    text: str, block: Span, strict: ParseResult, runtime_repair: Repair | None
) -> Reason:
    """Return the reason why a block can be parsed neither unchanged nor after the runtime's repair, if it has one.

    `strict` is the result of parsing it unchanged, which has an error.
    """
    assert strict.error is not None, "the caller found an error"
    repair, tabs = runtime_repair or MappedText.unchanged, runtime_repair is not None
    if "\0" in block.text_in(text):
        at = text.index("\0", block.start)
        return Reason("invalid-yaml", "NUL character", Span(at, at + 1))
    if text[text.rfind("\n", 0, block.end) + 1 : block.end].strip():
        return Reason("early-terminator", "closing fence inside a line", dash_run(text, block.end))
    chunks = split_entries(text, block)
    for before, chunk in zip((None, *chunks), chunks, strict=False):
        if parse(MappedText.unchanged(text, chunk), tabs_indent=tabs).error is None:
            continue
        if parse(repair(text, chunk), tabs_indent=tabs).error is not None:
            stray = before and _explain_stray_list(text, before, chunk)
            return stray or _explain_chunk(text, chunk, runtime_repair)
    # Each entry can be parsed separately, so the repair of one entry breaks another.
    for chunk in chunks:
        if parse(repair(text, chunk), tabs_indent=tabs).error is not None:
            culprit = next((c for c in chunks if parse(MappedText.unchanged(text, c)).error), chunk)
            keys = entry_key(text, culprit), entry_key(text, chunk)
            return _invalid("repair breaks another entry", entry_value_span(text, culprit), *keys)
    prose = _PROSE.search(text, block.start, chunks[0].start) if chunks else None
    if prose:
        return _invalid("not key and value", Span(*prose.span(1)), prose[1][:40])
    offset = min(strict.error.offset, max(block.start, block.end - 1))
    line = line_span_at(text, block, offset)
    return _invalid("invalid YAML", line, strict.error.message)


_PROSE = lazy_pattern(r"^[ \t]*([^\s#](?:[^\n]*\S)?)(?=\s*$)", re.MULTILINE)


def _invalid(cause: Cause, span: Span, *data: str) -> Reason:
    return Reason("invalid-yaml", cause, span, data)


def _explain_chunk(text: str, chunk: Span, repair: Repair | None) -> Reason:
    """Return the reason why the entry `chunk` cannot be parsed."""
    key, value = entry_key(text, chunk), entry_value_span(text, chunk)
    first_line, *rest = value.text_in(text).split("\n")
    first = first_line.strip()
    first_span = Span(value.start, value.start + len(first))
    unindented = _UNINDENTED.search(text, value.start + len(first_line) + 1, value.end)
    if repair and "\r\n" in chunk.text_in(text) and parse(_with_lf(text, chunk, repair)).error is None:
        return _invalid("repair ignores CRLF", first_span, key)
    if first[:1] in ('"', "'") and not _is_quoted(value.text_in(text)):
        if value.text_in(text).count(first[0]) == 1:
            return _invalid("open quote", first_span, key)
        return _invalid("text after quotes", first_span, key)
    item = next(find_unquoted_items(text, value), None)
    if item:
        shown = item.text_in(text)
        return _invalid("indicator", item, shown[:40], shown[0])
    if unindented:
        return _explain_unindented(text, chunk, Span(*unindented.span()))
    if first[:2] in ("- ", "? ") or first in ("-", "?"):
        return _invalid("indicator", first_span, key, first[0])
    star = _STAR_AS_KEY.search(text, text.rfind("\n", 0, value.start) + 1, value.end)
    if star:
        return _invalid("alias as key", Span(*star.span(1)), star[1])
    if repair is None and first[:1] in _INDICATORS:
        return _invalid("indicator", first_span, key, first[0])
    if repair is None and ": " in first:
        return _invalid("colon in value", first_span, key)
    if first.endswith(":") and not any(line.strip() for line in rest):
        return _invalid("colon at the end", first_span, key)
    if repair and not _REPAIRABLE_KEY.fullmatch(key) and ": " in first:
        return _invalid("repair ignores the key", first_span, key)
    error = parse(MappedText.unchanged(text, chunk), tabs_indent=repair is not None).error
    at = error.offset if error else value.start
    line_span = line_span_at(text, chunk, min(at, max(chunk.start, chunk.end - 1)))
    if any(line.strip() for line in rest) and first and first[0] not in "|>":
        if repair and ": " in first:
            return _invalid("repair ignores further lines", first_span, key)
        if ": " in line_span.text_in(text) or line_span.text_in(text).endswith(":"):
            shown = line_span.text_in(text).strip()[:40]
            return _invalid("key inside a value", line_span, shown, key)
        comment = _COMMENT_INSIDE.search(text, value.start, value.end)
        if comment:
            shown, span = comment[1][:40], Span(*comment.span(1))
            return _invalid("comment inside a value", span, shown, key)
    message = error.message if error else "cannot be parsed"
    return _invalid("invalid entry", line_span, key, message)


def find_unquoted_items(text: str, value: Span) -> Iterator[Span]:
    """Find the items of a list in block style that are invalid because they start with a special character."""
    if text.startswith("- ", value.start):
        for found in _ITEM.finditer(text, text.rfind("\n", 0, value.start) + 1, value.end):
            item = Span(*found.span(1))
            if parse(MappedText.unchanged(text, item)).error:
                yield item


_ITEM = lazy_pattern(r"^[ \t]*-[ \t]+([`@%*&!{\[](?:[^\r\n]*[^ \t\r\n])?)(?=[ \t\r]*$)", re.MULTILINE)
_STAR_AS_KEY = lazy_pattern(r"^[ \t]*(\*[^\s\"']*?)[ \t]*:(?=\s)", re.MULTILINE)
_INDICATORS = tuple("`@%*&!{[")
_REPAIRABLE_KEY = lazy_pattern(r"[A-Za-z_-]+")
_UNINDENTED = lazy_pattern(r"^[^\s#](?:[^\n]*\S)?(?=\s*$)", re.MULTILINE)
_TIGHT_KEY = lazy_pattern(r"[A-Za-z_-]+:(?!//)\S")
_COMMENT_INSIDE = lazy_pattern(r"[ \t](#(?:[^\r\n]*[^ \t\r\n])?)[ \t\r]*\n(?=[ \t]+[^\s#])")


def _explain_stray_list(text: str, before: Span, chunk: Span) -> Reason | None:
    """Return the reason why an unindented list cannot be parsed, if it looks like text that was intended to
    continue the entry `before`: a line `Examples:` with items that are invalid YAML."""
    value = entry_value_span(text, chunk)
    if text[value.start - 1] != "\n" or text[value.start] != "-":
        return None
    line = line_span_at(text, chunk, chunk.start)
    return _invalid("list not indented", line, line.text_in(text)[:40], entry_key(text, before))


def _explain_unindented(text: str, chunk: Span, line: Span) -> Reason:
    """Return the reason why the unindented `line` below the key of `chunk` is invalid."""
    shown, key = line.text_in(text)[:40], entry_key(text, chunk)
    if _TIGHT_KEY.match(shown):
        return _invalid("no space after colon", line, shown)
    after_blank = not text[text.rfind("\n", 0, line.start - 1) + 1 : line.start].strip()
    if after_blank and text.startswith("---", chunk.end):
        return _invalid("neither key nor indented", line, shown)
    return _invalid("line not indented", line, shown, key)


def _with_lf(text: str, chunk: Span, repair: Repair) -> MappedText:
    """Return the repaired chunk with LF line ends."""
    plain = chunk.text_in(text).replace("\r\n", "\n")
    return repair(plain, Span(0, len(plain)))


def _is_quoted(value: str) -> bool:
    """Whether a value, on one line or several, is one quoted scalar."""
    value = value.strip()
    return parse(MappedText.unchanged(value, Span(0, len(value)))).error is None


def entry_key(text: str, chunk: Span) -> str:
    """Return the key at the start of a chunk, without quotes."""
    found = TOP_LEVEL_KEY.match(chunk.text_in(text))
    return found["key"].strip("\"'") if found else ""


def entry_value_span(text: str, chunk: Span) -> Span:
    """Return the span of the value of a chunk without surrounding spaces, or that of the key if it is empty."""
    content = chunk.text_in(text)
    found = TOP_LEVEL_KEY.match(content)
    skip = found.end() if found else 0
    raw = content[skip:]
    start = chunk.start + skip + len(raw) - len(raw.lstrip())
    if not raw.strip():
        return Span(chunk.start, chunk.start + (found.end("key") if found else 0))
    return Span(start, start + len(raw.strip()))


def dash_run(text: str, start: int) -> Span:
    """Return the whole run of dashes that begins at `start`."""
    end = start
    while text.startswith("-", end):
        end += 1
    return Span(start, end)


def line_span_at(text: str, block: Span, offset: int) -> Span:
    """Return the line of the block that contains `offset`, without surrounding spaces."""
    start = max(block.start, text.rfind("\n", 0, offset) + 1)
    newline = text.find("\n", offset)
    line = text[start : newline if newline >= 0 else len(text)]
    stripped = line.strip()
    if not stripped:
        return Span(start, start + 1)
    start += len(line) - len(line.lstrip())
    return Span(start, start + len(stripped))
