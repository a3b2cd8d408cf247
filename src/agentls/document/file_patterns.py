"""File patterns in frontmatter: which of them can match a file, and when a text is used because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentls.dialects.records import Key
from agentls.dialects.runtimes import Condition, ImpossiblePrefix, PatternRules
from agentls.dialects.value_schema import find_mismatches, is_met
from agentls.readers.reading import Reading
from agentls.text import globs
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Mapping, Node, Scalar, Sequence

PatternProblem = Literal[
    "folder in brackets",
    "negation",
    "prefix",
    "several lines",
    "spaces around it",
    "typographic quotes",
    "unclosed bracket",
]
"""Why a pattern matches no file."""

_TYPOGRAPHIC_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_FOLDER_IN_BRACKETS = lazy_pattern(r"(?<![^/])\[(?!.-.\])(\[?[\w.@-]{2,}\]?)\](?![^/])")
"""A whole name in brackets, as web frameworks write a parameter. `[a-z]` is a set of characters."""


class FilePattern(NamedTuple):
    """One pattern, its span, the scalar that contains it, and why it matches no file."""

    text: str
    span: Span
    scalar: Scalar
    problem: PatternProblem | None


def find_patterns(reading: Reading, key: str, text: str) -> tuple[FilePattern, ...]:
    """The patterns in the value of `key`, as the runtime of `reading` reads them from `text`."""
    entry, rules = reading.entry(key), reading.runtime.patterns
    scalars = _scalars(entry.value) if entry else ()
    return tuple(pattern for scalar in scalars for pattern in _split(scalar, rules, text))


def find_tags(reading: Reading, key: str, text: str) -> Iterator[Span]:
    """Yield the items that are meant as patterns, and that YAML reads as tags because they start with `!`."""
    entry = reading.entry(key)
    for item in entry.value.items if entry and isinstance(entry.value, Sequence) else ():
        tag = item.properties_span if isinstance(item, Scalar) and not item.text else None
        if tag and tag.text_in(text).startswith("!"):
            yield tag


def _scalars(value: Node) -> Iterator[Scalar]:
    """The string that a value is, or the strings and numbers in it if it is a list."""
    if isinstance(value, Sequence):
        for item in value.items:
            if isinstance(item, Scalar) and item.type in ("str", "int", "float"):
                yield item
    elif isinstance(value, Scalar) and value.type == "str":
        yield value


def _split(scalar: Scalar, rules: PatternRules, text: str) -> Iterator[FilePattern]:
    pieces, at = globs.split_patterns(scalar.text), scalar.span.start
    for number, piece in enumerate(pieces):
        found = text.find(piece, at, scalar.span.end) if piece else -1
        span = Span(found, found + len(piece)) if found >= 0 else scalar.span
        at = span.end if found >= 0 else at
        before, after = number == 0 and scalar.text[:1].isspace(), scalar.text[-1:].isspace()
        has_spaces = before or (number == len(pieces) - 1 and after)
        problem = find_problem(piece, rules)
        if problem is None and has_spaces and rules.keeps_spaces:
            span, problem = scalar.span, "spaces around it"
        if piece:
            yield FilePattern(piece, span, scalar, problem)


def find_problem(pattern: str, rules: PatternRules) -> PatternProblem | None:
    """Why `pattern` matches no file in a runtime with these rules, or `None`."""
    if pattern.strip(_TYPOGRAPHIC_QUOTES) != pattern:
        return "typographic quotes"
    if "\n" in pattern:
        return "several lines"
    if globs.find_error(pattern):
        return "unclosed bracket"
    if rules.ignores_negation and pattern.startswith("!"):
        return "negation"
    if impossible_prefix(pattern, rules):
        return "prefix"
    if rules.folder_in_brackets and _FOLDER_IN_BRACKETS.search(pattern):
        return "folder in brackets"
    return None


def impossible_prefix(pattern: str, rules: PatternRules) -> ImpossiblePrefix | None:
    """The prefix of `pattern` with which it matches no file."""
    return next((each for each in rules.impossible_prefixes if pattern.startswith(each.prefix)), None)


def correct_pattern(pattern: str, rules: PatternRules) -> str:
    """What was probably meant by a pattern that matches no file; "" if that is unclear."""
    text = pattern.strip(_TYPOGRAPHIC_QUOTES).strip()
    while prefix := impossible_prefix(text, rules):
        text = text.removeprefix(prefix.prefix)
    if rules.folder_in_brackets:
        text = _FOLDER_IN_BRACKETS.sub(lambda found: _write_folder(found[1], rules), text)
    return "" if find_problem(text, rules) else text


def _write_folder(name: str, rules: PatternRules) -> str:
    inner = name.replace("[", r"\[").replace("]", r"\]")
    return rules.folder_in_brackets.replace("{}", inner)


class Use(NamedTuple):
    """When a text is used: always, never, for the files that match one of `patterns`, if the model chooses it by its
    description, or on request only."""

    when: Literal["always", "never", "files", "description", "request"]
    patterns: tuple[str, ...] = ()


def when_used(reading: Reading, text: str) -> Use | None:
    """When the runtime of `reading` uses the text; `None` if its format has no file patterns, or if there is no
    frontmatter where some is needed: the main file of a project is used without any."""
    dialect = reading.dialect
    key = next((key for key in dialect.keys if key.type == "globs"), None)
    if key is None or dialect.kind != "text":
        return None
    by_patterns = pattern_use(reading, key, text)
    if not dialect.activation:
        return by_patterns or Use("always")
    if reading.block is None:
        return None
    for trigger in dialect.activation:
        if trigger.key == key.name:
            if by_patterns and by_patterns.when != "never":
                return by_patterns
        elif reading.root and is_trigger(trigger, reading.root):
            return Use("always") if trigger.values else Use("description")
    return by_patterns or Use("request")


def is_trigger(condition: Condition, root: Mapping) -> bool:
    """Whether a key of `root` with a value meets the condition."""
    entry = root.get(condition.key)
    has_value = entry and (not isinstance(entry.value, Scalar) or entry.value.text.strip())
    return bool(has_value) and is_met(condition, root)


def pattern_use(reading: Reading, key: Key, text: str) -> Use | None:
    """When the patterns in the value of `key` apply; `None` if there is no value, or its effect is not known."""
    rules, entry = reading.runtime.patterns, reading.entry(key.name)
    if entry is None:
        return None
    patterns = find_patterns(reading, key.name, text)
    if not patterns:
        return Use("always") if rules.always_without_patterns else None
    if any(find_mismatches(key, entry.value, reading.runtime.name)):
        return Use("never")
    always = [pattern.text in rules.always_patterns for pattern in patterns]
    if all(always) if rules.always_needs_all else any(always):
        return Use("always")
    possible = tuple(pattern.text for pattern in patterns if pattern.problem is None)
    return Use("files", possible) if possible else Use("never")
