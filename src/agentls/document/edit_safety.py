"""What edits cost the runtimes that read a file: whether all still load it, and whether they read the same or more.

Mostly only another reading of the file by all its readers can tell, which takes time in proportion to the length of the
frontmatter. So the number of `Trials` is limited. Some edits are so simple that no reading is needed.
"""

from __future__ import annotations

import re
from typing import Literal

from agentls.dialects import value_schema
from agentls.dialects.records import Key
from agentls.dialects.tool_names import grammar_for
from agentls.document.document import Document
from agentls.document.edits import NOT_STRINGS
from agentls.document.tools import AvailableTools, available_tools, toolless_runtimes
from agentls.readers.reading import STATUSES, Reading
from agentls.text.offsets import Edit, Span, apply_edits
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Scalar

MAX_TRIED_TEXT = 40_000
"""The number of characters of frontmatter that are read again, at most, in the trials of a file."""

_LEAST_COST = 200
"""A reading costs as much as that many characters, however short the frontmatter is."""


class Trials:
    """How often a file may still be read again to find out what edits cost its readers."""

    def __init__(self, document: Document, tried_text: int = MAX_TRIED_TEXT) -> None:
        shown = document.frontmatter and document.frontmatter.content
        blocks = filter(None, (shown, *(reading.block for reading in document.readings)))
        lengths = (block.end - block.start for block in blocks)
        self._left = tried_text // max(_LEAST_COST, len(document.text) // 20, *lengths)

    @property
    def are_left(self) -> bool:
        """Whether there is one left."""
        return self._left > 0

    def start(self) -> bool:
        """Take one of the trials; whether there was one left."""
        self._left -= 1
        return self._left >= 0


Cost = Literal["nothing", "something", "loading", "unknown"]
"""What edits cost the readers of a file: nothing, something of what they read, or that they load it with its metadata.
It is unknown if there is no trial left."""


def find_cost(
    document: Document, edits: tuple[Edit, ...], trials: Trials, *, may_be_nothing: bool = True
) -> Cost:
    """Return what `edits` cost the readers of a document. With `may_be_nothing` off, "nothing" is not looked for.

    Edits cost nothing if they only remove the fault that a rule has found: a runtime that loads the file still loads
    it, with the same name, description, prompt and tools or more tools, and with the same values of all other keys.
    The rule vouches for the entries that it edits, but only for the runtimes whose dialect it has looked at, which is
    that of the document. They cost something if all runtimes that load the agent still load it, and the primary ones
    with tools if it has some now.
    """
    if not edits:
        return "nothing"
    if not trials.start():
        return "unknown"
    changed = _entry_with_new_words(document, edits)
    loading = [each for each in (*document.readings, *document.other_readings) if each.loads]
    if changed:
        is_known = not any(each.status == "damaged" or each.runtime.declines_when for each in loading)
        if may_be_nothing and is_known:
            if all(_costs_nothing_with_value(document, each, *changed, edits) for each in loading):
                return "nothing"
            may_be_nothing = False
        if not may_be_nothing:
            is_kept = _toolless_after(document, *changed) <= document.toolless_runtimes
            return "something" if is_kept else "loading"
    elif not may_be_nothing and _removes_ignored_entry(document, edits):
        return "something"
    names = {each.runtime.name for each in loading}
    asked = tuple(reader for reader in document.other_readers if reader[0] in names)
    after = document.with_edits(edits)._replace(other_readers=asked)
    if may_be_nothing and _costs_nothing(document, loading, after, edits):
        return "nothing"
    return "something" if _keeps_loading(document, after) else "loading"


def _costs_nothing(
    document: Document, loading: list[Reading], after: Document, edits: tuple[Edit, ...]
) -> bool:
    """Whether `edits`, which make `after` of `document`, cost none of the readers in `loading` anything."""
    counterparts = {_identity(reading): reading for reading in (*after.readings, *after.other_readings)}
    return all(
        (now := counterparts.get(_identity(reading))) is not None
        and _is_as_good(reading, now)
        and _has_same_texts(document, reading, after, now)
        and _has_tools(document.tools_in(reading), after.tools_in(now))
        and _has_values(document, reading, now, edits)
        for reading in loading
    )


