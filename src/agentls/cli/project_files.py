"""The files of a run as parts of their projects: each examined once, with an index for each project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from agentls.cli.examined_files import (
    DocumentStore,
    Examination,
    ExaminedFile,
    FileTask,
    complete_check,
)
from agentls.cli.file_runs import FileRun, RunOptions
from agentls.project.index import Index
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk, load, user_files
from agentls.workspace.discovery import FoundFile

if TYPE_CHECKING:
    from agentls.cli.result_cache import ResultCache
    from agentls.document.document import Document
    from agentls.linter.check import Diagnostic
    from agentls.project.world import World


class ExaminedProjects(NamedTuple):
    """The first step of a run: the root of the project of each requested file, the index of each project by its
    root, what is known of each file, and the documents that are kept. With a cache also a digest of all files, and
    whether the cache has the final result for just these, so that there are no indexes."""

    options: RunOptions
    roots: Mapping[str, str]
    indexes: Mapping[str, Index]
    files: Mapping[str, ExaminedFile]
    documents: DocumentStore
    cache: ResultCache | None = None
    digest: str = ""
    is_unchanged: bool = False

    def index_for(self, path: str) -> Index:
        """Return the index of the project of a requested file, with its own names even if no other file can
        refer to them."""
        index = self.indexes[self.roots[path]]
        names = self.files[path].names
        if names and path not in index:
            index.update(names)
        return index

    def check(self, path: str) -> tuple[Document, World, list[Diagnostic]]:
        """Return the document of a requested file, the world around it, and its diagnostics. Raises `OSError`."""
        document = self.documents.take(path)
        world = disk.DiskWorld(document, self.index_for(path))
        return document, world, complete_check(self.files[path], document, self.options, world)

    def examine_again(self, path: str) -> ExaminedProjects:
        """Return the same after the requested file at `path` was changed on the disk, to be checked."""
        file = Examination(self.options, is_check=True, keep_documents=False).examine(FileTask(path))
        if file.names and file.are_shared:
            self.indexes[self.roots[path]].update(file.names)
        return self._replace(files={**self.files, path: file}, cache=None)


def examine_projects(
    run: FileRun,
    files: Iterable[FoundFile],
    paths: Iterable[str],
    texts: Mapping[str, str] = MappingProxyType({}),
    *,
    is_check: bool = False,
    find_cache: Callable[[int], ResultCache | None] = lambda _: None,
    needs_index: bool = True,
) -> ExaminedProjects:
    """Examine the requested `files` and all others of their projects that have names. `paths` are those that the
    user has named, `texts` those of files that are not read from the disk. `find_cache` returns the cache for a
    number of files. Unless `needs_index`, there are no indexes if the cache has all results."""
    find_root = load.ProjectRoots(disk.absolute_path(path) for path in paths if os.path.isdir(path))
    roots = {found.path: find_root(found.path) for found in files}
    members = {
        root: dict.fromkeys(load.find_index_files(root, run.options.settings))
        for root in dict.fromkeys(roots.values())
    }
    others = dict.fromkeys(path for each in members.values() for path in each if path not in roots)
    tasks = [FileTask(path, True, texts.get(path)) for path in roots]
    tasks += [FileTask(path, False) for path in others]
    cache = find_cache(len(tasks))
    examined, documents = _examine(run, tasks, texts, cache, is_check=is_check)
    digest = ""
    if cache:
        digest = project_digest(examined, members)
        requested = (examined[path].entry for path in roots)
        if not needs_index and all(entry is None or entry.project == digest for entry in requested):
            return ExaminedProjects(run.options, roots, {}, examined, documents, cache, digest, True)
        examined = {path: each.recalled() for path, each in examined.items()}
    indexes = {root: Index(user_files.user_folder()) for root in members}
    for path, root in (*((path, root) for root, each in members.items() for path in each), *roots.items()):
        file = examined[path]
        if file.names and file.are_shared and path not in indexes[root]:
            indexes[root].update(file.names)
    return ExaminedProjects(run.options, roots, indexes, examined, documents, cache, digest)


def _examine(
    run: FileRun,
    tasks: list[FileTask],
    texts: Mapping[str, str],
    cache: ResultCache | None,
    *,
    is_check: bool,
) -> tuple[dict[str, ExaminedFile], DocumentStore]:
    documents = DocumentStore(run.options, texts)
    new = sum(task.path not in cache.entries for task in tasks) if cache else len(tasks)
    recall = cache.make_recall(run.options) if cache else None
    examination = Examination(run.options, is_check, not run.uses_processes(new), recall)
    examined: dict[str, ExaminedFile] = {}
    for task, result in zip(tasks, run.map(examination.examine, tasks, new), strict=True):
        if result.document:
            documents.put(result.document)
        if cache and result.entry:
            cache.put(result.entry)
        examined[task.path] = result._replace(document=None)
    return examined, documents


def project_digest(examined: Mapping[str, ExaminedFile], members: Mapping[str, Iterable[str]]) -> str:
    """Return what stands for all files of a run: their keys, and the files of each project."""
    from agentls.cli.result_cache import digest

    keys = [(path, each.entry.key if each.entry else each.failure) for path, each in examined.items()]
    return digest(repr(sorted(keys)), repr([(root, list(paths)) for root, paths in members.items()]))
