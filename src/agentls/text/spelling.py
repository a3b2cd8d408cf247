"""Find the known word that is closest to a misspelt word, for suggestions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def closest_match(word: str, known: Iterable[str], max_distance: int = 2) -> str | None:
    """The word in `known` that is closest to `word`, or `None`.

    Case, hyphens and underscores are ignored. Up to a third of the letters may be wrong, missing or swapped, but
    at most `max_distance`.
    """
    from rapidfuzz.distance import OSA  # Imported only for a misspelt word.

    wanted = _letters(word)
    length = len(wanted)
    best: tuple[int, str] | None = None
    for candidate in known:
        letters = _letters(candidate)
        limit = min(max_distance, max(length, len(letters)) // 3)
        if abs(length - len(letters)) > limit:
            continue  # So many letters are missing.
        distance = OSA.distance(wanted, letters, score_cutoff=limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


class SpellingIndex:
    """Many known words, indexed for repeated searches of the closest match."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_length: dict[int, dict[str, str]] = {}
        for word in sorted(set(known)):
            letters = _letters(word)
            self._by_length.setdefault(len(letters), {}).setdefault(letters, word)
        self._answers: dict[str, str | None] = {}

    def closest_match(self, word: str, max_distance: int = 2) -> str | None:
        """As the function `closest_match`."""
        if word not in self._answers:
            self._answers[word] = self._find_closest(_letters(word), max_distance)
        return self._answers[word]

    def _find_closest(self, wanted: str, max_distance: int) -> str | None:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extractOne

        limit = min(max_distance, len(wanted) // 3)
        best: tuple[float, str] | None = None
        for length in range(len(wanted) - limit, len(wanted) + limit + 1):
            words = self._by_length.get(length, {})
            found = extractOne(wanted, words.keys(), scorer=OSA.distance, score_cutoff=limit)
            if found and (best is None or found[1] < best[0]):
                best = (found[1], words[found[0]])
        return best[1] if best else None


def subsequence_pattern(letters: str) -> re.Pattern[str]:
    """A pattern that matches words which contain `letters` in this order."""
    return re.compile("".join(f"[^{each}]*{each}" for each in map(re.escape, letters)))


def match_ignoring_case(name: str, known: Iterable[str]) -> str | None:
    """The known name that equals `name` apart from case, or `None`."""
    lowered = name.lower()
    return next((each for each in known if each.lower() == lowered), None)


@lru_cache(maxsize=1 << 10)
def _letters(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
