"""Entries of tool lists: what is wrong with one, what was meant, and the fixes that change it.

The rules in `agentls.linter.rules.tools` say it in words; here are the judgements that they share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agentls.dialects.loader import Dialect
from agentls.dialects.records import OldTool
from agentls.dialects.tool_names import ALL_TOOLS, MAX_REMEMBERED, MCP_PREFIX, is_external_tool
from agentls.document.edits import edit_list, remove_entry
from agentls.document.tools import ResolvedEntry, ToolList
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Fix, describe_effect, join_titles
from agentls.linter.shared.translation import foreign_format_of
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match, match_ignoring_case
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Node

TOOLS = "tools"
DENIED = "disallowedTools"
EVERY_MCP_TOOL = MCP_PREFIX + ALL_TOOLS

# What people put between tools, or around them, that is neither a comma nor a space.
SEPARATOR = re.compile(r"[;|/&+\s]|\A\W+\Z")
_PIECE = re.compile(r"[^\s;|/&+,()]+(?:\([^()]*\))?")
_AROUND = "\"'`[]{}<>\u2018\u2019\u201c\u201d"


class UnresolvedEntry(NamedTuple):
    """Why an entry comes to nothing: the code of the rule that says so, and what to write instead."""

    code: str
    now: tuple[str, ...] = ()


def explain_entry(listed: ResolvedEntry, tools: ToolList, dialect: Dialect) -> UnresolvedEntry | None:
    """What is wrong with an entry that the runtime drops, or `None` for one that it keeps."""
    known = dialect.unresolved_entries
    asked = (listed.entry.text, listed.standing, tools.key.name, len(tools.items) > 1)
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
    claude_like = dialect.tools and EVERY_MCP_TOOL in grammar.others and not grammar.globs
    if name == EVERY_MCP_TOOL and allows and claude_like:
        return UnresolvedEntry("wildcard-not-understood")
    if (text == ALL_TOOLS and not (grammar.lone and len(tools.items) > 1)) or listed.standing == "available":
        return None
    if listed.standing == "unavailable":
        return UnresolvedEntry("unavailable-tool") if allows else None
    right_case = match_ignoring_case(name, (*(tool.name for tool in dialect.tools), *dialect.user_tools))
    if right_case:
        return UnresolvedEntry("wrong-case-tool", (right_case,))
    if not grammar.specifiers and name.endswith(")"):
        base = name.partition("(")[0]
        meant = (base,) if _is_tool(base, dialect) else equivalent_tools(base, dialect)
        if meant:
            return UnresolvedEntry("unknown-tool", meant)
    foreign = dialect.foreign_tool(name)
    if foreign:
        return UnresolvedEntry("foreign-tool", foreign.now)
    if grammar.globs and name.startswith(MCP_PREFIX):
        return UnresolvedEntry("unknown-tool", (f"{name}__{ALL_TOOLS}",))
    old = find_former_tool(name, dialect)
    if old:
        return UnresolvedEntry("wrong-case-tool" if old.works else "removed-tool", old.now)
    if (name.startswith(ALL_TOOLS) and not grammar.globs) or (ALL_TOOLS in name and not allows):
        # The first may be a YAML alias; of patterns in `disallowedTools` little is known.
        return None
    if ALL_TOOLS in grammar.all and (ALL_TOOLS in name or (allows and name.lower() == "all")):
        rest = name.replace(ALL_TOOLS, "")
        return UnresolvedEntry("wildcard-not-understood", (rest,) if _is_tool(rest, dialect) else ())
    bare = text.strip(_AROUND)
    if bare != text and _is_tool(bare, dialect):
        return UnresolvedEntry("unknown-tool", (bare,))
    if has_open_parenthesis(text):
        return UnresolvedEntry("unknown-tool")
    if SEPARATOR.search(strip_specifiers(text)) or "," in strip_specifiers(text):
        known = [_is_tool(piece, dialect) for piece in split_entry(text)]
        # No name holds a line break or a tab, but one that is not known might hold `/`.
        apart = len(strip_specifiers(text).replace(",", " ").split()) > 1
        if all(known) or (any(known) and apart):
            return UnresolvedEntry("tool-separator")
    # Where tools come and go, only a slip of one letter tells what was meant.
    most = 1 if grammar.open else 2
    near = closest_match(name, (*(tool.name for tool in dialect.tools), *dialect.user_tools), most)
    return UnresolvedEntry("unknown-tool", (near,) if near else ())


def find_former_tool(name: str, dialect: Dialect) -> OldTool | None:
    """What became of a tool that once had this name, in any case."""
    return dialect.old_tool(name) or dialect.old_tool(dialect.tool_ignoring_case(name) or "")


def _is_tool(text: str, dialect: Dialect) -> bool:
    """Whether the text, with a specifier or without, names a tool of today or of old."""
    name = text.partition("(")[0]
    return bool(dialect.tool(name) or dialect.old_tool(name) or is_external_tool(name, dialect))


def has_open_parenthesis(text: str) -> bool:
    """Whether a parenthesis in an entry is never closed, so that all that follows belongs to it."""
    return text.count("(") > text.count(")")


def strip_specifiers(text: str) -> str:
    """An entry without what stands in parentheses."""
    return re.sub(r"\([^()]*\)", "", text)


def split_entry(text: str) -> list[str]:
    """The parts of an entry between what its author took for separators, bullets left out."""
    return [piece for piece in _PIECE.findall(text) if re.search(r"\w", piece)]


# In a list that is mostly foreign these are told in one finding about the whole.
_TOLD_AT_ONCE = ("foreign-tool", "wrong-case-tool", "unknown-tool", "wildcard-not-understood")


def find_unresolved(ctx: Context, code: str) -> Iterator[tuple[ToolList, ResolvedEntry, tuple[str, ...]]]:
    """The entries that the rule `code` reports, each with its list and what to write instead.

    Where a runtime refuses the file for them, `unknown-tool` reports them all.
    """
    if any(reading.runtime.unknown_tools == "refused" for reading in ctx.readings):
        return
    for tools in ctx.document.tool_lists:
        for listed in () if is_read_as_string(ctx, tools.value) else tools.items:
            if listed.standing == "available" and listed.tool != EVERY_MCP_TOOL:
                continue
            fault = explain_entry(listed, tools, ctx.dialect)
            if fault is None or fault.code != code:
                continue
            if code not in _TOLD_AT_ONCE or not (is_mostly_foreign(tools) or foreign_format_of(ctx)):
                yield tools, listed, fault.now


def is_read_as_string(ctx: Context, value: Node) -> bool:
    """Whether the runtime takes a list in brackets for plain text, which has a rule of its own."""
    return value.span in ctx.reading.repaired_values and ctx.text.startswith("[", value.span.start)


def entry_effect(ctx: Context, tools: ToolList, listed: ResolvedEntry) -> str:
    """What becomes of an entry that names no tool."""
    if tools.key.unknown_entry:
        return tools.key.unknown_entry
    if allows_unlisted_tools(ctx):
        return f"what {ctx.runtime_titles} does with it is not known"
    if tools.key.name != TOOLS:
        return "it takes nothing away"
    reported = all(runtime.unknown_tools == "reported" for runtime in listed.ignored_by)
    return (
        f"to {join_titles(listed.ignored_by)} it is a mistake"
        if reported
        else describe_effect(listed.ignored_by, "drops it")
    )


def allows_unlisted_tools(ctx: Context) -> bool:
    """Whether there may be tools that are not in the table."""
    return any(reading.runtime.unknown_tools == "undocumented" for reading in ctx.readings)


def entry_effects(ctx: Context, tools: ToolList, now: tuple[str, ...]) -> tuple[Effect, ...]:
    """What the runtimes do with an entry in whose place `now` is to be written. Where the table is known to be
    incomplete, an unknown name may be that of a tool."""
    if not now and (allows_unlisted_tools(ctx) or ctx.dialect.tool_grammar.open):
        return ctx.effects(Consequence.SUGGESTION)
    return ctx.effects(Consequence.IGNORED, tools.key.source)


def remove_entries(
    ctx: Context, tools: ToolList, *listed: ResolvedEntry, safe: bool = False
) -> tuple[Fix, ...]:
    """The fix that takes entries out of their list, or out with the list where there are no others."""
    if len(tools.items) == len(listed) and tools.key.name != TOOLS:
        whole = ctx.document.entry(tools.key.name)
        assert whole is not None, "the list stands in the frontmatter"
        edit = remove_entry(ctx.document, ctx.document.root, whole)
        return ctx.make_fix(f"Remove `{tools.key.name}`", edit, safe=safe)
    edits = edit_list(ctx.document, tools.value, {each.entry.span: () for each in listed})
    return ctx.make_fix(f"Remove {join_names(each.entry.text for each in listed)}", *edits, safe=safe)


def replace_entry(
    ctx: Context, tools: ToolList, listed: ResolvedEntry, now: tuple[str, ...], *, safe: bool = False
) -> tuple[Fix, ...]:
    """The fix that writes `now` for an entry, or takes it out where all of that is listed already."""
    entry = listed.entry
    missing = tuple(name for name in now if name not in tools.available)
    if not missing:
        return remove_entries(ctx, tools, listed, safe=safe)
    title = f"Write {join_names(missing)}"
    if len(missing) == 1 and entry.specifier is not None:
        missing = (f"{missing[0]}({entry.specifier})",)
    return ctx.make_fix(title, *edit_list(ctx.document, tools.value, {entry.span: missing}), safe=safe)


def is_mostly_foreign(tools: ToolList) -> bool:
    """Whether the list as a whole was written for another product."""
    foreign = sum(listed.standing == "foreign" for listed in tools.items)
    return foreign >= 3 and 2 * foreign > len(tools.items)


def translate_list(ctx: Context, tools: ToolList) -> tuple[Edit, ...]:
    """The edits that write the tools of this runtime for all names of which it is known what is meant."""
    there = set(tools.available)
    changes: dict[Span, tuple[str, ...]] = {}
    for listed in tools.items:
        fault = explain_entry(listed, tools, ctx.dialect)
        if fault is None or fault.code not in (*_TOLD_AT_ONCE, "removed-tool"):
            continue
        if not fault.now and fault.code not in ("foreign-tool", "removed-tool"):
            continue
        changes[listed.entry.span] = tuple(name for name in fault.now if name not in there)
        there.update(fault.now)
    return edit_list(ctx.document, tools.value, changes)


def equivalent_tools(name: str, dialect: Dialect) -> tuple[str, ...]:
    """The tools that a name from anywhere stands for, none if it is not known."""
    right_case = match_ignoring_case(name, (tool.name for tool in dialect.tools))
    if right_case:
        return (right_case,)
    row = dialect.foreign_tool(name) or find_former_tool(name, dialect)
    return row.now if row else ()


def runs_main_session(ctx: Context) -> bool:
    """Whether the agent is meant to run the main session, as no subagent has a first prompt."""
    return ctx.entry("initialPrompt") is not None and not ctx.in_plugin
