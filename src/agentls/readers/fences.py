"""Where a runtime finds the frontmatter, given its `agentls.dialects.runtimes.Fences`."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from agentls.dialects.runtimes import Fences
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span

BYTE_ORDER_MARK = "\ufeff"


class FrontmatterRange(NamedTuple):
    """The frontmatter as a runtime delimits it: the opening dashes, the YAML, the closing dashes
    (`None` if the block extends to the end of the file), and the offset at which the prompt starts."""

    opening: Span
    block: Span
    closing: Span | None
    body: int


@lru_cache(maxsize=16)  # Several runtimes have the same fences.
def find_frontmatter(text: str, fences: Fences) -> FrontmatterRange | None:
    """Return the frontmatter of `text`, or `None` if a runtime with these fences finds none."""
    start = 1 if text.startswith(BYTE_ORDER_MARK) and fences.byte_order_mark else 0
    opening, closing = _patterns(fences)
    opened = opening.match(text, start)
    if opened is None:
        return None
    dashes = Span(opened.end(1) - 3, opened.end(1))
    # The line end after the opening fence may also be the one before the closing fence.
    at = opened.end() if not fences.allows_empty or fences.closing == "anywhere" else opened.end() - 1
    closed = closing.search(text, max(at, dashes.end))
    if closed:
        fence = Span(closed.end(2) - 3, closed.end(2))
        end = fence.start if fences.closing == "anywhere" else closed.end(1)
        return FrontmatterRange(dashes, Span(opened.end(), end), fence, closed.end())
    if fences.unclosed == "rest":
        return FrontmatterRange(dashes, Span(opened.end(), len(text)), None, len(text))
    return None


@cache
def _patterns(fences: Fences) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of the opening fence with its line end, and of the closing fence with the line end
    before it."""
    line_end = r"(?:\r\n|\n|\r)" if fences.cr_ends_line else r"(?:\r?\n)"
    indent = r"[ \t]*" if fences.indented else ""
    spaces = r"[ \t]*" if fences.opening_blanks else ""
    language = f"(?:{spaces}(?:{'|'.join(fences.languages)}))?" if fences.languages else ""
    opening = re.compile(rf"({indent}---){language}{spaces}{line_end}")
    if fences.closing == "anywhere":
        return opening, re.compile(r"()(---)")
    trailing = {
        "alone": "" if fences.requires_final_newline else rf"(?={line_end}|\Z)",
        "blanks": r"[ \t]*" if fences.requires_final_newline else rf"(?=[ \t]*(?:{line_end}|\Z))",
        "anything": "",
    }[fences.closing]
    final = line_end if fences.requires_final_newline else ""
    return opening, re.compile(rf"({line_end})({indent}---){trailing}{final}")
