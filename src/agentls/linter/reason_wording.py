"""The sentences for the reasons of a reading and for the mismatches of a value.

Readers and value schemas report data. Only this module turns it into sentences, for the rules, the inspection and
the refusals of a rename.
"""

from __future__ import annotations

from agentls.dialects.value_schema import Mismatch
from agentls.readers.reading import Cause, Reason
from agentls.text.wording import describe_value, format_code, join_names
from agentls.text.yaml_tree import Node, Scalar, Sequence

SENTENCES: dict[Cause, str] = {
    # Fences
    "closing fence missing": "The closing `---` is missing",
    "opening fence missing": "The opening `---` is missing",
    "opening fence inexact": "The first line must be exactly `---`, not {0}",
    "opening fence with spaces": "Trailing spaces after the opening `---`",
    "closing fence inexact": "The closing `---` must be alone on its line, not {0}",
    "closing fence inside a line": "This `---` ends the frontmatter in the middle of a line",
    "lines end in CR": "Lines end in CR alone, which does not end the line of a `---`",
    "not UTF-8": "The file appears to be UTF-16; it must be UTF-8",
    "TOML": "`+++` opens TOML; the frontmatter must be YAML between `---` lines",
    "byte order mark": "An invisible byte order mark precedes the opening `---`",
    "text before the frontmatter": "{0} precedes the opening `---`, which must be the first line",
    "code fence before the frontmatter": "The file is in a code fence, but its first line must be the opening `---`",
    "blank lines before the frontmatter": "Whitespace precedes the opening `---`, which must be the first line",
    "no frontmatter": "The file does not start with `---`",
    "empty frontmatter": "The frontmatter is empty",
    "not a mapping": "The frontmatter must be `key: value` lines, not {0}",
    "item not a mapping": "Each item of the list must be `key: value` lines, not {0}",
    # YAML
    "NUL character": "The frontmatter contains a NUL character",
    "not key and value": "{0} is not a `key: value` line",
    "invalid YAML": "The frontmatter is invalid YAML ({0:words})",
    "invalid entry": "{0} is invalid YAML ({1:words})",
    "open quote": "The opening quote of {0} is never closed",
    "text after quotes": "{0} starts with a quoted part that is followed by more text",
    "indicator": "{0} starts with {1}, which has a special meaning in YAML",
    "alias as key": "{0} is an alias in YAML; as a key it must be quoted",
    "colon in value": "{0} contains `: ` and must be quoted",
    "colon at the end": "The value of {0} ends with a colon",
    "key inside a value": "{0} inside {1} is read as a separate key",
    "comment inside a value": "{0} is read as a comment and ends {1} before its next line",
    "line not indented": "{0} is not indented, so it is not part of {1}",
    "list not indented": "{0} and its list are not indented, so they are not part of {1}",
    "no space after colon": "{0} has no space after the colon, so it is not a key",
    "neither key nor indented": "{0} is neither a key nor indented; the closing `---` may be missing",
    "repair breaks another entry": "{0} must be quoted, and the repair that quotes it breaks the block of {1}",
    "repair ignores CRLF": "{0} must be quoted; the repair that quotes values does not work with CRLF line endings",
    "repair ignores the key": "{0} must be quoted; the repair that does so only handles keys of letters, `_` and `-`",
    "repair ignores further lines": "{0} must be quoted, and its continuation lines prevent the repair",
    "unknown tag": "The parser does not support the tag {0}",
    "anchor": "Anchors such as {0} are not supported",
    "tag": "Tags such as {0} are not supported",
    "flow mapping": "Mappings in braces are not supported",
    "flow sequence": "Lists in brackets are not supported",
    "mapping not aligned": "This mapping is not indented like the previous one",
    # Keys and values
    "key missing": "{0} is missing",
    "one key of several missing": "One of {all} is missing",
    "unknown key": "Unknown key {0}",
    "key of another variant": "{0} is only a key of {1:words}",
    "no key of the variant": "{0} is not a key of {1:words}",
    "exclusive keys": "{0} cannot be combined with {1}",
    "duplicate key": "Duplicate key {0}",
    "unknown event": "Unknown event {0}",
    "unknown tool": "Unknown tool {0}",
    "empty tool": "The list contains an empty entry",
    "empty value": "{0} must be a non-empty string",
    "not a string": "{0} must be a string, not {1}",
    "name with a colon": "The name {0} contains a colon",
    "name with a hyphen in front": "The name {0} starts with a hyphen",
    "default name invalid": "`name` is missing, and the default {0} is not a valid name",
    "reserved name": "The name {0} is reserved",
    "built-in name": "{0} is a built-in agent; only a file with `{1:words}: true` can replace it",
    "name differs from the folder": "The name {0} differs from that of the folder, {1}",
    "hooks not a mapping": "`hooks` must be a mapping of events, not {0}",
    "event not a list": "{0} must be a list, not {1}",
    "hook entry without a list": "An entry of {0} has no list `hooks`",
    "matcher not a string": "`matcher` must be a string, not {0}",
    "handler not a mapping": "A handler must be a mapping with `type`, not {0}",
    "hook field missing": "A handler has no {0}",
    "hook field invalid": "{0} must be {1:words}, not {2}",
    "event outside hooks": "{0} outside `hooks` is taken for a broken guard",
    "hooks outside hooks": "The list `hooks` below {0} is taken for a broken guard",
    # Prompt and file
    "no prompt": "There is no prompt after the frontmatter",
    "prompt too short": "The prompt is too short; it needs at least {0:words} characters",
    "no line after the frontmatter": "The file ends directly after the closing `---`, so it has no prompt",
    "file in a subfolder": "The file is in the subfolder {0}",
    "file name ignored": "The file name matches {0}",
    "file name not accepted": "The file must be named {any}",
    "file not in its own folder": "The file is not in a folder of its own",
    "folder not read": "Unknown folder {0}",
    "folder reserved": "The folder name {0} is reserved",
    "left to others": "{0} leaves the file to other runtimes",
    # Plugins
    "folder replaced": "{0} in `plugin.json` replaces the folder {1} and does not list this file",
    "manifest not JSON": "The plugin is rejected: its `plugin.json` is invalid JSON",
    "manifest not a mapping": "The plugin is rejected: its `plugin.json` must be a mapping, not {0}",
    "manifest invalid": "The plugin is rejected: in {1}, {0}",
    "conflicting manifests": (
        "The plugin is rejected: it has a `plugin.json`, and its entry {0} in `marketplace.json`"
        " lists files with `strict: false`"
    ),
}
"""One sentence for each cause, without the full stop. `{0}` is the first item of its data: a string as code, or a
description of a node or of a mismatch. `{0:words}` is a string unchanged. `{all}` and `{any}` join all strings."""


