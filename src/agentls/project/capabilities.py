"""What an agent can really do in its project: its tools as the settings leave them, the MCP servers that it
reaches, and who may start it.

`toollist` tells what an agent may use by what stands in its own file. Here the files around it are
added. What they do not tell is left open: the settings of a machine or of a session may take away more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

from agentls.dialects import tool_names
from agentls.document import tools as toollist
from agentls.document.document import Document
from agentls.document.tools import AvailableTools
from agentls.project import name_syntax
from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Names, PermissionRule
from agentls.readers.reading import Reading
from agentls.text.yaml_tree import Scalar


class Denial(NamedTuple):
    """What a rule of the settings denies: the tool or the agent `name`, by `rule` as it stands in the file at
    `path`."""

    name: str
    rule: str
    path: str


class ServerAccess(NamedTuple):
    """An MCP server, and those of its tools that the agent may use, `None` for all. `own` tells whether the
    agent's file defines it."""

    server: str
    is_defined_here: bool
    tools: tuple[str, ...] | None


class Capabilities(NamedTuple):
    """What an agent can do in its project.

    `tools` are those that it may use, besides the ones of `servers`; `None` stands for all but those in
    `denied`, which the settings take away. In `limited` are rules that deny some uses of its tools. `refused`
    are those by which nobody may start it, `named_by` the names of those that start or list it, `bars` the lines
    of its file that keep a person or a model from starting it, each with whom, and `unknown` says in sentences
    what cannot be told.
    """

    tools: tuple[str, ...] | None
    servers: tuple[ServerAccess, ...] = ()
    denied: tuple[Denial, ...] = ()
    restricted: tuple[Denial, ...] = ()
    denied_agents: tuple[Denial, ...] = ()
    named_by: tuple[str, ...] = ()
    blocked_callers: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def find_capabilities(
    document: Document, reading: Reading, tools: AvailableTools, project: Index
) -> Capabilities | None:
    """What the agent of `reading` can do, which may use `tools` by itself; `None` if nothing starts it."""
    names = project.get(document.path)
    if names is None or names.main_definition is None or not reading.loads:
        return None
    named_by, bars = tuple(_named_by(project, names)), tuple(_bars(reading))
    if reading.dialect.kind != "agent":
        return Capabilities(None, named_by=named_by, blocked_callers=bars)
    denied, limited, refused = _rulings(reading, tools, project, names)
    servers = tuple(_reach(reading, tools, project, names, denied))
    gone = {ruling.name for ruling in denied}.union(*(server.listed for server in servers))
    left = tuple(tool for tool in tools.available if tool not in gone)
    unknown = tuple(
        f"`tools` lists no tool of `{server.reach.server}`; whether it has them all the same is not known."
        for server in servers
        if server.reach.tools == () and server.reach.is_defined_here
    )
    return Capabilities(
        None if tools.mode == "all" else left,
        tuple(server.reach for server in servers if server.reach.tools != ()),
        denied,
        limited,
        refused,
        named_by,
        bars,
        (*unknown, *_undecided(reading, project, names)),
    )


# --- the settings -----------------------------------------------------------------------------

_WHOLE = (None, "", "*")
"""What may stand in the parentheses behind a tool and comes to nothing: the rule is about all its uses."""


def _rulings(
    reading: Reading, tools: AvailableTools, project: Index, names: Names
) -> tuple[tuple[Denial, ...], tuple[Denial, ...], tuple[Denial, ...]]:
    """The rules that take tools away, those that deny some of their uses, and those that refuse the agent."""
    denied: dict[Denial, None] = {}
    limited: dict[Denial, None] = {}
    refused: dict[Denial, None] = {}
    dialect, own = reading.dialect, names.main_definition
    assert own is not None, "it was asked for"
    covered = _covered(tools)
    for path, rule in _denials(reading, project, names):
        meant = tool_names.resolve_tool(rule.tool, dialect, None, reading.runtime).tools or (rule.tool,)
        tool = dialect.tool(meant[0])
        whole = rule.specifier in _WHOLE
        about_it = tool is not None and tool.refers_to == own.kind and rule.specifier == own.full_name
        if about_it or (whole and tool is not None and tool.refers_to == own.kind):
            refused[Denial(own.full_name, rule.text, path)] = None
        if whole:
            for name in covered(meant):
                denied[Denial(name, rule.text, path)] = None
        elif not about_it and (tools.mode == "all" or meant[0] in tools.available):
            limited[Denial(meant[0], rule.text, path)] = None
    return tuple(denied), tuple(limited), tuple(refused)


