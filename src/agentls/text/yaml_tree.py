"""Parse a block of YAML to a tree with spans in the document. Never raises.

PyYAML is the parser, with the scalars of YAML 1.2 (`yes` and `1:30` are strings). Its nodes are converted to
frozen data whose spans are relative to the start of the document.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal

import yaml

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

ScalarStyle = Literal["plain", "single", "double", "literal", "folded"]
ScalarType = Literal["str", "null", "bool", "int", "float", "date"]


class Scalar(NamedTuple):
    """A scalar.

    `text` is the value after unescaping and folding, `type` its type by the core schema of YAML 1.2 (some readers
    also have dates), `span` includes the quotes. `properties_span` covers an anchor or a tag before the scalar.
    """

    span: Span
    text: str
    style: ScalarStyle = "plain"
    type: ScalarType = "str"
    properties_span: Span | None = None

    @property
    def value(self) -> Any:
        """The value in Python: a string, number, boolean or `None`."""
        return _CONSTRUCT[self.type](self.text)

    @property
    def inner_span(self) -> Span:
        """The span without the quotes."""
        is_quoted = self.style in ("single", "double")
        return Span(self.span.start + is_quoted, self.span.end - is_quoted)

    @property
    def is_alias(self) -> bool:
        """Whether it is an alias (`*name`) of a list or mapping, whose content is not copied."""
        return self.style == "plain" and self.text.startswith("*") and len(self.text) > 1


class Sequence(NamedTuple):
    """A sequence in flow style (`[a, b]`) or block style."""

    span: Span
    items: "tuple[Node, ...]"
    flow: bool = False

    @property
    def value(self) -> list[Any]:
        """The list in Python."""
        return [item.value for item in self.items]


class Mapping(NamedTuple):
    """A mapping in flow style (`{a: b}`) or block style; keys may be duplicate."""

    span: Span
    entries: "tuple[Entry, ...]"
    flow: bool = False

    def get(self, key: str) -> "Entry | None":
        """The entry that is used for `key`: the last one, as in most YAML parsers."""
        for entry in reversed(self.entries):
            if entry.key.text == key:
                return entry
        return None

    @property
    def used_entries(self) -> "dict[str, Entry]":
        """The entries that are used, by their keys: of duplicate ones the last. For loops, in which `get` would be
        quadratic."""
        return {entry.key.text: entry for entry in self.entries}

    @property
    def value(self) -> dict[str, Any]:
        """The mapping in Python; the last of duplicate keys is used."""
        return {entry.key.text: entry.value.value for entry in self.entries}


class Entry(NamedTuple):
    """A key and its value. The value of an `unparsed` entry is its raw text."""

    key: Scalar
    value: "Node"
    unparsed: bool = False

    @property
    def span(self) -> Span:
        """From the start of the key to the end of the value."""
        return Span(self.key.span.start, max(self.key.span.end, self.value.span.end))

    @property
    def report_span(self) -> Span:
        """The span for findings about the value: the value, or the key if the value is empty."""
        value = self.value.span
        return value if value.end > value.start else self.key.span


Node = Scalar | Sequence | Mapping


def _integer(text: str) -> int | float:
    """Parse an integer; one that is too large for a floating-point number is infinite, as in JavaScript."""
    try:
        value = int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        float(value)
    except (ValueError, OverflowError):
        return float("-inf" if text.startswith("-") else "inf")
    return value


_CONSTRUCT: dict[str, Any] = {
    "str": str,
    "date": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": _integer,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
}


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and all nodes below it, parents first."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        if isinstance(node, Sequence):
            left += reversed(node.items)
        elif isinstance(node, Mapping):
            left += [entry.value for entry in reversed(node.entries)]


def map_scalars(node: Node, change: Callable[[Scalar], Scalar]) -> Node:
    """`node` with `change` applied to all scalars that are values."""
    if isinstance(node, Scalar):
        return change(node)
    if isinstance(node, Sequence):
        return node._replace(items=tuple(map_scalars(item, change) for item in node.items))
    values = (entry._replace(value=map_scalars(entry.value, change)) for entry in node.entries)
    return node._replace(entries=tuple(values))


def content_span(scalar: Scalar, text: str) -> Span:
    """The span of the content of a scalar without its quotes; the whole span if it has escapes."""
    at = text.find(scalar.text, *scalar.span)
    return Span(at, at + len(scalar.text)) if at >= 0 else scalar.span


def is_null(node: Node) -> bool:
    """Whether a value is null: empty, `null` or `~`."""
    return isinstance(node, Scalar) and node.type == "null"


class ParseError(NamedTuple):
    """Why YAML could not be parsed: the message of the parser, and the offset of the error."""

    message: str
    offset: int


class ParseResult(NamedTuple):
    """The result of parsing: a tree (`None` for an empty block) or an error."""

    root: Node | None
    error: ParseError | None


class MappedText(NamedTuple):
    """Text for the parser with a map to the offsets of the document.

    `anchors` are ascending pairs of an offset in `text` and the offset in the document. Between two anchors
    offsets advance equally, but not past the second one, so that inserted quotes and backslashes map to what
    the author wrote. `repaired` has the spans of values that were quoted; their style is plain, as in the document.
    """

    text: str
    anchors: tuple[tuple[int, int], ...]
    repaired: frozenset[Span] = frozenset()

    @classmethod
    def unchanged(cls, document: str, span: Span) -> "MappedText":
        """The text of `document` in `span`, unchanged."""
        return cls(span.text_in(document), ((0, span.start), (span.end - span.start, span.end)))

    def to_document(self, offset: int) -> int:
        """The offset in the document for `offset` in `text`."""
        at = bisect_right(self.anchors, (offset, _UNBOUNDED)) - 1
        here, there = self.anchors[at]
        limit = self.anchors[at + 1][1] if at + 1 < len(self.anchors) else _UNBOUNDED
        return min(there + offset - here, limit)


_UNBOUNDED = 1 << 60

# Deeper nesting overflows the stack of the C parser. No agent file is nested this deep.
_MAX_DEPTH = 200
NESTED_TOO_DEEPLY = "nested too deeply"
_DEEP_INDENT = lazy_pattern(rf"^ {{{_MAX_DEPTH}}}", re.MULTILINE)

# Characters that PyYAML rejects or reads as line ends, but YAML 1.2 does not. They are replaced by private-use
# characters and restored after parsing, one by one, so that offsets stay the same.
_UNUSUAL_CHARACTERS = lazy_pattern(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_PRIVATE_USE = range(0xF0000, 0xFFFFE)

TAB_INDENTATION = lazy_pattern(r"^[ ]*\t[ \t]*(?=\S)", re.MULTILINE)


def _core_schema() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The implicit types of the core schema of YAML 1.2, by first character as PyYAML requires."""
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
        compiled_late = lazy_pattern(pattern)
        for character in first:
            table.setdefault(character, []).append((_TAG + name, compiled_late))
    return table


