"""Whether Claude Code runs a shell script without asking, by its commands and by permission rules.

The documentation (Configure permissions, 2026-08-30): each command between `&&`, `||`, `;`, `|`, `&` and line breaks
needs permission of its own, unless it is one of those that are known as read-only. What is not documented is unknown
here, and never reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from agentls.dialects.shell_programs import shell_programs
from agentls.document.permissions import ANYTHING, pattern_covers
from agentls.text.named_tuples import NamedTuple
from agentls.text.patterns import lazy_pattern

Access = Literal["granted", "unknown", "refused"]
"""Whether a command runs without asking."""


_ORDER: tuple[Access, ...] = ("granted", "unknown", "refused")


class ShellCommand(NamedTuple):
    """A command of a script, and whether it runs without asking."""

    text: str
    access: Access


def commands_of(script: str, allowed: Iterable[str]) -> list[ShellCommand]:
    """The commands of `script`, if these patterns of permission rules allow commands. Where they cannot be told
    apart, the script is a single one of which nothing is known. One refused command is enough for the script to be
    refused."""
    patterns = tuple(allowed)
    commands = _split(script)
    if not commands:
        return [ShellCommand(script, "unknown")]
    return [ShellCommand(command, _access(command, patterns)) for command in commands]


def script_access(script: str, allowed: Iterable[str]) -> Access:
    """Whether `script` runs without asking, if these patterns allow commands: as its worst command."""
    return max((command.access for command in commands_of(script, allowed)), key=_ORDER.index)


def rule_for(command: str) -> str:
    """The pattern of a permission rule that allows `command` with any further words: its program, and the subcommand
    or the file after it."""
    program, *words = _WRAPPER.sub("", command, count=1).split()
    subcommand = words[0] if words and _SUBCOMMAND.fullmatch(words[0]) else ""
    return " ".join(filter(None, (program, subcommand, ANYTHING)))


def rule_pattern(specifier: str | None) -> str:
    """The pattern of a permission rule with this specifier. `:*` at its end means the same as ` *`."""
    if not specifier:
        return ANYTHING
    return f"{specifier.removesuffix(':*')} *" if specifier.endswith(":*") else specifier


def is_program(word: str) -> bool:
    """Whether `word` is the name of a program that is known here."""
    programs = shell_programs()
    return word in programs.reading or word in programs.undetermined or word in programs.subcommands


_SUBCOMMAND = lazy_pattern(r"(?!-)(?:[\w./:@-]|\$\{CLAUDE_\w+\})+")


# --- the commands of a script -----------------------------------------------------------------

_PIECE = lazy_pattern(
    r"""(?P<end>&&|\|\|?&?|;|&(?![>&])|\n)
    |(?P<gap>(?:(?<!\S)\d+)?(?:>>?|<)&?\s*(?:/dev/null|\d|-)|&>>?\s*/dev/null|(?<!\S)\#[^\n]*)
    |(?P<text>'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^'"\\;|&\n\#<>\d]+|\d+|[\#<>])""",
    re.DOTALL | re.VERBOSE,
)
_SUBSHELL = lazy_pattern(r"\$\(|`|<<|<\(|(?:^|[;&|\n])[^\S\n]*[({]")
_KEYWORD = lazy_pattern(
    r"(?:^|[;&|\n])[^\S\n]*(?:if|then|else|fi|for|while|until|do|done|case|esac|function|\[\[|!)(?:\s|;|$)"
)
_ASSIGNMENT = lazy_pattern(r"\w+=")
_WRAPPER = lazy_pattern(r"(?:(?:time|nice|nohup|builtin|noglob)|timeout\s+[\d.]+[smhd]?)\s+")


def _split(script: str) -> list[str]:
    """The commands of a script, without redirections that write no file. There are none if it consists of more than
    commands one after the other, such as loops."""
    if _SUBSHELL.search(script) or _KEYWORD.search(script):
        return []
    command = ""
    at = 0
    found: list[str] = []
    while at < len(script):
        piece = _PIECE.match(script, at)
        if piece is None:
            return []
        if piece["end"]:
            found.append(command)
            command = ""
        command += piece["text"] or ""
        at = piece.end()
    return [text for each in (*found, command) if (text := each.strip())]


def _access(command: str, allowed: tuple[str, ...]) -> Access:
    """Whether one command runs without asking."""
    command = _WRAPPER.sub("", command, count=1)
    # Whether quotes around a path matter to a rule is unknown.
    forms = (command, command.replace('"', ""))
    if any(pattern_covers(pattern, form) for pattern in allowed for form in forms):
        return "granted"
    program, *words = command.split()
    if _ASSIGNMENT.match(program) or program.startswith("$"):
        return "unknown"
    programs = shell_programs()
    known = programs.subcommands.get(program)
    if known and words[:1]:
        if words[0] in known.changing:
            return "refused"
        return "granted" if words[0] in known.reading and _PLAIN.fullmatch(command) else "unknown"
    if program in programs.reading:
        return "granted" if _PLAIN.fullmatch(command) else "unknown"
    if known or program in programs.undetermined or (words and all(map(_ABOUT.fullmatch, words))):
        return "unknown"
    return "refused"


_PLAIN = lazy_pattern(r"[^$*?\[>~\\]*")
"""A command without expansions, patterns and redirections, for which more is checked than its name."""
_ABOUT = lazy_pattern(r"--?(?:version|help|v|V|h)|version")
"""The arguments with which a program only describes itself."""
