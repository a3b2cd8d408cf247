"""Diagnostics for a terminal: location, message, and the source line with the span marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from unicodedata import category, east_asian_width

from agentls.cli import related_files
from agentls.cli.terminal import StyledText
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity
from agentls.text.offsets import LineIndex, Span

_TAB = 4
_GUTTER = 5
_CUT = "..."
_EMOJI_STYLE = "\ufe0f"


def render_diagnostics(
    path: str, text: str, lines: LineIndex, diagnostics: Iterable[Diagnostic], width: int
) -> Iterator[StyledText]:
    """Yield the diagnostics of one file, each in a few lines of at most about `width` cells."""
    path = escape_control_characters(path)
    for diagnostic in diagnostics:
        label = diagnostic.severity.label
        yield f"{path}:{_place(lines, diagnostic.span)}:", "path"
        yield f" {label}[{diagnostic.code}]", label
        yield f" {escape_control_characters(diagnostic.message)}\n", "plain"
        yield from _source(text, lines, diagnostic.span, label, width)
        for related in diagnostic.related:
            there = (
                escape_control_characters(related_files.display_path(related.path)) if related.path else path
            )
            place = _place(related_files.file_lines(related.path) if related.path else lines, related.span)
            yield f"{'':{_GUTTER}}= {there}:{place}: {escape_control_characters(related.message)}\n", "muted"
        if diagnostic.fixes:
            yield f"{'':{_GUTTER}}= fix: ", "fix"
            yield f"{escape_control_characters(diagnostic.fixes[0].title)}\n", "plain"
        yield "\n", "plain"


def render_summary(files: int, counts: Mapping[Severity, int]) -> Iterator[StyledText]:
    """Yield the last lines: the number of files, and of findings of each severity."""
    yield f"{_number(files, 'file')} checked: ", "plain"
    found = [severity for severity in Severity if counts.get(severity)]
    for severity in found:
        uncountable = severity is Severity.INFORMATION
        yield (", " if severity is not found[0] else ""), "plain"
        yield _number(counts[severity], severity.label, "" if uncountable else "s"), severity.label
    yield (("\nRun `agentls explain CODE` for details.\n", "muted") if found else ("no findings\n", "good"))


def escape_control_characters(text: str) -> str:
    """Return `text` on one line, with control and invisible characters written out."""
    return text if text.isprintable() else "".join(_cell(char, 0)[0] for char in text)


def _number(count: int, noun: str, plural: str = "s") -> str:
    return f"{count:,} {noun}{plural if count != 1 else ''}"


def _place(lines: LineIndex, span: Span) -> str:
    line, character = lines.position(span.start, "utf-32")
    return f"{line + 1}:{character + 1}"


def _source(text: str, lines: LineIndex, span: Span, style: str, width: int) -> Iterator[StyledText]:
    """Yield the line on which `span` starts, and the marks below it, with the number of a later last line."""
    first, last = lines.line_number(span.start), lines.line_number(max(span.start, span.end - 1))
    line = lines.line_span(first)
    start = min(span.start, line.end) - line.start
    end = max(start + 1, min(span.end, line.end) - line.start)
    shown, marks = _excerpt(line.text_in(text), start, end, width - _GUTTER - 2)
    yield f"{first + 1:{_GUTTER - 1}} | ", "muted"
    yield f"{shown}\n", "plain"
    yield f"{'':{_GUTTER - 1}} | ", "muted"
    yield marks, style
    yield (f" (to line {last + 1})\n" if last > first else "\n"), "muted"


def _excerpt(line: str, start: int, end: int, room: int) -> tuple[str, str]:
    """Return as much of `line` around `start` as has room in `room` cells, and carets below `start:end`."""
    after = sum(_cell(char, 0)[1] for char in line[start : start + room])
    lead = max(room // 8, room - after - 2 * len(_CUT))
    begin = start
    while begin and (width := _cell(line[begin - 1], 0)[1]) <= lead:
        lead -= width
        begin -= 1
    shown, marks = [_CUT] * bool(begin), [" " * len(_CUT)] * bool(begin)
    at = len(_CUT) * bool(begin)
    for number, char in enumerate(line[begin : begin + room], begin):
        cell, width = _cell(char, at)
        if at + width > room - len(_CUT) * (number + 1 < len(line)):
            shown.append(_CUT)
            break
        shown.append(cell)
        marks.append(("^" if start <= number < end else " ") * width)
        at += width
    if end > len(line):
        marks.append("^")
    return "".join(shown).rstrip(), "".join(marks).rstrip()


def _cell(char: str, at: int) -> tuple[str, int]:
    """Return how `char` is printed in column `at`, and its width there in cells."""
    if " " <= char <= "~":
        return char, 1
    if char == "\t":
        width = _TAB - at % _TAB
        return " " * width, width
    kind = category(char)
    if kind in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        code = f"<U+{ord(char):04X}>"
        return code, len(code)
    if kind == "Zs":
        return " ", 1
    if char == _EMOJI_STYLE:
        return char, 1  # The character before it becomes an emoji, which is one cell wider.
    if kind in ("Mn", "Me"):
        return char, 0
    return char, 2 if east_asian_width(char) in "WF" else 1
