"""A page about one fact: its name and kind, a summary, details as a short list, and the source."""

from __future__ import annotations

from collections.abc import Iterable

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Source
from agentls.text.escaping import code_span, escape_markdown, link, to_markdown

CONFIDENCE = {"documented": " (documented)", "third-party": " (reported by third parties)"}


def render_page(name: str, kind: str, summary: str, facts: Iterable[tuple[str, str]], source: Source) -> str:
    """Render a page: the name and its kind, a summary in paragraphs, facts as a list, and the source.

    Facts without text are omitted. The only markup in a text is code in backticks.
    """
    rows = "\n".join(f"- {label}: {text}" if label else f"- {text}" for label, text in facts if text)
    rows = rows.replace(": \n", ":\n")
    lead, text = f"**{code_span(name)}** ({to_markdown(kind)})", to_markdown(summary.strip())
    return "\n\n".join(part for part in (lead, text, to_markdown(rows), cite_source(source)) if part)


def cite_source(source: Source) -> str:
    """Cite a source with its date and, unless its title says that it was observed, its confidence."""
    title = link(source.title, source.url)
    date = f", {escape_markdown(source.date)}" if source.date else ""
    return f"*Source: {title}{date}{CONFIDENCE.get(source.confidence, '')}.*"


def observed_source(dialect: Dialect) -> Source:
    """The source for observed behaviour of the runtime."""
    return next((s for s in dialect.sources if s.confidence == "observed"), dialect.sources[0])
