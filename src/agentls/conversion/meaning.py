"""What an agent file means, in the words of the crosswalk: its tools as concepts, and its other keys with theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agentls.dialects import tool_names, value_schema
from agentls.dialects.crosswalk import Format, load_crosswalk
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document import permissions
from agentls.document.document import Document
from agentls.document.tools import denied_entries
from agentls.linter.reason_wording import describe_reason
from agentls.linter.shared.value_types import matches_type
from agentls.readers.pipeline import find_variant
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Node, Scalar, is_null


class Note(NamedTuple):
    """What a conversion does not keep as it is: the key or the tool, and a sentence. `kind` is "changed" for what has
    another form, "lost" for what is left out, and "wider" for a limit that is left out."""

    kind: Literal["changed", "lost", "wider"]
    name: str
    message: str


class ToolUse(NamedTuple):
    """A tool as its format names it, with its concepts; or a tool of an MCP server, `*` for all of them."""

    name: str
    concepts: tuple[str, ...] = ()
    server: str = ""
    server_tool: str = ""


class Limit(NamedTuple):
    """Tools, by their concepts, that the agent may not use freely, and why: the key, and its concept if another format
    may have it."""

    concepts: frozenset[str]
    key: str
    key_concept: str = ""


class ToolMeaning(NamedTuple):
    """The tools of an agent: those that it may use (`None` for all), those that it may not, and those that are
    limited."""

    allowed: tuple[ToolUse, ...] | None
    denied: tuple[ToolUse, ...] = ()
    limits: tuple[Limit, ...] = ()


class Setting(NamedTuple):
    """A key of the agent with its value and its concept."""

    key: Key
    concept: str
    value: Node


class AgentMeaning(NamedTuple):
    """What an agent means to the runtime that loads its file. `blocked_callers` are those who cannot start it."""

    origin: Format
    reading: Reading
    name: str
    description: str | None
    prompt: str
    newline: str
    tools: ToolMeaning
    model: Node | None
    blocked_callers: frozenset[str]
    settings: tuple[Setting, ...]
    notes: tuple[Note, ...]


def read_meaning(document: Document) -> AgentMeaning | str:
    """Return what the agent in `document` means, or a sentence that says why it cannot be converted."""
    dialect = document.dialect
    origin = load_crosswalk().formats.get(dialect.name) or Format(dialect.name, dialect.title)
    if dialect.kind != "agent":
        return f"Only agents are converted, and this is a file for {dialect.title}."
    reading = next((each for each in document.readings if each.status in ("clean", "repaired")), None)
    if reading is None:
        return _explain_unread(document)
    name = reading.name
    if name is None or reading.root is None or find_variant(reading.root, dialect):
        return f"{reading.runtime.title} loads no agent with frontmatter and a prompt from this file."
    settings, notes = _settings(document, reading, origin)
    model = reading.entry("model") if dialect.key("model") else None
    return AgentMeaning(
        origin,
        reading,
        name.rpartition(":")[2] if document.identity.plugin else name,
        reading.description,
        prompt_of(document.text, reading),
        document.newline,
        _read_tools(document, reading, origin),
        model.value if model and not is_null(model.value) else None,
        document.blocked_callers(reading),
        settings,
        (
            *_ignored_tools(document, reading),
            *_permission_notes(reading),
            *_server_notes(document, reading),
            *notes,
        ),
    )


def _explain_unread(document: Document) -> str:
    reading = document.readings[0]
    what = "loads the file without its metadata" if reading.loads else "does not load the file"
    return f"{reading.runtime.title} {what}. {describe_reason(reading.reasons[0])}."


_REST_OF_FENCE = lazy_pattern(r"[ \t]*(?:\r\n|\n|\r|\Z)")


def prompt_of(text: str, reading: Reading) -> str:
    """Return the prompt of `reading` from the line after the closing fence on."""
    rest = _REST_OF_FENCE.match(text, reading.body_start)
    at_fence = reading.closing is not None and reading.closing.end == reading.body_start
    return text[rest.end() if rest and at_fence else reading.body_start :]


# --- tools ------------------------------------------------------------------------------------


def concepts_of(name: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the concepts of a tool of `dialect`: its own, or those of the tools that it stands for."""
    table = load_crosswalk().tools
    found = table.concepts_of(name, dialect.name)
    if found:
        return tuple(concept.name for concept in found)
    tool, former = dialect.tool(name), dialect.old_tool(name)
    foreign = next((row for row in dialect.foreign_tools if row.name == name), None)
    parts: tuple[str, ...] = ()
    if tool:
        parts = tool.members or ((tool.name,) if tool.name != name else ())
    parts = parts or (former.replacements if former else ()) or (foreign.replacements if foreign else ())
    below = (concept for part in parts if part != name for concept in concepts_of(part, dialect))
    return tuple(dict.fromkeys(below))


