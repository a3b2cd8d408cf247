"""Code lenses above an agent, a skill or a command: references, tools and tokens.

Their positions are cheap to find; a title is only made when the editor resolves the lens.
"""

from __future__ import annotations

from typing import Literal, get_args

from agentls.document.document import Document
from agentls.features import references
from agentls.project.index import Index
from agentls.reports import inspection
from agentls.reports.inspection import RuntimeReport
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span

LensSubject = Literal["references", "tokens", "tools"]
"""The subject of a code lens."""

_MAX_TOOLS = 2


class CodeLens(NamedTuple):
    """A code lens above the line of `span`, which is the name of the definition."""

    span: Span
    subject: LensSubject


def code_lenses(document: Document, index: Index | None) -> list[CodeLens]:
    """The code lenses of a document. The one for references needs the index of the project."""
    if document.dialect.kind == "text":
        return []
    names = index.get(document.path) if index else None
    definition = names.main_definition if names else None
    entry = document.entry("name")
    span = definition.span if definition else entry.value.span if entry else Span(0, 0)
    shown = {"references": definition is not None, "tools": bool(_lists_tools(document)), "tokens": True}
    return [CodeLens(span, subject) for subject in get_args(LensSubject) if shown[subject]]


def _lists_tools(document: Document) -> bool:
    """Whether the file can list tools of its own: an agent can, a skill cannot."""
    return document.dialect.kind == "agent" and document.dialect.key("tools") is not None


def lens_title(document: Document, subject: LensSubject, index: Index | None) -> str:
    """The title of the code lens for `subject`."""
    if subject == "references":
        return _reference_count(document, index)
    report = inspection.report_for(document, document.reading, index)
    return _tools_title(report) if subject == "tools" else f"tokens: {inspection.describe_tokens(report)}"


def _reference_count(document: Document, index: Index | None) -> str:
    names = index.get(document.path) if index else None
    if index is None or names is None or names.main_definition is None:
        return "no references"
    count = sum(1 for _ in references.find_references(index, names.main_definition))
    return "no references" if not count else "1 reference" if count == 1 else f"{count:,} references"


def _tools_title(report: RuntimeReport) -> str:
    """The tools that the agent can use in its project, or the status of a file without a usable agent."""
    if not inspection.is_usable(report):
        return inspection.short_status(report)
    found = report.capabilities
    left = found.tools if found else report.tools.available
    servers = [server.server for server in found.servers] if found else []
    if report.tools.mode == "all" or left is None:
        denied = len(report.tools.dropped) + (len(found.denied) if found else 0)
        return f"all tools except {denied:,}" if denied else "all tools"
    listed = _first_names(left) if left else "no tools" if not servers else ""
    return ", ".join(filter(None, (listed, *(f"MCP {_first_names(servers)}" for _ in servers[:1]))))


def _first_names(names: tuple[str, ...] | list[str]) -> str:
    rest = len(names) - _MAX_TOOLS
    return ", ".join(names[:_MAX_TOOLS]) + (f" +{rest}" if rest > 0 else "")
