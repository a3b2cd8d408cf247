"""File patterns such as `src/**/*.ts, *.{js,jsx}`: split, validate and match them.

Runtimes differ in the folder that a pattern is relative to. Here it may match from any folder, so that a pattern
without a match here has none in any runtime.
"""

from __future__ import annotations

import re
from functools import lru_cache

from agentls.text.patterns import lazy_pattern

_CLASS = lazy_pattern(r"\[[^\]\n]+\]")
_MAX_LENGTH = 500
_MAX_STARS = 8
"""The time of a match grows exponentially with the number of `*`. A pattern with more is not compiled."""


def split_patterns(text: str) -> list[str]:
    """Split comma-separated patterns, without whitespace around them."""
    pieces: list[str] = []
    depth = start = 0
    for at, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif character == "," and depth == 0:
            pieces.append(text[start:at])
            start = at + 1
    return [piece.strip() for piece in (*pieces, text[start:])]


def find_error(pattern: str) -> str | None:
    """Why a pattern cannot match anything, as a predicate, or `None`."""
    bare = _CLASS.sub("", pattern)
    for opening, closing in ("[]", "{}"):
        if bare.count(opening) > bare.count(closing):
            return f"has an unclosed `{opening}`"
    return None


def matches(pattern: str, path: str) -> bool:
    """Whether `path`, which is relative to the root, matches the pattern from the root or a subfolder. Also true
    for a pattern that is not compiled."""
    compared = compile_pattern(pattern)
    return compared is None or compared.fullmatch(path) is not None


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern as a regular expression for paths, `None` if it is invalid or too complex."""
    if len(pattern) > _MAX_LENGTH or pattern.count("*") > _MAX_STARS or find_error(pattern):
        return None
    plain = re.sub(r"(?:\*\*/)+", "**/", pattern.removeprefix("./").strip("/"))
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    parts = []
    depth = 0
    for word in _TOKEN.findall(plain):
        depth += (word == "{") - (word == "}")
        if word == "," and not depth:
            parts.append(",")
        elif word.startswith("[") and len(word) > 1:
            parts.append("[" + word[1:-1].replace("\\", "").replace("!", "^", 1) + "]")
        else:
            parts.append(words.get(word) or re.escape(word))
    try:
        return re.compile(f"(?:.*/)?{''.join(parts)}(?:/.*)?", re.IGNORECASE)
    except re.error:
        return None


_TOKEN = lazy_pattern(rf"\*\*/|\*\*|{_CLASS.pattern}|.", re.DOTALL)
