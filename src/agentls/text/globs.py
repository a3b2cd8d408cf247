"""Patterns of files: `src/**/*.ts, *.{js,jsx}` split, looked at, and compared with paths.

Runtimes differ in what a pattern counts from. Here it may fit from any folder down, so that a
pattern which fits nothing here fits nothing anywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASS = re.compile(r"\[[^\]\n]+\]")
_MAX_LENGTH = 500
_MAX_STARS = 8
"""Comparing takes time with a power of the stars. A pattern with more is not looked at."""


def split_patterns(text: str) -> list[str]:
    """The patterns in a text with commas between them, without the blanks around each."""
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
    """Why a pattern cannot fit anything, in words, or `None`."""
    bare = _CLASS.sub("", pattern)
    for opening, closing in ("[]", "{}"):
        if bare.count(opening) > bare.count(closing):
            return f"has a `{opening}` that is never closed"
    return None


def matches(pattern: str, path: str) -> bool:
    """Whether the path (with `/`, counted from the root) fits the pattern, from its root or from a
    folder below. Also true where there is no telling."""
    compared = compile_pattern(pattern)
    return compared is None or compared.fullmatch(path) is not None


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern as a regular expression for paths, or `None` for one that is not understood."""
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


_TOKEN = re.compile(rf"\*\*/|\*\*|{_CLASS.pattern}|.", re.DOTALL)
