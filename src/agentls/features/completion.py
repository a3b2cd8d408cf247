"""Completion: the items for the cursor.

`cursor_context` finds the context of the cursor, `completion_items` makes the items of a dialect. This module
selects the items for the context and the range that they replace. Items are not filtered by the typed text, since
editors do that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentls.dialects import tool_names, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.document import Document, Reader
from agentls.features import completion_items, name_completion, prompt_completion
from agentls.features.completion_edit import QUOTES, CompletionEdit, EditRange, make_edit, word_at_cursor
from agentls.features.completion_items import CompletionItem
from agentls.features.cursor_context import LIST_STEP, CursorContext, find_cursor_context
from agentls.project.index import Index
from agentls.readers.pipeline import find_variant
from agentls.reports import explain
from agentls.text.escaping import code_block
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern


class CompletionList(NamedTuple):
    """The items for the cursor, the most common first. `is_incomplete` tells whether more typed letters would give
    other items, since there are too many."""

    items: list[CompletionEdit]
    is_incomplete: bool = False


def complete(
    document: Document, offset: int, *, snippets: bool, index: Index | None = None
) -> CompletionList:
    """The completion items at `offset`, as snippets if the editor supports them, with the names in `index`."""
    ranges = [
        _new_file_item(document, offset),
        prompt_completion.variables_in_prompt(document, offset),
        prompt_completion.arguments_in_prompt(document, offset),
    ]
    context = find_cursor_context(document, offset)
    if context:
        ranges.append(_items_at(document, context, offset, index))
    elif index and offset >= document.body_start:
        ranges.append(name_completion.names_in_prompt(document, offset, index))
    if snippets and not context:
        ranges.append(prompt_completion.sections_in_prompt(document, offset))
    found = [edit_range for edit_range in ranges if edit_range]
    rows = [(offer, edit_range) for edit_range in found for offer in edit_range.items]
    items = [make_edit(offer, edit_range, order, snippets) for order, (offer, edit_range) in enumerate(rows)]
    return CompletionList(items, any(edit_range.is_incomplete for edit_range in found))


def item_documentation(dialect: Dialect, kind: str, label: str, within: str) -> str:
    """The documentation of a completion item in Markdown, "" for none. `name_completion.name_documentation` has
    that of names of the project."""
    return _documentation(dialect, kind, label, within) or ""


def _documentation(dialect: Dialect, kind: str, label: str, within: str) -> str | None:
    if kind == "value":
        return (
            explain.explain_value(dialect, within, label)
            or explain.explain_record_field(dialect, within)
            or explain.explain_key(dialect, within)
            or explain.explain_handler_field(dialect, "", within)
            or explain.explain_server_field(dialect, within)
        )
    if kind == "field":
        field = dialect.field(f"{within}.{label}") if within else None
        if field:
            return explain.explain_record_field(dialect, f"{within}.{label}")
        if within == completion_items.ENTRY:
            return explain.explain_entry_field(dialect, label)
        if within == completion_items.SERVER:
            return explain.explain_server_field(dialect, label)
        return explain.explain_handler_field(dialect, within, label)
    if kind == "type":
        of_server = within == completion_items.SERVER
        return (explain.explain_transport if of_server else explain.explain_handler)(dialect, label)
    if kind == "argument":
        return explain.explain_argument(dialect, label, int(within) if within.isdecimal() else None)
    if kind == "section":
        texts = (item.text for item in completion_items.PROMPT_SECTIONS if item.label == label)
        return next((code_block(completion_items.snippet_text(text), "markdown") for text in texts), None)
    if kind == "skeleton":
        return code_block(completion_items.snippet_text(dialect.new_file_snippet), "markdown")
    pages = {
        "key": explain.explain_key,
        "tool": explain.explain_tool,
        "model": explain.explain_model,
        "event": explain.explain_event,
        "agent": explain.explain_agent,
        "variable": explain.explain_variable,
    }
    return pages[kind](dialect, label) if kind in pages else None


# --- new files --------------------------------------------------------------------------------

_FENCE = "---"


def _new_file_item(document: Document, offset: int) -> EditRange | None:
    """A whole agent, for a file that is empty, or on a line below an opening fence without anything else.

    There is none behind dashes: whoever types a fence means a line break by the next Enter, and not a choice from a
    list.
    """
    text = document.text
    first = len(text) - len(text.removeprefix("\ufeff"))
    typed = text[first:].strip()
    line = document.lines.line_span(document.lines.line_number(offset))
    start = text.find(typed, first) if typed else max(line.start, first)
    skeleton = document.dialect.new_file_snippet.removesuffix("\n")
    if typed == _FENCE and start < line.start:
        skeleton, span = skeleton.partition("\n")[2], line
    elif not typed:
        span = Span(start, line.end)
    else:
        return None
    # The fence must be at the start of the file.
    above = (Edit(Span(first, start), ""),) if start > first else ()
    offer = CompletionItem(_FENCE, "skeleton", f"New {document.dialect.title}", skeleton)
    return EditRange(span, [offer], additional_edits=above)


# --- frontmatter ------------------------------------------------------------------------------


def _items_at(
    document: Document, context: CursorContext, offset: int, index: Index | None
) -> EditRange | None:
    """The items for a context, by the type of its top-level key."""
    if not context.path:
        return _key_items(document, context, offset)
    key = document.dialect.key(context.path[0])
    tail = context.path[1:]
    if key is None:
        return None
    if key.type == "hooks" and not tail:
        return _key_range(document, context, _event_items(document, key, context))
    if key.type == "hooks" and not key.value.schema:
        return _hook_items(document, context, tail, offset)
    if key.name_kind and index and tail in ((), (LIST_STEP,)) and context.role != "key":
        return name_completion.names_in_value(document, context, key, offset, index)
    if key.type == "servers":
        return _server_items(document, context, tail, offset)
    if key.type == "tools" and document.dialect.tool_grammar.is_mapping:
        return (
            None
            if tail
            else _key_range(
                document,
                context,
                completion_items.tool_switch_items(document.dialect, context.sibling_values),
            )
        )
    if key.type == "tools":
        is_list = context.role != "key" and tail in ((), (LIST_STEP,))
        return _tool_items(document, context, offset, index) if is_list else None
    if key.type in ("enum", "boolean", "model") and tail in ((), (LIST_STEP,)) and context.role != "key":
        if _accepts_word(key, context, in_list=tail == (LIST_STEP,)):
            return _value_range(
                document, context, completion_items.value_items(document.dialect, key), offset
            )
        return None
    return _record_items(document, context, key, tail, offset, index)


def _accepts_word(key: Key, context: CursorContext, *, in_list: bool) -> bool:
    """Whether the key accepts a value at the context: an item of a list, or a quoted scalar."""
    here = value_schema.schema_at(key, (None,) if in_list else ())
    if here is None:
        return not in_list
    return context.style == "plain" or not here.allows("boolean") or here.allows("words", "text", "switch")


def _record_items(
    document: Document,
    context: CursorContext,
    key: Key,
    tail: tuple[str, ...],
    offset: int,
    index: Index | None,
) -> EditRange | None:
    """The fields of a record, or the values or names of one of them."""
    here = value_schema.schema_at(key, (None if step == LIST_STEP else step for step in tail))
    if here is None:
        return None
    within = ".".join((key.name, *_field_steps(key, tail)))
    listed = False
    if here.allows("list", "some list") and context.role in ("value", "undashed"):
        inner = value_schema.schema_at(
            key, (None if step == LIST_STEP else step for step in (*tail, LIST_STEP))
        )
        here, listed = inner or here, context.role == "value"
    if here.fields:
        one_of = here.key.requirement.required_one_of if here.allows("record") else ()
        items = completion_items.record_field_items(here.fields, one_of, context.sibling_values, within)
        found = _key_range(document, context, items, listed=listed)
        if found or context.role == "key":
            return found
    if here.key.name_kind and index and context.role != "key":
        return name_completion.names_in_value(document, context, here.key, offset, index)
    if context.role == "key" or not here.allows("words", "boolean"):
        return None
    words = completion_items.enum_items(
        here.key, within, booleans=here.allows("boolean") and context.style == "plain"
    )
    return _value_range(document, context, words, offset)


def _field_steps(key: Key, steps: Iterable[str]) -> Iterator[str]:
    """The steps from `key` that are fields, which are the path of the last field."""
    for step in steps:
        field = key.field(step)
        if field:
            yield step
            key = field


def _key_items(document: Document, context: CursorContext, offset: int) -> EditRange | None:
    """The top-level keys, which all start in the same column."""
    entries = document.root.entries
    if entries and not context.flow:
        start = entries[0].key.span.start
        if start - document.lines.line_span(document.lines.line_number(start)).start != context.column:
            return None
    present = {entry.key.text for entry in entries if not entry.key.span.contains_cursor(offset)}
    in_plugin = bool(document.identity.plugin)
    items = (
        offer
        for offer in completion_items.key_items(document.dialect, present, in_plugin=in_plugin)
        if any(_supports(reader, offer.label) for reader in document.readers)
    )
    variant = find_variant(document.root, document.dialect)
    if variant:
        items = (offer for offer in items if offer.label in variant.keys)
    return _key_range(document, context, items)


def _supports(reader: Reader, name: str) -> bool:
    """Whether the runtime supports the key `name`."""
    key = reader.dialect.key(name)
    return key is not None and key.known_to(reader.runtime.name)


_NAME = lazy_pattern(r"(?:[\w$][\w.$-]*)?")


def _key_range(
    document: Document, context: CursorContext, items: Iterable[CompletionItem], *, listed: bool = False
) -> EditRange | None:
    """The range for a key of a mapping; with `listed`, the mapping becomes a new item of a list."""
    is_key = context.role == "key"
    if not is_key and (not context.starts_line or context.flow or context.style != "plain"):
        return None
    # More than one word is prose.
    if not _NAME.fullmatch(document.text, *context.span):
        return None
    # Indented lines below belong to a key that is being typed, not to a new one.
    if context.child_kind and context.span.start == context.span.end:
        return None
    if context.has_colon:
        items = [offer._replace(text=completion_items.key_text(offer.label)) for offer in items]
    elif context.child_kind:
        items = [offer._replace(text=f"{completion_items.key_text(offer.label)}:") for offer in items]
    elif context.flow:
        items = [offer._replace(text=completion_items.flow_text(offer)) for offer in items]
    dash = "- " if listed or context.role == "undashed" else ""
    return EditRange(context.span, items, context.missing_space + dash, column=context.column + len(dash))


def _value_range(
    document: Document, context: CursorContext, items: Iterable[CompletionItem], offset: int
) -> EditRange | None:
    """The range for a value without spaces. A missing closing quote is added."""
    text = document.text
    typed = text[context.span.start : offset]
    if context.continues_scalar or context.child_kind or any(character.isspace() for character in typed):
        return None
    quote = QUOTES.get(context.style, "")
    is_closed = text.startswith(quote, context.span.end)
    return EditRange(context.span, items, context.missing_space, "" if is_closed else quote)


# --- tools ------------------------------------------------------------------------------------

_TOOL_ENTRY = lazy_pattern(r"""[^\s,()\[\]{}"']+""")
_IN_PARENTHESES = lazy_pattern(r"([^\s,()]{1,200})\(([^()]*)\Z")
_IN_MATCHER = lazy_pattern(r"""[^\s,|()\[\]{}^$.*+?\\"']+""")


