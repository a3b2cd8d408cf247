"""Frontmatter as text that every reader reads alike: by YAML 1.1 and 1.2, strictly and line by line.

A string is plain only if nothing in it can mean anything else; all others are in quotes, on one line. Several lines
are a literal block, unless one of them could end the frontmatter.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from agentls.conversion.target_tools import Entries
from agentls.dialects.loader import Dialect
from agentls.document.edits import NOT_STRINGS

_PLAIN = re.compile(r"[A-Za-z](?:[\w ,./()'*+-]*[\w./)*])?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_DASHES = re.compile("-{3,}")


def write_frontmatter(entries: Entries, target: Dialect, newline: str) -> str:
    """Return the frontmatter with its fences: the keys of `entries` in their order."""
    lines = ["---"]
    for name, value in entries.items():
        lines += _entry_lines(name, value, target)
    return "".join(f"{line}{newline}" for line in (*lines, "---"))


def _entry_lines(name: str, value: object, target: Dialect) -> list[str]:
    if isinstance(value, list):
        return _list_lines(name, [str(each) for each in value], target)
    if isinstance(value, dict):
        below = (line for key, each in value.items() for line in _entry_lines(_write(key), each, target))
        return [f"{name}:", *(f"  {line}" for line in below)] if value else [f"{name}: {{}}"]
    if isinstance(value, str) and _is_block(value):
        return [f"{name}: |-", *(f"  {line}" if line else "" for line in value.split("\n"))]
    return [f"{name}: {_write(value)}"]


def _list_lines(name: str, items: list[str], target: Dialect) -> list[str]:
    """Return a list in the form in which the product writes it."""
    key = target.key(name)
    if key and key.type == "tools":
        key = target.key(target.tool_keys.allowed)
    snippet = key.snippet if key else ""
    if key and key.type == "tools" and items and ", " in snippet and "[" not in snippet:
        return [f"{name}: {_write(', '.join(items))}"]
    if items and snippet.startswith("\n"):
        return [f"{name}:", *(f"  - {_write_item(item)}" for item in items)]
    return [f"{name}: [{', '.join(map(_write_item, items))}]"]


def _is_block(text: str) -> bool:
    """Whether a string of several lines can be a literal block with the same content."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and lines[0] != ""
        and "---" not in text
        and all(line == line.rstrip() and line.isprintable() for line in lines)
    )


def _write_item(text: str) -> str:
    return (
        text
        if re.fullmatch(r"[A-Za-z][\w./*-]*", text, re.ASCII) and text.lower() not in NOT_STRINGS
        else _quote(text)
    )


def _write(value: object) -> str:
    """Return a scalar on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in NOT_STRINGS and "---" not in text
    return text if is_plain else _quote(text)


def _quote(text: str) -> str:
    """Return a string in quotes: in single ones where double ones would need escapes. Dashes that could be taken for a
    fence are escaped."""
    if "'" not in text and ('"' in text or "\\" in text) and text.isprintable() and "---" not in text:
        return f"'{text}'"
    written = _yaml().dump(text, default_style='"', allow_unicode=True, width=float("inf")).removesuffix("\n")
    return _DASHES.sub(lambda dashes: r"\x2D" * len(dashes[0]), written)


@cache
def _yaml() -> Any:
    import yaml

    return yaml
