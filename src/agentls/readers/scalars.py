"""The types of plain scalars in parsers that differ from the core schema of YAML 1.2.

`Runtime.scalar_types` selects the schema. `dated` is js-yaml 4: the core schema and dates. `older` is
js-yaml 3: it also accepts the numbers of YAML 1.1, such as `1_000` and `0b11`, with `010` in base eight and
`1:30` in base sixty. Both read a number such as `-.5` as a string. All read words such as `yes` as strings.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.reading import Reason
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Node, Scalar, ScalarType, map_scalars, walk

_DATE = lazy_pattern(
    r"\d{4}-\d\d-\d\d"
    r"|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?"
)
_SIGNED_FRACTION = lazy_pattern(r"[-+]\.\d.*")
_INTEGER = lazy_pattern(r"[-+]?(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+)")
_OLDER_INTEGER = lazy_pattern(
    r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)(?<!_)"
)
_OLDER_TEXT = lazy_pattern(r"0o[0-7]+|[-+]?0[0-7]*[89][0-9]*")
_OLDER_FLOAT = lazy_pattern(r"(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?(?<!_)")
_TAG = lazy_pattern(r"(?<!!)!(?!!)\S+")


def retype_scalars(node: Node, runtime: Runtime, repaired_values: tuple[Span, ...] = ()) -> Node:
    """Return the tree with the types that the runtime gives to plain scalars. Values that a repair quoted
    (`repaired_values`) stay strings."""
    if runtime.scalar_types == "core":
        return node
    repaired = frozenset(repaired_values)

    def change(scalar: Scalar) -> Scalar:
        if scalar.style != "plain" or scalar.properties_span or scalar.span in repaired or not scalar.text:
            return scalar
        return scalar._replace(type=_type(scalar, runtime.scalar_types == "older"))

    return map_scalars(node, change)


def _type(scalar: Scalar, older: bool) -> ScalarType:
    text = scalar.text
    if _DATE.fullmatch(text):
        return "date"
    if _SIGNED_FRACTION.fullmatch(text) or (older and _OLDER_TEXT.fullmatch(text)):
        return "str"
    if (_OLDER_INTEGER if older else _INTEGER).fullmatch(text):
        return "int"
    return "float" if older and scalar.type == "str" and _OLDER_FLOAT.fullmatch(text) else scalar.type


def find_unknown_tag(text: str, root: Node | None) -> Reason | None:
    """Return the reason why a parser that rejects unknown tags fails, or `None` if the tree has no such tag."""
    for node in walk(root) if root else ():
        tag = (
            _TAG.search(text, *node.properties_span)
            if isinstance(node, Scalar) and node.properties_span
            else None
        )
        if tag:
            return Reason("invalid-yaml", "unknown tag", Span(*tag.span()), (tag[0],))
    return None
