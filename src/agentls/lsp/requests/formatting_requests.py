"""Formatting of a document, of a range, and while typing."""

from __future__ import annotations

from lsprotocol import types as t

from agentls.features.formatting import format_document, format_range
from agentls.features.on_type_formatting import format_on_type
from agentls.lsp import convert
from agentls.lsp.snapshot import Snapshot


def formatting(snapshot: Snapshot, params: t.DocumentFormattingParams) -> list[t.TextEdit] | None:
    """Return the edits that format the frontmatter; none if it cannot be formatted."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    return convert.to_text_edits(format_document(file.document).edits, file.positions)


def range_formatting(snapshot: Snapshot, params: t.DocumentRangeFormattingParams) -> list[t.TextEdit] | None:
    """Return the edits that format the entries of the frontmatter in a range."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    edits = format_range(file.document, file.positions.span(params.range))
    return convert.to_text_edits(edits, file.positions)


def on_type_formatting(
    snapshot: Snapshot, params: t.DocumentOnTypeFormattingParams
) -> list[t.TextEdit] | None:
    """Return the edits that follow from a line break in the frontmatter."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    edits = format_on_type(file.document, file.positions.offset(params.position))
    return convert.to_text_edits(edits, file.positions)
