"""The page of a dialect in the documentation: everything in its tables, each fact with its source and date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from agentls.config import Config
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key, Source
from agentls.dialects.runtimes import Place
from agentls.document.locate import make_document
from agentls.features.new_agent import new_agent
from agentls.reports import catalogue, explain
from agentls.reports.fact_page import CONFIDENCE
from agentls.reports.inspection import report_for, short_status
from agentls.text.escaping import code_span, link, to_markdown


class _Fact(NamedTuple):
    """A row of a table: a name, what it is, and the id of its source."""

    name: str
    text: str
    source: str


def dialect_page(dialect: Dialect) -> str:
    """Return the page of a dialect as Markdown for the site."""
    sections = [
        (f"# {dialect.title}", _summary(dialect)),
        ("## How it is read", _reading(dialect)),
        ("## Locations", _facts("Files", (_place(place, dialect) for place in dialect.places), dialect)),
        ("## Keys", "\n\n".join(_keys(dialect))),
        ("## Tools", _facts("Tool", _tools(dialect), dialect)),
        ("## Former tool names", _facts("Former name", _former_tools(dialect), dialect)),
        ("## Models", _facts("Model", _models(dialect), dialect)),
        ("## Hook events", _facts("Event", _events(dialect), dialect)),
        ("## Sources", _table(("Source", "", "Date"), map(_source_row, dialect.sources))),
    ]
    return "\n\n".join(f"{heading}\n\n{text}" for heading, text in sections if text) + "\n"


def _summary(dialect: Dialect) -> str:
    overview = catalogue.summarise_dialect(dialect)
    dates = " to ".join(dict.fromkeys((overview.oldest, overview.newest)))
    return (
        f"What agentls knows about this format, which `agentls dialects {dialect.name}` lists too. Each fact has a "
        f"[source](#sources) and the date on which it was last checked; here {dates}."
    )


_CHANGES: dict[str, Callable[[str, str], str]] = {
    "as `agentls new` writes it": lambda head, body: f"---\n{head}---\n{body}",
    "without frontmatter": lambda _, body: body.lstrip(),
    "without the closing `---`": lambda head, body: f"---\n{head}{body}",
    "with a value that YAML requires to be quoted": lambda head, body: (
        f"---\n{head}note: this: that\n---\n{body}"
    ),
    "with a quote that is never closed": lambda head, body: f'---\n{head}note: "this\n---\n{body}',
    "with a key twice": lambda head, body: f"---\n{head}note: this\nnote: that\n---\n{body}",
    "with an unknown key": lambda head, body: f"---\n{head}note: this\n---\n{body}",
}
"""What can be wrong with a file, and how the text of a valid one has it."""


def _reading(dialect: Dialect) -> str:
    """Return what each runtime does with a valid file and with broken ones: the readers themselves are asked."""
    template = new_agent(dialect.name, "example") if dialect.places and dialect.new_file_snippet else None
    if template is None or not template.text.startswith("---\n"):
        return ""
    head, _, body = template.text.removeprefix("---\n").partition("---\n")
    path = f"project/{dialect.new_file_place.folder}/{template.file}"
    rows = []
    for words, change in _CHANGES.items():
        document = make_document(path, change(head, body), Config(), None, dialect.name)
        assert document is not None
        reports = [report_for(document, reading) for reading in document.readings]
        rows.append((words, *map(short_status, reports)))
    titles = [f"{report.runtime.title} {report.runtime.version}".strip() for report in reports]
    note = "What agentls says of such files. A runtime without a version was not observed."
    return f"{note}\n\n{_table(('A file', *titles), rows)}"


def _place(place: Place, dialect: Dialect) -> _Fact:
    notes = [
        "" if place.is_read else "not read by any runtime",
        {"plugin": "in a plugin", "user": "only in the user folder", "project": ""}[place.scope],
        ", ".join(dialect.runtime(name).title for name in place.runtimes),
        f"moved to `{place.moved_to}`" if place.moved_to else "",
        f"renamed to `*{place.renamed_suffix}`" if place.renamed_suffix else "",
    ]
    name = catalogue.place_pattern(place, dialect).removesuffix(" (plugin)")
    return _Fact(name, "; ".join(filter(None, notes)), place.source)


def _keys(dialect: Dialect) -> Iterator[str]:
    for key in dialect.keys:
        yield f"### {key.name}\n\n{_without_lead(explain.explain_key(dialect, key.name))}"
        yield from _fields(dialect, key.fields, key.name, 4)


def _fields(dialect: Dialect, fields: Iterable[Key], parent: str, level: int) -> Iterator[str]:
    for field in fields:
        path = f"{parent}.{field.name}"
        yield f"{'#' * level} {path}\n\n{_without_lead(explain.explain_record_field(dialect, path))}"
        yield from _fields(dialect, field.fields, path, min(level + 1, 6))


def _without_lead(page: str | None) -> str:
    """Return a page of a fact without its first line, the name, with nested lists as the site needs them."""
    assert page is not None
    return page.partition("\n\n")[2].replace("\n  - ", "\n    - ")


def _tools(dialect: Dialect) -> Iterator[_Fact]:
    for tool in dialect.tools:
        owners = [runtime.title for runtime in dialect.runtimes if tool.is_in(runtime.name)]
        if owners:  # Some formats share the tools of another one, which more runtimes read.
            only = f" Only in {', '.join(owners)}." if len(owners) < len(dialect.runtimes) else ""
            yield _Fact(tool.name, f"{tool.summary}{only}", tool.source)


def _former_tools(dialect: Dialect) -> Iterator[_Fact]:
    for tool in dialect.old_tools:
        now = " or ".join(map(code_span, tool.replacements))
        effect = "still accepted" if tool.still_accepted else "no longer accepted"
        yield _Fact(tool.name, "; ".join(filter(None, (now, tool.note, effect))), tool.source)


def _models(dialect: Dialect) -> Iterator[_Fact]:
    for model in dialect.models.known:
        owners = [
            runtime for runtime in dialect.runtimes if not model.runtimes or runtime.name in model.runtimes
        ]
        if not owners:
            continue
        resolved = f" Resolves to `{model.resolves_to}`." if model.resolves_to else ""
        status = "" if model.status == "current" else f" {model.status.capitalize()}."
        yield _Fact(model.name, f"{model.summary}{resolved}{status}", model.source)


def _events(dialect: Dialect) -> Iterator[_Fact]:
    for event in dialect.hooks.events:
        matcher = f" The matcher is {event.matcher_subject}." if event.matcher_subject else ""
        yield _Fact(event.name, f"{event.summary}{matcher}", event.source)


def _facts(title: str, facts: Iterable[_Fact], dialect: Dialect) -> str:
    rows = [
        (code_span(fact.name), to_markdown(fact.text), _cited(dialect.source(fact.source))) for fact in facts
    ]
    return _table((title, "", "Source"), rows)


def _cited(source: Source) -> str:
    return f"[{source.id}](#sources) {source.date}"


def _source_row(source: Source) -> tuple[str, str, str]:
    confidence = CONFIDENCE.get(source.confidence, "").strip(" ()")
    return source.id, f"{link(source.title, source.url)} {confidence and f'({confidence})'}", source.date


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, "" if it has no rows."""
    lines = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if not lines:
        return ""
    return "\n".join(
        [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {line} |" for line in lines)]
    )
