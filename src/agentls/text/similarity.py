"""Find duplicates and near duplicates among many texts.

A text is compared as the set of its words, without case and punctuation. It is looked up by its two longest words,
which few texts on other subjects share, so that a search compares few texts.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import combinations, islice
from typing import TypeVar

from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern

MIN_WORDS = 6
"""The minimal number of distinct words of a text that can have near duplicates."""

EXTRA_WORD_RATIO = 5
"""A near duplicate has at most one extra word for this number of words."""

MAX_COMPARISONS = 50
"""The maximal number of texts that a search for near duplicates compares."""

_Key = TypeVar("_Key", str, tuple[str, ...])

_WORD = lazy_pattern(r"\w+")
_MAX_EXTRA_WORDS = 8


class NearDuplicate(NamedTuple):
    """A text whose words another text contains: its key, and the extra words of the other text in order."""

    key: str
    extra_words: tuple[str, ...]


class TextSimilarityIndex:
    """An index of texts by keys. The cost of adding and removing a text depends only on its length."""

    def __init__(self) -> None:
        self._folded: dict[str, str] = {}
        self._sizes: dict[str, int] = {}
        self._equal: dict[str, list[str]] = {}
        self._anchored: dict[tuple[str, ...], list[str]] = {}

    def add(self, key: str, text: str) -> None:
        """Add a text under a new key. A text without words is similar to none."""
        folded = _normalise(text)
        if folded:
            words = set(folded.split())
            self._folded[key] = folded
            self._sizes[key] = len(words)
            insort(self._equal.setdefault(folded, []), key)
            insort(self._anchored.setdefault(_lookup_key(words), []), key)

    def remove(self, key: str) -> None:
        """Remove the text under `key`, if there is one."""
        folded = self._folded.pop(key, None)
        if folded is not None:
            del self._sizes[key]
            _remove(self._equal, folded, key)
            _remove(self._anchored, _lookup_key(set(folded.split())), key)

    def find_duplicates(self, key: str, limit: int) -> list[str]:
        """The keys of the first `limit` texts with the same words as the text under `key`, in the same order."""
        keys = self._equal.get(self._folded.get(key, ""), ())
        return list(islice((other for other in keys if other != key), limit))

    def find_near_duplicates(self, key: str, limit: int) -> list[NearDuplicate]:
        """The first `limit` texts whose words the text under `key` contains, with few extra words.

        At most `MAX_COMPARISONS` candidates are compared.
        """
        words = self._folded.get(key, "").split()
        words_of_key = set(words)
        max_extra = min(len(words_of_key) // EXTRA_WORD_RATIO, _MAX_EXTRA_WORDS)
        if not max_extra:
            return []
        # The two longest words of a near duplicate are among the longest words of the text.
        pairs = combinations(_longest_words(words_of_key, max_extra + 2), 2)
        candidates = (other for pair in pairs for other in self._anchored.get(pair, ()))
        found = []
        for other in islice(candidates, MAX_COMPARISONS):
            size = self._sizes[other]
            if not MIN_WORDS <= size < len(words_of_key) <= size + max_extra:
                continue
            other_words = set(self._folded[other].split())
            if other_words < words_of_key:
                added = dict.fromkeys(word for word in words if word not in other_words)
                found.append(NearDuplicate(other, tuple(added)))
        return sorted(found)[:limit]


def _normalise(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _longest_words(words: set[str], limit: int) -> list[str]:
    return sorted(sorted(words), key=len, reverse=True)[:limit]


def _lookup_key(words: set[str]) -> tuple[str, ...]:
    return tuple(_longest_words(words, 2))


def _remove(table: dict[_Key, list[str]], entry: _Key, key: str) -> None:
    keys = table[entry]
    del keys[bisect_left(keys, key)]
    if not keys:
        del table[entry]
