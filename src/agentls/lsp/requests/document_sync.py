"""Document synchronization: documents in the editor, and files on the disk. Each notification is one change."""

from __future__ import annotations

from lsprotocol import types as t

from agentls.lsp.addresses import path_of
from agentls.lsp.server import Server
from agentls.lsp.session import Closed, Edited, FilesChanged, Opened, Saved


def did_open(server: Server, params: t.DidOpenTextDocumentParams) -> None:
    """Add a document."""
    item = params.text_document
    server.apply(Opened(item.uri, item.language_id, item.version, item.text))


def did_change(server: Server, params: t.DidChangeTextDocumentParams) -> None:
    """Replace the text of a document. A change with a range replaces only that, although the server asks for whole
    texts: the protocol decides by the range what a change is."""
    uri, snapshot = params.text_document.uri, server.snapshot
    opened = snapshot.open_document(uri)
    text = opened.text if opened else ""
    for change in params.content_changes:
        if isinstance(change, t.TextDocumentContentChangePartial):
            span = snapshot.positions(text).span(change.range)
            text = f"{text[: span.start]}{change.text}{text[span.end :]}"
        else:
            text = change.text
    if params.content_changes:
        server.apply(Edited(uri, params.text_document.version, text))


def did_save(server: Server, params: t.DidSaveTextDocumentParams) -> None:
    """Look for changes of the configuration and of other files, which not every client watches."""
    server.apply(Saved(params.text_document.uri))


def did_close(server: Server, params: t.DidCloseTextDocumentParams) -> None:
    """Remove a document."""
    server.apply(Closed(params.text_document.uri))


def did_change_watched_files(server: Server, params: t.DidChangeWatchedFilesParams) -> None:
    """Read files again that were created, changed or deleted."""
    paths = [path for path in (path_of(change.uri) for change in params.changes) if path]
    server.apply(FilesChanged(tuple(paths)))
