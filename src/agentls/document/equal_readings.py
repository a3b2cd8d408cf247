"""Whether two texts of one file are the same to every runtime that reads it, or the second one is better."""

from __future__ import annotations

from typing import Any

from agentls.document.document import Document
from agentls.readers.reading import STATUSES, Reading
from agentls.text.yaml_tree import MappedText, Mapping, Node, Scalar, Sequence, parse


def have_equal_readings(before: Document, after: Document) -> bool:
    """Whether each reader of a file reads `after` as it reads `before`: whether and why not it loads the file, its
    name, its description, its prompt, and the value of each key. The order of the top-level keys does not count.
    The frontmatter also has the same values as YAML, which no reader may be able to tell."""
    return _yaml_values(before) == _yaml_values(after) and all(
        _verdict(one, before.text) == _verdict(other, after.text)
        and _content(one, before.text) == _content(other, after.text)
        for one, other in zip(all_readings(before), all_readings(after), strict=True)
    )


PROMPT = "prompt"
"""The key of `_content` for the text below the frontmatter."""


def reads_no_worse(before: Document, after: Document, apart_from: tuple[str, ...] = ()) -> bool:
    """Whether each reader of a file reads in `after` all that it reads in `before`, apart from some keys and from
    `PROMPT`. It may load a file that it did not load before, or only after a repair."""
    return all(
        STATUSES.index(one.status) >= STATUSES.index(other.status)
        and {reason.kind for reason in other.reasons} <= {reason.kind for reason in one.reasons}
        and (not one.loads or _covers(_content(other, after.text), _content(one, before.text), apart_from))
        for one, other in zip(all_readings(before), all_readings(after), strict=True)
    )


def _covers(content: _Content, other: _Content, apart_from: tuple[str, ...]) -> bool:
    """Whether `content` has all that `other` has."""
    return all(content.get(key) == value for key, value in other.items() if key not in apart_from)


def all_readings(document: Document) -> tuple[Reading, ...]:
    """The readings of all readers of a file, in an order that does not depend on its text."""
    found = (*document.primary_readings, *document.other_readings)
    return tuple(sorted(found, key=lambda reading: (reading.runtime.name, reading.dialect.name)))


def _verdict(reading: Reading, text: str) -> Any:
    """How a runtime loads `text`, without the positions."""
    unread = reading.unread_reason
    return (
        reading.runtime.name,
        reading.status,
        unread and unread.cause,
        [(reason.kind, reason.cause) for reason in reading.reasons],
        [line.text_in(text) for line in reading.ignored_lines],
    )


_Content = dict[str, Any]


def _content(reading: Reading, text: str) -> _Content:
    """What a runtime reads in `text`: the values of the keys, and what it makes of them."""
    prompt = text[reading.body_start :] if reading.loads else None
    own = {"name": reading.name, "description": reading.description, PROMPT: prompt}
    values = _values(reading.root)
    return {**values, **{key: (value, values.get(key)) for key, value in own.items()}}


def _yaml_values(document: Document) -> dict[str, list[Any]] | None:
    """The values in the frontmatter; `None` if it is not valid."""
    if document.frontmatter is None:
        return None
    parsed = parse(MappedText.unchanged(document.text, document.frontmatter.content))
    return None if parsed.error else _values(parsed.root)


def _values(root: Node | None) -> dict[str, list[Any]]:
    """The values of each top-level key, of a duplicate one in their order."""
    found: dict[str, list[Any]] = {}
    for entry in root.entries if isinstance(root, Mapping) else ():
        found.setdefault(entry.key.text, []).append(_plain(entry.value))
    return found


def _plain(node: Node) -> Any:
    """A value with the type of each scalar: a number and a text that is written with the same digits differ."""
    if isinstance(node, Scalar):
        return node.type, node.text
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return "mapping", [(entry.key.text, _plain(entry.value)) for entry in node.entries]
