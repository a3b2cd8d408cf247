"""Duplicates and near duplicates, compared with pairwise comparison, and the cost of a search."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentls.text import similarity
from agentls.text.similarity import EXTRA_WORD_RATIO, MIN_WORDS, TextSimilarityIndex

WORDS = st.sampled_from(
    ["use", "Agent", "code", "reviews", "tests", "python", "release", "shop", "a", "it", "pages"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=14).map(" ".join), max_size=12)


def index_of(texts: list[str]) -> TextSimilarityIndex:
    found = TextSimilarityIndex()
    for at, text in enumerate(texts):
        found.add(f"{at:02}", text)
    return found


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def contains_words(mine: str, other: str) -> bool:
    own, theirs = set(words(mine)), set(words(other))
    return len(theirs) >= MIN_WORDS and theirs < own and len(own - theirs) <= len(own) // EXTRA_WORD_RATIO


@given(TEXTS)
def test_agrees_with_comparing_each_with_each(texts: list[str]) -> None:
    found = index_of(texts)
    for at, text in enumerate(texts):
        key = f"{at:02}"
        others = [(f"{n:02}", other) for n, other in enumerate(texts) if n != at]
        equal = [other for other, its in others if words(text) and words(its) == words(text)]
        assert found.find_duplicates(key, 99) == equal
        assert [each.key for each in found.find_near_duplicates(key, 99)] == [
            n for n, its in others if contains_words(text, its)
        ]


@given(TEXTS, TEXTS)
def test_removed_texts_are_not_found(kept: list[str], dropped: list[str]) -> None:
    found = index_of(kept)
    for at, text in enumerate(dropped):
        found.add(f"dropped {at}", text)
    for at in range(len(dropped)):
        found.remove(f"dropped {at}")
    assert vars(found) == vars(index_of(kept))


def test_extra_words_of_near_duplicates_are_named() -> None:
    found = index_of(
        ["Tests the pages of the shop in a browser.", "Tests all the pages of the shop, in a browser!"]
    )
    assert found.find_near_duplicates("01", 9) == [("00", ("all",))]
    assert found.find_near_duplicates("00", 9) == []


@pytest.mark.parametrize(
    "text",
    [
        "Reviews the code of the shop after every change",
        "Reviews the code of part {} of the shop after every change of that part",
        "{} " * 3 + "reviews the code of the shop after every change",
    ],
    ids=["equal", "one word of its own", "one more word"],
)
def test_the_cost_does_not_depend_on_the_number_of_texts(text: str) -> None:
    found = TextSimilarityIndex()
    for at in range(2000):
        found.add(f"{at:04}", text.format(*[f"number{at}"] * 3))
    looks = 0

    class Counted(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            nonlocal looks
            looks += 1
            return super().__getitem__(key)

    found._folded = Counted(found._folded)
    for at in range(0, 2000, 100):
        found.find_duplicates(f"{at:04}", 3)
        found.find_near_duplicates(f"{at:04}", 3)
    assert looks <= 20 * (similarity.MAX_COMPARISONS + 2)
