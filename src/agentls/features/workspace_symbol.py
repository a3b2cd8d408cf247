"""The agents, skills, commands and servers of all projects, found by a few letters of their names."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

from agentls.project.index import Index
from agentls.project.names import Definition, normalise_name
from agentls.text.spelling import subsequence_pattern

MAX_SYMBOLS = 500
"""How many are given at most. More letters leave fewer."""


def workspace_symbols(indexes: Iterable[Index], query: str) -> list[Definition]:
    """The definitions whose names have the letters of `query` in them in this order, the best first."""
    wanted = normalise_name(query)
    letters = subsequence_pattern(wanted)
    found: list[tuple[int, int, str, str, int, Definition]] = []
    seen: set[str] = set()
    for index in indexes:
        for names in index:
            if names.path in seen:
                continue  # What is at hand in every project stands in every index.
            seen.add(names.path)
            for each in names.definitions:
                name = normalise_name(each.name)
                if letters.match(name) or (each.qualifier and letters.match(normalise_name(each.full_name))):
                    found.append((*_rank(name, wanted), name, each.path, each.span.start, each))
    return [row[-1] for row in nsmallest(MAX_SYMBOLS, found)]


def _rank(name: str, wanted: str) -> tuple[int, int]:
    """How well a name fits: whole, from its start, in one piece, or letter by letter; short ones first."""
    if name == wanted:
        return 0, 0
    return (1 if name.startswith(wanted) else 2 if wanted in name else 3), len(name)
