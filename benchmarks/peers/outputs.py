"""Which files have an error, by the output of a linter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any


class UnreadableError(ValueError):
    """The output is not of the expected format, since the linter stopped before its end."""


def read_json(output: str) -> frozenset[str]:
    """The names of the files with an error in JSON output: objects whose `severity` or `level` is `error` are
    errors, and belong to the file that they or the next object around them name."""
    start = output.find("[" if output.lstrip().startswith("[") else "{")
    try:
        found, _ = json.JSONDecoder().raw_decode(output[max(start, 0) :])
    except ValueError as error:
        raise UnreadableError from error
    names = frozenset(_name(path) for path in _error_paths(found, ""))
    if names == {""}:  # claudelint reports that it stopped as an error of no file.
        raise UnreadableError
    return names - {""}


def read_cclint(output: str) -> frozenset[str]:
    """The names of the files with an error in the text of cclint: a line with a path, then its findings."""
    if "Files checked:" not in output:
        raise UnreadableError
    found: set[str] = set()
    path = ""
    for line in output.splitlines():
        if line.endswith(".md:") and not line.startswith(" "):
            path = line[:-1]
        elif line.lstrip().startswith("✗") and path:
            found.add(_name(path))
    return frozenset(found)


def _error_paths(node: Any, path: str) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _error_paths(each, path)
    elif isinstance(node, dict):
        own = next(
            (node[key] for key in ("path", "file", "file_path") if isinstance(node.get(key), str)), path
        )
        if "error" in (node.get("severity"), node.get("level")):
            yield own
        for each in node.values():
            yield from _error_paths(each, own)


def _name(path: str) -> str:
    """The last part of a path; names of files are unique in one run."""
    return re.split(r"[/\\]", path)[-1]
