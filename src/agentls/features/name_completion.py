"""Names at the cursor: the agents, skills, commands and servers of the project that can be named there.

In the frontmatter they stand in lists of tools and below the keys that are for them, in the prompt
behind what starts an agent or a skill, and between backticks. Of very many only those are offered
that what is typed can be meant for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

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
from agentls.text.offsets import Span
from agentls.text.spelling import subsequence_pattern

MAX_ITEMS = 100
"""The longest list that is offered at once."""

_MAX_DETAIL = 100


class NameItems(NamedTuple):
    """Names to be offered; `is_cut` tells whether there are more than these."""

    items: tuple[CompletionItem, ...] = ()
    is_incomplete: bool = False


def find_name_items(
    document: Document,
    index: Index | None,
    kinds: tuple[NameKind, ...],
    typed: str,
    listed: Collection[str],
) -> NameItems:
    """The names of those kinds that a document can refer to, the nearest first, but for those in `listed`.
    Of too many only those are taken in which the letters of `typed` stand in their order."""
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


_WRITABLE = re.compile(r"""[^\s"'`*{}$<>\\,()\[\]][^"'`*{}$<>\\,()\[\]\n]*""")


def _matching(found: list[Definition], typed: str) -> list[Definition]:
    """Those whose names hold the letters that are typed, first those that start with them."""
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
    """The page about the name in `label`, as the file at `path` defines it."""
    here, there = index.get(document.path), index.get(path)
    named = [each for each in there.definitions if each.full_name in label] if there else []
    found = max(named, default=None, key=lambda each: len(each.full_name))
    return name_hover.describe_definition(here, found, index.user_folder, file) if here and found else None


# --- the frontmatter --------------------------------------------------------------------------

_ITEM = re.compile(r"""[^\s,\[\]{}"']+""")


def names_in_value(
    document: Document, context: CursorContext, key: Key, offset: int, index: Index
) -> EditRange | None:
    """The names that the value of a key can be, or list."""
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
    # Where several may stand in a line, the cursor is in one of them.
    holds_several = context.role == "value" and takes_list and takes_text and not context.starts_line
    word = word_at_cursor(_ITEM, text, context.span, offset) if holds_several else context.span
    kind: NameKind = key.names  # type: ignore[assignment]
    found = find_name_items(document, index, _KINDS_OF.get(kind, (kind,)), text[word.start : offset], ())
    listed = _listed_names(document, index, context, offset)
    items = [offer for offer in found.items if offer.label not in listed]
    if holds_several:
        items = [offer for offer in items if " " not in offer.label]
    is_all = word == context.span
    if context.style == "plain" and is_all:
        items = [offer._replace(text=completion_items.quote_if_needed(offer.label)) for offer in items]
    if starts_list:
        return EditRange(word, items, f"{context.missing_space}- ", is_incomplete=found.is_incomplete)
    if context.role == "value" and not takes_text:
        # The value is still to become a list.
        begins = context.style == "plain" and is_all
        return (
            EditRange(word, items, f"{context.missing_space}[", "]", is_incomplete=found.is_incomplete)
            if begins
            else None
        )
    quote = QUOTES.get(context.style, "")
    after = "" if text.startswith(quote, context.span.end) or not is_all else quote
    return EditRange(word, items, context.missing_space, after, is_incomplete=found.is_incomplete)


# A command is a skill to Claude Code.
_KINDS_OF: dict[NameKind, tuple[NameKind, ...]] = {"any": ("agent", "skill", "command")}


def _listed_names(document: Document, index: Index, context: CursorContext, offset: int) -> set[str]:
    """The names in the value of the key that leads to a place, but for the one at the cursor."""
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
    """The servers of the project, as a list of tools names all the tools of one, and those of their tools
    that other agents list."""
    form, names = document.dialect.tool_grammar.server_tools, index.get(document.path)
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
            yield CompletionItem(
                tool, "tool", "A tool of an MCP server that is listed elsewhere in the project."
            )


# --- the prompt -------------------------------------------------------------------------------

_WORD = r"[\w:.-]*"
_REST = re.compile(_WORD)
_PROMPT_FORMS: tuple[tuple[re.Pattern[str], tuple[NameKind, ...]], ...] = (
    (re.compile(rf"subagent_type[\"'`]?\s*[:=]\s*(?P<quote>[\"'`])(?P<name>{_WORD})\Z"), ("agent",)),
    (re.compile(rf"(?<!\w)(?:Agent|Task)(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("agent",)),
    (re.compile(rf"(?<!\w)Skill(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("skill", "command")),
    (re.compile(rf"\A[^`]*(?:`[^`]+`[^`]*)*`/(?P<name>{_WORD})\Z"), ("command", "skill")),
    (re.compile(rf"\A[^`]*(?:`[^`]+`[^`]*)*`(?P<name>{_WORD})\Z"), ("agent", "skill", "command")),
)
_MENTION = re.compile(rf"(?<![\w@`/.])@{_WORD}\Z")


def names_in_prompt(document: Document, offset: int, index: Index) -> EditRange | None:
    """The names that can stand at the cursor in the prompt."""
    text = document.text
    line = document.lines.line_span(document.lines.line_number(offset))
    before = text[line.start : offset]
    end = _REST.match(text, offset, max(offset, line.end))  # It may be amid the line's end.
    assert end is not None, "the pattern takes nothing, too"
    mention = _MENTION.search(before)
    if mention and document.dialect.mention:
        return _mention_items(document, index, Span(line.start + mention.start(), end.end()), offset)
    for pattern, kinds in _PROMPT_FORMS:
        found = pattern.search(before)
        if found:
            groups = {"quote": "", "call": "", **found.groupdict()}
            names = find_name_items(document, index, kinds, groups["name"], ())
            items = [offer for offer in names.items if " " not in offer.label]
            if not groups["call"] and kinds[0] == "agent":
                # One word between backticks is the name of a program as often as that of a skill.
                items = [offer for offer in items if offer.kind == "agent" or {*"-:"} & {*offer.label}]
            if kinds == ("agent",):
                items += completion_items.agent_items(document.dialect, ())
            after = _closing(groups["quote"], groups["call"], text[end.end() : line.end])
            return EditRange(
                Span(offset - len(groups["name"]), end.end()),
                items,
                suffix=after,
                is_incomplete=names.is_incomplete,
            )
    return None


def _closing(quote: str, call: str, rest: str) -> str:
    """What closes a quote and a parenthesis behind a name, if nothing behind the cursor does."""
    if quote and rest.startswith(quote):
        return ""
    return quote + (")" if call and ")" not in rest and not rest.startswith(",") else "")


def _mention_items(document: Document, index: Index, span: Span, offset: int) -> EditRange:
    """The agents, as the runtime knows a mention of one."""
    form = document.dialect.mention
    before = form.partition("{}")[0]
    typed = document.text[span.start : offset].removeprefix(before)
    names = find_name_items(document, index, ("agent",), typed.removeprefix("@"), ())
    items = [*names.items, *completion_items.agent_items(document.dialect, ())]
    written = [
        offer._replace(label=form.replace("{}", offer.label)) for offer in items if " " not in offer.label
    ]
    return EditRange(span, written, is_incomplete=names.is_incomplete)
