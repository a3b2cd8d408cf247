"""References to local files in a prompt: Markdown links, `@path`, `#file:path`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

if TYPE_CHECKING:
    from agentls.project.names import Reference

LINK_PATTERN = lazy_pattern(r"\]\([ \t]*<?([^\s()<>]+)")
"""The end of a Markdown link, with its destination."""

IMPORT_PATTERN = lazy_pattern(
    r"@(?<![\w@/.`]@)((?:\.{1,2}/)+[\w./-]*\w|\.?[\w-][\w./-]*\.(?:mdx?|mdc|txt|json|ya?ml|toml))(?![\w/-])"
)
"""A path after `@`. Other words after `@` are names of people, packages or decorators. The pattern starts with the
literal `@`, for which the search is fast."""

FILE_PATTERN = lazy_pattern(r"#file:(?<![\w`#]#file:)([^\s`'\"<>()\[\]{},;]+)")
"""A path after `#file:`."""

_DEFINITION = lazy_pattern(r"^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s<>]+)", re.MULTILINE)
_FORMS = (("](", LINK_PATTERN), ("]:", _DEFINITION), ("@", IMPORT_PATTERN), ("#file:", FILE_PATTERN))
_NOT_RELATIVE = lazy_pattern(r"[/\\~@]|[A-Za-z][A-Za-z0-9+.-]*:|www\.")
_PLACEHOLDER = lazy_pattern(r"path/to|\.\.\.|[<>{}$*|%\[\]]")


def local_path(destination: str) -> str:
    """The relative path of a link destination; "" for a URL, an absolute path or a placeholder."""
    path = _without_fragment(destination)
    if "%" in path:
        from urllib.parse import unquote  # Few links need it.

        path = unquote(path)
    plausible = "/" in path or "." in path.strip(".")
    return path if plausible and not _NOT_RELATIVE.match(path) and not _PLACEHOLDER.search(path) else ""


def find_path_references(text: str, start: int, folders: tuple[str, ...]) -> Iterator[Reference]:
    """The references to files in `text` from the offset `start` on, with one reference for each of `folders` that
    the path may be relative to."""
    from agentls.project.names import Reference  # The linter needs the patterns alone.

    for sign, pattern in _FORMS:
        if text.find(sign, start) >= 0:
            for found in pattern.finditer(text, start):
                path = local_path(found[1])
                span = Span(found.start(1), found.start(1) + len(_without_fragment(found[1])))
                for full in dict.fromkeys(_join(folder, path) for folder in folders) if path else ():
                    yield Reference("file", full, "", span, "link")


def _without_fragment(destination: str) -> str:
    return re.split(r"[?#]", destination, maxsplit=1)[0]


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
