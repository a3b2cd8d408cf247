"""File patterns such as `src/**/*.ts, *.{js,jsx}`: split, validate and match them.

Runtimes differ in the folder that a pattern is relative to. Here it may match from any folder, so that a pattern
without a match here has none in any runtime.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, islice

from agentls.text.patterns import lazy_pattern

_CLASS = lazy_pattern(r"\[[^\]\n]+\]")
MAX_LENGTH = 1000
"""The maximum length of a pattern. Compiling it and each comparison take time that grows with its length."""

STAR = "*"
"""`*` among the regular expressions of single characters: it stands for any part of a name."""

_MAX_ALTERNATIVES = 100
"""Every pair of braces multiplies the alternatives. A pattern with more is not compiled."""


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
    """Why a pattern cannot match anything, as a predicate, or `None`; also `None` for one that is too long to tell."""
    bare = _CLASS.sub("", pattern) if len(pattern) <= MAX_LENGTH else ""
    for opening, closing in ("[]", "{}"):
        if bare.count(opening) > bare.count(closing):
            return f"has an unclosed `{opening}`"
    return None


def matches(pattern: str, path: str) -> bool:
    """Whether `path`, which is relative to the root, matches the pattern from the root or a subfolder. Also true
    for a pattern that is not compiled."""
    alternatives = compile_pattern(pattern)
    return alternatives is None or any(_has_in_order(f"/{path}/", runs) for runs in alternatives)


_Runs = tuple["re.Pattern[str]", ...]
"""The parts of a pattern between `**`. Each matches consecutive names of a path, from a `/` to before the next one."""


def _has_in_order(path: str, runs: _Runs) -> bool:
    """Whether the runs match one after the other. The first match of each is the best one, so that nothing is tried
    twice."""
    start = 0
    for run in runs:
        found = run.search(path, start)
        if found is None:
            return False
        start = found.end()
    return True


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> tuple[_Runs, ...] | None:
    """The alternatives of a pattern, each with its runs; `None` if it is invalid or too complex."""
    if len(pattern) > MAX_LENGTH or find_error(pattern):
        return None
    plain = pattern.removeprefix("./").strip("/")
    expanded = (each for text in _expand_braces(plain) for each in _expand_braces(_split_stars(text)))
    texts = list(islice(expanded, _MAX_ALTERNATIVES + 1))
    try:
        return tuple(map(_compile_runs, texts)) if len(texts) <= _MAX_ALTERNATIVES else None
    except re.error:
        return None


def _expand_braces(text: str) -> Iterator[str]:
    """Yield what the first pair of braces and all later ones stand for."""
    start, depth, commas = -1, 0, []
    for found in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if found[0] == "{" and start < 0:
            start, depth = found.start(), 1
        elif found[0] == "," and depth == 1 and start >= 0:
            commas.append(found.start())
        elif found[0] == "}" and depth == 0 and start >= 0:
            for begin, end in zip((start, *commas), (*commas, found.start()), strict=True):
                yield from _expand_braces(text[:start] + text[begin + 1 : end] + text[found.end() :])
            return
    yield text


_BRACE = lazy_pattern(r"\\.|[{},]", re.DOTALL)


def _split_stars(text: str) -> str:
    """Write `**` next to other characters of a name, as in `src/**.ts`, so that it still matches several names."""
    return _STARS_IN_NAME.sub("{*,*/**/*}", text)


_STARS_IN_NAME = lazy_pattern(r"(?<=[^/*])\*{2,}|(?<!\*)\*{2,}(?=[^/*])")


def _compile_runs(text: str) -> _Runs:
    runs, groups = [""], count()
    for name in text.split("/"):
        if name == "**":
            runs.append("")
        elif name:
            runs[-1] += f"/{name_expression(map(_atom, _TOKEN.findall(name)), groups)}"
    return tuple(re.compile(f"{run}(?=/)", re.IGNORECASE) for run in runs if run)


def name_expression(atoms: Iterable[str], groups: Iterator[int]) -> str:
    """Return a regular expression for one name of a path, which must be followed by a `/` or by the end.

    `atoms` are regular expressions of one character each, and `STAR`. `groups` gives the numbers of groups.

    A `*` takes as little as it can. What failed after it is not tried with more, which could not help and would take
    time that grows with the power of the number of `*`: nothing goes back into a lookahead. So the time is at most
    the product of the numbers of atoms and characters.
    """
    pieces = [""]
    for atom in atoms:
        if atom == STAR:
            pieces.append("")
        else:
            pieces[-1] += atom
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    taken = "".join(
        f"(?=(?P<_{at}>[^/]*?{piece}))(?P=_{at})"
        for piece, at in zip(filter(None, middle), groups, strict=False)
    )
    return f"{first}{taken}[^/]*{last}"


def _atom(word: str) -> str:
    """Return the regular expression of a character, a set of characters, or `STAR`."""
    if word[0] == "*":
        return STAR
    if word[0] == "[" and len(word) > 1:
        return "(?!/)[" + word[1:-1].replace("\\", "").replace("!", "^", 1) + "]"
    return "[^/]" if word == "?" else re.escape(word[-1])


_TOKEN = lazy_pattern(rf"\*+|\\.|{_CLASS.pattern}|.", re.DOTALL)