_ONE_UNDERSCORE = lazy_pattern(r"([^_*]+)_(?:[^_*]+|\*)")
"""The only names of tools in which it is certain where the name of the server ends, where no pattern says it."""


def tool_use(name: str, dialect: Dialect) -> ToolUse:
    """Return the tool `name` of `dialect` with its concepts, or with the MCP server that has it."""
    concepts = concepts_of(name, dialect)
    form = load_crosswalk().formats.get(dialect.name)
    if form and name == form.every_server_tool:
        return ToolUse(name, (), tool_names.ALL_TOOLS, tool_names.ALL_TOOLS)
    if concepts or dialect.tool(name) or form is None or not form.server_tool:
        return ToolUse(name, concepts)
    pattern = dialect.tool_grammar.server_pattern
    found = re.fullmatch(pattern, name) if pattern else _ONE_UNDERSCORE.fullmatch(name)
    server = next((group for group in found.groups() if group), "") if found else ""
    if not server or "*" in server:
        return ToolUse(name)
    lead = form.server_tool.format(server=server, tool="")
    return ToolUse(name, (), server, name.removeprefix(lead) if name.startswith(lead) else "*")


def _read_tools(document: Document, reading: Reading, origin: Format) -> ToolMeaning:
    limits = (*_permission_limits(reading), *_key_limits(reading, origin))
    denied = tuple(tool_use(name, reading.dialect) for name in _denied_names(document, reading))
    if document.tools_in(reading).mode == "all":
        return ToolMeaning(None, denied, limits)
    # A list is written for all runtimes of its format, and each has tools of its own.
    names = dict.fromkeys(
        name for each in document.readings if each.loads for name in document.tools_in(each).available
    )
    uses = tuple(tool_use(name, reading.dialect) for name in names)
    return ToolMeaning(tuple(use for use in uses if not _is_partly_denied(use, denied)), (), limits)


def _denied_names(document: Document, reading: Reading) -> list[str]:
    """Return the tools that the agent may not use, as far as its file names them."""
    dialect = reading.dialect
    if tool_names.grammar_for(dialect, reading.runtime).is_mapping:
        known = [tool.name for tool in document.tools_in(reading).dropped]
        entries = permissions.ordered_permissions(reading)
        names = dict.fromkeys(entry.permission for entry in entries if entry.action == permissions.DENY)
        return [*known, *(name for name in names if _is_external_permission(name, dialect))]
    return [
        tool
        for entry in dict.fromkeys(denied_entries(reading, document.text))
        for tool in tool_names.resolve_tool(entry.name, dialect, None).tools or (entry.name,)
    ]


def _is_external_permission(name: str, dialect: Dialect) -> bool:
    """Whether a permission is about tools of servers, and not about built-in tools or something else."""
    key = dialect.key(dialect.tool_keys.permissions)
    is_known = dialect.tool(name) or (key is not None and key.field(name))
    return not is_known and tool_names.is_external_tool(name, dialect)


def _is_partly_denied(use: ToolUse, denied: tuple[ToolUse, ...]) -> bool:
    """Whether a tool stands for all tools of a server of which one is denied."""
    is_whole = use.server and use.server_tool == tool_names.ALL_TOOLS
    return bool(is_whole) and any(use.server in (each.server, tool_names.ALL_TOOLS) for each in denied)


def _permission_limits(reading: Reading) -> Iterator[Limit]:
    """Yield the tools of which permissions deny some uses."""
    found = permissions.find_permissions(reading)
    entries = found.entries
    for tool in reading.dialect.tools if entries else ():
        name = tool.permission_name or tool.name
        deciding = [each for each in entries if permissions.pattern_covers(each.permission, name)]
        last = max(
            (at for at, each in enumerate(deciding) if each.pattern == permissions.ANYTHING), default=0
        )
        limited = any(each.action == permissions.DENY for each in deciding[last:])
        if limited and not permissions.removes_tool(name, found):
            key = reading.dialect.tool_keys.permissions
            concepts = frozenset(concepts_of(tool.name, reading.dialect))
            yield Limit(concepts, key)


def _key_limits(reading: Reading, origin: Format) -> Iterator[Limit]:
    """Yield what keys take from the access of the agent, and from the agents that it may start."""
    table = load_crosswalk()
    for entry in reading.root.entries if reading.root else ():
        name = entry.key.text
        if reading.entry(name) is not entry or not reading.dialect.key(name):
            continue
        for concept in table.keys.concepts_of(name, origin.name):
            access = _taken_access(concept.name, entry.value, origin)
            if access:
                concepts = frozenset(each for each, kind in table.access.items() if kind in access)
                yield Limit(concepts, name, concept.name)


