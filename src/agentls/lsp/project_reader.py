"""Reading the files of projects in the background.

The files are found and read in a thread, and parsed on the event loop in short time slices; what is read so far
is used at once. An open document is used instead of its file on the disk.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from threading import Event

from agentls.lsp.background import Progress, ProgressFactory, TimeSlice
from agentls.lsp.projects import Project, project_root
from agentls.lsp.session import Change, FileRead, ProjectRead, Session, Update
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk, load
from agentls.workspace.settings_files import LoadedConfig

SCAN_INTERVAL = 2.0
"""The least time between two scans of a project, in seconds."""

WATCHED_SCAN_INTERVAL = 60.0
"""The same if the client watches files. It may miss some, such as those of a folder that was deleted."""

SCAN_DUTY_RATIO = 20
"""The least time between two scans, in units of the time that a scan takes."""

BATCH_CHARACTERS = 500_000
"""The number of characters that are read before they are parsed."""

log = logging.getLogger(__name__)


class _File(NamedTuple):
    """A file that was found, with its text unless it is unchanged."""

    path: str
    stamp: disk.FileStamp
    text: str | None


class _Reading:
    """What is known about the files of one project, and what has to be read."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.stamps: dict[str, disk.FileStamp] = {}
        self.needs_scan = False
        self.changed_paths: set[str] = set()
        self.last_scan = 0.0
        self.scan_seconds = 0.0
        self.timer: asyncio.Handle | None = None
        self.due = 0.0
        self.task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self.task is not None and not self.task.done()

    def stop(self) -> None:
        if self.timer:
            self.timer.cancel()
        if self.task:
            self.task.cancel()
        self.timer = self.task = None


