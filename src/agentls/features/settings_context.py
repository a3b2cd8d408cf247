"""The setting at the cursor in a TOML file with the settings of agentls, which need not be valid."""

from __future__ import annotations

from typing import Literal

from agentls.config import SETTINGS, Config, Override, Setting, kebab_case
from agentls.features.completion_edit import word_at_cursor
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.toml_positions import TomlEntry, TomlPath, find_toml_entries

_WORD = lazy_pattern(r"[\w-]+")
_KEY = lazy_pattern(r"""[ \t]*(?P<tables>(?:[\w-]+\.)*)(?P<word>[\w-]*)""")


class SettingsContext(NamedTuple):
    """The setting at the cursor.

    `path` leads to the value for which a value is written, or to the table for which a key is written, without the
    table of agentls in a `pyproject.toml`. `span` is the word at the cursor, without quotes; `is_quoted` tells
    whether it has an opening one, and `is_closed` whether it has a closing one. In an array (`in_list`), `others` are
    its other items.
    """

    role: Literal["key", "value", "header"]
    path: TomlPath
    span: Span
    is_quoted: bool = False
    is_closed: bool = False
    in_list: bool = False
    others: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the table at `path` by their names; empty if it has no fixed ones."""
        if self.path and not _is_override(self.path):
            return {}
        return fields_of(Override if self.path else Config)

    @property
    def setting(self) -> Setting | None:
        """The setting that `path` leads to or into, if it is one."""
        return find_setting(self.path)


def fields_of(kind: type[Config | Override]) -> dict[str, str]:
    """The fields of a table by the names that they have in a file."""
    return {kebab_case(field): field for field in kind._fields}


def find_setting(path: TomlPath) -> Setting | None:
    """The setting that a path leads to or into."""
    kind: type[Config | Override] = Config
    if len(path) > 1 and _is_override(path[:2]):
        kind, path = Override, path[2:]
    field = fields_of(kind).get(str(path[0])) if path else None
    return SETTINGS[field] if field else None


def _is_override(path: TomlPath) -> bool:
    return len(path) == 2 and path[0] == "overrides"


def find_settings_context(text: str, offset: int, table: TomlPath) -> SettingsContext | None:
    """The setting at `offset`, or `None`. The settings are below `table`."""
    entries = list(find_toml_entries(text))
    line = _line_at(text, offset)
    before = text[line.start : offset]
    if before.lstrip().startswith("#"):
        return None
    here = _entry_at(entries, line, offset)
    if here:
        return _in_value(text, offset, here, entries, table)
    if before.lstrip().startswith("["):
        start = line.start + len(before) - len(before.lstrip())
        return SettingsContext("header", (), Span(start, line.end))
    headers = [entry.path for entry in entries if entry.kind == "header" and entry.value.start < line.start]
    typed = _KEY.match(text, line.start, line.end)
    if typed is None or not typed.start("word") <= offset <= typed.end("word"):
        return None
    dotted = tuple(filter(None, typed["tables"].split(".")))
    path = below((*(headers[-1] if headers else ()), *dotted), table)
    return None if path is None else SettingsContext("key", path, Span(*typed.span("word")))


def below(path: TomlPath, table: TomlPath) -> TomlPath | None:
    """A path relative to `table`, `None` if it leads elsewhere."""
    return path[len(table) :] if path[: len(table)] == table else None


def _line_at(text: str, offset: int) -> Span:
    end = text.find("\n", offset)
    return Span(text.rfind("\n", 0, offset) + 1, len(text[: end if end >= 0 else len(text)].rstrip("\r")))


def _entry_at(entries: list[TomlEntry], line: Span, offset: int) -> TomlEntry | None:
    """The innermost entry in whose value the cursor is, or after whose `=` it is."""
    found = [
        entry
        for entry in entries
        if entry.kind in ("pair", "item") and _value_range(entry, line).contains_cursor(offset)
    ]
    return min(found, key=lambda entry: entry.value.end - entry.value.start, default=None)


def _value_range(entry: TomlEntry, line: Span) -> Span:
    """The value of an entry; if it is missing, the rest of its line."""
    start, end = entry.value
    is_missing = start == end and line.contains_cursor(start)
    return Span(start, line.end) if is_missing else entry.value


def _in_value(
    text: str, offset: int, entry: TomlEntry, entries: list[TomlEntry], table: TomlPath
) -> SettingsContext | None:
    """The context in the value of `entry`, or in an item of a list."""
    path = below(entry.path, table)
    if path is None:
        return None
    written, word = entry.value.text_in(text), word_at_cursor(_WORD, text, _line_at(text, offset), offset)
    if written.startswith("{"):
        return SettingsContext("key", path, word) if text[: word.start].rstrip()[-1:] in "{," else None
    is_item = bool(path) and isinstance(path[-1], int)
    in_list = is_item or written.startswith("[")
    path = path[:-1] if is_item else path
    list_path = (*table, *path)
    others = tuple(
        other.value.text_in(text).strip("\"'")
        for other in entries
        if in_list and other.path[:-1] == list_path and other is not entry
    )
    if not is_item and in_list:
        return SettingsContext("value", path, Span(offset, offset), in_list=True, others=others)
    if written[:1] not in ("'", '"'):
        return SettingsContext("value", path, word, in_list=in_list, others=others)
    is_closed = len(written) > 1 and written.endswith(written[0])
    inner = Span(entry.value.start + 1, entry.value.end - is_closed)
    if not inner.contains_cursor(offset):
        return None
    return SettingsContext("value", path, inner, True, is_closed, in_list, others)
