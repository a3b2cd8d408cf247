"""Whether edits are safe: every runtime that reads the file reads the same after them, or more of it."""

from __future__ import annotations

from agentls.dialects.records import Key
from agentls.dialects.tool_names import grammar_for
from agentls.document.document import Document
from agentls.document.edits import entry_with_new_words, read_with_value
from agentls.document.tools import AvailableTools, available_tools
from agentls.readers.reading import STATUSES, Reading
from agentls.text.offsets import Edit
from agentls.text.yaml_tree import Entry, Scalar


def is_safe(document: Document, edits: tuple[Edit, ...]) -> bool:
    """Return whether `edits` only remove the fault that a rule has found, for all readers of the document.

    A runtime that loads the file still loads it, with the same name, description, prompt and tools or more tools, and
    with the same values of all other keys. The rule vouches for the entries that it edits, but only for the
    runtimes whose dialect it has looked at, which is that of the document.
    """
    loading = [each for each in (*document.readings, *document.other_readings) if each.loads]
    changed = entry_with_new_words(document, edits) if edits else None
    if changed and not any(each.status == "damaged" or each.runtime.declines_when for each in loading):
        return all(_is_safe_with_value(document, reading, *changed, edits) for reading in loading)
    after = document.with_edits(edits)
    counterparts = {_identity(reading): reading for reading in (*after.readings, *after.other_readings)}
    return all(
        (now := counterparts.get(_identity(reading))) is not None
        and _is_as_good(reading, now)
        and _has_same_texts(document, reading, after, now)
        and _has_tools(document.tools_in(reading), after.tools_in(now))
        and _has_values(document, reading, now, edits)
        for reading in loading
    )


def _is_safe_with_value(
    document: Document, reading: Reading, entry: Entry, new: Scalar, edits: tuple[Edit, ...]
) -> bool:
    """Whether `edits`, which only make `new` the value of `entry`, are safe for a runtime, which loads the file also
    after them."""
    now = read_with_value(reading, entry, new)
    tools = available_tools(now, document.text, document.permission_mode)
    return _has_tools(document.tools_in(reading), tools) and _has_values(document, reading, now, edits)


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
    for entry in reading.root.entries if reading.root else ():
        key = reading.dialect.key(entry.key.text)
        if key is None or not key.known_to(reading.runtime.name) or reading.entry(key.name) is not entry:
            continue
        if _is_list_of_tools(key, reading) or _is_empty(entry):
            continue
        found = now.entry(key.name)
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
