"""Completion of names: the agents, skills, commands and servers of the project that the cursor can refer to.

In the frontmatter they are items of lists of tools and of keys for names, in the prompt they follow calls and
mentions, or are in backticks. If there are very many, only those that match the typed text are items.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key
from agentls.document.document import Document
from agentls.features import completion_items, name_hover
from agentls.features.completion_edit import QUOTES, EditRange, word_at_cursor
from agentls.features.completion_items import CompletionItem
from agentls.features.cursor_context import CursorContext
from agentls.features.name_hover import DocumentLookup
from agentls.project.index import Index
from agentls.project.names import Definition, NameKind
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import subsequence_pattern

MAX_ITEMS = 100
"""The maximal number of names in a list."""

_MAX_DETAIL = 100


class NameItems(NamedTuple):
    """Completion items for names; `is_incomplete` tells whether there are more."""

    items: tuple[CompletionItem, ...] = ()
    is_incomplete: bool = False


def find_name_items(
    document: Document,
    index: Index | None,
    kinds: tuple[NameKind, ...],
    typed: str,
    listed: Collection[str],
) -> NameItems:
    """The names of `kinds` that a document can refer to, the nearest first, without those in `listed`.

    If there are more than `MAX_ITEMS`, only those that contain the letters of `typed` in order.
    """
    names = index.get(document.path) if index else None
    if index is None or names is None:
        return NameItems()
    found = index.visible_definitions(kinds, names)
    is_cut = len(found) > MAX_ITEMS
    if is_cut and typed:
        found = _matching(found, typed)
    if listed:
        found = [each for each in found if each.full_name not in listed]
    found = found[:MAX_ITEMS]
    return NameItems(tuple(_name_item(each) for each in found if _WRITABLE.fullmatch(each.full_name)), is_cut)


_WRITABLE = lazy_pattern(r"""[^\s"'`*{}$<>\\,()\[\]][^"'`*{}$<>\\,()\[\]\n]*""")


def _matching(found: list[Definition], typed: str) -> list[Definition]:
    """The definitions whose names contain the typed letters in order, prefix matches first."""
    letters = typed.lower()
    pattern = subsequence_pattern(letters)
    fitting = [each for each in found if pattern.match(each.full_name.lower())]
    fitting.sort(key=lambda each: not each.name.lower().startswith(letters))
    return fitting


_KINDS: dict[NameKind, completion_items.ItemKind] = {
    "agent": "agent",
    "skill": "skill",
    "command": "command",
    "server": "server",
}


def _name_item(definition: Definition) -> CompletionItem:
    line = " ".join(definition.description[: 2 * _MAX_DETAIL].split())
    short = f"{line[: _MAX_DETAIL - 4]} ..." if len(line) > _MAX_DETAIL else line
    file = definition.path.rpartition("/")[2]
    return CompletionItem(
        definition.full_name, _KINDS[definition.kind], short or f"Defined in {file}.", parent=definition.path
    )


def name_documentation(
    document: Document, index: Index, label: str, path: str, file: DocumentLookup
) -> str | None:
    """Describe the definition in the file at `path` whose name is in `label`."""
    here, there = index.get(document.path), index.get(path)
    named = [each for each in there.definitions if each.full_name in label] if there else []
    found = max(named, default=None, key=lambda each: len(each.full_name))
    return name_hover.describe_definition(here, found, index.user_folder, file) if here and found else None


# --- frontmatter ------------------------------------------------------------------------------

_ITEM = lazy_pattern(r"""[^\s,\[\]{}"']+""")


def names_in_value(
    document: Document, context: CursorContext, key: Key, offset: int, index: Index
) -> EditRange | None:
    """The names for the value of a key, or for an item of it."""
    text = document.text
    here = value_schema.schema_at(key)
    takes_list = here is None or here.allows("any", "list", "some list")
    takes_text = here is None or here.allows("any", "text", "filled", "scalar")
    starts_list = context.role == "undashed" or (
        context.role == "value" and context.starts_line and not context.flow
    )
    if context.continues_scalar or context.child_kind or context.style in ("literal", "folded"):
        return None
    if starts_list and not (takes_list and context.style == "plain" and not context.sibling_values):
        return None
    # If a line can contain several names, the cursor is in one of them.
    holds_several = context.role == "value" and takes_list and takes_text and not context.starts_line
    word = word_at_cursor(_ITEM, text, context.span, offset) if holds_several else context.span
    kind: NameKind = key.name_kind  # type: ignore[assignment]
    found = find_name_items(document, index, _KINDS_OF.get(kind, (kind,)), text[word.start : offset], ())
    listed = _listed_names(document, index, context, offset)
    built_in = completion_items.agent_items(document.dialect, ()) if kind == "agent" else ()
    items = [offer for offer in (*found.items, *built_in) if offer.label not in listed]
    if holds_several:
        items = [offer for offer in items if " " not in offer.label]
    is_all = word == context.span
    if context.style == "plain" and is_all:
        items = [offer._replace(text=completion_items.quote_if_needed(offer.label)) for offer in items]
    if starts_list:
        return EditRange(word, items, f"{context.missing_space}- ", is_incomplete=found.is_incomplete)
    if context.role == "value" and not takes_text:
        # The value must become a list.
        begins = context.style == "plain" and is_all
        return (
            EditRange(word, items, f"{context.missing_space}[", "]", is_incomplete=found.is_incomplete)
            if begins
            else None
        )
    quote = QUOTES.get(context.style, "")
    after = "" if text.startswith(quote, context.span.end) or not is_all else quote
    return EditRange(word, items, context.missing_space, after, is_incomplete=found.is_incomplete)


# Claude Code treats a command as a skill.
_KINDS_OF: dict[NameKind, tuple[NameKind, ...]] = {"any": ("agent", "skill", "command")}


def _listed_names(document: Document, index: Index, context: CursorContext, offset: int) -> set[str]:
    """The names in the value of the key of the context, without the one at the cursor."""
    entry, names = document.entry(context.path[0]), index.get(document.path)
    if entry is None or names is None or len(context.path) > 2:
        return set()
    value = entry.value.span
    return {
        f"{each.qualifier}:{each.name}".removeprefix(":")
        for each in names.references
        if value.start <= each.span.start <= value.end and not each.span.contains_cursor(offset)
    }


def mcp_tool_items(document: Document, index: Index, listed: Collection[str]) -> Iterator[CompletionItem]:
    """The entries for all tools of each server of the project, and the tools of servers that other agents list."""
    form, names = document.dialect.tool_grammar.server_wildcard, index.get(document.path)
    if not form or names is None:
        return
    servers = [
        each for each in index.visible_definitions(("server",), names) if _WRITABLE.fullmatch(each.name)
    ]
    for each in servers[:MAX_ITEMS]:
        label = form.replace("{}", each.all_names[-1])
        if label not in listed:
            yield CompletionItem(
                label, "server", f"All tools of the MCP server {each.name}.", parent=each.path
            )
    starts = tuple(form.replace("{}", each.all_names[-1]).removesuffix("*") for each in servers)
    seen = {
        tool for agent in index.definitions("agent") for tool in agent.tools or () if tool.startswith(starts)
    }
    for tool in sorted(seen - {*listed})[:MAX_ITEMS] if starts else ():
        if not tool.endswith("*") and tool not in starts:
            yield CompletionItem(tool, "tool", "MCP tool that another agent of the project lists.")


# --- prompt -----------------------------------------------------------------------------------

_WORD = r"[\w:.-]*"
_REST = lazy_pattern(_WORD)
_PROMPT_FORMS: tuple[tuple[re.Pattern[str], tuple[NameKind, ...]], ...] = (
    (lazy_pattern(rf"subagent_type[\"'`]?\s*[:=]\s*(?P<quote>[\"'`])(?P<name>{_WORD})\Z"), ("agent",)),
    (lazy_pattern(rf"(?<!\w)(?:Agent|Task)(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("agent",)),
    (lazy_pattern(rf"(?<!\w)Skill(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("skill", "command")),
    (lazy_pattern(rf"\A[^`]*(?:`[^`]+`[^`]*)*`/(?P<name>{_WORD})\Z"), ("command", "skill")),
    (lazy_pattern(rf"\A[^`]*(?:`[^`]+`[^`]*)*`(?P<name>{_WORD})\Z"), ("agent", "skill", "command")),
)
_MENTION = lazy_pattern(rf"(?<![\w@`/.])@{_WORD}\Z")


def names_in_prompt(document: Document, offset: int, index: Index) -> EditRange | None:
    """The names for the cursor in the prompt."""
    text = document.text
    line = document.lines.line_span(document.lines.line_number(offset))
    before = text[line.start : offset]
    end = _REST.match(text, offset, max(offset, line.end))  # The offset may be inside a CRLF.
    assert end is not None, "the pattern also matches an empty string"
    mention = _MENTION.search(before)
    if mention and document.dialect.mention_syntax:
        return _mention_items(document, index, Span(line.start + mention.start(), end.end()), offset)
    for pattern, kinds in _PROMPT_FORMS:
        found = pattern.search(before)
        if found:
            groups = {"quote": "", "call": "", **found.groupdict()}
            names = find_name_items(document, index, kinds, groups["name"], ())
            items = [offer for offer in names.items if " " not in offer.label]
            if not groups["call"] and kinds[0] == "agent":
                # A single word in backticks is as often the name of a program as of a skill.
                items = [offer for offer in items if offer.kind == "agent" or {*"-:"} & {*offer.label}]
            if kinds == ("agent",):
                items += completion_items.agent_items(document.dialect, ())
            if kinds[0] == "command":
                own = {offer.label for offer in items}
                items += completion_items.command_items(document.reading.runtime.name, own)
            after = _closing(groups["quote"], groups["call"], text[end.end() : line.end])
            return EditRange(
                Span(offset - len(groups["name"]), end.end()),
                items,
                suffix=after,
                is_incomplete=names.is_incomplete,
            )
    return None


def _closing(quote: str, call: str, rest: str) -> str:
    """The closing quote and parenthesis after a name, unless they follow the cursor."""
    if quote and rest.startswith(quote):
        return ""
    return quote + (")" if call and ")" not in rest and not rest.startswith(",") else "")


def _mention_items(document: Document, index: Index, span: Span, offset: int) -> EditRange:
    """The agents, in the form in which the runtime reads a mention."""
    form = document.dialect.mention_syntax
    before = form.partition("{}")[0]
    typed = document.text[span.start : offset].removeprefix(before)
    names = find_name_items(document, index, ("agent",), typed.removeprefix("@"), ())
    items = [*names.items, *completion_items.agent_items(document.dialect, ())]
    written = [
        offer._replace(label=form.replace("{}", offer.label)) for offer in items if " " not in offer.label
    ]
    return EditRange(span, written, is_incomplete=names.is_incomplete)
