"""What may be written in the frontmatter, as offers for completion, from the dialect's tables.

An offer knows nothing of the cursor. Its text is a snippet: `$1` is a place to type at, `${1:word}`
one with a suggestion, and lines below the first are indented as if the first stood at the margin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from agentls.dialects import tool_names, value_schema
from agentls.dialects.hooks import HookEvent, HookField
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document import tools as toollist

ItemKind = (
    Literal["key", "value", "tool", "model", "event", "field", "type", "skeleton", "variable"]
    | Literal["agent", "skill", "command", "server"]
)

BOOLEANS = ("true", "false")

MATCHER = "matcher"
HANDLERS = "hooks"
TYPE = "type"
"""Fields with a part of their own: an entry's matcher and handlers, the kind of a handler or server."""

ENTRY = "entry"
SERVER = "server"
"""What a field belongs to, where that is not a kind of hook handler."""


class CompletionItem(NamedTuple):
    """A word with a line about it. `text` is what is written for it if that is more than the word.

    `within` is what the word belongs to: the key of a value, and of a field the kind of handler,
    `ENTRY` or `SERVER`.
    """

    label: str
    kind: ItemKind
    detail: str
    text: str = ""
    parent: str = ""
    deprecated: bool = False


def keys(dialect: Dialect, present: Collection[str], *, in_plugin: bool) -> Iterator[CompletionItem]:
    """The frontmatter keys that are not there yet and do something, those of old last."""
    for key in sorted(dialect.keys, key=lambda key: bool(key.deprecation.deprecated)):
        if (
            key.name not in present
            and not key.effects.no_effect
            and not (in_plugin and key.effects.ignored_in_plugin)
        ):
            old = bool(key.deprecation.deprecated)
            yield CompletionItem(key.name, "key", key.summary, _line(key.name, key.snippet), deprecated=old)


def values(dialect: Dialect, key: Key) -> Iterator[CompletionItem]:
    """The words that a key accepts: its own, truth values or models."""
    if key.type == "boolean":
        yield from (CompletionItem(word, "value", key.summary, parent=key.name) for word in BOOLEANS)
    if key.type == "model":
        yield from _models(dialect)
    for word in sorted(key.values, key=lambda word: bool(word.alias_of)):
        yield CompletionItem(word.name, "value", word.summary, parent=key.name)


def fields(
    keys: Iterable[Key], one_of: Collection[str], present: Mapping[str, str], within: str
) -> Iterator[CompletionItem]:
    """The fields of a record that are not there yet, those that it needs first; `within` is the path
    of the record. Each brings along what else the record needs, of `one_of` the first."""
    rows = sorted(keys, key=lambda key: not key.required)
    for key in rows:
        if key.name not in present:
            there = {**present, key.name: ""}
            first = next((name for name in one_of if not any(name in there for name in one_of)), None)
            needed = [
                other
                for other in rows
                if other.name not in there
                and (other.name == first or (other.required and _applies(other, there)))
            ]
            yield CompletionItem(key.name, "field", key.summary, _lines((key, *needed)), within)


def _applies(key: Key, present: Mapping[str, str]) -> bool:
    """Whether the neighbours of a field ask for it; "" stands for one that is not there."""
    if key.effects.applies_when is None:
        return True
    values = key.effects.applies_when.values
    return (
        present[key.effects.applies_when.key] in values or not values
        if key.effects.applies_when.key in present
        else "" in values
    )


def _lines(keys: Iterable[Key]) -> str:
    """A line for each key, with tab stops that count on."""
    lines: list[str] = []
    stops = 0
    for key in keys:
        line = _line(key.name, _form(key))
        lines.append(_STOP.sub(lambda found: f"{found[1]}{int(found[2]) + stops}", line))  # noqa: B023
        stops += len(_STOP.findall(line))
    return "\n".join(lines)


def _form(key: Key) -> str:
    """What is written behind the colon of a field: what its shape asks for, and its only word where
    there is one."""
    if key.snippet != "$1" or not key.value.schema:
        return key.snippet
    if len(key.values) == 1:
        return f"${{1:{key.values[0].name}}}"
    words = {shape.word for shape in value_schema.parse_schema(key.value.schema)}
    if words <= {"list", "some list"}:
        return "[$1]"
    return "\n  $1" if words <= {"map", "record"} else key.snippet


_STOP = re.compile(r"(?<!\\)(\$\{?)([1-9])")


def words(key: Key, within: str, *, booleans: bool) -> Iterator[CompletionItem]:
    """The words that a key or a field accepts; `within` is its path."""
    for word in key.values:
        yield CompletionItem(word.name, "value", word.summary, parent=within)
    if booleans:
        yield from (CompletionItem(word, "value", key.summary, parent=within) for word in BOOLEANS)


def switches(dialect: Dialect, present: Collection[str]) -> Iterator[CompletionItem]:
    """The tools that a mapping of tools to truth values does not name yet, but for those that are
    ruled together with another one."""
    for tool in dialect.tools:
        if tool.name not in present and not tool.permission_name:
            yield CompletionItem(tool.name, "tool", tool.summary, _line(tool.name, "${1:true}"))


