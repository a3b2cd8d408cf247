"""The agent map: a question beyond the protocol, for clients that can show a page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from agentls.text.offsets import LineIndex

if TYPE_CHECKING:
    from agentls.lsp.project_indexes import Project
    from agentls.lsp.server import Server


def register(server: Server) -> None:
    """Register what every client may ask."""
    server.feature("agentls/graph")(graph)


async def graph(ls: Server, params: Any) -> dict[str, Any] | None:
    """The page with the agent map, and its title: that of the project of `params.textDocument`, or of all
    folders of the workspace if that is none of ours. The answer waits until all files are known."""
    from agentls.project import graph as core
    from agentls.reports import graph_formats
    from agentls.text.paths import common_folder
    from agentls.workspace import disk

    projects = _projects(ls, params)
    if not projects:
        return None
    jobs = [project.job for project in projects if project.job]
    if jobs:
        await asyncio.wait(jobs)
    lines: dict[str, LineIndex] = {}

    def line(path: str, offset: int) -> int:
        if path not in lines:
            lines[path] = LineIndex(ls.projects.text(path) or "")
        return lines[path].line_number(offset) + 1

    roots = [project.root for project in projects]

    def shown(path: str) -> bool:
        return any(path.startswith(f"{root}/") for root in roots)

    top = common_folder(roots)
    drawn = core.build_graph((project.index for project in projects), top, line, shown)
    title = f"Agent map of {top.rpartition('/')[2] or top}"
    return {"title": title, "html": graph_formats.render_html(drawn, title, disk.read_map_asset)}


def _projects(ls: Server, params: Any) -> list[Project]:
    """The projects to draw."""
    document = getattr(params, "textDocument", None)
    asked = ls.ask(document.uri) if document else None
    return [ls.projects.project(asked.document)] if asked else ls.projects.all()
