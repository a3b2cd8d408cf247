"""Text that others wrote, in the languages in which agentls writes: Markdown, JSON, and lines on a terminal.

The author of a file, of its name and of a setting may be hostile. Nothing of them becomes a link, an image, HTML, a
control sequence or a command in the log of a workflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import category

from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern

INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that control a terminal, reorder a line, or cannot be seen."""

_JOINERS = "\u200c\u200d"
"""They are a part of words in some scripts, and of emoji."""


def escape_invisible(text: str, kept: str = "") -> str:
    """Write out the control characters and the invisible ones of `text`, as in `<U+001B>`, except those in `kept`."""
    if text.isprintable():
        return text
    return "".join(
        f"<U+{ord(char):04X}>" if category(char) in INVISIBLE and char not in kept else char for char in text
    )


# --- terminals and logs -----------------------------------------------------------------------

_COMMAND = lazy_pattern(r"^(\s*):(?=:[\w-]+(?: .*)?::)")
"""A command in the log of a GitHub workflow; an older form is `##[...]`, anywhere in a line."""


def escape_lines(text: str) -> str:
    """Text with line breaks of ours as a terminal or a log shows it."""
    return "\n".join(map(_escape_line, text.split("\n")))


def _escape_line(line: str) -> str:
    line = escape_invisible(line, "\t").replace("##[", "##<U+005B>")
    return _COMMAND.sub(r"\1<U+003A>", line) if "::" in line else line


def escape_path(path: str) -> str:
    """A path on one line, on which it may come first."""
    return escape_invisible(f"./{path}" if path.startswith(":") else path)


# --- JSON -------------------------------------------------------------------------------------

_ESCAPES = lazy_pattern(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""A backslash, a pair of surrogates, or a lone one."""


def to_json(data: Any, indent: int | None = None) -> str:
    """`data` as JSON that every parser accepts, and that is no command in the log of a workflow."""
    import json  # Few runs need it.

    return replace_lone_surrogates(json.dumps(data, indent=indent)).replace("##[", r"##\u005b")


def replace_lone_surrogates(ascii_json: str) -> str:
    """JSON in ASCII with U+FFFD for lone surrogates, which stand for bytes that are not UTF-8, and which many parsers
    reject. Its length is the same."""
    if r"\ud" not in ascii_json:
        return ascii_json
    return _ESCAPES.sub(lambda found: r"\ufffd" if len(found[0]) == 6 else found[0], ascii_json)


# --- Markdown ---------------------------------------------------------------------------------

_BACKTICKS = lazy_pattern(r"`+")
_MARKUP = lazy_pattern(r"[\\`*_\[\]<~&|@]|^[>#]|:(?=//)|(?<=www)\.")
"""Characters that are markup, also of the links that GitHub's Markdown makes of addresses."""


def code_span(text: str) -> str:
    """`text` as a code span, which has one line and may contain backticks."""
    lines = text.replace("\t", " ").splitlines()
    line = escape_invisible(lines[0] if len(lines) == 1 else " ".join(map(str.strip, lines)), _JOINERS)
    if "`" not in line:
        return f"`{line or ' '}`"
    fence = _longer_fence(line)
    return f"{fence} {line} {fence}"


def code_block(text: str, language: str) -> str:
    """`text` as a code block, which may contain code fences."""
    fence = _longer_fence(text).rjust(3, "`")
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _longer_fence(text: str) -> str:
    """More backticks than there are in a row in `text`."""
    return "`" * (1 + max(map(len, _BACKTICKS.findall(text)), default=0))


def escape_markdown(text: str) -> str:
    """`text` so that Markdown shows it as it is, each of its lines on one line."""
    lines = (escape_invisible(line, f"\t{_JOINERS}") for line in text.splitlines())
    return "\n".join(_MARKUP.sub(r"\\\g<0>", line) for line in lines)


def to_markdown(text: str) -> str:
    """A text of ours, with names in backticks, as Markdown in which only these are markup.

    The names and the facts in it may be those of a file or of a user's dialect.
    """
    return "\n".join("".join(_marked_up(line)) for line in text.splitlines())


def _marked_up(line: str) -> Iterator[str]:
    for text, is_code in split_code(line):
        yield code_span(text) if is_code else escape_markdown(text)


class Piece(NamedTuple):
    """A part of a line, without its backticks if it is code."""

    text: str
    is_code: bool


def split_code(line: str) -> Iterator[Piece]:
    """Split a line at its code spans, which start and end with the same number of backticks."""
    runs = [found.span() for found in _BACKTICKS.finditer(line)]
    after: dict[int, int] = {}
    closing = [-1] * len(runs)
    for at in reversed(range(len(runs))):
        length = runs[at][1] - runs[at][0]
        closing[at] = after.get(length, -1)
        after[length] = at
    end = at = 0
    while at < len(runs):
        last = closing[at]
        if last >= 0:
            yield Piece(line[end : runs[at][0]], False)
            yield Piece(line[runs[at][1] : runs[last][0]], True)
            end, at = runs[last][1], last
        at += 1
    yield Piece(line[end:], False)


_ADDRESS = lazy_pattern(r"https?://[^\s<>()\\]+")


def link(title: str, address: str) -> str:
    """A link to a web address; the title alone if there is none, or if it is another address."""
    if not (_ADDRESS.fullmatch(address) and address.isprintable()):
        return escape_markdown(title)
    return f"[{escape_markdown(title)}]({address})"


# --- messages ---------------------------------------------------------------------------------


def escape_message(text: str) -> str:
    """A message in plain text without links: VS Code and viewers of SARIF make one of `[title](address)`."""
    return escape_invisible(text, f"\n\t{_JOINERS}").replace("](", "] (")
