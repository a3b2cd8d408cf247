"""Patterns as in `.gitignore`: read them, and compare paths with them as Git does, character by character.

A comparison takes time in proportion to the length of the pattern times that of the path, whatever the pattern is.
A pattern consists of runs of names between `**`, and a run matches as many names as it has. So the first place where a
run matches leaves most to the next one, and no other place is tried; within a name, the same holds for the pieces
between `*` (`globs.name_expression`). A run that is compared from each name of a path compares each of its names with
each of the path at most once, and comparing two names takes at most the product of their lengths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count

from agentls.text.globs import MAX_LENGTH, STAR, name_expression
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern


class IgnorePattern(NamedTuple):
    """One pattern: whether it takes back what others ignore (`!`), only matches folders (`/` at its end), and is
    compared with the name instead of the whole path; and the test of a name or path, which returns a true value."""

    is_negated: bool
    only_folders: bool
    by_name: bool
    test: Callable[[str], object]


def parse_lines(text: str) -> Iterator[IgnorePattern]:
    """Yield the patterns of a `.gitignore` with the content `text`; what matches nothing is omitted."""
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = parse_pattern(line.removesuffix("\r"))
        if pattern:
            yield pattern


def parse_pattern(line: str) -> IgnorePattern | None:
    """Return the pattern that a line of a `.gitignore` is; `None` if it matches nothing, as a comment does."""
    if line.startswith("#") or len(line) > MAX_LENGTH:
        return None
    line = _trim(line)
    text = line.removeprefix("!")
    glob = text.removesuffix("/")
    by_name = "/" not in glob
    # Git removes one slash, and compares literally what precedes the first special character.
    test = _make_test(glob.removeprefix("/"), by_name=by_name)
    return IgnorePattern(text != line, glob != text, by_name, test) if glob and test else None


def _trim(line: str) -> str:
    """Return `line` without the spaces at its end, except one after a backslash."""
    trimmed = line.rstrip(" ")
    is_escaped = (len(trimmed) - len(trimmed.rstrip("\\"))) % 2 == 1
    return line[: len(trimmed) + is_escaped]


_SPECIAL = lazy_pattern(r"[*?\[\\]")


def last_match(patterns: tuple[IgnorePattern, ...], *paths: str) -> bool | None:
    """Whether the last of the patterns that matches one of `paths` ignores it; `None` if none does.

    Paths are relative to the folder of the patterns, and those of folders end in `/`. Their parents are not considered.
    """
    plain = [path.removesuffix("/") for path in paths]
    targets = [(path, each, each.rpartition("/")[2]) for path, each in zip(paths, plain, strict=True)]
    for pattern in reversed(patterns):
        for path, each, name in targets:
            if (path != each or not pattern.only_folders) and pattern.test(name if pattern.by_name else each):
                return not pattern.is_negated
    return None


def parents(path: str) -> list[str]:
    """Return the folders that contain the file or folder at `path`, the outermost first. They end in `/`."""
    return [path[: at + 1] for at, character in enumerate(path[:-1]) if character == "/"]


def selects(patterns: tuple[IgnorePattern, ...], path: str) -> bool:
    """Whether the patterns of a setting select the file at `path`: the last one that matches it decides, or else the
    last one that matches a parent. Unlike in Git, `!` therefore also takes back a file of a selected folder."""
    own = last_match(patterns, path)
    return bool(last_match(patterns, *parents(path)) if own is None else own)


def _make_test(glob: str, *, by_name: bool) -> Callable[[str], object] | None:
    """Return the test of names or paths, or `None` for one that nothing passes. Most patterns of a `.gitignore` are a
    name or `*.suffix`, for which no regular expression is compiled."""
    special = _SPECIAL.search(glob)
    if special is None:
        return glob.__eq__
    if by_name and special[0] == "*" and special.start() == 0 and not _SPECIAL.search(glob, 1):
        suffix = glob[1:]
        return lambda name: name.endswith(suffix)
    source = _expression(glob, special.start(), by_name=by_name)
    if source is None:
        return None
    expression = lazy_pattern(source, re.DOTALL)

    def matches(path: str) -> object:  # The first call compiles it.
        return expression.fullmatch(path)

    return matches


def _expression(glob: str, special: int, *, by_name: bool) -> str | None:
    """Return a pattern as a regular expression, `None` if it matches nothing. `special` is the place of its first
    special character."""
    runs: list[list[list[str]]] = [[[]]]
    at = 0
    while at < len(glob):
        name = runs[-1][-1]
        character, start = glob[at], at
        at += 1
        if character == "*":
            while glob.startswith("*", at):
                at += 1
            # Git has compared what precedes the first special character, and does not see it any more.
            is_first = start in (0, special) or glob[start - 1] == "/"
            if at - start == 1 or by_name or not is_first:
                name.append(STAR)
            elif at == len(glob):
                return _join_runs([*runs, [[".*"]]])
            elif glob[at] == "/":
                runs.append([[]])
                at += 1
            elif glob.startswith("\\/", at):
                runs.append([[STAR]])
            else:
                name.append(STAR)
        elif character == "/":
            runs[-1].append([])
        elif character == "[":
            found = _parse_set(glob, at)
            if found is None:
                return None
            atom, at = found
            name.append(atom)
        elif character == "\\":
            if at == len(glob):
                return None
            if glob[at] == "/":
                runs[-1].append([])
            else:
                name.append(re.escape(glob[at]))
            at += 1
        else:
            name.append("[^/]" if character == "?" else re.escape(character))
    return _join_runs(runs)


def _join_runs(runs: list[list[list[str]]]) -> str:
    """Return the regular expression of runs that follow one another, with any names between two of them."""
    groups = count()
    first, *others = ("/".join(name_expression(name, groups) for name in run) for run in runs)
    anywhere = [f"(?:[^/]*/)*?{run}" for run in others]
    # What a lookahead has found is not tried again elsewhere.
    fixed = [f"(?=(?P<run{at}>{run}))(?P=run{at})" for at, run in enumerate(anywhere[:-1])]
    return "".join((first, *fixed, *anywhere[-1:]))


def _parse_set(glob: str, at: int) -> tuple[str, int] | None:
    """Return the set of characters that begins before `at` as a regular expression, and where it ends; `None` if it
    is never closed or has an unknown class."""
    is_negated = glob.startswith(("!", "^"), at)
    at += is_negated
    parts: list[str] = []
    is_first = True
    while is_first or not glob.startswith("]", at):
        found = _SET_ITEM.match(glob, at)
        if found is None or found["named"] not in (None, *_CLASSES):
            return None
        parts.append(_range(found) if found["named"] is None else _CLASSES[found["named"]])
        at, is_first = found.end(), False
    characters = "".join(parts)
    if is_negated:
        return f"[^/{characters}]", at + 1
    return f"(?!/)[{characters}]", at + 1


def _range(found: re.Match[str]) -> str:
    """Return one character, or a range of characters, of which only the first counts if it is after the last."""
    first = found["first"].removeprefix("\\")
    if found["last"] is None:
        return re.escape(first)
    last = found["last"].removeprefix("\\")
    return f"{re.escape(first)}-{re.escape(last)}" if first <= last else re.escape(first)


_SET_ITEM = lazy_pattern(
    r"\[:(?P<named>[^\]]*):\]|(?P<first>\\.|[^\\])(?:-(?P<last>\\.|[^\\\]]))?",
    re.DOTALL,
)
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\v\f\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
