"""Selection ranges and linked editing."""

from __future__ import annotations

from lsprotocol import types as t

from agentls.features.linked_editing_range import linked_editing_ranges
from agentls.features.selection_range import selection_ranges
from agentls.lsp.snapshot import Snapshot


def selection_range(snapshot: Snapshot, params: t.SelectionRangeParams) -> list[t.SelectionRange] | None:
    """Return ever larger ranges around each position."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    found = []
    for position in params.positions:
        parent: t.SelectionRange | None = None
        for span in reversed(selection_ranges(file.document, file.positions.offset(position))):
            parent = t.SelectionRange(file.positions.range(span), parent)
        assert parent is not None, "the last span is the whole file"
        found.append(parent)
    return found


def linked_editing_range(
    snapshot: Snapshot, params: t.LinkedEditingRangeParams
) -> t.LinkedEditingRanges | None:
    """Return the names of the pair of tags with a name at a position."""
    file = snapshot.agent_file(params.text_document.uri)
    found = linked_editing_ranges(file.document, file.positions.offset(params.position)) if file else None
    return t.LinkedEditingRanges([*map(file.positions.range, found)]) if file and found else None
