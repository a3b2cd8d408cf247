"""A block of YAML as a tree with absolute spans. Never raises.

PyYAML does the parsing; this module gives it YAML 1.2 scalars (`yes` and `1:30` are text), and
turns its nodes into frozen data whose spans count from the start of the document. It knows
nothing of agent files.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import yaml

from agentls.text.offsets import Span

ScalarStyle = Literal["plain", "single", "double", "literal", "folded"]
ScalarType = Literal["str", "null", "bool", "int", "float", "date"]


class Scalar(NamedTuple):
    """One value.

    `text` is the value after YAML's unescaping and folding, `type` what the YAML 1.2 core
    schema makes of it (only some readers know dates), `span` the value with its quotes.
    `properties` covers an anchor or a tag in front of it (`&` and `!` words, which YAML takes
    away from the text).
    """

    span: Span
    text: str
    style: ScalarStyle = "plain"
    type: ScalarType = "str"
    properties_span: Span | None = None

    @property
    def value(self) -> Any:
        """The value as a program sees it: text, number, truth value or `None`."""
        return _CONSTRUCT[self.type](self.text)

    @property
    def is_alias(self) -> bool:
        """Whether it stands for a list or mapping elsewhere (`*name`), and says nothing by itself."""
        return self.style == "plain" and self.text.startswith("*") and len(self.text) > 1


class Sequence(NamedTuple):
    """A list, in flow style (`[a, b]`) or one item a line."""

    span: Span
    items: tuple[Node, ...]
    flow: bool = False

    @property
    def value(self) -> list[Any]:
        """The list as a program sees it."""
        return [item.value for item in self.items]


class Mapping(NamedTuple):
    """Keys with values, in flow style (`{a: b}`) or one key a line; a key may stand twice."""

    span: Span
    entries: tuple[Entry, ...]
    flow: bool = False

    def get(self, key: str) -> Entry | None:
        """The entry that counts for `key`: the last one, as in every YAML parser."""
        for entry in reversed(self.entries):
            if entry.key.text == key:
                return entry
        return None

    @property
    def value(self) -> dict[str, Any]:
        """The mapping as a program sees it; the last of equal keys wins."""
        return {entry.key.text: entry.value.value for entry in self.entries}


class Entry(NamedTuple):
    """A key and its value. `broken` marks a value that could not be parsed: its raw text."""

    key: Scalar
    value: Node
    unparsed: bool = False

    @property
    def span(self) -> Span:
        """From the start of the key to the end of the value."""
        return Span(self.key.span.start, max(self.key.span.end, self.value.span.end))

    @property
    def report_span(self) -> Span:
        """Where a finding about the value goes: the value, or the key when that is empty."""
        value = self.value.span
        return value if value.end > value.start else self.key.span


Node = Scalar | Sequence | Mapping


def _integer(text: str) -> int | float:
    """The number that `text` spells; one too long for Python to convert counts as infinite."""
    try:
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    except ValueError:
        return float("inf")


_CONSTRUCT: dict[str, Any] = {
    "str": str,
    "date": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": _integer,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
}


def walk(node: Node) -> Iterator[Node]:
    """`node` and all values below it, the outermost first."""
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from walk(item)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield from walk(entry.value)


def map_scalars(node: Node, change: Callable[[Scalar], Scalar]) -> Node:
    """`node` with `change` applied to all scalars among its values."""
    if isinstance(node, Scalar):
        return change(node)
    if isinstance(node, Sequence):
        return node._replace(items=tuple(map_scalars(item, change) for item in node.items))
    values = (entry._replace(value=map_scalars(entry.value, change)) for entry in node.entries)
    return node._replace(entries=tuple(values))


def content_span(scalar: Scalar, text: str) -> Span:
    """Where the words of a scalar stand in `text`, without its quotes; all of it where they are escaped."""
    at = text.find(scalar.text, *scalar.span)
    return Span(at, at + len(scalar.text)) if at >= 0 else scalar.span


def is_null(node: Node) -> bool:
    """Whether a value is none: nothing, `null` or `~`."""
    return isinstance(node, Scalar) and node.type == "null"


class ParseError(NamedTuple):
    """Why YAML could not be parsed: the parser's words, and the offset it gave up at."""

    message: str
    offset: int


