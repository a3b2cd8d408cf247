"""Why a file's frontmatter cannot be read, in words that lead to the line at fault.

A YAML parser says where it gave up, which is often a line or more behind the mistake. The
functions here look for the habit that caused it. They judge nothing: a runtime's strategy has
found that the block does not load before it asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agentls.frontmatter import TOP_LEVEL_KEY, Parsed, Source, parse, top_level_chunks
from agentls.reading import Reason
from agentls.text import Span

Repair = Callable[[str, Span], Source]

_LATE_FENCE = re.compile(r"^[ \t]*---[ \t]*\r?$", re.MULTILINE)


def explain_no_opening(text: str, start: int) -> Reason:
    """Why a text is not taken to start with a fence `---`; it begins at `start`."""
    end = text.find("\n", start)
    first = text[start : end if end >= 0 else len(text)].strip()
    where = Span(start, start + len(first) if first else min(len(text), start + 1))
    if "\r" in text and "\n" not in text:
        return Reason(
            "malformed-fence", "The lines end in CR alone, which is no line end for the fence", where
        )
    if first.startswith("+++"):
        return Reason(
            "malformed-fence", "`+++` opens TOML; the frontmatter must be YAML between `---`", where
        )
    if first.startswith("---") and first != "---":
        return Reason("malformed-fence", f"The first line is `{first[:40]}`, not just `---`", where)
    late = _LATE_FENCE.search(text, start)
    # A `---` further down is a ruler, unless a key follows it as in a frontmatter.
    if late and (not text[start : late.start()].strip() or _KEY_BELOW.match(text, late.end())):
        before = text[start : late.start()].strip().split("\n")[0].strip()
        what = f"`{before[:40]}` stands" if before else "Blank space stands"
        return Reason(
            "text-before-frontmatter",
            f"{what} in front of the opening `---`, which must come first in the file",
            Span(start, max(start + 1, late.start() + text[late.start() :].find("-"))),
        )
    return Reason("missing-frontmatter", "The file does not start with `---`", where)


_KEY_BELOW = re.compile(r"\s*(?:name|description)[ \t]*:\s")


def explain_invalid(text: str, block: Span, strict: Parsed, repair: Repair) -> Reason:
    """Why a block can be parsed neither as it stands nor after the runtime's `repair`.

    `strict` is the outcome of the first attempt, which has a problem.
    """
    assert strict.problem is not None, "the caller found a problem"
    if "\0" in block.of(text):
        at = text.index("\0", block.start)
        return Reason("invalid-yaml", "The frontmatter contains a NUL character", Span(at, at + 1))
    chunks = top_level_chunks(text, block)
    for chunk in chunks:
        if parse(Source.plain(text, chunk), tabs_indent=True).problem is None:
            continue
        if parse(repair(text, chunk), tabs_indent=True).problem is not None:
            return Reason("invalid-yaml", *_explain_chunk(text, chunk, repair))
    # Each entry by itself can be read; it is the repair of one that breaks another.
    for chunk in chunks:
        if parse(repair(text, chunk), tabs_indent=True).problem is not None:
            culprit = next((c for c in chunks if parse(Source.plain(text, c)).problem), chunk)
            return Reason(
                "invalid-yaml",
                f"`{key_of(text, culprit)}` needs quotes, and the repair that adds them"
                f" breaks the block of lines at `{key_of(text, chunk)}`",
                value_of(text, culprit),
            )
    offset = min(strict.problem.offset, max(block.start, block.end - 1))
    line = line_around(text, block, offset)
    return Reason("invalid-yaml", f"The frontmatter is not valid YAML ({strict.problem.message})", line)


def _explain_chunk(text: str, chunk: Span, repair: Repair) -> tuple[str, Span]:
    """Why the entry `chunk` cannot be read, and where."""
    key, value = key_of(text, chunk), value_of(text, chunk)
    first_line, *rest = value.of(text).split("\n")
    first = first_line.strip()
    first_span = Span(value.start, value.start + len(first))
    offset = value.start + len(first_line) + 1
    unindented: Span | None = None
    for line in rest:
        if line.strip() and line[0] not in " \t#" and unindented is None:
            unindented = Span(offset, offset + len(line.rstrip()))
        offset += len(line) + 1
    if "\r\n" in chunk.of(text) and parse(_with_lf(text, chunk, repair)).problem is None:
        return (
            f"`{key}` needs quotes, and Claude Code's repair does not work on lines that end in CRLF",
            first_span,
        )
    if first[:1] in ('"', "'") and not _is_quoted(value.of(text)):
        if value.of(text).count(first[0]) == 1:
            return f"The quote that opens `{key}` is never closed", first_span
        return f"`{key}` starts with a quoted part, and more text follows it", first_span
    if unindented:
        shown = unindented.of(text)[:40]
        return f"`{shown}` continues `{key}` but is not indented", unindented
    if first[:2] in ("- ", "? ") or first in ("-", "?"):
        return f"`{key}` starts with `{first[0]}`, which has a meaning of its own in YAML", first_span
    if first.endswith(":") and not any(line.strip() for line in rest):
        return f"The value of `{key}` ends in a colon", first_span
    if not _REPAIRABLE_KEY.fullmatch(key) and ": " in first:
        return (
            f"`{key}` needs quotes, and Claude Code's repair leaves keys alone that hold"
            " anything but letters, `_` and `-`",
            first_span,
        )
    problem = parse(Source.plain(text, chunk), tabs_indent=True).problem
    at = problem.offset if problem else value.start
    line_span = line_around(text, chunk, min(at, max(chunk.start, chunk.end - 1)))
    if any(line.strip() for line in rest) and first and first[0] not in "|>":
        if ": " in first:
            return f"`{key}` needs quotes, and its further lines keep them from being added", first_span
        if ": " in line_span.of(text) or line_span.of(text).endswith(":"):
            shown = line_span.of(text).strip()[:40]
            return f"`{shown}` inside `{key}` reads as a key of its own", line_span
    message = problem.message if problem else "cannot be parsed"
    return f"`{key}` is not valid YAML ({message})", line_span


_REPAIRABLE_KEY = re.compile(r"[A-Za-z_-]+")


def _with_lf(text: str, chunk: Span, repair: Repair) -> Source:
    """The repaired chunk as it were with LF line ends."""
    plain = chunk.of(text).replace("\r\n", "\n")
    return repair(plain, Span(0, len(plain)))


def _is_quoted(value: str) -> bool:
    """Whether a value, perhaps over several lines, is one quoted scalar."""
    value = value.strip()
    return parse(Source.plain(value, Span(0, len(value)))).problem is None


def key_of(text: str, chunk: Span) -> str:
    """The key with which a chunk starts, without quotes."""
    found = TOP_LEVEL_KEY.match(chunk.of(text))
    return found["key"].strip("\"'") if found else ""


def value_of(text: str, chunk: Span) -> Span:
    """The raw value of a chunk, without the blanks around it; the key's span if it is empty."""
    content = chunk.of(text)
    found = TOP_LEVEL_KEY.match(content)
    skip = found.end() if found else 0
    raw = content[skip:]
    start = chunk.start + skip + len(raw) - len(raw.lstrip())
    if not raw.strip():
        return Span(chunk.start, chunk.start + skip)
    return Span(start, start + len(raw.strip()))


def line_around(text: str, block: Span, offset: int) -> Span:
    """The line of the block that holds `offset`, without blanks at its edges."""
    start = max(block.start, text.rfind("\n", 0, offset) + 1)
    newline = text.find("\n", offset)
    line = text[start : newline if newline >= 0 else len(text)]
    stripped = line.strip()
    if not stripped:
        return Span(start, start + 1)
    start += len(line) - len(line.lstrip())
    return Span(start, start + len(stripped))
