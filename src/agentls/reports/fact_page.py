"""A page about one fact: its name and kind, a summary, details as a short list, and the source."""

from __future__ import annotations

from collections.abc import Iterable

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Source
from agentls.text.wording import code_span

_CONFIDENCE = {"documented": " (documented)", "third-party": " (reported by third parties)"}


def render_page(name: str, kind: str, summary: str, facts: Iterable[tuple[str, str]], source: Source) -> str:
    """Render a page: the name and its kind, a summary in paragraphs, facts as a list, and the source.

    Facts without text are omitted.
    """
    rows = "\n".join(f"- {label}: {text}" if label else f"- {text}" for label, text in facts if text)
    rows = rows.replace(": \n", ":\n")
    parts = (f"**{code_span(name)}** ({kind})", summary.strip(), rows, cite_source(source))
    return "\n\n".join(part for part in parts if part)


def cite_source(source: Source) -> str:
    """Cite a source with its date and, unless its title says that it was observed, its confidence."""
    title = f"[{source.title}]({source.url})" if source.url else source.title
    date = f", {source.date}" if source.date else ""
    return f"*Source: {title}{date}{_CONFIDENCE.get(source.confidence, '')}.*"


def observed_source(dialect: Dialect) -> Source:
    """The source for observed behaviour of the runtime."""
    return next((s for s in dialect.sources if s.confidence == "observed"), dialect.sources[0])
