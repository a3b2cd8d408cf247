"""References in a prompt to agents, skills, commands and servers.

Some forms are always references (`@agent-x`, `subagent_type: x`, `Agent(x)`), and a name in backticks next to the word
"agent" or "skill" nearly always is one. The others are candidates, which the index accepts if the name is defined.
Every hyphenated word is a candidate for an agent. Names of skills and commands are often also names of programs and
folders, and need backticks, a slash, or the word "skill" next to them.

The precision of each form was measured; see docs/architecture.md. The search runs for every file of a project, so
each pattern starts with a literal that is rare in prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from agentls.dialects.prompt_forms import PromptForm, prompt_forms
from agentls.project.names import NameKind, Reference, ReferenceForm, split_qualified_name
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

_NAME = r"[A-Za-z0-9][\w.-]+(?::[\w.-]+)*"
_QUOTE = r"(?:\\?[\"'`])"


class _Marked(NamedTuple):
    """A form that is a reference whatever the name is: the sign without which it does not occur, and the form
    itself, whose last group that matches is the name."""

    sign: str
    kind: NameKind
    form: ReferenceForm
    pattern: re.Pattern[str]


@cache
def _marked_forms() -> tuple[_Marked, ...]:
    return tuple(_marked(form) for form in prompt_forms())


def _marked(row: PromptForm) -> _Marked:
    sign = re.escape(row.sign)
    if row.form == "call":
        key = rf"(?:{row.argument}\s*[:=]\s*)?" if row.argument else ""
        slash = "/?" if row.refers_to == "skill" else ""  # A skill is also a command.
        # If another argument has the name, the first one is something else.
        end = rf"(?:\)|,(?![^)\n]*\b{row.argument or '(?!)'}))"
        pattern = rf"{sign}\({key}{_QUOTE}?{slash}({_NAME}){_QUOTE}?\s*{end}"
        return _Marked(f"{row.sign}(", row.refers_to, "call", lazy_pattern(pattern))
    if row.form == "argument":
        # Without quotes it has to be all there is: a sentence may go on after it.
        pattern = (
            rf"{sign}{_QUOTE}?\s*[:=]\s*(?:{_QUOTE}({_NAME}){_QUOTE}"
            rf"|((?!\d)[\w:-]+)(?=[ \t]*(?:[,;)}}\]`]|\r?$)))"
        )
        return _Marked(row.sign, row.refers_to, "argument", lazy_pattern(pattern, re.MULTILINE))
    if row.form == "label":
        return _Marked(row.sign, row.refers_to, "mention", lazy_pattern(rf"@[\"']({_NAME}){sign}"))
    return _Marked(
        row.sign, row.refers_to, "mention", lazy_pattern(sign + _AFTER_PREFIX[row.refers_to == "server"])
    )


_AFTER_PREFIX = (
    r"([A-Za-z0-9][\w-]*(?::[\w-]+)*)(?!-?\w|\.\w)",
    r"([A-Za-z0-9]\w*?(?:-\w+?)*)(?=__|\b(?![\w-]))",
)
"""The name of an agent after a prefix, and that of a server, which ends before `__`."""


_LABELLED_NAME = r"`(?P<name>[A-Za-z]?[a-z0-9]+(?:-[A-Za-z0-9]+)*)`"
_HYPHENATED_NAME = r"`(?P<name>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)`"
# A name before its noun ends with a backtick and a blank. The noun before a name lacks its first letter, which is too
# common for a fast search; there a single word is as often a key or a tool, as in "the agent `model`".
_LABELS: tuple[tuple[NameKind, str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "agent",
        "gent",
        lazy_pattern(r"` (?:sub-?)?agents?\b(?![`-])"),
        lazy_pattern(rf"gents?:? {_HYPHENATED_NAME}"),
    ),
    ("skill", "kill", lazy_pattern(r"` skills?\b(?![`-])"), lazy_pattern(rf"kills?:? {_HYPHENATED_NAME}")),
)
_LABELLED_BEFORE = lazy_pattern(rf"(?<!`){_LABELLED_NAME}\Z")
_NAME_END = r"(?![\w/\\(*-]|\.\w)"  # The name does not continue and is not the start of a path.

_IN_BACKTICKS = lazy_pattern(
    r"`(?:(?P<slash>/?)(?P<name>[A-Za-z0-9][\w-]*(?:[.:][\w-]+)*)|(?P<title>[A-Z][\w&+-]*(?: [\w&+()-]+){1,5}))`"
    r"(?P<noun> skill\b)?"
)
_SINGLE_WORD = lazy_pattern(r"[A-Z]?[a-z0-9]+(?:_[a-z0-9]+)*")
_COMMAND = lazy_pattern(rf"/(?<=[\s(\[\"'*>|]/)([a-z][\w-]*(?:[.:][\w-]+)*){_NAME_END}")
_AT = lazy_pattern(rf"@(?<![\w@/.]@)(?!agent-)([a-z][\w-]*){_NAME_END}")

_HYPHENS = lazy_pattern(r"-[a-z0-9]+(?:-[a-z0-9]+)*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_NOT_BEFORE_NAME = frozenset("/.@:\\_-=$<{%`&?ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NOT_AFTER_NAME = frozenset("/\\_-=({%`ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_MAX_WIDTH = 40

_WORD = lazy_pattern(
    r"""[(*"']*
    (?!(?:an?|the|this|that|these|their|your|any|all|each|every|another|other|some|no|new|main|parent|sub|
        of|to|for|with|and|or)\Z)
    ([a-z][\w-]*)(?:\*\*)?""",
    re.VERBOSE,
)
_TITLE = lazy_pattern(r"(?:^|[\s(*\"'])([A-Z][\w&-]*(?: [A-Z][\w&-]*)+)(?:\*\*)?\Z")
_IS = r"(?:\*\*|[\"'])?(?:[:=][ ]?)(?:\*\*|[\"'])*"
# A noun without its first letter, which is too common for a fast search, and the name after it.
_NOUNS: tuple[tuple[NameKind, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "agent",
        lazy_pattern(r"gent(?:s|Name|_name)?\b"),
        lazy_pattern(rf"{_IS}([a-z]\w*)\b(?![-.(])"),
    ),
    (
        "skill",
        lazy_pattern(r"kills?\b"),
        lazy_pattern(rf"(?:{_IS}|[ ](?:\*\*)?)([a-z0-9]+(?:-[a-z0-9]+)+)"),
    ),
)
_DELEGATED = r" (?:the |an? )?(?:\*\*)?([A-Za-z][a-z0-9]+)(?:\*\*)?" + (
    r"(?=[.,;:)\r\n]|\Z|[ ](?:for|with|when|if|on|after|before|and|or|in|to)\b)"
)
_AFTER_TO = tuple(lazy_pattern(word + _DELEGATED) for word in (" to", " with"))
_AFTER_VERB = tuple(
    lazy_pattern(verb + "(?:e|es|s|ing)?" + _DELEGATED) for verb in ("pawn", "nvok", "onsult")
)
_STEMS = ("delegat", "escalat", "hand", "transfer", "dispatch", "defer", "collaborat", "coordinat", "partner")
_BOLD = lazy_pattern(r"\*\*([a-z][a-z0-9]*)\*\*")

_Search = Callable[[str, int], Iterator[Reference]]


def find_marked_references(text: str, start: int) -> Iterator[Reference]:
    """The references in `text` from the offset `start` on whose form says that they are one, at most one at each
    offset."""
    return _first_at_each_offset(text, start, (_by_sign, _beside_labels))


def find_prose_references(text: str, start: int) -> Iterator[Reference]:
    """The references in `text` from the offset `start` on, the candidates too, at most one at each offset."""
    searches = (_by_sign, _beside_labels, _in_code_spans, _beside_nouns, _hyphenated_words)
    return _first_at_each_offset(text, start, searches)


def _first_at_each_offset(text: str, start: int, searches: tuple[_Search, ...]) -> Iterator[Reference]:
    found: dict[int, Reference] = {}
    for search in searches:
        for reference in search(text, start):
            found.setdefault(reference.span.start, reference)
    return iter(found.values())


def _by_sign(text: str, start: int) -> Iterator[Reference]:
    for sign, kind, form, pattern in _marked_forms():
        if text.find(sign, start) >= 0:
            for found in pattern.finditer(text, start):
                group = found.lastindex or 0
                if not text[found.start() - 1 : found.start()].isalnum():
                    yield Reference(
                        kind, *split_qualified_name(found[group].rstrip(".-:"), found.start(group)), form
                    )


def _beside_labels(text: str, start: int) -> Iterator[Reference]:
    """Names in backticks next to the noun for their kind."""
    for kind, noun, before_noun, after_noun in _LABELS:
        if text.find(noun, start) < 0:
            continue
        for found in before_noun.finditer(text, start):
            name = _LABELLED_BEFORE.search(text, max(start, found.start() - _MAX_WIDTH), found.start() + 1)
            if name:
                yield Reference(kind, name["name"], "", Span(*name.span("name")), "labelled")
        for found in after_noun.finditer(text, start):
            if text[found.start() - 1 : found.start()].lower() == kind[0]:
                yield Reference(kind, found["name"], "", Span(*found.span("name")), "labelled")


def _in_code_spans(text: str, start: int) -> Iterator[Reference]:
    """Names in backticks, and after `/` and `@`."""
    for found in _IN_BACKTICKS.finditer(text, start):
        name = found["name"]
        if name is None:
            yield Reference("any", found["title"], "", Span(*found.span("title")), "code")
        elif found["slash"]:
            yield Reference("command", *split_qualified_name(name, found.start("name")), "code")
        elif "." not in name and ("-" in name or ":" in name):
            yield Reference("any", *split_qualified_name(name, found.start("name")), "code")
        elif _SINGLE_WORD.fullmatch(name):
            # A single word is as often the name of a program as of a skill.
            noun = found["noun"]
            yield Reference(
                "skill" if noun else "agent", *split_qualified_name(name, found.start("name")), "code"
            )
    for found in _COMMAND.finditer(text, start):
        yield Reference("command", *split_qualified_name(found[1], found.start(1)), "code")
    for found in _AT.finditer(text, start):
        yield Reference("agent", *split_qualified_name(found[1], found.start(1)), "code")


def _hyphenated_words(text: str, start: int) -> Iterator[Reference]:
    """Hyphenated words that are not part of a path, an option or the like."""
    for found in _HYPHENS.finditer(text, start):
        hyphen, end = found.span()
        before = text[max(start, hyphen - _MAX_WIDTH) : hyphen]
        start_of_name = hyphen - len(before) + len(before.rstrip(_LETTERS))
        if (
            start_of_name == hyphen
            or text[start_of_name - 1] in _NOT_BEFORE_NAME
            or text[end : end + 1] in _NOT_AFTER_NAME
            or (text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum())
        ):
            continue
        name = text[start_of_name:end]
        if name[0] > "9" or not name.replace("-", "").isdigit():
            yield Reference("agent", name, "", Span(start_of_name, end), "word")


def _beside_nouns(text: str, start: int) -> Iterator[Reference]:
    """Names next to the noun for their kind, after a verb of delegation, and in bold."""
    for kind, noun, name in _NOUNS:
        for found in noun.finditer(text, start):
            at = found.start() - 1
            if at < start or text[at].lower() != kind[0]:
                continue
            at -= 3 if text.endswith("sub", start, at) else 0
            before = _name_before(text, start, at - 1) if text.endswith(" ", start, at) else None
            for near in (before, name.match(text, found.end())):
                if near:
                    yield Reference(kind, near[1], "", Span(*near.span(1)), "noun")
    for pattern in _AFTER_TO:
        for found in pattern.finditer(text, start):
            words = text[max(start, found.start() - _MAX_WIDTH) : found.start()].lower().split()
            if any(word.startswith(_STEMS) for word in words[-3:]):
                yield Reference("agent", found[1], "", Span(*found.span(1)), "noun")
    for pattern in _AFTER_VERB:
        for found in pattern.finditer(text, start):
            yield Reference("agent", found[1], "", Span(*found.span(1)), "noun")
    for found in _BOLD.finditer(text, start):
        yield Reference("agent", found[1], "", Span(*found.span(1)), "item")


def _name_before(text: str, start: int, end: int) -> re.Match[str] | None:
    """The name that ends at `end`, in lower case, or of several capitalised words."""
    word = text[max(start, end - _MAX_WIDTH) : end].rsplit(None, 1)[-1:]
    if not word:
        return None
    if word[0].lstrip("(*\"'")[:1].isupper():
        return _TITLE.search(text, max(start, end - _MAX_WIDTH), end)
    return _WORD.fullmatch(text, end - len(word[0]), end)
