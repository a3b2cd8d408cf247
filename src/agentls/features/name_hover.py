"""Hover on a name: the definition of the agent, skill, command or server that it refers to."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from agentls.dialects import loader
from agentls.document.document import Document
from agentls.features import definition, name_at
from agentls.features.hover import Hover
from agentls.project.index import Index
from agentls.project.names import Definition, Names, Reference
from agentls.reports import explain, inspection
from agentls.text.escaping import code_span, escape_markdown, to_markdown

_MAX_DESCRIPTION = 500
_MAX_DEFINITIONS = 3
"""The number of definitions of one name that are shown."""

_SEPARATOR = "\n\n---\n\n"

DocumentLookup = Callable[[str], Document | None]
"""Returns the current document at a path, `None` if it is not an agent file."""


def hover(index: Index, names: Names, text: str, offset: int, open_document: DocumentLookup) -> Hover | None:
    """Describe the definitions of the reference at `offset` in `text`, which is the file of `names`."""
    found = name_at.find_name_at(index, names, text, offset)
    if not isinstance(found, Reference):
        return None
    pages = [
        describe_definition(names, each, index.user_folder, open_document)
        for each in definition.find_definitions(index, names, found)[:_MAX_DEFINITIONS]
    ]
    pages = pages or list(_built_in_agent(found, open_document(names.path)))
    return Hover(name_at.full_span(found, text), _SEPARATOR.join(pages)) if pages else None


def merge_hovers(first: Hover | None, second: Hover | None) -> Hover | None:
    """Both pages on the span of the first one."""
    if first and second:
        return Hover(first.span, f"{first.markdown}{_SEPARATOR}{second.markdown}")
    return first or second


def describe_definition(
    names: Names, definition: Definition, user_folder: str, open_document: DocumentLookup
) -> str:
    """Describe a definition, with its path relative to the file of `names`."""
    description = textwrap.shorten(definition.description, _MAX_DESCRIPTION, placeholder=" …")
    # The description of a server is its command or address.
    summary = (
        code_span(description)
        if description and definition.kind == "server"
        else escape_markdown(description)
    )
    rows = [f"Defined in {code_span(path_label(definition.path, names.base_folder, user_folder))}"]
    rows += () if definition.is_entry else _facts(open_document(definition.path))
    title = f"**{code_span(definition.full_name)}** ({kind_label(definition)})"
    return "\n\n".join(filter(None, (title, summary, "\n".join(f"- {to_markdown(row)}" for row in rows))))


def kind_label(definition: Definition) -> str:
    """The kind of a definition, for users."""
    if definition.kind == "server":
        return "MCP server"
    # A dialect of the user is only known with the configuration.
    known = definition.dialect in loader.DIALECT_NAMES
    return loader.load_dialect(definition.dialect).title if known else definition.kind


def path_label(path: str, base: str, user_folder: str) -> str:
    """A path relative to `base` or, with `~`, to the user folder."""
    for folder, start in ((base, ""), (user_folder, "~/")):
        if folder and path.startswith(f"{folder}/"):
            return start + path[len(folder) + 1 :]
    return path


def _facts(document: Document | None) -> Iterator[str]:
    """How the owner of the folder reads a file, as rows."""
    if document is None:
        return
    report = inspection.report_for(document, document.reading)
    if not report.loads:
        yield inspection.verdict(report)
        return
    if report.dialect.key("tools"):
        yield f"Tools: {inspection.describe_tools(report, code_span)}"
    if report.dialect.key("model"):
        yield f"Model: {inspection.describe_model(report.model, code_span)}"


def _built_in_agent(reference: Reference, document: Document | None) -> Iterator[str]:
    """The page of an agent that is built into the runtime."""
    page = explain.explain_agent(document.dialect, reference.name) if document else None
    if page and reference.kind == "agent":
        yield page
