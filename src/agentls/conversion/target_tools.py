"""The tools of an agent in another format: none with access that the agent does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentls.conversion.meaning import AgentMeaning, Limit, Note, ToolUse, concepts_of, tool_use
from agentls.dialects import tool_names
from agentls.dialects.crosswalk import Format, load_crosswalk
from agentls.dialects.loader import Dialect
from agentls.document.permissions import ALLOW, ANYTHING, DENY
from agentls.text.named_tuples import NamedTuple
from agentls.text.wording import join_names

Entries = dict[str, object]
"""The keys of a file with their values in Python, in order."""

ASK = "ask"
_ASKED_ACCESS = frozenset(("write", "run", "web"))
"""The access for which products ask the user unless the session allows it."""


class Part(NamedTuple):
    """A part of the frontmatter of a converted file, what it does not keep, and why there is no such file."""

    entries: Entries
    notes: tuple[Note, ...] = ()
    refusal: str = ""


class _Chosen(NamedTuple):
    """The tools of the target that replace some tools of the origin, and what they do not keep."""

    names: tuple[str, ...]
    notes: tuple[Note, ...]


def write_tools(meaning: AgentMeaning, target: Dialect, kept_keys: frozenset[str]) -> Part:
    """Return the keys of the `target` format that give an agent its tools. `kept_keys` are the concepts of the keys
    that the file has in the target as well, with their limits."""
    tools = meaning.tools
    limits = [limit for limit in tools.limits if limit.key_concept not in kept_keys]
    limited = frozenset(concept for limit in limits for concept in limit.concepts)
    form = load_crosswalk().formats[target.name]
    used: set[str] | None = None
    if tools.allowed is None:
        part = (
            _write_denied(meaning, tools.denied, limited, target, form)
            if tools.denied or limited
            else Part({})
        )
    else:
        used = {concept for use in tools.allowed for concept in use.concepts}
        allowed = tuple(use for use in tools.allowed if limited.isdisjoint(use.concepts))
        part = _write_allowed(meaning, allowed, target, form)
    notes = tuple(_limit_note(limit, used, form) for limit in limits)
    return part._replace(notes=(*notes, *part.notes))


def _limit_note(limit: Limit, used: set[str] | None, form: Format) -> Note:
    """Return a note on a limit. `used` are the concepts of the tools that the agent has, `None` for all tools."""
    if used is not None and used.isdisjoint(limit.concepts):
        return Note(
            "lost", limit.key, f"{form.title} has nothing like `{limit.key}`, which limits no tool here."
        )
    return Note("changed", limit.key, f"`{limit.key}` limits the use of tools, which are left out instead.")


# --- allowed tools ----------------------------------------------------------------------------


def _write_allowed(
    meaning: AgentMeaning, allowed: tuple[ToolUse, ...], target: Dialect, form: Format
) -> Part:
    keys = target.tool_keys
    if not (keys.permissions or target.key(keys.allowed)):
        changing = _changing(concept for use in allowed for concept in use.concepts)
        return _write_readonly(changing, False, target, form)
    chosen = choose_tools(allowed, target, form, meaning.origin)
    if not chosen.names and not can_have_no_tools(target):
        why = f"The agent has no tools, and {form.title} cannot start an agent without tools."
        if meaning.tools.allowed:
            why = f"{form.title} has none of the tools of the agent, and cannot start an agent without tools."
        return Part({}, chosen.notes, why)
    if not chosen.names:
        note = Note("changed", "tools", f"The agent has no tools in {form.title}.")
        chosen = chosen._replace(notes=(*chosen.notes, note))
    return Part(list_tools(chosen.names, target), chosen.notes)


def list_tools(names: Iterable[str], target: Dialect) -> Entries:
    """Return the key that gives an agent the tools `names` of the target and no others."""
    keys = target.tool_keys
    if not keys.permissions:
        return {keys.allowed: list(names)}
    order = [tool.name for tool in target.tools]
    ordered = sorted(names, key=lambda name: order.index(name) if name in order else len(order))
    actions = {target.permission_for(name): ASK if _asks(name, target) else ALLOW for name in ordered}
    return {keys.permissions: {ANYTHING: DENY, **actions}}


def _asks(name: str, target: Dialect) -> bool:
    access = load_crosswalk().access
    return any(access.get(concept) in _ASKED_ACCESS for concept in concepts_of(name, target))


def can_have_no_tools(target: Dialect) -> bool:
    """Whether the format can say that an agent has no tools, and its runtimes start such an agent."""
    grammar = target.tool_grammar
    return grammar.empty_removes_all and (
        grammar.empty_is_intended or all(each.without_tools == "started" for each in target.runtimes)
    )


def choose_tools(uses: Iterable[ToolUse], target: Dialect, form: Format, origin: Format) -> _Chosen:
    """Return the tools of the target that give an agent what `uses` give it, and no access beyond that."""
    uses = tuple(uses)
    concepts = frozenset(concept for use in uses for concept in use.concepts)
    names: dict[str, None] = {}
    notes: list[Note] = []
    for use in uses:
        written, why = _translate(use, concepts, target, form)
        names |= dict.fromkeys(written)
        if why:
            notes.append(Note("lost", use.name, why))
        elif use.concepts and all(
            set(use.concepts).isdisjoint(concepts_of(name, target)) for name in written
        ):
            changed = f"`{use.name}` becomes {join_names(written)}, which is similar."
            notes.append(Note("changed", use.name, changed))
    notes += _broader_tools(names, concepts, target, origin)
    return _Chosen(tuple(names), tuple(notes))


def _translate(
    use: ToolUse, concepts: frozenset[str], target: Dialect, form: Format
) -> tuple[tuple[str, ...], str]:
    """Return the names of a tool in the target, or why it has none."""
    if use.server:
        name = write_server_tool(use, target, form)
        return (
            ((name,), "")
            if name
            else ((), f"{form.title} cannot name `{use.name}`, a tool of an MCP server.")
        )
    table = load_crosswalk().tools.concepts
    found: dict[str, None] = {}
    for concept in use.concepts:
        if not set(use.concepts).isdisjoint(table[concept].near):
            continue  # Another concept of the same tool is enough.
        near = (each for each in table[concept].near if each in concepts or _is_harmless(each, concepts))
        for each in (concept, *near):
            name = _first_name(each, concepts, target)
            if name:
                found[name] = None
                break
    return tuple(found), "" if found else f"{form.title} has no tool for what `{use.name}` does."


def _is_harmless(concept: str, concepts: frozenset[str]) -> bool:
    """Whether an agent with tools of `concepts` may have one of `concept` as well: it reads, as others of them do, or
    concerns the session alone."""
    access = load_crosswalk().access
    wanted = access.get(concept, "")
    return not wanted or (wanted == "read" and wanted in (access.get(each) for each in concepts))


def _first_name(concept: str, concepts: frozenset[str], target: Dialect) -> str | None:
    """Return the name of a concept in the target that gives no access beyond that of `concepts`: the first, unless
    another one does less beyond them."""
    table = load_crosswalk()
    access = {table.access.get(each, "") for each in concepts} | {""}
    fitting = [
        name
        for written in table.tools.names_in(table.tools.concepts[concept], target.name)
        for name in _current_names(written, target)
        if all(table.access.get(each, "") in access for each in concepts_of(name, target))
    ]
    return min(fitting, key=lambda name: _excess(name, concepts, target), default=None)


def _current_names(name: str, target: Dialect) -> tuple[str, ...]:
    """Return the name of a tool that every agent can have, or what replaces a name that is still accepted."""
    former = target.old_tool(name)
    names = former.replacements if former and former.still_accepted else (name,)
    return tuple(each for each in names if target.is_always_available(each))


def _excess(name: str, concepts: frozenset[str], target: Dialect) -> tuple[int, bool]:
    """Return how much more than `concepts` a tool does, in an order: the number of further concepts, and whether it is
    a set of tools."""
    count = len(_further_concepts(name, concepts, target))
    tool = target.tool(name)
    return count, bool(count and tool and tool.members)


def _further_concepts(name: str, concepts: frozenset[str], target: Dialect) -> list[str]:
    """Return the concepts of a tool beyond those in `concepts`, and beyond those for which they are enough."""
    table = load_crosswalk().tools.concepts
    return [
        each
        for each in concepts_of(name, target)
        if each not in concepts and concepts.isdisjoint(table[each].near)
    ]


def write_server_tool(use: ToolUse, target: Dialect, form: Format) -> str | None:
    """Return the name of a tool of an MCP server in the target, `None` if it has no such name."""
    grammar = target.tool_grammar
    if use.server == tool_names.ALL_TOOLS:
        return form.every_server_tool or None
    if not form.server_tool:
        return None
    wildcard = grammar.server_wildcard.replace("{}", use.server)
    is_whole = use.server_tool == tool_names.ALL_TOOLS
    name = (is_whole and wildcard) or form.server_tool.format(server=use.server, tool=use.server_tool)
    if not re.fullmatch(r"[\w.-]+", use.server) or not re.fullmatch(r"[\w.-]+|\*", use.server_tool):
        return None
    if grammar.server_pattern:
        read = re.fullmatch(grammar.server_pattern, name)
        if read is None or use.server not in read.groups():
            return None
    known = all(
        tool_names.resolve_tool(name, target, None, runtime).standing == "available"
        for runtime in target.runtimes
    )
    return name if known else None


def _broader_tools(
    names: Iterable[str], concepts: frozenset[str], target: Dialect, origin: Format
) -> Iterator[Note]:
    """Yield a note for each tool that does more than the agent's tools, within the access that they have."""
    table = load_crosswalk().tools
    for name in names:
        others = [
            other
            for each in _further_concepts(name, concepts, target)
            for other in table.names_in(table.concepts[each], origin.name)[:1]
        ]
        if others:
            does = join_names(dict.fromkeys(others))
            yield Note("changed", name, f"`{name}` also does what {does} does.")


