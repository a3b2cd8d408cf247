"""Hover: what stands under the cursor, explained.

In the frontmatter keys, values, tools, models, hooks and servers are explained from the
dialect's tables, with what the place adds to it; on a fence stands what the runtime makes of
the whole file, on an ignore comment the rule it silences, and on a placeholder in the prompt its
variable. Other prose has no hover.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from agentls.dialects import tool_names, unsupported_files, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.dialects.tool_names import ToolEntry
from agentls.document import suppressions
from agentls.document.document import Document
from agentls.project import capabilities
from agentls.project.index import Index
from agentls.reports import explain, inspection
from agentls.reports.inspection import RuntimeReport
from agentls.text.offsets import Span
from agentls.text.wording import code_span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar


class Hover(NamedTuple):
    """A page of Markdown, and the text that it is about."""

    span: Span
    markdown: str


def hover(document: Document, offset: int, project: Index | None = None) -> Hover | None:
    """What is to be said about the text at `offset`, as part of its project if that is known."""
    return (
        _on_ignore_comment(document, offset)
        or _on_fence(document, offset, project)
        or _on_entry(document, offset)
        or _on_variable(document, offset)
        or hover_unsupported_file(document.path, document.text, offset)
    )


def hover_unsupported_file(path: str, text: str, offset: int) -> Hover | None:
    """On the first line of a file that is none of ours: what it is, if that is known."""
    known = unsupported_files.find_unsupported_file(path, text)
    first = Span(0, text.find("\n") if "\n" in text else len(text))
    if known is None or not first.contains_cursor(offset):
        return None
    lead = f"This is {known.title}, which agentls does not check."
    return Hover(first, "\n\n".join((lead, known.summary, explain.cite_source(known.source))))


_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")


def _on_ignore_comment(document: Document, offset: int) -> Hover | None:
    """The page of the rule whose code in an ignore comment lies at `offset`."""
    for comment in suppressions.find_suppressions(document):
        if comment.span.contains_cursor(offset):
            word = _word_at(document.text, _CODE, comment.span, offset)
            page = explain.about_rule(word.text_in(document.text)) if word else None
            return Hover(word, page) if word and page else None
    return None


def _on_variable(document: Document, offset: int) -> Hover | None:
    """The variable that a placeholder in the prompt names at `offset`."""
    template = document.dialect.prompt_variables
    if not template.opening or offset < document.body_start:
        return None
    word = _word_at(
        document.text, _WORD, document.lines.line_span(document.lines.line_number(offset)), offset
    )
    if word is None or not document.text.endswith(template.opening, 0, word.start):
        return None
    return _hover(word, explain.about_variable(document.dialect, word.text_in(document.text)))


# --- the fences: the file as a whole ----------------------------------------------------------


def _on_fence(document: Document, offset: int, project: Index | None) -> Hover | None:
    """What each runtime makes of the file, on its fences as a person and as the runtime sees them."""
    block = document.frontmatter
    fences = (block.opening, block.closing) if block else ()
    for fence in (*fences, *(reading.closing for reading in document.readings)):
        if fence and fence.contains_cursor(offset):
            views = (inspection.report_for(document, reading, project) for reading in document.readings)
            cards = [_summary(view) for view in views]
            return Hover(
                fence, "\n\n".join((*cards, explain.cite_source(explain.observed_source(document.dialect))))
            )
    return None


def _summary(view: RuntimeReport) -> str:
    """What one runtime makes of the file."""
    tools = view.tools
    rows = [_sentence(reason) for reason in view.reasons]
    if view.loads:
        if view.name is not None:
            rows.append(f"Name: {code_span(view.name)}")
        if view.dialect.key("tools"):
            rows.append(f"Tools: {inspection.describe_tools(view, code_span)}")
        rows += [f"Dropped: {code_span(dropped.name)}, {dropped.reason}" for dropped in tools.dropped]
        if view.capabilities:
            words = capabilities.describe_capabilities(view.capabilities, code_span)
            rows += [f"{_sentence(label)}: {text}" for label, text, _ in words]
        if view.dialect.key("model"):
            rows.append(f"Model: {inspection.describe_model(view.model, code_span)}")
        then = ", which is part of every session, and" if view.dialect.model_invocable else " and"
        rows += [f"Tokens: {inspection.describe_tokens(view, then)}", *view.notes]
    return f"**{inspection.verdict(view)}**\n\n" + "\n".join(f"- {row}" for row in rows)


def _sentence(text: str) -> str:
    """`text` with a capital letter."""
    return text[:1].upper() + text[1:]


# --- the entries ------------------------------------------------------------------------------


class _NodeAt(NamedTuple):
    """A place in the tree: the keys that lead to it, the mapping that holds the last of them with
    its entry, and the scalar that lies there, `None` for the key itself."""

    keys: tuple[str, ...]
    mapping: Mapping
    entry: Entry
    scalar: Scalar | None


_T = TypeVar("_T")


def _node_at(root: Mapping, offset: int) -> _NodeAt | None:
    """The key or the scalar at `offset`."""
    keys: tuple[str, ...] = ()
    mapping, entry = root, None
    node: Node = root
    while not isinstance(node, Scalar):
        if isinstance(node, Mapping):
            mapping = node
            key = _holding(((entry.key.span, entry) for entry in node.entries), offset)
            entry = key or _holding(((entry.value.span, entry) for entry in node.entries), offset)
            if entry is None:
                return None
            keys = (*keys, entry.key.text)
            if key:
                return _NodeAt(keys, mapping, entry, None)
            node = entry.value
        else:
            item = _holding(((item.span, item) for item in node.items), offset)
            if item is None:
                return None
            node = item
    return _NodeAt(keys, mapping, entry, node) if entry else None


def _holding(candidates: Iterable[tuple[Span, _T]], offset: int) -> _T | None:
    """The candidate whose span holds `offset`, or else one that ends there."""
    ends = None
    for span, candidate in candidates:
        if span.start <= offset < span.end:
            return candidate
        if span.contains_cursor(offset):
            ends = candidate
    return ends


def _on_entry(document: Document, offset: int) -> Hover | None:
    """What is to be said about a key or a value of the frontmatter."""
    block = document.frontmatter
    if block is None or not block.content.contains_cursor(offset):
        return None
    spot = _node_at(document.root, offset)
    if spot is None:
        return None
    key = document.dialect.key(spot.keys[0])
    if key and key.type == "hooks" and (len(spot.keys) == 2 or (len(spot.keys) > 2 and not key.value.schema)):
        return _in_hooks(document, spot, offset)
    if key and key.type == "servers" and (len(spot.keys) > 1 or spot.scalar):
        return _in_servers(document.dialect, spot)
    if len(spot.keys) > 1:
        return _in_record(document.dialect, key, spot) if key else None
    if spot.scalar is None:
        return Hover(spot.entry.key.span, _key_page(document.dialect, spot.keys[0]))
    return _on_value(document, key, spot.entry, spot.scalar, offset) if key else None


def _in_record(dialect: Dialect, key: Key, spot: _NodeAt) -> Hover | None:
    """The fields of a record, and the words of them."""
    here = value_schema.schema_at(key, spot.keys[1:])
    if here is None:
        return None
    path, field = key.name, key
    for name in spot.keys[1:]:
        below = field.field(name)
        path, field = (f"{path}.{name}", below) if below else (path, field)
    page = explain.about_record_field(dialect, path) or explain.about_key(dialect, path)
    if spot.scalar is None:
        return _hover(spot.entry.key.span, page)
    word = explain.about_value(dialect, path, spot.scalar.text) if here.allows("words") else None
    return _hover(spot.scalar.span, word or page)


def _key_page(dialect: Dialect, name: str) -> str:
    told = dialect.runtimes[0].unknown_keys != "undocumented"
    effect = "knows no such key and ignores it" if told else "is not known to have such a key"
    names = (key.name for key in dialect.keys)
    return explain.about_key(dialect, name) or explain.about_unknown(dialect, name, "key", effect, names)


def _on_value(document: Document, key: Key, entry: Entry, scalar: Scalar, offset: int) -> Hover | None:
    """What is to be said about a value of a top-level key."""
    dialect = document.dialect
    if scalar.span.start == scalar.span.end:
        return None
    if key.type == "tools":
        return _on_tool(document, key, entry, scalar, offset)
    if key.type == "model" and scalar.type == "str":
        return Hover(scalar.span, _model_page(dialect, scalar.text))
    if key.type == "enum" and scalar.type == "str":
        page = explain.about_value(dialect, key.name, scalar.text)
        if page is None:
            effect = f"knows no such value of `{key.name}`: {key.docs.invalid_effect}"
            names = (value.name for value in key.values)
            page = explain.about_unknown(dialect, scalar.text, "value", effect, names)
        return Hover(scalar.span, page)
    if key.type in ("enum", "model", "boolean", "integer", "number"):
        return Hover(scalar.span, _key_page(dialect, key.name))
    page = explain.about_agent(dialect, scalar.text) if key.name == "name" else None
    page = page or explain.about_value(dialect, key.name, scalar.text)
    return Hover(scalar.span, page) if page else None


def _model_page(dialect: Dialect, name: str) -> str:
    names = [model.name for model in dialect.models.known]
    passed_on = dialect.models.unknown_models == "passed on"
    then = (
        "sends the text to the API as it is" if passed_on else "uses that of the session, unless it is yours"
    )
    effect = f"knows no such model and {then}"
    return explain.about_model(dialect, name) or explain.about_unknown(
        dialect, name, "model", effect if names else "has models of which nothing is known here", names
    )


# --- tools ------------------------------------------------------------------------------------

_TOOL_NAME = re.compile(r"[\w*./-]+")
_WORD = re.compile(r"[\w-]+")  # In a matcher other signs belong to a regular expression.


def _on_tool(document: Document, key: Key, entry: Entry, scalar: Scalar, offset: int) -> Hover | None:
    """What is to be said about an entry of a tool list, there and beside the others."""
    if entry.unparsed:
        word = _word_at(document.text, _TOOL_NAME, scalar.span, offset)
        page = explain.about_tool(document.dialect, word.text_in(document.text)) if word else None
        return Hover(word, page) if word and page else None
    listed = tool_names.split_tool_list(entry.value, document.text, document.dialect.tool_grammar)
    found = _holding(((tool.span, tool) for tool in listed), offset)
    if found is None:
        return None
    page = _tool_page(document.dialect, found.name)
    return Hover(found.span, _with_notes(page, _tool_notes(document, key, found)))


def _tool_page(dialect: Dialect, name: str) -> str:
    told = dialect.runtimes[0].unknown_tools != "undocumented"
    dropped = "knows no tool of this name and drops it without a word"
    effect = dropped if told else "is not known to have such a tool"
    if not dialect.tools:
        effect = "has tools of which nothing is known here"
    names = (tool.name for tool in dialect.tools)
    return explain.about_tool(dialect, name) or explain.about_unknown(dialect, name, "tool", effect, names)


def _with_notes(page: str, notes: Iterable[str]) -> str:
    """The page with further paragraphs in front of its source."""
    content, _, source = page.rpartition("\n\n")
    return "\n\n".join((content, *notes, source))


def _tool_notes(document: Document, key: Key, entry: ToolEntry) -> list[str]:
    """What its place in the list adds to what a tool is."""
    notes = []
    grants = key.name == "tools"
    tool = document.dialect.tool(entry.name)
    if entry.specifier is not None and key.docs.specifier:
        scoping = tool.specifier_effect if tool and grants else ""
        notes.append(f"**{code_span(f'({entry.specifier})')}:** {scoping or key.docs.specifier}")
    if tool and grants:
        notes += [
            f"**Not given:** {dropped.reason}."
            for dropped in document.available_tools.dropped
            if dropped.name == entry.text
        ]
    return notes


# --- hooks and servers ------------------------------------------------------------------------


def _in_hooks(document: Document, spot: _NodeAt, offset: int) -> Hover | None:
    """Events, the fields of their entries, and handlers."""
    dialect = document.dialect
    match spot.keys, spot.scalar:
        case (_, event), None:
            names = (known.name for known in dialect.hooks.events)
            page = explain.about_event(dialect, event) or explain.about_unknown(
                dialect, event, "hook event", "knows no such event and ignores the entry", names
            )
            return Hover(spot.entry.key.span, page)
        case (_, _, field), None:
            return _hover(spot.entry.key.span, explain.about_entry_field(dialect, field))
        case (_, event, "matcher"), Scalar() as scalar:
            known = dialect.hook_event(event)
            if known and known.matches_tools:
                return _tool_in(document, scalar, offset)
        case (_, _, "hooks", field), None:
            page = explain.about_field(dialect, _type_of(spot.mapping), field) or explain.about_unknown(
                dialect,
                field,
                "field of a hook handler",
                "knows no such field and ignores it",
                (known.name for known in dialect.hooks.common_fields),
            )
            return Hover(spot.entry.key.span, page)
        case (_, _, "hooks", "type"), Scalar() as scalar:
            names = (known.name for known in dialect.hooks.handlers)
            page = explain.about_handler(dialect, scalar.text) or explain.about_unknown(
                dialect, scalar.text, "kind of hook handler", "knows no such kind and ignores the hook", names
            )
            return Hover(scalar.span, page)
        case (_, _, "hooks", "if"), Scalar() as scalar:
            return _tool_in(document, scalar, offset)
        case (_, _, "hooks", "model"), Scalar(type="str") as scalar:
            return Hover(scalar.span, _model_page(dialect, scalar.text))
    return None


def _tool_in(document: Document, scalar: Scalar, offset: int) -> Hover | None:
    """The tool that is named at `offset` in a matcher or a permission rule."""
    word = _word_at(document.text, _WORD, scalar.span, offset)
    return _hover(word, explain.about_tool(document.dialect, word.text_in(document.text))) if word else None


def _type_of(handler: Mapping) -> str:
    """The kind of a hook handler as it is written, "" where it has none."""
    entry = handler.get("type")
    return entry.value.text if entry and isinstance(entry.value, Scalar) else ""


def _in_servers(dialect: Dialect, spot: _NodeAt) -> Hover | None:
    """Servers by name, and the fields of their definitions."""
    match spot.keys, spot.scalar:
        case (_,), Scalar(type="str") as scalar:
            return Hover(
                scalar.span, _server_page(dialect, scalar.text, "A server that is configured elsewhere.")
            )
        case (_, name), None:
            return Hover(spot.entry.key.span, _server_page(dialect, name, "A server that is defined here."))
        case (_, _, field), None:
            return _hover(spot.entry.key.span, explain.about_server_field(dialect, field))
        case (_, _, "type"), Scalar() as scalar:
            return _hover(scalar.span, explain.about_transport(dialect, scalar.text))
    return None


def _server_page(dialect: Dialect, name: str, summary: str) -> str:
    key = next(key for key in dialect.keys if key.type == "servers")
    facts = [("Its tools are called", code_span(f"{tool_names.MCP_PREFIX}{name}__..."))]
    return explain.render_page(name, "MCP server", summary, facts, dialect.source(key.source))


def _hover(span: Span, page: str | None) -> Hover | None:
    return Hover(span, page) if page else None


def _word_at(text: str, word: re.Pattern[str], span: Span, offset: int) -> Span | None:
    """The word inside `span` that lies at `offset`."""
    for found in word.finditer(text, *span):
        if found.start() <= offset <= found.end():
            return Span(*found.span())
    return None
