"""A pygls server that knows nothing: it answers with what it was given.

    python -m benchmarks.noop_server ANSWERS.json

The file holds `hover`, `completion` and `diagnostics` as they go over the wire, so that agentls and
this server send the same payload and differ in the work behind it alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lsprotocol import converters
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("noop", "1", text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
_answers = json.loads(Path(sys.argv[1]).read_text("utf-8")) if len(sys.argv) > 1 else {}
_structure = converters.get_converter().structure
_hover = _structure(_answers["hover"], lsp.Hover) if _answers.get("hover") else None
_completion = _structure(_answers["completion"], lsp.CompletionList) if _answers.get("completion") else None
_diagnostics = [_structure(row, lsp.Diagnostic) for row in _answers.get("diagnostics", [])]


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hover(_: lsp.HoverParams) -> lsp.Hover | None:
    """The hover it was given."""
    return _hover


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION)
def completion(_: lsp.CompletionParams) -> lsp.CompletionList | None:
    """The completion it was given."""
    return _completion


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
    """Publish the diagnostics it was given."""
    _publish(params.text_document.uri, params.text_document.version)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
    """Publish the diagnostics it was given."""
    _publish(params.text_document.uri, params.text_document.version)


def _publish(uri: str, version: int) -> None:
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, _diagnostics, version))


if __name__ == "__main__":
    server.start_io()
