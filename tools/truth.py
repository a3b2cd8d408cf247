"""Writes `docs/truth.md`: how far agentls agrees with what the runtimes were seen to do.

    python tools/truth.py FOLDER

FOLDER holds the recordings: `cases/`, one JSON object a line with a text and whether its runtime loaded it,
and `corpus/`, real files with a table of those that load. They are not part of the repository.
"""

from __future__ import annotations

import base64
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agentls.config import Config
from agentls.document import locate
from agentls.document.document import Document
from agentls.linter.check import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.readers.reading import Reading

ROOT = Path(__file__).parents[1]


VALIDITY = ("refused-key", "refused-value", "invalid-name", "name-not-folder", "unread-file")
"""Why the standard's validator objects to a skill that it can read all the same."""


class Set(NamedTuple):
    """Recordings of one runtime: its name, what was recorded, the file of them, and for real files the
    folder they lie in and the place where the runtime looks for them. Reasons in `aside` were not looked
    at when they were recorded."""

    runtime: str
    what: str
    file: str
    folder: str = ""
    place: str = ""
    aside: tuple[str, ...] = ()


SETS = (
    Set("claude-code", "agents", "cases/claude-load-dev.jsonl"),
    Set("copilot-cli", "agents", "cases/runtimes/copilot-dev.jsonl"),
    Set("vscode", "agents", "cases/runtimes/vscode-dev.jsonl"),
    Set("opencode", "agents", "cases/runtimes/opencode-dev.jsonl"),
    Set("kilo", "agents", "cases/runtimes/kilo-dev.jsonl"),
    Set("gemini-cli", "agents", "cases/runtimes/gemini-dev.jsonl"),
    Set("qwen-code", "agents", "cases/runtimes/qwen-dev.jsonl"),
    Set("kimi-code", "agents", "cases/runtimes/kimi-dev.jsonl"),
    Set("droid", "agents", "cases/runtimes/droid-dev.jsonl"),
    Set("agent-skills", "skills", "cases/runtimes/skills-standard-dev.jsonl"),
    Set("claude-code", "skills", "cases/runtimes/skills-claude-dev.jsonl"),
    Set("copilot-cli", "skills", "cases/runtimes/skills-copilot-dev.jsonl"),
    Set("gemini-cli", "skills", "cases/runtimes/skills-gemini-dev.jsonl"),
    Set("opencode", "skills", "cases/runtimes/skills-opencode-dev.jsonl"),
    Set("claude-code", "real agents", "corpus/claude-loads.tsv", "claude-agents", ".claude/agents/{}.md"),
    Set("copilot-cli", "real agents", "corpus/copilot-loads.tsv", "copilot", ".github/agents/{}.agent.md"),
    Set("opencode", "real agents", "corpus/opencode-loads.tsv", "opencode", ".opencode/agents/{}.md"),
    Set("gemini-cli", "real agents", "corpus/gemini-loads.tsv", "gemini", ".gemini/agents/{}.md"),
    Set(
        "agent-skills",
        "real skills, readable",
        "corpus/skills-loads.tsv",
        "skills",
        ".agents/skills/{}/SKILL.md",
        VALIDITY,
    ),
    Set(
        "copilot-cli",
        "real skills",
        "corpus/skills-copilot-loads.tsv",
        "skills",
        ".github/skills/{}/SKILL.md",
    ),
    Set(
        "opencode",
        "real skills",
        "corpus/skills-opencode-loads.tsv",
        "skills",
        ".opencode/skills/{}/SKILL.md",
    ),
)


class Recorded(NamedTuple):
    """A recorded file: what it is called, the document, whether its runtime loaded it, and whether it
    then started as it should (`None` where that was not tried)."""

    name: str
    document: Document | None
    loads: bool
    starts: bool | None


class Agreement(NamedTuple):
    """How far the readings of a set agree with what was recorded: the number of files, those whose verdict
    differs, and those that load and start, but have an error."""

    of: Set
    total: int
    differing: tuple[str, ...]
    false_errors: tuple[str, ...]


