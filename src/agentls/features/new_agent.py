"""A new agent: the folders where projects keep agents, the name of its file, and its first text."""

from __future__ import annotations

import re

from agentls.config import Config
from agentls.dialects import loader
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.features import completion_items
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern


class AgentFolder(NamedTuple):
    """A folder of agents, relative to the root of a project, and their dialect."""

    dialect: str
    title: str
    folder: str


class NewAgent(NamedTuple):
    """A file that does not exist yet: its path below the folder of agents, its text as a snippet, and the problem
    with the name of the agent ("" for none)."""

    file: str
    snippet: str
    problem: str


def agent_folders() -> list[AgentFolder]:
    """The folders where projects keep agents. A folder that dialects share has the most common of them."""
    found: dict[str, AgentFolder] = {}
    for dialect in map(loader.load_dialect, loader.DIALECT_NAMES):
        for place in dialect.places:
            is_common = place.scope == "project" and place.folder and not place.renamed_suffix
            if is_common and dialect.kind == "agent":
                found.setdefault(place.folder, AgentFolder(dialect.name, dialect.title, place.folder))
    return list(found.values())


_NAME = lazy_pattern(r"\$\{1:[^}]*\}")
_NOT_IN_FILE_NAME = lazy_pattern(r"[^\w.-]+")


def new_agent(dialect: str, name: str) -> NewAgent:
    """The file of a new agent. Its name is the first tab stop of the skeleton of every dialect."""
    table = loader.load_dialect(dialect)
    stripped = name.strip()
    before, after = _NAME.split(table.new_file_snippet, 1)
    escaped = re.sub(r"[\\$}]", r"\\\g<0>", stripped)
    files = next(place.files for place in table.places if place.scope == "project")
    stem = _NOT_IN_FILE_NAME.sub("-", stripped).strip("-.").lower() or "agent"
    file = files.replace("*", stem) if "*" in files else f"{stem}/{files}"
    text = completion_items.snippet_text(before) + stripped + completion_items.snippet_text(after)
    place = next(place for place in table.places if place.scope == "project")
    document = make_document(f"{place.folder}/{file}", text, Config(), None, dialect)
    assert document is not None, "the dialect is known"
    return NewAgent(file, f"{before}${{1:{escaped}}}{after}", _problem(document))


def _problem(document: Document) -> str:
    """The message of the most severe diagnostic, which is about the name: the rest of the file is valid."""
    found = check.check(document, Config(), NoDisk())
    worst = min(found, key=lambda diagnostic: diagnostic.severity, default=None)
    return worst.message if worst and worst.severity <= Severity.WARNING else ""
