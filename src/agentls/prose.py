"""Names in a prompt: agents, skills, commands and servers that a text refers to.

Some forms are references whatever they name (`@agent-x`, `subagent_type: x`, `Agent(x)`). Others are
candidates only, which count once the name is known to be one: words between backticks, and hyphenated
words behind a verb of delegation, at the head of a list item, or in front of `agent`. It is done for
every file of a project, so what runs over all words is kept cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.names import Form, Kind, Reference, bare

_NAME = r"[A-Za-z0-9][\w.-]*(?::[\w.-]+)*"

# The sign that a form needs, its kind, its name, and the form itself, whose name is the first group.
_MARKED: tuple[tuple[str, Kind, Form, re.Pattern[str]], ...] = (
    ("@agent-", "agent", "mention", re.compile(rf"(?<![\w@])@agent-({_NAME})")),
    (" (agent)", "agent", "mention", re.compile(rf"@[\"']({_NAME}) \(agent\)")),
    (
        "subagent_type",
        "agent",
        "argument",
        re.compile(rf"subagent_type[\"'`]?\s*[:=]\s*[\"'`]({_NAME})[\"'`]"),
    ),
    ("Task(", "agent", "call", re.compile(rf"(?<!\w)Task\([\"'`]?({_NAME})[\"'`]?\s*[,)]")),
    ("Agent(", "agent", "call", re.compile(rf"(?<!\w)Agent\([\"'`]?({_NAME})[\"'`]?\s*[,)]")),
    ("Skill(", "skill", "call", re.compile(rf"(?<!\w)Skill\([\"'`]?({_NAME})[\"'`]?\s*[,)]")),
    ("mcp__", "server", "mention", re.compile(r"(?<!\w)mcp__([A-Za-z0-9]\w*?(?:-\w+?)*)(?=__|\b(?![\w-]))")),
)

_IN_BACKTICKS = re.compile(rf"`(/?)({_NAME})`")
_HYPHENATED = re.compile(r"(?<![\w/.@:`-])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w/`:-]*[\w/`])")
_BEFORE = re.compile(
    r"""(?P<item>^[ \t]*(?:[-*+]|\d+\.)[ ]+(?:\*\*)?\Z)
    |\b(?:(?:delegat|hand|escalat|pass|transfer|dispatch)(?:e|s|es|ed|ing)?
          [ ](?:[\w-]+[ ]){0,4}?(?:to|with|over[ ]to|off[ ]to)
      |(?:collaborat|coordinat|work|partner|consult|pair|check|align|communicat)(?:e|es|s|ing)?
          (?:[ ]closely)?[ ]with
      |(?:support|assist|guid|consult|invok|launch|spawn|us|call|ask|help|involv|run|start)(?:e|es|s|ing)?)
      [ ](?:the[ ]|an?[ ])?(?:\*\*)?\Z""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_BEHIND = re.compile(r"(?P<item>(?:\*\*)?[ ]?(?::|-{1,2}[ ]|[–—→(]))|(?P<noun>(?:\*\*)?[ ](?:sub)?agents?\b)")
_WINDOW = 60


def find(text: str, start: int) -> Iterator[Reference]:
    """The references in `text` from the offset `start` on, form by form."""
    for sign, kind, form, pattern in _MARKED:
        if text.find(sign, start) >= 0:
            for found in pattern.finditer(text, start):
                name = found[1].rstrip(".-:")
                yield Reference(kind, *bare(name, found.start(1)), form)
    for found in _IN_BACKTICKS.finditer(text, start):
        name = found[2].rstrip(".:")
        yield Reference("command" if found[1] else "any", *bare(name, found.start(2)), "code")
    for found in _HYPHENATED.finditer(text, start):
        candidate = _form(text, start, *found.span())
        if candidate:
            yield Reference("any", *bare(found[0], found.start()), candidate)


def _form(text: str, first: int, start: int, end: int) -> Form | None:
    """What makes a hyphenated word a candidate, if anything does."""
    line = max(text.rfind("\n", first, start) + 1, first, start - _WINDOW)
    before = _BEFORE.search(text[line:start])
    behind = _BEHIND.match(text, end)
    if behind and behind["noun"]:
        return "noun"
    if before and before["item"] is None:
        return "verb"
    return "item" if before and behind else None
