"""References to local files in a prompt: Markdown links, `@path`, `#file:path`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

if TYPE_CHECKING:
    from agentls.project.names import Reference

LINK_PATTERN = lazy_pattern(r"\]\([ \t]*<?([^\s()<>]+)")
"""The end of a Markdown link, with its destination."""

IMPORT_PATTERN = lazy_pattern(
    r"@(?<![\w@/.`]@)(\.{1,2}/[\w./-]*\w|\.?[\w-][\w./-]*\.(?:mdx?|mdc|txt|json|ya?ml|toml))(?![\w/-])"
)
"""A path after `@`. Other words after `@` are names of people, packages or decorators. The pattern starts with the
literal `@`, for which the search is fast."""

FILE_PATTERN = lazy_pattern(r"#file:(?<![\w`#]#file:)([^\s`'\"<>()\[\]{},;]+)")
"""A path after `#file:`."""

_DEFINITION = lazy_pattern(r"^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s<>]+)", re.MULTILINE)
_FORMS = (("](", LINK_PATTERN), ("]:", _DEFINITION), ("@", IMPORT_PATTERN), ("#file:", FILE_PATTERN))
_NOT_RELATIVE = lazy_pattern(r"[/\\~@]|[A-Za-z][A-Za-z0-9+.-]*:|www\.")
_PLACEHOLDER = lazy_pattern(r"path/to|\.\.\.|[<>{}$*|%\[\]]|YYYY|XXX|xxx")


def local_path(destination: str) -> str:
    """The relative path of a link destination; "" for a URL, an absolute path or a placeholder."""
    path = _without_fragment(destination)
    if "%" in path:
        from urllib.parse import unquote  # Few links need it.

        path = unquote(path)
    plausible = "/" in path or "." in path.strip(".")
    return path if plausible and not _NOT_RELATIVE.match(path) and not _PLACEHOLDER.search(path) else ""


class BundledFile(NamedTuple):
    """A mention of a file that a skill or a plugin brings along: its path as it is written, its span, the variable
    at its start ("" for none), and whether the text needs the file, rather than giving an example or writing it."""

    path: str
    span: Span
    variable: str
    is_needed: bool


_BUNDLED = lazy_pattern(
    r"(?<![\w./{}$<>*~@-])(?:\$\{(CLAUDE_SKILL_DIR|CLAUDE_PLUGIN_ROOT)\}/"
    r"|(?:\./)?(?:scripts|references?|assets|resources|templates)/)"
    r"(?:[\w.-]+/)*[\w.-]+\.(?:py|sh|bash|js|mjs|cjs|ts|rb|ps1|md|txt|json|ya?ml|toml|html|css|csv)"
    r"(?![\w/{}$<>*-]|\.\w)"
)
_EXAMPLE_BEFORE = lazy_pattern(
    r"\be\.g\.|\bfor (?:instance|example)\b|\bsuch as\b|\b(?:examples?|ejemplos?|exemples?|Beispiele?)(?:\W*$|\W{0,4}:)"
    r"|\b[wc]ould\b|\bmight\b|(?<!\bthis )(?<!\bthe )\bskill(?:'s)?\W*$",
    re.IGNORECASE,
)
_OPTIONAL = lazy_pattern(
    r"\bif (?:it |they )?(?:is |are )?(?:present|available|exists?|existing)\b|\boptional|\bwould be\b",
    re.IGNORECASE,
)
_WRITTEN = lazy_pattern(
    r"\S\s*[>\u2192]\W*$|^\s*(?://|#)\s*$|\b(?:creat|writ|sav|generat|stor|append|export|produc|past|add|put|mov|cop|renam|plac"
    r"|extract)\w*\W+(?:(?:\S+\s+){0,8}?(?:to|into|in|as|at)\W*|(?:(?:an?|the|new|file|script|called|named)\W+)*)$",
    re.IGNORECASE,
)
_SAMPLE_NAME = lazy_pattern(
    r"(?:^|/)(?:file_?name|script_?name|name|example|sample|foo|bar|x+|y+|z+|script|file|(?:my|your)[-_][^/]*)\.\w+$"
    r"|YYYY|XXX|path/to",
    re.IGNORECASE,
)


_NEAR = 200
"""The number of characters before and after a mention that say what it is for."""


def find_bundled_files(text: str, start: int) -> Iterator[BundledFile]:
    """Find the mentions of files that a skill or a plugin brings along, in `text` from the offset `start` on."""
    for found in _BUNDLED.finditer(text, start):
        is_needed = not _SAMPLE_NAME.search(found[0]) and needs_file(text, Span(*found.span()))
        yield BundledFile(found[0], Span(*found.span()), found[1] or "", is_needed)


def needs_file(text: str, mention: Span) -> bool:
    """Whether the line around the mention of a file expects that the file exists. The file may as well be an example,
    be optional, or be written by the agent."""
    before = text[max(0, mention.start - _NEAR) : mention.start].rpartition("\n")[2]
    line = before + text[mention.start : mention.end + _NEAR].partition("\n")[0]
    is_template = "{{" in line or "{%" in line
    return not (
        is_template or _EXAMPLE_BEFORE.search(before) or _WRITTEN.search(before) or _OPTIONAL.search(line)
    )


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
