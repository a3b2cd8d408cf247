"""Shell commands that run what nobody has reviewed: what a server sends, or what is decoded first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from agentls.dialects.shell_programs import shell_programs
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern


class UnreviewedScript(NamedTuple):
    """The part of a command that runs a script, and whether the script is encoded rather than sent by a server."""

    span: Span
    is_encoded: bool


def find_unreviewed_script(command: str) -> UnreviewedScript | None:
    """The first part of a shell command that runs a script nobody has reviewed; `None` if there is none."""
    found = _unreviewed().search(command, 0, _LENGTH)
    if found is None or (not found["encoded"] and _MENTION.search(command, 0, found.start())):
        return None
    return UnreviewedScript(Span(*found.span()), found["encoded"] is not None)


_LENGTH = 10_000
_MENTION = lazy_pattern(r"\b(?:e?grep|rg|echo|printf)\b|=~")
"""A program before such a part that only prints it or searches for it, as hooks do which forbid it."""
_DECODE = r"base64\s+(?:-d|-D|--decode)\b|xxd\s+-r\b|openssl\s+(?:enc\s+)?-?base64\s+-d\b"


@cache
def _unreviewed() -> re.Pattern[str]:
    """The pattern of such a part: the output of a program that fetches or decodes is piped to one that runs its input,
    as in `curl URL | sh`, or is an argument of one, as in `bash -c "$(curl URL)"` and `eval "$(base64 -d FILE)"`."""
    programs = shell_programs()
    runs, interprets = _either(programs.running), _either(programs.interpreting)
    source = rf"(?<![\w./-])(?:{_either(programs.fetching)}\s|(?P<encoded>{_DECODE}))"
    # An interpreter with an argument runs that, and reads what was fetched as data.
    piped = rf"\|\s*(?:sudo\s+)?(?:/[\w/]{{0,40}}/)?(?:{runs}(?![\w./-]|\s+-c)|{interprets}(?:\s+-)?\s*(?=[;&|)]|$))"
    argument = rf"(?<![\w./-])(?:{runs}|eval|source)\s+(?:-\w+\s+)?[\"']?(?:\$\(|<\(|`|\()\s*"
    # The back reference keeps the search from trying shorter texts, which takes long and finds nothing else.
    rest = r"(?=(?P<rest>[^|;\n]{0,300}))(?P=rest)(?:\|[^|;\n]{1,100}(?=\|))?"
    return re.compile(rf"(?:(?P<argument>{argument}))?{source}{rest}(?(argument)|{piped})", re.IGNORECASE)


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"
