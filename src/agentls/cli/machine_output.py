"""Diagnostics for programs: JSON, SARIF, the commands of GitHub workflows, and single lines.

Each format turns the diagnostics of one file into text, so that a run keeps one file at a time; a head and
a tail go around the whole.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from agentls import __version__
from agentls.cli import related_files
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity
from agentls.linter.rule import Fix, Related, Rule
from agentls.linter.rules import all_rules
from agentls.text.escaping import escape_invisible, escape_lines, escape_message, escape_path, to_json
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import LineIndex, Span


class OutputFormat(NamedTuple):
    """One format: its head, what separates the parts of two files, its tail (given whether every file could
    be checked), and the part of one file from its printed path, its lines and its diagnostics."""

    head: Callable[[], str]
    separator: str
    tail: Callable[[bool], str]
    render: Callable[[str, LineIndex, Sequence[Diagnostic]], str]


# JSON


def json_items(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as items of a list, one per line."""
    return ",\n".join(to_json(_json_item(path, lines, diagnostic)) for diagnostic in diagnostics)


def _json_item(path: str, lines: LineIndex, diagnostic: Diagnostic) -> dict[str, Any]:
    fix = next(iter(_edit_fixes(diagnostic)), None)
    return {
        "path": path,
        "code": diagnostic.code,
        "severity": diagnostic.severity.label,
        "effects": {each.runtime: each.consequence.value for each in diagnostic.effects},
        "message": diagnostic.message,
        **_locations(lines, diagnostic.span),
        "fix": fix and _json_fix(lines, fix),
    }