# --- denied tools -----------------------------------------------------------------------------


def _write_denied(
    meaning: AgentMeaning,
    denied: tuple[ToolUse, ...],
    limited: frozenset[str],
    target: Dialect,
    form: Format,
) -> Part:
    """Return the keys for an agent that has all tools but the `denied` ones, and those with `limited` concepts."""
    keys = target.tool_keys
    taken = _with_substitutes(limited.union(concept for use in denied for concept in use.concepts))
    if keys.permissions or target.key(keys.denied):
        names, notes = _denied_names(meaning, denied, taken, target, form)
        actions = {target.permission_for(name): DENY for name in names}
        written: Entries = {keys.permissions: actions} if keys.permissions else {keys.denied: list(names)}
        return Part(written if names else {}, notes)
    if target.key(keys.allowed):
        return _write_remaining(meaning, denied, taken, target, form)
    source = meaning.reading.dialect
    own = _changing(concept for tool in source.tools for concept in concepts_of(tool.name, source))
    is_exact = all(use.concepts for use in denied) and _changing(taken) == taken
    return _write_readonly(own - taken, is_exact, target, form)


def _with_substitutes(concepts: frozenset[str]) -> frozenset[str]:
    """Return concepts with those for which one of them is enough, such as another shell."""
    table = load_crosswalk().tools.concepts
    return concepts.union(name for name, concept in table.items() if not concepts.isdisjoint(concept.near))