def _denials(reading: Reading, project: Index, names: Names) -> Iterator[tuple[str, PermissionRule]]:
    """The rules that deny something, of all settings that count for the agent, each with its file."""
    for file in project.permission_files(reading.runtime):
        if file.base == project.user_folder or (file.base == names.base and not names.plugin):
            yield from ((file.path, rule) for rule in file.permissions if rule.action == "deny")


def _undecided(reading: Reading, project: Index, names: Names) -> Iterator[str]:
    """What is to be said of settings in a folder above that of the agent's own."""
    for file in project.permission_files(reading.runtime):
        above = names.base.startswith(f"{file.base.rstrip('/')}/") and file.base != project.user_folder
        if above and not names.plugin and any(rule.action == "deny" for rule in file.permissions):
            shown = "/".join(file.path.split("/")[-3:])
            yield f"Whether what `{shown}` denies counts depends on the folder that the session is started in."


def _covered(tools: AvailableTools) -> Callable[[tuple[str, ...]], Iterable[str]]:
    """From the names that are denied to the tools of an agent that they take away; where it has all, these
    are the names themselves."""
    if tools.mode == "all":
        return iter
    listed = {*tools.available}
    taken: dict[str, list[str]] = {}
    for tool in tools.available:
        for name in toollist.names_denying(tool):
            taken.setdefault(name, []).append(tool)

    def covered(denied: tuple[str, ...]) -> Iterator[str]:
        for name in denied:
            yield from taken.get(name, ())
            # One tool of a server that is listed as a whole.
            if name not in taken and toollist.is_denied(name, listed):
                yield name

    return covered


# --- the servers ------------------------------------------------------------------------------


class _Server(NamedTuple):
    """A server that is there for an agent, and the entries of its list of tools that are about it."""

    reach: ServerAccess
    listed: tuple[str, ...]


def _reach(
    reading: Reading, tools: AvailableTools, project: Index, names: Names, denied: tuple[Denial, ...]
) -> Iterator[_Server]:
    """The servers that the project defines for the agent, with what it may use of each."""
    form = reading.dialect.tool_grammar.server_wildcard
    rules, gone = {ruling.rule for ruling in denied}, {ruling.name for ruling in denied}
    by_server = dict(_by_server(reading, tools)) if form else {}
    for server in project.visible_definitions(("server",), names) if form else ():
        written = [form.replace("{}", name) for name in server.all_names]
        whole = {*written, *(name.removesuffix("*").rstrip("_/") for name in written)}
        if reading.runtime.name not in server.runtimes or rules & whole:
            continue
        listed = tuple(tool for name in server.all_names for tool in by_server.get(name, ()))
        entire = tools.mode == "all" or not whole.isdisjoint(listed)
        own = server.path == names.path
        if entire or listed or own:
            left = tuple(tool for tool in listed if tool not in gone)
            yield _Server(ServerAccess(server.full_name, own, None if entire else left), listed)


def _by_server(reading: Reading, tools: AvailableTools) -> Iterator[tuple[str, list[str]]]:
    """The tools in a list that come from servers, by the names of those."""
    grammar = tool_names.grammar_for(reading.dialect, reading.runtime)
    found: dict[str, list[str]] = {}
    for tool in tools.available:
        for server in name_syntax.server_in_tool_name(tool, 0, reading.dialect, grammar, "tool"):
            found.setdefault(server.name, []).append(tool)
    yield from found.items()