class ParseResult(NamedTuple):
    """The outcome of one parse: a tree (`None` for an empty block) or a problem."""

    root: Node | None
    error: ParseError | None


class MappedText(NamedTuple):
    """Text for the parser, with the way back to the document it came from.

    `anchors` are pairs (offset in `text`, offset in the document), ascending. Between two of
    them offsets run in step, but never past the second: that is how a text with inserted
    quotes and backslashes leads back to what the author wrote. `rewritten` holds the spans of
    the values that were put into quotes; their style is told as it is in the document: plain.
    """

    text: str
    anchors: tuple[tuple[int, int], ...]
    repaired: frozenset[Span] = frozenset()

    @classmethod
    def unchanged(cls, document: str, span: Span) -> MappedText:
        """The piece of `document` under `span`, as it stands."""
        return cls(span.text_in(document), ((0, span.start), (span.end - span.start, span.end)))

    def to_document(self, offset: int) -> int:
        """The place in the document that `offset` in `text` came from."""
        at = bisect_right(self.anchors, (offset, _UNBOUNDED)) - 1
        here, there = self.anchors[at]
        limit = self.anchors[at + 1][1] if at + 1 < len(self.anchors) else _UNBOUNDED
        return min(there + offset - here, limit)


_UNBOUNDED = 1 << 60

# Deeper nesting than this makes the C parser overflow its stack; no agent file comes near.
_MAX_DEPTH = 200
NESTED_TOO_DEEPLY = "nested too deeply"
_DEEP_INDENT = re.compile(rf"^ {{{_MAX_DEPTH}}}", re.MULTILINE)

# Characters that PyYAML refuses or takes for line ends, but YAML 1.2 does not. They are given
# to it as private-use characters and taken back afterwards, one for one, so offsets hold.
_UNUSUAL_CHARACTERS = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_PRIVATE_USE = range(0xF0000, 0xFFFFE)

TAB_INDENTATION = re.compile(r"^[ ]*\t[ \t]*(?=\S)", re.MULTILINE)


def _core_schema() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The implicit types of YAML 1.2's core schema, keyed by first character as PyYAML asks."""
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name, pattern, first in (
        ("null", r"(?:~|null|Null|NULL|)\Z", ("~", "n", "N", "")),
        ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
        ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z", "-+0123456789"),
        (
            "float",
            r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z",
            "-+.0123456789",
        ),
    ):
        for character in first:
            table.setdefault(character, []).append((_TAG + name, re.compile(pattern)))
    return table


_TAG = "tag:yaml.org,2002:"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's fastest loader with the scalars of YAML 1.2."""

    yaml_implicit_resolvers = _core_schema()


