"""An inspection as HTML, for the page of an editor.

The text is that of a file, which may be hostile: all of it is escaped before any markup is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from agentls.reports import inspection
from agentls.reports.inspection import Inspection, RuntimeReport
from agentls.text.escaping import split_code
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import format_code

_LINE = lazy_pattern(r"\bline (\d+)\b")


def render_html(found: Inspection) -> str:
    """Render the inspection as the content of a page: an article for each primary runtime, and the others in short.

    A link with `data-line` leads to that line of the file.
    """
    name = found.path.rpartition("/")[2]
    pieces = [f'<h1><a href="#" data-line="1">{escape(name)}</a></h1>']
    pieces += [_article(report) for report in found.reports if report.is_primary]
    others = [_summary(report) for report in found.reports if not report.is_primary]
    if not found.portable.loads:
        problem = f"python-frontmatter cannot load this file: {found.portable.error}"
        others.append(f'<p class="muted">{_with_lines(problem)}</p>')
    if others:
        pieces.append(f"<article><h2>Other readers</h2>{''.join(others)}</article>")
    return "\n".join(pieces)


def _article(report: RuntimeReport) -> str:
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td{_class(style)}>{_cell(label, text)}</td></tr>"
        for label, text, style in inspection.describe_rows(report, format_code)
    )
    return f"<article>{_summary(report, 'h2')}{f'<table>{rows}</table>' if rows else ''}</article>"


def _summary(report: RuntimeReport, tag: str = "p") -> str:
    """The verdict and its reasons."""
    state = "good" if inspection.is_usable(report) else "bad"
    reasons = "".join(f"<li>{_with_lines(reason)}</li>" for reason in report.reasons)
    verdict = f'<{tag} class="{state}">{_marked_up(inspection.verdict(report))}</{tag}>'
    return f"{verdict}<ul>{reasons}</ul>" if reasons else verdict


def _class(style: str) -> str:
    return "" if style == "plain" else f' class="{style}"'


def _cell(label: str, text: str) -> str:
    """The text of a row. That of the author is shown as it is."""
    if label in ("name", "description"):
        return escape(text)
    return _with_lines(text)


def _with_lines(text: str) -> str:
    """The text with its code and with links for the lines that it mentions outside code."""
    return "".join(
        piece if piece.startswith("<code>") else _LINE.sub(r'<a href="#" data-line="\1">line \1</a>', piece)
        for piece in _pieces(text)
    )


def _marked_up(text: str) -> str:
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces of HTML: prose, and what is between backticks."""
    for piece in split_code(text):
        yield f"<code>{escape(piece.text.strip())}</code>" if piece.is_code else escape(piece.text)
