"""Completion: what may stand at the cursor.

`position` finds the place, `vocabulary` knows the words; here the one is matched with the other
and each word becomes an edit that replaces just the item at the cursor. The words are not
filtered by what is typed already: editors do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agentls.dialects import tool_names, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.document import Document, Reader
from agentls.features import completion_items, name_completion
from agentls.features.completion_edit import QUOTES, CompletionEdit, EditRange, make_edit, word_at_cursor
from agentls.features.completion_items import CompletionItem
from agentls.features.cursor_context import LIST_STEP, CursorContext, find_cursor_context
from agentls.project.index import Index
from agentls.readers.pipeline import find_variant
from agentls.reports import explain
from agentls.text.offsets import Edit, Span


class CompletionList(NamedTuple):
    """What may stand at the cursor, the most common first. `is_cut` tells whether more is typed would bring
    other items, since there are too many to list."""

    items: list[CompletionEdit]
    is_incomplete: bool = False


def complete(
    document: Document, offset: int, *, snippets: bool, project: Index | None = None
) -> CompletionList:
    """What may stand at `offset`, as snippets if the editor takes them; with the names of `project`."""
    slots = [_new_file_item(document, offset), _variable(document, offset)]
    place = find_cursor_context(document, offset)
    if place:
        slots.append(_items_at(document, place, offset, project))
    elif project and offset >= document.body_start:
        slots.append(name_completion.names_in_prompt(document, offset, project))
    found = [slot for slot in slots if slot]
    rows = [(offer, slot) for slot in found for offer in slot.offers]
    items = [make_edit(offer, slot, order, snippets) for order, (offer, slot) in enumerate(rows)]
    return CompletionList(items, any(slot.is_incomplete for slot in found))


def item_documentation(dialect: Dialect, kind: str, label: str, within: str) -> str:
    """The page of a completion in Markdown, or "" if there is nothing more to say about it. Names of the
    project have theirs from `candidates`."""
    return _page(dialect, kind, label, within) or ""


def _page(dialect: Dialect, kind: str, label: str, within: str) -> str | None:
    if kind == "value":
        return (
            explain.about_value(dialect, within, label)
            or explain.about_record_field(dialect, within)
            or explain.about_key(dialect, within)
            or explain.about_field(dialect, "", within)
            or explain.about_server_field(dialect, within)
        )
    if kind == "field":
        field = dialect.field(f"{within}.{label}") if within else None
        if field:
            return explain.about_record_field(dialect, f"{within}.{label}")
        if within == completion_items.ENTRY:
            return explain.about_entry_field(dialect, label)
        if within == completion_items.SERVER:
            return explain.about_server_field(dialect, label)
        return explain.about_field(dialect, within, label)
    if kind == "type":
        of_server = within == completion_items.SERVER
        return (explain.about_transport if of_server else explain.about_handler)(dialect, label)
    if kind == "skeleton":
        return f"```markdown\n{completion_items.snippet_text(dialect.new_file_snippet)}```"
    pages = {
        "key": explain.about_key,
        "tool": explain.about_tool,
        "model": explain.about_model,
        "event": explain.about_event,
        "agent": explain.about_agent,
        "variable": explain.about_variable,
    }
    return pages[kind](dialect, label) if kind in pages else None


# --- a new file -------------------------------------------------------------------------------

_FENCE = "---"


def _variable(document: Document, offset: int) -> EditRange | None:
    """The variables that the prompt can name, behind the sign that opens a placeholder."""
    template, line = (
        document.dialect.prompt_variables,
        document.lines.line_span(document.lines.line_number(offset)),
    )
    if not template.opening or offset < document.body_start:
        return None
    opening = document.text.rfind(template.opening, line.start, offset) + len(template.opening)
    word = _VARIABLE.match(document.text, opening)
    if opening < line.start + len(template.opening) or word is None or word.end() < offset:
        return None
    offers = [CompletionItem(row.name, "variable", row.summary) for row in template.variables]
    after = "" if document.text.startswith(template.closing, word.end()) else template.closing
    return EditRange(Span(*word.span()), offers, suffix=after)


_VARIABLE = re.compile(r"\w*")


def _new_file_item(document: Document, offset: int) -> EditRange | None:
    """A whole agent, for a file with nothing in it but the start of a fence."""
    text = document.text
    typed = text.removeprefix("\ufeff").strip()
    if not _FENCE.startswith(typed):
        return None
    line = document.lines.line_span(document.lines.line_number(offset))
    first = len(text) - len(text.removeprefix("\ufeff"))
    start = text.find(typed, first) if typed else line.start
    skeleton = document.dialect.new_file_snippet.removesuffix("\n")
    if start < line.start:
        if typed != _FENCE:
            return None
        skeleton, span = skeleton.partition("\n")[2], line
    elif start > line.end:
        return None
    else:
        start, span = max(line.start, first), Span(max(line.start, first), line.end)
    # The fence must be the very first thing in the file.
    above = (Edit(Span(first, start), ""),) if start > first else ()
    offer = CompletionItem(_FENCE, "skeleton", f"A new {document.dialect.title}, to be filled in.", skeleton)
    return EditRange(span, [offer], also=above)


# --- the frontmatter --------------------------------------------------------------------------


def _items_at(
    document: Document, place: CursorContext, offset: int, project: Index | None
) -> EditRange | None:
    """What may stand at a place, judged by the type of the key that leads there."""
    if not place.path:
        return _keys(document, place, offset)
    key = document.dialect.key(place.path[0])
    tail = place.path[1:]
    if key is None:
        return None
    if key.type == "hooks" and not tail:
        return _key_range(document, place, _events(document, key, place))
    if key.type == "hooks" and not key.value.schema:
        return _hooks(document, place, tail, offset)
    if key.name_kind and project and tail in ((), (LIST_STEP,)) and place.role != "key":
        return name_completion.names_in_value(document, place, key, offset, project)
    if key.type == "servers":
        return _servers(document, place, tail, offset)
    if key.type == "tools" and document.dialect.tool_grammar.is_mapping:
        return (
            None
            if tail
            else _key_range(
                document, place, completion_items.switches(document.dialect, place.sibling_values)
            )
        )
    if key.type == "tools":
        is_list = place.role != "key" and tail in ((), (LIST_STEP,))
        return _tools(document, place, offset, project) if is_list else None
    if key.type in ("enum", "boolean", "model") and tail in ((), (LIST_STEP,)) and place.role != "key":
        if _fits(key, place, in_list=tail == (LIST_STEP,)):
            return _value_range(document, place, completion_items.values(document.dialect, key), offset)
        return None
    return _record(document, place, key, tail, offset, project)


def _fits(key: Key, place: CursorContext, *, in_list: bool) -> bool:
    """Whether a word may stand in a list of the key's values, if that is what it would do, and in
    quotes, if there are some."""
    here = value_schema.schema_at(key, (None,) if in_list else ())
    if here is None:
        return not in_list
    return place.style == "plain" or not here.allows("boolean") or here.allows("words", "text", "switch")


def _record(
    document: Document,
    place: CursorContext,
    key: Key,
    tail: tuple[str, ...],
    offset: int,
    project: Index | None,
) -> EditRange | None:
    """The fields of a record, or the words or names of one of them."""
    here = value_schema.schema_at(key, (None if step == LIST_STEP else step for step in tail))
    if here is None:
        return None
    within = ".".join((key.name, *_fields_on(key, tail)))
    listed = False
    if here.allows("list", "some list") and place.role in ("value", "undashed"):
        inner = value_schema.schema_at(
            key, (None if step == LIST_STEP else step for step in (*tail, LIST_STEP))
        )
        here, listed = inner or here, place.role == "value"
    if here.fields:
        one_of = here.key.requirement.required_one_of if here.allows("record") else ()
        offers = completion_items.fields(here.fields, one_of, place.sibling_values, within)
        found = _key_range(document, place, offers, listed=listed)
        if found or place.role == "key":
            return found
    if here.key.name_kind and project and place.role != "key":
        return name_completion.names_in_value(document, place, here.key, offset, project)
    if place.role == "key" or not here.allows("words", "boolean"):
        return None
    words = completion_items.words(
        here.key, within, booleans=here.allows("boolean") and place.style == "plain"
    )
    return _value_range(document, place, words, offset)


def _fields_on(key: Key, steps: Iterable[str]) -> Iterator[str]:
    """Those of the steps from `key` that are fields, which lead to the page of the last one."""
    for step in steps:
        field = key.field(step)
        if field:
            yield step
            key = field


def _keys(document: Document, place: CursorContext, offset: int) -> EditRange | None:
    """The keys of the frontmatter, which all start in the same column."""
    entries = document.root.entries
    if entries and not place.flow:
        start = entries[0].key.span.start
        if start - document.lines.line_span(document.lines.line_number(start)).start != place.column:
            return None
    present = {entry.key.text for entry in entries if not entry.key.span.contains_cursor(offset)}
    in_plugin = bool(document.identity.plugin)
    offers = (
        offer
        for offer in completion_items.keys(document.dialect, present, in_plugin=in_plugin)
        if any(_knows(reader, offer.label) for reader in document.readers)
    )
    variant = find_variant(document.root, document.dialect)
    if variant:
        offers = (offer for offer in offers if offer.label in variant.keys)
    return _key_range(document, place, offers)


def _knows(reader: Reader, name: str) -> bool:
    """Whether the runtime knows the key of that name."""
    key = reader.dialect.key(name)
    return key is not None and key.known_to(reader.runtime.name)


_NAME = re.compile(r"(?:[\w$][\w.$-]*)?")


def _key_range(
    document: Document, place: CursorContext, offers: Iterable[CompletionItem], *, listed: bool = False
) -> EditRange | None:
    """A slot for the keys of a mapping; with `listed` the mapping is to be a new item of a list."""
    is_key = place.role == "key"
    if not is_key and (not place.starts_line or place.flow or place.style != "plain"):
        return None
    # What is more than a word is prose.
    if not _NAME.fullmatch(document.text, *place.span):
        return None
    # Lines that belong here are the value of a key that is being typed, but of no new one.
    if place.child_kind and place.span.start == place.span.end:
        return None
    if place.has_colon:
        offers = [offer._replace(text=completion_items.key_text(offer.label)) for offer in offers]
    elif place.child_kind:
        offers = [offer._replace(text=f"{completion_items.key_text(offer.label)}:") for offer in offers]
    elif place.flow:
        offers = [offer._replace(text=completion_items.flow_text(offer)) for offer in offers]
    dash = "- " if listed or place.role == "undashed" else ""
    return EditRange(place.span, offers, place.missing_space + dash, column=place.column + len(dash))


def _value_range(
    document: Document, place: CursorContext, offers: Iterable[CompletionItem], offset: int
) -> EditRange | None:
    """A slot for a value of one word, whose quotes are closed if they are not yet."""
    text = document.text
    typed = text[place.span.start : offset]
    if place.continues_scalar or place.child_kind or any(character.isspace() for character in typed):
        return None
    quote = QUOTES.get(place.style, "")
    is_closed = text.startswith(quote, place.span.end)
    return EditRange(place.span, offers, place.missing_space, "" if is_closed else quote)


# --- tools ------------------------------------------------------------------------------------

_TOOL = re.compile(r"""[^\s,()\[\]{}"']+""")
_IN_PARENTHESES = re.compile(r"([^\s,()]+)\(([^()]*)\Z")
_IN_MATCHER = re.compile(r"""[^\s,|()\[\]{}^$.*+?\\"']+""")


