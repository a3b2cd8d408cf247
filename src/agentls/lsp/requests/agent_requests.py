"""The inspection of an agent file, a request beyond the protocol for clients that know it."""

from __future__ import annotations

from typing import Any

from agentls.lsp.addresses import path_of
from agentls.lsp.snapshot import Snapshot
from agentls.reports import inspection, inspection_page
from agentls.reports.status import status_of


def inspect(snapshot: Snapshot, params: Any) -> dict[str, Any] | None:
    """Return what `params.textDocument` is, which need not be open, and how each runtime reads it: as text, as the
    content of a page, and as a status for each primary reader, that of the client's own runtime first."""
    uri = params.textDocument.uri
    path = path_of(uri)
    file = snapshot.file_in_project(path, snapshot.text(path)) if path else snapshot.agent_file(uri)
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
    html = inspection_page.render_html(report)
    return {"noun": file.document.dialect.noun, "text": text, "html": html, "readings": readings}
