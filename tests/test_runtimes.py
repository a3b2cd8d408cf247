"""The same files, read by every runtime whose behaviour was observed.

Each row is one way to be wrong, or to be odd, and what each runtime makes of it: `R` refuses the
file, `L` loads it, `!` loads it with damage (metadata lost, or text become prompt), `f` after a
repair; `-` was not tried. Two letters of the columns are the runtimes below, in their order.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from agentls import project
from agentls.config import Config

RUNTIMES = {
    "opencode": ".opencode/agents/probe.md",
    "kilo": ".kilo/agents/probe.md",
    "gemini-cli": ".gemini/agents/probe.md",
    "copilot-cli": ".github/agents/probe.agent.md",
    "qwen-code": ".qwen/agents/probe.md",
    "kimi-code": ".kimi-code/agents/probe.md",
    "droid": ".factory/droids/probe.md",
}

BODY = "\n\nYou look at things. Look with care.\n"
HEAD = "---\nname: probe\n"
END = "\n---" + BODY
FULL = f"{HEAD}description: Looks at things.{END}"


class Row(NamedTuple):
    """A text, and a letter for what each runtime makes of it."""

    name: str
    text: str
    outcome: str


def frontmatter(lines: str) -> str:
    """An agent with a name and these lines."""
    return f"{HEAD}{lines}{END}"


ROWS = [
    Row("plain", FULL, "LLLLLLL"),
    Row("colon in description", frontmatter("description: one: two"), "ffRRfRf"),
    Row("second line not indented", frontmatter("description: one\ntwo words here"), "!!RRLRL"),
    Row("indented line with a colon", frontmatter("description: one\n  two: three"), "!-RRLRL"),
    Row("quote not closed", frontmatter('description: "one'), "!!RRLRL"),
    Row("backtick first", frontmatter("description: `a` looks"), "!!RRfRf"),
    Row("at sign first", frontmatter("description: @a looks"), "!!RRfRf"),
    Row("percent sign first", frontmatter("description: %a looks"), "!!RRfRf"),
    Row("star first", frontmatter("description: *a looks"), "!!RRfRf"),
    Row("bracket first", frontmatter("description: [a] looks"), "!!RRfRf"),
    Row("brace first", frontmatter("description: {a} looks"), "!!RRfRf"),
    Row("key twice", frontmatter("description: one\ndescription: two"), "!!RRLRL"),
    Row("tab in a list", frontmatter("description: one\ntools:\n\t- read"), "R-RRLRL"),
    Row("hash in the description", frontmatter("description: issue #12 now"), "L-LLLLL"),
    Row("no blank behind the colons", f"---\nname:probe\ndescription:Looks.{END}", "!!RRLRL"),
    Row("no frontmatter", "# Title\n\nLook at things with care.\n", "LLRRRRL"),
    Row("no closing fence", f"{HEAD}description: Looks.{BODY}", "!!RRRR!"),
    Row("blank line first", f"\n{FULL}", "!!RRRR!"),
    Row("blank before the fence", f" {FULL}", "!-RRRL!"),
    Row("byte order mark", f"\ufeff{FULL}", "LLRLLL!"),
    Row("CRLF", FULL.replace("\n", "\r\n"), "LLLLLLL"),
    Row("CR alone", FULL.replace("\n", "\r"), "!-RRLR!"),
    Row("blank behind the opening fence", FULL.replace("---\n", "--- \n", 1), "L-RLRL!"),
    Row("blank behind the closing fence", FULL.replace("\n---\n", "\n--- \n"), "L-LLRLL"),
    Row("text behind the closing fence", FULL.replace("\n---\n", "\n---Look.\n"), "L-LRRRL"),
    Row("closing fence indented", FULL.replace("\n---\n", "\n  ---\n"), "!-RRRL!"),
    Row("dashes in a block", frontmatter("description: |\n  one\n  ---\n  two"), "L-LLLLL"),
    Row("the file ends at the fence", f"{HEAD}description: Looks.\n---", "L-LLRRL"),
    Row("no prompt", f"{HEAD}description: Looks.\n---\n", "L-LLRRL"),
    Row("description missing", f"---\nname: probe{END}", "LLRRRRL"),
    Row("description null", frontmatter("description:"), "RLRRRRL"),
    Row("description empty", frontmatter('description: ""'), "L-RLRRL"),
    Row("description blank", frontmatter('description: "  "'), "L-LLRRL"),
    Row("description a number", frontmatter("description: 42"), "RRRRLR!"),
    Row("description a truth value", frontmatter("description: true"), "RRRRLR!"),
    Row("name missing", f"---\ndescription: Looks.{END}", "LLRLRLL"),
    Row("name a number", f"---\nname: 42\ndescription: Looks.{END}", "L-RRLRL"),
    Row("name of two words", f"---\nname: My Agent\ndescription: Looks.{END}", "L-RLRRL"),
    Row("unknown key", frontmatter("description: one\nzork: 1"), "LLRLLLL"),
    Row("tools as text", frontmatter("description: one\ntools: read, grep"), "RRRLLLL"),
    Row("tools as a list", frontmatter("description: one\ntools: [read_file]"), "RRLLLLL"),
    Row("tools as a mapping", frontmatter("description: one\ntools:\n  read: true"), "LLRRLR!"),
    Row("tools null", frontmatter("description: one\ntools:"), "R-RRLL!"),
    Row("no tools", frontmatter("description: one\ntools: []"), "RRLLLLL"),
    Row("unknown tool", frontmatter("description: one\ntools: [zork]"), "--RLLLL"),
    Row("model null", frontmatter("description: one\nmodel:"), "RLRRLL!"),
    Row("model a list", frontmatter("description: one\nmodel: [a, b]"), "R-RLLL!"),
]

HOW = {"clean": "L", "repaired": "f", "damaged": "!", "dropped": "R"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_file_is_read_as_it_was_seen_to_be_read(row: Row) -> None:
    seen = ""
    for (name, path), expected in zip(RUNTIMES.items(), row.outcome, strict=True):
        document = project.open_document(path, row.text, Config())
        assert document is not None
        reading = next(reading for reading in document.readings if reading.runtime.name == name)
        seen += "-" if expected == "-" else HOW[reading.how]
    assert _coarse(seen) == _coarse(row.outcome), " ".join(RUNTIMES)


def _coarse(outcome: str) -> str:
    """An outcome in which a repair counts as loading: whether YAML was needed for it was not seen."""
    return outcome.replace("f", "L")