def _denied_names(
    meaning: AgentMeaning, denied: tuple[ToolUse, ...], taken: frozenset[str], target: Dialect, form: Format
) -> _Chosen:
    """Return all names in the target with which a denied tool could be used."""
    names = dict.fromkeys(
        tool.name for tool in target.tools if not taken.isdisjoint(concepts_of(tool.name, target))
    )
    notes = [
        Note("changed", name, f"Denying `{name}` also denies what is not denied here.")
        for name in names
        if not taken.issuperset(concepts_of(name, target))
    ]
    present = {concept for name in names for concept in concepts_of(name, target)}
    for use in denied:
        is_server = not use.concepts and tool_names.is_external_tool(use.name, meaning.reading.dialect)
        name = write_server_tool(use, target, form) if use.server else None
        if name:
            names[name] = None
        elif is_server:
            notes.append(Note("wider", use.name, f"`{use.name}` is denied, and {form.title} cannot deny it."))
        elif present.isdisjoint(use.concepts):
            notes.append(
                Note("lost", use.name, f"{form.title} has no tool `{use.name}`, so there is nothing to deny.")
            )
    return _Chosen(tuple(names), tuple(notes))


def _write_remaining(
    meaning: AgentMeaning,
    denied: tuple[ToolUse, ...],
    taken: frozenset[str],
    target: Dialect,
    form: Format,
) -> Part:
    """Return the list of all tools but the denied ones, for a format that cannot deny tools."""
    source = meaning.reading.dialect
    uses = [tool_use(tool.name, source) for tool in source.tools if source.is_always_available(tool.name)]
    if form.every_server_tool and all(use.concepts for use in denied):
        uses.append(ToolUse(form.every_server_tool, (), tool_names.ALL_TOOLS, tool_names.ALL_TOOLS))
    left = [use for use in uses if taken.isdisjoint(use.concepts)]
    chosen = choose_tools(left, target, form, meaning.origin)
    names = [name for name in chosen.names if taken.isdisjoint(concepts_of(name, target))]
    without = "" if form.every_server_tool in names else ", without those of MCP servers"
    note = f"{form.title} has no list of denied tools, so the other tools are listed{without}."
    return Part({target.tool_keys.allowed: names}, (Note("changed", "tools", note),))


# --- formats without a list of tools ----------------------------------------------------------


def _write_readonly(changing: frozenset[str], is_exact: bool, target: Dialect, form: Format) -> Part:
    """Return the key that prevents an agent from changing anything, which is all that the format can say. `changing`
    are the concepts of the tools with which the agent can change something, and `is_exact` tells whether it may use
    all others."""
    keys = load_crosswalk().keys
    key = next(iter(keys.names_in(keys.concepts["read-only"], target.name)), "")
    if not key or changing:
        what = f"{form.title} gives every agent all tools"
        return Part({}, (Note("wider", "tools", f"{what}, and this agent has only some of them."),))
    what = f"{form.title} gives an agent with `{key}` all tools that change nothing"
    note = Note("wider", "tools", f"{what}, and this agent has only some of them.")
    return Part({key: True}, () if is_exact else (note,))


_CHANGING = ("write", "run")


def _changing(concepts: Iterable[str]) -> frozenset[str]:
    """Return those of the concepts that are about changing something."""
    access = load_crosswalk().access
    return frozenset(concept for concept in concepts if access.get(concept) in _CHANGING)
