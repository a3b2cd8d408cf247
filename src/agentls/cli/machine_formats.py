"""Findings for programs: JSON, SARIF and the commands of GitHub workflows.

Each format turns the findings in one file into text, so that a run holds no more than one
file at a time; a frame goes around the whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from agentls import __version__
from agentls.cli import other_files
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity
from agentls.linter.rule import RULES, Fix, Related, Rule
from agentls.text.offsets import LineIndex, Span


class Format(NamedTuple):
    """One format: what comes first, what stands between the pieces of two files, what comes
    last (it is told whether every file could be checked), and the piece of one file, which is
    empty if nothing was found."""

    begin: Callable[[], str]
    between: str
    end: Callable[[bool], str]
    render: Callable[[str, Document, list[Diagnostic]], str]


# JSON


def as_json(path: str, document: Document, diagnostics: list[Diagnostic]) -> str:
    """The findings in one file as items of a list, one a line."""
    return ",\n".join(json.dumps(_json_item(path, document, diagnostic)) for diagnostic in diagnostics)


def _json_item(path: str, document: Document, diagnostic: Diagnostic) -> dict[str, Any]:
    fix = diagnostic.fixes[0] if diagnostic.fixes else None
    return {
        "path": path,
        "code": diagnostic.code,
        "severity": diagnostic.severity.label,
        "message": diagnostic.message,
        **_locations(document, diagnostic.span),
        "fix": fix and _json_fix(document, fix),
    }


def _json_fix(document: Document, fix: Fix) -> dict[str, Any]:
    edits = [{**_locations(document, edit.span), "content": edit.new_text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _locations(document: Document, span: Span) -> dict[str, dict[str, int]]:
    (line, column), (end_line, end_column) = _ends(document.lines, span)
    return {
        "location": {"line": line, "column": column},
        "end_location": {"line": end_line, "column": end_column},
    }


def _ends(lines: LineIndex, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    """The lines and columns, both from one, at which `span` starts and ends."""
    start, end = (lines.position(offset, "utf-32") for offset in span)
    return (start.line + 1, start.character + 1), (end.line + 1, end.character + 1)


# SARIF

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif_begin() -> str:
    """The log up to its results, with a description of every rule."""
    driver = {
        "name": "agentls",
        "version": __version__,
        "rules": [_sarif_rule(rule) for rule in RULES.values()],
    }
    return (
        '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{\n'
        f'"tool": {{"driver": {json.dumps(driver)}}},\n'
        '"columnKind": "unicodeCodePoints",\n"results": [\n'
    )


def sarif_end(complete: bool) -> str:
    """The log from its results on."""
    return f'\n],\n"invocations": [{{"executionSuccessful": {json.dumps(complete)}}}]}}]}}\n'


def as_sarif(path: str, document: Document, diagnostics: list[Diagnostic]) -> str:
    """The findings in one file as results, one a line."""
    return ",\n".join(json.dumps(_sarif_result(path, document, diagnostic)) for diagnostic in diagnostics)


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": f"{rule.summary}."},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _sarif_result(path: str, document: Document, diagnostic: Diagnostic) -> dict[str, Any]:
    artifact = {"uri": _uri(path)}
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message},
        "locations": [_sarif_location(artifact, document.lines, diagnostic.span)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            _sarif_related(artifact, document, other) for other in diagnostic.related
        ]
    if diagnostic.fixes:
        result["fixes"] = [_sarif_fix(artifact, document, fix) for fix in diagnostic.fixes]
    return result


def _sarif_location(artifact: dict[str, str], lines: LineIndex, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": artifact, "region": _region(lines, span)}}


def _sarif_related(artifact: dict[str, str], document: Document, other: Related) -> dict[str, Any]:
    lines = document.lines
    if other.path:
        artifact, lines = {"uri": _uri(other_files.shown(other.path))}, other_files.lines(other.path)
    return {**_sarif_location(artifact, lines, other.span), "message": {"text": other.message}}


def _sarif_fix(artifact: dict[str, str], document: Document, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(document.lines, edit.span), "insertedContent": {"text": edit.new_text}}
        for edit in fix.edits
    ]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _region(lines: LineIndex, span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = _ends(lines, span)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(path: str) -> str:
    """A path that counts from the current folder as a relative reference, another as an address."""
    address = path.replace(os.sep, "/")
    if os.path.isabs(path):
        return "file://" + ("" if address.startswith("/") else "/") + quote(os.fsencode(address), safe="/:")
    return quote(os.fsencode(address))


# GitHub

_COMMANDS = {**_LEVELS, Severity.INFORMATION: "notice", Severity.HINT: "notice"}


def as_github(path: str, document: Document, diagnostics: list[Diagnostic]) -> str:
    """The findings in one file as workflow commands, one a line."""
    return "".join(_github_command(path, document, diagnostic) for diagnostic in diagnostics)


def _github_command(path: str, document: Document, diagnostic: Diagnostic) -> str:
    (line, column), (end_line, end_column) = _ends(document.lines, diagnostic.span)
    properties: dict[str, object] = {"file": path.replace(os.sep, "/"), "line": line, "col": column}
    properties |= {"endLine": end_line, "endColumn": end_column, "title": f"agentls ({diagnostic.code})"}
    if end_line != line:  # GitHub takes columns only within one line.
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{diagnostic.message.translate(_IN_MESSAGE)}\n"


_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = {**_IN_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


FORMATS = {
    "json": Format(lambda: "[\n", ",\n", lambda _: "\n]\n", as_json),
    "sarif": Format(sarif_begin, ",\n", sarif_end, as_sarif),
    "github": Format(str, "", lambda _: "", as_github),
}
