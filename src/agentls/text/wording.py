"""Names, texts and values of an agent file as messages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentls.text.yaml_tree import Mapping, Node, Sequence

_MAX_LENGTH = 60
_MAX_NAMES = 4


def describe_value(value: Node) -> str:
    """What kind of value this is, in words."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    return {
        "null": "empty",
        "bool": f"the truth value `{value.text}`",
        "int": f"the number `{value.text}`",
        "float": f"the number `{value.text}`",
        "date": f"the date `{value.text}`",
    }.get(value.type, format_code(value.text) if value.text.strip() else "empty text")


def format_code(text: str) -> str:
    """`text` as messages show it: in backticks, on one line, and not too long."""
    line = re.sub(r"\s*[\r\n]\s*", " ", text)
    return f"`{line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + '…'}`"


def code_span(text: str) -> str:
    """`text` in a code span, whatever backticks and line breaks it holds."""
    text = " ".join(text.split())
    if "`" not in text:
        return f"`{text}`" if text else "` `"
    fence = "``" if "``" not in text else "`" * (len(text) + 1)
    return f"{fence} {text} {fence}"


def escape_markdown(text: str) -> str:
    """A line of text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#~&|])", r"\\\1", text)


def join_names(names: Iterable[str], last: str = " and ", limit: int = _MAX_NAMES) -> str:
    """Join `names` as code spans: `limit` of them and "N more", with `last` before the last one."""
    spans = [code_span(name) for name in names]
    if len(spans) > limit + 1:
        spans[limit:] = [f"{len(spans) - limit} more"]
        last = " and "
    return last.join([", ".join(spans[:-1]), spans[-1]]) if len(spans) > 1 else "".join(spans)