def _costs_nothing_with_value(
    document: Document, reading: Reading, entry: Entry, new: Scalar, edits: tuple[Edit, ...]
) -> bool:
    """Whether `edits`, which only make `new` the value of `entry`, cost a runtime nothing, which loads the file also
    after them."""
    now = _read_with_value(reading, entry, new)
    tools = available_tools(now, document.text, document.permission_mode)
    return _has_tools(document.tools_in(reading), tools) and _has_values(document, reading, now, edits)


def _keeps_loading(document: Document, after: Document) -> bool:
    """Whether all runtimes that load the agent of `document` with its metadata also load that of `after`, and the
    primary ones with tools if it has some now."""
    loading = _loading_runtimes(document)
    return loading <= _loading_runtimes(after) and after.toolless_runtimes <= document.toolless_runtimes


def _loading_runtimes(document: Document) -> set[str]:
    """The names of all runtimes that load the file, with its metadata."""
    readings = (*document.readings, *document.other_readings)
    return {each.runtime.name for each in readings if _loads_metadata(each)}


def _loads_metadata(reading: Reading) -> bool:
    return reading.status in ("clean", "repaired")


def _identity(reading: Reading) -> tuple[str, str]:
    return reading.runtime.name, reading.dialect.name


def _is_as_good(reading: Reading, now: Reading) -> bool:
    return STATUSES.index(now.status) <= STATUSES.index(reading.status)


def _has_same_texts(document: Document, reading: Reading, after: Document, now: Reading) -> bool:
    before = (reading.name, reading.description, document.text[reading.body_start :])
    return before == (now.name, now.description, after.text[now.body_start :])


def _has_tools(before: AvailableTools, afterwards: AvailableTools) -> bool:
    """Whether the agent has all its tools also after the edits, and is not given all if it has some."""
    if "all" in (before.mode, afterwards.mode):
        return before.mode == afterwards.mode
    return set(before.available) <= set(afterwards.available)


def _has_values(document: Document, reading: Reading, now: Reading, edits: tuple[Edit, ...]) -> bool:
    """Whether the runtime finds the same values of all other keys that it knows."""
    is_vouched_for = reading.dialect.name == document.dialect.name
    entries = reading.root.used_entries if reading.root else {}
    entries_now = now.root.used_entries if now.root else {}
    for name, entry in entries.items():
        key = reading.dialect.key(name)
        if key is None or not key.known_to(reading.runtime.name):
            continue
        if _is_list_of_tools(key, reading) or _is_empty(entry):
            continue
        found = entries_now.get(name)
        is_edited = any(edit.span.overlaps(entry.span) for edit in edits)
        is_same = found is not None and found.value.value == entry.value.value
        if not is_same and not (is_vouched_for and is_edited):
            return False
    return True


def _is_list_of_tools(key: Key, reading: Reading) -> bool:
    """Whether the tools of the agent tell everything about a value."""
    is_mapping = grammar_for(reading.dialect, reading.runtime).is_mapping
    return key.name == reading.dialect.tool_keys.allowed and not is_mapping


def _is_empty(entry: Entry) -> bool:
    return isinstance(entry.value, Scalar) and (entry.value.type == "null" or not entry.value.text.strip())


# What is known without a reading