def _tool_items(
    document: Document, context: CursorContext, offset: int, index: Index | None
) -> EditRange | None:
    """The tools for a list in any form."""
    text, dialect, (name, *tail) = document.text, document.dialect, context.path
    typed = text[context.span.start : offset]
    key = dialect.key(name)
    here = value_schema.schema_at(key) if key else None
    takes_text = here is None or here.allows("any", "text", "filled", "scalar")
    takes_list = here is None or here.allows("any", "list", "some list")
    if not takes_list and (tail or (context.starts_line and not context.flow)):
        return None
    if context.style == "literal" or (context.role == "undashed" and context.style != "plain"):
        return None
    # A list or mapping on the next lines cannot have a scalar before it.
    if context.child_kind == "list" or (
        context.starts_line and context.role == "value" and (context.child_kind or context.sibling_values)
    ):
        return None
    if typed.count("(") > typed.count(")"):
        return _agent_items(document, context, offset, index)
    word = word_at_cursor(_TOOL_ENTRY, text, context.span, offset)
    # After parentheses a separator is missing. Other parentheses have no known content.
    if typed.endswith(")") or text[word.end : context.span.end].lstrip().startswith(")"):
        return None
    keys = document.dialect.tool_keys
    denying = name != keys.allowed
    listed = _listed_tools(document, name, offset)
    other = _listed_tools(document, keys.allowed if denying else keys.denied, offset)
    if tool_names.ALL_TOOLS in listed and not denying:
        return None
    items = list(
        completion_items.tool_items(dialect, document.permission_mode, listed | other, denying=denying)
    )
    if not denying and not listed and all(_has_wildcard(reader) for reader in document.readers):
        items.append(completion_items.wildcard_item())
    items.sort(key=lambda offer: offer.deprecated)
    if index:
        items += name_completion.mcp_tool_items(document, index, listed | other)
    if context.style == "plain" and word.start == context.span.start:
        items = [offer._replace(text=completion_items.quote_if_needed(offer.label)) for offer in items]
    is_item = context.starts_line and context.style == "plain" and not context.flow and word == context.span
    if context.role == "undashed" or (context.role == "value" and is_item):
        return EditRange(word, items, context.missing_space + "- ")
    if not tail and not takes_text:
        # The value must become a list.
        is_all = context.style == "plain" and word == context.span
        return EditRange(word, items, f"{context.missing_space}[", "]") if is_all else None
    return EditRange(word, items, context.missing_space)


