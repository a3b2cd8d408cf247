"""Rules about lost and invisible characters, anywhere in a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from agentls.document.edits import quote_scalar
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.load_reasons import findings_for_reason
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import format_code
from agentls.text.yaml_tree import Scalar

_LOST_TEXT = lazy_pattern("(?<![`\ufffd])\ufffd+|\ufffd+(?![`\ufffd])")
"""U+FFFD alone between backticks is meant as it is: the text speaks about the character."""


@rule("ignored", contains="\ufffd")
def replacement_character(ctx: Context) -> Iterator[Finding]:
    """A character was lost because the file is not UTF-8 or was converted incorrectly.

    Claude Code reads every file as UTF-8 and replaces invalid bytes with the character U+FFFD, shown as
    `\ufffd`. Other tools do the same when they convert a file, and save the file without the original
    text. The agent does not receive that text. Restore it, and save the file as UTF-8.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews the code of the caf\ufffd. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews the code of the café. Use it after every change.
    ---

    You review code.
    ```
    """
    found = _LOST_TEXT.search(ctx.text)
    if found is None:
        return
    start, end = found.span()
    others = sum(len(other[0]) for other in _LOST_TEXT.finditer(ctx.text, end))
    more = f" ({others} more below)" if others else ""
    message = f"U+FFFD replaces lost text{more}. The file is not UTF-8 or was converted incorrectly."
    yield Finding(Span(start, end), message)


@rule("ignored")
def invisible_character(ctx: Context) -> Iterator[Finding]:
    """The text contains an invisible character.

    Zero-width characters and control characters are not displayed, and characters that change the writing
    direction make a text look different from what a program reads. A name with such a character is not
    recognised, and hidden characters can carry instructions that no reviewer sees: tag characters and
    variation selectors can spell a text, which the message quotes. Characters that a script or an emoji requires are
    not reported, nor is a byte order mark at the start of the file.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Gr\u200bep
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    text = ctx.text
    unusual = text.encode("utf-8", "surrogatepass").translate(None, _USUAL)
    if not unusual or not _INVISIBLE.search(_EMOJI.sub("", unusual.decode("utf-8", "surrogatepass"))):
        return
    for found in _INVISIBLE.finditer(text):
        span, run = Span(*found.span()), found[0]
        at_the_start = span.start == 0 and run == _BYTE_ORDER_MARK
        # A NUL makes the frontmatter invalid, which `invalid-yaml` reports. In a file without frontmatter,
        # a NUL is likely a sign of UTF-16.
        invalid = run == "\0" and (ctx.document.frontmatter is None or span.start < ctx.document.body_start)
        if at_the_start or invalid or _is_legitimate(text, span):
            continue
        name = _describe_character(run[0])
        if len(run) == 1:
            message, title = f"Invisible character {name}.", "Remove the character"
        else:
            hidden = _hidden_text(run)
            what = f"which spell {format_code(hidden)}" if hidden else f"starting with {name}"
            message, title = f"{len(run)} invisible characters, {what}.", "Remove the characters"
        yield Finding(span, message, (Fix(title, (Edit(span, ""),)),))


_BYTE_ORDER_MARK = "\ufeff"
_USUAL = bytes((*range(0x20, 0x7F), *b"\t\n\f\r"))
_INVISIBLE = lazy_pattern(
    "["
    "\0-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\xad\u034f\u180e\u200b-\u200d\u2060-\u2065\ufeff"  # zero-width characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # writing direction
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufff0-\ufffb"  # fillers and annotations
    "\u180b-\u180d\u180f\ufe00-\ufe0f"  # variation selectors
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # formats
    "\U000e0000-\U000e0fff"  # tags and further variation selectors
    "]+"
)


_EMOJI = lazy_pattern("[\u2100-\u2bff\U0001f000-\U0001faff]\ufe0f")  # the most common legitimate use
_IN_EMOJI = lazy_pattern("[\ufe0e\ufe0f]?\u200d?")
_IN_FLAG = lazy_pattern("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_IN_SCRIPT = lazy_pattern("[\u200b-\u200d]{1,2}|[\u180b-\u180d\u180f\ufe00-\ufe0f]")
_IN_IDEOGRAPHS = lazy_pattern("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NEAR = 100
"""How many characters around a direction mark may contain the right-to-left text that it is for."""


_EMOJI_SIGNS = ("#", "*", "\u203c", "\u2049")
"""The punctuation marks that a variation selector turns into an emoji."""
_DIRECTIONS = lazy_pattern("[\u061c\u200e\u200f\u202a-\u202c\u2066-\u2069]+")


def _is_legitimate(text: str, span: Span) -> bool:
    """Whether the script or emoji around a run of invisible characters requires it."""
    run, before, after = span.text_in(text), text[span.start - 1 : span.start], text[span.end : span.end + 1]
    if _DIRECTIONS.fullmatch(run):
        around = text[max(0, span.start - _NEAR) : span.end + _NEAR]
        return any(unicodedata.bidirectional(character) in ("R", "AL") for character in around)
    kind = unicodedata.category(before) if before else ""
    if kind in ("Lo", "Mn", "Mc"):  # letters without case, and their marks: Arabic, Indic, Thai, Han ...
        return (_IN_SCRIPT if before < "\u2e80" else _IN_IDEOGRAPHS).fullmatch(run) is not None
    if before == "\U0001f3f4" and _IN_FLAG.fullmatch(run):
        return True
    if (kind in ("So", "Sk", "Sm", "Nd") or before in _EMOJI_SIGNS) and _IN_EMOJI.fullmatch(run):
        return not run.endswith("\u200d") or unicodedata.category(after or " ") in ("So", "Sm")
    return False


def _hidden_text(run: str) -> str:
    """Return what a run of invisible characters spells: tags stand for the characters of ASCII, and variation selectors
    can stand for bytes. The text is empty if it is none that makes sense."""
    tags = "".join(chr(ord(each) - _TAGS) for each in run if _TAGS + 0x20 <= ord(each) <= _TAGS + 0x7E)
    codes = (ord(each) - first for each in run for first, last in _SELECTORS if first <= ord(each) <= last)
    text = tags or bytes(codes).decode("utf-8", "ignore")
    return text if len(text) > 1 and text.isprintable() else ""


_TAGS = 0xE0000
_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100 - 16, 0xE01EF))
"""The characters that stand for byte 0 and for the last byte of each block of variation selectors."""


def _describe_character(character: str) -> str:
    """Return the code point of a character, and its name if it has one."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


@rule("not loaded", subjects=("reason byte-order-mark",))
def byte_order_mark(ctx: Context) -> Iterator[Finding]:
    """The file starts with an invisible byte order mark.

    Some editors write a byte order mark at the start of UTF-8 files. Most runtimes remove it. Gemini CLI
    does not, and therefore finds no frontmatter.

    ## Bad

    ```markdown .gemini/agents
    \ufeff---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in findings_for_reason(ctx, "byte-order-mark"):
        yield finding._replace(
            fixes=ctx.make_fix(
                "Remove the byte order mark", Edit(finding.span._replace(end=1), ""), safe=True
            )
        )


