"""Translate from one format to another: keys with their values, lists of tools, models, whole files.

The crosswalk has the names in the target format, which is the format of the file's place. The dialect of the
target format says which values are valid. What has no equivalent is removed.
"""

from __future__ import annotations

import re

from agentls.dialects import crosswalk, tool_names, value_schema
from agentls.dialects.foreign import ForeignKey
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document.document import Document
from agentls.document.edits import quote_scalar, remove_entry, set_value, write_scalar
from agentls.document.foreign_format import ForeignFormat
from agentls.document.permissions import ALLOW, ANYTHING, DENY
from agentls.linter.rule import Context, Fix
from agentls.linter.shared.value_types import matches_type
from agentls.readers.reading import Reason
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import match_ignoring_case
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence

_PLAIN = lazy_pattern(r"[A-Za-z][\w./*-]*")


def foreign_format_of(ctx: Context) -> ForeignFormat | None:
    """Return the other format that the file is written for, if `wrong-dialect` reports it."""
    return ctx.document.foreign_format if ctx.config.enables("wrong-dialect") else None


def is_reported_for_file(ctx: Context, code: str, span: Span) -> bool:
    """Whether the finding that the file is written for another product replaces a reason why a runtime rejects
    it."""
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
    """Return the edits that translate a foreign key and its value, none if that is impossible."""
    key = ctx.dialect.key(foreign.replacement)
    if key is None or ctx.document.entry(foreign.replacement) or entry.unparsed:
        return ()
    value = translate_node(ctx, key, entry.value, foreign, of)
    if value is None:
        return ()
    renamed = Edit(entry.key.span, foreign.replacement)
    if value == entry.value.span.text_in(ctx.text):
        return (renamed,)
    space = "" if value.startswith(("\r", "\n")) else " "
    return (renamed, Edit(Span(entry.key.span.end, entry.span.end), f":{space}{value}"))


def translate_value(ctx: Context, entry: Entry, key: Key, of: str = "") -> tuple[Edit, ...]:
    """Return the edits that translate the value of a key of the target format, none if it is already valid or
    that is impossible."""
    value = None if entry.unparsed else translate_node(ctx, key, entry.value, None, of)
    if value is None or value == entry.value.span.text_in(ctx.text):
        return ()
    if not (key.type == "tools" and ctx.dialect.tool_grammar.is_mapping):
        return (set_value(entry, value),)
    permissions = ctx.dialect.tool_keys.permissions
    if ctx.document.entry(permissions):
        return ()
    return (Edit(Span(entry.key.span.start, entry.span.end), f"{permissions}:{value}"),)


def translate_node(ctx: Context, key: Key, value: Node, foreign: ForeignKey | None, of: str) -> str | None:
    """Return the YAML of a value as `key` accepts it, or `None` if it has no equivalent."""
    written = value.span.text_in(ctx.text)
    if isinstance(value, Scalar) and (value.is_alias or value.properties_span or "\n" in written):
        return written if _is_valid(ctx, key, value) else None
    is_tool_list = (
        foreign is not None
        and foreign.is_equivalent
        and not foreign.value_map
        and key.name == ctx.dialect.tool_keys.permissions
    )
    if key.type == "tools" or (is_tool_list and ctx.dialect.tool_grammar.is_mapping):
        return _translate_tools(ctx, key, value, of)
    if isinstance(value, Scalar):
        translated = foreign.value_map.get(value.text) if foreign else None
        if translated:
            return translated
        if foreign and foreign.value_map:
            return None  # The same word might mean something else in the target format.
        if _is_valid(ctx, key, value):
            return written
        if value.type == "str" and _is_valid(ctx, key, Scalar(value.span, value.text, type="int")):
            return value.text if value.text.isascii() and value.text.isdigit() else None
        return None
    return written if _is_valid(ctx, key, value) else None


def _is_valid(ctx: Context, key: Key, value: Node) -> bool:
    """Whether all runtimes accept the value for `key`."""
    if key.value.schema or key.value.schemas:
        return all(value_schema.matches_schema(key, value, reading.runtime.name) for reading in ctx.readings)
    return key.type not in ("enum", "boolean", "integer", "text") or matches_type(key, value)


# --- tools ------------------------------------------------------------------------------------


def _translate_tools(ctx: Context, key: Key, value: Node, of: str) -> str | None:
    """Return the YAML of a translated list of tools, or `None` if no tool has an equivalent."""
    if ctx.dialect.tool_grammar.is_mapping and _is_valid(ctx, key, value):
        return value.span.text_in(ctx.text)
    names = list(tool_names.tool_names_in(value))
    if any(name in ("*", "all") for name in names):
        return None  # Without a list the agent has all tools.
    translated = _translate_names(ctx, names, of)
    return _write_tools(ctx, key, value, translated) if translated else None


