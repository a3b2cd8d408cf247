"""Completion items for the frontmatter, from the tables of a dialect.

An item does not depend on the cursor. Its text is a snippet: `$1` is a tab stop, `${1:word}` one with a
placeholder. Further lines are indented relative to the first one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from agentls.dialects import tool_names, value_schema
from agentls.dialects.builtin_commands import builtin_commands
from agentls.dialects.hooks import HookEvent, HookField
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.tools import is_denied
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import ordinal

ItemKind = (
    Literal["key", "value", "tool", "model", "event", "field", "type", "skeleton", "variable", "argument"]
    | Literal["section"]
    | Literal["agent", "skill", "command", "server"]
)

BOOLEANS = ("true", "false")

MATCHER = "matcher"
HANDLERS = "hooks"
TYPE = "type"
"""Fields with a special role: matcher and handlers of an entry, the type of a handler or server."""

ENTRY = "entry"
SERVER = "server"
"""The `parent` of a field that does not belong to a type of hook handlers."""


class CompletionItem(NamedTuple):
    """A label with a line of detail. `text` is the snippet to insert if it is not the label.

    `parent` is what the label belongs to: the key of a value; for a field, its record, the type of its
    handler, `ENTRY` or `SERVER`; for a name, the path of the file that defines it; for a single argument, its
    position.
    """

    label: str
    kind: ItemKind
    detail: str
    text: str = ""
    parent: str = ""
    deprecated: bool = False


def key_items(dialect: Dialect, present: Collection[str], *, in_plugin: bool) -> Iterator[CompletionItem]:
    """The keys that are not present and have an effect, deprecated ones last."""
    for key in sorted(dialect.keys, key=lambda key: bool(key.deprecation.deprecated)):
        if (
            key.name not in present
            and not key.effects.no_effect
            and not (in_plugin and key.effects.ignored_in_plugin)
        ):
            old = bool(key.deprecation.deprecated)
            yield CompletionItem(key.name, "key", key.summary, _line(key.name, key.snippet), deprecated=old)


def argument_items(placeholder: str, names: Sequence[str], hinted: int) -> Iterator[CompletionItem]:
    """The placeholders for all arguments, for those with names, and for as many by their position as there are
    names, or as the hint shows (`hinted`)."""
    yield CompletionItem(placeholder, "argument", "All arguments of the call")
    numbers = [str(position) for position in range(max(len(names), hinted, 1))]
    for written in (names, numbers):
        for position, name in enumerate(written):
            yield CompletionItem(
                f"${name}", "argument", f"The {ordinal(position)} argument", parent=str(position)
            )


PROMPT_SECTIONS = (
    CompletionItem("steps", "section", "What to do, in order", "## Steps\n\n1. $1\n2. $2"),
    CompletionItem(
        "rules", "section", "What always and never applies", "## Rules\n\n- Always $1\n- Never $2"
    ),
    CompletionItem("output", "section", "The form of the answer", "## Output\n\n$1"),
    CompletionItem(
        "example",
        "section",
        "A dialogue that shows when to use the agent",
        "<example>\nContext: $1\nuser: $2\nassistant: $3\n</example>",
    ),
)
"""Snippets for the sections that prompts often have."""


def value_items(dialect: Dialect, key: Key) -> Iterator[CompletionItem]:
    """The values that a key accepts: its own, booleans or models."""
    if key.type == "boolean":
        yield from (CompletionItem(word, "value", key.summary, parent=key.name) for word in BOOLEANS)
    if key.type == "model":
        yield from _model_items(dialect)
    for word in sorted(key.values, key=lambda word: bool(word.alias_of)):
        yield CompletionItem(word.name, "value", word.summary, parent=key.name)


def record_field_items(
    keys: Iterable[Key], one_of: Collection[str], present: Mapping[str, str], within: str
) -> Iterator[CompletionItem]:
    """The fields of a record that are not present, required ones first; `within` is the path of the record.
    The text of each also has the other fields that the record needs, and the first of `one_of`."""
    rows = sorted(keys, key=lambda key: not key.required)
    for key in rows:
        if key.name not in present:
            filled = {**present, key.name: ""}
            first = next((name for name in one_of if not any(name in filled for name in one_of)), None)
            needed = [
                other
                for other in rows
                if other.name not in filled
                and (other.name == first or (other.required and _applies(other, filled)))
            ]
            yield CompletionItem(key.name, "field", key.summary, _join_lines((key, *needed)), within)


def _applies(key: Key, present: Mapping[str, str]) -> bool:
    """Whether the condition of a field is met by the present fields."""
    if key.effects.applies_when is None:
        return True
    values = key.effects.applies_when.values
    return (
        present[key.effects.applies_when.key] in values or not values
        if key.effects.applies_when.key in present
        else "" in values
    )


def _join_lines(keys: Iterable[Key]) -> str:
    """A line for each key, with consecutive tab stops."""
    lines: list[str] = []
    stops = 0
    for key in keys:
        line = _line(key.name, _value_form(key))
        lines.append(_STOP.sub(lambda found: f"{found[1]}{int(found[2]) + stops}", line))  # noqa: B023
        stops += len(_STOP.findall(line))
    return "\n".join(lines)


def _value_form(key: Key) -> str:
    """The snippet of the value of a field: its only value, or brackets or a line for a list or mapping."""
    if key.snippet != "$1" or not key.value.schema:
        return key.snippet
    if len(key.values) == 1:
        return f"${{1:{key.values[0].name}}}"
    words = {shape.word for shape in value_schema.parse_schema(key.value.schema)}
    if words <= {"list", "some list"}:
        return "[$1]"
    return "\n  $1" if words <= {"map", "record"} else key.snippet


_STOP = lazy_pattern(r"(?<!\\)(\$\{?)([1-9])")


def enum_items(key: Key, within: str, *, booleans: bool) -> Iterator[CompletionItem]:
    """The values that a key or a field accepts; `within` is its path."""
    for word in key.values:
        yield CompletionItem(word.name, "value", word.summary, parent=within)
    if booleans:
        yield from (CompletionItem(word, "value", key.summary, parent=within) for word in BOOLEANS)


def tool_switch_items(dialect: Dialect, present: Collection[str]) -> Iterator[CompletionItem]:
    """The tools that a mapping of tools to booleans does not contain, without those that another one controls."""
    for tool in dialect.tools:
        if tool.name not in present and not tool.permission_name:
            yield CompletionItem(tool.name, "tool", tool.summary, _line(tool.name, "${1:true}"))


def _model_items(dialect: Dialect) -> Iterator[CompletionItem]:
    """The models that can be requested, older ones last."""
    known = [model for model in dialect.models.known if model.status in ("current", "older")]
    for model in sorted(known, key=lambda model: model.status == "older"):
        sends = f" Currently `{model.resolves_to}`." if model.resolves_to else ""
        yield CompletionItem(model.name, "model", f"{model.summary.rstrip('.')}.{sends}")


def tool_items(
    dialect: Dialect, permission_mode: str | None, listed: set[str], *, denying: bool
) -> Iterator[CompletionItem]:
    """The tools that a list can contain besides those in `listed`, which are current names.

    Additional tools of the configuration come first, accepted former names last. Tools that are not available
    to subagents are only items of a list of denied tools: an agent can also run the main session.
    """
    for name in dialect.configured_tools:
        if not is_denied(name, listed):
            yield CompletionItem(name, "tool", "Added in your configuration.")
    unavailable = []
    for tool in dialect.tools:
        item = CompletionItem(tool.name, "tool", tool.summary)
        if tool.name in listed:
            continue
        if tool_names.resolve_tool(tool.name, dialect, permission_mode).standing == "available":
            yield item
        elif denying:
            unavailable.append(item)
    yield from unavailable
    for old in dialect.old_tools:
        if old.still_accepted and old.replacements[0] not in listed:
            yield CompletionItem(
                old.name,
                "tool",
                f"{old.note[:1].upper()}{old.note[1:]}; use `{old.replacements[0]}`.",
                deprecated=True,
            )


def wildcard_item() -> CompletionItem:
    """The entry for all tools."""
    return CompletionItem(tool_names.ALL_TOOLS, "tool", "All available tools.")


def quote_if_needed(name: str) -> str:
    """`name` as a quoted scalar if YAML requires quotes, else ""."""
    return "" if _PLAIN_VALUE.fullmatch(name) else f'"{name}"'


_PLAIN_VALUE = lazy_pattern(r"[\w/(][^\s,:#\[\]{}]*")


def agent_items(dialect: Dialect, listed: Collection[str]) -> Iterator[CompletionItem]:
    """The built-in agents that are not listed."""
    for agent in dialect.builtin_agents:
        if agent.name not in listed:
            yield CompletionItem(agent.name, "agent", agent.summary)


def command_items(runtime: str, listed: Collection[str]) -> Iterator[CompletionItem]:
    """The built-in commands of a runtime that are not listed."""
    for name, summary in builtin_commands(runtime).items():
        if name not in listed:
            yield CompletionItem(name, "command", summary)


# --- hooks ------------------------------------------------------------------------------------


def event_item(dialect: Dialect, key: Key, event: HookEvent) -> CompletionItem:
    """A hook event with an entry: the required fields of its schema, or a matcher and a handler."""
    if key.value.schema:
        needed = record_field_items(key.fields, key.requirement.required_one_of, {}, "")
        entry = next((offer.text for offer in needed), "")
    else:
        entry = "\n".join(_entry_lines(dialect, event))
    return CompletionItem(event.name, "event", event.summary, f"{event.name}:\n  - {_indented(entry, 4)}")


def hook_entry_field_items(
    dialect: Dialect, event: HookEvent | None, present: Collection[str]
) -> Iterator[CompletionItem]:
    """The fields of an entry of an event that are not present. The text of a matcher also has the handlers,
    since an entry without them is invalid."""
    for field in dialect.hooks.entry_fields:
        if field.name in present or (field.name == MATCHER and event and not event.matcher_subject):
            continue
        lines = [_matcher_line(dialect, event)] if field.name == MATCHER else []
        if HANDLERS not in present:
            lines.append(_handler_lines(dialect, len(lines) + 1))
        yield CompletionItem(field.name, "field", field.summary, "\n".join(lines), ENTRY)


def _entry_lines(dialect: Dialect, event: HookEvent) -> Iterator[str]:
    """The lines of a new entry of an event."""
    if event.matches_tools:
        yield _matcher_line(dialect, event)
    yield _handler_lines(dialect, 2)


def _matcher_line(dialect: Dialect, event: HookEvent | None) -> str:
    """A matcher; for an event of tools, with the first tool that requires permission as its placeholder."""
    asking = next((tool.name for tool in dialect.tools if tool.asks_permission), "")
    return f"{MATCHER}: ${{1:{asking}}}" if event and event.matches_tools and asking else f"{MATCHER}: $1"


def _handler_lines(dialect: Dialect, stop: int) -> str:
    """A list with one handler of the first type; its tab stops start at `stop`."""
    first = dialect.hooks.handlers[0]
    required = [field.name for field in first.fields if field.required]
    lines = [f"{TYPE}: {first.name}", *(f"{name}: ${at}" for at, name in enumerate(required, stop))]
    return f"{HANDLERS}:\n  - " + "\n    ".join(lines)


def handler_field_items(
    dialect: Dialect, event: HookEvent | None, present: Mapping[str, str]
) -> Iterator[CompletionItem]:
    """The fields of a handler that are not present."""
    needs = {
        row.name: [field.name for field in row.fields if field.required] for row in dialect.hooks.handlers
    }
    kind = _type_of(needs, present)
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
    return _typed_field_items(rows, needs, kind, present)


def server_field_items(dialect: Dialect, present: Mapping[str, str]) -> Iterator[CompletionItem]:
    """The fields of the definition of a server that are not present."""
    needs = {row.name: [row.required_field] for row in dialect.servers.transports}
    kind = _type_of(needs, present)
    others = {name for names in needs.values() for name in names if kind and name not in needs[kind]}
    rows = [(field, SERVER) for field in dialect.servers.fields if field.name not in others]
    return _typed_field_items(rows, needs, kind, present)


def _type_of(needs: Mapping[str, list[str]], present: Mapping[str, str]) -> str | None:
    """The type of a handler or server: as it is written, or else as its fields imply."""
    if TYPE in present:
        return present[TYPE] if present[TYPE] in needs else None
    return next((kind for kind, names in needs.items() if set(names) <= set(present)), None)


def _typed_field_items(
    rows: Iterable[tuple[HookField, str]],
    needs: Mapping[str, list[str]],
    kind: str | None,
    present: Collection[str],
) -> Iterator[CompletionItem]:
    """The fields in `rows`, pairs of a field and its parent, that are not in `present`: first the type, then
    the fields that the type requires. While the type is undecided, the only items are the type and the fields
    that decide it, together with the others that the type requires."""
    needed = {name for names in needs.values() for name in names}
    missing: dict[str, tuple[HookField, str]] = {}
    for field, within in rows:
        if field.name not in present:
            missing.setdefault(field.name, (field, within))
    order = sorted(missing.values(), key=lambda row: (row[0].name != TYPE, row[0].name not in needed))
    for field, within in order:
        if kind and field.name != TYPE:
            text = _field_text(field)
        elif field.name == TYPE or field.name in needed:
            item_type = kind or next(name for name in needs if field.name in (TYPE, *needs[name]))
            lines = [f"{TYPE}: ${{1:{item_type}}}"] if TYPE not in present else []
            absent = [name for name in needs[item_type] if name not in present]
            lines += [f"{name}: ${at}" for at, name in enumerate(absent, len(lines) + 1)]
            text = "\n".join(lines)
        else:
            continue
        yield CompletionItem(field.name, "field", field.summary, text, within)


def _field_text(field: HookField) -> str:
    """The snippet of a field with a tab stop for its value."""
    forms = {"boolean": "${1:true}", "list": "[$1]", "mapping": "{$1}"}
    word = f"${{1:{field.values[0]}}}" if field.values else "$1"
    return _line(field.name, forms.get(field.type, word))


def field_value_items(fields: Iterable[HookField], name: str) -> Iterator[CompletionItem]:
    """The values that a field of a handler or server accepts."""
    for field in fields:
        if field.name == name:
            words = field.values or (BOOLEANS if field.type == "boolean" else ())
            yield from (CompletionItem(word, "value", field.summary, parent=name) for word in words)
            return


def handler_type_items(dialect: Dialect) -> Iterator[CompletionItem]:
    """The types of hook handlers."""
    for handler in dialect.hooks.handlers:
        yield CompletionItem(handler.name, "type", handler.summary)


def transport_items(dialect: Dialect) -> Iterator[CompletionItem]:
    """The types of servers, aliases last."""
    for row in sorted(dialect.servers.transports, key=lambda row: bool(row.alias_of)):
        yield CompletionItem(row.name, "type", row.summary, parent=SERVER)


# --- snippets ---------------------------------------------------------------------------------

_TAB_STOP = lazy_pattern(r"\$(?:\d+|\{\d+(?::([^}]*))?\})|\\([\\$}])")


def snippet_text(snippet: str) -> str:
    """The plain text of a snippet, with its placeholders and without other tab stops."""
    return _TAB_STOP.sub(lambda found: found[1] or found[2] or "", snippet)


def _line(name: str, form: str) -> str:
    """`name: form` as a snippet; `form` may start with a line break."""
    escaped = re.sub(r"[\\$}]", r"\\\g<0>", key_text(name))
    return f"{escaped}:{'' if form.startswith(chr(10)) else ' '}{form}"


def flow_text(item: CompletionItem) -> str:
    """The text of an item for a key in a flow mapping: on one line, or with an empty value."""
    if "," in item.text or "\n " in item.text or not item.text:
        return f"{key_text(item.label)}: $1"
    return item.text.replace("\n", ", ")


def key_text(name: str) -> str:
    """`name` as the key of a mapping, quoted if YAML requires it."""
    return name if _PLAIN_KEY.fullmatch(name) else f'"{name}"'


_PLAIN_KEY = lazy_pattern(r"[\w$][\w.$-]*")


def _indented(text: str, columns: int) -> str:
    """`text` with all lines after the first one indented."""
    return text.replace("\n", "\n" + " " * columns)
