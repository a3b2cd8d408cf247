"""Replaces the generated part of a page that is otherwise written by hand."""

from __future__ import annotations


def replace_between(text: str, name: str, content: str) -> str:
    """`text` with `content` between its markers `<!-- name -->` and `<!-- /name -->`.

    Raises `ValueError` unless there is one pair of them.
    """
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if (text.count(start), text.count(end)) != (1, 1):
        raise ValueError(f"expected one pair of markers for {name!r}")
    before, _, rest = text.partition(start)
    return f"{before}{start}{content}\n{end}{rest.partition(end)[2]}"
