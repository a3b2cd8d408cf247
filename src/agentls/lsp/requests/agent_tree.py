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
from agentls.lsp.requests.navigation import target_location
from agentls.lsp.server import Server
from agentls.lsp.snapshot import OpenAgentFile, Snapshot
from agentls.project.names import Names
from agentls.reports import inspection
from agentls.reports import project_tree as report
from agentls.reports.status import LEVELS, status_of
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import relative_to
from agentls.workspace import user_files


class TreeRoot(NamedTuple):
    """A project or the user folder: what its node is called, what the paths of its groups begin with, and its files."""

    root: str
    name: str
    prefix: str
    files: list[Names]


def tree(snapshot: Snapshot, _: Any) -> list[dict[str, Any]]:
    """Return the projects of the session and the user folder, each with the groups of its files and MCP servers."""
    return [
        {
            "root": part.root,
            "name": part.name,
            "groups": [_group_data(group, part) for group in _groups(snapshot, part)],
        }
        for part in _roots(snapshot)
    ]


def tree_files(snapshot: Snapshot, params: Any) -> list[dict[str, Any]]:
    """Return the files of the group with the id `params.group` in the project at `params.root`, or its entries, each
    with its position in their file."""
    groups = [
        group
        for part in _roots(snapshot)
        if part.root == params.root
        for group in _groups(snapshot, part)
        if group.id == params.group
    ]
    return [row for group in groups for row in _rows(snapshot, group, params.root)]


def _rows(snapshot: Snapshot, group: report.FileGroup, root: str) -> list[dict[str, Any]]:
    files = report.list_files(group, _config(snapshot, root))
    rows = [{**file._asdict(), "uri": snapshot.uri(file.path), "position": None} for file in files]
    return rows + [
        {
            "path": entry.path,
            "name": entry.name,
            "detail": "",
            "description": entry.description,
            "loads": True,
            "uri": location.uri,
            "position": location.name_range.start,
        }
        for entry in group.entries
        if (location := target_location(snapshot, entry))
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


def _roots(snapshot: Snapshot) -> list[TreeRoot]:
    projects = [project for project in snapshot.projects.values() if project.is_on_disk]
    found = [
        TreeRoot(project.root, project.root.rpartition("/")[2], "", list(project.index))
        for project in projects
    ]
    home = user_files.user_folder()
    if home not in snapshot.projects:
        # The index of each project has the files of the user.
        own = {
            names.path: names
            for project in projects
            for names in project.index
            if not any(other.contains(names.path) for other in projects)
        }
        found += [TreeRoot(home, "User", "~/", list(own.values()))] if own else []
    return found


def _groups(snapshot: Snapshot, part: TreeRoot) -> list[report.FileGroup]:
    files = report.group_files(part.files, part.root, _config(snapshot, part.root))
    return [*files, *report.group_entries(part.files, part.root)]


def _config(snapshot: Snapshot, root: str) -> Config:
    return snapshot.configuration.settings_for_names(root).config


def _group_data(group: report.FileGroup, part: TreeRoot) -> dict[str, Any]:
    return {
        "id": group.id,
        "runtime": group.runtime,
        "title": group.title,
        "kind": group.kind,
        "folder": part.prefix + relative_to(group.folder, part.root) if group.folder != part.root else "",
        "files": len(group.files) + len(group.entries),
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
