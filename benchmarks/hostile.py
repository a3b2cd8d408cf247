"""What the worst texts cost: each kind of text, in several dialects and sizes, through each question of an editor.

Each measurement is in milliseconds of a processor, without the start of Python. One that takes longer than `CEILING` is
given up, so that the table ends whatever is found.
"""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import NamedTuple

from agentls.cli.check_output import OutputStyle
from agentls.config import Config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.features import (
    code_action,
    completion,
    document_symbol,
    folding_range,
    formatting,
    hover,
    semantic_tokens,
)
from agentls.features.code_action import CodeAction
from agentls.features.refactorings.all_refactorings import REFACTORINGS
from agentls.features.refactorings.refactoring import Selection
from agentls.linter.check import check
from agentls.linter.consequence import Severity
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.world import NoDisk
from agentls.reports import inspection
from agentls.text.offsets import Span

GOALS = {10_000: 100, 1_000_000: 1_000}
"""The milliseconds that a check of a file of some size may take."""

CEILING = 20
"""The seconds after which a measurement is given up."""

COMMON = (
    "claude-code",
    "copilot",
    "opencode",
    "gemini-cli",
    "cursor",
    "claude-skills",
    "kiro",
    "cursor-rule",
)
"""The dialects that are measured unless others are named: one for each way of reading."""

HEAD = "name: reviewer\ndescription: Reviews changed code. Use it after every change.\n"
BODY = "You review changes to the code and report what is wrong with them.\n"

Pieces = Callable[[int], str]


def _fill(size: int, piece: Pieces) -> str:
    """Return as many pieces as `size` characters hold, at least one."""
    found, length = [piece(0)], 0
    for number in count(1):
        length += len(found[-1])
        if length >= size:
            return "".join(found)
        found.append(piece(number))
    raise AssertionError


def _entries(piece: Pieces) -> Callable[[int], str]:
    """Return the text whose frontmatter ends with pieces, by its size."""
    return lambda size: f"---\n{HEAD}{_fill(size, piece).rstrip()}\n---\n\n{BODY}"


def _value(before: str, piece: Pieces, after: str = "") -> Callable[[int], str]:
    """Return the text whose frontmatter ends with a value that is made of pieces, by its size."""
    return lambda size: f"---\n{HEAD}{before}{_fill(size, piece)}{after}\n---\n\n{BODY}"


def _prompt(piece: Pieces) -> Callable[[int], str]:
    """Return the text whose prompt is made of pieces, by its size."""
    return lambda size: f"---\n{HEAD}---\n\n{_fill(size, piece)}\n"


def _whole(piece: Pieces, before: str = "") -> Callable[[int], str]:
    """Return the text that is made of pieces, by its size."""
    return lambda size: before + _fill(size, piece)