class _DataLoader(_Loader):
    """It makes plain data in a third of the time, since it keeps no account of what it has made."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: ARG002  It always is deep.
        kind, tag = type(node), node.tag
        make = self.construct_object
        if kind is yaml.ScalarNode and tag == _TAG + "str":
            return node.value
        if kind is yaml.MappingNode and tag == _TAG + "map":
            try:
                return {make(key): make(value) for key, value in node.value}
            except TypeError:
                pass  # A list is no key; PyYAML says where.
        if kind is yaml.SequenceNode and tag == _TAG + "seq":
            return [make(item) for item in node.value]
        return super().construct_object(node, deep=True)


def load_yaml(text: str) -> Any:
    """A YAML file of the program's own, or a user's dialect, as plain data. Raises `yaml.YAMLError`, and
    `RecursionError` for one that holds itself."""
    return yaml.load(text, Loader=_DataLoader)


@lru_cache(maxsize=8)  # Several runtimes read the same block.
def parse(source: MappedText, *, tabs_indent: bool = False) -> ParseResult:
    """Parse a block of YAML.

    `tabs_indent` also takes tabs for indentation, which YAML forbids and some parsers read.
    The spans of the tree, and the offset of a problem, are those of the document.
    """
    text = source.text
    nul = text.find("\0")
    if nul >= 0:
        return ParseResult(None, ParseError("NUL character", source.to_document(nul)))
    text, back = _replace_unusual_characters(text)
    if tabs_indent:
        text = TAB_INDENTATION.sub(lambda indent: " " * len(indent[0]), text)
    if _exceeds_depth(text):
        return ParseResult(None, ParseError(NESTED_TOO_DEEPLY, source.to_document(0)))
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = source.to_document(mark.index if mark else 0)
        return ParseResult(None, ParseError(error.problem or error.context or "invalid YAML", offset))
    except yaml.YAMLError as error:
        return ParseResult(None, ParseError(str(error), source.to_document(0)))
    if root is None:
        return ParseResult(None, None)
    return ParseResult(_Converter(source, text, back).node(root, 0), None)


class ParseEvent(NamedTuple):
    """One event of the parser, named as PyYAML does (`Scalar`, `MappingStart`, ...)."""

    kind: str
    span: Span
    text: str
    flow: bool


def parse_events(text: str) -> tuple[list[ParseEvent], ParseError | None]:
    """The parser's way through `text`, which may be unfinished, and why and where it gave up:
    for an open quote, and for a key without its colon, where those start."""
    text = TAB_INDENTATION.sub(lambda indent: " " * len(indent[0]), _replace_unusual_characters(text)[0])
    found: list[ParseEvent] = []
    try:
        for event in yaml.parse(text, Loader=_Loader):
            start, end = event.start_mark, event.end_mark
            span = Span(start.index if start else 0, end.index if end else 0)
            flow = bool(getattr(event, "flow_style", False))
            kind = type(event).__name__.removesuffix("Event")
            found.append(ParseEvent(kind, span, getattr(event, "value", ""), flow))
    except yaml.YAMLError as error:
        scanning = str(getattr(error, "context", "")).startswith("while scanning")
        mark = getattr(error, "context_mark" if scanning else "problem_mark", None)
        return found, ParseError(str(error), mark.index if mark else 0)
    return found, None


def restricted_syntax(text: str) -> Iterator[tuple[str, Span]]:
    """The anchors, tags and opening brackets of a text that can be parsed, in order, named as PyYAML
    does (`Anchor`, `Tag`, `FlowMappingStart`, `FlowSequenceStart`): what restricted parsers refuse."""
    for token in yaml.scan(_replace_unusual_characters(text)[0], Loader=_Loader):
        kind = type(token).__name__.removesuffix("Token")
        if kind in _EXTRAS:
            yield kind, Span(token.start_mark.index, token.end_mark.index)


_EXTRAS = frozenset(("Anchor", "Tag", "FlowMappingStart", "FlowSequenceStart"))


def _replace_unusual_characters(text: str) -> tuple[str, dict[int, str]]:
    """`text` with unusual characters replaced, and the table that takes them back."""
    unusual = set(_UNUSUAL_CHARACTERS.findall(text))
    if not unusual:
        return text, {}
    free = (code for code in _PRIVATE_USE if chr(code) not in text)
    forth = {ord(character): next(free) for character in sorted(unusual)}
    return text.translate(forth), {code: chr(character) for character, code in forth.items()}


def _exceeds_depth(text: str) -> bool:
    """Whether collections nest deeper than the parser's stack bears."""
    if text.count("[") + text.count("{") + text.count("- ") + text.count("? ") < _MAX_DEPTH:
        return text.count("\n") > _MAX_DEPTH and _DEEP_INDENT.search(text) is not None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                depth += 1
                if depth > _MAX_DEPTH:
                    return True
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        # Newer versions of libyaml have a limit of their own, and meet it while they look ahead, before they
        # report the first of the collections.
        read = text[: error.problem_mark.index] if error.problem_mark else text
        opened, closed = read.count("[") + read.count("{"), read.count("]") + read.count("}")
        return opened - closed > _MAX_DEPTH
    except yaml.YAMLError:
        return False
    return False


_STYLES: dict[str | None, ScalarStyle] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|\Z))+")
_LONGEST_ALIAS = 100
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")


