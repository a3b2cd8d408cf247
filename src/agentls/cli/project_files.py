"""The files of a run as parts of their projects: each examined once, with an index for each project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from agentls.cli.examined_files import (
    CheckAlone,
    DocumentStore,
    ExaminedFile,
    FileTask,
    check_nothing,
    examine_file,
)
from agentls.cli.file_runs import FileRun, RunOptions
from agentls.project.index import Index
from agentls.workspace import disk, load, user_files
from agentls.workspace.discovery import FoundFile


class ExaminedProjects(NamedTuple):
    """The first step of a run: the root of the project of each requested file, the index of each project by its
    root, what is known of each file, and the documents that are kept."""

    options: RunOptions
    roots: Mapping[str, str]
    indexes: Mapping[str, Index]
    files: Mapping[str, ExaminedFile]
    documents: DocumentStore

    def index_for(self, path: str) -> Index:
        """Return the index of the project of a requested file, with its own names even if no other file can
        refer to them."""
        index = self.indexes[self.roots[path]]
        names = self.files[path].names
        if names and path not in index:
            index.update(names)
        return index


def examine_projects(
    run: FileRun,
    files: Iterable[FoundFile],
    paths: Iterable[str],
    check_alone: CheckAlone = check_nothing,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> ExaminedProjects:
    """Examine the requested `files` and all others of their projects that have names. `paths` are those that the
    user has named, `texts` those of files that are not read from the disk."""
    find_root = load.ProjectRoots(disk.absolute_path(path) for path in paths if os.path.isdir(path))
    roots = {found.path: find_root(found.path) for found in files}
    members = {
        root: dict.fromkeys(load.find_index_files(root, run.options.settings))
        for root in dict.fromkeys(roots.values())
    }
    others = dict.fromkeys(path for each in members.values() for path in each if path not in roots)
    tasks = [FileTask(path, True, texts.get(path)) for path in roots]
    tasks += [FileTask(path, False) for path in others]
    documents = DocumentStore(run.options)
    work = partial(examine_file, run.options, check_alone, not run.uses_processes(len(tasks)))
    examined: dict[str, ExaminedFile] = {}
    for task, result in zip(tasks, run.map(work, tasks), strict=True):
        if result.document:
            documents.put(result.document)
        examined[task.path] = result._replace(document=None)
    indexes = {root: Index(user_files.user_folder()) for root in members}
    for path, root in (*((path, root) for root, each in members.items() for path in each), *roots.items()):
        file = examined[path]
        if file.names and file.are_shared and path not in indexes[root]:
            indexes[root].update(file.names)
    return ExaminedProjects(run.options, roots, indexes, examined, documents)
