"""Compares agentls with what the runtimes do: does each load the files that it is known to load?

    python tools/truth.py           compare with tests/verdicts, and print the table
    python tools/truth.py FOLDER    also compare with recordings, and write their table into docs/truth.md

`tests/verdicts` has small texts with the verdict of a runtime, and is a part of the repository. FOLDER holds
recordings, which are not: `cases/`, one JSON object a line with a text and whether its runtime loaded it, and
`corpus/`, real files with a table of those that load.
"""

from __future__ import annotations

import base64
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from agentls.config import Config
from agentls.document import locate
from agentls.document.document import Document
from agentls.linter.check import check
from agentls.linter.consequence import Severity
from agentls.project.world import NoDisk
from agentls.readers.reading import Reading
from markers import replace_between

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "truth.md"
VERDICTS = sorted((ROOT / "tests" / "verdicts").glob("*.yaml"))


class Recorded(NamedTuple):
    """A file with what its runtime does: its name, the document, whether it loads, and whether it then works. `None`
    if it is not known whether it works."""

    name: str
    document: Document | None
    loads: bool
    works: bool | None


class Files(NamedTuple):
    """Files of one runtime with its verdicts: its name, with its version if that is recorded, and what the files are.
    Reasons of the kinds `not_compared` were not looked for when the verdicts were recorded."""

    runtime: str
    version: str
    title: str
    recorded: tuple[Recorded, ...]
    not_compared: tuple[str, ...] = ()


class Agreement(NamedTuple):
    """How far agentls agrees with the verdicts: the names of the files that it reads otherwise, and of those that work
    but have an error."""

    files: Files
    differing: tuple[str, ...]
    false_errors: tuple[str, ...]


# --- the verdicts in the repository ------------------------------------------------------------


def read_verdicts(path: Path) -> Files:
    """The texts and verdicts of one file of `tests/verdicts`."""
    data = yaml.safe_load(path.read_text("utf-8"))
    config = Config(runtimes=(data["runtime"],))
    recorded = (
        Recorded(
            probe["kind"],
            locate.make_document(data["path"], probe["text"], config),
            probe["loads"],
            probe["loads"] and probe.get("works", True),
        )
        for probe in data["probes"]
    )
    return Files(data["runtime"], data["version"], data["reads"], tuple(recorded))


# --- the recordings, which are not a part of it -------------------------------------------------

CASES = {
    "cases/claude-load-dev.jsonl": ("claude-code", "agents"),
    "cases/runtimes/copilot-dev.jsonl": ("copilot-cli", "agents"),
    "cases/runtimes/vscode-dev.jsonl": ("vscode", "agents"),
    "cases/runtimes/opencode-dev.jsonl": ("opencode", "agents"),
    "cases/runtimes/kilo-dev.jsonl": ("kilo", "agents"),
    "cases/runtimes/gemini-dev.jsonl": ("gemini-cli", "agents"),
    "cases/runtimes/qwen-dev.jsonl": ("qwen-code", "agents"),
    "cases/runtimes/kimi-dev.jsonl": ("kimi-code", "agents"),
    "cases/runtimes/droid-dev.jsonl": ("droid", "agents"),
    "cases/runtimes/skills-standard-dev.jsonl": ("agent-skills", "skills"),
    "cases/runtimes/skills-claude-dev.jsonl": ("claude-code", "skills"),
    "cases/runtimes/skills-copilot-dev.jsonl": ("copilot-cli", "skills"),
    "cases/runtimes/skills-gemini-dev.jsonl": ("gemini-cli", "skills"),
    "cases/runtimes/skills-opencode-dev.jsonl": ("opencode", "skills"),
}


class Corpus(NamedTuple):
    """Real files: their runtime, what they are, the table of those that load, their folder, and the path at which the
    runtime would look for one, with `{}` for its name."""

    runtime: str
    title: str
    table: str
    folder: str
    path: str
    not_compared: tuple[str, ...] = ()


VALIDITY = ("unknown-key", "invalid-value", "invalid-name", "name-not-folder", "unread-file")
"""Why the validator of the standard objects to a skill that it can read."""

CORPORA = (
    Corpus("claude-code", "real agents", "claude-loads.tsv", "claude-agents", ".claude/agents/{}.md"),
    Corpus("copilot-cli", "real agents", "copilot-loads.tsv", "copilot", ".github/agents/{}.agent.md"),
    Corpus("opencode", "real agents", "opencode-loads.tsv", "opencode", ".opencode/agents/{}.md"),
    Corpus("gemini-cli", "real agents", "gemini-loads.tsv", "gemini", ".gemini/agents/{}.md"),
    Corpus(
        "agent-skills",
        "real skills, readable",
        "skills-loads.tsv",
        "skills",
        ".agents/skills/{}/SKILL.md",
        VALIDITY,
    ),
    Corpus("copilot-cli", "real skills", "skills-copilot-loads.tsv", "skills", ".github/skills/{}/SKILL.md"),
    Corpus("opencode", "real skills", "skills-opencode-loads.tsv", "skills", ".opencode/skills/{}/SKILL.md"),
)


