"""Where the keys and values of a TOML text are.

The parsers of TOML in Python tell no positions, or only that of an error, and give nothing for a text with an error.
An editor needs the positions in a text that is being typed. So the text is scanned here, one line after the other,
and what does not make sense is skipped; whether it is valid, and what the values are, is left to the parser.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

TomlPath = tuple[str | int, ...]
"""The keys, and positions in arrays, that lead to a value."""


class TomlEntry(NamedTuple):
    """A key with its value, an item of an array (where `key` is the item too), or the header of a table, whose `value`
    is the whole header. A value that is missing is empty. Only a key with a `=`, or an item, has a value."""

    path: TomlPath
    key: Span
    value: Span
    kind: Literal["pair", "key", "item", "header"] = "pair"


_TOKEN = lazy_pattern(
    r'''(?P<gap>[ \t\r\ufeff]+|\#[^\n]*)
    |(?P<text>"""(?:[^"\\]|\\.|"(?!""))*(?:"{3,5}|\Z)|\'\'\'(?:[^']|'(?!''))*(?:'{3,5}|\Z)
        |"(?:[^"\\\n]|\\[^\n])*"?|'[^'\n]*'?)
    |(?P<sign>[\[\]{}=,.\n])
    |(?P<word>[^\s\[\]{}=,."'#]+)''',
    re.VERBOSE | re.DOTALL,
)
_NEXT_LINE = lazy_pattern(r"[^\S\n]*(?:[\w-]+\s*=|\[\[?[A-Za-z_][\w.-]*\]\]?[ \t]*(?:[#\r\n]|\Z))")
"""What can only be the next statement, inside an array that is not closed."""


_MAX_DEPTH = 50
"""No settings nest values this deep; the scanner is recursive."""

MAX_KEY_PARTS = 100


class _Token(NamedTuple):
    kind: str
    span: Span
    text: str


class TomlError(NamedTuple):
    """Why a text is not TOML, and where."""

    message: str
    span: Span


def parse_toml(text: str) -> dict[str, Any] | TomlError:
    """Return the values of a TOML text, or the first error in it. A byte order mark may precede it."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    start = 1 if text.startswith("\ufeff") else 0
    if text.count(".") > MAX_KEY_PARTS and (long := _find_long_key(text)):
        return TomlError(f"a key has more than {MAX_KEY_PARTS} parts", long)
    try:
        values: dict[str, Any] = tomllib.loads(text[start:])
        return values
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        return TomlError(message, _error_span(text, start, place))
    except RecursionError:
        return TomlError("values are nested too deep", Span(start, start))
    except ValueError as error:  # A number with too many digits.
        return TomlError(str(error).partition(";")[0], Span(start, start))


def _find_long_key(text: str) -> Span | None:
    """The last part of the first key with more than `MAX_KEY_PARTS` parts, on which parsers spend much time."""
    dots = 0
    for found in _TOKEN.finditer(text):
        if found["sign"]:
            dots = dots + 1 if found["sign"] == "." else 0
        elif not found["gap"] and dots >= MAX_KEY_PARTS:
            return Span(*found.span())
    return None


_PLACE = lazy_pattern(r"line (\d+), column (\d+)")


def _error_span(text: str, start: int, place: str) -> Span:
    """The rest of the line from the place of an error, or the last character before it."""
    found = _PLACE.match(place)
    offset = len(text)
    if found:
        lines = text.split("\n")[: int(found[1]) - 1]
        # The parser counts a CRLF as one character, and the mark is not in its text.
        offset = start + sum(len(line) + 1 for line in lines) + int(found[2]) - 1 - (start if lines else 0)
    end = text.find("\n", offset)
    rest = text[offset : end if end >= 0 else len(text)].rstrip()
    if rest:
        return Span(offset, offset + len(rest))
    before = len(text[:offset].rstrip())
    return Span(max(before - 1, 0), before)


def find_toml_entries(text: str) -> Iterator[TomlEntry]:
    """Yield the entries of a TOML text in their order, those of an inline table or an array after it."""
    return _Scanner(text).entries()


class _Scanner:
    """Goes through the tokens of a text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [
            _Token(str(found.lastgroup), Span(*found.span()), found[0])
            for found in _TOKEN.finditer(text)
            if found.lastgroup != "gap"
        ]
        self._at = 0
        self._lengths: dict[TomlPath, int] = {}

    def _is(self, *signs: str) -> bool:
        """Whether the next token is one of these signs; "" is the end of the text."""
        if self._at >= len(self._tokens):
            return "" in signs
        return self._tokens[self._at].kind == "sign" and self._tokens[self._at].text in signs

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def entries(self) -> Iterator[TomlEntry]:
        table: TomlPath = ()
        while not self._is(""):
            if self._is("\n"):
                self._next()
            elif self._is("["):
                header = self._header()
                table = header.path
                yield header
            else:
                yield from self._pair(table)
                self._skip_line()

    def _skip_line(self) -> None:
        while not self._is("\n", ""):
            self._next()

    def _header(self) -> TomlEntry:
        start = self._next().span
        is_array = self._is("[")
        if is_array:
            self._next()
        keys, span = self._keys(start.end + is_array)
        self._skip_line()
        path = self._resolve(keys[:-1])
        path = (*path, *keys[-1:])
        if is_array and keys:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = (*path, self._lengths[path] - 1)
        end = self._tokens[self._at - 1].span.end
        return TomlEntry(path, span, Span(start.start, end), "header")

    def _resolve(self, keys: tuple[str, ...]) -> TomlPath:
        """The path of a table, where the name of an array of tables means its last one."""
        path: TomlPath = ()
        for key in keys:
            path = (*path, key)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _keys(self, start: int) -> tuple[tuple[str, ...], Span]:
        """The parts of a dotted key, and the span of the last one; at `start` if there is none."""
        keys: list[str] = []
        span = Span(start, start)
        while not self._is("=", "\n", "]", "}", ",", "[", "{", ""):
            token = self._next()
            if token.kind != "sign":
                keys.append(_key_text(token.text))
                span = token.span
        return tuple(keys), span

    def _pair(self, table: TomlPath) -> Iterator[TomlEntry]:
        before = self._at
        keys, span = self._keys(self._tokens[self._at].span.start)
        path = (*table, *keys)
        if self._is("="):
            start = self._next().span.end
            inner: list[TomlEntry] = []
            value = self._value(path, start, inner)
            yield TomlEntry(path, span, value)
            yield from inner
        elif keys:
            yield TomlEntry(path, span, Span(span.end, span.end), "key")
        elif self._at == before:
            self._next()  # A stray sign.

    def _value(self, path: TomlPath, start: int, inner: list[TomlEntry]) -> Span:
        """The span of a value after `start`. The entries in it are added to `inner`."""
        nests = len(path) < _MAX_DEPTH
        if nests and self._is("["):
            return self._array(path, inner)
        if nests and self._is("{"):
            return self._inline_table(path, inner)
        first = last = None
        while not self._is("\n", ",", "]", "}", ""):
            last = self._next()
            first = first or last
        return Span(first.span.start, last.span.end) if first and last else Span(start, start)

    def _array(self, path: TomlPath, inner: list[TomlEntry]) -> Span:
        start = end = self._next().span
        count = 0
        while not self._is("]", ""):
            if self._is("\n") and _NEXT_LINE.match(self._text, self._tokens[self._at].span.end):
                return Span(start.start, end.end)
            if self._is("\n", ",", "}", "="):
                between = self._next()
                end = end if between.text == "\n" else between.span
                continue
            deeper: list[TomlEntry] = []
            item = self._value((*path, count), end.end, deeper)
            inner += [TomlEntry((*path, count), item, item, "item"), *deeper]
            count, end = count + 1, item
        return Span(start.start, self._next().span.end if self._is("]") else len(self._text))

    def _inline_table(self, path: TomlPath, inner: list[TomlEntry]) -> Span:
        start = end = self._next().span
        while not self._is("}", "\n", ""):
            if self._is(",", "]", "="):
                end = self._next().span
                continue
            inner += self._pair(path)
            end = self._tokens[self._at - 1].span
        return Span(start.start, self._next().span.end if self._is("}") else end.end)


def _key_text(written: str) -> str:
    """A key without its quotes."""
    if written[0] == "'":
        return written.strip("'")
    if written[0] != '"':
        return written
    parsed = parse_toml(f"key = {written}")
    return written.strip('"') if isinstance(parsed, TomlError) else str(parsed["key"])
