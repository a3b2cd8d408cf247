"""Code lenses, and the commands that a click on them runs."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.features import code_lens as feature
from agentls.lsp.snapshot import Snapshot

SHOW_REFERENCES = "agentls.showReferences"
INSPECT = "agentls.inspect"
"""Commands of clients that announce them, such as the one for VS Code."""


def code_lens(snapshot: Snapshot, params: t.CodeLensParams) -> list[t.CodeLens] | None:
    """Return the code lenses of a document without their titles, which the client resolves when it shows them."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    found = feature.code_lenses(file.document, file.project.complete_index)
    return [
        t.CodeLens(file.positions.range(lens.span), data={"uri": file.opened.uri, "subject": lens.subject})
        for lens in found
    ]


def resolve_code_lens(snapshot: Snapshot, lens: t.CodeLens) -> t.CodeLens:
    """Add the title and the command of a code lens."""
    data: Any = lens.data
    file = snapshot.agent_file(data["uri"])
    title = feature.lens_title(file.document, data["subject"], file.project.index) if file else ""
    name = SHOW_REFERENCES if data["subject"] == "references" else INSPECT
    if file is None or name not in snapshot.client.commands:
        name = ""  # A lens that only shows text has a command without a name.
    arguments: list[Any] | None = [data["uri"], lens.range.start] if name == SHOW_REFERENCES else None
    lens.command = t.Command(title, name, arguments=arguments)
    return lens
