"""Rules about the characters of a file, wherever they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.load_reasons import findings_for_reason
from agentls.text.offsets import Edit, Span

_REPLACEMENT = "\ufffd"


@rule("ignored", contains="\ufffd")
def replacement_character(ctx: Context) -> Iterator[Finding]:
    """A character was lost, because the file is not UTF-8 or was converted wrongly.

    Claude Code reads every file as UTF-8, and puts the character U+FFFD, shown as `\ufffd`, in the
    place of what is not. Other tools do the same when they convert a file, and save it with the
    damage. What stood there is lost to the agent. Restore it, and save the file as UTF-8.

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
    start = ctx.text.find(_REPLACEMENT)
    if start < 0:
        return
    end = start + 1
    while ctx.text.startswith(_REPLACEMENT, end):
        end += 1
    others = ctx.text.count(_REPLACEMENT, end)
    more = f", and {others} times further down" if others else ""
    yield Finding(
        Span(start, end),
        f"U+FFFD stands for what was lost here{more}:"
        " the file is not UTF-8, or was damaged when it was converted.",
    )


@rule("ignored")
def invisible_character(ctx: Context) -> Iterator[Finding]:
    """An invisible character hides in the text.

    Zero-width and control characters, and those that turn the direction of writing, show nothing, or
    make a text look other than it reads. They keep a name from being recognised, and can carry
    instructions that no reviewer sees. Where a script or an emoji needs such a character, it is in
    order, and so is a byte order mark at the start of the file.

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
    unusual = text.encode("utf-8", "surrogatepass").translate(None, _USUAL).decode("utf-8", "surrogatepass")
    if not _INVISIBLE.search(_EMOJI.sub("", unusual)):
        return
    for found in _INVISIBLE.finditer(text):
        span, run = Span(*found.span()), found[0]
        at_the_start = span.start == 0 and run == _BYTE_ORDER_MARK
        # A NUL in the frontmatter makes it invalid, which is reported as such; where there is no
        # frontmatter, the file is likely to be in UTF-16.
        invalid = run == "\0" and (ctx.document.frontmatter is None or span.start < ctx.document.body_start)
        if at_the_start or invalid or _is_legitimate(text, span):
            continue
        what = f"{_name(run[0])} is invisible"
        if len(run) > 1:
            what = f"{len(run)} invisible characters stand here, the first is {_name(run[0])}"
        fix = Fix("Remove it", (Edit(span, ""),))
        yield Finding(span, f"{what}. Remove it, or write what is meant.", (fix,))


_BYTE_ORDER_MARK = "\ufeff"


_USUAL = bytes((*range(0x20, 0x7F), *b"\t\n\f\r"))


_INVISIBLE = re.compile(
    "["
    "\0-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\xad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff"  # of no width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # for the direction of writing
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufff9-\ufffb"  # fillers and annotations
    "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variation selectors
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"  # formats and tags
    "]+"
)


_EMOJI = re.compile("[\u2100-\u2bff\U0001f000-\U0001faff]\ufe0f")  # By far the most common case.


_IN_EMOJI = re.compile("[\ufe0e\ufe0f]?\u200d?")


_IN_FLAG = re.compile("[\U000e0020-\U000e007e]+\U000e007f")


_IN_SCRIPT = re.compile("[\u200b-\u200d]{1,2}|[\u180b-\u180d\u180f\ufe00-\ufe0f]")


_IN_IDEOGRAPHS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


_NEAR = 100  # characters within which a text runs from right to left, or does not


_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202c\u2066-\u2069]+")


def _is_legitimate(text: str, span: Span) -> bool:
    """Whether the writing around a run of invisible characters has a use for it."""
    run, before, after = span.text_in(text), text[span.start - 1 : span.start], text[span.end : span.end + 1]
    if _DIRECTIONS.fullmatch(run):
        around = text[max(0, span.start - _NEAR) : span.end + _NEAR]
        return any(unicodedata.bidirectional(character) in ("R", "AL") for character in around)
    kind = unicodedata.category(before) if before else ""
    if kind in ("Lo", "Mn", "Mc"):  # Letters without case, and their marks: Arabic, Indic, Thai, Han ...
        return (_IN_SCRIPT if before < "\u2e80" else _IN_IDEOGRAPHS).fullmatch(run) is not None
    if before == "\U0001f3f4" and _IN_FLAG.fullmatch(run):
        return True
    if kind in ("So", "Sk", "Sm", "Po", "Nd") and _IN_EMOJI.fullmatch(run):
        return not run.endswith("\u200d") or unicodedata.category(after or " ") in ("So", "Sm")
    return False


def _name(character: str) -> str:
    """The code point of a character, and its name where it has one."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


@rule("not loaded", subjects=("reason byte-order-mark",))
def byte_order_mark(ctx: Context) -> Iterator[Finding]:
    """An invisible byte order mark stands in front of the frontmatter.

    Some editors write one at the beginning of a file in UTF-8. Most runtimes take it away; Gemini CLI
    does not, and sees no frontmatter.

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
            fixes=ctx.make_fix("Remove the byte order mark", Edit(finding.span._replace(end=1), ""))
        )