class ProjectReader:
    """Reads the projects of a session. `apply` applies a change to the session and publishes what follows."""

    def __init__(self, session: Session, apply: Callable[[Change], None], progress: ProgressFactory) -> None:
        self._session = session
        self._apply = apply
        self._progress = progress
        self._readings: dict[str, _Reading] = {}

    def follow(self, update: Update) -> None:
        """Read what has to be read after a change."""
        for root in update.dropped:
            if root in self._readings:
                self._readings.pop(root).stop()
        for root in update.load:
            self._load(root)
        for path in update.paths:
            self._file_changed(path)
        watches = self._session.snapshot.client.watches_files
        for root in update.rescan:
            self._rescan(root, WATCHED_SCAN_INTERVAL if watches else SCAN_INTERVAL)

    async def wait(self, *, until_complete: bool) -> None:
        """Wait until all projects are complete, or until nothing is being read."""
        while tasks := [
            reading.task
            for reading in self._readings.values()
            if reading.task
            and reading.is_running
            and not (until_complete and self._is_complete(reading.root))
        ]:
            await asyncio.wait(tasks)

    def _is_complete(self, root: str) -> bool:
        project = self._project(root)
        return project is None or project.is_complete

    def _project(self, root: str) -> Project | None:
        return self._session.snapshot.projects.get(root)

    # What to read

    def _load(self, root: str) -> None:
        """Read all files of a project, also those that were read before."""
        project = self._project(root)
        if project is None or not project.is_on_disk:
            return
        reading = self._readings.setdefault(root, _Reading(root))
        reading.stop()
        reading.stamps.clear()
        reading.needs_scan = True
        self._start(reading)

    def _file_changed(self, path: str) -> None:
        """Read a file again if it is known; scan its projects if it is new."""
        for reading in self._readings.values():
            project = self._project(reading.root)
            if project is None:
                continue
            if path in reading.stamps:
                reading.changed_paths.add(path)
                self._start(reading)
            elif path in project.index or project.contains(path):
                self._rescan(reading.root, SCAN_INTERVAL)

    def _rescan(self, root: str, interval: float) -> None:
        """Scan a project for changed files, at once or when the last scan is long enough ago. Of two scans that wait,
        only the earlier one takes place."""
        reading = self._readings.get(root)
        if reading is None or reading.needs_scan:
            return
        loop = asyncio.get_running_loop()
        due = reading.last_scan + max(interval, SCAN_DUTY_RATIO * reading.scan_seconds)
        if reading.timer:
            if reading.due <= due:
                return
            reading.timer.cancel()
        pause = due - loop.time()
        if pause > 0:
            reading.due = due
            reading.timer = loop.call_later(pause, self._scan, reading)
        else:
            self._scan(reading)

    def _scan(self, reading: _Reading) -> None:
        reading.timer = None
        reading.needs_scan = True
        self._start(reading)

    def _start(self, reading: _Reading) -> None:
        if not reading.is_running:
            reading.task = asyncio.get_running_loop().create_task(self._work(reading))

    # Reading

    async def _work(self, reading: _Reading) -> None:
        """Read until nothing is left to read."""
        progress = self._progress(f"Reading the agents of {reading.root.rpartition('/')[2]}")
        loop = asyncio.get_running_loop()
        try:
            while reading.needs_scan or reading.changed_paths:
                if reading.needs_scan:
                    reading.needs_scan, start = False, loop.time()
                    self._apply(await self._read(reading, None, progress))
                    reading.last_scan, reading.scan_seconds = loop.time(), loop.time() - start
                else:
                    changed, reading.changed_paths = reading.changed_paths, set()
                    for path in changed:
                        reading.stamps.pop(path, None)
                    self._apply(await self._read(reading, changed, progress))
        except Exception:  # An exception in a task is not reported anywhere else.
            log.exception("failed to index %s", reading.root)
        finally:
            progress.end()

    async def _read(self, reading: _Reading, some: Set[str] | None, progress: Progress) -> ProjectRead:
        """Read the files of a project that have changed on the disk, of `some` or of all. While one batch is
        parsed, the next one is read."""
        loop, stopped, time_slice = asyncio.get_running_loop(), Event(), TimeSlice()
        batches = self._batches(reading, some, stopped)
        upcoming = loop.run_in_executor(None, next, batches, ())
        changed, found, read = False, set[str](), set[str]()
        try:
            while batch := await upcoming:
                upcoming = loop.run_in_executor(None, next, batches, ())
                # The names of files are kept, and a garbage collector that visits them takes longer and longer.
                gc.freeze()
                for file in batch:
                    found.add(file.path)
                    if file.text is not None:
                        changed |= self._take(reading.root, file.path, file.text)
                        reading.stamps[file.path] = file.stamp
                        read.add(file.path)
                    if await time_slice.yield_if_due():
                        progress.report(f"{len(found):,} files")
        finally:
            stopped.set()
        project = self._project(reading.root)
        known = some if some is not None else {names.path for names in project.index} if project else set()
        for path in known - found - self._open_paths(reading.root):
            reading.stamps.pop(path, None)
            changed |= self._take(reading.root, path, None)
            read.add(path)
        return ProjectRead(reading.root, changed, frozenset(read), is_whole=some is None)

    def _take(self, root: str, path: str, text: str | None) -> bool:
        """Apply that a file has this text, or is gone, and return whether that matters to other files."""
        names = self._session.snapshot.current_names(path, text) if text is not None else None
        update = self._session.apply(FileRead(root, path, names))
        return any(change.names for change in update.projects)

    def _open_paths(self, root: str) -> set[str]:
        """Return the paths of the documents that belong to the project at `root` even if they have no file."""
        snapshot = self._session.snapshot
        paths = {opened.path for opened in snapshot.documents.values() if opened.path}
        return {path for path in paths if project_root(path, snapshot.configuration.folders) == root}

    def _batches(
        self, reading: _Reading, some: Iterable[str] | None, stopped: Event
    ) -> Iterator[list[_File]]:
        """Yield some files of a project, or all, in batches. This runs in a thread."""

        def settings(folder: str) -> LoadedConfig:
            if stopped.is_set():
                raise _StoppedError
            return self._session.snapshot.configuration.settings_for_names(folder)

        batch: list[_File] = []
        size = 0
        with suppress(_StoppedError, ValueError):  # Python raises the latter for an invalid root.
            for path in load.find_index_files(reading.root, settings) if some is None else some:
                try:
                    stamp = disk.file_stamp(path)
                    text = None if reading.stamps.get(path) == stamp else disk.read_text(path)
                except (OSError, ValueError):
                    continue  # The file was deleted meanwhile, or cannot be read.
                batch.append(_File(path, stamp, text))
                size += 100 + len(text or "")
                if size > BATCH_CHARACTERS:
                    yield batch
                    batch, size = [], 0
        yield batch


class _StoppedError(Exception):
    """The task that reads the files was cancelled."""
