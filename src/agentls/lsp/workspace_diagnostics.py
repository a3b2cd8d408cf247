"""The findings in files that are not open, for those who want to see them all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from agentls.lsp.background import Progress, Turns

if TYPE_CHECKING:
    from agentls.lsp.project_indexes import Project
    from agentls.lsp.server import Server

REST = 1.0
"""The least time between two surveys of a project, in seconds."""

SHARE = 4
"""How many times as long as a survey takes is the time to the next one, at least."""

AT_ONCE = 50
"""How many files are read in one go."""

log = logging.getLogger(__name__)


class Survey:
    """The checks of all files that are not open, made in the background."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._wanted: set[str] = set()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._looks: set[asyncio.Task[None]] = set()
        self._shown: dict[str, dict[str, str]] = {}

    def note(self, project: Project) -> None:
        """Check all files of a project, soon."""
        self._wanted.add(project.root)
        job = self._jobs.get(project.root)
        if job is None or job.done():
            self._jobs[project.root] = asyncio.get_running_loop().create_task(self._work(project))

    def look_at(self, project: Project, paths: Collection[str]) -> None:
        """Check some files of a project, at once."""
        self._looks.add(task := asyncio.get_running_loop().create_task(self._safely(project, [*paths])))
        task.add_done_callback(self._looks.discard)

    def keep(self, projects: Iterable[Project]) -> None:
        """Take back what was found in all projects but these."""
        for root in self._jobs.keys() - {project.root for project in projects}:
            self._jobs.pop(root).cancel()
            for uri in self._shown.pop(root, {}).values():
                if self._server.documents.get(uri) is None:
                    self._server.show(uri, [])

    async def _work(self, project: Project) -> None:
        loop = asyncio.get_running_loop()
        while project.root in self._wanted:
            self._wanted.discard(project.root)
            start = loop.time()
            await self._safely(project, [names.path for names in project.index])
            await asyncio.sleep(max(REST, SHARE * (loop.time() - start)))

    async def _safely(self, project: Project, paths: list[str]) -> None:
        progress = Progress(self._server, f"Checking the agents of {project.root.rpartition('/')[2]}")
        try:
            await self._check(project, paths, progress)
        except Exception:  # Nobody else sees what a task raises.
            log.exception("failed to check %s", project.root)
        finally:
            progress.end()

    async def _check(self, project: Project, paths: list[str], progress: Progress) -> None:
        """Check files that are not open, and send what differs from what was sent before."""
        turns, shown = Turns(), self._shown.setdefault(project.root, {})
        # What a user has at hand everywhere is no matter of this project.
        paths = [path for path in paths if path.startswith(f"{project.root}/")]
        for start in range(0, len(paths), AT_ONCE):
            for path, text in await asyncio.to_thread(self._texts, paths[start : start + AT_ONCE]):
                self._one(project, path, text, shown)
                if await turns.over():
                    progress.report(f"{start:,} of {len(paths):,} files")
        for path in [path for path in shown if path not in project.index]:
            self._one(project, path, None, shown)

    def _one(self, project: Project, path: str, text: str | None, shown: dict[str, str]) -> None:
        server = self._server
        uri = shown.get(path) or server.projects.uri(path)
        if server.documents.get(uri):
            return
        found = []
        if text is not None:
            found = server.diagnostics(server.documents.closed(uri, text, project.index))
        server.show(uri, found)
        if found:
            shown[path] = uri
        else:
            shown.pop(path, None)

    def _texts(self, paths: list[str]) -> list[tuple[str, str | None]]:
        """Files with their texts; `None` for those that cannot be read. This is what runs in a thread."""
        return [(path, self._server.projects.text(path)) for path in paths]
