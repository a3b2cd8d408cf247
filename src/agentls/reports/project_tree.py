"""The agent files of a project as a tree: runtimes, the places where they look, and the files in each place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from agentls.config import Config
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Place
from agentls.project.names import Definition, Names
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import is_inside, relative_to

_ENTRIES = {"agent": "Agents", "command": "Commands", "server": "MCP servers"}
"""The kinds of entries of config files, and the titles of their groups."""


class FileGroup(NamedTuple):
    """The agent files of one dialect in one place; or the `entries` of one kind in a file of a runtime, such as the MCP
    servers in `.mcp.json`, whose path is then the `folder`.

    `runtime` is the title of the runtime that the place belongs to, `title` what the files are ("Agents"), and
    `kind` that of their dialect. `folder` is the path of the place; files that may be in any folder are in one group,
    whose folder is the root. `rejected` is the number of files that a primary reader does not load.
    """

    id: str
    dialect: str
    runtime: str
    title: str
    kind: str
    folder: str
    files: tuple[Names, ...] = ()
    entries: tuple[Definition, ...] = ()

    @property
    def rejected(self) -> int:
        """The number of files that a primary reader does not load."""
        return sum(not names.loads for names in self.files)


class TreeFile(NamedTuple):
    """A file of a group: its path, its name, the folders between it and that of the group, and its description."""

    path: str
    name: str
    detail: str
    description: str
    loads: bool


def group_files(index: Iterable[Names], root: str, config: Config) -> list[FileGroup]:
    """The groups of the agent files below `root`, the most common runtimes first. `config` has the user's dialects."""
    dialects = cache(lambda name: loader.configure_dialect(name, config))
    found: dict[tuple[int, str, str, str], list[Names]] = {}
    order = {name: at for at, name in enumerate(loader.dialect_names(loader.user_dialects(config)))}
    for names in index:
        if names.dialect in order and is_inside(names.path, root):
            dialect = dialects(names.dialect)
            runtime = owner(names.runtimes, dialect)
            folder = _folder(names, dialect, root)
            found.setdefault((order[names.dialect], runtime, folder, names.dialect), []).append(names)
    groups = [
        FileGroup(
            f"{dialect}:{runtime}:{folder}",
            dialect,
            runtime,
            _plural(dialects(dialect).noun),
            dialects(dialect).kind,
            folder,
            tuple(files),
        )
        for (_, runtime, folder, dialect), files in sorted(found.items(), key=lambda item: item[0])
    ]
    runtimes = list(dict.fromkeys(group.runtime for group in groups))
    return sorted(groups, key=lambda group: runtimes.index(group.runtime))


def group_entries(index: Iterable[Names], root: str) -> list[FileGroup]:
    """The groups of what the config files of runtimes below `root` define, in the order of their paths."""
    return [
        FileGroup(
            f"{names.path}:{kind}",
            entries[0].dialect,
            owner(names.runtimes, loader.load_dialect(entries[0].dialect)),
            _ENTRIES[kind],
            kind,
            names.path,
            entries=entries,
        )
        for names in sorted(index, key=lambda names: names.path)
        if not names.dialect and is_inside(names.path, root)
        for kind in _ENTRIES
        if (entries := tuple(each for each in names.definitions if each.kind == kind))
    ]


def list_files(group: FileGroup, config: Config) -> list[TreeFile]:
    """The files of a group in the order of their names. `config` has the user's dialects."""
    found = [_file(names, group.folder, config) for names in group.files]
    return sorted(found, key=lambda file: (file.detail, file.name.lower(), file.path))


def _file(names: Names, folder: str, config: Config) -> TreeFile:
    dialect = loader.configure_dialect(names.dialect, config)
    definition = names.main_definition
    inside, _, name = relative_to(names.path, folder).rpartition("/")
    place = _place(names, dialect)
    if place and "*" in place.files:
        name = place.stem(names.path)
    elif place and place.folder and inside:
        # The file has a folder of its own, which mostly gives it its name.
        inside, _, name = inside.rpartition("/")
    name = definition.name if definition else name
    return TreeFile(names.path, name, inside, definition.description if definition else "", names.loads)


def owner(runtimes: Iterable[str], dialect: Dialect) -> str:
    """The title of the first of some runtimes, which read a file or a place, that is more than a validator."""
    known = {runtime.name: runtime for runtime in dialect.runtimes}
    found = [known[name] for name in runtimes if name in known]
    return next((runtime for runtime in found if not runtime.is_advisory), dialect.runtimes[0]).title


def _folder(names: Names, dialect: Dialect, root: str) -> str:
    """The path of the place of a file; its own folder if the settings say what it is, and `root` if it may be in any
    folder."""
    place = _place(names, dialect)
    if place is None:
        return names.path.rpartition("/")[0]
    return f"{names.base_folder}/{place.folder}" if place.folder else root


def _place(names: Names, dialect: Dialect) -> Place | None:
    inside = relative_to(names.path, names.base_folder)
    return next(
        (
            place
            for place in dialect.places
            if place.holds(inside if place.scope == "plugin" else names.path)
            and bool(names.plugin) == (place.scope == "plugin")
        ),
        None,
    )


def _plural(noun: str) -> str:
    return (noun if noun.endswith("s") else f"{noun}s").capitalize()
