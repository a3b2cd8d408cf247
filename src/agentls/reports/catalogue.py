"""Overviews of the dialects: their facts, with sources and dates.

Products change, so a fact is only as good as its date: `find_stale_facts` lists the old ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Source
from agentls.dialects.runtimes import Place
from agentls.reports.fact_page import cite_source
from agentls.text.named_tuples import NamedTuple


class Fact(NamedTuple):
    """A fact: its dialect, the kind and name of what it describes, and its source."""

    dialect: str
    kind: str
    name: str
    source: Source


class Overview(NamedTuple):
    """A summary of a dialect: name, title, runtimes with the versions that the facts describe, locations of
    its files, and the dates of its oldest and newest facts."""

    name: str
    title: str
    runtimes: tuple[str, ...]
    places: tuple[str, ...]
    oldest: str
    newest: str


_KINDS = {
    "Runtime": "runtime",
    "Place": "place",
    "Key": "key",
    "EnumValue": "value",
    "Tool": "tool",
    "FormerTool": "tool",
    "Model": "model",
    "HookEvent": "hook event",
    "HookField": "field",
    "HookHandler": "hook handler",
    "Transport": "transport",
    "SpecialName": "name",
}


def list_facts(dialect: Dialect) -> Iterator[Fact]:
    """The facts of a dialect, in the order of its table."""
    for field in dialect._fields:
        yield from _facts(getattr(dialect, field), dialect, "")


def _facts(row: Any, dialect: Dialect, parent: str) -> Iterator[Fact]:
    kind = _KINDS.get(type(row).__name__)
    name = parent
    if kind:
        own = row.folder if isinstance(row, Place) else row.name
        name = f"{parent}.{own}" if parent else own
        yield Fact(dialect.name, kind, name, dialect.source(row.source))
    if isinstance(row, tuple):
        for item in row:
            if isinstance(item, tuple):
                yield from _facts(item, dialect, name)


def find_stale_facts(days: int, today: date) -> Iterator[Fact]:
    """The facts of all dialects that are older than `days` on the day `today`."""
    for name in loader.DIALECT_NAMES:
        for fact in list_facts(loader.load_dialect(name)):
            if fact.source.date and (today - date.fromisoformat(fact.source.date)).days > days:
                yield fact


def summarise_dialect(dialect: Dialect) -> Overview:
    """Summarise a dialect."""
    dates = sorted({fact.source.date for fact in list_facts(dialect) if fact.source.date})
    return Overview(
        dialect.name,
        dialect.title,
        tuple(f"{runtime.title} {runtime.version}".strip() for runtime in dialect.runtimes),
        tuple(place_pattern(place, dialect) for place in dialect.places),
        dates[0] if dates else "",
        dates[-1] if dates else "",
    )


def place_pattern(place: Place, dialect: Dialect) -> str:
    """A place as a file pattern, with a mark for a place in plugins."""
    own_folder = any(runtime.naming.default_name == "folder" for runtime in dialect.runtimes)
    files = f"*/{place.files}" if own_folder else place.files
    pattern = f"{place.folder}/{files}".lstrip("/")
    return f"{pattern} (plugin)" if place.scope == "plugin" else pattern


def render_dialect(dialect: Dialect) -> str:
    """Render a dialect as Markdown: its runtimes, locations, names and sources."""
    overview = summarise_dialect(dialect)
    rows = [
        ("Read by", ", ".join(overview.runtimes)),
        ("Locations", ", ".join(f"`{place}`" for place in overview.places)),
        ("Also read by", ", ".join(_other_readers(dialect))),
        ("Keys", ", ".join(f"`{key.name}`" for key in dialect.keys)),
        ("Tools", ", ".join(f"`{tool.name}`" for tool in dialect.tools)),
        ("Models", ", ".join(f"`{model.name}`" for model in dialect.models.known)),
        ("Hook events", ", ".join(f"`{event.name}`" for event in dialect.hooks.events)),
        ("Variables", ", ".join(f"`{variable.name}`" for variable in dialect.prompt_variables.all)),
    ]
    sources = [f"- {cite_source(source).strip('*').removeprefix('Source: ')}" for source in dialect.sources]
    body = "\n".join(f"- {label}: {text}" for label, text in rows if text)
    listed = "\n".join(sources)
    return f"**{dialect.title}** (`{dialect.name}`)\n\n{body}\n\nSources:\n\n{listed}"


def _other_readers(dialect: Dialect) -> list[str]:
    """The titles of the runtimes of other dialects that also read files in these places."""
    found = {name: other for place in dialect.places for name, other in place.other_readers.items()}
    return [loader.load_dialect(other).runtime(name).title for name, other in found.items()]
