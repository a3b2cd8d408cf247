"""The crosswalk: the names of the same key, tool or model in other formats.

`crosswalk.yaml` lists concepts with their names in each format. It answers, for every pair of formats, in which
formats a name exists that is unknown in this one, and what its replacement is. It is loaded only when a file has
an unknown name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal, Protocol

from agentls.dialects.foreign import ForeignKey, ForeignModel, ForeignTool
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class TargetDialect(Protocol):
    """The part of the dialect that the crosswalk translates to."""

    @property
    def name(self) -> str:
        """Return the name of the dialect."""

    def key(self, name: str) -> object | None:
        """Return the key `name`, or `None` if the dialect does not have it."""

    def is_always_available(self, name: str) -> bool:
        """Whether the tool `name` exists and is available to every agent."""


class Format(NamedTuple):
    """A format. `title` is the product, `files` the name of its files in the plural, `like` a format whose names
    it shares, `server_tool` the form of the name of an MCP server's tool, and `every_server_tool` the entry for the
    tools of all servers. `is_target` tells whether files are converted to it. With the `role` "subagent", each of its
    agents is one that other agents start."""

    name: str
    title: str
    files: str = ""
    like: str = ""
    server_tool: str = ""
    every_server_tool: str = ""
    is_target: bool = False
    role: Literal["", "subagent"] = ""


class Concept(NamedTuple):
    """A concept with its names by format, the preferred one first. `near` are the concepts to use instead in a
    format that has no name for it."""

    name: str
    names: Mapping[str, tuple[str, ...]]
    near: tuple[str, ...] = ()


class ConceptTable:
    """Concepts of one kind, with look-ups by name."""

    def __init__(self, concepts: Iterable[Concept], formats: Mapping[str, Format]) -> None:
        self.concepts = {concept.name: concept for concept in concepts}
        self._formats = formats
        self._owners: dict[str, dict[str, list[Concept]]] = {}
        for concept in self.concepts.values():
            for owner, names in concept.names.items():
                for name in names:
                    self._owners.setdefault(name, {}).setdefault(owner, []).append(concept)

    @property
    def all_names(self) -> tuple[str, ...]:
        """Return all names, in the order of the file."""
        return tuple(self._owners)

    def formats_with(self, name: str) -> tuple[str, ...]:
        """Return the formats that have the name, the most common first."""
        owners = self._owners.get(name, {})
        return tuple(owner for owner in self._formats if owner in owners)

    def concepts_of(self, name: str, owner: str) -> list[Concept]:
        """Return the concepts that the name has in a format."""
        owners = self._owners.get(name, {})
        known = self._formats.get(owner)
        return (owners.get(owner) or owners.get(known.like) or []) if known else []

    def names_in(self, concept: Concept, target: str) -> tuple[str, ...]:
        """Return the names of a concept in a format, or its names in all formats if the format is not listed."""
        known = self._formats.get(target)
        if known is None:
            return tuple(name for names in concept.names.values() for name in names)
        return concept.names.get(target) or concept.names.get(known.like) or ()

    def translate(
        self, concept: Concept, target: str, writable: Callable[[str], object]
    ) -> tuple[tuple[str, ...], bool]:
        """Return the names to write in a format, and whether they are equivalent rather than similar.

        `writable` decides whether the format accepts a name.
        """
        found = next((name for name in self.names_in(concept, target) if writable(name)), None)
        if found:
            return (found,), True
        near = (self.translate(self.concepts[name], target, writable)[0] for name in concept.near)
        return tuple(name for names in near for name in names), False


class Crosswalk:
    """The formats, and the tables of their names: keys, tools, models and values (`words`). `access` is what a tool
    gives access to, by its concept, and `limits` the access that the value of a key takes, by the key's concept."""

    def __init__(self, data: dict[str, Any]) -> None:
        rows: tuple[Format, ...] = build_record(tuple[Format, ...], data["formats"], "crosswalk.formats")
        self.formats = {row.name: row for row in rows}
        self.keys = self._table(data["keys"])
        self.tools = self._table(data["tools"])
        self.models = self._table(data["models"])
        self.words = {key: self._table(words) for key, words in data["words"].items()}
        self.access: dict[str, str] = {
            concept: access for access, concepts in data["access"].items() for concept in concepts
        }
        self.limits: dict[str, dict[str, list[str]]] = data["limits"]

    def _table(self, rows: dict[str, dict[str, Any]]) -> ConceptTable:
        concepts = []
        for concept, row in rows.items():
            names = {owner: _several(value) for owner, value in row.items() if owner != "near"}
            unknown = names.keys() - self.formats.keys()
            if unknown:
                raise ValueError(f"crosswalk.{concept}: no format {', '.join(unknown)}")
            concepts.append(Concept(concept, names, _several(row.get("near", []))))
        return ConceptTable(concepts, self.formats)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of the formats to which files are converted."""
        return tuple(row.name for row in self.formats.values() if row.is_target)

    def are_alike(self, name: str, other: str) -> bool:
        """Whether two formats are the same, or share their names."""
        rows = [self.formats[each] for each in (name, other) if each in self.formats]
        return name == other or any(row.like in (name, other) for row in rows)

    def translate_key(self, name: str, dialect: TargetDialect, of: str = "") -> ForeignKey | None:
        """Return what a key that is unknown in `dialect` means in the format `of`, or else in the most common format
        that has it. `None` if no format has it."""
        owners = [owner for owner in self.keys.formats_with(name) if owner != dialect.name]
        owner = of if self.keys.concepts_of(name, of) else next(iter(owners), None)
        if owner is None or dialect.key(name):
            return None
        files = (self.formats[each].files or f"{self.formats[each].title} agents" for each in owners)
        row = ForeignKey(name, _owners(files), formats=tuple(owners))
        for concept in self.keys.concepts_of(name, owner):
            written, same = self.keys.translate(concept, dialect.name, dialect.key)
            if written:
                alias = _letters(written[0]) == _letters(name)
                words = self._words(concept.name, owner, dialect.name)
                return row._replace(
                    replacement=written[0], is_misspelling=alias, is_equivalent=same, value_map=words
                )
        return row

    def _words(self, concept: str, owner: str, target: str) -> dict[str, str]:
        """Return the values of a key with their names in another format."""
        table = self.words.get(concept)
        return {
            word: names[0]
            for each in (table.concepts.values() if table else ())
            for word in each.names.get(owner, ())
            if table and (names := table.names_in(each, target))
        }

    def translate_tool(self, name: str, dialect: TargetDialect, of: str = "") -> ForeignTool | None:
        """Return what a tool name that is unknown in `dialect` means in the format `of`, or else in the most common
        format that has it. `None` if no format has it."""
        owners = [owner for owner in self.tools.formats_with(name) if owner != dialect.name]
        owner = of if self.tools.concepts_of(name, of) else next(iter(owners), None)
        if owner is None:
            return self._server_tool(name, dialect, of)
        replacements: dict[str, None] = {}
        same = True
        for concept in self.tools.concepts_of(name, owner):
            written, exact = self.tools.translate(concept, dialect.name, dialect.is_always_available)
            replacements.update(dict.fromkeys(written))
            same = same and exact
        titles = (self.formats[each].title for each in owners)
        is_equivalent = same and len(replacements) == 1
        return ForeignTool(name, _owners(titles), tuple(replacements), is_equivalent, tuple(owners))

    def translate_model(self, name: str, dialect: TargetDialect) -> ForeignModel | None:
        """Return what a model name that is unknown in `dialect` means in other formats, or `None`."""
        owners = [owner for owner in self.models.formats_with(name) if owner != dialect.name]
        if not owners or dialect.name not in self.formats:
            return None
        replacement = ""
        for concept in self.models.concepts_of(name, owners[0]):
            written, _ = self.models.translate(concept, dialect.name, bool)
            replacement = replacement or "".join(written[:1])
        return ForeignModel(name, _owners(self.formats[owner].title for owner in owners), replacement)

    def _server_tool(self, name: str, dialect: TargetDialect, of: str) -> ForeignTool | None:
        """Return the name in `dialect` of an MCP server's tool that `name` is in another format, or `None`."""
        target = self.formats.get(dialect.name)
        if target is None or not target.server_tool:
            return None
        for row in self.formats.values():
            form = _form(row.server_tool)
            found = form.fullmatch(name) if form else None
            if found is None or self.tools.formats_with(found["server"].lower()):
                continue
            # A string with a slash may be anything, unless it is listed with names of that format.
            if found["tool"] == "*" or row.name == of or not row.server_tool.startswith("{"):
                written = target.server_tool.format(server=found["server"], tool=found["tool"])
                if written != name:
                    return ForeignTool(name, row.title, (written,), True, (row.name,))
        return None


@cache
def _form(server_tool: str) -> re.Pattern[str] | None:
    """Return a pattern for the names of that form, or `None` if the form is ambiguous."""
    prefix, _, rest = server_tool.partition("{server}")
    separator = rest.partition("{tool}")[0]
    if separator not in ("__", "/"):
        return None
    return re.compile(rf"{re.escape(prefix)}(?P<server>[\w.-]+?){re.escape(separator)}(?P<tool>[\w.-]+|\*)")


def _letters(name: str) -> str:
    """Return a name in lower case, without hyphens and underscores."""
    return re.sub("[-_]", "", name).lower()


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _owners(titles: Iterable[str]) -> str:
    """Return the owners of a name as text for users: "A", "A and B" or "A and others"."""
    first, *others = dict.fromkeys(titles)
    return f"{first} and others" if len(others) > 1 else " and ".join((first, *others))


@cache
def load_crosswalk() -> Crosswalk:
    """Return the shipped crosswalk."""
    return Crosswalk(load_table("crosswalk"))