def _models(dialect: Dialect) -> Iterator[CompletionItem]:
    """The models that can be asked for, the older ones last."""
    known = [model for model in dialect.models.known if model.status in ("current", "older")]
    for model in sorted(known, key=lambda model: model.status == "older"):
        sends = f" At present `{model.resolves_to}`." if model.resolves_to else ""
        yield CompletionItem(model.name, "model", f"{model.summary.rstrip('.')}.{sends}")


def tools(
    dialect: Dialect, permission_mode: str | None, listed: set[str], *, denying: bool
) -> Iterator[CompletionItem]:
    """The tools that a list can name besides those in `listed`, which are names of today.

    The user's own come first, old names that still work last. Tools that no subagent has are
    offered only where they are denied: an agent can also run the main session.
    """
    for name in dialect.configured_tools:
        if not toollist.is_denied(name, listed):
            yield CompletionItem(name, "tool", "Added in your configuration.")
    last = []
    for tool in dialect.tools:
        offer = CompletionItem(tool.name, "tool", tool.summary)
        if tool.name in listed:
            continue
        if tool_names.resolve_tool(tool.name, dialect, permission_mode).standing == "available":
            yield offer
        elif denying:
            last.append(offer)
    yield from last
    for old in dialect.old_tools:
        if old.still_accepted and old.replacements[0] not in listed:
            yield CompletionItem(
                old.name, "tool", f"Now `{old.replacements[0]}`: {old.note}.", deprecated=True
            )


def all_tools() -> CompletionItem:
    """The word for all tools."""
    return CompletionItem(tool_names.ALL_TOOLS, "tool", "All the tools that are available.")


def quote_if_needed(name: str) -> str:
    """`name` as a value in quotes, if YAML asks for them, otherwise ""."""
    return "" if _PLAIN_VALUE.fullmatch(name) else f'"{name}"'


_PLAIN_VALUE = re.compile(r"[\w/(][^\s,:#\[\]{}]*")


def agents(dialect: Dialect, listed: Collection[str]) -> Iterator[CompletionItem]:
    """The built-in agents that are not listed yet."""
    for agent in dialect.builtin_agents:
        if agent.name not in listed:
            yield CompletionItem(agent.name, "agent", agent.summary)


# --- hooks ------------------------------------------------------------------------------------


def event(dialect: Dialect, key: Key, event: HookEvent) -> CompletionItem:
    """A hook event with an entry to fill in: where the table has a shape for entries, what that needs."""
    if key.value.schema:
        needed = fields(key.fields, key.requirement.required_one_of, {}, "")
        entry = next((offer.text for offer in needed), "")
    else:
        entry = "\n".join(_entry(dialect, event))
    return CompletionItem(event.name, "event", event.summary, f"{event.name}:\n  - {_indented(entry, 4)}")


def entry_fields(
    dialect: Dialect, event: HookEvent | None, present: Collection[str]
) -> Iterator[CompletionItem]:
    """The fields of an entry below an event that are not there yet. A matcher brings the handlers
    along, since an entry without them is broken."""
    for field in dialect.hooks.entry_fields:
        if field.name in present or (field.name == MATCHER and event and not event.matcher_subject):
            continue
        lines = [_matcher(dialect, event)] if field.name == MATCHER else []
        if HANDLERS not in present:
            lines.append(_handlers(dialect, len(lines) + 1))
        yield CompletionItem(field.name, "field", field.summary, "\n".join(lines), ENTRY)


def _entry(dialect: Dialect, event: HookEvent) -> Iterator[str]:
    """The lines of a new entry below an event."""
    if event.matches_tools:
        yield _matcher(dialect, event)
    yield _handlers(dialect, 2)


def _matcher(dialect: Dialect, event: HookEvent | None) -> str:
    """A matcher; on events about tools it starts out with the first tool that asks for permission."""
    asking = next((tool.name for tool in dialect.tools if tool.asks_permission), "")
    return f"{MATCHER}: ${{1:{asking}}}" if event and event.matches_tools and asking else f"{MATCHER}: $1"


def _handlers(dialect: Dialect, stop: int) -> str:
    """A list of handlers with one of the first kind, its tab stops from number `stop` on."""
    first = dialect.hooks.handlers[0]
    required = [field.name for field in first.fields if field.required]
    lines = [f"{TYPE}: {first.name}", *(f"{name}: ${at}" for at, name in enumerate(required, stop))]
    return f"{HANDLERS}:\n  - " + "\n    ".join(lines)


def handler_fields(
    dialect: Dialect, event: HookEvent | None, present: Mapping[str, str]
) -> Iterator[CompletionItem]:
    """The fields of a handler that are not there yet."""
    needs = {
        row.name: [field.name for field in row.fields if field.required] for row in dialect.hooks.handlers
    }
    kind = _kind(needs, present)
    rows = [
        (field, row.name)
        for row in dialect.hooks.handlers
        for field in row.fields
        if kind in (row.name, None)
    ]
    rows += [
        (field, "")
        for field in dialect.hooks.common_fields
        if not field.no_effect and not (field.tool_events_only and event and not event.matches_tools)
    ]
    return _fields(rows, needs, kind, present)


