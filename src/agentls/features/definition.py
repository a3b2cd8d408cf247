"""Go to definition: what a name refers to, and the range to show of it."""

from __future__ import annotations

from agentls.features.name_at import NameOccurrence
from agentls.project.index import Index
from agentls.project.names import Definition, Names
from agentls.text.frontmatter import find_block
from agentls.text.offsets import Span


def find_definitions(index: Index, names: Names, found: NameOccurrence) -> list[Definition]:
    """The definitions of a name in the file of `names`; several if nothing decides between them."""
    if isinstance(found, Definition):
        return [found]
    if found.kind != "file":
        return index.resolve_best(found, names)
    files = (index.get(path) for path in target_paths(names, found))
    return [file.main_definition for file in files if file and file.main_definition][:1]


def target_paths(names: Names, found: NameOccurrence) -> list[str]:
    """The full paths that a path in the file of `names` can mean, the most likely first."""
    same = (each for each in names.references if each.span == found.span and each.kind == "file")
    return [each.name for each in same]


def resolve_name(index: Index, names: Names, found: NameOccurrence) -> Definition | None:
    """The most likely definition of a name in the file of `names`; `None` for a path, which means a file."""
    if isinstance(found, Definition):
        return found
    return next(iter(index.resolve(found, names)), None)


def target_range(definition: Definition, text: str) -> Span:
    """The range of a definition: the frontmatter that contains its name, or else the name."""
    block = find_block(text)
    if block is None or definition.is_entry or definition.span.end > block.body_start:
        return definition.span
    return Span(0, len(text[: block.body_start].rstrip()))