@rule("advice", subjects=("type text",))
def typographic_quotes(ctx: Context) -> Iterator[Finding]:
    """A value is in typographic quotes, which are part of it.

    YAML only knows straight quotes. With `description: “Reviews code.”` the quotes are part of the description, and a
    colon or a `#` between them has its usual meaning. Word processors and chat programs insert such quotes. Other rules
    report the values that a runtime rejects or ignores because of them.

    ## Bad

    ```yaml
    description: “Reviews code. Use it after every change.”
    ```

    ## Good

    ```yaml
    description: "Reviews code. Use it after every change."
    ```
    """
    reported = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for key, entry in entries_of_type(ctx, "text"):
        value = entry.value
        if value.span in reported or not isinstance(value, Scalar) or value.style != "plain":
            continue
        quoted = _TYPOGRAPHIC_QUOTES.fullmatch(value.text)
        if quoted:
            message = f"The typographic quotes are part of `{key.name}`; YAML only knows straight quotes."
            fixes = ctx.make_fix("Change to straight quotes", Edit(value.span, quote_scalar(quoted[1])))
            yield Finding(value.span, message, fixes)


_TYPOGRAPHIC_QUOTES = lazy_pattern("[\u2018-\u201f\u00ab\u2039](.+)[\u2018-\u201f\u00bb\u203a]")