def _translate_names(ctx: Context, names: list[str], of: str) -> list[str]:
    """Return the equivalents of tools, each once."""
    return list(dict.fromkeys(found for name in names for found in translate_tool(name, ctx.dialect, of)))


def translate_tool(name: str, dialect: Dialect, of: str = "") -> tuple[str, ...]:
    """Return the equivalents of a tool, with its specifier if it has one; none if they are unknown.

    The name is looked up as one of the format `of` first.
    """
    bare = name.partition("(")[0].strip()
    specifier = name.removeprefix(bare) if dialect.tool_grammar.specifiers else ""
    known = tool_names.resolve_tool(bare, dialect, None)
    foreign = (
        None
        if dialect.tool(known.tool or "")
        else crosswalk.load_crosswalk().translate_tool(bare, dialect, of)
    )
    foreign = foreign or dialect.foreign_tool(bare)
    own = dialect.tool(known.tool or "")
    # A tool that only some of the runtimes have is written as all of them know it.
    if foreign is None or (own and not own.runtimes):
        right_case = match_ignoring_case(bare, (tool.name for tool in dialect.tools))
        tool = right_case if known.standing == "unknown" else known.tool
        return (tool + specifier,) if known.standing in ("available", "unknown") and tool else ()
    return (
        tuple(now + specifier for now in foreign.replacements)
        if len(foreign.replacements) == 1
        else foreign.replacements
    )


def _write_tools(ctx: Context, key: Key, value: Node, names: list[str]) -> str | None:
    """Return a list of tools in a form that all runtimes accept: if possible the form of `value`."""
    if ctx.dialect.tool_grammar.is_mapping:
        return _write_permissions(ctx, names, ALLOW)
    at = value.span
    listed = Sequence(at, tuple(Scalar(at, name) for name in names), flow=True)
    text = Scalar(at, ", ".join(names))
    forms: list[Node] = [text, listed] if isinstance(value, Scalar) else [listed, text]
    for form in forms:
        if _is_valid(ctx, key, form):
            spelt = [name if _PLAIN.fullmatch(name) else quote_scalar(name) for name in names]
            if isinstance(form, Scalar):
                return form.text if re.fullmatch(r"[\w ,./()-]+", form.text) else quote_scalar(form.text)
            return f"[{', '.join(spelt)}]"
    return None


def _write_permissions(ctx: Context, names: list[str], action: str) -> str:
    """Return a block mapping of permissions that sets `action` for the tools, with the line break before it."""
    controlled_by = dict.fromkeys(ctx.dialect.permission_for(name) for name in names)
    lines = [f"  {write_scalar(name)}: {action}" for name in controlled_by]
    lines = [f'  "{ANYTHING}": {DENY}', *lines] if action == ALLOW else lines
    return ctx.document.newline.join(["", *lines])


# --- whole files ------------------------------------------------------------------------------


class _EntryTranslation(NamedTuple):
    """The edits that translate an entry, and whether they remove it."""

    edits: tuple[Edit, ...] = ()
    is_removed: bool = False


def translate_file(ctx: Context, origin: ForeignFormat) -> tuple[Fix, ...]:
    """Return the fix that converts the file to the format of its place, if the result has no new problems."""
    root, document = ctx.document.root, ctx.document
    if root.flow or len({entry.key.text for entry in root.entries}) < len(root.entries):
        return ()
    translations = {
        entry.key.text: _translate_entry(ctx, entry, origin.format.name) for entry in root.entries
    }
    edits = [edit for translation in translations.values() for edit in translation.edits]
    if any(reason.kind == "missing-name" for reason in _reasons(document.with_edits(edits))):
        at = root.entries[0].key.span.start
        edits.insert(0, Edit(Span(at, at), f"name: {_slug(document.identity.stem)}{document.newline}"))
    after = document.with_edits(edits)
    before = {
        reason.kind
        for reason in _reasons(document)
        if not is_reported_for_file(ctx, reason.kind, reason.span)
    }
    has_new_reasons = any(reason.kind not in before for reason in _reasons(after))
    loses_tools = document.has_tools and not after.has_tools
    if has_new_reasons or after.foreign_format or loses_tools:
        return ()
    removed = [name for name, translation in translations.items() if translation.is_removed]
    note = f" (removes {join_names(removed)})" if removed else ""
    return (Fix(f"Convert the file for {ctx.runtime_titles}{note}", tuple(edits)),)


