"""What a client announced. Nothing is sent to it that does not stand here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as t
from pygls.capabilities import get_capability


@dataclass(frozen=True)
class Client:
    """The capabilities that decide what is sent, by what they allow."""

    pulls: bool = False
    refreshes: bool = False
    versions: bool = False
    related: bool = False
    links_codes: bool = False
    diagnostic_tags: frozenset[t.DiagnosticTag] = frozenset()
    literal_actions: bool = False
    quick_fixes: bool = False
    resolves_edits: bool = False
    prefers: bool = False
    versioned_edits: bool = False
    renames_files: bool = False
    annotates: bool = False
    prepares_rename: bool = False
    tells_of_renames: bool = False
    snippets: bool = False
    deprecated_items: bool = False
    item_tags: frozenset[t.CompletionItemTag] = frozenset()
    item_kinds: frozenset[t.CompletionItemKind] = frozenset()
    item_markdown: bool = False
    keeps_indentation: bool = False
    hover_markdown: bool = False
    nested_symbols: bool = False
    symbol_kinds: frozenset[t.SymbolKind] = frozenset()
    definition_links: bool = False
    resolves_places: bool = False
    place_kinds: frozenset[t.SymbolKind] = frozenset()
    fold_limit: int | None = None
    fold_kinds: frozenset[t.FoldingRangeKind | str] = frozenset()
    has_settings: bool = False
    registers_settings: bool = False
    watches_files: bool = False
    shows_progress: bool = False
    refreshes_lenses: bool = False
    commands: frozenset[str] = frozenset()

    @classmethod
    def of(cls, capabilities: t.ClientCapabilities) -> Client:
        """What `capabilities` announce."""

        def has(path: str) -> Any:
            return get_capability(capabilities, path, None)

        def one_of_both(name: str) -> Any:
            # Clients of 3.17 pull, but say only under `publishDiagnostics` what they can show.
            return has(f"text_document.diagnostic.{name}") or has(f"text_document.publish_diagnostics.{name}")

        item = "text_document.completion.completion_item"
        action = "text_document.code_action"
        edit = "workspace.workspace_edit"
        return cls(
            pulls=has("text_document.diagnostic") is not None,
            refreshes=bool(has("workspace.diagnostics.refresh_support")),
            versions=bool(has("text_document.publish_diagnostics.version_support")),
            related=bool(one_of_both("related_information")),
            links_codes=bool(one_of_both("code_description_support")),
            diagnostic_tags=frozenset(one_of_both("tag_support.value_set") or ()),
            literal_actions=has(f"{action}.code_action_literal_support") is not None,
            quick_fixes=not {"", t.CodeActionKind.QuickFix}.isdisjoint(
                has(f"{action}.code_action_literal_support.code_action_kind.value_set") or ()
            ),
            resolves_edits="edit" in (has(f"{action}.resolve_support.properties") or ())
            and bool(has(f"{action}.data_support")),
            prefers=bool(has(f"{action}.is_preferred_support")),
            versioned_edits=bool(has(f"{edit}.document_changes")),
            renames_files="rename" in (has(f"{edit}.resource_operations") or ()),
            annotates=has(f"{edit}.change_annotation_support") is not None
            and bool(has(f"{edit}.document_changes") or has(f"{edit}.resource_operations"))
            and bool(has("text_document.rename.honors_change_annotations")),
            prepares_rename=bool(has("text_document.rename.prepare_support")),
            tells_of_renames=bool(has("workspace.file_operations.will_rename")),
            snippets=bool(has(f"{item}.snippet_support")),
            deprecated_items=bool(has(f"{item}.deprecated_support")),
            item_tags=frozenset(has(f"{item}.tag_support.value_set") or ()),
            item_kinds=frozenset(
                has("text_document.completion.completion_item_kind.value_set") or _OLD_ITEM_KINDS
            ),
            item_markdown=_wants_markdown(has(f"{item}.documentation_format")),
            keeps_indentation=t.InsertTextMode.AsIs
            in (has(f"{item}.insert_text_mode_support.value_set") or ()),
            hover_markdown=_wants_markdown(has("text_document.hover.content_format")),
            nested_symbols=bool(has("text_document.document_symbol.hierarchical_document_symbol_support")),
            symbol_kinds=frozenset(
                has("text_document.document_symbol.symbol_kind.value_set") or _OLD_SYMBOL_KINDS
            ),
            definition_links=bool(has("text_document.definition.link_support")),
            resolves_places="location.range" in (has("workspace.symbol.resolve_support.properties") or ()),
            place_kinds=frozenset(has("workspace.symbol.symbol_kind.value_set") or _OLD_SYMBOL_KINDS),
            fold_limit=has("text_document.folding_range.range_limit"),
            fold_kinds=frozenset(
                has("text_document.folding_range.folding_range_kind.value_set") or t.FoldingRangeKind
            ),
            has_settings=bool(has("workspace.configuration")),
            registers_settings=bool(has("workspace.did_change_configuration.dynamic_registration")),
            watches_files=bool(has("workspace.did_change_watched_files.dynamic_registration")),
            shows_progress=bool(has("window.work_done_progress")),
            refreshes_lenses=bool(has("workspace.code_lens.refresh_support")),
            commands=frozenset(_listed(capabilities.experimental, "commands")),
        )


def _listed(value: Any, name: str) -> list[str]:
    """The words in a list of that name, as far as there is one: below `experimental` anything may stand."""
    found = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return [word for word in found if isinstance(word, str)] if isinstance(found, (list, tuple)) else []


def _wants_markdown(formats: Sequence[t.MarkupKind] | None) -> bool:
    """Whether Markdown comes first among the formats that a client shows."""
    return bool(formats) and formats is not None and formats[0] == t.MarkupKind.Markdown


# What a client knows that announces no set, as the protocol has it.
_OLD_ITEM_KINDS = [kind for kind in t.CompletionItemKind if kind <= t.CompletionItemKind.Reference]
_OLD_SYMBOL_KINDS = [kind for kind in t.SymbolKind if kind <= t.SymbolKind.Array]
