"""The same files, read by every runtime whose behaviour was observed.

Each row is one unusual or invalid file, with a letter for each of the runtimes below, in their order: `R` rejects
the file, `L` loads it, `!` loads it without its metadata or with text that becomes part of the prompt, `f` loads it
after a repair, and `-` was not observed.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from agentls.config import Config
from agentls.document import locate
from agentls.linter.check import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk

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
    """A text, and a letter for how each runtime reads it."""

    name: str
    text: str
    outcome: str


def frontmatter(lines: str) -> str:
    """Return an agent with a name and these lines."""
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
    Row("no space after the colons", f"---\nname:probe\ndescription:Looks.{END}", "!!RRLRL"),
    Row("no frontmatter", "# Title\n\nLook at things with care.\n", "LLRRRRL"),
    Row("no closing fence", f"{HEAD}description: Looks.{BODY}", "!!RRRR!"),
    Row("blank line first", f"\n{FULL}", "!!RRRR!"),
    Row("space before the fence", f" {FULL}", "!-RRRL!"),
    Row("byte order mark", f"\ufeff{FULL}", "LLRLLL!"),
    Row("CRLF", FULL.replace("\n", "\r\n"), "LLLLLLL"),
    Row("CR alone", FULL.replace("\n", "\r"), "!-RRLR!"),
    Row("space after the opening fence", FULL.replace("---\n", "--- \n", 1), "L-RLRL!"),
    Row("space after the closing fence", FULL.replace("\n---\n", "\n--- \n"), "L-LLRLL"),
    Row("text after the closing fence", FULL.replace("\n---\n", "\n---Look.\n"), "L-LRRRL"),
    Row("closing fence indented", FULL.replace("\n---\n", "\n  ---\n"), "!-RRRL!"),
    Row("dashes in a block", frontmatter("description: |\n  one\n  ---\n  two"), "L-LLLLL"),
    Row("the file ends at the fence", f"{HEAD}description: Looks.\n---", "L-LLRRL"),
    Row("no prompt", f"{HEAD}description: Looks.\n---\n", "L-LLRRL"),
    Row("description missing", f"---\nname: probe{END}", "LLRRRRL"),
    Row("description null", frontmatter("description:"), "RLRRRRL"),
    Row("description empty", frontmatter('description: ""'), "L-RLRRL"),
    Row("description blank", frontmatter('description: "  "'), "L-LLRRL"),
    Row("description a number", frontmatter("description: 42"), "RRRRLR!"),
    Row("description a boolean", frontmatter("description: true"), "RRRRLR!"),
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

# How a valid file (and one without frontmatter) is read under these names. A file that is not read is `R`.
FILES = [
    Row("team/probe.md", FULL, "L-RLRLR"),
    Row("README.md", FULL, "L-LLLLL"),
    Row("README.md", "# Title\n\nLook at things with care.\n", "L-RRRRL"),
    Row("_probe.md", FULL, "L-RLLLL"),
    Row(".probe.md", FULL, "L-LRLRL"),
    Row("probe.MD", FULL, "RRRRRRR"),
    Row("probe.mdx", FULL, "RRRRRRR"),
]

MORE = [
    # Observed for one runtime, or for a few.
    Row("mode of another case", frontmatter("description: one\nmode: Primary"), "R------"),
    Row("mode null", frontmatter("description: one\nmode:"), "R------"),
    Row("temperature as text", frontmatter('description: one\ntemperature: "0.2"'), "RRR----"),
    Row("temperature below zero", frontmatter("description: one\ntemperature: -1"), "L-L----"),
    Row("steps 1.5", frontmatter("description: one\nsteps: 1.5"), "R------"),
    Row("steps 0", frontmatter("description: one\nsteps: 0"), "R------"),
    Row("hidden in quotes", frontmatter('description: one\nhidden: "true"'), "R------"),
    Row("variant a number", frontmatter("description: one\nvariant: 5"), "R------"),
    Row("options as text", frontmatter("description: one\noptions: fast"), "R------"),
    Row("colour without quotes", frontmatter("description: one\ncolor: #ffaa00"), "R------"),
    Row("colour of three digits", frontmatter('description: one\ncolor: "#fa0"'), "R------"),
    Row("action a boolean", frontmatter("description: one\npermission:\n  bash: true"), "R------"),
    Row(
        "patterns for webfetch",
        frontmatter('description: one\npermission:\n  webfetch: {"*": ask}'),
        "RR-----",
    ),
    Row("permissions as a list", frontmatter("description: one\npermission: [bash]"), "R------"),
    Row("max_turns as text", frontmatter('description: one\nmax_turns: "5"'), "--R----"),
    Row("timeout_mins 1.5", frontmatter("description: one\ntimeout_mins: 1.5"), "--R----"),
    Row("model empty", frontmatter('description: one\nmodel: ""'), "--L----"),
    Row("display name null", frontmatter("description: one\ndisplay_name:"), "--R----"),
    Row("server by stdio", frontmatter("description: one\nmcp_servers: {s: {type: stdio}}"), "--R----"),
    Row("mcpServers", frontmatter("description: one\nmcpServers: {s: {command: x}}"), "--R-L--"),
    Row("tool of a server", frontmatter("description: one\ntools: [mcp_docs_*]"), "--L----"),
    Row("server as a tool", frontmatter("description: one\ntools: [mcp_docs]"), "--R----"),
    Row("tool as in Claude Code", frontmatter("description: one\ntools: [mcp__docs__find]"), "--R----"),
    Row("remote by its card", f"---\nname: probe\nagent_card_url: https://x.example/a{END}", "--L----"),
    Row(
        "both cards",
        f"---\nname: probe\nagent_card_url: https://x.example/a\nagent_card_json: '{{}}'{END}",
        "--R----",
    ),
    Row("list of nothing", f"---\n[]{END}", "--R----"),
    Row("name with an underscore", f"---\nname: my_agent\ndescription: Looks.{END}", "--L-LR-"),
    Row("name with two hyphens", f"---\nname: a--b\ndescription: Looks.{END}", "--L-LR-"),
    Row("name of one letter", f"---\nname: a\ndescription: Looks.{END}", "----R--"),
    Row("name of 51 letters", f"---\nname: {'a' * 51}\ndescription: Looks.{END}", "----R--"),
    Row("name of 50 letters", f"---\nname: {'a' * 50}\ndescription: Looks.{END}", "----L--"),
    Row("reserved name", f"---\nname: Tool\ndescription: Looks.{END}", "----R--"),
    Row("prompt of nine characters", f"{HEAD}description: Looks.\n---\n123456789\n", "----RL-"),
    Row("prompt of ten characters", f"{HEAD}description: Looks.\n---\n1234567890\n", "----LL-"),
    Row("unknown approval mode", frontmatter("description: one\napprovalMode: ask"), "----R--"),
    Row("approval mode auto", frontmatter("description: one\napprovalMode: auto"), "----L--"),
    Row("maxTurns 0", frontmatter("description: one\nmaxTurns: 0"), "----L--"),
    Row("override as text", frontmatter('description: one\noverride: "true"'), "-----R-"),
    Row("tools a number", frontmatter("description: one\ntools: 5"), "-----R-"),
    Row("tools nested", frontmatter("description: one\ntools: [[Read]]"), "-----R-"),
    Row("built-in name", f"---\nname: plan\ndescription: Looks.{END}", "-----R-"),
    Row("built-in name on purpose", f"---\nname: plan\ndescription: Looks.\noverride: true{END}", "-----L-"),
]

LETTERS = {"clean": "L", "repaired": "f", "damaged": "!", "dropped": "R"}


@pytest.mark.parametrize("row", [*ROWS, *MORE], ids=lambda row: row.name)
def test_a_file_is_read_as_observed(row: Row) -> None:
    seen = ""
    for (name, path), expected in zip(RUNTIMES.items(), row.outcome, strict=True):
        document = locate.make_document(path, row.text, Config())
        assert document is not None
        reading = next(reading for reading in document.readings if reading.runtime.name == name)
        seen += "-" if expected == "-" else LETTERS[reading.status]
    assert _coarse(seen) == _coarse(row.outcome), " ".join(RUNTIMES)


@pytest.mark.parametrize("row", FILES, ids=lambda row: row.name)
def test_a_file_is_read_or_not_by_its_name(row: Row) -> None:
    seen = ""
    for (name, path), expected in zip(RUNTIMES.items(), row.outcome, strict=True):
        document = locate.make_document(f"{path.rpartition('/')[0]}/{row.name}", row.text, Config())
        readings = document.readings if document else ()
        status = next((reading.status for reading in readings if reading.runtime.name == name), "dropped")
        seen += "-" if expected == "-" else LETTERS[status]
    assert seen.replace("!", "L") == row.outcome, " ".join(RUNTIMES)


def test_supported_line_ends_are_not_reported() -> None:
    document = locate.make_document(RUNTIMES["qwen-code"], FULL.replace("\n", "\r"), Config())
    assert document is not None
    assert not [each for each in check(document, Config(), NoDisk()) if each.severity == Severity.ERROR]


def _coarse(outcome: str) -> str:
    """Return an outcome with a repair as loading, since the recording does not distinguish them."""
    return outcome.replace("f", "L")
