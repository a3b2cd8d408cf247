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

_LONGEST = 100


class NameItems(NamedTuple):
    """Names to be offered; `is_cut` tells whether there are more than these."""

    offers: tuple[CompletionItem, ...] = ()
    is_cut: bool = False


def find_name_items(
    document: Document,
    project: Index | None,
    kinds: tuple[NameKind, ...],
    typed: str,
    listed: Collection[str],
) -> NameItems:
    """The names of those kinds that a document can refer to, the nearest first, but for those in `listed`.
    Of too many only those are taken in which the letters of `typed` stand in their order."""
    names = project.get(document.path) if project else None
    if project is None or names is None:
        return NameItems()
    found = project.visible_definitions(kinds, names)
    is_cut = len(found) > MAX_ITEMS
    if is_cut and typed:
        found = _fitting(found, typed)
    if listed:
        found = [each for each in found if each.full_name not in listed]
    found = found[:MAX_ITEMS]
    return NameItems(tuple(_offer(each) for each in found if _WRITABLE.fullmatch(each.full_name)), is_cut)


_WRITABLE = re.compile(r"""[^\s"'`*{}$<>\\,()\[\]][^"'`*{}$<>\\,()\[\]\n]*""")


def _fitting(found: list[Definition], typed: str) -> list[Definition]:
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


def _offer(definition: Definition) -> CompletionItem:
    line = " ".join(definition.description[: 2 * _LONGEST].split())
    short = f"{line[: _LONGEST - 4]} ..." if len(line) > _LONGEST else line
    file = definition.path.rpartition("/")[2]
    return CompletionItem(
        definition.full_name, _KINDS[definition.kind], short or f"Defined in {file}.", parent=definition.path
    )


def name_documentation(
    document: Document, project: Index, label: str, path: str, file: DocumentLookup
) -> str | None:
    """The page about the name in `label`, as the file at `path` defines it."""
    here, there = project.get(document.path), project.get(path)
    named = [each for each in there.definitions if each.full_name in label] if there else []
    found = max(named, default=None, key=lambda each: len(each.full_name))
    return name_hover.describe_definition(here, found, project.user_folder, file) if here and found else None


# --- the frontmatter --------------------------------------------------------------------------

_ITEM = re.compile(r"""[^\s,\[\]{}"']+""")


def names_in_value(
    document: Document, place: CursorContext, key: Key, offset: int, project: Index
) -> EditRange | None:
    """The names that the value of a key can be, or list."""
    text = document.text
    here = value_schema.schema_at(key)
    takes_list = here is None or here.allows("any", "list", "some list")
    takes_text = here is None or here.allows("any", "text", "filled", "scalar")
    starts_list = place.role == "undashed" or (place.role == "value" and place.starts_line and not place.flow)
    if place.continues_scalar or place.child_kind or place.style in ("literal", "folded"):
        return None
    if starts_list and not (takes_list and place.style == "plain" and not place.sibling_values):
        return None
    # Where several may stand in a line, the cursor is in one of them.
    several = place.role == "value" and takes_list and takes_text and not place.starts_line
    word = word_at_cursor(_ITEM, text, place.span, offset) if several else place.span
    kind: NameKind = key.name_kind  # type: ignore[assignment]
    found = find_name_items(document, project, _STANDS_FOR.get(kind, (kind,)), text[word.start : offset], ())
    listed = _listed(document, project, place, offset)
    offers = [offer for offer in found.offers if offer.label not in listed]
    if several:
        offers = [offer for offer in offers if " " not in offer.label]
    is_all = word == place.span
    if place.style == "plain" and is_all:
        offers = [offer._replace(text=completion_items.quote_if_needed(offer.label)) for offer in offers]
    if starts_list:
        return EditRange(word, offers, f"{place.missing_space}- ", is_incomplete=found.is_cut)
    if place.role == "value" and not takes_text:
        # The value is still to become a list.
        begins = place.style == "plain" and is_all
        return (
            EditRange(word, offers, f"{place.missing_space}[", "]", is_incomplete=found.is_cut)
            if begins
            else None
        )
    quote = QUOTES.get(place.style, "")
    after = "" if text.startswith(quote, place.span.end) or not is_all else quote
    return EditRange(word, offers, place.missing_space, after, is_incomplete=found.is_cut)


# A command is a skill to Claude Code.
_STANDS_FOR: dict[NameKind, tuple[NameKind, ...]] = {"any": ("agent", "skill", "command")}


def _listed(document: Document, project: Index, place: CursorContext, offset: int) -> set[str]:
    """The names in the value of the key that leads to a place, but for the one at the cursor."""
    entry, names = document.entry(place.path[0]), project.get(document.path)
    if entry is None or names is None or len(place.path) > 2:
        return set()
    value = entry.value.span
    return {
        f"{each.scope}:{each.name}".removeprefix(":")
        for each in names.references
        if value.start <= each.span.start <= value.end and not each.span.contains_cursor(offset)
    }


