"""Entries of tool lists: why one is not resolved, what was intended, and the fixes that change it.

`agentls.linter.rules.listed_tools` words the findings; these are the judgements that its rules share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from agentls.dialects.loader import MAX_REMEMBERED, Dialect
from agentls.dialects.records import FormerTool
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import (
    ALL_TOOLS,
    EVERY_MCP_TOOL,
    MCP_PREFIX,
    is_external_tool,
    only_denies,
)
from agentls.document.edits import edit_list, remove_entry
from agentls.document.tools import ResolvedEntry, ToolList
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Fix, describe_effect
from agentls.linter.shared.translation import foreign_format_of
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Node

TOOLS = "tools"
DENIED = "disallowedTools"

WITHOUT_TOOLS = {
    "refused": "refuses to start the agent",
    "started": "starts the agent without tools",
    "unknown": "may start the agent without tools",
}
"""What a runtime does with an agent that has no tools, by `Runtime.without_tools`."""

# What authors write between tools or around them besides commas and spaces.
_WIDE = "\u3001\uff0c\uff1b\uff5c"  # The full-width forms of commas, `;` and `|`.
SEPARATOR = lazy_pattern(rf"[;|/&+\s{_WIDE}]|\A\W+\Z")
_PIECE = lazy_pattern(rf"[^\s;|/&+,(){_WIDE}]+(?:\([^()]*\))?")
_AROUND = "\"'`[]{}<>\u2018\u2019\u201c\u201d"


class UnresolvedEntry(NamedTuple):
    """Why an entry has no effect: the code of the rule that reports it, and the tools to write instead."""

    code: str
    replacements: tuple[str, ...] = ()


def explain_entry(listed: ResolvedEntry, tools: ToolList, dialect: Dialect) -> UnresolvedEntry | None:
    """Return why the runtime ignores an entry, or `None` if it does not."""
    known = dialect.unresolved_entries
    asked = (listed.entry.text, listed.standing, listed.ignored_by, tools.key.name, len(tools.items) > 1)
    if asked not in known:
        if len(known) >= MAX_REMEMBERED:
            known.clear()
        known[asked] = _explain_entry(listed, tools, dialect)
    found: UnresolvedEntry | None = known[asked]
    return found


def _explain_entry(listed: ResolvedEntry, tools: ToolList, dialect: Dialect) -> UnresolvedEntry | None:
    text, name = listed.entry.text, listed.entry.name
    allows = tools.key.name == TOOLS
    grammar = dialect.tool_grammar
    if allows and only_denies(name, dialect):
        return UnresolvedEntry("wildcard-not-understood")
    if listed.standing == "available":
        return None
    if text == ALL_TOOLS and allows and not grammar.wildcard_alone and text in grammar.wildcards:
        return UnresolvedEntry("wildcard-not-understood")  # One of several runtimes does not support it.
    if text == ALL_TOOLS and not (grammar.wildcard_alone and len(tools.items) > 1):
        return None
    if listed.standing == "unavailable":
        return UnresolvedEntry("unavailable-tool") if allows else None
    names = known_names(dialect, listed.ignored_by)
    right_case = match_ignoring_case(name, names)
    if right_case:
        return UnresolvedEntry("wrong-case-tool", (right_case,))
    if not grammar.specifiers and name.endswith(")"):
        base = name.partition("(")[0]
        intended = (base,) if _is_tool(base, dialect) else equivalent_tools(base, dialect)
        if intended:
            return UnresolvedEntry("unknown-tool", intended)
    foreign = dialect.foreign_tool(name)
    if foreign:
        return UnresolvedEntry("foreign-tool", foreign.replacements)
    if grammar.globs and name.startswith(MCP_PREFIX):
        return UnresolvedEntry("unknown-tool", (f"{name}__{ALL_TOOLS}",))
    old = find_former_tool(name, dialect)
    if old:
        return UnresolvedEntry("wrong-case-tool" if old.still_accepted else "removed-tool", old.replacements)
    if (name.startswith(ALL_TOOLS) and not grammar.globs) or (ALL_TOOLS in name and not allows):
        # `*name` may be a YAML alias, and how patterns in `disallowedTools` work is undocumented.
        return None
    if ALL_TOOLS in grammar.wildcards and (ALL_TOOLS in name or (allows and name.lower() == "all")):
        rest = name.replace(ALL_TOOLS, "")
        return UnresolvedEntry("wildcard-not-understood", (rest,) if _is_tool(rest, dialect) else ())
    bare = text.strip(_AROUND)
    if bare != text and _is_tool(bare, dialect):
        return UnresolvedEntry("unknown-tool", (bare,))
    if has_open_parenthesis(text):
        return UnresolvedEntry("unknown-tool")
    # A name such as `vscode/askQuestions` may be a tool of another runtime of the format.
    is_one_name = _is_tool(text, dialect)
    if not is_one_name and (SEPARATOR.search(strip_specifiers(text)) or "," in strip_specifiers(text)):
        known = [_is_tool(piece, dialect) for piece in split_entry(text)]
        # A tool name never contains white space, but an unknown one may contain `/`.
        has_spaces = len(strip_specifiers(text).replace(",", " ").split()) > 1
        if all(known) or (any(known) and has_spaces):
            return UnresolvedEntry("tool-separator")
    # If there may be further tools, two different letters may well be another tool.
    most = 1 if grammar.is_open_set else 2
    closest = closest_match(name, names, most)
    return UnresolvedEntry("unknown-tool", (closest,) if closest else ())


def known_names(dialect: Dialect, runtimes: tuple[Runtime, ...]) -> tuple[str, ...]:
    """Return the names of the tools that these runtimes have, and of those in the configuration."""
    return dialect.remember(_find_known_names, tuple(runtime.name for runtime in runtimes))


def _find_known_names(runtimes: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    known = (tool.name for tool in dialect.tools if any(map(tool.is_in, runtimes)))
    return (*known, *dialect.configured_tools)


def find_former_tool(name: str, dialect: Dialect) -> FormerTool | None:
    """Find the row of the tool that formerly had this name, in any case."""
    return dialect.old_tool(name) or dialect.old_tool(dialect.tool_ignoring_case(name) or "")


def _is_tool(text: str, dialect: Dialect) -> bool:
    """Whether the text, with or without a specifier, is a current or a former name of a tool."""
    name = text.partition("(")[0]
    return bool(dialect.tool(name) or dialect.old_tool(name) or is_external_tool(name, dialect))


def has_open_parenthesis(text: str) -> bool:
    """Whether a parenthesis in an entry is not closed, so that the entry contains all that follows."""
    return text.count("(") > text.count(")")


def strip_specifiers(text: str) -> str:
    """Return an entry without its parentheses and what is in them."""
    return re.sub(r"\([^()]*\)", "", text)


def split_entry(text: str) -> list[str]:
    """Split an entry at what its author used as separators; bullets are omitted."""
    return [piece for piece in _PIECE.findall(text) if re.search(r"\w", piece)]


# One finding for the whole list replaces these if most of the list is foreign.
_REPORTED_FOR_LIST = ("foreign-tool", "wrong-case-tool", "unknown-tool", "wildcard-not-understood")


def find_unresolved(ctx: Context, code: str) -> Iterator[tuple[ToolList, ResolvedEntry, tuple[str, ...]]]:
    """Yield the entries that the rule `code` reports, each with its list and the tools to write instead.

    If a runtime rejects the file because of unknown tools, `unknown-tool` reports all of them.
    """
    if any(reading.runtime.unknown_tools == "refused" for reading in ctx.readings):
        return
    for tools in ctx.document.tool_lists:
        if is_read_as_string(ctx, tools.value):
            continue
        is_reported_whole = code in _REPORTED_FOR_LIST and (
            is_mostly_foreign(tools) or foreign_format_of(ctx)
        )
        for listed in () if is_reported_whole else _unavailable_entries(tools):
            unresolved = explain_entry(listed, tools, ctx.dialect)
            if unresolved and unresolved.code == code:
                yield tools, listed, unresolved.replacements


MAX_EXPLAINED = 500
"""The number of entries of a list about which rules find out what they mean; no agent has so many that are ignored."""


def _unavailable_entries(tools: ToolList) -> Iterator[ResolvedEntry]:
    """Yield the entries of a list that are not simply available, as far as they are explained."""
    found = (each for each in tools.items if each.standing != "available" or each.tool == EVERY_MCP_TOOL)
    return islice(found, MAX_EXPLAINED)


def is_read_as_string(ctx: Context, value: Node) -> bool:
    """Whether the runtime reads a list in brackets as a string, which another rule reports."""
    return value.span in ctx.reading.repaired_values and ctx.text.startswith("[", value.span.start)


def entry_effect(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> str:
    """Return what happens to an entry that is not a tool, as a clause without a full stop."""
    if tools.key.effects.unknown_tool_effect:
        return tools.key.effects.unknown_tool_effect
    if allows_unlisted_tools(ctx):
        return ctx.describe_effect("is not documented to support it")
    if tools.key.name != TOOLS:
        return "it denies nothing"
    is_reported = all(runtime.unknown_tools == "reported" for runtime in listed.ignored_by)
    return describe_effect(listed.ignored_by, "reports it as invalid" if is_reported else "ignores it")


def allows_unlisted_tools(ctx: Context) -> bool:
    """Whether a runtime may have tools that are not in the table."""
    return any(reading.runtime.unknown_tools == "undocumented" for reading in ctx.readings)


def entry_effects(ctx: Context, tools: ToolList, replacements: tuple[str, ...]) -> tuple[Effect, ...]:
    """Return what the runtimes do with an entry that `replacements` are to replace.

    Without replacements the entry may be a tool, if the table is known to be incomplete.
    """
    if not replacements and (allows_unlisted_tools(ctx) or ctx.dialect.tool_grammar.is_open_set):
        return ctx.effects(Consequence.SUGGESTION)
    return ctx.effects(Consequence.IGNORED, tools.key.source)


def remove_entries(
    ctx: Context, tools: ToolList, *listed: ResolvedEntry, safe: bool = False
) -> tuple[Fix, ...]:
    """Return the fix that removes entries from their list, or the key if a list other than `tools` has no
    more entries."""
    if len(tools.items) == len(listed) and tools.key.name != TOOLS:
        whole = ctx.document.entry(tools.key.name)
        assert whole is not None, "the list is in the frontmatter"
        edit = remove_entry(ctx.document, ctx.document.root, whole)
        return ctx.make_fix(f"Remove `{tools.key.name}`", edit, safe=safe)
    edits = edit_list(ctx.document, tools.value, {each.entry.span: () for each in listed})
    return ctx.make_fix(f"Remove {join_names(each.entry.text for each in listed)}", *edits, safe=safe)


def replace_entry(
    ctx: Context, tools: ToolList, listed: ResolvedEntry, replacements: tuple[str, ...], *, safe: bool = False
) -> tuple[Fix, ...]:
    """Return the fix that replaces an entry, or removes it without replacements that are not yet listed."""
    entry = listed.entry
    missing = tuple(name for name in replacements if name not in tools.available)
    if not missing:
        return remove_entries(ctx, tools, listed, safe=safe)
    title = f"Change to {join_names(missing)}"
    if len(missing) == 1 and entry.specifier is not None:
        missing = (f"{missing[0]}({entry.specifier})",)
    return ctx.make_fix(title, *edit_list(ctx.document, tools.value, {entry.span: missing}), safe=safe)


def insert_tool(ctx: Context, name: str) -> tuple[Fix, ...]:
    """Return the fix that inserts a tool at the end of the list of allowed tools, if there is one that is not empty."""
    listed = next(
        (tools for tools in ctx.document.tool_lists if tools.key.name == TOOLS and tools.items), None
    )
    if listed is None:
        return ()
    last = listed.items[-1].entry
    edits = edit_list(ctx.document, listed.value, {last.span: (last.text, name)})
    return ctx.make_fix(f"Insert `{name}` in `{TOOLS}`", *edits)


def is_mostly_foreign(tools: ToolList) -> bool:
    """Whether most of the list, and at least three entries, are tools of other products."""
    foreign = sum(listed.standing == "foreign" for listed in tools.items)
    return foreign >= 3 and 2 * foreign > len(tools.items)


def translate_list(ctx: Context, tools: ToolList) -> tuple[Edit, ...]:
    """Return the edits that replace all entries whose equivalent tools are known, and remove foreign and
    former tools that have none."""
    present = set(tools.available)
    changes: dict[Span, tuple[str, ...]] = {}
    for listed in _unavailable_entries(tools):
        unresolved = explain_entry(listed, tools, ctx.dialect)
        if unresolved is None or unresolved.code not in (*_REPORTED_FOR_LIST, "removed-tool"):
            continue
        if not unresolved.replacements and unresolved.code not in ("foreign-tool", "removed-tool"):
            continue
        changes[listed.entry.span] = tuple(name for name in unresolved.replacements if name not in present)
        present.update(unresolved.replacements)
    return edit_list(ctx.document, tools.value, changes)


def equivalent_tools(name: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the tools that a name of any product means, none if it is unknown."""
    foreign = dialect.foreign_tool(name)
    if foreign:
        return foreign.replacements
    right_case = match_ignoring_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return (right_case,)
    former = find_former_tool(name, dialect)
    return former.replacements if former else ()


def runs_main_session(ctx: Context) -> bool:
    """Whether the agent is written for the main session: only there an initial prompt is used."""
    return ctx.entry("initialPrompt") is not None and not ctx.in_plugin
