"""The projects of the open documents: their indexes, and the texts of their files.

What is open in the editor counts as it stands there, not as it lies on the disk. The files on the disk
are found and read in a thread, and parsed on the event loop, a few milliseconds at a time; whoever asks
meanwhile is answered from what is there.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from functools import lru_cache
from threading import Event
from typing import NamedTuple

from pygls import uris

from agentls.document.document import Document
from agentls.lsp.background import Progress, Turns
from agentls.lsp.open_documents import Documents, Opened, path_of
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Names
from agentls.workspace import disk, load, settings_files, user_files
from agentls.workspace.settings_files import LoadedConfig

PAUSE = 2.0
"""The least time between two looks at all files of a project, in seconds."""

TRUST = 60.0
"""The same where the client says which files have changed. It may miss some, as those of a folder that was
removed."""

SHARE = 20
"""How many times as long as a look takes is the time to the next one, at least."""

BATCH = 500_000
"""How many characters of text may wait to be parsed."""

log = logging.getLogger(__name__)


class Project:
    """A project: its root, its index, and what is known of its files on the disk.

    `complete` tells whether all files are in the index, so that what is not there does not exist. `again` and
    `touched` say what is still to be done: to look at all files, or to read some of them.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.index = Index(user_files.user_folder())
        self.complete = False
        self.stamps: dict[str, disk.FileStamp] = {}
        self.again = True
        self.touched: set[str] = set()
        self.looked = 0.0
        self.took = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.job: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Let go of all that is under way."""
        if self.timer:
            self.timer.cancel()
        if self.job:
            self.job.cancel()
        self.timer = self.job = None


class _File(NamedTuple):
    """A file that was met, with its text unless it is known already."""

    path: str
    stamp: disk.FileStamp
    text: str | None


class Change(NamedTuple):
    """What has changed in a project: whether names have, so that it matters for all files; which files on the
    disk have been read; the path of the document that was edited, if it is one (else "")."""

    names: bool
    read: frozenset[str] = frozenset()
    edited: str = ""


class Projects:
    """All projects by their roots.

    `changed` is told what has changed. `progress` starts to show that something takes its time.
    """

    def __init__(
        self,
        documents: Documents,
        changed: Callable[[Project, Change], None],
        progress: Callable[[str], Progress],
    ) -> None:
        self._documents = documents
        self._changed = changed
        self._progress = progress
        self._projects: dict[str, Project] = {}
        self._roots: dict[str, str] = {}
        self._current: dict[str, Document] = {}

    # Questions

    def index(self, document: Document) -> Index:
        """The index of the document's project, with the document as it is now, and with as much of the
        other files as is known yet."""
        return self._with(document).index

    def known(self, document: Document) -> Index | None:
        """The same once it is complete."""
        project = self._with(document)
        return project.index if project.complete else None

    def project(self, document: Document) -> Project:
        """The project that a document belongs to; a text that was never saved has one to itself."""
        path = document.path
        if path not in self._roots:
            self._roots[path] = load.find_project_root(path, self._documents.folders) if "/" in path else path
        return self._at(self._roots[path])

    def all(self) -> list[Project]:
        """The projects of the workspace's folders, and those of the open documents."""
        for root in self._workspace:
            self._at(root)
        return list(self._projects.values())

    def holding(self, path: str) -> Index | None:
        """The index that has the file at `path` in it, that of the innermost project."""
        found = [project for project in self._projects.values() if path in project.index]
        return max(found, key=lambda project: len(project.root)).index if found else None

    def names(self, path: str, text: str | None = None) -> Names | None:
        """The names in a file, as it is now or with `text` in it."""
        opened = self._documents.get(self.uri(path))
        if opened and opened.document:
            return extract.extract_names(_having(opened.document, text))
        text = self.text(path) if text is None else text
        return None if text is None else load.parse_names(path, text, self._documents.settings_for_names)

    def document(self, path: str, text: str | None = None) -> Document | None:
        """A file, as it is now or with `text` in it, if it is an agent file."""
        opened = self._documents.get(self.uri(path))
        if opened and opened.document:
            return _having(opened.document, text)
        text = self.text(path) if text is None else text
        settings = self._documents.settings_for_names(path.rpartition("/")[0])
        return None if text is None else settings_files.open_document(path, text, settings)

    def text(self, path: str) -> str | None:
        """The text of a file: that in the editor, or that on the disk; `None` where there is none."""
        opened = self._documents.get(self.uri(path))
        if opened:
            return opened.text
        try:
            return disk.read_text(path)
        except (OSError, ValueError):  # The latter is about paths that there cannot be.
            return None

    def uri(self, path: str) -> str:
        """The URI of the file at `path`, as the editor writes it if the file is open."""
        uri = _uri(path)
        opened = self._documents.get(uri)
        return opened.uri if opened else uri

    # What happens to files

    def touched(self, path: str) -> None:
        """Something has happened to the file or folder at `path`."""
        for project in self._projects.values():
            if path in project.stamps or path in project.index:
                project.touched.add(path)
                self._start(project)
            elif path.startswith(f"{project.root}/"):
                self._look(project, PAUSE)

    def see(self, document: Document, *, watched: bool) -> None:
        """See whether files around a document have changed. With `watched` the client does so too."""
        self._look(self.project(document), TRUST if watched else PAUSE)

    def edited(self, path: str) -> bool:
        """The text of a file has changed in the editor, or the editor has closed it; whether it is known.
        Agent files need that only when they are closed: whoever asks about one brings it along."""
        self._current.pop(path, None)
        known = [project for project in self._projects.values() if path in project.index]
        for project in known:
            project.touched.add(path)
            self._start(project)
        return bool(known)

    def regroup(self) -> None:
        """Find out anew what belongs together: other folders are open."""
        self._roots.clear()
        self._current.clear()
        wanted = {self.project(opened.document).root for opened in self._documents if opened.document}
        for root in self._projects.keys() - wanted - {*self._workspace}:
            self._projects.pop(root).stop()
        for project in self._projects.values():
            self._changed(project, Change(names=True))

    def renew(self) -> None:
        """Read everything again: other settings count. Until that is done, what is known stays."""
        self._current.clear()
        for project in self._projects.values():
            project.stop()
            project.complete = False
            project.again = True
            project.stamps.clear()
            self._start(project)

    # The work

    @property
    def _workspace(self) -> list[str]:
        tops = self._documents.folders
        return [load.find_project_root(f"{top}/", tops) for top in tops]

    def _at(self, root: str) -> Project:
        if root not in self._projects:
            self._projects[root] = Project(root)
            self._start(self._projects[root])
        return self._projects[root]

    def _with(self, document: Document) -> Project:
        project = self.project(document)
        if self._current.get(document.path) is not document:
            self._current[document.path] = document
            if project.index.update(extract.extract_names(document)):
                self._changed(project, Change(names=True, edited=document.path))
        return project

    def _look(self, project: Project, pause: float) -> None:
        """See in the background which files there are, and read those that have changed: now, or when the
        last time is long enough ago."""
        if project.again or project.timer:
            return
        loop = asyncio.get_running_loop()
        at = project.looked + max(pause, SHARE * project.took)
        if at > loop.time():
            project.timer = loop.call_at(at, self._look_now, project)
        else:
            self._look_now(project)

    def _look_now(self, project: Project) -> None:
        project.timer = None
        project.again = True
        self._start(project)

    def _start(self, project: Project) -> None:
        # A text that was never saved has no files around it.
        if "/" in project.root and (project.job is None or project.job.done()):
            project.job = asyncio.get_running_loop().create_task(self._work(project))

    async def _work(self, project: Project) -> None:
        progress = self._progress(f"Reading the agents of {project.root.rpartition('/')[2]}")
        loop = asyncio.get_running_loop()
        try:
            while project.again or project.touched:
                if project.again:
                    project.again, start = False, loop.time()
                    change = await self._take_in(project, None, progress)
                    if not project.complete:
                        change = Change(names=True)
                    project.complete = True
                    project.looked, project.took = loop.time(), loop.time() - start
                else:
                    touched, project.touched = project.touched, set()
                    for path in touched:
                        project.stamps.pop(path, None)
                    change = await self._take_in(project, touched, progress)
                if change.names or change.read:
                    self._changed(project, change)
        except Exception:  # Nobody else sees what a task raises.
            log.exception("failed to index %s", project.root)
        finally:
            progress.end()

    async def _take_in(self, project: Project, some: Set[str] | None, progress: Progress) -> Change:
        """Take in those files of a project that have changed on the disk, of `some` or of all. While one batch
        of them is parsed, the next one is read."""
        loop, stopped, turns = asyncio.get_running_loop(), Event(), Turns()
        batches = self._batches(project, some, stopped)
        upcoming = loop.run_in_executor(None, next, batches, ())
        changed, met, read = False, set[str](), set[str]()
        opened = self._opened
        try:
            while batch := await upcoming:
                upcoming = loop.run_in_executor(None, next, batches, ())
                # What is known of files stays; looking through it for garbage would take longer and longer.
                gc.freeze()
                for file in batch:
                    met.add(file.path)
                    if file.text is not None:
                        names = self._names(file.path, file.text, opened.get(file.path))
                        changed |= project.index.update(names) if names else project.index.remove(file.path)
                        project.stamps[file.path] = file.stamp
                        read.add(file.path)
                    if await turns.over():
                        progress.report(f"{len(met):,} files")
                        opened = self._opened
        finally:
            stopped.set()
        known = some if some is not None else {names.path for names in project.index}
        for path in known - met - self._opened.keys():
            project.stamps.pop(path, None)
            changed |= project.index.remove(path)
            read.add(path)
        return Change(changed, frozenset(read))

    def _names(self, path: str, text: str, opened: Opened | None) -> Names | None:
        """The names in a file: as it stands in the editor, or else in `text`."""
        if opened and opened.document:
            return extract.extract_names(opened.document)
        return load.parse_names(path, opened.text if opened else text, self._documents.settings_for_names)

    @property
    def _opened(self) -> dict[str, Opened]:
        """The open documents by their paths."""
        return {path: opened for opened in self._documents if (path := path_of(opened.uri))}

    def _batches(self, project: Project, some: Iterable[str] | None, stopped: Event) -> Iterator[list[_File]]:
        """Some files of a project, or all. This is what runs in the thread."""

        def settings(folder: str) -> LoadedConfig:
            if stopped.is_set():
                raise _StoppedError
            return self._documents.settings_for_names(folder)

        batch: list[_File] = []
        size = 0
        with suppress(_StoppedError):
            for path in load.find_index_files(project.root, settings) if some is None else some:
                try:
                    stamp = disk.file_stamp(path)
                    text = None if project.stamps.get(path) == stamp else disk.read_text(path)
                except (OSError, ValueError):
                    continue  # It has gone meanwhile, or cannot be read.
                batch.append(_File(path, stamp, text))
                size += 100 + len(text or "")
                if size > BATCH:
                    yield batch
                    batch, size = [], 0
        yield batch


def _having(document: Document, text: str | None) -> Document:
    """The document with `text` in it, if any is given: all that follows from its own is kept otherwise."""
    return document if text is None else document._replace(text=text)


@lru_cache(maxsize=10_000)
def _uri(path: str) -> str:
    return uris.from_fs_path(path) or ""


class _StoppedError(Exception):
    """Nobody waits for the files any more."""