def mcp_tool_items(document: Document, project: Index, listed: Collection[str]) -> Iterator[CompletionItem]:
    """The servers of the project, as a list of tools names all the tools of one, and those of their tools
    that other agents list."""
    form, names = document.dialect.tool_grammar.server_wildcard, project.get(document.path)
    if not form or names is None:
        return
    servers = [
        each for each in project.visible_definitions(("server",), names) if _WRITABLE.fullmatch(each.name)
    ]
    for each in servers[:MAX_ITEMS]:
        label = form.replace("{}", each.all_names[-1])
        if label not in listed:
            yield CompletionItem(
                label, "server", f"All tools of the MCP server {each.name}.", parent=each.path
            )
    starts = tuple(form.replace("{}", each.all_names[-1]).removesuffix("*") for each in servers)
    seen = {
        tool
        for agent in project.definitions("agent")
        for tool in agent.tools or ()
        if tool.startswith(starts)
    }
    for tool in sorted(seen - {*listed})[:MAX_ITEMS] if starts else ():
        if not tool.endswith("*") and tool not in starts:
            yield CompletionItem(
                tool, "tool", "A tool of an MCP server that is listed elsewhere in the project."
            )


# --- the prompt -------------------------------------------------------------------------------

_WORD = r"[\w:.-]*"
_REST = re.compile(_WORD)
_PLACES: tuple[tuple[re.Pattern[str], tuple[NameKind, ...]], ...] = (
    (re.compile(rf"subagent_type[\"'`]?\s*[:=]\s*(?P<quote>[\"'`])(?P<name>{_WORD})\Z"), ("agent",)),
    (re.compile(rf"(?<!\w)(?:Agent|Task)(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("agent",)),
    (re.compile(rf"(?<!\w)Skill(?P<call>\()(?P<quote>[\"'`]?)(?P<name>{_WORD})\Z"), ("skill", "command")),
    (re.compile(rf"\A[^`]*(?:`[^`]+`[^`]*)*`/(?P<name>{_WORD})\Z"), ("command", "skill")),
    (re.compile(rf"\A[^`]*(?:`[^`]+`[^`]*)*`(?P<name>{_WORD})\Z"), ("agent", "skill", "command")),
)
_MENTION = re.compile(rf"(?<![\w@`/.])@{_WORD}\Z")


def names_in_prompt(document: Document, offset: int, project: Index) -> EditRange | None:
    """The names that can stand at the cursor in the prompt."""
    text = document.text
    line = document.lines.line_span(document.lines.line_number(offset))
    before = text[line.start : offset]
    end = _REST.match(text, offset, max(offset, line.end))  # It may be amid the line's end.
    assert end is not None, "the pattern takes nothing, too"
    mention = _MENTION.search(before)
    if mention and document.dialect.mention_syntax:
        return _mention(document, project, Span(line.start + mention.start(), end.end()), offset)
    for pattern, kinds in _PLACES:
        found = pattern.search(before)
        if found:
            groups = {"quote": "", "call": "", **found.groupdict()}
            names = find_name_items(document, project, kinds, groups["name"], ())
            offers = [offer for offer in names.offers if " " not in offer.label]
            if not groups["call"] and kinds[0] == "agent":
                # One word between backticks is the name of a program as often as that of a skill.
                offers = [offer for offer in offers if offer.kind == "agent" or {*"-:"} & {*offer.label}]
            if kinds == ("agent",):
                offers += completion_items.agents(document.dialect, ())
            after = _closing(groups["quote"], groups["call"], text[end.end() : line.end])
            return EditRange(
                Span(offset - len(groups["name"]), end.end()),
                offers,
                suffix=after,
                is_incomplete=names.is_cut,
            )
    return None


def _closing(quote: str, call: str, rest: str) -> str:
    """What closes a quote and a parenthesis behind a name, if nothing behind the cursor does."""
    if quote and rest.startswith(quote):
        return ""
    return quote + (")" if call and ")" not in rest and not rest.startswith(",") else "")


def _mention(document: Document, project: Index, span: Span, offset: int) -> EditRange:
    """The agents, as the runtime knows a mention of one."""
    form = document.dialect.mention_syntax
    before = form.partition("{}")[0]
    typed = document.text[span.start : offset].removeprefix(before)
    names = find_name_items(document, project, ("agent",), typed.removeprefix("@"), ())
    offers = [*names.offers, *completion_items.agents(document.dialect, ())]
    written = [
        offer._replace(label=form.replace("{}", offer.label)) for offer in offers if " " not in offer.label
    ]
    return EditRange(span, written, is_incomplete=names.is_cut)
