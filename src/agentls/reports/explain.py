"""A key, value, tool, model, hook or rule as a page of Markdown, all from the dialect's tables.

A page is made for a popup: the name and what it is, a summary, the facts as a short list, and
where they come from. Each `about_` function gives `None` for what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import agentls.linter.rules  # Fills the registry.  # noqa: F401
from agentls.dialects import crosswalk, loader
from agentls.dialects.foreign import ForeignKey, ForeignTool
from agentls.dialects.hooks import HookField
from agentls.dialects.loader import Dialect
from agentls.dialects.records import FormerTool, Key, Source, Tool
from agentls.dialects.tool_names import ALL_TOOLS, MCP_PREFIX, is_mcp_tool
from agentls.linter.rule import RULES
from agentls.text.spelling import closest_match
from agentls.text.wording import code_span

# --- the parts of a page ----------------------------------------------------------------------

_CONFIDENCE = {"documented": " (documented)", "third-party": " (by third parties, not confirmed)"}


def render_page(name: str, kind: str, summary: str, facts: Iterable[tuple[str, str]], source: Source) -> str:
    """A page: the name and what it is, a summary in paragraphs, facts as a list, the source.

    A fact without a text is left out.
    """
    rows = "\n".join(f"- {label}: {text}" if label else f"- {text}" for label, text in facts if text)
    rows = rows.replace(": \n", ":\n")
    parts = (f"**{code_span(name)}** ({kind})", summary.strip(), rows, cite_source(source))
    return "\n\n".join(part for part in parts if part)


def cite_source(source: Source) -> str:
    """Where a fact comes from, as of when, and how it is known; what was observed says so itself."""
    title = f"[{source.title}]({source.url})" if source.url else source.title
    date = f", {source.date}" if source.date else ""
    return f"*Source: {title}{date}{_CONFIDENCE.get(source.confidence, '')}.*"


def join_names(names: Iterable[str]) -> str:
    return ", ".join(code_span(name) for name in names)


def observed_source(dialect: Dialect) -> Source:
    """The source for what the runtime was seen to do, or not to know."""
    return next((s for s in dialect.sources if s.confidence == "observed"), dialect.sources[0])


def about_unknown(dialect: Dialect, name: str, kind: str, effect: str, known: Iterable[str]) -> str:
    """The page of a word that no table has: what the runtime does with it, and what it may mean."""
    meant = closest_match(name, known)
    facts = [("Did you mean", code_span(meant) if meant else "")]
    return render_page(
        name, f"unknown {kind}", f"{dialect.runtimes[0].title} {effect}.", facts, observed_source(dialect)
    )


# --- keys and values --------------------------------------------------------------------------

_TYPES = {
    "text": "text",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "tools": "names of tools",
    "model": "an alias or the id of a model",
    "skills": "names of skills",
    "servers": "a list of MCP servers",
    "hooks": "a mapping from events to lists of hooks",
    "number": "a number",
    "list": "a list",
    "mapping": "a mapping",
    "globs": "patterns of files",
}
_SCALARS = {"int": "a whole number", "str": "text", "bool": "`true` or `false`", "float": "a number"}


def about_key(dialect: Dialect, name: str) -> str | None:
    """The page of a frontmatter key, or of a key that belongs to another format."""
    key = dialect.key(name)
    if key:
        return _key_page(dialect, key)
    foreign = dialect.foreign_key(name)
    return _foreign_key_page(dialect, foreign) if foreign else None


def about_record_field(dialect: Dialect, path: str) -> str | None:
    """The page of a field of a record, by its path, as in `handoffs.agent`."""
    field = dialect.field(path)
    of = path.rpartition(".")[0]
    return _key_page(dialect, field, f"field of `{of}`") if field and of else None


def _key_page(dialect: Dialect, key: Key, kind: str = "key") -> str:
    also = " or ".join(_SCALARS.get(kind, kind) for kind in key.value.also_types)
    plugin = "the key is ignored" if key.effects.ignored_in_plugin else key.docs.plugin
    facts = [
        ("", "Required" if key.required else ""),
        ("Type", _TYPES.get(key.type, "")),
        ("Values", _values(key)),
        ("Also", also),
        ("Without it", key.docs.default_effect),
        ("A value that does not fit", key.docs.invalid_effect),
        ("Specifiers in parentheses", key.docs.specifier),
        ("In a plugin", plugin),
        ("Since", key.docs.since),
        ("Known to", _titles(dialect, key.runtimes)),
        ("Deprecated", key.deprecation.deprecated),
        ("Without effect", key.effects.no_effect),
        ("Write instead", code_span(key.deprecation.replacement) if key.deprecation.replacement else ""),
        ("Has an effect", _when(key)),
        ("Fields", join_names(field.name for field in key.fields)),
    ]
    text = f"{key.summary}\n\n{key.docs.details}"
    return render_page(key.name, kind, text, facts, dialect.source(key.source))


def _titles(dialect: Dialect, runtimes: Iterable[str]) -> str:
    """The names for people of some of the runtimes; "" for all of them."""
    return ", ".join(dialect.runtime(name).title for name in runtimes)


def _when(key: Key) -> str:
    """The condition under which a key does something, in words."""
    if (condition := key.effects.applies_when) is None:
        return ""
    values = [code_span(value) for value in condition.values if value]
    others = [code_span(value) for value in condition.excluded_values]
    said = f" {' or '.join(values)}" if values else f" other than {' and '.join(others)}" if others else ""
    return f"with {code_span(condition.key)}{said}"


def _values(key: Key) -> str:
    """The words of a key with what they mean, or in a row where the word says it."""
    if all(value.summary.lower() in ("", value.name.lower()) for value in key.values):
        return join_names(value.name for value in key.values)
    return "".join(f"\n  - `{value.name}`: {value.summary}" for value in key.values)


def _foreign_key_page(dialect: Dialect, key: ForeignKey) -> str:
    runtime = dialect.runtimes[0]
    whose = f"A key of {key.owner}. " if key.owner else ""
    effect = f"{runtime.title} {_UNKNOWN_KEYS[runtime.unknown_keys]}"
    note = f"{key.note[0].upper()}{key.note[1:]}." if key.note else ""
    facts = [("Write instead", code_span(key.replacement) if key.replacement else ""), ("", note)]
    return render_page(key.name, "unknown key", f"{whose}{effect}.", facts, observed_source(dialect))


_UNKNOWN_KEYS = {
    "ignored": "ignores it here",
    "undocumented": "is not known to do anything with it",
    "refused": "refuses a file that has it",
    "passed on": "hands it on to the provider of the model",
}


def about_value(dialect: Dialect, key: str, value: str) -> str | None:
    """The page of a word that the key `key` accepts."""
    known = dialect.field(key)
    if known is None:
        return None
    for word in known.values:
        if word.name == value or (known.value.ignores_case and word.name.lower() == value.lower()):
            facts = [("The same as", code_span(word.alias_of) if word.alias_of else "")]
            return render_page(
                word.name, f"value of `{key}`", word.summary, facts, dialect.source(word.source)
            )
    return None


# --- tools ------------------------------------------------------------------------------------


def about_tool(dialect: Dialect, name: str) -> str | None:
    """The page of a tool: built in, renamed or removed, another product's, an MCP server's, the user's."""
    tool = dialect.tool(name)
    if tool:
        return _tool_page(dialect, tool)
    if name in dialect.configured_tools:
        return render_page(name, "tool", "Added in your configuration.", (), dialect.source("configuration"))
    if name == ALL_TOOLS:
        return _of_the_lists(dialect, name, "all tools", "All the tools that are available.")
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
        ("Permission prompt", {True: "yes", False: "no", None: ""}[tool.asks_permission]),
        ("In subagents", _availability(dialect, tool) if differs else ""),
        ("", "" if tool.in_every_session else "Exists in some sessions or on some systems only"),
        ("Specifier in permission rules", tool.specifier),
        ("Old names that still work", join_names(old_names)),
        ("Since", tool.since),
    ]
    if tool.superseded_by:
        beside = f"not given, as the same is done through `{tool.superseded_by}`; that is in order"
        version = f"{dialect.runtimes[0].title} {dialect.runtimes[0].version}"
        facts.append((f"Listed beside `{tool.superseded_by}`", f"{beside} (observed in {version})"))
    return render_page(tool.name, "tool", tool.summary, facts, dialect.source(tool.source))


