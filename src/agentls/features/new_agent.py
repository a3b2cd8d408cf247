"""A new agent: the places where it may lie, its file, and the text it begins with."""

from __future__ import annotations

import re
from typing import NamedTuple

from agentls.config import Config
from agentls.dialects import loader
from agentls.document.document import Document
from agentls.document.locate import open_document
from agentls.features import completion_items
from agentls.linter import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk


class AgentFolder(NamedTuple):
    """A folder of agents, counted from the root of a project, and the dialect they are in."""

    dialect: str
    title: str
    folder: str


class NewAgent(NamedTuple):
    """A file that does not exist yet: its name, with a folder of its own where it needs one, its text
    as a snippet, and what speaks against the agent's name ("" for nothing)."""

    file: str
    snippet: str
    problem: str


def agent_folders() -> list[AgentFolder]:
    """Where projects keep their agents. One that dialects share is that of the most common of them."""
    found: dict[str, AgentFolder] = {}
    for dialect in map(loader.load_dialect, loader.DIALECT_NAMES):
        for place in dialect.places:
            usual = place.scope == "project" and place.folder and not place.renamed
            if usual and dialect.kind == "agent":
                found.setdefault(place.folder, AgentFolder(dialect.name, dialect.title, place.folder))
    return list(found.values())


_NAME = re.compile(r"\$\{1:[^}]*\}")
_UNFIT = re.compile(r"[^\w.-]+")


def new_agent(dialect: str, name: str) -> NewAgent:
    """The file of an agent called `name`, which is the first tab stop of every skeleton."""
    facts = loader.load_dialect(dialect)
    written = name.strip()
    before, after = _NAME.split(facts.skeleton, 1)
    escaped = re.sub(r"[\\$}]", r"\\\g<0>", written)
    files = next(place.files for place in facts.places if place.scope == "project")
    stem = _UNFIT.sub("-", written).strip("-.").lower() or "agent"
    file = files.replace("*", stem) if "*" in files else f"{stem}/{files}"
    text = completion_items.snippet_text(before) + written + completion_items.snippet_text(after)
    place = next(place for place in facts.places if place.scope == "project")
    document = open_document(f"{place.folder}/{file}", text, Config(), None, dialect)
    assert document is not None, "the dialect is known"
    return NewAgent(file, f"{before}${{1:{escaped}}}{after}", _problem(document))


def _problem(document: Document) -> str:
    """The worst that the checks say: all but the name is in order."""
    found = check.check(document, Config(), NoDisk())
    worst = min(found, key=lambda diagnostic: diagnostic.severity, default=None)
    return worst.message if worst and worst.severity <= Severity.WARNING else ""
