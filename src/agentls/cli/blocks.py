"""What is printed of a diagnostic, and which diagnostics are printed as one block.

A finding that is equal in several files is printed once, and so are the findings of one kind in one file, such as the
unknown tools of a list. Only the text for people is grouped; the output formats for programs have each diagnostic.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from agentls.linter.consequence import Severity
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names

MIN_FILES = 3
"""The number of files from which an equal finding is printed once: a block names this many places."""

MAX_BLOCKS = 10
"""The number of blocks of one kind that are printed. More than these are one block, since nobody reads them all."""


FixOption = Literal["", "--fix", "--fix --unsafe-fixes"]
"""How a finding is fixed on the command line; "" if it is not."""


class SourceLine(NamedTuple):
    """The line on which a finding starts, the part of it that is marked, the number of the finding's last line, and
    whether a line from the first to the last has changed since the commit that the user named."""

    text: str
    start: int
    end: int
    last: int
    is_changed: bool = False


class PrintedFinding(NamedTuple):
    """A diagnostic in one file, with everything that is printed of it. Lines and columns are counted from one. `fix` is
    the title of the first fix, "" without one, and `fixed_by` the option that applies it."""

    path: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    source: SourceLine
    related: tuple[str, ...] = ()
    fix: str = ""
    fixed_by: FixOption = ""

    @property
    def place(self) -> str:
        """Return the place in the form that terminals and editors open."""
        return f"{self.path}:{self.line}:{self.column}"


class Block(NamedTuple):
    """Findings of one kind that are printed as one. `places` has the first place in each of their files."""

    findings: list[PrintedFinding]
    places: tuple[PrintedFinding, ...]


def make_blocks(found: Iterable[PrintedFinding]) -> list[Block]:
    """Return findings as blocks, in the order of the first finding of each.

    A block has the findings of one kind in one file, or those that are equal in several files. If one kind has too many
    such blocks, they become one.
    """
    blocks = _blocks_of_equal_files(list(found))
    alike: dict[object, list[Block]] = {}
    for block in blocks:
        alike.setdefault(_kind(block.findings[0]), []).append(block)
    joined = []
    for block in blocks:
        same = alike[_kind(block.findings[0])]
        if len(same) <= MAX_BLOCKS:
            joined.append(block)
        elif block is same[0]:
            joined.append(_join_blocks(same))
    return joined


def _blocks_of_equal_files(findings: list[PrintedFinding]) -> list[Block]:
    equal: dict[object, dict[str, PrintedFinding]] = {}
    for each in findings:
        equal.setdefault(_identity(each), {}).setdefault(each.path, each)
    blocks: dict[object, Block] = {}
    for each in findings:
        by_path = equal[_identity(each)]
        places = tuple(by_path.values()) if len(by_path) >= MIN_FILES else (each,)
        if each is places[0]:
            files = tuple(place.path for place in places)
            blocks.setdefault((_kind(each), files), Block([], places)).findings.append(each)
    return list(blocks.values())


def _join_blocks(blocks: list[Block]) -> Block:
    places: dict[str, PrintedFinding] = {}
    for place in (place for block in blocks for place in block.places):
        places.setdefault(place.path, place)
    return Block([finding for block in blocks for finding in block.findings], tuple(places.values()))


def separate_blocks(found: Iterable[PrintedFinding]) -> list[Block]:
    """Return each finding as a block of its own."""
    return [Block([each], (each,)) for each in found]


def describe_others(block: Block) -> str:
    """Return what the other findings of a block are about, as a list; "" if there are none."""
    first, *others = block.findings
    if not others:
        return ""
    differing = (_first_difference(first.message, other.message) for other in others)
    names = dict.fromkeys(name for name in differing if name)
    text = join_names(names) if names else f"{len(others)} more"
    lines = sorted({other.line for other in others} - {first.line})
    if not lines or len(block.places) > 1:
        return text
    where = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]} to {lines[-1]}"
    return f"{text} ({where})"


def _identity(finding: PrintedFinding) -> tuple[Severity, str, str]:
    """Return what equal findings have in common."""
    return finding.severity, finding.code, finding.message


def _kind(finding: PrintedFinding) -> tuple[Severity, str, str]:
    """Return what findings of one kind have in common: the message except the names in it, each list as one name."""
    return finding.severity, finding.code, _NAMES.sub("`", finding.message)


_NAME = lazy_pattern(r"`([^`]*)`")
_NAMES = lazy_pattern(r"`[^`]*`(?:(?:, | and | or )`[^`]*`)*")


def _first_difference(message: str, other: str) -> str:
    """Return the first name in the message `other` that differs from that in `message`; "" if there is none."""
    pairs = zip(_NAME.findall(message), _NAME.findall(other), strict=False)
    return next((name for usual, name in pairs if name != usual), "")