def _availability(dialect: Dialect, tool: Tool) -> str:
    """Whether a subagent gets the tool that it lists."""
    if tool.availability == "never":
        return "never available, even if listed"
    if tool.availability != "always":
        return f"available with `{dialect.tool_keys.mode}: {tool.mode}` only"
    return "available, also in the background" if tool.background else "available, but not in the background"


def _old_tool_page(dialect: Dialect, old: FormerTool) -> str:
    ignored = f"{dialect.runtimes[0].title} drops the name without a word."
    effect = "The old name is still understood." if old.still_accepted else ignored
    summary = f"{old.note[0].upper()}{old.note[1:]}. {effect}"
    facts = [("Write instead", join_names(old.replacements))]
    return render_page(old.name, "old tool name", summary, facts, dialect.source(old.source))


def _foreign_tool_page(dialect: Dialect, tool: ForeignTool) -> str:
    # Some runtimes understand it all the same.
    others = [runtime for runtime in dialect.runtimes if runtime.name not in tool.accepted_by]
    effect = _UNKNOWN_TOOLS[others[0].unknown_tools] if others else "understands the name all the same"
    summary = f"A tool of {tool.owner}. {(*others, *dialect.runtimes)[0].title} {effect}."
    facts = [("What comes nearest", join_names(tool.replacements))]
    return render_page(tool.name, "unknown tool", summary, facts, observed_source(dialect))


