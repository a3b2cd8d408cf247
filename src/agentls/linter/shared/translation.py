"""From one format to another: keys with their values, lists of tools, models, whole files.

What something is called here comes from the crosswalk, how its value has to look from the tables
of the format. What has no place here is left out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from agentls.dialects import crosswalk, tool_names, value_schema
from agentls.dialects.foreign import ForeignKey
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.document import Document
from agentls.document.edits import quote_scalar, remove_entry, set_value, write_scalar
from agentls.document.foreign_format import ForeignFormat
from agentls.document.permissions import ALLOW, ANYTHING, DENY, PERMISSION_KEY
from agentls.linter.rule import Context, Fix
from agentls.linter.shared.value_types import matches_type
from agentls.readers.reading import Reason
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import match_ignoring_case
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence

_PLAIN = re.compile(r"[A-Za-z][\w./*-]*")


def foreign_format_of(ctx: Context) -> ForeignFormat | None:
    """The format that the file is written for, if that is told in one finding."""
    return ctx.document.foreign_format if ctx.config.enables("wrong-dialect") else None


def is_reported_for_file(ctx: Context, code: str, span: Span) -> bool:
    """Whether a reason why a runtime refuses the file is told in the finding that it is written for
    another product."""
    origin = foreign_format_of(ctx)
    if origin is None or code not in ("unknown-key", "unknown-tool", "invalid-value"):
        return False
    table, of = crosswalk.load_crosswalk(), origin.format.name
    entry = next((entry for entry in ctx.document.root.entries if entry.span.overlaps(span)), None)
    return entry is not None and (
        entry in origin.entries
        or code == "unknown-tool"
        or (code == "invalid-value" and bool(table.keys.concepts_of(entry.key.text, of)))
    )


def rename_key(ctx: Context, entry: Entry, foreign: ForeignKey, of: str = "") -> tuple[Edit, ...]:
    """The edits that write a foreign key and its value as they are written here, none if that cannot
    be done."""
    key = ctx.dialect.key(foreign.use)
    if key is None or ctx.document.entry(foreign.use) or entry.unparsed:
        return ()
    value = translate_node(ctx, key, entry.value, foreign, of)
    if value is None:
        return ()
    renamed = Edit(entry.key.span, foreign.use)
    if value == entry.value.span.text_in(ctx.text):
        return (renamed,)
    blank = "" if value.startswith(("\r", "\n")) else " "
    return (renamed, Edit(Span(entry.key.span.end, entry.span.end), f":{blank}{value}"))


def translate_value(ctx: Context, entry: Entry, key: Key, of: str = "") -> tuple[Edit, ...]:
    """The edits that write the value of a key that is known here as the key takes it, none if it does
    so already or that cannot be done."""
    value = None if entry.unparsed else translate_node(ctx, key, entry.value, None, of)
    if value is None or value == entry.value.span.text_in(ctx.text):
        return ()
    if not (key.type == "tools" and ctx.dialect.tool_grammar.map):
        return (set_value(entry, value),)
    if ctx.document.entry(PERMISSION_KEY):
        return ()
    return (Edit(Span(entry.key.span.start, entry.span.end), f"{PERMISSION_KEY}:{value}"),)


def translate_node(ctx: Context, key: Key, value: Node, foreign: ForeignKey | None, of: str) -> str | None:
    """A value as `key` takes it here, in YAML, or `None` if it has no place here."""
    written = value.span.text_in(ctx.text)
    if isinstance(value, Scalar) and (value.is_alias or value.properties_span or "\n" in written):
        return written if _fits(ctx, key, value) else None
    permits = foreign is not None and foreign.same and not foreign.words and key.name == PERMISSION_KEY
    if key.type == "tools" or (permits and ctx.dialect.tool_grammar.map):
        return _tools(ctx, key, value, of)
    if isinstance(value, Scalar):
        word = foreign.words.get(value.text) if foreign else None
        if word:
            return word
        if foreign and foreign.words:
            return None  # The same word might mean something else here.
        if _fits(ctx, key, value):
            return written
        if value.type == "str" and _fits(ctx, key, Scalar(value.span, value.text, type="int")):
            return value.text if value.text.isascii() and value.text.isdigit() else None
        return None
    return written if _fits(ctx, key, value) else None


def _fits(ctx: Context, key: Key, value: Node) -> bool:
    """Whether all runtimes take the value for `key`."""
    if key.shape or key.shapes:
        return all(value_schema.matches_schema(key, value, reading.runtime.name) for reading in ctx.readings)
    return key.type not in ("enum", "boolean", "integer", "text") or matches_type(key, value)


# --- tools ------------------------------------------------------------------------------------


def _tools(ctx: Context, key: Key, value: Node, of: str) -> str | None:
    """A list of tools as it is written here, or `None` if nothing is left of it."""
    if ctx.dialect.tool_grammar.map and _fits(ctx, key, value):
        return value.span.text_in(ctx.text)
    names = list(tool_names.tool_names_in(value))
    if any(name in ("*", "all") for name in names):
        return None  # All tools are there where none are listed.
    here = list(dict.fromkeys(found for name in names for found in translate_tool(name, ctx.dialect, of)))
    return _written(ctx, key, value, here) if here else None


def translate_tool(name: str, dialect: Dialect, of: str = "") -> tuple[str, ...]:
    """What the name of a tool, with or without a specifier, is here, none if it is not known. A name
    of the format `of` means what it means there."""
    bare = name.partition("(")[0].strip()
    specifier = name.removeprefix(bare) if dialect.tool_grammar.specifiers else ""
    known = tool_names.resolve_tool(bare, dialect, None)
    foreign = (
        None
        if dialect.tool(known.tool or "")
        else crosswalk.load_crosswalk().translate_tool(bare, dialect, of)
    )
    foreign = foreign or dialect.foreign_tool(bare)
    if foreign is None or dialect.tool(known.tool or ""):
        right_case = match_ignoring_case(bare, (tool.name for tool in dialect.tools))
        tool = right_case if known.standing == "unknown" else known.tool
        return (tool + specifier,) if known.standing in ("available", "unknown") and tool else ()
    return tuple(now + specifier for now in foreign.now) if len(foreign.now) == 1 else foreign.now


def _written(ctx: Context, key: Key, value: Node, names: list[str]) -> str | None:
    """Names in the first of the usual forms that all runtimes take, the one of `value` first."""
    if ctx.dialect.tool_grammar.map:
        return _rules(ctx, names, ALLOW)
    at = value.span
    listed = Sequence(at, tuple(Scalar(at, name) for name in names), flow=True)
    text = Scalar(at, ", ".join(names))
    forms: list[Node] = [text, listed] if isinstance(value, Scalar) else [listed, text]
    for form in forms:
        if _fits(ctx, key, form):
            spelt = [name if _PLAIN.fullmatch(name) else quote_scalar(name) for name in names]
            if isinstance(form, Scalar):
                return form.text if re.fullmatch(r"[\w ,./()-]+", form.text) else quote_scalar(form.text)
            return f"[{', '.join(spelt)}]"
    return None


def _rules(ctx: Context, names: list[str], action: str) -> str:
    """A mapping of permissions that says `action` of the tools, in lines of its own."""
    ruled = dict.fromkeys(ctx.dialect.permission_for(name) for name in names)
    lines = [f"  {write_scalar(name)}: {action}" for name in ruled]
    lines = [f'  "{ANYTHING}": {DENY}', *lines] if action == ALLOW else lines
    return ctx.document.newline.join(["", *lines])


# --- whole files ------------------------------------------------------------------------------


class _EntryTranslation(NamedTuple):
    """What becomes of an entry: its edits, and whether it is left out."""

    edits: tuple[Edit, ...] = ()
    lost: bool = False


def translate_file(ctx: Context, origin: ForeignFormat) -> tuple[Fix, ...]:
    """The fix that writes the file for the format of its place, if nothing is wrong with the result
    that was not wrong before."""
    root, document = ctx.document.root, ctx.document
    if root.flow or len({entry.key.text for entry in root.entries}) < len(root.entries):
        return ()
    changes = {entry.key.text: _change(ctx, entry, origin.format.name) for entry in root.entries}
    edits = [edit for change in changes.values() for edit in change.edits]
    if any(reason.kind == "missing-name" for reason in _reasons(document.with_edits(edits))):
        at = root.entries[0].key.span.start
        edits.insert(0, Edit(Span(at, at), f"name: {_slug(document.identity.stem)}{document.newline}"))
    after = document.with_edits(edits)
    had = {
        reason.kind
        for reason in _reasons(document)
        if not is_reported_for_file(ctx, reason.kind, reason.span)
    }
    worse = {reason.kind for reason in _reasons(after)} - had
    if (
        worse
        or after.foreign_format
        or (after.available_tools.is_empty and not document.available_tools.is_empty)
    ):
        return ()
    lost = [name for name, change in changes.items() if change.lost]
    title = f"Write the file for {ctx.runtime_titles}" + (f", without {join_names(lost)}" if lost else "")
    return (Fix(title, tuple(edits)),)


def _reasons(document: Document) -> list[Reason]:
    return [reason for reading in document.readings for reason in reading.reasons]


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", stem.lower()).strip("-") or "agent"


def _change(ctx: Context, entry: Entry, of: str) -> _EntryTranslation:
    """What becomes of one entry."""
    name = entry.key.text
    key = ctx.dialect.key(name)
    left_out = _EntryTranslation((remove_entry(ctx.document, ctx.document.root, entry),), True)
    if key and key.type == "model":
        return _model_change(ctx, entry, left_out)
    denying = _denial(ctx, entry, of) if key is None or key.type == "tools" else ()
    if denying:
        return _EntryTranslation(denying)
    if key is None:
        foreign = crosswalk.load_crosswalk().translate_key(name, ctx.dialect, of)
        if foreign is None:
            refused = any(reading.runtime.unknown_keys == "refused" for reading in ctx.readings)
            return left_out if refused else _EntryTranslation()
        rivals = (each for each in ctx.document.root.entries if _use(ctx, each, of) == foreign.use)
        edits = rename_key(ctx, entry, foreign, of) if next(rivals, entry) is entry else ()
        return _EntryTranslation(edits) if edits else left_out
    if key.type == "tools":
        edits = translate_value(ctx, entry, key, of)
        right = edits or translate_node(ctx, key, entry.value, None, of) == entry.value.span.text_in(ctx.text)
        return _EntryTranslation(edits) if right else left_out
    return _EntryTranslation() if key.required or _fits(ctx, key, entry.value) else left_out


def _model_change(ctx: Context, entry: Entry, left_out: _EntryTranslation) -> _EntryTranslation:
    """What becomes of the model: where another product's name has no counterpart, the default will do."""
    if not isinstance(entry.value, Scalar):
        key = ctx.dialect.key(entry.key.text)
        return _EntryTranslation() if key and _fits(ctx, key, entry.value) else left_out
    foreign = ctx.dialect.foreign_model(entry.value.text)
    if foreign is None:
        return _EntryTranslation()
    return _EntryTranslation((Edit(entry.value.span, foreign.use),)) if foreign.use else left_out


