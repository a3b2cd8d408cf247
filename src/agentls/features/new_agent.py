"""New agent files: the folders where a project can have them, the models to choose from, and the first text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Model
from agentls.dialects.runtimes import Place
from agentls.document.locate import make_document
from agentls.features import completion_items
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.reports.project_tree import FileGroup, owner
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import relative_to
from agentls.text.patterns import lazy_pattern

Use = Literal["used", "read", "other"]
"""Whether a project has files in a folder ("used"), or only files elsewhere of a runtime that reads it ("read")."""


class AgentFolder(NamedTuple):
    """A folder for files of one kind, relative to the root of a project, and their dialect. `file` is the name of the
    file if it is fixed, and `subfolders` are those that have files already."""

    dialect: str
    title: str
    folder: str
    file: str = ""
    use: Use = "other"
    subfolders: tuple[str, ...] = ()


class NewAgent(NamedTuple):
    """A file that does not exist yet: its path below its folder, its text as a snippet whose first tab stop is the
    description and as plain text, and the problem with its name ("" for none)."""

    file: str
    snippet: str
    text: str
    problem: str


# --- folders ----------------------------------------------------------------------------------


def agent_folders(kind: str = "agent") -> list[AgentFolder]:
    """The folders where projects keep files of a kind. A folder that dialects share has the most common of them."""
    found: dict[tuple[str, str], AgentFolder] = {}
    for dialect, place in new_file_places(kind):
        file = fixed_file(place, dialect)
        if place.folder or file:
            folder = AgentFolder(dialect.name, dialect.title, place.folder, file)
            found.setdefault((place.folder, file), folder)
    return list(found.values())


def new_file_places(kind: str) -> Iterator[tuple[Dialect, Place]]:
    """The places in a project for new files of a kind, with their dialects, the most common ones first."""
    for dialect in map(loader.load_dialect, loader.DIALECT_NAMES):
        for place in dialect.places if dialect.kind == kind else ():
            if place.scope == "project" and not place.renamed_suffix and not place.on_demand:
                yield dialect, place


def project_folders(kind: str, groups: Iterable[FileGroup], root: str) -> list[AgentFolder]:
    """The same for the project at `root` with its files: the folders that it uses first, then the others that a
    runtime of its files reads."""
    groups = list(groups)
    used = [_used_folder(group, root) for group in groups if group.kind == kind and group.folder != root]
    runtimes = {group.runtime for group in groups}
    rest = []
    for folder in agent_folders(kind):
        if not any((folder.folder, folder.file) == (each.folder, each.file) for each in used):
            is_read = _reader_title(folder) in runtimes
            rest.append(folder._replace(use="read" if is_read else "other"))
    # A file with a fixed name is there already.
    free = [folder for folder in used if not folder.file]
    return [*free, *sorted(rest, key=lambda folder: folder.use == "other")]


def _used_folder(group: FileGroup, root: str) -> AgentFolder:
    dialect = loader.load_dialect(group.dialect)
    folder = relative_to(group.folder, root)
    place = next(
        (place for place in dialect.places if place.folder and f"/{folder}".endswith(f"/{place.folder}")),
        None,
    )
    below = {relative_to(names.path, group.folder).rpartition("/")[0] for names in group.files}
    has_subfolders = place is not None and place.recursive and "*" in place.files
    file = fixed_file(place, dialect) if place else ""
    subfolders = tuple(sorted(below - {""})) if has_subfolders else ()
    return AgentFolder(group.dialect, dialect.title, folder, file, "used", subfolders)


def _reader_title(folder: AgentFolder) -> str:
    """The title of the runtime that a folder belongs to."""
    dialect = loader.load_dialect(folder.dialect)
    place = next(place for place in dialect.places if place.folder == folder.folder)
    return owner(dialect.owners_of(place), dialect)


def fixed_file(place: Place, dialect: Dialect) -> str:
    """The name of every file in a place; "" if the user chooses it, or that of its folder."""
    has_own_folder = any(runtime.naming.default_name == "folder" for runtime in dialect.runtimes)
    return "" if "*" in place.files or has_own_folder else place.files


# --- files ------------------------------------------------------------------------------------


def selectable_models(dialect: str) -> list[Model]:
    """The current models that a new file of a dialect can name; none if it has no `model` or none are known."""
    table = loader.load_dialect(dialect)
    return [model for model in table.models.known if model.status == "current"] if table.key("model") else []


_NAME = lazy_pattern(r"(?m)^name: \$\{1:[^}]*\}$")
_MODEL = lazy_pattern(r"(?m)^model: .*$")
_NOT_IN_FILE_NAME = lazy_pattern(r"[^\w.-]+")


def new_agent(dialect: str, name: str, model: str = "", file: str = "") -> NewAgent:
    """The file of a new agent, skill or the like, with a `model` unless it is that of the session. `file` is its name
    if the folder determines it."""
    table = loader.load_dialect(dialect)
    place = table.new_file_place
    path = file or file_name(place.files, name)
    snippet = _snippet(table.new_file_snippet, name.strip(), model)
    text = completion_items.snippet_text(snippet)
    return NewAgent(path, snippet, text, find_problem(dialect, f"{place.folder}/{path}", text))


def file_name(files: str, name: str) -> str:
    """The name of the file of a new agent in a place with this pattern; a fixed name is in a folder of its own."""
    stem = _NOT_IN_FILE_NAME.sub("-", name.strip()).strip("-.").lower() or "agent"
    return files.replace("*", stem) if "*" in files else f"{stem}/{files}"


def _snippet(template: str, name: str, model: str) -> str:
    """The template with name and model. Both are no tab stops, so that the first one is the description."""
    written = _escape(name)
    snippet = _NAME.sub(lambda _: f"name: {written}", template)
    line = f"model: {_escape(model)}"
    if not model:
        return snippet
    if _MODEL.search(snippet):
        return _MODEL.sub(lambda _: line, snippet, count=1)
    return snippet.replace("\n---\n", f"\n{line}\n---\n", 1)


def _escape(text: str) -> str:
    """`text` as a part of a snippet."""
    return re.sub(r"[\\$}]", r"\\\g<0>", text)


def find_problem(dialect: str, path: str, text: str) -> str:
    """The most severe finding about the file, which is about its name or its model: the template is valid."""
    document = make_document(path, text, Config(), None, dialect)
    assert document is not None, "the dialect is known"
    found = check.check(document, Config(), NoDisk())
    worst = min(found, key=lambda diagnostic: diagnostic.severity, default=None)
    return worst.message if worst and worst.severity <= Severity.WARNING else ""
