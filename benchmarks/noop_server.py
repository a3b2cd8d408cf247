"""A pygls server that knows nothing: it answers with what it was given.

    python -m benchmarks.noop_server ANSWERS.json

The file holds `diagnostics`, and the answers to `questions` by their methods, as they go over the wire, so that
agentls and this server send the same payload and differ in the work behind it alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lsprotocol import converters
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("noop", "1", text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
_answers = json.loads(Path(sys.argv[1]).read_text("utf-8")) if len(sys.argv) > 1 else {}
_structure = converters.get_converter().structure
_diagnostics = [_structure(row, lsp.Diagnostic) for row in _answers.get("diagnostics", [])]


def _answer(method: str, result: Any) -> None:
    """Answer a question with what was given."""
    kind: Any = lsp.METHOD_TO_TYPES[method][1]
    response: Any = _structure({"id": 1, "jsonrpc": "2.0", "result": result}, kind)
    is_tokens = method == lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL
    options = lsp.SemanticTokensLegend(["property"], []) if is_tokens else None
    server.feature(method, options)(lambda _: response.result)


for _method, _result in _answers.get("questions", {}).items():
    _answer(_method, _result)


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
