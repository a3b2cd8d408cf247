"""Random texts: those of the fixtures of the tests, and pieces that readers of YAML, Markdown and JSON stumble over,
cut, joined, repeated and mixed."""

from __future__ import annotations

import random
from pathlib import Path

MAX_LENGTH = 1_500
"""Longer texts take longer, and hardly reach more code."""

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"

PIECES = (
    *(
        "---\n",
        "---",
        "...\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "  ",
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
        "\U0001f600",
    ),
    *(
        ": ",
        ":",
        "- ",
        "-",
        "#",
        " #",
        "? ",
        "| \n",
        ">-\n",
        "|2\n",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "<<: *a\n",
        "%YAML 1.1\n",
    ),
    *(
        "'",
        '"',
        "\\",
        "\\x",
        '"\\u',
        "{",
        "}",
        "[",
        "]",
        ",",
        "{a: ",
        "[[",
        "@",
        "`",
        "``",
        "```\n",
        "~~~\n",
        "\u202e",
    ),
    *("null", "true", "no", "~", "1e999", "0x1f", ".inf", "2001-01-01", "-", "9" * 40, "y"),
    *(
        "name: a\n",
        "description: ",
        "tools: ",
        "tools:\n  - ",
        "model: ",
        "hooks:\n  PreToolUse:\n",
        "mcpServers:\n",
    ),
    *(
        "permission:\n  bash:\n",
        "skills: [a]\n",
        "handoffs:\n  - agent: a\n",
        "globs: **/*.ts\n",
        "applyTo: '**'\n",
    ),
    *(
        "Bash(git *)",
        "Agent(a, b)",
        "mcp__a__b",
        "*",
        "Task",
        "read",
        "server/*",
        "$ARGUMENTS",
        "${x}",
        "!`ls`",
        "@a.md",
    ),
    *(
        "# a\n",
        "[a](b.md)",
        "![",
        "](",
        "<a>",
        "</a>",
        "<!-- ",
        "-->",
        "<!-- agentls-ignore x -->",
        "&amp;",
        "* * *\n",
    ),
    *('{"a": ', '"hooks"', '"permissions": {"deny": ["', '"mcpServers": {', "/*", "//", "\ud800"),
    *(
        "[tool.agentls]\n",
        "places = [",
        "[[overrides]]\n",
        "paths = ['*']\n",
        "severity = { x = 'off' }\n",
        "'''",
        '"""',
    ),
)


class TextSource:
    """Random texts, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._seeds = [
            text[:MAX_LENGTH]
            for path in sorted(FIXTURES.rglob("*.md"))
            for text in path.read_text("utf-8").split("\n## ")
        ]

    def text(self) -> str:
        """Return the next text."""
        kind = self.random.random()
        if kind < 0.1:
            text = "".join(self.random.choices(PIECES, k=self.random.randint(0, 40)))
        elif kind < 0.25:
            text = f"---\n{''.join(self.random.choices(PIECES, k=self.random.randint(0, 30)))}\n---\n"
        else:
            text = self._seed()
        for _ in range(self.random.choice((1, 1, 2, 3, 6))):
            text = self._mutated(text)
        return text[:MAX_LENGTH]

    def _seed(self) -> str:
        """A fixture from its first fence on, most of the time."""
        text = self.random.choice(self._seeds)
        at = text.find("---")
        return text[max(at, 0) :] if self.random.random() < 0.9 else text

    def _mutated(self, text: str) -> str:
        start, end = sorted((self.random.randint(0, len(text)), self.random.randint(0, len(text))))
        end = min(end, start + self.random.choice((1, 4, 20, 200)))
        piece = self.random.choice(PIECES)
        match self.random.randrange(8):
            case 0:
                return text[:start]
            case 1:
                return text[:start] + text[end:]
            case 2:
                return text[:start] + piece + text[end:]
            case 3:
                return text[:start] + piece * self.random.choice((1, 1, 2, 10)) + text[start:]
            case 4:
                return text[:end] + text[start:end] * self.random.choice((1, 2, 8)) + text[end:]
            case 5:
                return text[:start] + self._seed()[: self.random.randint(0, 300)] + text[end:]
            case 6:
                lines = text.split("\n")
                at = self.random.randrange(len(lines))
                lines[at] = self.random.choice(("  ", "\t", "- ", "# ", "> ")) + lines[at]
                return "\n".join(lines)
            case _:
                return text.replace("\n", self.random.choice(("\r\n", "\r", "\n\n", "\n ")), 20)
