"""Slots: where in a text something is written, and what.

`completion` and `candidates` find them; here an offer becomes the edit that writes it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from agentls.features import completion_items
from agentls.features.completion_items import CompletionItem, ItemKind
from agentls.text.offsets import Edit, Span

QUOTES = {"single": "'", "double": '"'}
"""What closes a scalar, by its style."""


class CompletionEdit(NamedTuple):
    """A word that may stand at the cursor, and the edit that writes it there.

    `detail` is a line about it, `order` its rank in the list. The edit's text is a snippet if
    `snippet`; it has its indentation and wants no other. `also` are further edits that go with
    it. `within` is what `documentation` needs to know besides kind and label.
    """

    label: str
    kind: ItemKind
    detail: str
    edit: Edit
    order: int
    snippet: bool = False
    deprecated: bool = False
    parent: str = ""
    additional_edits: tuple[Edit, ...] = ()


class EditRange(NamedTuple):
    """Where offers go: the text they replace, what is written around each, how far the lines
    below its first are indented, and edits that go with it. `is_cut` tells whether there are more."""

    span: Span
    items: Iterable[CompletionItem]
    prefix: str = ""
    suffix: str = ""
    column: int = 0
    additional_edits: tuple[Edit, ...] = ()
    is_incomplete: bool = False


def make_edit(item: CompletionItem, edit_range: EditRange, order: int, snippets: bool) -> CompletionEdit:
    """The offer, written into the slot."""
    text = item.text.replace("\n", "\n" + " " * edit_range.column)
    plain = completion_items.snippet_text(text) if text else item.label
    snippet = snippets and bool(text) and plain != text
    new_text = f"{edit_range.prefix}{text if snippet else plain}{edit_range.suffix}"
    return CompletionEdit(
        item.label,
        item.kind,
        item.detail,
        Edit(edit_range.span, new_text),
        order,
        snippet,
        item.deprecated,
        item.parent,
        edit_range.additional_edits,
    )


def word_at_cursor(pattern: re.Pattern[str], text: str, span: Span, offset: int) -> Span:
    """The match of `pattern` in `span` that the cursor touches, or the empty span at the cursor."""
    spans = (Span(*found.span()) for found in pattern.finditer(text, *span))
    return next((found for found in spans if found.contains_cursor(offset)), Span(offset, offset))
