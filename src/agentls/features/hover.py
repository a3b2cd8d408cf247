"""Hover: an explanation of the text at a position.

In the frontmatter, keys, values, tools, models, hooks and servers are explained from the tables of the
dialect. The `---` lines show how each runtime reads the file, an ignore comment shows its rule, and a
placeholder in the prompt its variable or argument. Unknown words have no hover, since a diagnostic reports them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from agentls.dialects import tool_names, unsupported_files, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.document import prompt_arguments, suppressions
from agentls.document.document import Document
from agentls.document.file_patterns import when_used
from agentls.document.secrets import hide_secrets
from agentls.linter.check import Diagnostic
from agentls.project import capabilities
from agentls.project.index import Index
from agentls.reports import explain, fact_page, inspection
from agentls.reports.inspection import RuntimeReport
from agentls.text.escaping import code_span, to_markdown
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar


class Hover(NamedTuple):
    """A page of Markdown, and the span that it is about."""

    span: Span
    markdown: str


def hover(
    document: Document, offset: int, index: Index | None = None, diagnostics: Collection[Diagnostic] = ()
) -> Hover | None:
    """Explain the text at `offset`, or return `None`. `index` is that of the project, if known, and `diagnostics` are
    those that the editor shows as well, which the hover does not repeat."""
    codes = {each.code for each in diagnostics if each.span.contains_cursor(offset)}
    entry = _on_entry(document, offset)
    found = (
        _on_ignore_comment(document, offset)
        or _on_delimiter(document, offset, index, codes)
        or (entry and entry._replace(markdown=_without_reported(entry.markdown, codes)))
        or _on_variable(document, offset)
        or _on_argument(document, offset)
        or hover_unsupported_file(document.path, document.text, offset)
    )
    return found and found._replace(markdown=hide_secrets(found.markdown))


def hover_unsupported_file(path: str, text: str, offset: int) -> Hover | None:
    """Explain, on its first line, a known kind of file that is not an agent file."""
    known = unsupported_files.find_unsupported_file(path, text)
    first = Span(0, text.find("\n") if "\n" in text else len(text))
    if known is None or not first.contains_cursor(offset):
        return None
    lead = f"This is {known.title}, which agentls does not check."
    return Hover(first, "\n\n".join((lead, known.summary, fact_page.cite_source(known.source))))


_CODE = lazy_pattern(r"[a-z]+(?:-[a-z]+)*")


def _on_ignore_comment(document: Document, offset: int) -> Hover | None:
    """Explain the rule whose code in an ignore comment is at `offset`."""
    for comment in suppressions.find_suppressions(document):
        if comment.span.contains_cursor(offset):
            word = _word_at(document.text, _CODE, comment.span, offset)
            page = explain.explain_rule(word.text_in(document.text)) if word else None
            return Hover(word, page) if word and page else None
    return None


def _on_variable(document: Document, offset: int) -> Hover | None:
    """Explain the variable of the placeholder at `offset` in the prompt."""
    template = document.dialect.prompt_variables
    if not template.opening or offset < document.body_start:
        return None
    word = _word_at(
        document.text, _WORD, document.lines.line_span(document.lines.line_number(offset)), offset
    )
    if word is None or not document.text.endswith(template.opening, 0, word.start):
        return None
    return _hover(word, explain.explain_variable(document.dialect, word.text_in(document.text)))


def _on_argument(document: Document, offset: int) -> Hover | None:
    """Explain the placeholder for arguments at `offset` in the prompt."""
    if document.dialect.prompt_arguments is None or offset < document.body_start:
        return None
    line = document.lines.line_span(document.lines.line_number(offset))
    names = prompt_arguments.declared_names(document.reading)
    found = prompt_arguments.find_placeholders(document.text[: line.end], line.start, names)
    at = _candidate_at(((each.span, each) for each in found), offset)
    if at is None:
        return None
    written = at.span.text_in(document.text)
    return _hover(at.span, explain.explain_argument(document.dialect, written, at.position))


# --- the `---` lines: the file as a whole ------------------------------------------------------


def _on_delimiter(document: Document, offset: int, index: Index | None, codes: set[str]) -> Hover | None:
    """Report how each runtime reads the file, on the `---` lines that an editor or a runtime recognises. A runtime that
    rejects it for reasons that diagnostics with `codes` report is left out."""
    block = document.frontmatter
    fences = (block.opening, block.closing) if block else ()
    for fence in (*fences, *(reading.closing for reading in document.readings)):
        if fence and fence.contains_cursor(offset):
            readings = [
                reading
                for reading in document.readings
                if reading.loads or not codes.issuperset(reason.kind for reason in reading.reasons)
            ]
            if not readings:
                return None
            reports = (inspection.report_for(document, reading, index) for reading in readings)
            source = fact_page.cite_source(fact_page.observed_source(document.dialect))
            return Hover(fence, "\n\n".join((*map(_summary, reports), source)))
    return None


def _summary(report: RuntimeReport) -> str:
    """Summarise how one runtime reads the file."""
    rows = [_sentence(reason) for reason in report.reasons]
    if report.loads:
        if report.name is not None:
            rows.append(f"Name: {code_span(report.name)}")
        if report.dialect.key("tools"):
            rows.append(f"Tools: {inspection.describe_tools(report, code_span)}")
        if report.use:
            rows.append(f"Used: {inspection.describe_use(report.use)}")
        rows += [f"Ignored: {code_span(entry.name)} ({entry.reason})" for entry in report.tools.dropped]
        if report.capabilities:
            words = capabilities.describe_capabilities(report.capabilities, code_span)
            rows += [f"{_sentence(label)}: {text}" for label, text, _ in words]
        if report.dialect.key("model"):
            rows.append(f"Model: {inspection.describe_model(report.model, code_span)}")
        separator = " (part of every session)," if report.dialect.model_invocable else ","
        rows += [f"Tokens: {inspection.describe_tokens(report, separator)}", *report.notes]
    lead = f"**{to_markdown(inspection.verdict(report))}**"
    return f"{lead}\n\n" + "\n".join(f"- {to_markdown(row)}" for row in rows)


_REPORTED_ROWS = {
    "deprecated-key": "Deprecated",
    "ineffective-key": "No effect",
    "ineffective-hook-field": "No effect in agents",
    "ignored-in-plugin": "In plugins",
}
"""The labels of the rows in the pages of facts that a diagnostic with the code reports too."""


def _without_reported(page: str, codes: set[str]) -> str:
    """`page` without the rows that diagnostics with `codes` report."""
    labels = tuple(f"- {label}: " for code, label in _REPORTED_ROWS.items() if code in codes)
    return "\n".join(line for line in page.split("\n") if not (labels and line.startswith(labels)))


def _sentence(text: str) -> str:
    """`text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


# --- the entries ------------------------------------------------------------------------------


class _NodeAt(NamedTuple):
    """A node of the frontmatter: the path of keys to it, the mapping and the entry of the last key, and the
    scalar in its value, `None` for the key itself."""

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
            key = _candidate_at(((entry.key.span, entry) for entry in node.entries), offset)
            entry = key or _candidate_at(((entry.value.span, entry) for entry in node.entries), offset)
            if entry is None:
                return None
            keys = (*keys, entry.key.text)
            if key:
                return _NodeAt(keys, mapping, entry, None)
            node = entry.value
        else:
            item = _candidate_at(((item.span, item) for item in node.items), offset)
            if item is None:
                return None
            node = item
    return _NodeAt(keys, mapping, entry, node) if entry else None


def _candidate_at(candidates: Iterable[tuple[Span, _T]], offset: int) -> _T | None:
    """The candidate whose span contains `offset`, or else one that ends there."""
    ends = None
    for span, candidate in candidates:
        if span.start <= offset < span.end:
            return candidate
        if span.contains_cursor(offset):
            ends = candidate
    return ends


def _on_entry(document: Document, offset: int) -> Hover | None:
    """Explain a key or a value of the frontmatter."""
    block = document.frontmatter
    if block is None or not block.content.contains_cursor(offset):
        return None
    found = _node_at(document.root, offset)
    if found is None:
        return None
    key = document.dialect.key(found.keys[0])
    if (
        key
        and key.type == "hooks"
        and (len(found.keys) == 2 or (len(found.keys) > 2 and not key.value.schema))
    ):
        return _on_hooks(document, found, offset)
    if key and key.type == "servers" and (len(found.keys) > 1 or found.scalar):
        return _on_servers(document.dialect, found)
    if len(found.keys) > 1:
        return _on_record(document.dialect, key, found) if key else None
    if key and key.type == "globs":
        span = (found.scalar or found.entry.key).span
        page = "\n\n".join((*_uses(document), _key_page(document.dialect, key.name) or ""))
        return _hover(span, page)
    if found.scalar is None:
        return _hover(found.entry.key.span, _key_page(document.dialect, found.keys[0]))
    return _on_value(document, key, found.entry, found.scalar, offset) if key else None


def _on_record(dialect: Dialect, key: Key, found: _NodeAt) -> Hover | None:
    """Explain a field of a record, or its value."""
    here = value_schema.schema_at(key, found.keys[1:])
    if here is None:
        return None
    path, field = key.name, key
    for name in found.keys[1:]:
        below = field.field(name)
        path, field = (f"{path}.{name}", below) if below else (path, field)
    page = explain.explain_record_field(dialect, path) or explain.explain_key(dialect, path)
    if found.scalar is None:
        return _hover(found.entry.key.span, page)
    word = explain.explain_value(dialect, path, found.scalar.text) if here.allows("words") else None
    return _hover(found.scalar.span, word or page)


def _uses(document: Document) -> Iterator[str]:
    """When each runtime uses the text, as sentences."""
    for reading in document.readings:
        use = when_used(reading, document.text) if reading.loads else None
        if use:
            yield f"Used by {reading.runtime.title}: {inspection.describe_use(use)}"


def _key_page(dialect: Dialect, name: str) -> str | None:
    """The page of a key of the dialect; keys of other formats are left to diagnostics."""
    return explain.explain_key(dialect, name) if dialect.key(name) else None


def _on_value(document: Document, key: Key, entry: Entry, scalar: Scalar, offset: int) -> Hover | None:
    """Explain a value of a top-level key."""
    dialect = document.dialect
    if scalar.span.start == scalar.span.end:
        return None
    if key.type == "tools":
        return _on_tool(document, entry, scalar, offset)
    if key.type == "model" and scalar.type == "str":
        return _hover(scalar.span, explain.explain_model(dialect, scalar.text))
    if key.type == "enum" and scalar.type == "str":
        return _hover(scalar.span, explain.explain_value(dialect, key.name, scalar.text))
    if key.type in ("enum", "model", "boolean", "integer", "number"):
        return _hover(scalar.span, _key_page(dialect, key.name))
    page = explain.explain_agent(dialect, scalar.text) if key.name == "name" else None
    return _hover(scalar.span, page or explain.explain_value(dialect, key.name, scalar.text))


# --- tools ------------------------------------------------------------------------------------

_TOOL_NAME = lazy_pattern(r"[\w*./-]+")
_WORD = lazy_pattern(r"[\w-]+")  # Other characters of a matcher belong to its regular expression.


def _on_tool(document: Document, entry: Entry, scalar: Scalar, offset: int) -> Hover | None:
    """Explain an entry of a list of tools."""
    if entry.unparsed:
        word = _word_at(document.text, _TOOL_NAME, scalar.span, offset)
        return _hover(word, _tool_page(document, word.text_in(document.text))) if word else None
    entries = tool_names.split_tool_list(entry.value, document.text, document.dialect.tool_grammar)
    found = _candidate_at(((tool.span, tool) for tool in entries), offset)
    return _hover(found.span, _tool_page(document, found.name)) if found else None


def _tool_page(document: Document, name: str) -> str | None:
    """The page of the tool that `name` resolves to, also if it is a former name or one of another format."""
    dialect, mode = document.dialect, document.permission_mode
    resolved = (
        tool_names.resolve_tool(name, dialect, mode, reading.runtime).tool for reading in document.readings
    )
    tool = name if name == tool_names.ALL_TOOLS else next(filter(None, resolved), None)
    return explain.explain_tool(dialect, tool) if tool else None


# --- hooks and servers ------------------------------------------------------------------------


def _on_hooks(document: Document, found: _NodeAt, offset: int) -> Hover | None:
    """Explain events, the fields of their entries, and handlers."""
    dialect, key_span = document.dialect, found.entry.key.span
    match found.keys, found.scalar:
        case (_, event), None:
            return _hover(key_span, explain.explain_event(dialect, event))
        case (_, _, field), None:
            return _hover(key_span, explain.explain_entry_field(dialect, field))
        case (_, event, "matcher"), Scalar() as scalar:
            known = dialect.hook_event(event)
            if known and known.matches_tools:
                return _tool_in(document, scalar, offset)
        case (_, _, "hooks", field), None:
            handler = _type_of(found.mapping)
            return _hover(key_span, explain.explain_handler_field(dialect, handler, field))
        case (_, _, "hooks", "type"), Scalar() as scalar:
            return _hover(scalar.span, explain.explain_handler(dialect, scalar.text))
        case (_, _, "hooks", "if"), Scalar() as scalar:
            return _tool_in(document, scalar, offset)
        case (_, _, "hooks", "model"), Scalar(type="str") as scalar:
            return _hover(scalar.span, explain.explain_model(dialect, scalar.text))
    return None


def _tool_in(document: Document, scalar: Scalar, offset: int) -> Hover | None:
    """Explain the tool at `offset` in a matcher or a permission rule."""
    word = _word_at(document.text, _WORD, scalar.span, offset)
    return _hover(word, _tool_page(document, word.text_in(document.text))) if word else None


def _type_of(handler: Mapping) -> str:
    """The `type` of a hook handler, "" if it has none."""
    entry = handler.get("type")
    return entry.value.text if entry and isinstance(entry.value, Scalar) else ""


def _on_servers(dialect: Dialect, found: _NodeAt) -> Hover | None:
    """Explain the name of a server, or a field of its definition."""
    match found.keys, found.scalar:
        case (_,), Scalar(type="str") as scalar:
            page = _server_page(dialect, scalar.text, "MCP server that is configured outside this file.")
            return Hover(scalar.span, page)
        case (_, name), None:
            page = _server_page(dialect, name, "MCP server that is defined in this file.")
            return Hover(found.entry.key.span, page)
        case (_, _, field), None:
            return _hover(found.entry.key.span, explain.explain_server_field(dialect, field))
        case (_, _, "type"), Scalar() as scalar:
            return _hover(scalar.span, explain.explain_transport(dialect, scalar.text))
    return None


def _server_page(dialect: Dialect, name: str, summary: str) -> str:
    key = next(key for key in dialect.keys if key.type == "servers")
    facts = [("Tool names", code_span(f"{tool_names.MCP_PREFIX}{name}__..."))]
    return fact_page.render_page(name, "MCP server", summary, facts, dialect.source(key.source))


def _hover(span: Span, page: str | None) -> Hover | None:
    return Hover(span, page) if page else None


def _word_at(text: str, word: re.Pattern[str], span: Span, offset: int) -> Span | None:
    """The match of `word` inside `span` that contains `offset`."""
    for found in word.finditer(text, *span):
        if found.start() <= offset <= found.end():
            return Span(*found.span())
    return None
