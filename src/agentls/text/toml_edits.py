"""Edits of a TOML text that keep its comments and its layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.toml_positions import TomlEntry, TomlError, find_toml_entries, parse_toml


def add_to_array(text: str, path: tuple[str, ...], item: str) -> tuple[Edit, ...]:
    """The edits that add the string `item` to the array at `path`, which need not exist. None if the text is invalid,
    or if its layout is so unusual that the result would have other values."""
    before = parse_toml(text)
    if isinstance(before, TomlError):
        return ()
    entries = list(find_toml_entries(text))
    array = next((entry for entry in entries if entry.path == path and entry.kind == "pair"), None)
    items = [entry for entry in entries if entry.path[:-1] == path and entry.kind == "item"]
    written = f'"{item}"'
    if array:
        edits = _add_item(text, array, items, written)
    else:
        edits = (_add_pair(text, entries, path, f"{path[-1]} = [{written}]"),)
    after = parse_toml(apply_edits(text, edits))
    return edits if after == _with_item(before, path, item) else ()


def _add_item(text: str, array: TomlEntry, items: Sequence[TomlEntry], written: str) -> tuple[Edit, ...]:
    """The edits that add a last item: on a line of its own, below any comment, if the one before has one."""
    if not items:
        return (_insert(array.value.start + 1, written),)
    last = items[-1].value
    line = text.rfind("\n", 0, last.start) + 1
    indent = text[line : last.start]
    if indent.strip():
        return (_insert(last.end, f", {written}"),)
    end = _line_end(text, last.end)
    has_comma = text[last.end : end].lstrip().startswith(",")
    own_line = _insert(end, f"{_newline(text)}{indent}{written},")
    return (own_line,) if has_comma else (_insert(last.end, ","), own_line)


def _add_pair(text: str, entries: Sequence[TomlEntry], path: tuple[str, ...], pair: str) -> Edit:
    """The edit that adds a line to the table that `path` is in, or that table at the end."""
    newline, table = _newline(text), path[:-1]
    headers = [entry for entry in entries if entry.kind == "header"]
    if not table:
        limit = headers[0].value.start if headers else len(text) + 1
        pairs = [entry for entry in entries if len(entry.path) == 1 and entry.value.end <= limit]
        if pairs:
            return _insert(_line_end(text, pairs[-1].value.end), newline + pair)
        if headers:
            return _insert(headers[0].value.start, f"{pair}{newline}{newline}")
    own = next((entry for entry in headers if entry.path == table), None)
    if own:
        return _insert(_line_end(text, own.value.end), newline + pair)
    lead = "" if text.endswith("\n") or not text.strip("\ufeff") else newline
    header = f"{newline if text.strip() else ''}[{'.'.join(table)}]{newline}" if table else ""
    return _insert(len(text), f"{lead}{header}{pair}{newline}")


def _insert(at: int, text: str) -> Edit:
    return Edit(Span(at, at), text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_end(text: str, offset: int) -> int:
    """The end of the line at `offset`, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def _with_item(values: dict[str, Any], path: tuple[str, ...], item: str) -> Any:
    """The values with the item in the array at `path`; `None` if something else is there."""
    key, *rest = path
    found = values.get(key, {} if rest else [])
    if rest:
        changed = _with_item(found, tuple(rest), item) if isinstance(found, dict) else None
    else:
        changed = [*found, item] if isinstance(found, list) else None
    return None if changed is None else {**values, key: changed}
