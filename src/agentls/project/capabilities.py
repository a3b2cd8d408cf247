"""The capabilities of an agent in its project: its tools after the permission rules of settings files, the MCP
servers that it can use, and who can start it.

`document.tools` resolves the tools by the agent's own file. This module adds the other files of the project. The
settings of a machine or a session, which may deny more, are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from agentls.dialects import tool_names
from agentls.document.document import Document
from agentls.document.tools import AvailableTools, denied_entries, is_denied, names_denying
from agentls.project import name_syntax
from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Names, PermissionRule
from agentls.readers.reading import Reading
from agentls.text.escaping import code_span
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_tree import Scalar


class Denial(NamedTuple):
    """A tool or agent that a permission rule denies: its `name`, and the text of the `rule` in the file at `path`."""

    name: str
    rule: str
    path: str


class ServerAccess(NamedTuple):
    """An MCP server with those of its tools that the agent may use, `None` for all. `is_defined_here` tells whether
    the file of the agent defines it."""

    server: str
    is_defined_here: bool
    tools: tuple[str, ...] | None


class Capabilities(NamedTuple):
    """The capabilities of an agent in its project.

    `tools` are its tools without those of `servers`, `None` for all except those in `denied`. `denied` has tools
    that permission rules remove, `restricted` tools of which they deny some uses, `denied_agents` the agent itself
    if they deny it. `named_by` has the names of the definitions that refer to it. `blocked_callers` are pairs of a
    line of its file and the caller ("person" or "model") that cannot start it because of the line. `notes` are
    sentences on what is unknown.
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
    document: Document, reading: Reading, tools: AvailableTools, index: Index
) -> Capabilities | None:
    """The capabilities of the agent of `reading`, whose own file grants `tools`. `None` if it is not loaded."""
    names = index.get(document.path)
    if names is None or names.main_definition is None or not reading.loads:
        return None
    named_by, blocked_callers = tuple(_referring_names(index, names)), tuple(_blocked_callers(reading))
    if reading.dialect.kind != "agent":
        return Capabilities(None, named_by=named_by, blocked_callers=blocked_callers)
    denied, restricted, denied_agents = _find_denials(reading, tools, index, names)
    denied_here = {entry.name for entry in denied_entries(reading, document.text)}
    servers = tuple(_find_servers(reading, tools, index, names, denied, denied_here))
    denied_names = {denial.name for denial in denied}.union(*(server.listed for server in servers))
    remaining = tuple(tool for tool in tools.available if tool not in denied_names)
    return Capabilities(
        None if tools.mode == "all" else remaining,
        tuple(server.access for server in servers if server.access.tools != ()),
        denied,
        restricted,
        denied_agents,
        named_by,
        blocked_callers,
        tuple(_uncertain_files(reading, index, names)),
    )


# --- permission rules -------------------------------------------------------------------------

_WHOLE_TOOL = (None, "", "*")
"""The specifiers with which a permission rule applies to all uses of a tool."""


def _find_denials(
    reading: Reading, tools: AvailableTools, index: Index, names: Names
) -> tuple[tuple[Denial, ...], tuple[Denial, ...], tuple[Denial, ...]]:
    """The rules that remove tools, those that deny some of their uses, and those that deny the agent itself."""
    denied: dict[Denial, None] = {}
    restricted: dict[Denial, None] = {}
    denied_agents: dict[Denial, None] = {}
    dialect, definition = reading.dialect, names.main_definition
    assert definition is not None, "the caller checks it"
    tools_denied_by = _denied_tools(tools)
    for path, rule in _deny_rules(reading, index, names):
        resolved = tool_names.resolve_tool(rule.tool, dialect, None, reading.runtime).tools or (rule.tool,)
        tool = dialect.tool(resolved[0])
        whole = rule.specifier in _WHOLE_TOOL
        about_it = (
            tool is not None and tool.refers_to == definition.kind and rule.specifier == definition.full_name
        )
        if about_it or (whole and tool is not None and tool.refers_to == definition.kind):
            denied_agents[Denial(definition.full_name, rule.text, path)] = None
        if whole:
            for name in tools_denied_by(resolved):
                denied[Denial(name, rule.text, path)] = None
        elif not about_it and (tools.mode == "all" or resolved[0] in tools.available):
            restricted[Denial(resolved[0], rule.text, path)] = None
    return tuple(denied), tuple(restricted), tuple(denied_agents)