def _tools(document: Document, place: CursorContext, offset: int, project: Index | None) -> EditRange | None:
    """The tools of a list, in whatever form it is written."""
    text, dialect, (name, *tail) = document.text, document.dialect, place.path
    typed = text[place.span.start : offset]
    key = dialect.key(name)
    here = value_schema.schema_at(key) if key else None
    takes_text = here is None or here.allows("any", "text", "filled", "scalar")
    takes_list = here is None or here.allows("any", "list", "some list")
    if not takes_list and (tail or (place.starts_line and not place.flow)):
        return None
    if place.style == "literal" or (place.role == "undashed" and place.style != "plain"):
        return None
    # A list or a mapping that goes on below takes no word in front of it.
    if place.child_kind == "list" or (
        place.starts_line and place.role == "value" and (place.child_kind or place.sibling_values)
    ):
        return None
    if typed.count("(") > typed.count(")"):
        return _agents(document, place, offset, project)
    word = word_at_cursor(_TOOL, text, place.span, offset)
    # Behind parentheses a separator is missing, and what is inside others is not understood.
    if typed.endswith(")") or text[word.end : place.span.end].lstrip().startswith(")"):
        return None
    keys = document.dialect.tool_keys
    denying = name != keys.allowed
    listed = _listed(document, name, offset)
    other = _listed(document, keys.allowed if denying else keys.denied, offset)
    if tool_names.ALL_TOOLS in listed and not denying:
        return None
    offers = list(completion_items.tools(dialect, document.permission_mode, listed | other, denying=denying))
    if not denying and not listed and all(_has_word_for_all(reader) for reader in document.readers):
        offers.append(completion_items.all_tools())
    offers.sort(key=lambda offer: offer.deprecated)
    if project:
        offers += name_completion.mcp_tool_items(document, project, listed | other)
    if place.style == "plain" and word.start == place.span.start:
        offers = [offer._replace(text=completion_items.quote_if_needed(offer.label)) for offer in offers]
    is_item = place.starts_line and place.style == "plain" and not place.flow and word == place.span
    if place.role == "undashed" or (place.role == "value" and is_item):
        return EditRange(word, offers, place.missing_space + "- ")
    if not tail and not takes_text:
        # The value is still to become a list.
        is_all = place.style == "plain" and word == place.span
        return EditRange(word, offers, f"{place.missing_space}[", "]") if is_all else None
    return EditRange(word, offers, place.missing_space)