_UNKNOWN_TOOLS = {
    "dropped": "drops the name without a word",
    "refused": "refuses an agent that lists it",
    "reported": "calls it a mistake",
    "undocumented": "is not known to have it",
}


def _mcp_page(dialect: Dialect, name: str) -> str:
    """The page of `mcp__server`, `mcp__server__*` or `mcp__server__tool`."""
    server, _, tool = name.removeprefix(MCP_PREFIX).partition("__")
    if server == ALL_TOOLS:
        denied = dialect.tool_keys.denied
        summary = f"All tools of all MCP servers{f'; only supported in `{denied}`' if denied else ''}."
    elif tool in ("", ALL_TOOLS):
        summary = f"All tools of the MCP server {code_span(server)}, if it is connected."
    else:
        summary = f"The tool {code_span(tool)} of the MCP server {code_span(server)}, if it is connected."
    return _of_the_lists(dialect, name, "MCP tools" if tool in ("", ALL_TOOLS) else "MCP tool", summary)


def _of_the_lists(dialect: Dialect, name: str, kind: str, summary: str) -> str:
    """The page of a word that tool lists understand, with the source of the tool list itself."""
    key = next(key for key in dialect.keys if key.type == "tools")
    return render_page(name, kind, summary, (), dialect.source(key.source))


# --- models -----------------------------------------------------------------------------------


def about_model(dialect: Dialect, name: str) -> str | None:
    """The page of a model: an alias, an id, or an id in another provider's form."""
    model = dialect.models.get(name)
    if model is None:
        if not dialect.models.matches_other_id(name):
            return None
        key = next(key for key in dialect.keys if key.type == "model")
        return render_page(name, "model id", dialect.models.other_ids_note, (), dialect.source(key.source))
    fate = {
        "older": "older; a newer model of the family exists",
        "remapped": "gone; the newer model answers instead",
        "retired": "retired; requests fail",
    }
    suffix, runtime = dialect.models.long_context, dialect.runtimes[0]
    long = bool(suffix) and name.strip().lower().endswith(suffix)
    target = f"`{model.resolves_to}` in {runtime.title} {runtime.version}"
    facts = [
        ("Resolves to", target if model.resolves_to else ""),
        ("Status", fate.get(model.status, "")),
        (code_span(suffix), "asks for the long context window" if long else ""),
    ]
    kind, summary = f"model {model.kind}", f"{model.summary.rstrip('.')}."
    return render_page(model.name, kind, summary, facts, dialect.source(model.source))


# --- hooks and servers ------------------------------------------------------------------------


