"""Markdown as plain text, for clients that do not render Markdown."""

from __future__ import annotations

from typing import Any


def to_plain_text(markdown: str) -> str:
    """Return the text of `markdown` as it would be rendered, with a dash before list items."""
    try:
        import pyromark  # It is large, and few clients need it.
    except ImportError:
        return markdown  # Where pyromark has no build, such as in WebAssembly, Markdown has to do.

    pieces: list[str] = []
    links: list[str] = []
    for event in pyromark.events(markdown, options=pyromark.Options.ENABLE_TABLES):
        if isinstance(event, str):
            pieces.append(_MARKS.get(event, ""))
            continue
        kind: str
        what: Any
        ((kind, what),) = event.items()
        if kind in ("Text", "Code", "InlineHtml", "Html"):
            pieces.append(what)
        elif kind == "Start" and "Link" in what:
            links.append(what["Link"]["dest_url"])
        elif kind == "End" and what == "Link":
            pieces.append(f" ({links.pop()})")
        else:
            pieces.append(_around(kind, what))
    lines = "".join(pieces).split("\n")
    kept = [line for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]
    return "\n".join(line.rstrip() for line in kept).strip()


_MARKS = {"SoftBreak": "\n", "HardBreak": "\n", "Rule": "\n\n"}
_BLOCKS = ("Paragraph", "Heading", "CodeBlock", "List", "Table", "HtmlBlock", "BlockQuote")


def _around(kind: str, what: Any) -> str:
    """Return the text that represents the start or the end of an element."""
    name = what if isinstance(what, str) else next(iter(what))
    if name == "Item":
        return "\n- " if kind == "Start" else ""
    if name in ("TableHead", "TableRow"):
        return "\n" if kind == "Start" else ""
    if name == "TableCell":
        return "  " if kind == "End" else ""
    return "\n\n" if name in _BLOCKS and kind == "End" else ""