def _laughs(size: int) -> str:
    levels = range(min(size // 60, 2_000))
    rows = (f"a{n}: &a{n} [{', '.join(9 * [f'*a{n - 1}' if n else 'ha'])}]\n" for n in levels)
    return f"---\n{HEAD}{''.join(rows)}---\n\n{BODY}"


HOOK = "    - matcher: Bash{}\n      hooks:\n        - type: command\n          command: ./run-{}.sh\n"
BROKEN = "description: Reviews code\n"

KINDS: dict[str, Callable[[int], str]] = {
    # Frontmatter that is not valid
    "colons in values": _entries(lambda n: f"key{n}: one: two: three\n"),
    "colons in one value": _value("model: ", lambda n: f"a{n}: "),
    "one broken line": _value("model: a: b\n", lambda n: f"key{n}: value\n"),
    "open quotes": _entries(lambda n: f'key{n}: "open\n'),
    "one open quote": _value('model: "', lambda n: f"word{n} "),
    "quotes": _value("model: ", lambda _: "'\""),
    "text after quotes": _entries(lambda n: f'key{n}: "a" b\n'),
    "open brackets": _value("tools: ", lambda _: "["),
    "open brackets in lines": _entries(lambda n: f"key{n}: [a, b\n"),
    "open braces": _value("hooks: ", lambda _: "{a: "),
    "closing brackets": _value("tools: ", lambda _: "]"),
    "tabs": _entries(lambda n: f"\tkey{n}:\tvalue\n"),
    "tabs below a key": _value("tools:\n", lambda n: f"\t- Tool{n}\n"),
    "indicators": _entries(lambda n: f"key{n}: @a `b` %c\n"),
    "indicators in a list": _value("tools:\n", lambda n: f"  - @tool{n}\n"),
    "stars": _value("tools:\n", lambda n: f"  - *tool{n}\n"),
    "lines not indented": _value("tools:\n", lambda n: f"some text {n} here\n"),
    "examples not indented": _value("", lambda n: f'Context: part {n}\nuser: "Is part {n} right?"\n'),
    "deeper and deeper": _value("hooks:\n", lambda n: " " * (n % 500) + f"a{n}:\n"),
    "no spaces after colons": _entries(lambda n: f"key{n}:value\n"),
    "indentation without order": _entries(lambda n: " " * (n * 7 % 5) + f"key{n}: value\n"),
    "fences": _whole(lambda _: "---\n"),
    "fence without end": _whole(lambda n: f"key{n}: value\n", "---\n"),
    "dashes": _whole(lambda _: "-", "---\n"),
    "blank lines first": _whole(lambda _: "\n"),
    "comments": _entries(lambda n: f"# key{n}: value\n"),
    "tags": _entries(lambda n: f"key{n}: !tag{n} value\n"),
    "NUL": _entries(lambda n: f"key{n}: a\0b\n"),
    "control characters": _entries(lambda n: f"key{n}: a\x07b\x85c\u2028d\n"),
    "emoji": _entries(lambda n: f"🎉key{n}: 🎉: 🎉\n"),
    # Values
    "unknown tools, flow": _value("tools: [", lambda n: f"Tool{n}, ", "Read]"),
    "unknown tools, block": _value("tools:\n", lambda n: f"  - Tool{n}\n"),
    "unknown tools, string": _value("tools: ", lambda n: f"Tool{n}, ", "Read"),
    "misspelt tools, flow": _value("tools: [", lambda n: ("Raed, ", "Grpe, ", "Edti, ")[n % 3], "Read]"),
    "misspelt tools, string": _value("tools: ", lambda n: ("Raed, ", "Grpe, ", "Edti, ")[n % 3], "Read"),
    "misspelt tools, block": _value("tools:\n", lambda n: ("  - Raed\n", "  - Grpe\n")[n % 2]),
    "equal tools, flow": _value("tools: [", lambda _: "Read, ", "Read]"),
    "equal tools, block": _value("tools:\n", lambda _: "  - Read\n"),
    "equal tools, string": _value("tools: ", lambda _: "Read, ", "Read"),
    "renamed tools, string": _value("tools: ", lambda _: "Task, ", "Read"),
    "tools with specifiers": _value("tools: ", lambda n: f"Bash(git {n} *), ", "Read"),
    "tools of servers": _value("tools: ", lambda n: f"mcp__server{n}__tool, ", "Read"),
    "open parentheses": _value("tools: Bash", lambda _: "("),
    "denied tools": _value("tools: Read\ndisallowedTools: ", lambda n: f"Tool{n}, ", "Read"),
    "tools as mapping": _value("tools:\n", lambda n: f"  tool{n}: true\n"),
    "keys": _entries(lambda n: f"key{n}: value\n"),
    "misspelt keys": _entries(lambda n: ("toolz: Read\n", "modle: opus\n", "colour: red\n")[n % 3]),
    "equal keys": _entries(lambda _: "tools: Read\n"),
    "equal unknown keys": _entries(lambda _: "key: value\n"),
    "keys in upper case": _entries(lambda n: ("Tools: Read\n", "MODEL: opus\n")[n % 2]),
    "flow mapping": _value("hooks: {", lambda n: f"a{n}: b, ", "c: d}"),
    "nested lists": _value("tools: ", lambda _: "[", "]"),
    "nested lists, closed": lambda size: f"---\n{HEAD}tools: {'[' * (size // 2)}{']' * (size // 2)}\n---\n",
    "nested, 150 deep": _entries(lambda n: f"k{n}: {'[' * 150}{']' * 150}\n"),
    "billion laughs": _laughs,
    "anchors": _entries(lambda n: f"a{n}: &a{n} value\nb{n}: *a{n}\n"),
    "aliases of one anchor": _value("a: &a [b]\nc: [", lambda _: "*a, ", "*a]"),
    "merge keys": _value("a: &a {b: c}\n", lambda n: f"k{n}:\n  <<: *a\n"),
    "hooks": _value("hooks:\n  PreToolUse:\n", lambda n: HOOK.format(n, n)),
    "unknown events": _value("hooks:\n", lambda n: f"  Event{n}:\n{HOOK.format(n, n)}"),
    "servers": _value("mcpServers:\n", lambda n: f"  server{n}:\n    command: npx\n    args: [a{n}]\n"),
    "servers without type": _value("mcpServers:\n", lambda n: f"  - server{n}\n"),
    "skills": _value("skills: [", lambda n: f"skill-{n}, ", "release]"),
    "permissions": _value("permission:\n  bash:\n", lambda n: f'    "run{n} *": allow\n'),
    "globs": _value("globs: ", lambda n: f"a{n}/**/*.ts,", "b"),
    "stars in a glob": _value('applyTo: "', lambda _: "*a", '"'),
    "braces in a glob": _value('globs: "', lambda _: "{a,b}", '"'),
    "paths": _value("paths:\n", lambda n: f"  - a{n}/**\n"),
    "long key": _value("", lambda _: "k", ": value"),
    "long description": _value("description: ", lambda n: f"word{n} "),
    "quoted description": _value("description: '", lambda _: "it''s "),
    "description of lines": _value("description: |\n", lambda n: f"  line {n}: of text\n"),
    "long name": _value("name: ", lambda _: "a"),
    "long model": _value("model: ", lambda _: "sonnet"),
    "long number": _value("maxTurns: ", lambda _: "9"),
    "long float": _value("temperature: 0.", lambda _: "9"),
    "numbers": _entries(lambda n: f"k{n}: {n}e{n}\n"),
    "hexadecimal": _value("maxTurns: 0x", lambda _: "f"),
    "sexagesimal": _value("maxTurns: 1", lambda _: ":59"),
    "dates": _entries(lambda n: f"k{n}: 2026-13-{n}\n"),
    "escapes": _value('description: "', lambda _: "\\u0041\\n", '"'),
    "block scalars": _entries(lambda n: f"k{n}: |\n  a\n\n\n"),
    "folded blank lines": _value("description: >\n", lambda _: "\n"),
    "question marks": _entries(lambda n: f"? k{n}\n: value\n"),
    # Prompts
    "links": _prompt(lambda n: f"See [page {n}](docs/page-{n}.md).\n"),
    "open links": _prompt(lambda _: "[a]("),
    "open brackets in prose": _prompt(lambda _: "["),
    "references": _prompt(lambda n: f"[a{n}]: b{n}\n"),
    "code fences": _prompt(lambda n: f"```sh\nrun {n}\n```\n"),
    "open code fences": _prompt(lambda n: "```\n" if n % 2 else "~~~\n"),
    "backticks": _prompt(lambda n: "`" * (n % 50) + " "),
    "one long line": _prompt(lambda n: f"word{n} "),
    "one long word": _prompt(lambda _: "a"),
    "hyphens": _prompt(lambda _: "a-"),
    "headings": _prompt(lambda n: f"{'#' * (n % 6 + 1)} Heading {n}\n\ntext\n\n"),
    "equal headings": _prompt(lambda _: "# Heading\n\n"),
    "ignore comments": _prompt(lambda _: "<!-- agentls: ignore unknown-tool -->\ntext\n"),
    "ignore comments above": _entries(lambda n: f"# agentls: ignore unknown-key\nkey{n}: value\n"),
    "open comments": _prompt(lambda _: "<!-- "),
    "imports": _prompt(lambda n: f"@docs/page-{n}.md\n"),
    "at signs": _prompt(lambda _: "@"),
    "arguments": _prompt(lambda n: f"$ARGUMENTS ${n % 12} $name{n}\n"),
    "variables": _prompt(lambda n: f"${{VAR_{n}}} {{{{var{n}}}}}\n"),
    "injected commands": _prompt(lambda n: f"!`git log {n}`\n"),
    "open injected commands": _prompt(lambda _: "!`"),
    "tag pairs": _prompt(lambda n: f"<tag{n}>\ntext\n</tag{n}>\n"),
    "open tags": _prompt(lambda n: f"<tag{n}>\n"),
    "nested tags": _prompt(lambda _: "<tag>\n"),
    "closing tags": _prompt(lambda n: f"</tag{n}>\n"),
    "angle brackets": _prompt(lambda _: "<"),
    "emphasis": _prompt(lambda _: "*a **b "),
    "names": _prompt(lambda n: f"Use the `agent-{n}` agent, then /command-{n}.\n"),
    "names of tools": _prompt(lambda _: "Use the Bash tool, then `Read`, MultiEdit and TodoWrite.\n"),
    "quotes in quotes": _prompt(lambda _: "> "),
    "lists in lists": _prompt(lambda n: "- " * (n % 60) + "a\n"),
    "tables": _prompt(lambda _: "|a|b|\n|-|-|\n"),
    "CRLF": _prompt(lambda n: f"line {n}\r\n"),
    "CR": _prompt(lambda n: f"line {n}\r"),
    "emoji in prose": _prompt(lambda _: "🎉👩‍👩‍👧 "),
    "hidden characters": _prompt(lambda _: "a\u200b\u202e\U000e0041"),
    "examples": _prompt(lambda n: f"<example>\nContext: part {n}\nuser: 'Go'\n</example>\n"),
}
"""The kinds of texts, each a function of the number of characters."""


def _actions(document: Document) -> list[CodeAction]:
    """Check a document, and ask for the code actions of the first finding, and of the whole file as on save."""
    found = check(document, Config(), NoDisk())
    checked = code_action.CheckedDocument(document, found, Config(), NoDisk())
    fixes = code_action.quick_fixes(checked, found[:1], try_later=True)
    return [*fixes, *code_action.fix_all_actions(checked)]


def _edits(document: Document) -> None:
    """Ask for the edits of each of the code actions as well. An editor asks for those of one."""
    for action in _actions(document):
        _ = action.edits


def _refactorings(document: Document) -> None:
    for at in _places(document):
        for _, find in REFACTORINGS:
            list(find(Selection(document, Span(at, at), [], NoDisk())))


def _places(document: Document) -> tuple[int, ...]:
    """Return the offsets at which an editor asks: a value, the middle and the end."""
    return len(HEAD), len(document.text) // 2, len(document.text)


def _names(document: Document) -> None:
    Index().update(extract.extract_names(document))


def _each(question: Callable[[Document, int], object]) -> Callable[[Document], None]:
    def ask(document: Document) -> None:
        for at in _places(document):
            question(document, at)

    return ask


_JSON = OutputStyle("json", "", 1, Severity.HINT)

QUESTIONS: dict[str, Callable[[Document], object]] = {
    "check": lambda document: check(document, Config(), NoDisk()),
    "check with fixes": lambda document: _JSON.render(
        document.path, document, check(document, Config(), NoDisk()), Config()
    ),
    "actions": _actions,
    "all edits": _edits,
    "refactorings": _refactorings,
    "completion": _each(lambda document, at: completion.complete(document, at, snippets=True)),
    "hover": _each(hover.hover),
    "symbols": document_symbol.document_symbols,
    "folding": folding_range.folding_ranges,
    "tokens": semantic_tokens.semantic_tokens,
    "format": formatting.format_document,
    "names": _names,
    "inspect": lambda document: inspection.inspect_document(document, Index()),
}
"""What is measured, each on a document of which nothing is known yet."""

ALWAYS_ASKED = ("check", "check with fixes", "names")
"""What is also asked about a document whose frontmatter is too long: the server answers nothing else."""


class Cost(NamedTuple):
    """The milliseconds that a question takes with a text of one kind and size in one dialect."""

    spent: float
    kind: str
    size: int
    dialect: str
    question: str

    @property
    def is_too_slow(self) -> bool:
        """Whether it takes longer than the goal for files of at most that size."""
        return self.spent > next((most for size, most in GOALS.items() if self.size <= size), 0)


class _TooLongError(BaseException):
    pass


def _give_up(*_: object) -> None:
    raise _TooLongError


def path_in(dialect: str) -> str:
    """Return the path of a file of a dialect."""
    for place in loader.dialect_places(dialect, ()):
        if place.scope == "project":
            name = place.files.replace("*", "reviewer")
            name = "" if name.startswith(".") else name
            below = "reviewer/" if "*" not in place.files and place.folder else ""
            return "/".join(filter(None, ("/p", place.folder, f"{below}{name or 'reviewer.md'}")))
    return f"/p/{dialect}.md"


def _measure(document: Document, ask: Callable[[Document], object]) -> float:
    """Return the milliseconds that a question takes; at least those of `CEILING` if it is given up."""
    gc.collect()
    gc.freeze()  # Else a collection goes through what other measurements have left.
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, CEILING)
    start = time.process_time()
    try:
        ask(document)
    except _TooLongError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return (time.process_time() - start) * 1_000


def costs(
    kinds: Iterable[str], dialects: Iterable[str], questions: Iterable[str], sizes: Iterable[int]
) -> Iterator[Cost]:
    """Yield what each question takes with each text in each dialect."""
    wanted = [(dialect, path_in(dialect)) for dialect in dialects]
    for kind in kinds:
        for size in sizes:
            text = KINDS[kind](size)
            for dialect, path in wanted:
                for question in questions:
                    document = locate.make_document(path, text, Config(), None, dialect)
                    assert document is not None, "it has a dialect"
                    if document.has_long_frontmatter and question not in ALWAYS_ASKED:
                        continue
                    spent = _measure(document, QUESTIONS[question])
                    yield Cost(spent, kind, size, dialect, question)


def run(words: list[str] | None, dialects: list[str] | None, sizes: list[int] | None) -> Iterator[str]:
    """Yield the lines of a table: for each kind of text and size the most that each question takes, in bold above the
    goal, and the dialect in which the worst of them takes it."""
    kinds = [kind for kind in KINDS if not words or any(word in kind for word in words)]
    wanted = list(loader.DIALECT_NAMES) if dialects and "all" in dialects else dialects or COMMON
    list(costs(["keys"], wanted, QUESTIONS, [1_000]))  # What is loaded at first use is loaded.
    yield "| " + " | ".join(("Text", "Size", "Worst in", *QUESTIONS)) + " |"
    yield "|---" * 3 + "|" + "---:|" * len(QUESTIONS)
    for kind in kinds:
        for size in sizes or GOALS:
            yield _row(list(costs([kind], wanted, QUESTIONS, [size])))


def _row(found: list[Cost]) -> str:
    """Return a line of the table, of what the questions take with one text."""
    worst = max(found, key=lambda cost: cost.spent)
    most = (max((each for each in found if each.question == name), default=None) for name in QUESTIONS)
    cells = (_cell(each) if each else "" for each in most)
    return "| " + " | ".join((worst.kind, f"{worst.size:,}", worst.dialect, *cells)) + " |"


def _cell(cost: Cost) -> str:
    return f"**{cost.spent:.0f}**" if cost.is_too_slow else f"{cost.spent:.0f}"