def _reasons(document: Document) -> list[Reason]:
    return [reason for reading in document.readings for reason in reading.reasons]


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", stem.lower()).strip("-") or "agent"


def _translate_entry(ctx: Context, entry: Entry, of: str) -> _EntryTranslation:
    """Return the translation of a top-level entry. An entry that means nothing may stay if no runtime rejects it."""
    name = entry.key.text
    key = ctx.dialect.key(name)
    removal = _EntryTranslation((remove_entry(ctx.document, ctx.document.root, entry),), True)
    if key and key.type == "model":
        return _translate_model(ctx, entry, removal)
    denial = _translate_denial(ctx, entry, of) if key is None or key.type == "tools" else ()
    if denial:
        return _EntryTranslation(denial)
    if key is None:
        foreign = crosswalk.load_crosswalk().translate_key(name, ctx.dialect, of)
        if foreign is None:
            is_rejected = any(reading.runtime.unknown_keys == "refused" for reading in ctx.readings)
            return removal if is_rejected else _EntryTranslation()
        # Of several keys with the same equivalent only the first can be renamed.
        first = next(
            each for each in ctx.document.root.entries if _renamed_to(ctx, each, of) == foreign.replacement
        )
        edits = rename_key(ctx, entry, foreign, of) if first is entry else ()
        return _EntryTranslation(edits) if edits else removal
    if key.type == "tools":
        edits = translate_value(ctx, entry, key, of)
        is_valid = translate_node(ctx, key, entry.value, None, of) == entry.value.span.text_in(ctx.text)
        return _EntryTranslation(edits) if edits or is_valid else removal
    return _EntryTranslation() if key.required or _is_valid(ctx, key, entry.value) else removal


def _translate_model(ctx: Context, entry: Entry, removal: _EntryTranslation) -> _EntryTranslation:
    """Return the translation of the model. A name of another product without an equivalent is removed, so that
    the default is used."""
    if not isinstance(entry.value, Scalar):
        key = ctx.dialect.key(entry.key.text)
        return _EntryTranslation() if key and _is_valid(ctx, key, entry.value) else removal
    foreign = ctx.dialect.foreign_model(entry.value.text)
    if foreign is None:
        return _EntryTranslation()
    return (
        _EntryTranslation((Edit(entry.value.span, foreign.replacement),)) if foreign.replacement else removal
    )


def _translate_denial(ctx: Context, entry: Entry, of: str) -> tuple[Edit, ...]:
    """Return the edits that translate an entry that only denies tools; none for other entries, or if that is
    impossible."""
    table = crosswalk.load_crosswalk().keys
    concept = table.concepts["deny-list"]
    if isinstance(entry.value, Mapping):
        denied = _denied_names(entry.value)
    elif entry.key.text in table.names_in(concept, of) and not ctx.dialect.key(entry.key.text):
        denied = list(tool_names.tool_names_in(entry.value))
    else:
        return ()
    translated = _translate_names(ctx, denied, of)
    whole = Span(entry.key.span.start, entry.span.end)
    if not translated:
        return ()
    if ctx.dialect.tool_grammar.is_mapping:
        is_present = ctx.document.entry(ctx.dialect.tool_keys.permissions) or ctx.document.entry(
            ctx.dialect.tool_keys.allowed
        )
        edit = Edit(whole, f"{ctx.dialect.tool_keys.permissions}:{_write_permissions(ctx, translated, DENY)}")
        return () if is_present else (edit,)
    use, _ = table.translate(concept, ctx.dialect.name, ctx.dialect.key)
    key = ctx.dialect.key(use[0]) if use else None
    if key is None or ctx.document.entry(key.name):
        return ()
    value = _write_tools(ctx, key, entry.value, translated)
    return (Edit(whole, f"{key.name}: {value}"),) if value else ()


def _denied_names(permissions: Mapping) -> list[str]:
    """Return the names that a mapping of permissions or booleans denies, none if it also allows single tools."""
    actions = {
        each.key.text: each.value.text for each in permissions.entries if isinstance(each.value, Scalar)
    }
    denied = [name for name, action in actions.items() if action in ("deny", "false")]
    return [] if ANYTHING in denied or "true" in actions.values() else denied


def _renamed_to(ctx: Context, entry: Entry, of: str) -> str | None:
    """Return the key that a foreign key is renamed to."""
    if ctx.dialect.key(entry.key.text):
        return None
    foreign = crosswalk.load_crosswalk().translate_key(entry.key.text, ctx.dialect, of)
    return foreign.replacement if foreign else None
