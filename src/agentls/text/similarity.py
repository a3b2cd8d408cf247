"""Which texts say the same, in the same words or with a few more, out of very many.

A text is the set of its words, without case and punctuation. It is found by two of them, the longest, which are
rarely those of another subject. So each look takes in a few others, however many there are.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from itertools import combinations, islice
from typing import NamedTuple, TypeVar

MIN_WORDS = 6
"""How many different words a text must have for others to be told apart from it by a few more."""

EXTRA_WORD_RATIO = 5
"""Of how many words one may be more than the other text has."""

MAX_COMPARISONS = 50
"""How many texts are looked at closely, at most, in the search for those that one covers."""

_Key = TypeVar("_Key", str, tuple[str, ...])

_WORD = re.compile(r"\w+")
_MOST_ADDED = 8


class NearDuplicate(NamedTuple):
    """A text that another one covers: its key, and the words that the other one has besides, in its order."""

    key: str
    extra_words: tuple[str, ...]


class TextSimilarityIndex:
    """Texts by their keys. They come and go one at a time, and each costs its own length."""

    def __init__(self) -> None:
        self._folded: dict[str, str] = {}
        self._equal: dict[str, list[str]] = {}
        self._anchored: dict[tuple[str, ...], list[str]] = {}

    def add(self, key: str, text: str) -> None:
        """Take in a text under a new key. One without words is like no other."""
        folded = _fold(text)
        if folded:
            self._folded[key] = folded
            insort(self._equal.setdefault(folded, []), key)
            insort(self._anchored.setdefault(_lookup_key(folded), []), key)

    def remove(self, key: str) -> None:
        """Forget the text under that key, if there is one."""
        folded = self._folded.pop(key, None)
        if folded is not None:
            _remove(self._equal, folded, key)
            _remove(self._anchored, _lookup_key(folded), key)

    def find_duplicates(self, key: str, most: int) -> list[str]:
        """The keys of the first `most` texts with the words of the one under `key`, in the same order."""
        keys = self._equal.get(self._folded.get(key, ""), ())
        return list(islice((other for other in keys if other != key), most))

    def find_near_duplicates(self, key: str, most: int) -> list[NearDuplicate]:
        """The first `most` texts that the one under `key` covers: it has all their words, and at most one in
        `SHARE` of its own besides. Of a great many that may be such ones, only `LOOKS` are looked at."""
        words = self._folded.get(key, "").split()
        own = set(words)
        room = min(len(own) // EXTRA_WORD_RATIO, _MOST_ADDED)
        if not room:
            return []
        # Of those that it covers, the two longest words are among its own longest ones.
        pairs = combinations(_longest(own, room + 2), 2)
        candidates = (other for pair in pairs for other in self._anchored.get(pair, ()))
        found = []
        for other in islice(candidates, MAX_COMPARISONS):
            theirs = set(self._folded[other].split())
            if MIN_WORDS <= len(theirs) < len(own) <= len(theirs) + room and theirs < own:
                added = dict.fromkeys(word for word in words if word not in theirs)
                found.append(NearDuplicate(other, tuple(added)))
        return sorted(found)[:most]


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _longest(words: set[str], most: int) -> list[str]:
    return sorted(sorted(words), key=len, reverse=True)[:most]


def _lookup_key(folded: str) -> tuple[str, ...]:
    return tuple(_longest(set(folded.split()), 2))


def _remove(table: dict[_Key, list[str]], entry: _Key, key: str) -> None:
    keys = table[entry]
    del keys[bisect_left(keys, key)]
    if not keys:
        del table[entry]
