"""The events and tokens of YAML, for texts that may be incomplete and for what a tree does not show."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import TAB_INDENTATION, Loader, ParseError, replace_unusual_characters


class ParseEvent(NamedTuple):
    """An event of the parser; `kind` is its name in PyYAML (`Scalar`, `MappingStart`, ...)."""

    kind: str
    span: Span
    text: str
    flow: bool


def parse_events(text: str) -> tuple[list[ParseEvent], ParseError | None]:
    """The events of `text`, which may be incomplete, and the error at which the parser stopped.

    The error of an unclosed quote, or of a key without a colon, is at its start.
    """
    text = TAB_INDENTATION.sub(lambda indent: " " * len(indent[0]), replace_unusual_characters(text)[0])
    found: list[ParseEvent] = []
    try:
        for event in yaml.parse(text, Loader=Loader):
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
    """The anchors, tags and flow collections of a valid text, in order, with the names of the tokens of PyYAML
    (`Anchor`, `Tag`, `FlowMappingStart`, `FlowSequenceStart`): what restricted parsers reject."""
    for token in yaml.scan(replace_unusual_characters(text)[0], Loader=Loader):
        kind = type(token).__name__.removesuffix("Token")
        if kind in _EXTRAS:
            yield kind, Span(token.start_mark.index, token.end_mark.index)


_EXTRAS = frozenset(("Anchor", "Tag", "FlowMappingStart", "FlowSequenceStart"))
