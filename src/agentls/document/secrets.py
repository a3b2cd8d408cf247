"""Secrets in a text: tokens, API keys and private keys, by the formats of the table.

A text is shown to people, written to logs and sent to other programs, so whatever repeats a part of a file passes it
through `hide_secrets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from string import ascii_lowercase, digits

from agentls.dialects.secret_formats import secret_formats
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

SHOWN = 4
"""How many characters of a secret are shown."""


class Secret(NamedTuple):
    """A secret: its span, and its kind as a noun."""

    span: Span
    kind: str


def may_contain_secrets(text: str) -> bool:
    """Whether `text` contains the start of a secret. This is fast, and most texts contain none."""
    return any(pattern.search(text) for pattern in _starts())


def find_secrets(text: str) -> tuple[Secret, ...]:
    """The secrets in `text`, in order. Placeholders and examples are none."""
    return tuple(_find_secrets(text)) if may_contain_secrets(text) else ()


def hide_secrets(text: str, *, keep_length: bool = False) -> str:
    """`text` with no more than the first four characters of each secret, and `...` after them; with `keep_length` an
    asterisk for each other character, so that offsets remain right."""
    pieces: list[str] = []
    at = 0
    for secret in find_secrets(text):
        shown, end = secret.span.start + SHOWN, secret.span.end
        pieces += (text[at:shown], _INK.sub("*", text[shown:end]) if keep_length else "...")
        at = end
    return "".join((*pieces, text[at:])) if pieces else text


_INK = lazy_pattern(r"\S")


def _find_secrets(text: str) -> Iterator[Secret]:
    for found in _secrets().finditer(text):
        start = next(start for start in _kinds() if found[0].startswith(start))
        if not _is_placeholder(found[0].removeprefix(start)):
            yield Secret(Span(*found.span()), _kinds()[start])


def _is_placeholder(rest: str) -> bool:
    """Whether a person wrote what follows the start of a secret: it has words, repetitions or sequences, or few
    different characters. By chance, that happens to fewer than one secret in a hundred."""
    rest = rest[-_LENGTH:].lower()
    # In `a1b2c3d4e5`, the letters are a sequence without the digits between them.
    letters, numbers = (rest.translate(without) for without in (_DIGITS, _LETTERS))
    return (
        len(set(rest)) < _FEWEST
        or _WORDS.search(rest) is not None
        or any(map(_SEQUENCES.search, (rest, letters, numbers)))
    )


_DIGITS, _LETTERS = (str.maketrans("", "", each) for each in (digits, ascii_lowercase))
_LENGTH = 64
"""How many characters are looked at. In a long private key, a word may be chance."""
_FEWEST = 8
_WORDS = lazy_pattern(
    r"(.)\1{3}|example|sample|dummy|fake|test|your|here|token|secret|placeholder|redacted|insert|replace|change|demo"
    r"|mock|qwer|asdf|foobar|dead_?beef|cafe_?babe"
)


_RUN = 5
_SEQUENCES = lazy_pattern(
    "|".join(
        each[at : at + _RUN]
        for row in (ascii_lowercase, digits)
        for each in (row, row[::-1])
        for at in range(len(row) - _RUN + 1)
    )
)


@cache
def _starts() -> tuple[re.Pattern[str], ...]:
    """The patterns of which a text with a secret matches one. Each begins with a character that is rare in prose, for
    which `re` searches fast: the sign at the end of a start, or the capital letter that it begins with."""
    behind: dict[str, list[str]] = {}
    ahead: dict[str, list[str]] = {}
    for start in _kinds():
        group, first = (behind, start[-1]) if start[-1] in "_-" else (ahead, start[0])
        group.setdefault(first, []).append(start)
    return (
        *(
            re.compile(
                f"{sign}{_lookbehind({s[-3:] for s in starts})}(?:{'|'.join(_lookbehind({s}) for s in starts)})"
            )
            for sign, starts in behind.items()
        ),
        *(
            re.compile(f"{letter}(?={'|'.join(re.escape(s[1:]) for s in starts)})")
            for letter, starts in ahead.items()
        ),
    )


def _lookbehind(texts: Iterable[str]) -> str:
    """The regular expression for a position after one of `texts`, all of the same length."""
    return f"(?<={'|'.join(map(re.escape, sorted(texts)))})"


@cache
def _kinds() -> dict[str, str]:
    """The kind of the secrets with each start."""
    return {start: row.kind for row in secret_formats() for start in row.starts}


@cache
def _secrets() -> re.Pattern[str]:
    """The pattern of all secrets. Alternatives that begin with a letter are fast to reject."""
    alternatives = "|".join(
        f"{re.escape(start)}{row.rest}" for row in secret_formats() for start in row.starts
    )
    return re.compile(f"(?<![0-9A-Za-z])(?:{alternatives})(?![0-9A-Za-z])")
