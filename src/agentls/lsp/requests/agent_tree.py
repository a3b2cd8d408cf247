"""The tree of agent files, requests beyond the protocol for clients that can show one.

A client asks for the groups, for the files of a group that the user opens, and for the verdicts on the files that it
shows, so that a large project costs no more than what is seen of it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from agentls.config import Config
from agentls.linter.consequence import Severity
from agentls.lsp.background import TimeSlice
from agentls.lsp.projects import Project
from agentls.lsp.server import Server
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.reports import inspection
from agentls.reports import project_tree as report
from agentls.reports.status import LEVELS, status_of
from agentls.text.paths import relative_to


def tree(snapshot: Snapshot, _: Any) -> list[dict[str, Any]]:
    """Return the projects of the session, each with the groups of its agent files."""
    projects = [project for project in snapshot.projects.values() if project.is_on_disk]
    return [
        {
            "root": project.root,
            "name": project.root.rpartition("/")[2],
            "groups": [_group_data(group, project) for group in _groups(snapshot, project)],
        }
        for project in projects
    ]


def tree_files(snapshot: Snapshot, params: Any) -> list[dict[str, Any]]:
    """Return the files of the group with the id `params.group` in the project at `params.root`."""
    project = snapshot.projects.get(params.root)
    groups = _groups(snapshot, project) if project else []
    config = _config(snapshot, project) if project else Config()
    return [
        {**file._asdict(), "uri": snapshot.uri(file.path)}
        for group in groups
        if group.id == params.group
        for file in report.list_files(group, config)
    ]


async def verdicts(server: Server, params: Any) -> list[dict[str, Any]]:
    """Return the verdicts on the files at `params.paths`, without those that can no longer be read."""
    found, time_slice = [], TimeSlice()
    for path in params.paths:
        text = await asyncio.to_thread(server.snapshot.text, path)
        file = server.snapshot.file_in_project(path, text)
        if file:
            found.append(_verdict(server.snapshot, file))
        await time_slice.yield_if_due()
    return found


def _groups(snapshot: Snapshot, project: Project) -> list[report.FileGroup]:
    return report.group_files(project.index, project.root, _config(snapshot, project))


def _config(snapshot: Snapshot, project: Project) -> Config:
    return snapshot.configuration.settings_for_names(project.root).config


def _group_data(group: report.FileGroup, project: Project) -> dict[str, Any]:
    return {
        **group._asdict(),
        "folder": relative_to(group.folder, project.root) if group.folder != project.root else "",
        "files": len(group.files),
        "rejected": group.rejected,
    }


def _verdict(snapshot: Snapshot, file: OpenAgentFile) -> dict[str, Any]:
    """Return the worst status of a file, what each primary reader does with it, its problems, and where the name is
    that a rename starts from."""
    document, found = file.document, snapshot.diagnostics(file.opened)
    reports = [inspection.report_for(document, reading) for reading in document.readings]
    worst = max((status_of(report, found) for report in reports), key=lambda each: LEVELS.index(each.level))
    names = file.project.index.get(document.path)
    definition = names.main_definition if names else None
    return {
        "path": document.path,
        **worst._asdict(),
        "verdicts": [inspection.verdict(report) for report in reports],
        "problems": [each.message for each in found if each.severity <= Severity.WARNING],
        "name": file.positions.position(definition.span.start)
        if definition and definition.span.end
        else None,
    }