def _deny_rules(reading: Reading, index: Index, names: Names) -> Iterator[tuple[str, PermissionRule]]:
    """The deny rules of all settings files that apply to the agent, with their paths."""
    for file in index.permission_files(reading.runtime):
        if file.base_folder == index.user_folder or (
            file.base_folder == names.base_folder and not names.plugin
        ):
            yield from ((file.path, rule) for rule in file.permissions if rule.action == "deny")


def _uncertain_files(reading: Reading, index: Index, names: Names) -> Iterator[str]:
    """Notes on deny rules in parent folders, which only apply to sessions that start there."""
    for file in index.permission_files(reading.runtime):
        above = (
            names.base_folder.startswith(f"{file.base_folder.rstrip('/')}/")
            and file.base_folder != index.user_folder
        )
        if above and not names.plugin and any(rule.action == "deny" for rule in file.permissions):
            tail = code_span("/".join(file.path.split("/")[-3:]))
            yield f"Whether the deny rules of {tail} apply depends on the folder in which the session starts."


def _denied_tools(tools: AvailableTools) -> Callable[[tuple[str, ...]], Iterable[str]]:
    """Returns a function from denied names to the tools of the agent that they remove. If the agent has all tools,
    these are the names themselves."""
    if tools.mode == "all":
        return iter
    listed = {*tools.available}
    taken: dict[str, list[str]] = {}
    for tool in tools.available:
        for name in names_denying(tool):
            taken.setdefault(name, []).append(tool)

    def covered(denied: tuple[str, ...]) -> Iterator[str]:
        for name in denied:
            yield from taken.get(name, ())
            # A single tool of a server that is listed as a whole.
            if name not in taken and is_denied(name, listed):
                yield name

    return covered


# --- servers ----------------------------------------------------------------------------------


class _ServerTools(NamedTuple):
    """A server that an agent can use, and the entries for its tools."""

    access: ServerAccess
    listed: tuple[str, ...]


def _find_servers(
    reading: Reading,
    tools: AvailableTools,
    index: Index,
    names: Names,
    denied: tuple[Denial, ...],
    denied_here: set[str],
) -> Iterator[_ServerTools]:
    """The servers that the project defines for the agent, with the tools that it may use of each. It may use all
    tools of a server that its own file defines, whatever `tools` lists. `denied_here` are the tools that its file
    denies."""
    template = reading.dialect.tool_grammar.server_wildcard
    rules, denied_names = {denial.rule for denial in denied}, {denial.name for denial in denied}
    by_server = dict(_tools_by_server(reading, tools)) if template else {}
    for server in index.visible_definitions(("server",), names) if template else ():
        entries = [template.replace("{}", name) for name in server.all_names]
        whole = {*entries, *(name.removesuffix("*").rstrip("_/") for name in entries)}
        if reading.runtime.name not in server.runtimes or rules & whole:
            continue
        if any(is_denied(entry, denied_here) for entry in entries):
            continue
        listed = tuple(tool for name in server.all_names for tool in by_server.get(name, ()))
        is_defined_here = server.path == names.path
        has_all = tools.mode == "all" or is_defined_here or not whole.isdisjoint(listed)
        if has_all or listed:
            remaining = tuple(tool for tool in listed if tool not in denied_names)
            yield _ServerTools(
                ServerAccess(server.full_name, is_defined_here, None if has_all else remaining), listed
            )


