"""Code lenses on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as t

if TYPE_CHECKING:
    from agentls.lsp.server import Asked, Server

SHOW_REFERENCES = "agentls.showReferences"
INSPECT = "agentls.inspect"
"""Commands of clients that announce them, as the one for VS Code does."""


def register(server: Server) -> None:
    """Register what every client gets that asks for it."""
    server.feature(t.TEXT_DOCUMENT_CODE_LENS, t.CodeLensOptions(resolve_provider=True))(code_lens)
    server.feature(t.CODE_LENS_RESOLVE)(resolve_code_lens)


def code_lens(ls: Server, params: t.CodeLensParams) -> list[t.CodeLens] | None:
    """Where lenses stand; what they say is asked for when they are seen."""
    from agentls.features.code_lens import code_lenses

    asked = ls.ask(params.text_document.uri)
    if asked is None:
        return None
    found = code_lenses(asked.document, ls.projects.known(asked.document))
    return [
        t.CodeLens(asked.at.range(lens.span), data={"uri": asked.opened.uri, "subject": lens.subject})
        for lens in found
    ]


def resolve_code_lens(ls: Server, lens: t.CodeLens) -> t.CodeLens:
    """What a lens says, with what a click on it does."""
    from agentls.features.code_lens import lens_title

    data: Any = lens.data
    asked = ls.ask(data["uri"])
    said = lens_title(asked.document, data["subject"], ls.projects.index(asked.document)) if asked else ""
    lens.command = _command(ls, asked, data["subject"], said, lens.range.start)
    return lens


def _command(ls: Server, asked: Asked | None, subject: str, title: str, at: t.Position) -> t.Command:
    """The command of a lens: without a name, as is usual for mere text, where the client has none for it."""
    name = SHOW_REFERENCES if subject == "references" else INSPECT
    if asked is None or name not in ls.client.commands:
        return t.Command(title, "")
    return t.Command(title, name, arguments=[asked.opened.uri, at] if name == SHOW_REFERENCES else None)
