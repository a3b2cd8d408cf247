"""What refactorings take and return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentls.dialects.records import Key, KeyType
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.project.world import World
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.yaml_tree import Entry

Kind = Literal["quickfix", "refactor.extract", "refactor.rewrite"]
"""The kinds of the protocol."""


class NewFile(NamedTuple):
    """A file that does not exist yet."""

    path: str
    text: str


class Refactoring(NamedTuple):
    """A title, the edits of the file, a file to create, and the diagnostics that it removes."""

    title: str
    edits: tuple[Edit, ...] = ()
    new_file: NewFile | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


class Selection(NamedTuple):
    """Where an author asks for refactorings: the selected text, empty for a cursor, with the diagnostics of the
    document and its surroundings."""

    document: Document
    span: Span
    diagnostics: list[Diagnostic]
    world: World

    def touches(self, span: Span) -> bool:
        """Whether `span` is on one of the selected lines."""
        lines = self.document.lines
        first, last = lines.line_number(self.span.start), lines.line_number(self.span.end)
        return first <= lines.line_number(span.end) and lines.line_number(span.start) <= last

    def entries(self, types: tuple[KeyType, ...]) -> Iterator[tuple[Key, Entry]]:
        """Yield the selected top-level entries whose keys have one of these types, and their keys."""
        for key, entry in self.document.significant_entries:
            if key.type in types and self.touches(entry.span):
                yield key, entry