_TAG = "tag:yaml.org,2002:"
_STR, _SEQ, _MAP = f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map"


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's fastest loader with the scalars of YAML 1.2.

    The three methods are called for each node. Here tags do not depend on the path of a node.
    """

    yaml_implicit_resolvers = _core_schema()

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node. For a scalar, `implicit[0]` is whether it is plain."""
        if kind is not yaml.ScalarNode:
            return _MAP if kind is yaml.MappingNode else _SEQ
        if implicit[0]:
            for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                if pattern.match(value):
                    return tag
        return _STR

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        """Do nothing."""

    def ascend_resolver(self) -> None:
        """Do nothing."""


class _DataLoader(Loader):
    """Constructs plain data in a third of the time, since it does not record the constructed objects."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: ARG002  It is always deep.
        kind, tag = type(node), node.tag
        make = self.construct_object
        if kind is yaml.ScalarNode and tag == _STR:
            return node.value
        if kind is yaml.MappingNode and tag == _MAP:
            try:
                return {make(key): make(value) for key, value in node.value}
            except TypeError:
                pass  # A list is not a valid key; PyYAML reports where it is.
        if kind is yaml.SequenceNode and tag == _SEQ:
            return [make(item) for item in node.value]
        return super().construct_object(node, deep=True)


def load_yaml(text: str) -> Any:
    """Load a table or a dialect file of the user as plain data. Raises `yaml.YAMLError`, and `RecursionError` for
    data that contains itself."""
    return yaml.load(text, Loader=_DataLoader)


def find_line(text: str, path: Iterable[str | int]) -> int:
    """The line (from 1) in a YAML file of the value to which `path` leads: names in mappings, numbers in lists.
    Where the way ends early it is the line of the last key that exists, and 0 if there is none."""
    node, line = yaml.compose(text, Loader=_DataLoader), 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            return line
        line, node = found[0].start_mark.line + 1, found[1]
    return line


@lru_cache(maxsize=64)  # Several runtimes read the same block.
def parse(source: MappedText, *, tabs_indent: bool = False) -> ParseResult:
    """Parse a block of YAML.

    `tabs_indent` also accepts tabs as indentation, which YAML forbids but some parsers accept. The spans of the
    tree and the offset of an error refer to the document.
    """
    text = source.text
    nul = text.find("\0")
    if nul >= 0:
        return ParseResult(None, ParseError("NUL character", source.to_document(nul)))
    text, back = replace_unusual_characters(text)
    if tabs_indent:
        text = TAB_INDENTATION.sub(lambda indent: " " * len(indent[0]), text)
    if _exceeds_depth(text):
        return ParseResult(None, ParseError(NESTED_TOO_DEEPLY, source.to_document(0)))
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = source.to_document(mark.index if mark else 0)
        return ParseResult(None, ParseError(error.problem or error.context or "invalid YAML", offset))
    except yaml.YAMLError as error:
        return ParseResult(None, ParseError(str(error), source.to_document(0)))
    if root is None:
        return ParseResult(None, None)
    return ParseResult(_Converter(source, text, back).convert(root, 0), None)


def replace_unusual_characters(text: str) -> tuple[str, dict[int, str]]:
    """`text` with unusual characters replaced, and the table that restores them."""
    if text.replace("\n", "").isprintable():
        return text, {}  # Hardly any text needs the search.
    unusual = set(_UNUSUAL_CHARACTERS.findall(text))
    if not unusual:
        return text, {}
    free = (code for code in _PRIVATE_USE if chr(code) not in text)
    forth = {ord(character): next(free) for character in sorted(unusual)}
    return text.translate(forth), {code: chr(character) for character, code in forth.items()}


def _exceeds_depth(text: str) -> bool:
    """Whether collections are nested too deeply for the stack of the parser."""
    if text.count("[") + text.count("{") + text.count("- ") + text.count("? ") < _MAX_DEPTH:
        return text.count("\n") > _MAX_DEPTH and _DEEP_INDENT.search(text) is not None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                depth += 1
                if depth > _MAX_DEPTH:
                    return True
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        # Newer versions of libyaml have a limit, and reach it while they look ahead, before the first event.
        read = text[: error.problem_mark.index] if error.problem_mark else text
        opened, closed = read.count("[") + read.count("{"), read.count("]") + read.count("}")
        return opened - closed > _MAX_DEPTH
    except yaml.YAMLError:
        return False
    return False


_TYPES: dict[str, ScalarType] = {
    f"{_TAG}{kind}": kind for kind in ("str", "null", "bool", "int", "float", "date")
}
_STYLES: dict[str | None, ScalarStyle] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}
_PROPERTIES = lazy_pattern(r"(?:[&!]\S*(?:\s+|\Z))+")
_MAX_ALIAS_ITEMS = 100
_ALIAS = lazy_pattern(r"\*[^\s,\[\]{}]+")


class _Converter:
    """Converts the nodes of PyYAML for one parse, and resolves aliases."""

    def __init__(self, source: MappedText, text: str, back: dict[int, str]) -> None:
        self._source = source
        # Of a text as it stands, all offsets are shifted by the same.
        shifts = {there - here for here, there in source.anchors}
        self._shift = shifts.pop() if len(shifts) == 1 else None
        self._repaired = source.repaired
        self._text = text
        self._back = back
        self._may_have_aliases = "*" in text
        self._may_have_properties = "&" in text or "!" in text
        self._done: dict[int, Node] = {}
        self._open: set[int] = set()

    def convert(self, node: yaml.Node, after: int) -> Node:
        """Convert `node`, which comes after the offset `after` in the text of the parser."""
        start, end = node.start_mark.index, node.end_mark.index
        if self._may_have_aliases and (start < after or id(node) in self._open):
            return self._resolve_alias(node, after)
        if isinstance(node, yaml.ScalarNode):
            converted: Node = self._convert_scalar(node, start, end)
        else:
            assert isinstance(node, yaml.CollectionNode), "a node is a scalar or a collection"
            self._open.add(id(node))
            converted = self._convert_collection(node, start, end)
            self._open.discard(id(node))
        if self._may_have_aliases:
            self._done[id(node)] = converted
        return converted

    def _span(self, start: int, end: int) -> Span:
        if self._shift is not None:
            return Span(start + self._shift, end + self._shift)
        return Span(self._source.to_document(start), self._source.to_document(end))

    def _convert_scalar(self, node: yaml.ScalarNode, start: int, end: int) -> Scalar:
        text: str = node.value
        if self._back:
            text = text.translate(self._back)
        properties = None
        if self._may_have_properties and start < end and self._text[start] in "&!":
            found = _PROPERTIES.match(self._text, start, end)
            if found:
                properties = self._span(start, start + len(found[0].rstrip()))
                start = found.end()
        style = _STYLES[node.style]
        if style in ("literal", "folded"):
            # The end mark of the parser includes the blank lines after the block.
            while end > start and self._text[end - 1] in " \t\r\n":
                end -= 1
        span = self._span(start, end)
        if self._repaired and span in self._repaired:
            style = "plain"
        return Scalar(span, text, style, _TYPES.get(node.tag, "str"), properties)

    def _convert_collection(self, node: Any, start: int, end: int) -> Node:
        """Convert a mapping or a sequence: every node of PyYAML but a scalar."""
        flow = bool(node.flow_style)
        if isinstance(node, yaml.MappingNode):
            entries: list[Entry] = []
            at = start
            for key, value in node.value:
                key_node = self.convert(key, at)
                at = max(at, key.end_mark.index)
                if not isinstance(key_node, Scalar):
                    key_node = Scalar(key_node.span, self._text[key.start_mark.index : key.end_mark.index])
                value_node = self.convert(value, at)
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
            items.append(self.convert(item, at))
            at = max(at, item.end_mark.index)
        last = items[-1].span.end if items else end
        return Sequence(
            self._span(start, end) if flow else Span(self._source.to_document(start), last),
            tuple(items),
            flow,
        )

    def _resolve_alias(self, node: yaml.Node, after: int) -> Node:
        """The target of the alias `*name`, with the span of the alias."""
        found = _ALIAS.search(self._text, after)
        span = self._span(*found.span()) if found else self._span(after, after)
        target = self._done.get(id(node))
        if isinstance(target, Scalar):
            return Scalar(span, target.text, target.style, target.type)
        short = isinstance(target, Sequence) and len(target.items) <= _MAX_ALIAS_ITEMS
        if isinstance(target, Sequence) and short and all(isinstance(i, Scalar) for i in target.items):
            return target._replace(span=span)
        # Copies of other collections could grow exponentially, or contain themselves.
        return Scalar(span, found[0] if found else "", "plain", "str")