def describe_reason(reason: Reason) -> str:
    """Return a sentence for a reason, without a full stop."""
    first = reason.data[0] if reason.data else None
    if reason.cause == "mismatch":
        assert isinstance(first, Mismatch), "a mismatch comes with its data"
        return describe_mismatch(first)
    texts = [each for each in reason.data if isinstance(each, str)]
    pieces = [_Piece(each) for each in reason.data]
    return SENTENCES[reason.cause].format(*pieces, all=join_names(texts), any=join_names(texts, " or "))


def describe_mismatch(mismatch: Mismatch) -> str:
    """Return a sentence on how a value differs from its schema, without a full stop."""
    name = format_code(".".join(mismatch.path))
    match mismatch.kind:
        case "unknown field":
            return f"Unknown field {join_names(mismatch.names)} in {name}"
        case "missing field":
            return f"{name} is missing"
        case "missing one of":
            one = "one of " if len(mismatch.names) > 1 else ""
            return f"{name} requires {one}{join_names(mismatch.names, ' or ')}"
        case "too long":
            length = len(mismatch.found.text) if isinstance(mismatch.found, Scalar) else 0
            return f"{name} has {length:,} characters; at most {mismatch.expected} are accepted"
    return f"{name} must be {mismatch.expected}, not {_describe_found(mismatch.found)}"


def _describe_found(value: Node | None) -> str:
    """Describe the value that was found: also whether a list or a string is empty, and that a quoted scalar is a
    string."""
    assert value is not None, "a mismatch of kind `value` has its value"
    if isinstance(value, Sequence) and not value.items:
        return "an empty list"
    if isinstance(value, Scalar) and value.type == "str" and not value.text:
        return "an empty string"
    described = describe_value(value)
    quoted = isinstance(value, Scalar) and value.style in ("single", "double") and value.text.strip()
    return f"the string {described}" if quoted else described


class _Piece:
    """One item of the data of a reason, as sentences show it."""

    def __init__(self, value: str | Node | Mismatch | Reason) -> None:
        self._value = value

    def __format__(self, form: str) -> str:
        if isinstance(self._value, Mismatch):
            return describe_mismatch(self._value)
        if isinstance(self._value, Reason):
            inner = describe_reason(self._value)
            return inner[:1].lower() + inner[1:]
        if not isinstance(self._value, str):
            return describe_value(self._value)
        return self._value if form == "words" else format_code(self._value)
