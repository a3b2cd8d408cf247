"""Text that rendered Markdown does not show, and instructions to a model in it.

A model receives the text as it is written, with comments, attributes, titles of links and descriptions of images.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

COMMENT = "an HTML comment"


class HiddenText(NamedTuple):
    """A part of a text that is not shown, and where it is hidden, as a noun with its article."""

    span: Span
    where: str


def find_hidden_text(text: str, start: int) -> Iterator[HiddenText]:
    """The parts of `text` from the offset `start` on that rendered Markdown does not show. Some may be in code."""
    is_open = False
    for found in _TAG.finditer(text, start):
        if found[0] == "<!--":
            # A comment that nothing ends is shown, and so are all after it.
            end = 0 if is_open else _end_of_comment(text, found.end())
            is_open = not end
            if end:
                yield HiddenText(Span(found.start(), end), COMMENT)
        elif _INVISIBLE.search(found[0]):
            yield HiddenText(Span(*found.span()), "an invisible element")
        elif "=" in found["tag"]:
            yield HiddenText(Span(*found.span("tag")), "an HTML tag")
    for found in _TITLE.finditer(text, start):
        where = "the title of a link" if found["title"] else "the definition of a link"
        yield HiddenText(Span(*found.span((found["title"] and "title") or "definition")), where)
    for found in _IMAGE.finditer(text, start):
        yield HiddenText(Span(*found.span(1)), "the description of an image")


def _end_of_comment(text: str, at: int) -> int:
    """The offset after the comment whose content starts at `at`; 0 if nothing ends it."""
    end = text.find("-->", at)
    return end + len("-->") if end >= 0 else 0


# Each pattern begins with a literal, for which the search is fast, and does not match beyond the next such literal.
_TAG = lazy_pattern(r"<(?:!--|(?P<tag>[A-Za-z][^<>]{0,1000})>[^<]{0,1000})")
_INVISIBLE = lazy_pattern(
    r"<[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|\shidden[\s>])", re.IGNORECASE
)
_TITLE = lazy_pattern(
    r"""\](?:\([^()\[\]\s]{1,300}[ \t]+["'](?P<title>[^"\n]{1,500})["']\)"""
    r"""|:[ \t]*[^\s\]]{1,300}[ \t]+["'(](?P<definition>[^\n\]]{1,500}))"""
)
_IMAGE = lazy_pattern(r"!\[([^\[\]\n]{1,500})\]")


def find_instruction(text: str) -> str:
    """The words in a hidden text that tell a model to ignore its other instructions, to keep something from people, to
    give secrets away, or to run what comes from the network; "" if there are none."""
    if len(text) < _SHORTEST:
        return ""
    words = " ".join(text[:_LENGTH].split())
    found = _INSTRUCTION.search(words)
    if found is None and _ADDRESS.search(words):
        found = _SENDING.search(words)
    if found is None and _RUN.search(words):
        found = _DOWNLOADED.search(words)
    return found[0] if found else ""


_SHORTEST, _LENGTH = 16, 2_000
"""An instruction has as many characters as `ignore all rules`, and is not looked for beyond the others."""
_INSTRUCTION = lazy_pattern(
    r"\b(?:ignore|disregard|forget)\b[^.]{0,15}\b(?:previous|prior|above|earlier|preceding|your|system|safety|other)"
    r"\s[^.]{0,20}?\b(?:instructions?|rules?|prompts?|guidelines?|directions?)\b"
    r"|\b(?:do not|don['\u2019]t|never) (?:tell|mention|inform|notify|alert)\b[^.]{0,30}"
    r"\b(?:users?|humans?|reviewers?|developers?|operators?|anyone|anybody)\b"
    r"|\b(?:silently|secretly|covertly) (?:also )?(?:run|execute|send|post|upload|delete|install)\b",
    re.IGNORECASE,
)
_SECRETS = (
    r"(?:\.env\b|\bsecrets?\b|\bcredentials\b|\bpasswords?\b|\b(?:api|ssh|private)[ -]keys?\b|\bid_rsa\b"
    r"|\.ssh/|\.aws/)"
)
_SENDING = lazy_pattern(
    rf"\b(?:send|upload|exfiltrate|forward|transmit|post|curl|wget)\b.{{0,60}}{_SECRETS}", re.IGNORECASE
)
_ADDRESS = lazy_pattern(r"https?://|\w@\w", re.IGNORECASE)
_RUN = lazy_pattern(r"\b(?:run|execute)\b", re.IGNORECASE)
_DOWNLOADED = lazy_pattern(r"\b(?:curl|wget)\b[^|]{0,120}\|\s?(?:sudo )?(?:ba|da|z)?sh\b", re.IGNORECASE)