def _removes_ignored_entry(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Whether `edits` only remove the lines of an entry that all runtimes which load the file ignore.

    Another entry or the closing fence follows at once, and the lines have neither an anchor nor dashes that may be a
    fence, so that YAML reads all other entries as before.
    """
    block, root = document.frontmatter, document.root
    if len(edits) != 1 or edits[0].new_text or block is None or block.closing is None or root.flow:
        return False
    span, starts = edits[0].span, [entry.key.span.start for entry in root.entries]
    if span.start not in starts or len(starts) < 2:
        return False
    at = starts.index(span.start)
    key, removed = root.entries[at].key.text, span.text_in(document.text)
    if span.end != (*starts, block.content.end)[at + 1] or "&" in removed or "--" in removed:
        return False
    others = (each for each in document.other_readings if _loads_metadata(each))
    return all(
        each.status == "clean"
        and each.root == root
        and not (each.dialect.variants or each.runtime.declines_when)
        and each.dialect.key(key) is None
        for each in (*document.readings, *others)
    )


_WORDS = lazy_pattern(r"[A-Za-z][\w.,/()*-]*(?: [\w.,/()*-]+)*", re.ASCII)


def _entry_with_new_words(document: Document, edits: tuple[Edit, ...]) -> tuple[Entry, Scalar] | None:
    """The entry whose value is all that `edits` change for the runtimes, and its value after them; `None` if only
    another reading of the file can tell.

    It is certain for words in a plain scalar on one line, the value of a tool list or a model. The words have no
    character with a meaning inside a plain scalar, and no dashes that may be a fence. So YAML reads the new text as one
    string, and all other nodes as before. The file still loads if all runtimes read exactly the tree of the document,
    and what they decide depends on this value only by its schema, which accepts it. A reader that is not a primary one
    may also ignore the key, or not load the file.
    """
    start, end = min(edit.span.start for edit in edits), max(edit.span.end for edit in edits)
    entry = next((entry for entry in document.root.entries if entry.value.span.end >= end), None)
    value = entry.value if entry else None
    if entry is None or not isinstance(value, Scalar) or value.span.start > start or document.root.flow:
        return None
    old = value.span.text_in(document.text)
    if (value.style, value.type, value.properties_span) != ("plain", "str", None) or "\n" in old:
        return None
    moved = (Edit(Span(at.start - value.span.start, at.end - value.span.start), text) for at, text in edits)
    new = value._replace(text=apply_edits(old, moved))
    if not _WORDS.fullmatch(new.text) or "--" in new.text or new.text.lower() in NOT_STRINGS:
        return None
    if any(reader.runtime.declines_when for reader in document.readers):
        return None
    is_accepted = all(_accepts_words(reading, document.root, entry, new) for reading in document.readings)
    is_kept = is_accepted and all(
        not _loads_metadata(reading)
        or (reading.root == document.root and reading.dialect.key(entry.key.text) is None)
        or _accepts_words(reading, document.root, entry, new)
        for reading in document.other_readings
    )
    return (entry, new) if is_kept else None


def _accepts_words(reading: Reading, root: Mapping, entry: Entry, new: Scalar) -> bool:
    """Whether a runtime that reads the tree `root` loads the file also with `new` as the value of `entry`."""
    key = reading.dialect.key(entry.key.text)
    return (
        reading.status == "clean"
        and reading.root == root
        and not reading.dialect.variants
        and key is not None
        and key.type in ("tools", "model")
        and not key.value.rejected_schema
        and not any(value_schema.find_mismatches(key, new, reading.runtime.name))
    )


def _read_with_value(reading: Reading, entry: Entry, new: Scalar) -> Reading:
    """A reading with `new` as the value of `entry`. The spans after it are not adjusted."""
    root = reading.root
    assert root is not None, "the entry is in it"
    entries = tuple(each._replace(value=new) if each == entry else each for each in root.entries)
    return reading._replace(root=root._replace(entries=entries))


def _toolless_after(document: Document, entry: Entry, new: Scalar) -> frozenset[str]:
    """The runtimes for which the agent has no tools with `new` as the value of `entry`."""
    readings = tuple(_read_with_value(each, entry, new) for each in document.readings)
    return toolless_runtimes(readings, document.text, document.permission_mode)
