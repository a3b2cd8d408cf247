"""Parse JSON to a tree with spans.

JSON, also with comments, is parsed as YAML once the comments are replaced by spaces.
"""

from __future__ import annotations

import re

from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import MappedText, Node, parse

_TOKEN = lazy_pattern(
    r"""(?P<text>"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*(?P<end>"?))
    |(?P<gap>//[^\n]*|/\*.*?(?:\*/|\Z)|[\t\ufeff]+)
    |(?P<sign>[\[\]{}])""",
    re.DOTALL | re.VERBOSE,
)
_LONE_SURROGATE = lazy_pattern(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_CLOSING = {"[": "]", "{": "}"}


def parse_json(text: str) -> Node | None:
    """Parse JSON with comments; invalid JSON up to the error."""
    plain = _TOKEN.sub(_token_as_yaml, text)
    parsed = parse(MappedText.unchanged(plain, Span(0, len(plain))))
    if parsed.error:
        begun = _close_brackets(plain[: parsed.error.offset])
        parsed = parse(MappedText.unchanged(begun, Span(0, len(begun))))
    return parsed.root


def _token_as_yaml(token: re.Match[str]) -> str:
    """A token of JSON as YAML of the same length: without comments, tabs and lone surrogates."""
    if token["gap"]:
        return re.sub(r"[^\r\n]", " ", token["gap"])
    return _LONE_SURROGATE.sub(r"\\ufffd", token[0]) if token["text"] else token[0]


def _close_brackets(text: str) -> str:
    """`text` with the closing quote and brackets that are missing at its end."""
    open_signs: list[str] = []
    quote = ""
    for token in _TOKEN.finditer(text):
        if token["sign"] in _CLOSING:
            open_signs.append(_CLOSING[token["sign"]])
        elif token["sign"] and open_signs:
            open_signs.pop()
        quote = '"' if token["text"] and not token["end"] else ""
    return text + quote + "".join(reversed(open_signs))


def find_json_error(text: str) -> Span | None:
    """Return where `text` stops being JSON without comments; `None` if it is all JSON. A byte order mark may precede
    it."""
    import json  # Few runs read JSON.

    start = 1 if text.startswith("\ufeff") else 0
    try:
        json.loads(text[start:], parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        return Span(start + error.pos, min(start + error.pos + 1, len(text)))
    except (ValueError, RecursionError):
        return Span(start, len(text))
    return None


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