def _taken_access(concept: str, value: Node, origin: Format) -> tuple[str, ...]:
    """Return the access that the value of a key takes from the agent."""
    table = load_crosswalk()
    if concept == "subagents":
        return () if tool_names.ALL_TOOLS in tool_names.tool_names_in(value) else ("agents",)
    if concept not in table.limits or not isinstance(value, Scalar):
        return ()
    words = table.words[concept].concepts_of(value.text, origin.name) if concept in table.words else ()
    names = [word.name for word in words] or [value.text.lower()]
    return tuple(access for name in names for access in table.limits[concept].get(name, ()))


def _ignored_tools(document: Document, reading: Reading) -> Iterator[Note]:
    """Yield what the runtime ignores in the list of tools, which the conversion therefore leaves out."""
    if tool_names.grammar_for(reading.dialect, reading.runtime).is_mapping:
        return
    available = {name for each in document.readings for name in document.tools_in(each).entries}
    given = {name for each in document.readings for name in document.tools_in(each).available}
    for tool in document.tools_in(reading).dropped:
        kept = tool.name in available and any(
            tool.name not in (other.name for other in document.tools_in(each).dropped)
            for each in document.readings
            if each.loads
        )
        if not (kept or tool.name in given or tool.reason.startswith("denied")):
            yield Note("lost", tool.name, f"{reading.runtime.title} ignores `{tool.name}`: {tool.reason}.")


def _permission_notes(reading: Reading) -> Iterator[Note]:
    """Yield what permissions say that no list of tools can: whether the user is asked, and what is about no tool."""
    entries, key = permissions.ordered_permissions(reading), reading.dialect.tool_keys.permissions
    if any(entry.action in (permissions.ALLOW, "ask") for entry in entries):
        yield Note(
            "lost",
            key,
            f"The session, and not `{key}`, decides whether the user is asked before a tool runs.",
        )
    about_tools = {tool.permission_name or tool.name for tool in reading.dialect.tools} | {
        permissions.ANYTHING
    }
    record = reading.dialect.key(key)
    for name in dict.fromkeys(entry.permission for entry in entries):
        if record and record.field(name) and name not in about_tools:
            yield Note("lost", name, f"The permission `{name}` is about no tool and is left out.")


def _server_notes(document: Document, reading: Reading) -> Iterator[Note]:
    """Yield the servers that are left out since some of their tools are denied."""
    denied = tuple(tool_use(name, reading.dialect) for name in _denied_names(document, reading))
    for name in document.tools_in(reading).available if denied else ():
        if _is_partly_denied(tool_use(name, reading.dialect), denied):
            yield Note("changed", name, f"`{name}` is left out, since a tool of the server is denied.")


# --- other keys -------------------------------------------------------------------------------


def _settings(
    document: Document, reading: Reading, origin: Format
) -> tuple[tuple[Setting, ...], tuple[Note, ...]]:
    """Return the keys that have a meaning of their own, and notes on those that have none."""
    settings, notes = [], []
    keys, read_elsewhere = load_crosswalk().keys, _keys_read_elsewhere(reading.dialect)
    assert reading.root is not None, "the caller checks it"
    for entry in reading.root.entries:
        name = entry.key.text
        if name in read_elsewhere or is_null(entry.value) or reading.entry(name) is not entry:
            continue
        key = reading.dialect.key(name)
        if key is None:
            notes.append(_unknown_key(reading, name))
        elif not _has_effect(document, reading, key, entry):
            notes.append(Note("lost", name, f"`{name}` has no effect in {reading.runtime.title}."))
        else:
            concepts = keys.concepts_of(name, origin.name)
            settings.append(Setting(key, concepts[0].name if concepts else "", entry.value))
    return tuple(settings), tuple(notes)


def _unknown_key(reading: Reading, name: str) -> Note:
    passes_on = reading.runtime.unknown_keys == "passed on"
    what = "passes the unknown key" if passes_on else "ignores the unknown key"
    where = " on to the provider of the model" if passes_on else ""
    return Note("lost", name, f"{reading.runtime.title} {what} `{name}`{where}.")


def _keys_read_elsewhere(dialect: Dialect) -> frozenset[str]:
    """Return the keys that are not settings: the name, the description, the model, the tools and the callers."""
    tools = dialect.tool_keys
    callers = (key.name for key in dialect.keys if key.effects.blocks_callers)
    return frozenset(
        ("name", "description", "model", tools.allowed, tools.denied, tools.permissions, *callers)
    )


def _has_effect(document: Document, reading: Reading, key: Key, entry: Entry) -> bool:
    """Whether the runtime uses the value of a key."""
    if key.effects.no_effect and key.effects.no_effect_when is None:
        return False
    if key.effects.ignored_in_plugin and document.identity.plugin:
        return False
    if key.schema_for(reading.runtime.name):
        return value_schema.matches_schema(key, entry.value, reading.runtime.name)
    return key.type not in ("enum", "boolean", "integer", "text") or matches_type(key, entry.value)
