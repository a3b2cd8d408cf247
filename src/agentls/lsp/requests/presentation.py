"""What an editor shows in the text: semantic tokens, inlay hints and colours."""

from __future__ import annotations

from lsprotocol import types as t

from agentls.features import document_color as color_feature
from agentls.features import inlay_hint as hint_feature
from agentls.features.semantic_tokens import semantic_tokens
from agentls.lsp import convert
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.text.offsets import Span


def semantic_tokens_full(snapshot: Snapshot, params: t.SemanticTokensParams) -> t.SemanticTokens | None:
    """Return the semantic tokens of a document."""
    file = snapshot.agent_file(params.text_document.uri)
    return _tokens(file, Span(0, len(file.document.text))) if file else None


def semantic_tokens_range(snapshot: Snapshot, params: t.SemanticTokensRangeParams) -> t.SemanticTokens | None:
    """Return the semantic tokens in a range of a document."""
    file = snapshot.agent_file(params.text_document.uri)
    return _tokens(file, file.positions.span(params.range)) if file else None


def _tokens(file: OpenAgentFile, span: Span) -> t.SemanticTokens:
    found = semantic_tokens(file.document, file.project.index)
    inside = [token for token in found if token.span.overlaps(span)]
    return t.SemanticTokens(convert.to_semantic_tokens(inside, file.positions))


def inlay_hint(snapshot: Snapshot, params: t.InlayHintParams) -> list[t.InlayHint] | None:
    """Return the inlay hints in a range that the user has enabled."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return None
    kinds, span = snapshot.configuration.settings.inlay_hints, file.positions.span(params.range)
    return [
        t.InlayHint(file.positions.position(hint.offset), hint.label, tooltip=hint.tooltip, padding_left=True)
        for hint in hint_feature.inlay_hints(file.document, span, kinds)
    ]


def document_color(snapshot: Snapshot, params: t.DocumentColorParams) -> list[t.ColorInformation]:
    """Return the colours in a document."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return []
    found = color_feature.document_colors(file.document)
    return [
        t.ColorInformation(file.positions.range(each.span), t.Color(*each.color, alpha=1.0)) for each in found
    ]


def color_presentation(snapshot: Snapshot, params: t.ColorPresentationParams) -> list[t.ColorPresentation]:
    """Return the ways to write a colour."""
    file = snapshot.agent_file(params.text_document.uri)
    if file is None:
        return []
    color = color_feature.Color(params.color.red, params.color.green, params.color.blue)
    found = color_feature.color_presentations(file.document, file.positions.span(params.range), color)
    return [t.ColorPresentation(edit.new_text, t.TextEdit(params.range, edit.new_text)) for edit in found]