# --- who starts it ----------------------------------------------------------------------------


def _named_by(project: Index, names: Names) -> list[str]:
    """Those that name the agent in a list, a key, or a form that starts it, by their names."""
    assert names.main_definition is not None, "it was asked for"
    found = {
        other.main_definition.full_name
        for other, reference in project.find_references(names.main_definition)
        if reference.form in DEFINITE_FORMS and other.main_definition and other.path != names.path
    }
    return sorted(found)


def _bars(reading: Reading) -> Iterator[tuple[str, str]]:
    """The lines that keep somebody from starting the agent, each with whom."""
    for entry in reading.root.entries if reading.root else ():
        key = reading.dialect.key(entry.key.text)
        if (
            key
            and key.effects.blocks_callers
            and key.known_to(reading.runtime.name)
            and isinstance(entry.value, Scalar)
        ):
            whom = key.effects.blocks_callers.get(entry.value.text.lower())
            if whom and reading.entry(key.name) is entry:
                yield f"{key.name}: {entry.value.text}", whom


# --- for programs, and for people -------------------------------------------------------------


def capabilities_data(found: Capabilities) -> dict[str, Any]:
    """What an agent can do, as plain data."""
    return {
        "tools": None if found.tools is None else list(found.tools),
        "servers": [
            {**server._asdict(), "tools": None if server.tools is None else list(server.tools)}
            for server in found.servers
        ],
        "denied": [ruling._asdict() for ruling in found.denied],
        "limited": [ruling._asdict() for ruling in found.restricted],
        "refused": [ruling._asdict() for ruling in found.denied_agents],
        "named_by": list(found.named_by),
        "bars": [{"line": line, "whom": whom} for line, whom in found.blocked_callers],
        "unknown": list(found.notes),
    }


TextStyle = Literal["plain", "path", "good", "bad", "label", "muted"]
"""What a piece of a line is; whoever prints it chooses colours."""

_WHOM = {"person": "people", "model": "other agents"}
_MOST_NAMES = 8


def describe_capabilities(
    found: Capabilities, mark: Callable[[str], str] = str
) -> Iterator[tuple[str, str, TextStyle]]:
    """What the project makes of the agent: label, text and style of each row; `mark` sets off names."""
    if found.servers:
        yield "servers", "; ".join(_server_in_words(server, mark) for server in found.servers), "plain"
    for ruling in found.denied:
        yield "denied", f"{mark(ruling.name)}, by {_rule_in_words(ruling, mark)}", "bad"
    for ruling in found.restricted:
        yield "limited", f"{mark(ruling.name)}, by {_rule_in_words(ruling, mark)}", "plain"
    for ruling in found.denied_agents:
        yield "closed to", f"other agents, by {_rule_in_words(ruling, mark)}", "bad"
    for line, whom in found.blocked_callers:
        yield "closed to", f"{_WHOM[whom]}, by {mark(line)}", "plain"
    names = [mark(name) for name in found.named_by[:_MOST_NAMES]]
    rest = len(found.named_by) - _MOST_NAMES
    if names:
        yield "named by", ", ".join(names) + (f" and {rest} more" if rest > 0 else ""), "plain"
    for sentence in found.notes:
        yield "note", sentence, "muted"


def _server_in_words(server: ServerAccess, mark: Callable[[str], str]) -> str:
    tools = "all tools" if server.tools is None else ", ".join(map(mark, server.tools))
    return f"{mark(server.server)} ({'its own, ' if server.is_defined_here else ''}{tools})"


def _rule_in_words(ruling: Denial, mark: Callable[[str], str]) -> str:
    """A rule, with the end of its file's path, which tells what settings they are."""
    return f"the rule {mark(ruling.rule)} in {mark('/'.join(ruling.path.split('/')[-2:]))}"
