"""Code lenses, and the commands that a click on them runs."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.features import code_lens as feature
from agentls.lsp.snapshot import Snapshot
from agentls.text.offsets import Span

SHOW_REFERENCES = "agentls.showReferences"
INSPECT = "agentls.inspect"
"""Commands of clients that announce them, such as the one for VS Code."""


def code_lens(snapshot: Snapshot, params: t.CodeLensParams) -> list[t.CodeLens] | None:
    """Return the code lenses of a document without their titles, which the client resolves when it shows them."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    first_line = file.positions.range(Span(0, 0))
    return [
        t.CodeLens(first_line, data={"uri": file.opened.uri, "subject": subject})
        for subject in feature.code_lenses(file.document, file.project.complete_index)
    ]


def resolve_code_lens(snapshot: Snapshot, lens: t.CodeLens) -> t.CodeLens:
    """Add the title and the command of a code lens."""
    data: Any = lens.data
    file, subject = snapshot.agent_file(data["uri"]), data["subject"]
    if file is None:
        lens.command = t.Command("", "")
        return lens
    index, client = file.project.index, snapshot.client
    lens.command = t.Command(feature.lens_title(file.document, subject, index, client.runtime), "")
    definition = feature.main_definition(file.document, index)
    if subject != "references" and INSPECT in client.commands:
        lens.command.command = INSPECT
    elif subject == "references" and definition and SHOW_REFERENCES in client.commands:
        name = file.positions.position(definition.span.start)
        lens.command.command, lens.command.arguments = SHOW_REFERENCES, [data["uri"], name]
    return lens  # A lens that only shows text has a command without a name.