def about_event(dialect: Dialect, name: str) -> str | None:
    """The page of a hook event."""
    event = dialect.hook_event(name)
    if event is None:
        return None
    facts = [
        ("Matcher", f"compared with {event.matcher_subject}" if event.matcher_subject else "ignored"),
        ("", "A definition that is broken unloads the whole agent" if event.rejects_if_invalid else ""),
    ]
    return render_page(event.name, "hook event", event.summary, facts, dialect.source(event.source))


def about_handler(dialect: Dialect, type: str) -> str | None:  # noqa: A002  The field is called so.
    """The page of a kind of hook handler."""
    handler = dialect.hook_handler(type)
    if handler is None:
        return None
    facts = [
        ("Required", join_names(field.name for field in handler.fields if field.required)),
        ("Optional", join_names(field.name for field in handler.fields if not field.required)),
    ]
    return render_page(
        handler.name, "kind of hook handler", handler.summary, facts, dialect.source(handler.source)
    )


def about_entry_field(dialect: Dialect, name: str) -> str | None:
    """The page of a field of an entry below a hook event."""
    field = next((field for field in dialect.hooks.entry_fields if field.name == name), None)
    return _field_page(dialect, field, "field of a hook") if field else None


def about_field(dialect: Dialect, handler: str, field: str) -> str | None:
    """The page of a field of a hook handler; an unknown kind of handler may have any field."""
    common = next((row for row in dialect.hooks.common_fields if row.name == field), None)
    if common:
        return _field_page(dialect, common, "field of a hook handler")
    known = dialect.hook_handler(handler)
    for kind in (known,) if known else dialect.hooks.handlers:
        own = next((row for row in kind.fields if row.name == field), None)
        if own:
            return _field_page(dialect, own, f"field of a hook handler of type `{kind.name}`")
    return None


def about_server_field(dialect: Dialect, name: str) -> str | None:
    """The page of a field of an MCP server's definition."""
    field = next((field for field in dialect.servers.fields if field.name == name), None)
    return _field_page(dialect, field, "field of an MCP server") if field else None


def about_transport(dialect: Dialect, name: str) -> str | None:
    """The page of a way to reach an MCP server."""
    transport = next((row for row in dialect.servers.transports if row.name == name), None)
    if transport is None:
        return None
    facts = [("Needs", code_span(transport.required_field))]
    return render_page(name, "kind of MCP server", transport.summary, facts, dialect.source(transport.source))


def _field_page(dialect: Dialect, field: HookField, kind: str) -> str:
    facts = [
        ("", "Required" if field.required else ""),
        ("Type", _TYPES.get(field.type, "")),
        ("Values", join_names(field.values)),
        ("In an agent", f"no effect: {field.no_effect}" if field.no_effect else ""),
    ]
    return render_page(field.name, kind, field.summary, facts, dialect.source(field.source))


# --- names and rules --------------------------------------------------------------------------


def about_agent(dialect: Dialect, name: str) -> str | None:
    """The page of an agent's name that has a meaning of its own."""
    runtime = dialect.runtimes[0].title
    for rows, kind, effect in (
        (dialect.builtin_agents, "built-in agent", f"An agent of this name takes its place in {runtime}."),
        (dialect.reserved_names, "reserved name", ""),
    ):
        found = next((row for row in rows if row.name == name), None)
        if found:
            return render_page(name, kind, f"{found.summary} {effect}", (), dialect.source(found.source))
    return None


def about_variable(dialect: Dialect, name: str) -> str | None:
    """The page of a variable that a prompt can name."""
    found = next((row for row in dialect.prompt_variables.variables if row.name == name), None)
    return render_page(name, "variable", found.summary, (), dialect.source(found.source)) if found else None


def about_rule(code: str) -> str | None:
    """The page of a rule with its severity and its group."""
    rule = RULES.get(code)
    return f"**`{code}`** (rule, {rule.severity.label}, about {rule.group})\n\n{rule.page}" if rule else None


# --- anything by its name ---------------------------------------------------------------------


class _WordGroup(NamedTuple):
    """The names of one kind of thing, and what makes a page of one of them."""

    names: tuple[str, ...]
    page: Callable[[str], str | None]