def _edit_fixes(diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """Return the fixes that are edits. Where a file should be moved to is in the message."""
    return tuple(fix for fix in diagnostic.fixes if not fix.new_path)


def _json_fix(lines: LineIndex, fix: Fix) -> dict[str, Any]:
    edits = [{**_locations(lines, edit.span), "content": edit.new_text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _locations(lines: LineIndex, span: Span) -> dict[str, dict[str, int]]:
    (line, column), (end_line, end_column) = _ends(lines, span)
    return {
        "location": {"line": line, "column": column},
        "end_location": {"line": end_line, "column": end_column},
    }


def _ends(lines: LineIndex, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the line and column, both counted from one, of the start and of the end of `span`."""
    start, end = lines.position(span.start, "utf-32"), lines.position(span.end, "utf-32")
    return (start.line + 1, start.character + 1), (end.line + 1, end.character + 1)


# SARIF

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif_head() -> str:
    """Return the log up to its results, with a description of every rule."""
    driver = {
        "name": "agentls",
        "version": __version__,
        "rules": [_sarif_rule(rule) for rule in all_rules().values()],
    }
    return (
        '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{\n'
        f'"tool": {{"driver": {to_json(driver)}}},\n'
        '"columnKind": "unicodeCodePoints",\n"results": [\n'
    )


def sarif_tail(complete: bool) -> str:
    """Return the rest of the log after its results."""
    return f'\n],\n"invocations": [{{"executionSuccessful": {to_json(complete)}}}]}}]}}\n'


def sarif_results(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as results, one per line."""
    return ",\n".join(to_json(_sarif_result(path, lines, diagnostic)) for diagnostic in diagnostics)


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": f"{rule.summary}."},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _sarif_result(path: str, lines: LineIndex, diagnostic: Diagnostic) -> dict[str, Any]:
    artifact = {"uri": _uri(path)}
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": escape_message(diagnostic.message)},
        "locations": [_sarif_location(artifact, lines, diagnostic.span)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [_sarif_related(artifact, lines, other) for other in diagnostic.related]
    fixes = _edit_fixes(diagnostic)
    if fixes:
        result["fixes"] = [_sarif_fix(artifact, lines, fix) for fix in fixes]
    return result


def _sarif_location(artifact: dict[str, str], lines: LineIndex, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": artifact, "region": _region(lines, span)}}


def _sarif_related(artifact: dict[str, str], lines: LineIndex, other: Related) -> dict[str, Any]:
    if other.path:
        artifact, lines = (
            {"uri": _uri(related_files.display_path(other.path))},
            related_files.file_lines(other.path),
        )
    return {
        **_sarif_location(artifact, lines, other.span),
        "message": {"text": escape_message(other.message)},
    }


def _sarif_fix(artifact: dict[str, str], lines: LineIndex, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(lines, edit.span), "insertedContent": {"text": edit.new_text}}
        for edit in fix.edits
    ]
    return {
        "description": {"text": escape_message(fix.title)},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _region(lines: LineIndex, span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = _ends(lines, span)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(path: str) -> str:
    """Return a path as a URI: a relative reference if it is relative."""
    from urllib.parse import quote  # Its import takes as long as the check of a file.

    address = path.replace(os.sep, "/")
    if os.path.isabs(path):
        return "file://" + ("" if address.startswith("/") else "/") + quote(os.fsencode(address), safe="/:")
    return quote(os.fsencode(address))


# GitHub

_COMMANDS = {**_LEVELS, Severity.INFORMATION: "notice", Severity.HINT: "notice"}


def github_commands(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as workflow commands, one per line."""
    return "".join(_github_command(path, lines, diagnostic) for diagnostic in diagnostics)


def _github_command(path: str, lines: LineIndex, diagnostic: Diagnostic) -> str:
    (line, column), (end_line, end_column) = _ends(lines, diagnostic.span)
    file = escape_invisible(path.replace(os.sep, "/"), "\r\n")
    properties: dict[str, object] = {"file": file, "line": line, "col": column}
    properties |= {"endLine": end_line, "endColumn": end_column, "title": f"agentls ({diagnostic.code})"}
    if end_line != line:  # GitHub accepts columns only within one line.
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    message = escape_invisible(diagnostic.message, "\r\n\t").translate(_IN_MESSAGE)
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{message}\n"


_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = {**_IN_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


# One line for each diagnostic


def concise_lines(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as compilers print them, for editors that search for such lines."""
    return "".join(_concise_line(path, lines, diagnostic) for diagnostic in diagnostics)


def _concise_line(path: str, lines: LineIndex, diagnostic: Diagnostic) -> str:
    (line, column), _ = _ends(lines, diagnostic.span)
    message = " ".join(diagnostic.message.split())
    place = f"{escape_path(path)}:{line}:{column}"
    return escape_lines(f"{place}: {diagnostic.severity.label}[{diagnostic.code}] {message}\n")


# GitLab

_GITLAB_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFORMATION: "minor",
    Severity.HINT: "info",
}


def gitlab_items(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as items of a Code Quality report, one per line.

    GitLab compares reports by the fingerprints. They contain no line, so that a finding stays the same when it moves;
    equal findings of a file are counted.
    """
    seen = Counter[tuple[str, str]]()
    items = []
    for diagnostic in diagnostics:
        same = diagnostic.code, diagnostic.message
        items.append(to_json(_gitlab_item(path, lines, diagnostic, seen[same])))
        seen[same] += 1
    return ",\n".join(items)


def _gitlab_item(path: str, lines: LineIndex, diagnostic: Diagnostic, number: int) -> dict[str, Any]:
    from hashlib import sha256

    file = path.replace(os.sep, "/")
    identity = "\0".join((file, diagnostic.code, diagnostic.message, str(number)))
    (line, _), (end_line, _) = _ends(lines, diagnostic.span)
    return {
        "description": diagnostic.message,
        "check_name": diagnostic.code,
        "fingerprint": sha256(identity.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": _GITLAB_SEVERITIES[diagnostic.severity],
        "location": {"path": file, "lines": {"begin": line, "end": end_line}},
    }


# JUnit


def junit_suite(path: str, lines: LineIndex, diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics of one file as a test suite with a failed test for each."""
    name, count = _attribute(escape_path(path)), len(diagnostics)
    cases = "".join(_junit_case(path, lines, diagnostic) for diagnostic in diagnostics)
    return f'<testsuite name={name} tests="{count}" failures="{count}">\n{cases}</testsuite>\n'


def _junit_case(path: str, lines: LineIndex, diagnostic: Diagnostic) -> str:
    (line, column), _ = _ends(lines, diagnostic.span)
    name = _attribute(f"{diagnostic.code} ({line}:{column})")
    message = _attribute(escape_invisible(diagnostic.message))
    kind = _attribute(diagnostic.severity.label)
    head = f'<testcase name={name} classname={_attribute(escape_path(path))} line="{line}">'
    return f"{head}<failure type={kind} message={message}/></testcase>\n"


def _attribute(text: str) -> str:
    """Return a text as the value of an attribute in XML, with its quotes, that is no command in the log of a
    workflow."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(text.translate(_NOT_IN_XML)).replace("##[", "##&#91;")


_NOT_IN_XML = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'

OUTPUT_FORMATS = {
    "concise": OutputFormat(str, "", lambda _: "", concise_lines),
    "json": OutputFormat(lambda: "[\n", ",\n", lambda _: "\n]\n", json_items),
    "sarif": OutputFormat(sarif_head, ",\n", sarif_tail, sarif_results),
    "github": OutputFormat(str, "", lambda _: "", github_commands),
    "gitlab": OutputFormat(lambda: "[\n", ",\n", lambda _: "\n]\n", gitlab_items),
    "junit": OutputFormat(
        lambda: f'{_XML}<testsuites name="agentls">\n', "", lambda _: "</testsuites>\n", junit_suite
    ),
}
