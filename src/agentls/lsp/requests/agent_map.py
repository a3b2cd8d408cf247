"""The agent map, a request beyond the protocol for clients that can show a page."""

from __future__ import annotations

from functools import cache
from typing import Any

from agentls.lsp.projects import Project
from agentls.lsp.snapshot import Snapshot
from agentls.project import graph as core
from agentls.reports import graph_formats
from agentls.text.offsets import LineIndex
from agentls.text.paths import common_folder
from agentls.workspace import disk


def graph(snapshot: Snapshot, params: Any) -> dict[str, Any] | None:
    """Return the page with the agent map, and its title, for the project of `params.textDocument`, or for all
    projects of the workspace if that is not an open agent file."""
    projects = _projects(snapshot, params)
    if not projects:
        return None
    roots = [project.root for project in projects]
    lines = cache(lambda path: LineIndex(snapshot.text(path) or ""))

    def line_number(path: str, offset: int) -> int:
        return lines(path).line_number(offset) + 1

    def is_included(path: str) -> bool:
        return any(project.contains(path) for project in projects)

    top = common_folder(roots)
    found = core.build_graph((project.index for project in projects), top, line_number, is_included)
    title = graph_formats.graph_title(roots)
    return {"title": title, "html": graph_formats.render_html(found, title, disk.read_map_asset)}


def _projects(snapshot: Snapshot, params: Any) -> list[Project]:
    document = getattr(params, "textDocument", None)
    file = snapshot.agent_file(document.uri) if document else None
    return [file.project] if file else list(snapshot.projects.values())
