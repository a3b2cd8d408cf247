"""The agents, or the skills, that one runtime finds in one place: what a model is given to choose from."""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain, islice

from agentls.project.names import Definition, normalise_name
from agentls.text.similarity import TextSimilarityIndex
from agentls.text.tokens import estimate_tokens

_AFTER_ANY_PATH = chr(sys.maxunicode)
"""What comes behind any path."""


class Namespace:
    """The definitions of one kind that belong to the same runtime and count from the same folder, or plugin.

    Those that the runtime does not load are left out. Whatever is asked costs the same, however many there are.
    """

    def __init__(self) -> None:
        self.description_tokens = 0
        """About how many tokens all descriptions take that the model is told."""
        self.descriptions = TextSimilarityIndex()
        """The descriptions that the model is told, by the paths of their files."""
        self._definitions: dict[str, Definition] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._sizes: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._definitions)

    def __getitem__(self, path: str) -> Definition:
        return self._definitions[path]

    def add(self, definition: Definition) -> None:
        """Take in a definition, of a file that is not yet among the others."""
        path = definition.path
        self._definitions[path] = definition
        insort(self._names.setdefault(normalise_name(definition.full_name), []), (definition.full_name, path))
        if definition.model_invocable:
            size = estimate_tokens(definition.description)
            self.description_tokens += size
            insort(self._sizes, (-size, path))
            self.descriptions.add(path, definition.description)

    def remove(self, definition: Definition) -> None:
        """Forget a definition that is among the others."""
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
        """The definitions of that full name, in the order of their paths."""
        rows, first, last = self._rows(name)
        return (self._definitions[rows[at][1]] for at in range(first, last))

    def find_similar(self, name: str) -> Iterator[Definition]:
        """The definitions whose full names differ from `name`, though in nothing but case and separators."""
        rows, first, last = self._rows(name)
        return (self._definitions[rows[at][1]] for at in chain(range(first), range(last, len(rows))))

    def longest_descriptions(self, most: int) -> Iterator[Definition]:
        """The definitions with the longest descriptions that the model is told."""
        return (self._definitions[path] for _, path in islice(self._sizes, most))

    def _rows(self, name: str) -> tuple[list[tuple[str, str]], int, int]:
        """The names and paths that are like `name`, and where those begin and end that are the same."""
        rows = self._names.get(normalise_name(name), [])
        return rows, bisect_left(rows, (name, "")), bisect_left(rows, (name, _AFTER_ANY_PATH))
