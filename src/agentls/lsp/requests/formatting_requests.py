"""Formatting: while typing."""

from __future__ import annotations

from lsprotocol import types as t

from agentls.features.on_type_formatting import format_on_type
from agentls.lsp import convert
from agentls.lsp.snapshot import Snapshot


def on_type_formatting(
    snapshot: Snapshot, params: t.DocumentOnTypeFormattingParams
) -> list[t.TextEdit] | None:
    """Return the edits that follow from a line break in the frontmatter."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    edits = format_on_type(file.document, file.positions.offset(params.position))
    return convert.to_text_edits(edits, file.positions)
