"""The arguments of a call in the text of a command or skill, as Claude Code fills them in.

Observed in 2.1.328: `$ARGUMENTS` stands for the arguments as they are typed, `$ARGUMENTS[0]` and `$0` for the first of
them, `$1` for the second, and `$name` for one that the frontmatter declares. This applies to code and to amounts of
money too. A number without an argument stays as it is, and a backslash before the dollar sign keeps it. Arguments
that no placeholder receives are appended to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agentls.document.document import Document
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Scalar, Sequence


class Placeholder(NamedTuple):
    """A placeholder that the runtime fills in: for the argument at `position`, by its number or its `name`, or for
    all arguments if `position` is `None`."""

    span: Span
    position: int | None
    name: str = ""


def declared_names(reading: Reading) -> tuple[str, ...]:
    """The names of the arguments that the frontmatter declares, in their order. They are separated by spaces or
    items of a list; numbers are no names."""
    syntax = reading.dialect.prompt_arguments
    entry = reading.entry(syntax.names_key) if syntax else None
    value = entry.value if entry else None
    if isinstance(value, Scalar):
        written = value.text.split() if value.type == "str" else []
    else:
        items = value.items if isinstance(value, Sequence) else ()
        written = [item.text.strip() for item in items if isinstance(item, Scalar)]
    return tuple(name for name in written if name and not name.isdecimal())


def count_hinted(document: Document) -> int:
    """The number of arguments that the hint for people shows, 0 without a hint. If its brackets make it a list, each
    item is one."""
    syntax = document.dialect.prompt_arguments
    entry = document.entry(syntax.hint_key) if syntax else None
    if entry is None or entry.unparsed:
        return 0
    if isinstance(entry.value, Sequence):
        return len(entry.value.items)
    hint = entry.value.text if isinstance(entry.value, Scalar) and entry.value.type != "null" else ""
    return len(_HINTED.findall(hint))


_HINTED = lazy_pattern(r"\[[^\]]{0,500}\]|<[^>]{0,500}>|\{[^}]{0,500}\}|[^\s\[\]<>{}|]+")


def find_placeholders(text: str, start: int, names: tuple[str, ...]) -> Iterator[Placeholder]:
    """The placeholders in `text` from `start` on. `names` are the declared names of arguments."""
    for found in _pattern(names).finditer(text, start):
        span = Span(*found.span())
        if found["name"]:
            yield Placeholder(span, names.index(found["name"]), found["name"])
        elif found["all"]:
            yield Placeholder(span, None)
        elif not found["escaped"]:
            yield Placeholder(span, int(found["item"] or found["number"]))


def split_arguments(arguments: str) -> tuple[str, ...]:
    """The single arguments: words, which quotes can join as in a shell."""
    import shlex  # Few runs need it.

    try:
        return tuple(shlex.split(arguments))
    except ValueError:  # A quote is not closed.
        return tuple(arguments.split())


def fill_in(text: str, arguments: str, names: tuple[str, ...]) -> str:
    """`text` as it is sent with these arguments. `names` are the declared names of arguments."""
    words = split_arguments(arguments)
    is_received = False

    def value(found: re.Match[str]) -> str:
        nonlocal is_received
        if found["escaped"]:
            return "$"
        position = names.index(found["name"]) if found["name"] else int(found["item"] or found["number"] or 0)
        if not (found["name"] or found["all"] or position < len(words)):
            return found[0]
        is_received = True
        if found["all"]:
            return arguments
        return words[position] if position < len(words) else ""

    filled = _pattern(names).sub(value, text)
    return filled if is_received or not arguments else f"{filled}\n\nARGUMENTS: {arguments}"


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern of placeholders, and of backslashes that prevent one."""
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    name = rf"(?:{words})(?![\[\w])" if names else r"(?!)"
    return re.compile(
        rf"(?P<escaped>(?<!\\)\\\$(?=\d|ARGUMENTS|{name}))"
        rf"|\$(?P<name>{name})|\$ARGUMENTS\[(?P<item>\d{{1,9}})\]|\$(?P<number>\d{{1,9}})(?!\w)|(?P<all>\$ARGUMENTS)",
        re.ASCII,
    )
