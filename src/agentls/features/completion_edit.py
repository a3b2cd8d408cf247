"""Turn completion items into edits at the cursor.

`completion` and `name_completion` find the range that an item replaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentls.features import completion_items
from agentls.features.completion_items import CompletionItem, ItemKind
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span

QUOTES = {"single": "'", "double": '"'}
"""The closing quote of a scalar, by its style."""


class CompletionEdit(NamedTuple):
    """A completion item with the edit that inserts it.

    `order` is its rank in the list. The new text is a snippet if `snippet` is true, and contains its indentation.
    `parent` is what `completion.item_documentation` needs besides kind and label.
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
    """A range with the items that can replace it: a prefix and a suffix for each, the indentation of further lines
    (`column`), and additional edits. `is_incomplete` tells whether there are more items."""

    span: Span
    items: Iterable[CompletionItem]
    prefix: str = ""
    suffix: str = ""
    column: int = 0
    additional_edits: tuple[Edit, ...] = ()
    is_incomplete: bool = False


def make_edit(item: CompletionItem, edit_range: EditRange, order: int, snippets: bool) -> CompletionEdit:
    """The edit that inserts `item` at `edit_range`."""
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
    """The match of `pattern` in `span` that the cursor touches, else the empty span at the cursor."""
    spans = (Span(*found.span()) for found in pattern.finditer(text, *span))
    return next((found for found in spans if found.contains_cursor(offset)), Span(offset, offset))
