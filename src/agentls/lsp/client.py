"""The capabilities that a client announced. The server sends nothing that they do not allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as t
from pygls.capabilities import get_capability

EXPLAIN = "agentls.explain"
"""The command of a client that shows the page at a URI."""

SAVE = "agentls.save"
"""The command of a client that saves the file at a URI."""

DIAGNOSTIC_SOURCE = "agentls"
"""The name by which clients show where a diagnostic is from."""

FIX_ALL = f"{t.CodeActionKind.SourceFixAll.value}.{DIAGNOSTIC_SOURCE}"
"""The kind of the code action that fixes a whole file. Editors that fix files on save ask for it."""


@dataclass(frozen=True)
class Client:
    """The capabilities that decide what the server sends, named by what they allow."""

    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    accepts_versions: bool = False
    shows_related: bool = False
    shows_code_links: bool = False
    diagnostic_tags: frozenset[t.DiagnosticTag] = frozenset()
    supports_action_literals: bool = False
    action_kinds: frozenset[str] = frozenset()
    resolves_action_edits: bool = False
    supports_preferred: bool = False
    supports_versioned_edits: bool = False
    supports_file_renames: bool = False
    supports_file_creation: bool = False
    supports_annotations: bool = False
    prepares_rename: bool = False
    reports_renames: bool = False
    supports_snippets: bool = False
    supports_deprecated: bool = False
    item_tags: frozenset[t.CompletionItemTag] = frozenset()
    item_kinds: frozenset[t.CompletionItemKind] = frozenset()
    shows_item_markdown: bool = False
    keeps_indentation: bool = False
    shows_hover_markdown: bool = False
    shows_nested_symbols: bool = False
    symbol_kinds: frozenset[t.SymbolKind] = frozenset()
    supports_location_links: bool = False
    resolves_symbols: bool = False
    workspace_symbol_kinds: frozenset[t.SymbolKind] = frozenset()
    max_folding_ranges: int | None = None
    folding_kinds: frozenset[t.FoldingRangeKind | str] = frozenset()
    answers_configuration: bool = False
    registers_configuration: bool = False
    watches_files: bool = False
    shows_progress: bool = False
    refreshes_code_lenses: bool = False
    shows_semantic_tokens: bool = False
    refreshes_semantic_tokens: bool = False
    shows_inlay_hints: bool = False
    refreshes_inlay_hints: bool = False
    shows_colors: bool = False
    selects_ranges: bool = False
    links_editing: bool = False
    shows_calls: bool = False
    commands: frozenset[str] = frozenset()
    runtime: str = ""
    shows_tree: bool = False

    @classmethod
    def of(cls, capabilities: t.ClientCapabilities) -> Client:
        """Return the client with these capabilities."""

        def has(path: str) -> Any:
            return get_capability(capabilities, path, None)

        def either(name: str) -> Any:
            # Clients of LSP 3.17 pull diagnostics, but announce only under `publishDiagnostics` what they show.
            return has(f"text_document.diagnostic.{name}") or has(f"text_document.publish_diagnostics.{name}")

        item = "text_document.completion.completion_item"
        action = "text_document.code_action"
        edit = "workspace.workspace_edit"
        return cls(
            pulls_diagnostics=has("text_document.diagnostic") is not None,
            refreshes_diagnostics=bool(has("workspace.diagnostics.refresh_support")),
            accepts_versions=bool(has("text_document.publish_diagnostics.version_support")),
            shows_related=bool(either("related_information")),
            shows_code_links=bool(either("code_description_support")),
            diagnostic_tags=frozenset(either("tag_support.value_set") or ()),
            supports_action_literals=has(f"{action}.code_action_literal_support") is not None,
            action_kinds=frozenset(
                has(f"{action}.code_action_literal_support.code_action_kind.value_set") or ()
            ),
            resolves_action_edits="edit" in (has(f"{action}.resolve_support.properties") or ())
            and bool(has(f"{action}.data_support")),
            supports_preferred=bool(has(f"{action}.is_preferred_support")),
            supports_versioned_edits=bool(has(f"{edit}.document_changes")),
            supports_file_renames="rename" in (has(f"{edit}.resource_operations") or ()),
            supports_file_creation="create" in (has(f"{edit}.resource_operations") or ()),
            supports_annotations=has(f"{edit}.change_annotation_support") is not None
            and bool(has(f"{edit}.document_changes") or has(f"{edit}.resource_operations"))
            and bool(has("text_document.rename.honors_change_annotations")),
            prepares_rename=bool(has("text_document.rename.prepare_support")),
            reports_renames=bool(has("workspace.file_operations.will_rename")),
            supports_snippets=bool(has(f"{item}.snippet_support")),
            supports_deprecated=bool(has(f"{item}.deprecated_support")),
            item_tags=frozenset(has(f"{item}.tag_support.value_set") or ()),
            item_kinds=frozenset(
                has("text_document.completion.completion_item_kind.value_set") or _OLD_ITEM_KINDS
            ),
            shows_item_markdown=_wants_markdown(has(f"{item}.documentation_format")),
            keeps_indentation=t.InsertTextMode.AsIs
            in (has(f"{item}.insert_text_mode_support.value_set") or ()),
            shows_hover_markdown=_wants_markdown(has("text_document.hover.content_format")),
            shows_nested_symbols=bool(
                has("text_document.document_symbol.hierarchical_document_symbol_support")
            ),
            symbol_kinds=frozenset(
                has("text_document.document_symbol.symbol_kind.value_set") or _OLD_SYMBOL_KINDS
            ),
            supports_location_links=bool(has("text_document.definition.link_support")),
            resolves_symbols="location.range" in (has("workspace.symbol.resolve_support.properties") or ()),
            workspace_symbol_kinds=frozenset(
                has("workspace.symbol.symbol_kind.value_set") or _OLD_SYMBOL_KINDS
            ),
            max_folding_ranges=has("text_document.folding_range.range_limit"),
            folding_kinds=frozenset(
                has("text_document.folding_range.folding_range_kind.value_set") or t.FoldingRangeKind
            ),
            answers_configuration=bool(has("workspace.configuration")),
            registers_configuration=bool(has("workspace.did_change_configuration.dynamic_registration")),
            watches_files=bool(has("workspace.did_change_watched_files.dynamic_registration")),
            shows_progress=bool(has("window.work_done_progress")),
            refreshes_code_lenses=bool(has("workspace.code_lens.refresh_support")),
            shows_semantic_tokens=has("text_document.semantic_tokens") is not None,
            refreshes_semantic_tokens=bool(has("workspace.semantic_tokens.refresh_support")),
            shows_inlay_hints=has("text_document.inlay_hint") is not None,
            refreshes_inlay_hints=bool(has("workspace.inlay_hint.refresh_support")),
            shows_colors=has("text_document.color_provider") is not None,
            selects_ranges=has("text_document.selection_range") is not None,
            links_editing=has("text_document.linked_editing_range") is not None,
            shows_calls=has("text_document.call_hierarchy") is not None,
            commands=frozenset(_strings(_experimental(capabilities, "commands"))),
            runtime=next(iter(_strings([_experimental(capabilities, "runtime")])), ""),
            shows_tree=_experimental(capabilities, "agentTree") is True,
        )

    def supports_action_kind(self, kind: str) -> bool:
        """Whether the client announced a kind of code actions, or one that includes it."""
        parts = kind.split(".")
        above = {".".join(parts[:count]) for count in range(len(parts) + 1)}
        return not above.isdisjoint(self.action_kinds)


def includes_kind(only: Sequence[str], kind: str) -> bool:
    """Whether a client that asks for the kinds of code actions in `only` (none: all) gets one of the kind `kind`: it is
    one of them or below one."""
    return not only or any(f"{kind}.".startswith(f"{each}." if each else "") for each in only)


def _experimental(capabilities: t.ClientCapabilities, name: str) -> Any:
    """Return a field of `experimental`, whose structure the protocol does not define."""
    found: Any = capabilities.experimental
    return found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)


def _strings(found: Any) -> list[str]:
    """Return the strings of a list."""
    return [word for word in found if isinstance(word, str)] if isinstance(found, (list, tuple)) else []


def _wants_markdown(formats: Sequence[t.MarkupKind] | None) -> bool:
    """Whether Markdown is the first of the formats that a client shows."""
    return bool(formats) and formats is not None and formats[0] == t.MarkupKind.Markdown


# The kinds that the protocol assumes for a client that announces none.
_OLD_ITEM_KINDS = [kind for kind in t.CompletionItemKind if kind <= t.CompletionItemKind.Reference]
_OLD_SYMBOL_KINDS = [kind for kind in t.SymbolKind if kind <= t.SymbolKind.Array]