def _has_wildcard(reader: Reader) -> bool:
    """Whether the runtime has an entry for all tools."""
    return tool_names.ALL_TOOLS in tool_names.grammar_for(reader.dialect, reader.runtime).wildcards


def _listed_tools(document: Document, key: str, offset: int) -> set[str]:
    """The tools in the list of `key`, by their current names, without the one at the cursor."""
    entry = document.entry(key)
    lists = [tools for tools in document.tool_lists if tools.key.name == key]
    if lists:
        names = [item.entry.name for item in lists[0].items if not item.entry.span.contains_cursor(offset)]
    elif entry:
        # The value does not parse, for example because a bracket is not closed.
        words = _TOOL_ENTRY.finditer(document.text, *entry.value.span)
        names = [found[0] for found in words if not Span(*found.span()).contains_cursor(offset)]
    else:
        names = []
    bare = [name.strip("[]\"'") for name in names]
    return {tool_names.resolve_tool(name, document.dialect, None).tool or name for name in bare}


def _agent_items(
    document: Document, context: CursorContext, offset: int, index: Index | None
) -> EditRange | None:
    """The agents in the specifier of a tool, in the list of allowed tools."""
    text, dialect = document.text, document.dialect
    found = _IN_PARENTHESES.search(text, context.span.start, offset)
    tool = dialect.tool(tool_names.resolve_tool(found[1], dialect, None).tool or "") if found else None
    if found is None or tool is None or not tool.specifier_effect or context.path[0] != "tools":
        return None
    closing = text.find(")", offset, context.span.end)
    inside = Span(found.start(2), closing if closing >= 0 else context.span.end)
    word = word_at_cursor(_TOOL_ENTRY, text, inside, offset)
    others = (each for each in _TOOL_ENTRY.finditer(text, *inside) if each.start() != word.start)
    listed = {each[0] for each in others}
    items = list(completion_items.agent_items(dialect, listed))
    pool = name_completion.find_name_items(document, index, ("agent",), text[word.start : offset], listed)
    return EditRange(
        word, [*pool.items, *items], suffix="" if closing >= 0 else ")", is_incomplete=pool.is_incomplete
    )


