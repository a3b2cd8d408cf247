"""New agents, skills, commands and instructions, requests beyond the protocol for clients that can create them."""

from __future__ import annotations

from typing import Any

from agentls.config import Config
from agentls.features import new_agent as feature
from agentls.features.new_agent import AgentFolder
from agentls.lsp.snapshot import Snapshot
from agentls.reports.project_tree import FileGroup, group_files
from agentls.text.escaping import escape_message
from agentls.text.paths import relative_to
from agentls.workspace import disk, user_files


def folders(snapshot: Snapshot, params: Any) -> list[dict[str, Any]]:
    """Return the folders for new files of the kind `params.kind`: those of each workspace folder, and those in the
    user's home folder that have files."""
    roots = list(snapshot.configuration.folders)
    home = user_files.user_folder()
    found = []
    for root in roots:
        found += [
            _folder_data(snapshot, folder, root)
            for folder in feature.project_folders(params.kind, _groups(snapshot, root), root)
        ]
    if home not in roots:
        own = feature.project_folders(params.kind, _groups(snapshot, home), home)
        found += [
            {**_folder_data(snapshot, folder, home), "isHome": True} for folder in own if folder.use == "used"
        ]
    return found


def _groups(snapshot: Snapshot, root: str) -> list[FileGroup]:
    """Return the groups of the files below `root`."""
    projects = [project for project in snapshot.projects.values() if project.is_on_disk]
    names = {names.path: names for project in projects for names in project.index}
    return group_files(names.values(), root, Config())


def _folder_data(snapshot: Snapshot, folder: AgentFolder, root: str) -> dict[str, Any]:
    return {
        **folder._asdict(),
        "uri": snapshot.uri(f"{root}/{folder.folder}".rstrip("/")),
        "root": root.rpartition("/")[2],
        "isHome": False,
    }


def models(_: Snapshot, params: Any) -> list[dict[str, str]]:
    """Return the models that a new file of the dialect `params.dialect` can name."""
    found = feature.selectable_models(params.dialect)
    return [{"name": model.name, "summary": model.summary} for model in found]


def new_agent(snapshot: Snapshot, params: Any) -> dict[str, Any]:
    """Return the file of a new agent named `params.name`, or the file `params.file`, in the folder `params.folder`,
    with the problem if it cannot be there."""
    created = feature.new_agent(params.dialect, params.name, params.model, params.file)
    path = f"{disk.absolute_path(params.folder)}/{created.file}"
    if disk.exists(path):
        problem = f"`{created.file}` already exists."
    else:
        problem = created.problem or _name_problem(snapshot, path, created.text)
    return {**created._asdict(), "problem": escape_message(problem)}


def _name_problem(snapshot: Snapshot, path: str, text: str) -> str:
    """Return which file of the project has the name that `text` at `path` would have; "" if none has."""
    names = snapshot.names(path, text)
    definition = names.main_definition if names else None
    projects = [project for project in snapshot.projects.values() if project.contains(path)]
    if definition is None or not projects:
        return ""
    project = max(projects, key=lambda project: len(project.root))
    other = next(project.index.namespace(definition).find(definition.full_name), None)
    if other is None:
        return ""
    return f"`{definition.name}` is already defined in `{relative_to(other.path, project.root)}`."
