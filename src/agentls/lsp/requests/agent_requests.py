"""Requests beyond the protocol, for clients that know them: inspection and new agents."""

from __future__ import annotations

from typing import Any

from agentls.features import new_agent as feature
from agentls.lsp.snapshot import Snapshot
from agentls.reports import inspection


def inspect(snapshot: Snapshot, params: Any) -> dict[str, Any] | None:
    """Return how each runtime reads `params.textDocument`: as text, and as a short status for each primary
    reader."""
    file = snapshot.agent_file(params.textDocument.uri)
    if file is None:
        return None
    report = inspection.inspect_document(file.document, file.project.complete_index)
    report = report._replace(path=file.document.path.rpartition("/")[2])
    readings = [
        {
            "word": inspection.short_status(view),
            "good": inspection.is_usable(view),
            "verdict": inspection.verdict(view),
        }
        for view in report.reports
        if view.is_primary
    ]
    return {"text": inspection.strip_styles(inspection.render_text(report)), "readings": readings}


def folders(_: Snapshot, __: Any) -> list[dict[str, Any]]:
    """Return the folders in which a project can have agents."""
    return [folder._asdict() for folder in feature.agent_folders()]


def new_agent(_: Snapshot, params: Any) -> dict[str, Any]:
    """Return the file of a new agent named `params.name` in the dialect `params.dialect`."""
    return feature.new_agent(params.dialect, params.name)._asdict()
