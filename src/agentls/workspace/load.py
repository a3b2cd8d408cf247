"""Load the index of a project from the files below its root.

A project is a Git repository. Outside a repository, it is the folder that the user has opened or named, or the one
that contains the folder of agents. The editor and the command line find the same project for a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from agentls.dialects import config_files, loader
from agentls.dialects.runtimes import Place
from agentls.document import locate
from agentls.document.document import Document
from agentls.project import extract, extract_json
from agentls.project.names import Names
from agentls.text.paths import is_inside
from agentls.workspace import discovery, disk, git_ignore, user_files
from agentls.workspace.discovery import SearchOptions
from agentls.workspace.settings_files import LoadedConfig, open_document

SettingsLookup = Callable[[str], LoadedConfig]
"""Returns the settings for the files in a folder (absolute, with `/`)."""


def find_project_root(path: str, workspace_folders: Iterable[str] = ()) -> str:
    """Return the root of the project that the file at `path` belongs to (both absolute, with `/`).
    `workspace_folders` are those that the user has opened or named."""
    return ProjectRoots(workspace_folders)(path)


class ProjectRoots:
    """The roots of the projects of many files. Each folder is looked up once.

    `workspace_folders` (absolute, with `/`) are those that the user has opened or named. The user folder and its
    parents are never a project, even if they are opened or a repository, since they contain many projects.
    """

    def __init__(self, workspace_folders: Iterable[str] = ()) -> None:
        folders = (folder.rstrip("/") for folder in workspace_folders)
        self._workspace_folders = [folder for folder in folders if not user_files.is_user_folder(folder)]
        self._repositories: dict[str, str | None] = {}
        self._others: dict[tuple[str, str], str] = {}

    def __call__(self, path: str) -> str:
        """Return the root of the project that the file at `path` belongs to."""
        folder = path.rpartition("/")[0]
        if folder not in self._repositories:
            repository = git_ignore.find_repository(folder)
            usable = repository is not None and not user_files.is_user_folder(repository)
            self._repositories[folder] = repository if usable else None
        return self._repositories[folder] or self._outside_repository(path, folder)

    def _outside_repository(self, path: str, folder: str) -> str:
        located = locate.locate(path, disk.find_plugin(folder))
        base = located.identity.base_folder if located else folder
        if (folder, base) not in self._others:
            # A folder below `.claude` that the user names is not a project of its own.
            containing = [each for each in self._workspace_folders if is_inside(path, each)]
            bases = [] if user_files.is_user_folder(base) else [base]
            self._others[folder, base] = min((*containing, *bases), key=len, default=base)
        return self._others[folder, base]


def find_index_files(root: str, settings: SettingsLookup) -> Iterator[str]:
    """Yield the files that have names for the index of the project at `root`: those below it, and the user's own
    files unless the settings exclude them. Unreadable files are omitted. If `root` is the user folder, only the
    user's own files are searched."""
    search = SearchOptions(settings, None, _ignore, _ignore, with_config_files=True)
    in_user_folder = user_files.is_user_folder(root)
    if not in_user_folder:
        yield from (found.path for found in discovery.find_files(root, search))
    if in_user_folder or settings(root).config.user_files:
        yield from user_files.find_user_files(search, root)


def watch_patterns() -> tuple[str, ...]:
    """Return the globs that an editor watches: the files that have names for an index, and all files in folders
    that contain only agents."""
    found = [_pattern(place) for place, _ in loader.all_places() if not place.on_demand]
    found += [f"**/{file.rpartition('/')[2]}" for file in config_files.config_file_paths()]
    return tuple(dict.fromkeys(found))


def _pattern(place: Place) -> str:
    folder = f"{place.folder}/" if place.folder else ""
    if not place.recursive or not folder:
        return f"**/{folder}{place.files}"
    # Folders of these names may contain other things as well.
    return f"**/{folder}**/{place.files}" if place.scope == "plugin" else f"**/{folder}**"


def parse_names(
    path: str,
    text: str,
    settings: SettingsLookup,
    otherwise: str | None = None,
    document: Document | None = None,
    extract_from: Callable[[Document], Names] = extract.extract_names,
) -> Names | None:
    """Return the names in the file at `path` with the content `text`; `None` if it is not an agent file.
    `document` is that of the file, if it is open already. `extract_from` extracts the names of an agent file."""
    place = user_files.canonical_path(path)
    plugin = disk.find_plugin(path.rpartition("/")[0])
    names = extract_json.extract_config_names(place, text, plugin)
    if names is None:
        if document is None or place != path:
            document = open_document(place, text, settings(path.rpartition("/")[0]), otherwise)
        names = extract_from(document) if document else None
    return _moved(names, path) if names and place != path else names


def _moved(names: Names, path: str) -> Names:
    """Return the names of a file as those of the file at `path`."""
    definitions = tuple(each._replace(path=path) for each in names.definitions)
    return names._replace(path=path, definitions=definitions)


def _ignore(_: str, __: str) -> None:
    """Ignore an error: the check of the file reports why it cannot be read."""