def recorded(of: Set, folder: Path) -> Iterator[Recorded]:
    """The files of a set."""
    if of.folder:
        with (folder / of.file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t"):
                if row["loads"] in ("true", "false"):
                    loads = row["loads"] == "true"
                    starts = loads and row.get("starts", "normal") == "normal"
                    data = (folder / "corpus" / of.folder / row["path"]).read_bytes()
                    yield Recorded(row["path"], _document(_place(of, row["path"]), data), loads, starts)
        return
    for line in (folder / of.file).read_text("utf-8").splitlines():
        case = json.loads(line)
        content, path = case["content"], case.get("path", ".claude/agents/case.md")
        if isinstance(content, str) and isinstance(path, str) and case["loads"] in (True, False):
            encoded = case.get("encoding") == "base64"
            data = base64.b64decode(content) if encoded else content.encode("utf-8", "surrogatepass")
            yield Recorded(case["id"], _document(path, data), case["loads"], None)


def _place(of: Set, path: str) -> str:
    """Where the runtime would look for the file at `path` of a collection."""
    folders, _, name = path.rpartition("/")
    stem = folders.rpartition("/")[2] if name == "SKILL.md" else name.split(".")[0] or "x"
    return of.place.format(stem)


def _document(path: str, data: bytes) -> Document | None:
    return locate.open_document(path, data.decode("utf-8", "replace"), Config())


def reading(document: Document | None, runtime: str) -> Reading | None:
    """What the runtime of that name makes of a document, if it reads it at all."""
    readings = (*document.readings, *document.other_readings) if document else ()
    return next((reading for reading in readings if reading.runtime.name == runtime), None)


def agreement(of: Set, folder: Path) -> Agreement:
    """The agreement of one set."""
    total = 0
    differing: list[str] = []
    false_errors: list[str] = []
    for each in recorded(of, folder):
        total += 1
        seen = reading(each.document, of.runtime)
        refused = [reason for reason in seen.reasons if reason.kind not in of.aside] if seen else []
        loads = seen is not None and (seen.loads or not refused)
        if loads is not each.loads:
            differing.append(each.name)
        if each.starts and each.document:
            found = check(each.document, Config(), NoDisk())
            if any(diagnostic.severity == Severity.ERROR for diagnostic in found):
                false_errors.append(each.name)
    return Agreement(of, total, tuple(differing), tuple(false_errors))


def table(rows: list[Agreement]) -> str:
    """The agreements as a table in Markdown, and below it the files that differ."""
    lines = [
        "| Runtime | Recorded | Files | The same verdict | Error on a file that works |",
        "|---|---|---:|---:|---:|",
    ]
    for row in rows:
        same = row.total - len(row.differing)
        errors = str(len(row.false_errors)) if row.of.folder else ""
        share = f"{100 * same / row.total:.1f} %" if row.total else ""
        lines.append(f"| {row.of.runtime} | {row.of.what} | {row.total} | {same} ({share}) | {errors} |")
    for row in rows:
        lines += [f"\n- {row.of.runtime}, {row.of.what}: `{name}` differs" for name in row.differing]
        lines += [f"\n- {row.of.runtime}, {row.of.what}: `{name}` has an error" for name in row.false_errors]
    return "\n".join(lines)


TEXT = """\
# Truth

agentls says what a runtime does with a file. The runtimes were run with files made for the purpose and with
real ones from public repositories, and what they did was written down. This table compares agentls with it, and
is made by `python tools/truth.py FOLDER`, where FOLDER holds the recordings.

{table}

What is compared is the verdict: does the runtime load the file? The last column counts real files that load, and
start with tools if they list any, and have a finding of the severity error. Both numbers are from the files that
the authors of agentls work with; others of the same kind are used to check.

A fact that was not recorded rests on documentation or on third parties. Hover and `agentls explain` name the
source of each, with its date; `agentls dialects --stale DAYS` lists the old ones. What only third parties say
never makes an error.
"""


def main() -> int:
    """Write the file."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.stderr.write("usage: python tools/truth.py FOLDER (of the recordings)\n")
        return 2
    rows = [agreement(of, Path(sys.argv[1])) for of in SETS]
    (ROOT / "docs" / "truth.md").write_text(TEXT.format(table=table(rows)), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