class _Converter:
    """Turns PyYAML nodes into ours. One per parse; it remembers what aliases stand for."""

    def __init__(self, source: MappedText, text: str, back: dict[int, str]) -> None:
        self._source = source
        # Of a text as it stands, all offsets are shifted by the same.
        shifts = {there - here for here, there in source.anchors}
        self._shift = shifts.pop() if len(shifts) == 1 else None
        self._text = text
        self._back = back
        self._done: dict[int, Node] = {}
        self._open: set[int] = set()

    def node(self, node: yaml.Node, after: int) -> Node:
        """Convert `node`, which stands behind the offset `after` of the parser's text."""
        start, end = node.start_mark.index, node.end_mark.index
        if start < after or id(node) in self._open:
            return self._alias(node, after)
        converted: Node
        if isinstance(node, yaml.ScalarNode):
            converted = self._scalar(node, start, end)
        else:
            assert isinstance(node, yaml.CollectionNode), "a node is a scalar or a collection"
            self._open.add(id(node))
            converted = self._collection(node, start, end)
            self._open.discard(id(node))
        self._done[id(node)] = converted
        return converted

    def _span(self, start: int, end: int) -> Span:
        if self._shift is not None:
            return Span(start + self._shift, end + self._shift)
        return Span(self._source.to_document(start), self._source.to_document(end))

    def _scalar(self, node: yaml.ScalarNode, start: int, end: int) -> Scalar:
        text: str = node.value
        if self._back:
            text = text.translate(self._back)
        tag: str = node.tag
        kind = tag[len(_TAG) :] if tag.startswith(_TAG) else "str"
        properties = None
        if start < end and self._text[start] in "&!":
            found = _PROPERTIES.match(self._text, start, end)
            if found:
                properties = self._span(start, start + len(found[0].rstrip()))
                start = found.end()
        style = _STYLES[node.style]
        if style in ("literal", "folded"):
            # The parser's mark runs on over the blank lines behind the block.
            while end > start and self._text[end - 1] in " \t\r\n":
                end -= 1
        span = self._span(start, end)
        if span in self._source.repaired:
            style = "plain"
        return Scalar(span, text, style, kind if kind in _CONSTRUCT else "str", properties)  # type: ignore[arg-type]

    def _collection(self, node: yaml.CollectionNode, start: int, end: int) -> Node:
        flow = bool(node.flow_style)
        if isinstance(node, yaml.MappingNode):
            entries = []
            at = start
            for key, value in node.value:
                key_node = self.node(key, at)
                at = max(at, key.end_mark.index)
                if not isinstance(key_node, Scalar):
                    key_node = Scalar(key_node.span, self._text[key.start_mark.index : key.end_mark.index])
                value_node = self.node(value, at)
                at = max(at, value.end_mark.index)
                entries.append(Entry(key_node, value_node))
            last = entries[-1].span.end if entries else end
            return Mapping(
                self._span(start, end) if flow else Span(self._source.to_document(start), last),
                tuple(entries),
                flow,
            )
        items = []
        at = start
        for item in node.value:
            items.append(self.node(item, at))
            at = max(at, item.end_mark.index)
        last = items[-1].span.end if items else end
        return Sequence(
            self._span(start, end) if flow else Span(self._source.to_document(start), last),
            tuple(items),
            flow,
        )

    def _alias(self, node: yaml.Node, after: int) -> Node:
        """What `*name` stands for, its span where the alias stands."""
        found = _ALIAS.search(self._text, after)
        span = self._span(*found.span()) if found else self._span(after, after)
        target = self._done.get(id(node))
        if isinstance(target, Scalar):
            return Scalar(span, target.text, target.style, target.type)
        short = isinstance(target, Sequence) and len(target.items) <= _LONGEST_ALIAS
        if isinstance(target, Sequence) and short and all(isinstance(i, Scalar) for i in target.items):
            return target._replace(span=span)
        # Other collections would multiply by standing twice, or never end inside themselves.
        return Scalar(span, found[0] if found else "", "plain", "str")
