"""Ignore comments, which disable rules for a range of the file.

In the frontmatter, `# agentls: ignore[code]` is on its own line above an entry, or after a value. In the body,
`<!-- agentls: ignore[code] -->` applies to its line or, alone on a line, to the next one, or to the code block that
starts there. `ignore-file` applies to the whole file. Several codes are separated by commas; without brackets a
comment disables all rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Mapping, Node, Scalar, Sequence, walk

_WORDS = r"agentls:[ \t]*ignore(?P<file>-file)?(?:\[(?P<codes>[^\]\n<#]*)\]|(?![\w\[-]))"
_IN_YAML = lazy_pattern(rf"(?:^|(?<=[ \t]))#[ \t]*{_WORDS}", re.MULTILINE)
_IN_BODY = lazy_pattern(rf"<!--[ \t]*{_WORDS}[ \t]*-->")


class Suppression(NamedTuple):
    """One comment: its span, the codes that it disables (none: all), and the range where it applies."""

    span: Span
    codes: tuple[str, ...]
    range: Span

    def covers(self, code: str, span: Span) -> bool:
        """Whether it suppresses a finding of the rule `code` at `span`."""
        return (not self.codes or code in self.codes) and self.range.overlaps(span)


def find_suppressions(document: Document) -> list[Suppression]:
    """All ignore comments of a document, in the order of the text. If its frontmatter is too long to check, only those
    that disable what is said about that for the whole file."""
    if "agentls:" not in document.text:
        return []
    if document.has_long_frontmatter:
        return [
            each for each in _in_long_frontmatter(document) if each.covers(UNCHECKED, document.start_span)
        ]
    return [*_in_frontmatter(document), *_in_body(document)]


UNCHECKED = "unchecked-frontmatter"
"""The code of the rule that reports frontmatter that is too long to check."""


def _in_long_frontmatter(document: Document) -> Iterator[Suppression]:
    """Yield the comments for the whole file in frontmatter that is not parsed."""
    block = document.frontmatter
    for found in _IN_YAML.finditer(document.text, *block.content) if block else ():
        if found["file"]:
            yield _suppression(found, Span(*found.span()), Span(*found.span()), document)


def _in_frontmatter(document: Document) -> Iterator[Suppression]:
    if document.frontmatter is None:
        return
    content = document.frontmatter.content
    values = sorted(node.span for node in walk(document.root) if isinstance(node, Scalar))
    below = range(0), Span(0, 0)
    for found in _IN_YAML.finditer(document.text, content.start, content.end):
        span = Span(*found.span())
        # Inside a value it is text: in a block scalar, or in a value that is quoted by a repair.
        before = bisect_left(values, Span(span.start, 0)) - 1
        if before >= 0 and values[before].start < span.start < values[before].end:
            continue
        line = document.lines.line_number(span.start)
        if document.text[document.lines.line_span(line).start : span.start].strip():
            covered = document.lines.line_span(line)
        else:
            if line not in below[0]:
                below = _next_entry(document, line)
            covered = below[1]
        yield _suppression(found, span, covered, document)


def _in_body(document: Document) -> Iterator[Suppression]:
    for found in _IN_BODY.finditer(document.text, document.body_start):
        span = Span(*found.span())
        if document.markdown.in_code(span.start):
            continue
        line = document.lines.line_number(span.start)
        own_line = document.lines.line_span(line)
        alone = own_line.text_in(document.text).strip() == found[0]
        covered = _next_line(document, line) if alone and line + 1 < len(document.lines) else own_line
        yield _suppression(found, span, covered, document)


def _next_line(document: Document, line: int) -> Span:
    """The range of the line after `line`, or of the code block that starts there."""
    below = document.lines.line_span(line + 1)
    block = next((b for b in document.markdown.code_blocks if below.start <= b.span.start <= below.end), None)
    return block.span if block else below


def _suppression(found: re.Match[str], span: Span, covered: Span, document: Document) -> Suppression:
    codes = tuple(code.strip() for code in (found["codes"] or "").split(",") if code.strip())
    return Suppression(span, codes, Span(0, len(document.text)) if found["file"] else covered)


def _next_entry(document: Document, line: int) -> tuple[range, Span]:
    """The lines from `line` on that are blank or comments, and the range of the entry on the next line, which is that
    of a comment on each of them."""
    lines = document.lines
    for number in range(line + 1, len(lines)):
        span = lines.line_span(number)
        content = span.text_in(document.text).strip()
        if content and not content.startswith("#"):
            starts = span.start + len(span.text_in(document.text)) - len(span.text_in(document.text).lstrip())
            return range(line, number), _entry_at(document.root, starts) or span
    return range(line, line + 1), lines.line_span(line)


def _entry_at(node: Node, offset: int) -> Span | None:
    """The span of the outermost entry or list item that starts at `offset`."""
    if isinstance(node, Mapping):
        at = bisect_right(node.entries, offset, key=lambda entry: entry.key.span.start) - 1
        entry = node.entries[at] if at >= 0 else None
        if entry and entry.key.span.start == offset:
            return entry.span
        return _entry_at(entry.value, offset) if entry and offset < entry.span.end else None
    if isinstance(node, Sequence):
        at = bisect_right(node.items, offset, key=lambda item: item.span.start) - 1
        item = node.items[at] if at >= 0 else None
        return _entry_at(item, offset) if item and offset < item.span.end else None
    return None


def add_ignore_comment(document: Document, code: str, span: Span) -> Edit:
    """The edit that inserts a comment which disables the rule `code` at `span`.

    The comment gets its own line: after a value, a repair by the runtime would make it part of the value. In a
    Markdown table it comes after the row, since a line would end the table, and for code it precedes the code block.
    """
    lines, block = document.lines, document.frontmatter
    newline = document.newline
    if block and span.start >= document.body_start:
        code_block = document.markdown.code_block_at(span.start)
        line = lines.line_span(lines.line_number(code_block.span.start if code_block else span.start))
        comment = f"<!-- agentls: ignore[{code}] -->"
        if code_block:
            written = line.text_in(document.text)
            comment = written[: len(written) - len(written.lstrip())] + comment
        elif line.text_in(document.text).lstrip().startswith("|"):
            return Edit(Span(line.end, line.end), f" {comment}")
        return Edit(Span(line.start, line.start), f"{comment}{newline}")
    entry = next((e for e in document.root.entries if e.span.overlaps(span)), None)
    if block and entry and span.start >= block.content.start:
        at = lines.line_span(lines.line_number(entry.key.span.start)).start
        return Edit(Span(at, at), f"# agentls: ignore[{code}]{newline}")
    if block and (document.reading.block or not block.closing):
        at = block.content.start
        return Edit(Span(at, at), f"# agentls: ignore-file[{code}]{newline}")
    # If the runtime finds no frontmatter, a comment in it could hide the cause.
    at = len(document.text)
    lead = "" if document.text.endswith("\n") or not document.text else newline
    return Edit(Span(at, at), f"{lead}<!-- agentls: ignore-file[{code}] -->{newline}")