def _tools_by_server(reading: Reading, tools: AvailableTools) -> Iterator[tuple[str, list[str]]]:
    """The tools of servers, by the names of the servers."""
    grammar = tool_names.grammar_for(reading.dialect, reading.runtime)
    found: dict[str, list[str]] = {}
    for tool in tools.available:
        for server in name_syntax.server_in_tool_name(tool, 0, reading.dialect, grammar, "tool"):
            found.setdefault(server.name, []).append(tool)
    yield from found.items()


# --- callers ---------------------------------------------------------------------------------


def _referring_names(index: Index, names: Names) -> list[str]:
    """The names of the definitions that refer to the agent in a list, a key, or a call."""
    assert names.main_definition is not None, "the caller checks it"
    found = {
        other.main_definition.full_name
        for other, reference in index.find_references(names.main_definition)
        if reference.form in DEFINITE_FORMS and other.main_definition and other.path != names.path
    }
    return sorted(found)


def _blocked_callers(reading: Reading) -> Iterator[tuple[str, str]]:
    """The lines of the frontmatter that block a caller, each with the caller."""
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


# --- data and text ----------------------------------------------------------------------------


def capabilities_data(found: Capabilities) -> dict[str, Any]:
    """The capabilities as plain data for JSON."""
    return {
        "tools": None if found.tools is None else list(found.tools),
        "servers": [
            {
                "server": server.server,
                "own": server.is_defined_here,
                "tools": None if server.tools is None else list(server.tools),
            }
            for server in found.servers
        ],
        "denied": [denial._asdict() for denial in found.denied],
        "limited": [denial._asdict() for denial in found.restricted],
        "refused": [denial._asdict() for denial in found.denied_agents],
        "named_by": list(found.named_by),
        "bars": [{"line": line, "whom": whom} for line, whom in found.blocked_callers],
        "unknown": list(found.notes),
    }


TextStyle = Literal["plain", "path", "good", "bad", "label", "muted"]
"""The style of a part of a line, which the terminal maps to a colour."""

_CALLERS = {"person": "users", "model": "other agents"}
_MAX_NAMES = 8


def describe_capabilities(
    found: Capabilities, format_name: Callable[[str], str] = str
) -> Iterator[tuple[str, str, TextStyle]]:
    """Describe the capabilities in rows of label, text and style; `format_name` formats names."""
    if found.servers:
        yield (
            "MCP servers",
            "; ".join(_describe_server(server, format_name) for server in found.servers),
            "plain",
        )
    for denial in found.denied:
        yield "denied", f"{format_name(denial.name)} ({_describe_rule(denial, format_name)})", "bad"
    for denial in found.restricted:
        yield "restricted", f"{format_name(denial.name)} ({_describe_rule(denial, format_name)})", "plain"
    for denial in found.denied_agents:
        yield "blocked", f"other agents ({_describe_rule(denial, format_name)})", "bad"
    for line, caller in found.blocked_callers:
        yield "blocked", f"{_CALLERS[caller]} ({format_name(line)})", "plain"
    names = [format_name(name) for name in found.named_by[:_MAX_NAMES]]
    rest = len(found.named_by) - _MAX_NAMES
    if names:
        yield "used by", ", ".join(names) + (f" and {rest} more" if rest > 0 else ""), "plain"
    for sentence in found.notes:
        yield "note", sentence, "muted"


def _describe_server(server: ServerAccess, format_name: Callable[[str], str]) -> str:
    tools = "all tools" if server.tools is None else ", ".join(map(format_name, server.tools))
    return (
        f"{format_name(server.server)} ({'defined in this file, ' if server.is_defined_here else ''}{tools})"
    )


def _describe_rule(denial: Denial, format_name: Callable[[str], str]) -> str:
    """A permission rule with the last two parts of its path."""
    return f"rule {format_name(denial.rule)} in {format_name('/'.join(denial.path.split('/')[-2:]))}"
