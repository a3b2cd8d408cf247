"""Call hierarchy: which definitions refer to an agent, a skill or a command, and which ones it refers to.

The calls are the references of the project's files: in keys, in lists of tools and in prose. Permission rules and
paths start nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.features.name_at import NameOccurrence
from agentls.project.index import Index
from agentls.project.names import Definition, Names, Reference
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span

_CALLED = ("agent", "skill", "command")


class Call(NamedTuple):
    """The other end of some calls, and the spans of the references in the file of the caller."""

    definition: Definition
    spans: tuple[Span, ...]


def prepare_call_hierarchy(index: Index, names: Names, found: NameOccurrence | None) -> Definition | None:
    """The definition that a name in the file of `names` means; without a name, that of the file."""
    if found is None:
        return names.main_definition
    targets = index.resolve(found, names) if isinstance(found, Reference) else [found]
    return next((target for target in targets if target.kind in _CALLED), None)


def incoming_calls(index: Index, definition: Definition) -> list[Call]:
    """Who refers to `definition`."""
    return _grouped(
        (names.main_definition, reference.span)
        for names, reference in index.find_references(definition)
        if names.main_definition and names.path != definition.path and _is_call(reference)
    )


def outgoing_calls(index: Index, definition: Definition) -> list[Call]:
    """What the file of `definition` refers to."""
    names = index.get(definition.path)
    if names is None or definition.is_entry:
        return []
    return _grouped(
        (target, reference.span)
        for reference in names.references
        if _is_call(reference)
        for target in index.resolve(reference, names)[:1]
        if target.kind in _CALLED and target.path != definition.path
    )


def _is_call(reference: Reference) -> bool:
    return reference.kind != "file" and reference.form != "permission"


def _grouped(rows: Iterator[tuple[Definition, Span]]) -> list[Call]:
    """The calls of each definition, in the order of the first."""
    found: dict[Definition, list[Span]] = {}
    for definition, span in rows:
        found.setdefault(definition, []).append(span)
    return [Call(definition, tuple(spans)) for definition, spans in found.items()]
