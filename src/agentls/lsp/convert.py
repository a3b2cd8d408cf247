"""Conversion between the core's data and the protocol's: spans to ranges, diagnostics to diagnostics.

The arguments of every function are the data to convert, the `Positions` of its text, and the `Client`, whose
capabilities decide what it receives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types as t

from agentls import owner
from agentls.features.token_legend import TOKEN_MODIFIERS, TOKEN_TYPES
from agentls.lsp.client import DIAGNOSTIC_SOURCE, EXPLAIN, FIX_ALL, Client
from agentls.lsp.plain_text import to_plain_text
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Encoding, LineIndex, Position, Span
from agentls.workspace.disk import rule_page_uri

if TYPE_CHECKING:
    from agentls.features.code_action import CodeAction
    from agentls.features.completion_edit import CompletionEdit
    from agentls.features.document_symbol import DocumentSymbol
    from agentls.features.folding_range import FoldingRange
    from agentls.features.hover import Hover
    from agentls.features.semantic_tokens import SemanticToken
    from agentls.linter.check import Diagnostic
    from agentls.workspace.settings_files import SettingsProblem


class Positions(NamedTuple):
    """The lines of one version of a text, and the encoding in which its client counts characters."""

    lines: LineIndex
    encoding: Encoding

    def offset(self, position: t.Position) -> int:
        """Return the offset of a position, or of the nearest one that exists."""
        return self.lines.offset(Position(position.line, position.character), self.encoding)

    def span(self, range_: t.Range) -> Span:
        """Return the span of a range."""
        start = self.offset(range_.start)
        return Span(start, max(start, self.offset(range_.end)))

    def range(self, span: Span) -> t.Range:
        """Return the range of a span."""
        return t.Range(self.position(span.start), self.position(span.end))

    def position(self, offset: int) -> t.Position:
        """Return the position of an offset."""
        return t.Position(*self.lines.position(offset, self.encoding))


class FilePositions(NamedTuple):
    """The URI and the positions of a file."""

    uri: str
    positions: Positions


PositionsLookup = Callable[[str], "FilePositions | None"]
"""From a path to the positions of the file, or `None` if it cannot be read."""


def to_diagnostics(
    found: Sequence[Diagnostic], uri: str, positions: Positions, client: Client, lookup: PositionsLookup
) -> list[t.Diagnostic]:
    """Convert the diagnostics of the document `uri`; `lookup` gives the positions of related files."""
    files = {
        "": FilePositions(uri, positions),
        **{path: lookup(path) for path in _related(found) if client.shows_related},
    }
    return [_diagnostic(diagnostic, files, client) for diagnostic in found]


def _related(found: Sequence[Diagnostic]) -> set[str]:
    """Return the paths of the related files."""
    return {other.path for diagnostic in found for other in diagnostic.related if other.path}


def _diagnostic(found: Diagnostic, files: dict[str, FilePositions | None], client: Client) -> t.Diagnostic:
    tags = [tag for tag in map(_DIAGNOSTIC_TAGS.__getitem__, found.tags) if tag in client.diagnostic_tags]
    own = files[""]
    assert own is not None
    related = [
        t.DiagnosticRelatedInformation(t.Location(file.uri, file.positions.range(other.span)), other.message)
        for other in found.related
        if client.shows_related and (file := files[other.path])
    ]
    return t.Diagnostic(
        range=own.positions.range(found.span),
        message=found.message,
        severity=t.DiagnosticSeverity(found.severity),
        code=found.code,
        code_description=t.CodeDescription(_page_link(found.code, client))
        if client.shows_code_links
        else None,
        source=DIAGNOSTIC_SOURCE,
        tags=tags or None,
        related_information=related or None,
    )


def _page_link(code: str, client: Client) -> str:
    """Return the address of the page of a rule in the documentation, once it has one, otherwise the URI of the page in
    the package; or the command that renders that page, for clients that have one."""
    page = rule_page_uri(code)
    if EXPLAIN in client.commands:
        return f"command:{EXPLAIN}?{quote(json.dumps([page]))}"
    return f"{owner.SITE}/rules/{code}/" if owner.SITE else page


_DIAGNOSTIC_TAGS = {
    "unnecessary": t.DiagnosticTag.Unnecessary,
    "deprecated": t.DiagnosticTag.Deprecated,
}


def to_settings_diagnostics(found: Sequence[SettingsProblem], positions: Positions) -> list[t.Diagnostic]:
    """Convert the problems in a file of settings, of which those without a span are reported elsewhere."""
    return [
        t.Diagnostic(
            range=positions.range(problem.span),
            message=problem.message[:1].upper() + problem.message[1:],
            severity=t.DiagnosticSeverity.Warning,
            code=problem.code,
            source=DIAGNOSTIC_SOURCE,
        )
        for problem in found
        if problem.span
    ]


def to_workspace_edit(
    edits: tuple[Edit, ...], uri: str, version: int, positions: Positions, client: Client
) -> t.WorkspaceEdit:
    """Convert edits of the document `uri`, bound to its version if the client supports that."""
    changes = to_text_edits(edits, positions)
    if not client.supports_versioned_edits:
        return t.WorkspaceEdit(changes={uri: changes})
    document = t.OptionalVersionedTextDocumentIdentifier(uri, version)
    return t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(document, changes)])


def to_text_edits(edits: Sequence[Edit], positions: Positions) -> list[t.TextEdit]:
    """Convert edits of one document."""
    return [_text_edit(edit, positions) for edit in edits]


def _text_edit(edit: Edit, positions: Positions) -> t.TextEdit:
    return t.TextEdit(positions.range(edit.span), edit.new_text)


def to_code_action(
    found: CodeAction, uri: str, positions: Positions, client: Client, lookup: PositionsLookup
) -> t.CodeAction:
    """Convert a code action with its diagnostics, without its edit."""
    kind = ACTION_KINDS[found.kind]
    return t.CodeAction(
        title=found.title,
        kind=kind if client.supports_action_kind(kind) else None,
        diagnostics=to_diagnostics(found.diagnostics, uri, positions, client, lookup),
        is_preferred=True if found.is_preferred and client.supports_preferred else None,
    )


ACTION_KINDS: dict[str, str] = {"fix": t.CodeActionKind.QuickFix.value, "fix all": FIX_ALL}


def to_completion_item(
    found: CompletionEdit, uri: str, positions: Positions, client: Client
) -> t.CompletionItem:
    """Convert a completion item without its documentation, which the client resolves when it shows the item."""
    tagged = found.deprecated and t.CompletionItemTag.Deprecated in client.item_tags
    marked = found.deprecated and not tagged and client.supports_deprecated
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
        text_edit=_text_edit(found.edit, positions),
        additional_text_edits=[_text_edit(edit, positions) for edit in found.additional_edits] or None,
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
    "section": t.CompletionItemKind.Snippet,
    "variable": t.CompletionItemKind.Variable,
    "argument": t.CompletionItemKind.Variable,
}


def to_documentation(markdown: str, client: Client) -> t.MarkupContent | str | None:
    """Convert the documentation of an item; `None` if it is empty."""
    if not markdown:
        return None
    if client.shows_item_markdown:
        return t.MarkupContent(t.MarkupKind.Markdown, markdown)
    return to_plain_text(markdown)


def to_hover(found: Hover, positions: Positions, client: Client) -> t.Hover:
    """Convert a hover."""
    if client.shows_hover_markdown:
        content = t.MarkupContent(t.MarkupKind.Markdown, found.markdown)
    else:
        content = t.MarkupContent(t.MarkupKind.PlainText, to_plain_text(found.markdown))
    return t.Hover(content, positions.range(found.span))


def to_symbols(
    found: Sequence[DocumentSymbol], uri: str, positions: Positions, client: Client
) -> list[t.DocumentSymbol] | list[t.SymbolInformation]:
    """Convert an outline: to a tree for clients that show one, otherwise to a list."""
    # A symbol starts where its name starts, and ends where its last child ends.
    position, kind = cache(positions.position), cache(partial(_symbol_kind, client))

    def range_of(span: Span) -> t.Range:
        return t.Range(position(span.start), position(span.end))

    def nested(symbol: DocumentSymbol) -> t.DocumentSymbol:
        return t.DocumentSymbol(
            name=symbol.name,
            detail=symbol.detail or None,
            kind=kind(symbol.kind),
            range=range_of(symbol.span),
            selection_range=range_of(symbol.selection_span),
            children=[nested(child) for child in symbol.children],
        )

    def flat(symbols: Sequence[DocumentSymbol], container: str | None) -> Iterator[t.SymbolInformation]:
        for symbol in symbols:
            yield t.SymbolInformation(
                location=t.Location(uri, range_of(symbol.span)),
                name=symbol.name,
                kind=kind(symbol.kind),
                container_name=container,
            )
            yield from flat(symbol.children, symbol.name)

    return [nested(symbol) for symbol in found] if client.shows_nested_symbols else list(flat(found, None))


def _symbol_kind(client: Client, name: str) -> t.SymbolKind:
    kinds = (_SYMBOL_KINDS.get(name), t.SymbolKind.String)
    return next((kind for kind in kinds if kind in client.symbol_kinds), min(client.symbol_kinds))


_SYMBOL_KINDS = {
    "frontmatter": t.SymbolKind.Namespace,
    "key": t.SymbolKind.Key,
    "tag": t.SymbolKind.Struct,
}


def to_semantic_tokens(found: Sequence[SemanticToken], positions: Positions) -> list[int]:
    """Convert semantic tokens to five numbers for each, as the protocol encodes them."""
    data: list[int] = []
    line = character = 0
    for token in found:
        start, end = positions.position(token.span.start), positions.position(token.span.end)
        modifiers = sum(1 << TOKEN_MODIFIERS.index(name) for name in token.modifiers)
        first = start.character - (character if start.line == line else 0)
        data += [
            start.line - line,
            first,
            end.character - start.character,
            TOKEN_TYPES.index(token.type),
            modifiers,
        ]
        line, character = start.line, start.character
    return data


def to_folding_ranges(
    found: Sequence[FoldingRange], positions: Positions, client: Client
) -> list[t.FoldingRange]:
    """Convert folding ranges to whole lines, which every client supports."""
    rows = [
        (positions.position(fold.span.start).line, positions.position(fold.span.end).line, fold)
        for fold in found
    ]
    region = t.FoldingRangeKind.Region if t.FoldingRangeKind.Region in client.folding_kinds else None
    return [
        t.FoldingRange(first, last, kind=region if fold.kind == "region" else None)
        for first, last, fold in rows[: client.max_folding_ranges]
        if first < last
    ]