def _word_groups(dialect: Dialect, *, own: bool = False) -> Iterator[_WordGroup]:
    """All that has a page, in the order in which a word is looked up; with `own` but for the rules, which
    are the same everywhere, and for what belongs to other formats."""

    def words(rows: Iterable[NamedTuple], page: Callable[[str], str | None]) -> _WordGroup:
        return _WordGroup(_names(rows), page)

    hooks, servers = dialect.hooks, dialect.servers
    if not own:
        yield _WordGroup(tuple(RULES), about_rule)
    yield words(dialect.keys, partial(about_key, dialect))
    yield words((*dialect.tools, *dialect.old_tools), partial(about_tool, dialect))
    yield _WordGroup(dialect.configured_tools, partial(about_tool, dialect))
    yield words(dialect.models.known, partial(about_model, dialect))
    yield words(hooks.events, partial(about_event, dialect))
    for key in dialect.keys:
        yield words(key.values, partial(about_value, dialect, key.name))
    if not own:
        elsewhere = crosswalk.load_crosswalk()
        keys = dict.fromkeys((*_names(dialect.foreign_keys), *elsewhere.keys.all_names))
        yield _WordGroup(tuple(filter(dialect.foreign_key, keys)), partial(about_key, dialect))
        tools = dict.fromkeys((*_names(dialect.foreign_tools), *elsewhere.tools.all_names))
        yield _WordGroup(tuple(filter(dialect.foreign_tool, tools)), partial(about_tool, dialect))
    yield words(hooks.handlers, partial(about_handler, dialect))
    yield words(hooks.entry_fields, partial(about_entry_field, dialect))
    fields = (*hooks.common_fields, *(field for handler in hooks.handlers for field in handler.fields))
    yield words(fields, partial(about_field, dialect, ""))
    yield words(servers.fields, partial(about_server_field, dialect))
    yield words(servers.transports, partial(about_transport, dialect))
    yield words(dialect.special_agent_names, partial(about_agent, dialect))


def _names(rows: Iterable[NamedTuple]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)  # type: ignore[attr-defined]


def explain(word: str, dialect: Dialect) -> str | None:
    """The page of whatever is called `word`; case counts only where several things fit."""
    word = word.strip()
    vocabulary = list(_word_groups(dialect))
    for words in vocabulary:
        if word in words.names:
            return words.page(word)
    for words in vocabulary:
        for name in words.names:
            if name.lower() == word.lower():
                return words.page(name)
    return about_tool(dialect, word) or about_model(dialect, word) if word else None


def explain_in_any_format(word: str) -> str | None:
    """The page of whatever is called `word` in the most common format that has such a thing, which
    the page names, with the others. Names that differ in case come second, and those that belong
    elsewhere last: they are none of any format's own."""
    word = word.strip()
    if word in RULES:
        return about_rule(word)
    known = [loader.load_dialect(name) for name in loader.DIALECT_NAMES]
    for fold in (str, str.lower):
        pages = {}
        for dialect in known:
            rows = ((words, name) for words in _word_groups(dialect, own=True) for name in words.names)
            pages[dialect.name] = next((w.page(name) for w, name in rows if fold(name) == fold(word)), None)
        found = [dialect for dialect in known if pages[dialect.name]]
        if found:
            return f"{pages[found[0].name]}\n\n{_format_note(found[0], found[1:])}"
    return explain(word, known[0])


def _format_note(dialect: Dialect, others: list[Dialect]) -> str:
    """Which format a page is about, and which other ones have the word."""
    line = f"This is about {code_span(dialect.name)} ({dialect.title})."
    if not others:
        return line
    rest = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    names = join_names(other.name for other in others[:_NAMED])
    return f"{line} Other formats have the word too: {names}{rest}. Choose one with `--dialect`."


_NAMED = 8


def suggest_words(word: str, dialect: Dialect) -> list[str]:
    """Words with a page that `word` may be meant to be, the likeliest kinds of things first."""
    found = (closest_match(word, words.names) for words in _word_groups(dialect))
    return [name for name in dict.fromkeys(found) if name and not _is_misspelt(name, dialect)]


def _is_misspelt(name: str, dialect: Dialect) -> bool:
    """Whether a name is only another way of writing that of a key."""
    foreign = None if dialect.key(name) else dialect.foreign_key(name)
    return foreign is not None and foreign.is_misspelling
