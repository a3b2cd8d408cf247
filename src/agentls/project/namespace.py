"""The namespace of a definition: all definitions of its kind that a runtime loads from the same place.

Their descriptions are what a model chooses from.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain, islice

from agentls.project.names import Definition, normalise_name
from agentls.text.similarity import TextSimilarityIndex
from agentls.text.tokens import estimate_tokens

_AFTER_ANY_PATH = chr(sys.maxunicode)
"""Sorts after any path."""


class Namespace:
    """The loaded definitions of one kind with the same runtime and the same base folder or plugin.

    The cost of a look-up does not depend on their number.
    """

    def __init__(self) -> None:
        self.description_tokens = 0
        """The estimated number of tokens of all descriptions that the model receives."""
        self.descriptions = TextSimilarityIndex()
        """The descriptions that the model receives, by the paths of their files."""
        self._definitions: dict[str, Definition] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._sizes: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._definitions)

    def __getitem__(self, path: str) -> Definition:
        return self._definitions[path]

    def add(self, definition: Definition) -> None:
        """Add the definition of a file that has none in the namespace."""
        path = definition.path
        self._definitions[path] = definition
        insort(self._names.setdefault(normalise_name(definition.full_name), []), (definition.full_name, path))
        if definition.model_invocable:
            size = estimate_tokens(definition.description)
            self.description_tokens += size
            insort(self._sizes, (-size, path))
            self.descriptions.add(path, definition.description)

    def remove(self, definition: Definition) -> None:
        """Remove a definition of the namespace."""
        path, name = definition.path, normalise_name(definition.full_name)
        del self._definitions[path]
        rows = self._names[name]
        del rows[bisect_left(rows, (definition.full_name, path))]
        if not rows:
            del self._names[name]
        if definition.model_invocable:
            size = estimate_tokens(definition.description)
            self.description_tokens -= size
            del self._sizes[bisect_left(self._sizes, (-size, path))]
            self.descriptions.remove(path)

    def find(self, name: str) -> Iterator[Definition]:
        """The definitions with the full name `name`, in the order of their paths."""
        rows, first, last = self._rows(name)
        return (self._definitions[rows[at][1]] for at in range(first, last))

    def find_similar(self, name: str) -> Iterator[Definition]:
        """The definitions whose full names differ from `name` only in case and separators."""
        rows, first, last = self._rows(name)
        return (self._definitions[rows[at][1]] for at in chain(range(first), range(last, len(rows))))

    def longest_descriptions(self, limit: int) -> Iterator[Definition]:
        """The definitions with the longest descriptions that the model receives, at most `limit`."""
        return (self._definitions[path] for _, path in islice(self._sizes, limit))

    def _rows(self, name: str) -> tuple[list[tuple[str, str]], int, int]:
        """The pairs of name and path similar to `name`, and the range of those that are equal to it."""
        rows = self._names.get(normalise_name(name), [])
        return rows, bisect_left(rows, (name, "")), bisect_left(rows, (name, _AFTER_ANY_PATH))
