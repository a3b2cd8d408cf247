"""The diagnostics of files that are not open, for users who set `diagnostics` to `workspace`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable

from agentls.lsp.background import Progress, ProgressFactory, TimeSlice
from agentls.lsp.projects import Project
from agentls.lsp.publisher import Publisher
from agentls.lsp.session import Session, Update

CHECK_INTERVAL = 1.0
"""The least time between two checks of all files of a project, in seconds."""

CHECK_DUTY_RATIO = 4
"""The least time between two checks of all files, in units of the time that one takes."""

FILES_PER_BATCH = 50
"""The number of files that are read before they are checked."""

log = logging.getLogger(__name__)


class WorkspaceDiagnostics:
    """Checks all files of the projects that are not open, in the background."""

    def __init__(self, session: Session, publisher: Publisher, progress: ProgressFactory) -> None:
        self._session = session
        self._publisher = publisher
        self._progress = progress
        self._outdated: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._single_checks: set[asyncio.Task[None]] = set()
        self._published: dict[str, dict[str, str]] = {}

    def follow(self, update: Update) -> None:
        """Check the files that a change may matter to."""
        if update.scope_changed:
            self._update_scope()
        elif update.dropped:
            self._keep(self._session.snapshot.projects)
        if self._session.snapshot.configuration.settings.diagnostics != "workspace":
            return
        for path in update.paths if update.closed else ():
            self._take_over(path, update.closed)
        for change in update.projects:
            project = self._session.snapshot.projects.get(change.root)
            if project is None or not project.is_complete:
                continue
            if change.names:
                self._check_all_soon(project.root)
            if change.read:
                self._check_now(project.root, change.read)

    def _take_over(self, path: str, uri: str) -> None:
        """Note that the diagnostics of a closed document are still shown."""
        for project in self._session.snapshot.projects.values():
            if project.contains(path):
                self._published.setdefault(project.root, {})[path] = uri

    def _update_scope(self) -> None:
        """Check all projects, or clear the diagnostics of closed files, as the settings and folders say."""
        snapshot = self._session.snapshot
        if snapshot.configuration.settings.diagnostics == "open":
            self._keep([])
            return
        self._keep(snapshot.projects)
        for project in snapshot.projects.values():
            if project.is_complete:
                self._check_all_soon(project.root)

    def _keep(self, roots: Iterable[str]) -> None:
        """Clear the diagnostics of all projects except these."""
        for root in (self._tasks.keys() | self._published.keys()) - {*roots}:
            if root in self._tasks:
                self._tasks.pop(root).cancel()
            for uri in self._published.pop(root, {}).values():
                if self._session.snapshot.open_document(uri) is None:
                    self._publisher.publish(uri, [])

    def _check_all_soon(self, root: str) -> None:
        self._outdated.add(root)
        task = self._tasks.get(root)
        if task is None or task.done():
            self._tasks[root] = asyncio.get_running_loop().create_task(self._work(root))

    def _check_now(self, root: str, paths: Collection[str]) -> None:
        task = asyncio.get_running_loop().create_task(self._check_safely(root, [*paths]))
        self._single_checks.add(task)
        task.add_done_callback(self._single_checks.discard)

    async def _work(self, root: str) -> None:
        """Check all files of a project until nothing has changed meanwhile."""
        loop = asyncio.get_running_loop()
        while root in self._outdated and (project := self._session.snapshot.projects.get(root)):
            self._outdated.discard(root)
            start = loop.time()
            await self._check_safely(root, [names.path for names in project.index])
            await asyncio.sleep(max(CHECK_INTERVAL, CHECK_DUTY_RATIO * (loop.time() - start)))

    async def _check_safely(self, root: str, paths: list[str]) -> None:
        progress = self._progress(f"Checking the agents of {root.rpartition('/')[2]}")
        try:
            await self._check(root, paths, progress)
        except Exception:  # An exception in a task is not reported anywhere else.
            log.exception("failed to check %s", root)
        finally:
            progress.end()

    async def _check(self, root: str, paths: list[str], progress: Progress) -> None:
        """Check the files that are not open, and publish the diagnostics that have changed."""
        time_slice, published = TimeSlice(), self._published.setdefault(root, {})
        # The user's own files in the home folder are not part of this project.
        paths = [path for path in paths if path.startswith(f"{root}/")]
        for start in range(0, len(paths), FILES_PER_BATCH):
            for path, text in await asyncio.to_thread(self._read, paths[start : start + FILES_PER_BATCH]):
                project = self._session.snapshot.projects.get(root)
                if project is None or not project.is_complete:
                    return  # Everything is checked again once the project is read.
                self._publish(project, path, text, published)
                if await time_slice.yield_if_due():
                    progress.report(f"{start:,} of {len(paths):,} files")
        project = self._session.snapshot.projects.get(root)
        if project is None:
            return
        for path in [path for path in published if path not in project.index]:
            self._publish(project, path, None, published)

    def _publish(self, project: Project, path: str, text: str | None, published: dict[str, str]) -> None:
        """Publish the diagnostics of a file with this text, or clear them if it cannot be read."""
        snapshot = self._session.snapshot
        uri = published.get(path) or snapshot.uri(path)
        if snapshot.open_document(uri):
            return
        found = []
        if text is not None:
            found = snapshot.protocol_diagnostics(snapshot.as_if_open(uri, text, project))
        self._publisher.publish(uri, found)
        if found:
            published[path] = uri
        else:
            published.pop(path, None)

    def _read(self, paths: list[str]) -> list[tuple[str, str | None]]:
        """Return files with their texts, `None` for those that cannot be read. This runs in a thread."""
        return [(path, self._session.snapshot.text(path)) for path in paths]