def server_field_items(dialect: Dialect, present: Mapping[str, str]) -> Iterator[CompletionItem]:
    """The fields of a server's definition that are not there yet."""
    needs = {row.name: [row.required_field] for row in dialect.servers.transports}
    kind = _kind(needs, present)
    others = {name for names in needs.values() for name in names if kind and name not in needs[kind]}
    rows = [(field, SERVER) for field in dialect.servers.fields if field.name not in others]
    return _fields(rows, needs, kind, present)


def _kind(needs: Mapping[str, list[str]], present: Mapping[str, str]) -> str | None:
    """The kind that a handler or server says it is, or else that its fields make it."""
    if TYPE in present:
        return present[TYPE] if present[TYPE] in needs else None
    return next((kind for kind, names in needs.items() if set(names) <= set(present)), None)


def _fields(
    rows: Iterable[tuple[HookField, str]],
    needs: Mapping[str, list[str]],
    kind: str | None,
    present: Collection[str],
) -> Iterator[CompletionItem]:
    """The fields in `rows`, each with what it belongs to, that are not in `present`: first the
    type, then what the kind needs. While the kind is open, only what settles it is offered, and
    brings along what goes with it."""
    needed = {name for names in needs.values() for name in names}
    missing: dict[str, tuple[HookField, str]] = {}
    for field, within in rows:
        if field.name not in present:
            missing.setdefault(field.name, (field, within))
    order = sorted(missing.values(), key=lambda row: (row[0].name != TYPE, row[0].name not in needed))
    for field, within in order:
        if kind and field.name != TYPE:
            text = _field(field)
        elif field.name == TYPE or field.name in needed:
            told = kind or next(name for name in needs if field.name in (TYPE, *needs[name]))
            lines = [f"{TYPE}: ${{1:{told}}}"] if TYPE not in present else []
            absent = [name for name in needs[told] if name not in present]
            lines += [f"{name}: ${at}" for at, name in enumerate(absent, len(lines) + 1)]
            text = "\n".join(lines)
        else:
            continue
        yield CompletionItem(field.name, "field", field.summary, text, within)


def _field(field: HookField) -> str:
    """A field with a place for its value."""
    forms = {"boolean": "${1:true}", "list": "[$1]", "mapping": "{$1}"}
    word = f"${{1:{field.values[0]}}}" if field.values else "$1"
    return _line(field.name, forms.get(field.type, word))


def field_value_items(fields: Iterable[HookField], name: str) -> Iterator[CompletionItem]:
    """The words that a field of a handler or server accepts."""
    for field in fields:
        if field.name == name:
            words = field.values or (BOOLEANS if field.type == "boolean" else ())
            yield from (CompletionItem(word, "value", field.summary, parent=name) for word in words)
            return


def handler_type_items(dialect: Dialect) -> Iterator[CompletionItem]:
    """The kinds of hook handlers."""
    for handler in dialect.hooks.handlers:
        yield CompletionItem(handler.name, "type", handler.summary)


def transport_items(dialect: Dialect) -> Iterator[CompletionItem]:
    """The ways to reach a server, other words for them last."""
    for row in sorted(dialect.servers.transports, key=lambda row: bool(row.alias_of)):
        yield CompletionItem(row.name, "type", row.summary, parent=SERVER)


# --- snippets ---------------------------------------------------------------------------------

_TAB_STOP = re.compile(r"\$(?:\d+|\{\d+(?::([^}]*))?\})|\\([\\$}])")


def snippet_text(snippet: str) -> str:
    """The text of a snippet, each suggestion taken and the other tab stops left empty."""
    return _TAB_STOP.sub(lambda found: found[1] or found[2] or "", snippet)


def _line(name: str, form: str) -> str:
    """`name: form` as a snippet, where `form` may start on the next line."""
    escaped = re.sub(r"[\\$}]", r"\\\g<0>", key_text(name))
    return f"{escaped}:{'' if form.startswith(chr(10)) else ' '}{form}"


def flow_text(offer: CompletionItem) -> str:
    """The text of an offer for a key, as it stands in braces: on one line, if it can."""
    if "," in offer.text or "\n " in offer.text or not offer.text:
        return f"{key_text(offer.label)}: $1"
    return offer.text.replace("\n", ", ")


def key_text(name: str) -> str:
    """`name` as the key of a mapping, in quotes if it needs them."""
    return name if _PLAIN_KEY.fullmatch(name) else f'"{name}"'


_PLAIN_KEY = re.compile(r"[\w$][\w.$-]*")


def _indented(text: str, columns: int) -> str:
    """`text` with its lines below the first moved to the right."""
    return text.replace("\n", "\n" + " " * columns)