def read_recordings(folder: Path) -> Iterator[Files]:
    """All recordings in a folder."""
    for name, (runtime, title) in CASES.items():
        yield Files(runtime, "", title, tuple(_cases(folder / name)))
    for corpus in CORPORA:
        files = tuple(_real_files(folder / "corpus", corpus))
        yield Files(corpus.runtime, "", corpus.title, files, corpus.not_compared)


def _cases(file: Path) -> Iterator[Recorded]:
    for line in file.read_text("utf-8").splitlines():
        case = json.loads(line)
        content, path = case["content"], case.get("path", ".claude/agents/case.md")
        if isinstance(content, str) and isinstance(path, str) and case["loads"] in (True, False):
            encoded = case.get("encoding") == "base64"
            data = base64.b64decode(content) if encoded else content.encode("utf-8", "surrogatepass")
            yield Recorded(case["id"], _document(path, data), case["loads"], None)


def _real_files(folder: Path, corpus: Corpus) -> Iterator[Recorded]:
    with (folder / corpus.table).open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            if row["loads"] in ("true", "false"):
                loads = row["loads"] == "true"
                works = loads and row.get("starts", "normal") == "normal"
                data = (folder / corpus.folder / row["path"]).read_bytes()
                yield Recorded(row["path"], _document(_runtime_path(corpus, row["path"]), data), loads, works)


def _runtime_path(corpus: Corpus, path: str) -> str:
    """Where the runtime would look for the file at `path` of a corpus."""
    folders, _, name = path.rpartition("/")
    stem = folders.rpartition("/")[2] if name == "SKILL.md" else name.split(".")[0] or "x"
    return corpus.path.format(stem)


def _document(path: str, data: bytes) -> Document | None:
    return locate.make_document(path, data.decode("utf-8", "replace"), Config())


# --- the comparison ----------------------------------------------------------------------------


def find_reading(document: Document | None, runtime: str) -> Reading | None:
    """How the runtime of that name reads a document; `None` if it does not read it at all."""
    readings = (*document.readings, *document.other_readings) if document else ()
    return next((reading for reading in readings if reading.runtime.name == runtime), None)


def compare(files: Files) -> Agreement:
    """Compare agentls with the verdicts of a runtime."""
    differing: list[str] = []
    false_errors: list[str] = []
    for each in files.recorded:
        reading = find_reading(each.document, files.runtime)
        reasons = (
            [reason for reason in reading.reasons if reason.kind not in files.not_compared] if reading else []
        )
        loads = reading is not None and (reading.loads or not reasons)
        if loads is not each.loads:
            differing.append(each.name)
        if each.works and each.document:
            found = check(each.document, each.document.config, NoDisk())
            if any(diagnostic.severity == Severity.ERROR for diagnostic in found):
                false_errors.append(each.name)
    return Agreement(files, tuple(differing), tuple(false_errors))


def table(agreements: Iterable[Agreement]) -> str:
    """The agreements as a table in Markdown, followed by the files that differ."""
    lines = [
        "| Runtime | Files | | Same verdict | Error on a file that works |",
        "|---|---|---:|---:|---:|",
    ]
    exceptions: list[str] = []
    for files, differing, false_errors in agreements:
        count = len(files.recorded)
        same = count - len(differing)
        title = f"{files.runtime} {files.version}".rstrip()
        errors = str(len(false_errors)) if any(one.works for one in files.recorded) else ""
        share = f"{100 * same / count:.1f} %" if count else ""
        lines.append(f"| {title} | {files.title} | {count} | {same} ({share}) | {errors} |")
        exceptions += [f"\n- {title}, {files.title}: `{name}` differs" for name in differing]
        exceptions += [f"\n- {title}, {files.title}: `{name}` has an error" for name in false_errors]
    return "\n".join((*lines, *exceptions))


def verdicts() -> list[Agreement]:
    """The agreement with the verdicts in the repository."""
    return [compare(read_verdicts(path)) for path in VERDICTS]


def main() -> int:
    """Print the table of the verdicts, and write that of the recordings; 1 if anything differs."""
    agreements = verdicts()
    print(table(agreements))
    if len(sys.argv) > 1:
        recordings = [compare(files) for files in read_recordings(Path(sys.argv[1]))]
        text = replace_between(PAGE.read_text("utf-8"), "recordings", table(recordings))
        PAGE.write_text(text, "utf-8", newline="\n")
        agreements += recordings
    return int(any(one.differing or one.false_errors for one in agreements))


if __name__ == "__main__":
    sys.exit(main())