def _has_word_for_all(reader: Reader) -> bool:
    """Whether the runtime has a word for every tool."""
    return tool_names.ALL_TOOLS in tool_names.grammar_for(reader.dialect, reader.runtime).wildcards


def _listed(document: Document, key: str, offset: int) -> set[str]:
    """The tools in the list of `key`, by their names of today, without the one at the cursor."""
    entry = document.entry(key)
    lists = [tools for tools in document.tool_lists if tools.key.name == key]
    if lists:
        names = [item.entry.name for item in lists[0].items if not item.entry.span.contains_cursor(offset)]
    elif entry:
        # The value does not parse, as a list does not before its bracket is closed.
        words = _TOOL.finditer(document.text, *entry.value.span)
        names = [found[0] for found in words if not Span(*found.span()).contains_cursor(offset)]
    else:
        names = []
    bare = [name.strip("[]\"'") for name in names]
    return {tool_names.resolve_tool(name, document.dialect, None).tool or name for name in bare}


def _agents(document: Document, place: CursorContext, offset: int, project: Index | None) -> EditRange | None:
    """The agents in the parentheses behind a tool. Only names of agents count there, and only in
    the list of what is allowed."""
    text, dialect = document.text, document.dialect
    found = _IN_PARENTHESES.search(text, place.span.start, offset)
    tool = dialect.tool(tool_names.resolve_tool(found[1], dialect, None).tool or "") if found else None
    if found is None or tool is None or not tool.specifier_effect or place.path[0] != "tools":
        return None
    closing = text.find(")", offset, place.span.end)
    inside = Span(found.start(2), closing if closing >= 0 else place.span.end)
    word = word_at_cursor(_TOOL, text, inside, offset)
    others = (each for each in _TOOL.finditer(text, *inside) if each.start() != word.start)
    listed = {each[0] for each in others}
    offers = list(completion_items.agents(dialect, listed))
    pool = name_completion.find_name_items(document, project, ("agent",), text[word.start : offset], listed)
    return EditRange(
        word, [*pool.offers, *offers], suffix="" if closing >= 0 else ")", is_incomplete=pool.is_cut
    )


