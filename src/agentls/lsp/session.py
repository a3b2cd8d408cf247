"""The session: the state of the server, and the only place that changes it.

`Session.apply(change)` replaces the snapshot, updates the indexes, and returns what has to follow. Questions are
answered from `Session.snapshot` and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from agentls.lsp.addresses import decode_uri, path_of
from agentls.lsp.client import Client
from agentls.lsp.configuration import Configuration
from agentls.lsp.documents import OpenDocument, edit_document, locate_document
from agentls.lsp.projects import Project, ProjectChange, project_root, workspace_roots
from agentls.lsp.settings import parse_settings, settings_section
from agentls.lsp.snapshot import Snapshot
from agentls.lsp.unsaved_settings import applies_unsaved, unsaved_settings
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Names
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Encoding
from agentls.workspace import disk, load, settings_files, user_files


class Opened(NamedTuple):
    """The editor has opened a document."""

    uri: str
    language: str
    version: int
    text: str


class Edited(NamedTuple):
    """The user has edited an open document."""

    uri: str
    version: int
    text: str


class Saved(NamedTuple):
    """The user has saved an open document."""

    uri: str


class Closed(NamedTuple):
    """The editor has closed a document."""

    uri: str


class SettingsChanged(NamedTuple):
    """The editor has sent its settings, and those of workspace folders, by their paths, that have their own."""

    data: Mapping[str, Any]
    folders: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


class FoldersChanged(NamedTuple):
    """The editor has these workspace folders open, given by their URIs."""

    uris: tuple[str, ...]


class SettingsEdited(NamedTuple):
    """The user has edited files with settings, or manifests of plugins, and has paused."""


class FilesChanged(NamedTuple):
    """Files or folders were created, changed or deleted on the disk."""

    paths: tuple[str, ...]


class FileRead(NamedTuple):
    """A file of a project was read; `names` is `None` if it was deleted or has none."""

    root: str
    path: str
    names: Names | None


class ProjectRead(NamedTuple):
    """Files of a project were read, all of them if `is_whole`. `names` is true if other files are affected."""

    root: str
    names: bool
    read: frozenset[str]
    is_whole: bool


class Rechecked(NamedTuple):
    """A document has other diagnostics because of a change around it; this is its new revision."""

    opened: OpenDocument


Change: TypeAlias = (
    Opened
    | Edited
    | Saved
    | Closed
    | SettingsChanged
    | FoldersChanged
    | SettingsEdited
    | FilesChanged
    | FileRead
    | ProjectRead
    | Rechecked
)


class Update(NamedTuple):
    """What has to follow from a change: what to publish, what to read, and what to tell the user.

    `opened`, `edited` and `closed` are URIs of documents, `reconfigured` those of documents that other settings
    apply to. `load` has the roots of projects to read completely, `dropped` those of removed projects, `rescan`
    those of projects to scan again, `paths` the files to read again, and `projects` the changed indexes.
    `scope_changed` is true if the settings or the folders changed, `has_settings` if the edited document applies to
    other files before it is saved. `problems` are messages that the user has not
    seen.
    """

    opened: str = ""
    edited: str = ""
    closed: str = ""
    reconfigured: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    rescan: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    projects: tuple[ProjectChange, ...] = ()
    scope_changed: bool = False
    has_settings: bool = False
    problems: tuple[str, ...] = ()


class Session:
    """The documents, projects and settings of one client. `options` are its `initializationOptions`, `uris` its
    workspace folders."""

    def __init__(
        self, client: Client, encoding: Encoding, options: Mapping[str, Any], uris: Iterable[str]
    ) -> None:
        # Some editors send all their settings there, others only the section.
        self._options = settings_section(options) or options
        folders = _paths(uris)
        settings, self._settings_problems = parse_settings(self._options, next(iter(folders), ""))
        self.snapshot = Snapshot(client, encoding, Configuration(settings, folders), {}, {})
        self._reported: set[str] = set()

    def apply(self, change: Change) -> Update:
        """Change the state, and return what has to follow."""
        match change:
            case FileRead():
                return self._file_read(change)
            case Rechecked():
                self._store(change.opened)
                return Update()
            case Opened():
                update = self._open(change)
            case Edited():
                update = self._edit(change)
            case Saved():
                is_manifest = decode_uri(change.uri).endswith(disk.MANIFESTS)
                update = self._reload(always=is_manifest)._replace(rescan=self._root_of(change.uri))
            case Closed():
                update = self._close(change.uri)
            case SettingsChanged():
                update = self._settings_changed(change)
            case FoldersChanged():
                update = self._folders_changed(change.uris)
            case SettingsEdited():
                return self._reload()
            case FilesChanged():
                update = self._files_changed(change.paths)
            case ProjectRead():
                update = self._project_read(change)
        return update._replace(problems=tuple(self._unreported()))

    # Documents

    def _open(self, change: Opened) -> Update:
        """Read the configuration again, in which the document may be, and add the document."""
        opened = OpenDocument(*change)
        documents = {**self.snapshot.documents, decode_uri(opened.uri): opened}
        unsaved = unsaved_settings(documents.values())
        update = self._reload(self.snapshot.configuration.changed(unsaved=unsaved))
        update = _merged(update, self._put(locate_document(opened, self.snapshot.configuration)))
        return update._replace(opened=change.uri, rescan=self._root_of(change.uri))

    def _edit(self, change: Edited) -> Update:
        old = self.snapshot.open_document(change.uri)
        if old is None:
            return Update()
        opened = edit_document(old, change.version, change.text, self.snapshot.configuration)
        return self._put(opened)._replace(edited=opened.uri, has_settings=applies_unsaved(opened.path))

    def _close(self, uri: str) -> Update:
        """Remove a document. From now on, its file on the disk is used."""
        opened = self.snapshot.open_document(uri)
        if opened is None:
            return Update()
        documents = {**self.snapshot.documents}
        del documents[decode_uri(uri)]
        self.snapshot = self.snapshot._replace(documents=documents)
        update = self._reload() if applies_unsaved(opened.path) else Update()
        dropped = (*update.dropped, *self._drop_projects())
        return update._replace(closed=opened.uri, paths=self._indexed(opened.path), dropped=dropped)

    def _put(self, opened: OpenDocument, root: str = "") -> Update:
        """Store a version of a document, and its names in the indexes of its project and of others that have it. `root`
        is that of another project than before."""
        path = opened.document.path if opened.document else opened.path
        if path is None:
            self._store(replace(opened, root=""))
            return Update()
        root = root or opened.root or project_root(path, self.snapshot.configuration.folders)
        added = self._add_projects([root]) if opened.document else ()
        in_project = root if opened.document else ""
        # A version keeps its revision, with the diagnostics that the client has of it, while its project is the same.
        self._store(opened if opened.root == in_project else replace(opened, root=in_project))
        settings = self.snapshot.configuration.settings_for_names
        names = (
            extract.extract_names(opened.document)
            if opened.document
            else load.parse_names(path, opened.text, settings)
        )
        changes = tuple(
            ProjectChange(each.root, names=True, edited=path)
            for each in self.snapshot.projects.values()
            if each.root == root or path in each.index
            if (each.index.update(names) if names else each.index.remove(path))
        )
        update = Update(load=added, projects=changes)
        return _merged(update, self._put_config_files()) if added else update

    def _put_config_files(self) -> Update:
        """Put the names of the open files that are not agent files into the indexes, which may be new."""
        update = Update()
        for opened in self.snapshot.documents.values():
            if opened.document is None:
                update = _merged(update, self._put(opened))
        return update

    def _store(self, opened: OpenDocument) -> None:
        documents = {**self.snapshot.documents, decode_uri(opened.uri): opened}
        self.snapshot = self.snapshot._replace(documents=documents)

    def _root_of(self, uri: str) -> tuple[str, ...]:
        """Return the root of the project of a document, if it is an open agent file."""
        opened = self.snapshot.open_document(uri)
        return (opened.root,) if opened and opened.root else ()

    def _indexed(self, path: str | None) -> tuple[str, ...]:
        """Return `path` if it is in the index of a project."""
        return (path,) if path and self.snapshot.index_containing(path) else ()

    # Configuration

    def _settings_changed(self, change: SettingsChanged) -> Update:
        """Apply new settings, and those of `initialize` that they do not set."""
        folder = next(iter(self.snapshot.configuration.folders), "")
        settings, self._settings_problems = parse_settings({**self._options, **change.data}, folder)
        parsed = {
            path: parse_settings({**self._options, **data}, path) for path, data in change.folders.items()
        }
        for each in parsed.values():
            self._settings_problems += each.problems
        settings = replace(
            settings, folder_checks={path: each.settings.checks for path, each in parsed.items()}
        )
        configuration = self.snapshot.configuration.changed(settings=settings)
        always = settings != self.snapshot.configuration.settings
        return self._reload(configuration, always=always)._replace(scope_changed=True)

    def _folders_changed(self, uris: tuple[str, ...]) -> Update:
        """Assign each document to its project again."""
        folders = _paths(uris)
        update = self._reload(self.snapshot.configuration.changed(folders=folders))
        # A document that was never saved is in the index of its own project alone, which may be another one now.
        documents = [*self.snapshot.documents.values()]
        for opened in documents:
            for project in self.snapshot.projects.values():
                project.index.remove(opened.path or "")
        moved: list[str] = []
        for opened in documents:
            if opened.document:
                root = project_root(opened.document.path, folders)
                if root != opened.root:
                    moved.append(opened.uri)
                update = _merged(update, self._put(opened, root))
        added = self._add_projects(workspace_roots(folders))
        update = _merged(update, self._put_config_files())
        dropped = (*update.dropped, *self._drop_projects())
        changes = tuple(ProjectChange(root, names=True) for root in self.snapshot.projects)
        update = _merged(update, Update(load=added, projects=changes))
        reconfigured = tuple(dict.fromkeys((*update.reconfigured, *moved)))
        paths = tuple(opened.path for opened in documents if opened.path)
        return update._replace(reconfigured=reconfigured, dropped=dropped, paths=paths, scope_changed=True)

    def _files_changed(self, paths: tuple[str, ...]) -> Update:
        """Read the configuration again if it was changed. Other files are read in the background."""
        disk.paths_below.cache_clear()
        settings = (*settings_files.SETTINGS_FILES, settings_files.DIALECT_FILE_SUFFIX, *disk.MANIFESTS)
        is_reload = any(path.endswith(settings) for path in paths)
        always = any(path.endswith(disk.MANIFESTS) for path in paths)
        update = self._reload(always=always) if is_reload else Update()
        return update._replace(paths=paths)

    def _reload(self, configuration: Configuration | None = None, *, always: bool = False) -> Update:
        """Read configuration and plugins from the disk again, and the projects too if they have changed or
        `always`. The names that are known stay in the indexes until then."""
        before = self.snapshot
        new = configuration or before.configuration.changed(
            unsaved=unsaved_settings(before.documents.values())
        )
        disk.forget_files(new.unsaved)
        located = [(old, locate_document(old, new)) for old in before.documents.values()]
        self.snapshot = before._replace(configuration=new)
        outdated: tuple[str, ...] = ()
        if always or new.differs_from(before.configuration):
            outdated = tuple(before.projects)
            incomplete = {
                root: replace(project, is_complete=False) for root, project in before.projects.items()
            }
            self.snapshot = self.snapshot._replace(projects=incomplete)
        changed = [
            opened
            for old, opened in located
            if (opened.document, opened.config) != (old.document, old.config)
        ]
        update = Update(load=outdated)
        for opened in changed:
            update = _merged(update, self._put(opened))
        if outdated:  # Whether a config file has names depends on the plugin around it.
            update = _merged(update, self._put_config_files())
        dropped = self._drop_projects() if changed else ()
        return update._replace(reconfigured=tuple(opened.uri for opened in changed), dropped=dropped)

    def _unreported(self) -> Iterator[str]:
        """Yield the problems in the settings that were not reported before. Those of open files are diagnostics."""
        problems = [f"settings: {problem}" for problem in self._settings_problems]
        problems += [
            f"{problem.located_in(loaded.file)}: {problem.message}"
            for loaded in self.snapshot.configuration.files
            for problem in loaded.problems
            if problem.span is None or not self.snapshot.is_open(loaded.file)
        ]
        for problem in problems:
            if problem not in self._reported:
                self._reported.add(problem)
                yield problem

    # Projects

    def _add_projects(self, roots: Iterable[str]) -> tuple[str, ...]:
        """Add the projects at `roots` that are new, and return their roots."""
        new = tuple(root for root in dict.fromkeys(roots) if root not in self.snapshot.projects)
        added = {root: Project(root, Index(user_files.user_folder())) for root in new}
        self.snapshot = self.snapshot._replace(projects={**self.snapshot.projects, **added})
        return new

    def _drop_projects(self) -> tuple[str, ...]:
        """Remove the projects that have neither a workspace folder nor an open agent file, and return their roots."""
        wanted = {
            *workspace_roots(self.snapshot.configuration.folders),
            *(opened.root for opened in self.snapshot.documents.values()),
        }
        kept = {root: project for root, project in self.snapshot.projects.items() if root in wanted}
        dropped = tuple(self.snapshot.projects.keys() - kept.keys())
        self.snapshot = self.snapshot._replace(projects=kept)
        return dropped

    def _file_read(self, change: FileRead) -> Update:
        project = self.snapshot.projects.get(change.root)
        if project is None:
            return Update()
        index, names = project.index, change.names
        changed = index.update(names) if names else index.remove(change.path)
        return Update(projects=(ProjectChange(change.root, changed, frozenset((change.path,))),))

    def _project_read(self, change: ProjectRead) -> Update:
        """Mark a project as complete if all of it was read. Everything in it may be new if it was not complete."""
        project = self.snapshot.projects.get(change.root)
        if project is None:
            return Update()
        is_completed = change.is_whole and not project.is_complete
        if is_completed:
            projects = {**self.snapshot.projects, change.root: replace(project, is_complete=True)}
            self.snapshot = self.snapshot._replace(projects=projects)
        names = change.names or is_completed
        is_new = names or change.read
        return Update(projects=(ProjectChange(change.root, names, change.read),) if is_new else ())


def _merged(one: Update, other: Update) -> Update:
    """Return what follows from two changes of indexes."""
    return one._replace(load=(*one.load, *other.load), projects=(*one.projects, *other.projects))


def _paths(uris: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in map(path_of, uris) if path)
