"""Workspace symbols: the agents, skills, commands and servers of all projects whose names match a query."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

from agentls.project.index import Index
from agentls.project.names import Definition, normalise_name
from agentls.text.spelling import subsequence_pattern

MAX_SYMBOLS = 500
"""The maximal number of symbols in an answer. A longer query has fewer."""


def workspace_symbols(indexes: Iterable[Index], query: str) -> list[Definition]:
    """The definitions whose names contain the letters of `query` in this order, the best matches first."""
    wanted = normalise_name(query)
    letters = subsequence_pattern(wanted)
    found: list[tuple[int, int, str, str, int, Definition]] = []
    seen: set[str] = set()
    for index in indexes:
        for names in index:
            if names.path in seen:
                continue  # Every index contains the files of the user.
            seen.add(names.path)
            for each in names.definitions:
                name = normalise_name(each.name)
                if letters.match(name) or (each.qualifier and letters.match(normalise_name(each.full_name))):
                    found.append((*_rank(name, wanted), name, each.path, each.span.start, each))
    return [row[-1] for row in nsmallest(MAX_SYMBOLS, found)]


def _rank(name: str, wanted: str) -> tuple[int, int]:
    """The rank of a match: equal, prefix, substring or subsequence; then by length."""
    if name == wanted:
        return 0, 0
    return (1 if name.startswith(wanted) else 2 if wanted in name else 3), len(name)