def _matcher(document: Document, place: CursorContext, offset: int) -> EditRange | None:
    """The tools in a matcher."""
    if place.continues_scalar:
        return None
    text, dialect = document.text, document.dialect
    word = word_at_cursor(_IN_MATCHER, text, place.span, offset)
    others = (each for each in _IN_MATCHER.finditer(text, *place.span) if each.start() != word.start)
    offers = completion_items.tools(
        dialect, document.permission_mode, {each[0] for each in others}, denying=False
    )
    return EditRange(word, [offer for offer in offers if not offer.deprecated], place.missing_space)


# --- hooks and servers ------------------------------------------------------------------------


def _hooks(document: Document, place: CursorContext, tail: tuple[str, ...], offset: int) -> EditRange | None:
    """The events, the entries below each, the handlers in each, and their fields."""
    dialect, present = document.dialect, place.sibling_values
    event = dialect.hook_event(tail[0]) if tail else None
    in_value = place.role == "value"
    match tail:
        case (_,) if in_value:
            offers = completion_items.entry_fields(dialect, event, present)
            return _key_range(document, place, offers, listed=True)
        case (_, _) if not in_value and tail[1] == LIST_STEP:
            return _key_range(document, place, completion_items.entry_fields(dialect, event, present))
        case (_, _, completion_items.MATCHER) if in_value and event and event.matches_tools:
            return _matcher(document, place, offset)
        case (_, _, completion_items.HANDLERS) if in_value:
            offers = completion_items.handler_fields(dialect, event, present)
            return _key_range(document, place, offers, listed=True)
        case (_, _, completion_items.HANDLERS, _) if not in_value:
            return _key_range(document, place, completion_items.handler_fields(dialect, event, present))
        case (_, _, completion_items.HANDLERS, _, completion_items.TYPE) if in_value:
            return _value_range(document, place, completion_items.handler_type_items(dialect), offset)
        case (_, _, completion_items.HANDLERS, _, name) if in_value:
            fields = [field for handler in dialect.hooks.handlers for field in handler.fields]
            return _value_range(document, place, completion_items.field_value_items(fields, name), offset)
    return None


def _events(document: Document, key: Key, place: CursorContext) -> Iterator[CompletionItem]:
    """The events that every runtime of the file with hooks knows, each with an entry to fill in."""
    names = [reader.runtime.name for reader in document.readers if key.known_to(reader.runtime.name)]
    for event in document.dialect.hooks.events:
        if event.name not in place.sibling_values and all(event.known_to(name) for name in names):
            yield completion_items.event(document.dialect, key, event)


def _servers(
    document: Document, place: CursorContext, tail: tuple[str, ...], offset: int
) -> EditRange | None:
    """The fields of a server's definition. Servers stand in a list or, less usual, in a mapping."""
    dialect = document.dialect
    match tail[1:] if tail[:1] == (LIST_STEP,) else tail:
        case (_,):
            return _key_range(
                document, place, completion_items.server_field_items(dialect, place.sibling_values)
            )
        case (_, completion_items.TYPE) if place.role == "value":
            return _value_range(document, place, completion_items.transport_items(dialect), offset)
        case (_, name) if place.role == "value":
            return _value_range(
                document, place, completion_items.field_value_items(dialect.servers.fields, name), offset
            )
    return None
