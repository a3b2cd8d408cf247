"""`agentls new`: a new agent, skill, command or instructions, where the project has such files."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator

from agentls.cli.file_runs import FileRun, RunOptions
from agentls.cli.terminal import Terminal
from agentls.config import Config
from agentls.conversion.frontmatter_text import write_frontmatter
from agentls.conversion.target_tools import Entries, list_tools
from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Place
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.features.new_agent import file_name, find_problem, fixed_file, new_agent, new_file_places
from agentls.text.escaping import escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import discovery, disk
from agentls.workspace.discovery import FoundFile, SearchOptions
from agentls.workspace.rewrite import create_file

KINDS = {"agent": "agent", "skill": "skill", "command": "command", "instructions": "text"}
"""The kinds of the option, and what the tables call them."""


class Home(NamedTuple):
    """A place for new files, and their dialect."""

    dialect: Dialect
    place: Place


def run_new(args: Namespace) -> int:
    """Run the command and return its exit code."""
    with Terminal("never") as terminal:
        run = FileRun(RunOptions(None, args.config), terminal)
        homes = list(find_homes(KINDS[args.kind], args.runtime))
        if not homes:
            args.usage_error(f"'{args.runtime}' is no runtime with a location for a new file of this kind")
        present = _documents(run)
        home = _used_home(homes, present) or homes[0]
        path = f"{home.place.folder}/{file_name(home.place.files, args.name)}"
        text = _write_text(home, args)
        problem = _find_taken(args.name, path, home, present) or find_problem(home.dialect.name, path, text)
        if problem:
            terminal.message(f"{escape_path(path)}: not created: {problem}")
            return 1
        try:
            create_file(path, text)
        except OSError as error:
            terminal.message(f"{escape_path(path)}: cannot write: {disk.describe_error(error)}")
            return 2
        terminal.write([(f"{escape_path(path)}\n", "plain")])
        return 0


def find_homes(kind: str, runtime: str | None) -> Iterator[Home]:
    """Yield the places for files of a kind that `runtime` reads as its own, given by its name or by that of a dialect
    of agents; all places without one. The most common come first."""
    readers = {runtime}
    if runtime in loader.DIALECT_NAMES:
        readers |= {each.name for each in loader.load_dialect(runtime).runtimes}
    for dialect, place in new_file_places(kind):
        is_own = runtime is None or not readers.isdisjoint(dialect.owners_of(place))
        if place.folder and not fixed_file(place, dialect) and is_own:
            yield Home(dialect, place)


def _documents(run: FileRun) -> list[Document]:
    """Return the agent files of the project."""
    search = SearchOptions(run.settings, None, run.fail, run.note)
    documents = (_open(run, found) for found in discovery.find_files(".", search))
    return [document for document in documents if document]


def _open(run: FileRun, found: FoundFile) -> Document | None:
    try:
        return run.options.open_document(found.path, disk.read_text(found.path))
    except OSError:
        return None  # Only its name matters here.


def _used_home(homes: list[Home], present: list[Document]) -> Home | None:
    """Return the place that has most of the files that are there, `None` if there are none."""
    counts = [sum(document.identity.place == home.place for document in present) for home in homes]
    return homes[counts.index(max(counts))] if any(counts) else None


def _write_text(home: Home, args: Namespace) -> str:
    """Return the text of the new file: that of every new file, with what the options say."""
    skeleton = new_agent(home.dialect.name, args.name).text
    document = make_document("new.md", skeleton, Config(), None, home.dialect.name)
    assert document is not None, "the dialect is known"
    entries: Entries = dict(document.root.value)
    keys = home.dialect.tool_keys
    if args.tools:
        names = [name.strip() for name in args.tools.split(",") if name.strip()]
        entries |= list_tools(names, home.dialect)
    for key, value in (("description", args.description), ("model", args.model)):
        if value:
            entries[key] = value
    given = {
        "description": args.description,
        "model": args.model,
        keys.permissions or keys.allowed: args.tools,
    }
    unknown = [name for name, value in given.items() if value and home.dialect.key(name) is None]
    if unknown:
        args.usage_error(f"{home.dialect.title} files have no `{unknown[0]}`")
    if not entries:
        return skeleton
    head = write_frontmatter(entries, home.dialect, "\n")
    return f"{head}\n{skeleton[document.body_start :].strip()}\n"


def _find_taken(name: str, path: str, home: Home, present: list[Document]) -> str:
    """Return why a name or a path is taken, "" if it is free."""
    if os.path.exists(path):
        return "the file exists."
    for document in present:
        same_dialect = document.dialect.name == home.dialect.name
        if same_dialect and any(reading.loads and reading.name == name for reading in document.readings):
            shown = disk.relative_path(document.path, ".")
            return f"`{name}` is the name of the {home.dialect.noun} in `{shown}`."
    return ""
