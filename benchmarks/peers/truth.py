"""How far the errors of each linter agree with what a runtime does with real files."""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.peers.cost import run
from benchmarks.peers.linters import Linter
from benchmarks.peers.outputs import UnreadableError


class Agreement(NamedTuple):
    """How far a linter agrees with the runtime on `files`: those that work but have an error, those that do not
    work and have none, and those that it did not check since it stopped early or took too long."""

    files: int
    false_errors: int
    misses: int
    unchecked: int


def read_loads(file: Path) -> dict[str, bool]:
    """Whether each file works, by its path: it loads, and its agent starts with tools. A file that was not
    started works if it loads.

    The file has tab-separated columns `path`, `loads` (`true` or `false`), and perhaps `starts` (`normal`,
    `no-tools`, `refused`, `unknown`, or `-`).
    """
    with file.open(encoding="utf-8", newline="") as rows:
        return {
            row["path"]: row["loads"] == "true" and row.get("starts") not in ("no-tools", "refused")
            for row in csv.DictReader(rows, delimiter="\t")
            if row["loads"] in ("true", "false")
        }


def batches(paths: Iterable[str]) -> list[dict[str, str]]:
    """Divide files into projects so that each keeps its own name: dictionaries of names to paths."""
    found: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for path in paths:
        name = path.rpartition("/")[2]
        number = seen.get(name.lower(), 0)
        seen[name.lower()] = number + 1
        if number == len(found):
            found.append({})
        found[number][name] = path
    return found


def agree(works: Mapping[str, bool], errors: frozenset[str], unchecked: frozenset[str]) -> Agreement:
    """Compare the paths of files with an error with whether each of all files works."""
    checked = [path for path in works if path not in unchecked]
    false_errors = sum(works[path] and path in errors for path in checked)
    misses = sum(not works[path] and path not in errors for path in checked)
    return Agreement(len(works), false_errors, misses, len(unchecked))


def compare(
    linters: Sequence[Linter], folder: Path, works: Mapping[str, bool], limit: float
) -> list[tuple[str, Agreement]]:
    """The agreement of each linter on the files below `folder`, by its name."""
    errors: dict[str, set[str]] = {linter.name: set() for linter in linters}
    unchecked: dict[str, set[str]] = {linter.name: set() for linter in linters}
    for number, batch in enumerate(batches(works)):
        with tempfile.TemporaryDirectory() as project:
            agents = Path(project) / ".claude" / "agents"
            agents.mkdir(parents=True)
            for name, path in batch.items():
                shutil.copyfile(folder / path, agents / name)
            for linter in linters:
                print(f"project {number + 1}, {len(batch)} files: {linter.name}", file=sys.stderr)
                result = run(linter.command, Path(project), limit)
                try:
                    names = linter.read(result.output)
                except UnreadableError:
                    unchecked[linter.name] |= set(batch.values())
                else:
                    errors[linter.name] |= {batch[name] for name in names if name in batch}
    return [(name, agree(works, frozenset(errors[name]), frozenset(unchecked[name]))) for name in errors]


def table(agreements: Iterable[tuple[str, Agreement]]) -> str:
    """The agreements as a table in Markdown."""
    lines = [
        "| | Files | Agreement | False errors | Missed | Not checked |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, (files, false_errors, misses, unchecked) in agreements:
        agreeing = files - false_errors - misses - unchecked
        share = f"{100 * agreeing / files:.1f} %" if files else ""
        lines.append(f"| {name} | {files:,} | {share} | {false_errors} | {misses} | {unchecked} |")
    return "\n".join(lines)
