"""Whether two texts of one file are the same to every runtime that reads it."""

from __future__ import annotations

from typing import Any

from agentls.document.document import Document
from agentls.readers.reading import Reading
from agentls.text.yaml_tree import MappedText, Mapping, Node, Scalar, Sequence, parse


def have_equal_readings(before: Document, after: Document) -> bool:
    """Whether each reader of a file reads `after` as it reads `before`: whether and why not it loads the file, its
    name, its description, its prompt, and the value of each key. The order of the top-level keys does not count.
    The frontmatter also has the same values as YAML, which no reader may be able to tell."""
    if _yaml_values(before) != _yaml_values(after):
        return False
    pairs = zip(_all_readings(before), _all_readings(after), strict=True)
    return all(_outcome(one, before.text) == _outcome(other, after.text) for one, other in pairs)


def _all_readings(document: Document) -> tuple[Reading, ...]:
    """The readings of all readers, in an order that does not depend on the text."""
    found = (*document.primary_readings, *document.other_readings)
    return tuple(sorted(found, key=lambda reading: (reading.runtime.name, reading.dialect.name)))


def _outcome(reading: Reading, text: str) -> Any:
    """All that a runtime reads in `text`, without the positions."""
    unread = reading.unread_reason
    return (
        reading.runtime.name,
        reading.status,
        unread and unread.cause,
        [(reason.kind, reason.cause) for reason in reading.reasons],
        reading.name,
        reading.description,
        [line.text_in(text) for line in reading.ignored_lines],
        _values(reading.root),
        text[reading.body_start :] if reading.loads else None,
    )


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
        found.setdefault(entry.key.text, []).append(_content(entry.value))
    return found


def _content(node: Node) -> Any:
    """A value with the type of each scalar: a number and a text that is written with the same digits differ."""
    if isinstance(node, Scalar):
        return node.type, node.text
    if isinstance(node, Sequence):
        return [_content(item) for item in node.items]
    return "mapping", [(entry.key.text, _content(entry.value)) for entry in node.entries]
