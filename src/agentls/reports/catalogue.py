"""The dialects as a whole: what is known of each format, from where, and since when.

`overview` is one dialect in a line, `page` one in full, `facts` each fact with its source, so that
old ones can be found: products change, and a fact is as good as its date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Source
from agentls.dialects.runtimes import Place
from agentls.reports.explain import cite_source


class Fact(NamedTuple):
    """A fact: the dialect, what kind of thing it is about, its name, and where it comes from."""

    dialect: str
    kind: str
    name: str
    source: Source


class Overview(NamedTuple):
    """A dialect in a line: its name and title, the runtimes with the versions that the facts are
    about, the places of its files, and the days of its oldest and newest facts."""

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
    """Each fact of a dialect, in the order of its file."""
    for field in dialect._fields:
        yield from _facts(getattr(dialect, field), dialect, "")


def _facts(row: Any, dialect: Dialect, within: str) -> Iterator[Fact]:
    kind = _KINDS.get(type(row).__name__)
    name = within
    if kind:
        own = row.folder if isinstance(row, Place) else row.name
        name = f"{within}.{own}" if within else own
        yield Fact(dialect.name, kind, name, dialect.source(row.source))
    if isinstance(row, tuple):
        for item in row:
            if isinstance(item, tuple):
                yield from _facts(item, dialect, name)


def find_stale_facts(days: int, today: date) -> Iterator[Fact]:
    """The facts of all dialects that are older than so many days."""
    for name in loader.DIALECT_NAMES:
        for fact in list_facts(loader.load_dialect(name)):
            if fact.source.date and (today - date.fromisoformat(fact.source.date)).days > days:
                yield fact


def summarise_dialect(dialect: Dialect) -> Overview:
    """The dialect in a line."""
    dates = sorted({fact.source.date for fact in list_facts(dialect) if fact.source.date})
    return Overview(
        dialect.name,
        dialect.title,
        tuple(f"{runtime.title} {runtime.version}".strip() for runtime in dialect.runtimes),
        tuple(_shown(place, dialect) for place in dialect.places),
        dates[0] if dates else "",
        dates[-1] if dates else "",
    )


def _shown(place: Place, dialect: Dialect) -> str:
    """A place as a pattern; those of a plugin are told as such."""
    own_folder = any(runtime.naming.default_name == "folder" for runtime in dialect.runtimes)
    files = f"*/{place.files}" if own_folder else place.files
    pattern = f"{place.folder}/{files}".lstrip("/")
    return f"{pattern} (plugin)" if place.scope == "plugin" else pattern


def render_dialect(dialect: Dialect) -> str:
    """All about a dialect as Markdown: who reads it, where, what it consists of, and the sources."""
    seen = summarise_dialect(dialect)
    rows = [
        ("Read by", ", ".join(seen.runtimes)),
        ("Places", ", ".join(f"`{place}`" for place in seen.places)),
        ("Also read by", ", ".join(_also(dialect))),
        ("Keys", ", ".join(f"`{key.name}`" for key in dialect.keys)),
        ("Tools", ", ".join(f"`{tool.name}`" for tool in dialect.tools)),
        ("Models", ", ".join(f"`{model.name}`" for model in dialect.models.known)),
        ("Hook events", ", ".join(f"`{event.name}`" for event in dialect.hooks.events)),
        ("Variables", ", ".join(f"`{variable.name}`" for variable in dialect.prompt_variables.variables)),
    ]
    sources = [f"- {cite_source(source).strip('*').removeprefix('Source: ')}" for source in dialect.sources]
    body = "\n".join(f"- {label}: {text}" for label, text in rows if text)
    listed = "\n".join(sources)
    return f"**{dialect.title}** (`{dialect.name}`)\n\n{body}\n\nSources:\n\n{listed}"


def _also(dialect: Dialect) -> list[str]:
    """The readers of other dialects that read files in these places too."""
    found = {name: other for place in dialect.places for name, other in place.other_readers.items()}
    return [loader.load_dialect(other).runtime(name).title for name, other in found.items()]
