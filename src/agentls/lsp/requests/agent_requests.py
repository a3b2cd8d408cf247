"""Requests beyond the protocol, for clients that know them: inspection and new agents."""

from __future__ import annotations

from typing import Any

from agentls.features import new_agent as feature
from agentls.lsp.snapshot import Snapshot
from agentls.reports import inspection
from agentls.reports.status import status_of


def inspect(snapshot: Snapshot, params: Any) -> dict[str, Any] | None:
    """Return what `params.textDocument` is and how each runtime reads it: as text, and as a status for each primary
    reader, that of the client's own runtime first."""
    file = snapshot.agent_file(params.textDocument.uri)
    if file is None:
        return None
    report = inspection.inspect_document(file.document, file.project.complete_index)
    report = report._replace(path=file.document.path.rpartition("/")[2])
    found = snapshot.diagnostics(file.opened)
    readings = [
        {
            "runtime": view.runtime.title,
            "verdict": inspection.verdict(view),
            **status_of(view, found)._asdict(),
        }
        for view in sorted(report.reports, key=lambda view: view.runtime.name != snapshot.client.runtime)
        if view.is_primary
    ]
    text = inspection.strip_styles(inspection.render_text(report))
    return {"noun": file.document.dialect.noun, "text": text, "readings": readings}


def folders(_: Snapshot, __: Any) -> list[dict[str, Any]]:
    """Return the folders in which a project can have agents."""
    return [folder._asdict() for folder in feature.agent_folders()]


def new_agent(_: Snapshot, params: Any) -> dict[str, Any]:
    """Return the file of a new agent named `params.name` in the dialect `params.dialect`."""
    return feature.new_agent(params.dialect, params.name)._asdict()