def _matcher_items(document: Document, context: CursorContext, offset: int) -> EditRange | None:
    """The tools for a matcher."""
    if context.continues_scalar:
        return None
    text, dialect = document.text, document.dialect
    word = word_at_cursor(_IN_MATCHER, text, context.span, offset)
    others = (each for each in _IN_MATCHER.finditer(text, *context.span) if each.start() != word.start)
    items = completion_items.tool_items(
        dialect, document.permission_mode, {each[0] for each in others}, denying=False
    )
    return EditRange(word, [offer for offer in items if not offer.deprecated], context.missing_space)


# --- hooks and servers ------------------------------------------------------------------------


def _hook_items(
    document: Document, context: CursorContext, tail: tuple[str, ...], offset: int
) -> EditRange | None:
    """The events, their entries, the handlers of an entry, and the fields of a handler."""
    dialect, present = document.dialect, context.sibling_values
    event = dialect.hook_event(tail[0]) if tail else None
    in_value = context.role == "value"
    match tail:
        case (_,) if in_value:
            items = completion_items.hook_entry_field_items(dialect, event, present)
            return _key_range(document, context, items, listed=True)
        case (_, _) if not in_value and tail[1] == LIST_STEP:
            return _key_range(
                document, context, completion_items.hook_entry_field_items(dialect, event, present)
            )
        case (_, _, completion_items.MATCHER) if in_value and event and event.matches_tools:
            return _matcher_items(document, context, offset)
        case (_, _, completion_items.HANDLERS) if in_value:
            items = completion_items.handler_field_items(dialect, event, present)
            return _key_range(document, context, items, listed=True)
        case (_, _, completion_items.HANDLERS, _) if not in_value:
            return _key_range(
                document, context, completion_items.handler_field_items(dialect, event, present)
            )
        case (_, _, completion_items.HANDLERS, _, completion_items.TYPE) if in_value:
            return _value_range(document, context, completion_items.handler_type_items(dialect), offset)
        case (_, _, completion_items.HANDLERS, _, name) if in_value:
            fields = [field for handler in dialect.hooks.handlers for field in handler.fields]
            return _value_range(document, context, completion_items.field_value_items(fields, name), offset)
    return None


def _event_items(document: Document, key: Key, context: CursorContext) -> Iterator[CompletionItem]:
    """The events that all primary readers with hooks support, each with an entry."""
    names = [reader.runtime.name for reader in document.readers if key.known_to(reader.runtime.name)]
    for event in document.dialect.hooks.events:
        if event.name not in context.sibling_values and all(event.known_to(name) for name in names):
            yield completion_items.event_item(document.dialect, key, event)


def _server_items(
    document: Document, context: CursorContext, tail: tuple[str, ...], offset: int
) -> EditRange | None:
    """The fields of the definition of a server, in a list or, less common, in a mapping."""
    dialect = document.dialect
    match tail[1:] if tail[:1] == (LIST_STEP,) else tail:
        case (_,):
            return _key_range(
                document, context, completion_items.server_field_items(dialect, context.sibling_values)
            )
        case (_, completion_items.TYPE) if context.role == "value":
            return _value_range(document, context, completion_items.transport_items(dialect), offset)
        case (_, name) if context.role == "value":
            return _value_range(
                document, context, completion_items.field_value_items(dialect.servers.fields, name), offset
            )
    return None
