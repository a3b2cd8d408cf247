"""Diagnostics as text for people: place, message, and the source line with the span marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import category, east_asian_width

from agentls.cli import related_files
from agentls.cli.blocks import MIN_FILES, Block, FixOption, PrintedFinding, SourceLine, describe_others
from agentls.cli.terminal import StyledText
from agentls.document.secrets import hide_secrets
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity
from agentls.linter.rule import Fix, Related
from agentls.text.escaping import INVISIBLE, escape_invisible, escape_path
from agentls.text.offsets import LineIndex

RuleKey = tuple[Severity, str]
"""A severity and the code of a rule that has findings of it."""

_TAB = 4
_GUTTER = 5
_CUT = "..."
_EMOJI_STYLE = "\ufe0f"


def printed_findings(
    path: str,
    text: str,
    lines: LineIndex,
    diagnostics: Iterable[Diagnostic],
    changed: Sequence[range] = (),
) -> Iterator[PrintedFinding]:
    """Yield what is printed of the diagnostics of one file, whose lines `changed` (counted from one) are marked."""
    path = escape_path(path)
    text = hide_secrets(text, keep_length=True)
    sources: dict[int, str] = {}
    for diagnostic in diagnostics:
        span = diagnostic.span
        at = lines.position(span.start, "utf-32")
        first, last = lines.line_number(span.start), lines.line_number(max(span.start, span.end - 1))
        line = lines.line_span(first)
        start = min(span.start, line.end) - line.start
        end = max(start + 1, min(span.end, line.end) - line.start)
        fix = diagnostic.fixes[0] if diagnostic.fixes else None
        yield PrintedFinding(
            path,
            at.line + 1,
            at.character + 1,
            diagnostic.severity,
            diagnostic.code,
            escape_invisible(diagnostic.message),
            # The findings on a line share its text, which may be long.
            SourceLine(
                sources.setdefault(first, line.text_in(text)),
                start,
                end,
                last + 1,
                any(first + 1 < each.stop and each.start <= last + 1 for each in changed),
            ),
            tuple(_related(path, lines, related) for related in diagnostic.related),
            escape_invisible(fix.title) if fix else "",
            _fix_option(fix),
        )


def _fix_option(fix: Fix | None) -> FixOption:
    """Return the option with which a fix is applied; moving a file is left to the user."""
    if fix is None or fix.new_path:
        return ""
    return "--fix" if fix.safe else "--fix --unsafe-fixes"


def _related(path: str, lines: LineIndex, related: Related) -> str:
    if related.path:
        path = escape_path(related_files.display_path(related.path))
        lines = related_files.file_lines(related.path)
    at = lines.position(related.span.start, "utf-32")
    return f"{path}:{at.line + 1}:{at.character + 1}: {escape_invisible(related.message)}"


def render_block(block: Block, width: int) -> Iterator[StyledText]:
    """Yield a block in lines of at most about `width` cells: the place, the message, the source line or the places of
    equal findings, and what is known besides."""
    first, several = block.findings[0], len(block.places) > 1
    label = first.severity.label
    yield (f"{len(block.places):,} files:" if several else f"{first.place}:"), "path"
    yield f" {label}[{first.code}]", label
    yield f" {first.message}\n", "plain"
    yield from _places(block.places) if several else _source(block.findings, label, width)
    for related in first.related if not several else ():
        yield f"{'':{_GUTTER}}= {related}\n", "muted"
    others = describe_others(block)
    if others:
        yield f"{'':{_GUTTER}}= also: ", "label"
        yield f"{others}\n", "plain"
    if first.fix:
        yield f"{'':{_GUTTER}}= fix: ", "fix"
        yield f"{first.fix}\n", "plain"
    yield "\n", "plain"


def _places(places: Sequence[PrintedFinding]) -> Iterator[StyledText]:
    """Yield the first places of equal findings, and the number of the others."""
    for finding in places[:MIN_FILES]:
        sign, style = ("+", "fix") if finding.source.is_changed else ("-", "muted")
        yield f"{'':{_GUTTER - 1}}{sign}-> ", style
        yield f"{finding.place}\n", "plain"
    more = len(places) - MIN_FILES
    if more > 0:
        yield f"{'':{_GUTTER - 1}}--> {_number(more, 'more file')} (--verbose)\n", "muted"


def rule_table(findings: Mapping[RuleKey, int], files: Mapping[RuleKey, int]) -> list[list[StyledText]]:
    """Return the rows of a table: the numbers of findings, and of files that have them, by severity and rule. The worst
    are last."""
    width = max((len(f"{count:,}") for count in findings.values()), default=0)
    return [
        [
            (f"{findings[key]:>{width},}", "plain"),
            (key[0].label, key[0].label),
            (key[1], "label"),
            (f"in {_number(files[key], 'file')}", "muted"),
        ]
        for key in sorted(findings, key=lambda key: (-key[0], findings[key], key[1]))
    ]


def render_summary(
    files: int,
    counts: Mapping[Severity, int],
    hidden: Mapping[Severity, int],
    shown: Sequence[PrintedFinding],
    since: str = "",
) -> Iterator[StyledText]:
    """Yield the last lines: the number of files, of findings by severity and of those that are not shown, and how many
    of those that are `shown` can be fixed, and are on lines that have changed since the commit `since`."""
    yield f"{_number(files, 'file')} checked: ", "plain"
    if counts:
        yield from _counts(counts)
    else:
        yield ("no errors or warnings" if hidden else "no findings"), "good"
    yield "\n", "plain"
    if hidden:
        yield "Not shown: ", "muted"
        yield from _counts(hidden)
        yield " (--show all)\n", "muted"
    if shown and since:
        changed = sum(finding.source.is_changed for finding in shown)
        verb = "is on a line" if changed == 1 else "are on lines"
        yield (
            f"{changed:,} of {_number(len(shown), 'finding')} {verb} changed since {since}, marked with +.\n",
            "plain",
        )
    if shown:
        yield "Run `agentls explain CODE` for details.\n", "muted"
    yield from _fixable(Counter(finding.fixed_by for finding in shown if finding.fixed_by))


def _fixable(counts: Counter[FixOption]) -> Iterator[StyledText]:
    """Yield how many findings can be fixed with which options."""
    safe, unsafe = counts["--fix"], counts["--fix --unsafe-fixes"]
    if safe:
        more = f", {unsafe:,} more with --fix --unsafe-fixes" if unsafe else ""
        yield f"{_number(safe, 'finding')} can be fixed with --fix{more}.\n", "fix"
    elif unsafe:
        yield f"{_number(unsafe, 'finding')} can be fixed with --fix --unsafe-fixes.\n", "fix"


def render_fixed(findings: int, files: int, left: int) -> Iterator[StyledText]:
    """Yield the line on the findings that were fixed, and the number of those that are left."""
    yield f"Fixed {describe_fixed(findings, files)}; {left:,} remain{'s' if left == 1 else ''}.\n", "fix"


def describe_fixed(findings: int, files: int) -> str:
    """Return what was fixed as a part of a sentence."""
    return f"{_number(findings, 'finding')} in {_number(files, 'file')}"


def _counts(counts: Mapping[Severity, int]) -> Iterator[StyledText]:
    found = [severity for severity in Severity if counts.get(severity)]
    for severity in found:
        uncountable = severity is Severity.INFORMATION
        yield (", " if severity is not found[0] else ""), "plain"
        yield _number(counts[severity], severity.label, "" if uncountable else "s"), severity.label


def _number(count: int, noun: str, plural: str = "s") -> str:
    return f"{count:,} {noun}{plural if count != 1 else ''}"


def _source(findings: Sequence[PrintedFinding], style: str, width: int) -> Iterator[StyledText]:
    """Yield the line on which the first finding starts, with a plus if it has changed, and below it the marks of all
    findings on this line, with the number of a later last line."""
    first = findings[0]
    line = first.source
    spans = [(each.source.start, each.source.end) for each in findings if each.line == first.line]
    shown, marks = _excerpt(line.text, spans, width - _GUTTER - 2)
    yield f"{first.line:{_GUTTER - 1}} ", "muted"
    yield ("+ ", "fix") if line.is_changed else ("| ", "muted")
    yield f"{shown}\n", "plain"
    yield f"{'':{_GUTTER - 1}} | ", "muted"
    yield marks, style
    yield (f" (to line {line.last})\n" if line.last > first.line else "\n"), "muted"


def _excerpt(line: str, spans: Sequence[tuple[int, int]], room: int) -> tuple[str, str]:
    """Return as much of `line` around the first of `spans` as has room in `room` cells, and carets below all spans."""
    start = spans[0][0]
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
        marks.append(("^" if any(a <= number < b for a, b in spans) else " ") * width)
        at += width
    if any(end > len(line) for _, end in spans):
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
    if kind in INVISIBLE:
        code = escape_invisible(char)
        return code, len(code)
    if kind == "Zs":
        return " ", 1
    if char == _EMOJI_STYLE:
        return char, 1  # The character before it becomes an emoji, which is one cell wider.
    if kind in ("Mn", "Me"):
        return char, 0
    return char, 2 if east_asian_width(char) in "WF" else 1
