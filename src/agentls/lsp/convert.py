"""From the core's data to the protocol's, and back: spans to ranges, findings to diagnostics.

The only module with both vocabularies. Every function takes what it converts, the
`Positions` of the text it is about, and the `Client`, which decides what it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as t

from agentls.lsp.client import Client
from agentls.text.offsets import Edit, Encoding, LineIndex, Position, Span

if TYPE_CHECKING:
    from agentls.features.code_action import CodeAction
    from agentls.features.completion_edit import CompletionEdit
    from agentls.features.document_symbol import DocumentSymbol
    from agentls.features.folding_range import FoldingRange
    from agentls.features.hover import Hover
    from agentls.linter.check import Diagnostic

SOURCE = "agentls"


class Positions(NamedTuple):
    """The lines of one version of a text, and the encoding its client counts in."""

    lines: LineIndex
    encoding: Encoding

    def offset(self, position: t.Position) -> int:
        """The offset of a position; one that does not exist is moved to the nearest that does."""
        return self.lines.offset(Position(position.line, position.character), self.encoding)

    def span(self, range_: t.Range) -> Span:
        """The span of a range."""
        start = self.offset(range_.start)
        return Span(start, max(start, self.offset(range_.end)))

    def range(self, span: Span) -> t.Range:
        """The range of a span."""
        return t.Range(self.position(span.start), self.position(span.end))

    def position(self, offset: int) -> t.Position:
        """The position of an offset."""
        return t.Position(*self.lines.position(offset, self.encoding))


class Place(NamedTuple):
    """A file: its URI, and the way to and from the positions in it."""

    uri: str
    at: Positions


Places = Callable[[str], "Place | None"]
"""From a path to the file there, if it can be read."""


def diagnostics(
    found: Sequence[Diagnostic], uri: str, at: Positions, client: Client, places: Places
) -> list[t.Diagnostic]:
    """What the checks found in the document `uri`; `places` gives the others that matter for it."""
    known = {"": Place(uri, at), **{path: places(path) for path in _related(found) if client.related}}
    return [_diagnostic(diagnostic, known, client) for diagnostic in found]


def _related(found: Sequence[Diagnostic]) -> set[str]:
    """The paths of other files that are mentioned."""
    return {other.path for diagnostic in found for other in diagnostic.related if other.path}


def _diagnostic(found: Diagnostic, places: dict[str, Place | None], client: Client) -> t.Diagnostic:
    from agentls.workspace.disk import rule_page_uri

    tags = [tag for tag in map(_DIAGNOSTIC_TAGS.__getitem__, found.tags) if tag in client.diagnostic_tags]
    own = places[""]
    assert own is not None
    related = [
        t.DiagnosticRelatedInformation(t.Location(place.uri, place.at.range(other.span)), other.message)
        for other in found.related
        if client.related and (place := places[other.path])
    ]
    return t.Diagnostic(
        range=own.at.range(found.span),
        message=found.message,
        severity=t.DiagnosticSeverity(found.severity),
        code=found.code,
        code_description=t.CodeDescription(rule_page_uri(found.code)) if client.links_codes else None,
        source=SOURCE,
        tags=tags or None,
        related_information=related or None,
    )


_DIAGNOSTIC_TAGS = {
    "unnecessary": t.DiagnosticTag.Unnecessary,
    "deprecated": t.DiagnosticTag.Deprecated,
}


def edit(edits: tuple[Edit, ...], uri: str, version: int, at: Positions, client: Client) -> t.WorkspaceEdit:
    """A change of the document `uri`, bound to its version if the client can."""
    changes = [_text_edit(edit, at) for edit in edits]
    if not client.versioned_edits:
        return t.WorkspaceEdit(changes={uri: changes})
    document = t.OptionalVersionedTextDocumentIdentifier(uri, version)
    return t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(document, changes)])


def _text_edit(edit: Edit, at: Positions) -> t.TextEdit:
    return t.TextEdit(at.range(edit.span), edit.new_text)


def action(found: CodeAction, uri: str, at: Positions, client: Client, places: Places) -> t.CodeAction:
    """A quick fix, bound to its diagnostics, still without its edit."""
    return t.CodeAction(
        title=found.title,
        kind=t.CodeActionKind.QuickFix if client.quick_fixes else None,
        diagnostics=diagnostics(found.diagnostics, uri, at, client, places),
        is_preferred=True if found.is_preferred and client.prefers else None,
    )


def completion(found: CompletionEdit, uri: str, at: Positions, client: Client) -> t.CompletionItem:
    """An item without its documentation, which is asked for when it is shown."""
    tagged = found.deprecated and t.CompletionItemTag.Deprecated in client.item_tags
    marked = found.deprecated and not tagged and client.deprecated_items
    kinds = (_ITEM_KINDS[found.kind], t.CompletionItemKind.Text)
    has_indentation = "\n" in found.edit.new_text and client.keeps_indentation
    return t.CompletionItem(
        label=found.label,
        kind=next((kind for kind in kinds if kind in client.item_kinds), None),
        tags=[t.CompletionItemTag.Deprecated] if tagged else None,
        detail=found.detail or None,
        deprecated=True if marked else None,
        sort_text=f"{found.order:04d}",
        insert_text_format=t.InsertTextFormat.Snippet if found.snippet else None,
        insert_text_mode=t.InsertTextMode.AsIs if has_indentation else None,
        text_edit=_text_edit(found.edit, at),
        additional_text_edits=[_text_edit(edit, at) for edit in found.additional_edits] or None,
        data={"uri": uri, "kind": found.kind, "within": found.parent},
    )


_ITEM_KINDS = {
    "key": t.CompletionItemKind.Property,
    "value": t.CompletionItemKind.Value,
    "tool": t.CompletionItemKind.Function,
    "model": t.CompletionItemKind.Constant,
    "event": t.CompletionItemKind.Event,
    "field": t.CompletionItemKind.Field,
    "type": t.CompletionItemKind.Enum,
    "agent": t.CompletionItemKind.Class,
    "skill": t.CompletionItemKind.Module,
    "command": t.CompletionItemKind.Event,
    "server": t.CompletionItemKind.Interface,
    "skeleton": t.CompletionItemKind.Snippet,
    "variable": t.CompletionItemKind.Variable,
}


def documentation(markdown: str, client: Client) -> t.MarkupContent | str | None:
    """The documentation of an item, if there is any."""
    if not markdown:
        return None
    if client.item_markdown:
        return t.MarkupContent(t.MarkupKind.Markdown, markdown)
    return _plain(markdown)


def hover(found: Hover, at: Positions, client: Client) -> t.Hover:
    """A card about what stands at a place."""
    if client.hover_markdown:
        content = t.MarkupContent(t.MarkupKind.Markdown, found.markdown)
    else:
        content = t.MarkupContent(t.MarkupKind.PlainText, _plain(found.markdown))
    return t.Hover(content, at.range(found.span))


def _plain(markdown: str) -> str:
    from agentls.lsp.plain_text import plain

    return plain(markdown)


def symbols(
    found: Sequence[DocumentSymbol], uri: str, at: Positions, client: Client
) -> list[t.DocumentSymbol] | list[t.SymbolInformation]:
    """The outline, as a tree for clients that show one, else as a list."""
    if client.nested_symbols:
        return [_symbol(symbol, at, client) for symbol in found]
    return list(_flat(found, None, uri, at, client))


def _symbol(found: DocumentSymbol, at: Positions, client: Client) -> t.DocumentSymbol:
    return t.DocumentSymbol(
        name=found.name,
        detail=found.detail or None,
        kind=_symbol_kind(found, client),
        range=at.range(found.span),
        selection_range=at.range(found.selection_span),
        children=[_symbol(child, at, client) for child in found.children],
    )


def _flat(
    found: Sequence[DocumentSymbol], container: str | None, uri: str, at: Positions, client: Client
) -> Iterator[t.SymbolInformation]:
    for symbol in found:
        yield t.SymbolInformation(
            location=t.Location(uri, at.range(symbol.span)),
            name=symbol.name,
            kind=_symbol_kind(symbol, client),
            container_name=container,
        )
        yield from _flat(symbol.children, symbol.name, uri, at, client)


def _symbol_kind(found: DocumentSymbol, client: Client) -> t.SymbolKind:
    kinds = (_SYMBOL_KINDS.get(found.kind), t.SymbolKind.String)
    return next((kind for kind in kinds if kind in client.symbol_kinds), min(client.symbol_kinds))


_SYMBOL_KINDS = {
    "frontmatter": t.SymbolKind.Namespace,
    "key": t.SymbolKind.Key,
    "tag": t.SymbolKind.Struct,
}


def folding(found: Sequence[FoldingRange], at: Positions, client: Client) -> list[t.FoldingRange]:
    """What can be folded away, in whole lines, which every client can do."""
    rows = [(at.position(fold.span.start).line, at.position(fold.span.end).line, fold) for fold in found]
    region = t.FoldingRangeKind.Region if t.FoldingRangeKind.Region in client.fold_kinds else None
    return [
        t.FoldingRange(first, last, kind=region if fold.kind == "region" else None)
        for first, last, fold in rows[: client.fold_limit]
        if first < last
    ]
