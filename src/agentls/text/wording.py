"""Format names, texts and values for messages."""

from __future__ import annotations

from collections.abc import Iterable

from agentls.text.escaping import code_span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Mapping, Node, Sequence

_MAX_LENGTH = 60
_MAX_NAMES = 4


def describe_value(value: Node) -> str:
    """Describe the type of a value, and a scalar with its text."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    return {
        "null": "an empty value",
        "bool": f"the boolean `{value.text}`",
        "int": f"the number `{value.text}`",
        "float": f"the number `{value.text}`",
        "date": f"the date `{value.text}`",
    }.get(value.type, format_code(value.text) if value.text.strip() else "an empty string")


def format_code(text: str) -> str:
    """`text` as a code span, shortened."""
    return code_span(text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…")


def join_names(names: Iterable[str], last: str = " and ", limit: int = _MAX_NAMES) -> str:
    """Join `names` as code spans: `limit` of them and "N more", with `last` before the last one."""
    spans = [code_span(name) for name in names]
    if len(spans) > limit + 1:
        spans[limit:] = [f"{len(spans) - limit} more"]
        last = " and "
    return last.join([", ".join(spans[:-1]), spans[-1]]) if len(spans) > 1 else "".join(spans)


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(position: int) -> str:
    """The word for a position, which is counted from 0."""
    return _ORDINALS[position] if position < len(_ORDINALS) else f"{position + 1}th"


VERBS = {
    "accepts": "accept",
    "applies": "apply",
    "counts": "count",
    "does": "do",
    "drops": "drop",
    "ends": "end",
    "expects": "expect",
    "gives": "give",
    "fills": "fill",
    "hands": "hand",
    "has": "have",
    "ignores": "ignore",
    "includes": "include",
    "is": "are",
    "knows": "know",
    "leaves": "leave",
    "lists": "list",
    "loads": "load",
    "looks": "look",
    "makes": "make",
    "moves": "move",
    "offers": "offer",
    "passes": "pass",
    "quotes": "quote",
    "reads": "read",
    "refuses": "refuse",
    "registers": "register",
    "rejects": "reject",
    "removes": "remove",
    "replaces": "replace",
    "reports": "report",
    "requires": "require",
    "runs": "run",
    "sends": "send",
    "skips": "skip",
    "starts": "start",
    "supports": "support",
    "takes": "take",
    "tells": "tell",
    "treats": "treat",
    "uses": "use",
    "wants": "want",
    "warns": "warn",
}
"""The verbs that say what a runtime does: as used of one, and of several."""

_VERB = lazy_pattern(r"(?:^|(?<=, and ))\w+")


def agree(predicate: str, *, several: bool) -> str:
    """`predicate`, which says what one runtime does, as it is said of one or of several.

    The verbs are its first word and what follows `, and`.
    """
    return _VERB.sub(lambda verb: VERBS.get(verb[0], verb[0]), predicate) if several else predicate
