"""Explain a key, value, tool, model, hook or rule as a page of Markdown, from the tables of a dialect.

A page fits a popup: a name and its kind, a summary, facts as a short list, and their source. Each `explain_`
function returns `None` for an unknown name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from agentls.dialects import crosswalk, loader
from agentls.dialects.foreign import ForeignKey, ForeignTool
from agentls.dialects.hooks import HookField
from agentls.dialects.loader import Dialect
from agentls.dialects.records import FormerTool, Key, Tool
from agentls.dialects.tool_names import ALL_TOOLS, MCP_PREFIX, is_mcp_tool
from agentls.linter.rules import all_rules
from agentls.reports.fact_page import observed_source, render_page
from agentls.text.escaping import code_span
from agentls.text.named_tuples import NamedTuple
from agentls.text.spelling import closest_match
from agentls.text.wording import join_names, ordinal

_list_names = partial(join_names, last=", ", limit=sys.maxsize)

# --- keys and values --------------------------------------------------------------------------

_TYPES = {
    "text": "string",
    "boolean": "boolean",
    "integer": "integer",
    "tools": "list of tools",
    "model": "model alias or id",
    "skills": "list of skills",
    "servers": "list of MCP servers",
    "hooks": "mapping of hook events to lists of hooks",
    "number": "number",
    "list": "list",
    "mapping": "mapping",
    "globs": "file patterns",
}
_SCALARS = {"int": "integer", "str": "string", "bool": "boolean", "float": "number"}


def explain_key(dialect: Dialect, name: str) -> str | None:
    """Explain a frontmatter key of the dialect or of another format."""
    key = dialect.key(name)
    if key:
        return _key_page(dialect, key)
    foreign = dialect.foreign_key(name)
    return _foreign_key_page(dialect, foreign) if foreign else None


def explain_record_field(dialect: Dialect, path: str) -> str | None:
    """Explain a field of a record, given by its path, as in `handoffs.agent`."""
    field = dialect.field(path)
    of = path.rpartition(".")[0]
    return _key_page(dialect, field, f"field of {code_span(of)}") if field and of else None


def _key_page(dialect: Dialect, key: Key, kind: str = "key") -> str:
    also = " or ".join(_SCALARS.get(kind, kind) for kind in key.value.also_types)
    plugin = "ignored" if key.effects.ignored_in_plugin else key.docs.plugin
    facts = [
        ("", "Required" if key.required else ""),
        ("Type", _TYPES.get(key.type, "")),
        ("Values", _value_list(key)),
        ("Also accepts", also),
        ("Default", key.docs.default_effect),
        ("If invalid", key.docs.invalid_effect),
        ("With a number", key.docs.number_effect),
        ("Specifiers", key.docs.specifier),
        ("In plugins", plugin),
        ("Since", key.docs.since),
        ("Supported by", _runtime_titles(dialect, key.runtimes)),
        ("Deprecated", key.deprecation.deprecated),
        ("No effect", key.effects.no_effect),
        ("Use instead", code_span(key.deprecation.replacement) if key.deprecation.replacement else ""),
        ("Applies when", _condition(key)),
        ("Fields", _list_names(field.name for field in key.fields)),
    ]
    text = f"{key.summary}\n\n{key.docs.details}"
    return render_page(key.name, kind, text, facts, dialect.source(key.source))


def _runtime_titles(dialect: Dialect, runtimes: Iterable[str]) -> str:
    """The titles of `runtimes`; "" if there are none, which means all."""
    return ", ".join(dialect.runtime(name).title for name in runtimes)


def _condition(key: Key) -> str:
    """The condition on another key under which `key` applies; "" if there is none."""
    if key.effects.applies_when is None:
        return ""
    condition = key.effects.applies_when
    parts = [f"is {code_span(value)}" for value in condition.values if value]
    parts += ["is not set"] if "" in condition.values else []
    parts += (
        [f"is not {' or '.join(map(code_span, condition.excluded_values))}"]
        if condition.excluded_values
        else []
    )
    return f"{code_span(condition.key)} {' or '.join(parts) or 'is set'}"


def _value_list(key: Key) -> str:
    """The values of a key as a list with their summaries, or in one line if these repeat the values."""
    if all(value.summary.lower() in ("", value.name.lower()) for value in key.values):
        return _list_names(value.name for value in key.values)
    return "".join(f"\n  - {code_span(value.name)}: {value.summary}" for value in key.values)


def _foreign_key_page(dialect: Dialect, key: ForeignKey) -> str:
    runtime = dialect.runtimes[0]
    origin = f"A key of {key.owner}. " if key.owner else ""
    effect = f"{runtime.title} {_UNKNOWN_KEYS[runtime.unknown_keys]}"
    note = f"{key.note[0].upper()}{key.note[1:]}." if key.note else ""
    facts = [("Use instead", code_span(key.replacement) if key.replacement else ""), ("", note)]
    return render_page(key.name, "unknown key", f"{origin}{effect}.", facts, observed_source(dialect))


_UNKNOWN_KEYS = {
    "ignored": "ignores it",
    "undocumented": "is not documented to support it",
    "refused": "rejects a file that contains it",
    "passed on": "passes it to the model provider",
}


def explain_value(dialect: Dialect, key: str, value: str) -> str | None:
    """Explain a value of the key `key`."""
    known = dialect.field(key)
    if known is None:
        return None
    for word in known.values:
        if word.name == value or (known.value.ignores_case and word.name.lower() == value.lower()):
            facts = [("Alias of", code_span(word.alias_of) if word.alias_of else "")]
            return render_page(
                word.name, f"value of {code_span(key)}", word.summary, facts, dialect.source(word.source)
            )
    return None


# --- tools ------------------------------------------------------------------------------------


def explain_tool(dialect: Dialect, name: str) -> str | None:
    """Explain a tool: built-in, renamed, removed, of another format, of an MCP server, or of the user."""
    tool = dialect.tool(name)
    if tool:
        return _tool_page(dialect, tool)
    if name in dialect.configured_tools:
        return render_page(name, "tool", "Added in your configuration.", (), dialect.source("configuration"))
    if name == ALL_TOOLS:
        return _tool_list_page(dialect, name, "all tools", "All available tools.")
    if is_mcp_tool(name, dialect):
        return _mcp_page(dialect, name)
    old = dialect.old_tool(name)
    if old:
        return _old_tool_page(dialect, old)
    foreign = dialect.foreign_tool(name)
    return _foreign_tool_page(dialect, foreign) if foreign else None


def _tool_page(dialect: Dialect, tool: Tool) -> str:
    differs = any(tool.availability != "always" for tool in dialect.tools)
    old_tools = [old for old in dialect.old_tools if old.still_accepted]
    old_names = [old.name for old in old_tools if tool.name in old.replacements]
    facts = [
        ("Requires permission", {True: "yes", False: "no", None: ""}[tool.asks_permission]),
        ("In subagents", _availability(dialect, tool) if differs else ""),
        ("", "" if tool.in_every_session else "Only available in some sessions or on some systems"),
        ("Specifier in permission rules", tool.specifier),
        ("Accepted former names", _list_names(old_names)),
        ("Since", tool.since),
    ]
    if tool.superseded_by:
        version = f"{dialect.runtimes[0].title} {dialect.runtimes[0].version}"
        effect = f"not given to the agent, which uses `{tool.superseded_by}` instead (observed in {version})"
        facts.append((f"If `{tool.superseded_by}` is also listed", effect))
    return render_page(tool.name, "tool", tool.summary, facts, dialect.source(tool.source))


def _availability(dialect: Dialect, tool: Tool) -> str:
    """Whether a subagent that lists the tool gets it, as a phrase."""
    if tool.availability == "never":
        return "never available, even if listed"
    if tool.availability != "always":
        return f"only available with `{dialect.tool_keys.mode}: {tool.mode}`"
    return "available" if tool.background else "not available in the background"


def _old_tool_page(dialect: Dialect, old: FormerTool) -> str:
    summary = f"{old.note[0].upper()}{old.note[1:]}."
    if old.still_accepted:
        summary += " The former name is still accepted."
    else:
        summary += f" {dialect.runtimes[0].title} ignores it."
    facts = [("Use instead", _list_names(old.replacements))]
    return render_page(old.name, "former tool name", summary, facts, dialect.source(old.source))


def _foreign_tool_page(dialect: Dialect, tool: ForeignTool) -> str:
    # Some runtimes accept tool names of other formats.
    others = [runtime for runtime in dialect.runtimes if runtime.name not in tool.accepted_by]
    effect = _UNKNOWN_TOOLS[others[0].unknown_tools] if others else "still accepts it"
    summary = f"A tool of {tool.owner}. {(*others, *dialect.runtimes)[0].title} {effect}."
    facts = [("Closest equivalent", _list_names(tool.replacements))]
    return render_page(tool.name, "unknown tool", summary, facts, observed_source(dialect))


_UNKNOWN_TOOLS = {
    "dropped": "ignores it",
    "refused": "rejects a file that lists it",
    "reported": "reports it as an error",
    "undocumented": "is not documented to support it",
}


def _mcp_page(dialect: Dialect, name: str) -> str | None:
    """Explain `mcp__server`, `mcp__server__*` or `mcp__server__tool`."""
    server, _, tool = name.removeprefix(MCP_PREFIX).partition("__")
    if server == ALL_TOOLS:
        denied = dialect.tool_keys.denied
        only = f"; only valid in `{denied}`" if denied else ""
        summary = f"All tools of all MCP servers{only}."
    elif tool in ("", ALL_TOOLS):
        summary = f"All tools of the MCP server {code_span(server)}, if it is connected."
    else:
        summary = f"The tool {code_span(tool)} of the MCP server {code_span(server)}, if it is connected."
    return _tool_list_page(dialect, name, "MCP tools" if tool in ("", ALL_TOOLS) else "MCP tool", summary)


def _tool_list_page(dialect: Dialect, name: str, kind: str, summary: str) -> str | None:
    """Render the page of a pattern in tool lists, with the source of the key for tools; none without such a key."""
    key = next((key for key in dialect.keys if key.type == "tools"), None)
    return render_page(name, kind, summary, (), dialect.source(key.source)) if key else None


# --- models -----------------------------------------------------------------------------------


def explain_model(dialect: Dialect, name: str) -> str | None:
    """Explain a model: an alias, an id, or an id in the form of another provider."""
    model = dialect.models.get(name)
    if model is None:
        key = next((key for key in dialect.keys if key.type == "model"), None)
        if key is None or not dialect.models.matches_other_id(name):
            return None
        return render_page(name, "model id", dialect.models.other_ids_note, (), dialect.source(key.source))
    kind = "model alias" if model.kind == "alias" else "model id"
    runtime = dialect.runtimes[0]
    statuses = {
        "older": "older; the family has a newer model",
        "remapped": "removed; requests go to a newer model",
        "retired": "retired; requests fail",
    }
    suffix, runtime = dialect.models.long_context, dialect.runtimes[0]
    long = bool(suffix) and name.strip().lower().endswith(suffix)
    target = f"`{model.resolves_to}` in {runtime.title} {runtime.version}"
    facts = [
        ("Resolves to", target if model.resolves_to else ""),
        ("Status", statuses.get(model.status, "")),
        (code_span(suffix), "selects the long context window" if long else ""),
    ]
    kind, summary = f"model {model.kind}", f"{model.summary.rstrip('.')}."
    return render_page(model.name, kind, summary, facts, dialect.source(model.source))


# --- hooks and servers ------------------------------------------------------------------------


def explain_event(dialect: Dialect, name: str) -> str | None:
    """Explain a hook event."""
    event = dialect.hook_event(name)
    if event is None:
        return None
    effect = dialect.hooks.broken_guard_effect or "does not load the agent"
    facts = [
        ("Matcher", f"matched against {event.matcher_subject}" if event.matcher_subject else "ignored"),
        ("If invalid", f"{dialect.runtimes[0].title} {effect}" if event.rejects_if_invalid else ""),
    ]
    return render_page(event.name, "hook event", event.summary, facts, dialect.source(event.source))


def explain_handler(dialect: Dialect, type: str) -> str | None:  # noqa: A002  The name of the field.
    """Explain a type of hook handlers."""
    handler = dialect.hook_handler(type)
    if handler is None:
        return None
    facts = [
        ("Required", _list_names(field.name for field in handler.fields if field.required)),
        ("Optional", _list_names(field.name for field in handler.fields if not field.required)),
    ]
    return render_page(
        handler.name, "hook handler type", handler.summary, facts, dialect.source(handler.source)
    )


def explain_entry_field(dialect: Dialect, name: str) -> str | None:
    """Explain a field of an entry of a hook event."""
    field = next((field for field in dialect.hooks.entry_fields if field.name == name), None)
    return _field_page(dialect, field, "field of a hook") if field else None


def explain_handler_field(dialect: Dialect, handler: str, field: str) -> str | None:
    """Explain a field of a hook handler; a handler of unknown type may have any field."""
    common = next((row for row in dialect.hooks.common_fields if row.name == field), None)
    if common:
        return _field_page(dialect, common, "field of a hook handler")
    known = dialect.hook_handler(handler)
    for kind in (known,) if known else dialect.hooks.handlers:
        of_type = next((row for row in kind.fields if row.name == field), None)
        if of_type:
            return _field_page(dialect, of_type, f"field of a hook handler of type `{kind.name}`")
    return None


def explain_server_field(dialect: Dialect, name: str) -> str | None:
    """Explain a field of the definition of an MCP server."""
    field = next((field for field in dialect.servers.fields if field.name == name), None)
    return _field_page(dialect, field, "field of an MCP server") if field else None


def explain_transport(dialect: Dialect, name: str) -> str | None:
    """Explain a type of MCP servers."""
    transport = next((row for row in dialect.servers.transports if row.name == name), None)
    if transport is None:
        return None
    facts = [("Required", code_span(transport.required_field))]
    return render_page(name, "MCP server type", transport.summary, facts, dialect.source(transport.source))


def _field_page(dialect: Dialect, field: HookField, kind: str) -> str:
    facts = [
        ("", "Required" if field.required else ""),
        ("Type", _TYPES.get(field.type, "")),
        ("Values", _list_names(field.values)),
        ("No effect in agents", field.no_effect),
    ]
    return render_page(field.name, kind, field.summary, facts, dialect.source(field.source))


# --- names and rules --------------------------------------------------------------------------


def explain_agent(dialect: Dialect, name: str) -> str | None:
    """Explain a built-in or reserved name of an agent."""
    runtime = dialect.runtimes[0].title
    for rows, kind, effect in (
        (dialect.builtin_agents, "built-in agent", f"An agent with this name replaces it in {runtime}."),
        (dialect.reserved_names, "reserved name", ""),
    ):
        found = next((row for row in rows if row.name == name), None)
        if found:
            return render_page(name, kind, f"{found.summary} {effect}", (), dialect.source(found.source))
    return None


def explain_variable(dialect: Dialect, name: str) -> str | None:
    """Explain a variable of prompts."""
    found = next((row for row in dialect.prompt_variables.all if row.name == name), None)
    return render_page(name, "variable", found.summary, (), dialect.source(found.source)) if found else None


def explain_argument(dialect: Dialect, written: str, position: int | None) -> str | None:
    """Explain a placeholder for the argument at `position` of a call, `None` for all arguments."""
    syntax = dialect.prompt_arguments
    if syntax is None:
        return None
    source = dialect.source(syntax.source)
    if position is None:
        facts = [("One of them", f"`{syntax.placeholder}[0]` or `$0` for the first, `$1` for the second")]
        return render_page(
            written, "argument", "All arguments of the call, as they are typed.", facts, source
        )
    is_named = not written.lstrip("$").isdecimal() and not written.startswith(syntax.placeholder)
    summary = f"The {ordinal(position)} argument of the call. It is filled in everywhere, also in code."
    missing = "nothing is filled in" if is_named else "it stays as it is"
    facts = [("Without this argument", missing), ("To keep the text", f"`\\{written}`")]
    return render_page(written, "argument", summary, facts, source)


def explain_rule(code: str) -> str | None:
    """Explain a rule, with its severity and its group."""
    rule = all_rules().get(code)
    return f"**`{code}`** (rule, {rule.severity.label}, {rule.group})\n\n{rule.page}" if rule else None


# --- anything by its name ---------------------------------------------------------------------


class _WordGroup(NamedTuple):
    """Names of one kind, and the function that explains one of them."""

    names: tuple[str, ...]
    page: Callable[[str], str | None]


def _word_groups(dialect: Dialect, *, own_words: bool = False) -> Iterator[_WordGroup]:
    """All names that have a page, in the order in which a word is looked up.

    With `own_words`, rules and names of other formats are excluded.
    """

    def words(rows: Iterable[NamedTuple], page: Callable[[str], str | None]) -> _WordGroup:
        return _WordGroup(_names(rows), page)

    hooks, servers = dialect.hooks, dialect.servers
    if not own_words:
        yield _WordGroup(tuple(all_rules()), explain_rule)
    yield words(dialect.keys, partial(explain_key, dialect))
    yield words((*dialect.tools, *dialect.old_tools), partial(explain_tool, dialect))
    yield _WordGroup(dialect.configured_tools, partial(explain_tool, dialect))
    yield words(dialect.models.known, partial(explain_model, dialect))
    yield words(hooks.events, partial(explain_event, dialect))
    for key in dialect.keys:
        yield words(key.values, partial(explain_value, dialect, key.name))
    if not own_words:
        elsewhere = crosswalk.load_crosswalk()
        keys = dict.fromkeys((*_names(dialect.foreign_keys), *elsewhere.keys.all_names))
        yield _WordGroup(tuple(filter(dialect.foreign_key, keys)), partial(explain_key, dialect))
        tools = dict.fromkeys((*_names(dialect.foreign_tools), *elsewhere.tools.all_names))
        yield _WordGroup(tuple(filter(dialect.foreign_tool, tools)), partial(explain_tool, dialect))
    yield words(hooks.handlers, partial(explain_handler, dialect))
    yield words(hooks.entry_fields, partial(explain_entry_field, dialect))
    fields = (*hooks.common_fields, *(field for handler in hooks.handlers for field in handler.fields))
    yield words(fields, partial(explain_handler_field, dialect, ""))
    yield words(servers.fields, partial(explain_server_field, dialect))
    yield words(servers.transports, partial(explain_transport, dialect))
    yield words(dialect.special_agent_names, partial(explain_agent, dialect))


def _names(rows: Iterable[NamedTuple]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)  # type: ignore[attr-defined]


def explain(word: str, dialect: Dialect) -> str | None:
    """Explain `word`, whatever it names. Case only matters if several names differ in nothing else."""
    word = word.strip()
    vocabulary = list(_word_groups(dialect))
    for words in vocabulary:
        if word in words.names:
            return words.page(word)
    for words in vocabulary:
        for name in words.names:
            if name.lower() == word.lower():
                return words.page(name)
    return explain_tool(dialect, word) or explain_model(dialect, word) if word else None


def explain_in_any_format(word: str) -> str | None:
    """Explain `word` in the most common dialect that has it, with a note on the other dialects.

    Exact matches come first, then matches that differ in case, then names that no dialect has itself.
    """
    word = word.strip()
    if word in all_rules():
        return explain_rule(word)
    known = [loader.load_dialect(name) for name in loader.DIALECT_NAMES]
    for fold in (str, str.lower):
        pages = {}
        for dialect in known:
            rows = ((words, name) for words in _word_groups(dialect, own_words=True) for name in words.names)
            pages[dialect.name] = next((w.page(name) for w, name in rows if fold(name) == fold(word)), None)
        found = [dialect for dialect in known if pages[dialect.name]]
        if found:
            return f"{pages[found[0].name]}\n\n{_format_note(found[0], found[1:])}"
    return explain(word, known[0])


def _format_note(dialect: Dialect, others: list[Dialect]) -> str:
    """A sentence with the dialect that a page is about, and the others that have the word."""
    line = f"Dialect: {code_span(dialect.name)} ({dialect.title})."
    if not others:
        return line
    rest = f" and {len(others) - _MAX_FORMATS} more" if len(others) > _MAX_FORMATS else ""
    names = _list_names(other.name for other in others[:_MAX_FORMATS])
    return f"{line} Also in {names}{rest}; select one with `--dialect`."


_MAX_FORMATS = 8


def suggest_words(word: str, dialect: Dialect) -> list[str]:
    """The closest matches to `word` among the names that have a page, the most common kinds first."""
    found = (closest_match(word, words.names) for words in _word_groups(dialect))
    return [name for name in dict.fromkeys(found) if name and not _is_misspelt(name, dialect)]


def _is_misspelt(name: str, dialect: Dialect) -> bool:
    """Whether `name` is another spelling of a key of the dialect."""
    foreign = None if dialect.key(name) else dialect.foreign_key(name)
    return foreign is not None and foreign.is_misspelling