def _denial(ctx: Context, entry: Entry, of: str) -> tuple[Edit, ...]:
    """The edits that say here what an entry takes away from the agent and nothing else, none if it
    is no such entry or that cannot be said."""
    table = crosswalk.load_crosswalk().keys
    concept = table.concepts["deny-list"]
    if isinstance(entry.value, Mapping):
        denied = _forbidden(entry.value)
    elif entry.key.text in table.names_in(concept, of) and not ctx.dialect.key(entry.key.text):
        denied = list(tool_names.tool_names_in(entry.value))
    else:
        return ()
    here = list(dict.fromkeys(found for name in denied for found in translate_tool(name, ctx.dialect, of)))
    whole = Span(entry.key.span.start, entry.span.end)
    if not here:
        return ()
    if ctx.dialect.tool_grammar.map:
        rivals = ctx.document.entry(PERMISSION_KEY) or ctx.document.entry("tools")
        return () if rivals else (Edit(whole, f"{PERMISSION_KEY}:{_rules(ctx, here, DENY)}"),)
    use, _ = table.translate(concept, ctx.dialect.name, ctx.dialect.key)
    key = ctx.dialect.key(use[0]) if use else None
    value = None if key is None or ctx.document.entry(key.name) else _written(ctx, key, entry.value, here)
    return (Edit(whole, f"{key.name}: {value}"),) if key and value else ()


def _forbidden(permissions: Mapping) -> list[str]:
    """What a mapping of permissions or switches forbids, nothing if it allows single tools."""
    said = {each.key.text: each.value.text for each in permissions.entries if isinstance(each.value, Scalar)}
    denied = [name for name, word in said.items() if word in ("deny", "false")]
    return [] if ANYTHING in denied or "true" in said.values() else denied


def _use(ctx: Context, entry: Entry, of: str) -> str | None:
    """The key that an entry is renamed to."""
    if ctx.dialect.key(entry.key.text):
        return None
    foreign = crosswalk.load_crosswalk().translate_key(entry.key.text, ctx.dialect, of)
    return foreign.use if foreign else None
