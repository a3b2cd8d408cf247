"""Code lenses above an agent, a skill or a command: references, tools and tokens.

Which there are is cheap to find; a title is only made when the editor resolves the lens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from agentls.document.document import Document
from agentls.features import references
from agentls.project.index import Index
from agentls.project.names import Definition
from agentls.reports import inspection
from agentls.reports.inspection import RuntimeReport

LensSubject = Literal["references", "tokens", "tools"]
"""The subject of a code lens."""

_MAX_TOOLS = 2


def code_lenses(document: Document, index: Index | None) -> list[LensSubject]:
    """The subjects of the code lenses of a document, which are above its first line: there they stay while the name is
    being typed. The one for references needs the index of the project."""
    if document.dialect.kind == "text":
        return []
    shown = {
        "references": main_definition(document, index) is not None,
        "tools": _lists_tools(document),
        "tokens": True,
    }
    return [subject for subject in get_args(LensSubject) if shown[subject]]


def main_definition(document: Document, index: Index | None) -> Definition | None:
    """The definition that the references are to."""
    names = index.get(document.path) if index else None
    return names.main_definition if names else None


def _lists_tools(document: Document) -> bool:
    """Whether the file can list tools of its own: an agent can, a skill cannot."""
    return document.dialect.kind == "agent" and document.dialect.key("tools") is not None


def lens_title(document: Document, subject: LensSubject, index: Index | None, runtime: str = "") -> str:
    """The title of the code lens for `subject`. `runtime` is that of the editor; if it does not own the folder of the
    file, the lens is about the first runtime that does."""
    if subject == "references":
        return _reference_count(document, index)
    own = (reading for reading in document.readings if reading.runtime.name == runtime)
    report = inspection.report_for(document, next(own, document.reading), index)
    return _tools_title(report) if subject == "tools" else f"tokens: {inspection.describe_tokens(report)}"


def _reference_count(document: Document, index: Index | None) -> str:
    definition = main_definition(document, index)
    count = sum(1 for _ in references.find_references(index, definition)) if index and definition else 0
    return "no references" if not count else "1 reference" if count == 1 else f"{count:,} references"


def _tools_title(report: RuntimeReport) -> str:
    """The tools that the agent can use in its project, or the status of a file without a usable agent."""
    if not inspection.is_usable(report):
        return inspection.short_status(report)
    found = report.capabilities
    left = found.tools if found else report.tools.available
    servers = [server.server for server in found.servers] if found else []
    if report.tools.mode == "all" or left is None:
        dropped = [tool.name for tool in report.tools.dropped]
        denied = list(dict.fromkeys((*dropped, *(denial.name for denial in (found.denied if found else ())))))
        return f"all tools except {_first_names(denied)}" if denied else "all tools"
    listed = _first_names(left) if left else "no tools" if not servers else ""
    return ", ".join(filter(None, (listed, *(f"MCP {_first_names(servers)}" for _ in servers[:1]))))


def _first_names(names: Sequence[str]) -> str:
    """The first names and the number of the others, which are more than one."""
    rest = len(names) - _MAX_TOOLS
    shown = ", ".join(names if rest == 1 else names[:_MAX_TOOLS])
    return f"{shown} and {rest:,} more" if rest > 1 else shown
