"""How far the errors of each linter agree with what a runtime does with real files."""

from __future__ import annotations

import csv
import re
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


def batches(paths: Iterable[str], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Divide files into projects so that each keeps its file name, and no agent in a project has the name of
    another: dictionaries of file names to paths. `names` has the names of the agents by path."""
    found: list[dict[str, str]] = []
    taken: list[set[str]] = []
    for path in paths:
        file_name = path.rpartition("/")[2]
        keys = {file_name.lower(), names.get(path, file_name).lower()}
        number = next((n for n, others in enumerate(taken) if not keys & others), len(found))
        if number == len(found):
            found.append({})
            taken.append(set())
        found[number][file_name] = path
        taken[number] |= keys
    return found


def _agent_name(data: bytes) -> str:
    """The name of the agent in a file, or nothing if it has none; read without YAML, which may be invalid."""
    named = re.search(rb"(?m)^name:[ \t]*([^\r\n]+)", data)
    return named[1].decode("utf-8", "replace").strip("\"' \t") if named else ""


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
    names = {path: _agent_name((folder / path).read_bytes()) for path in works}
    for number, batch in enumerate(batches(works, {path: name for path, name in names.items() if name})):
        with tempfile.TemporaryDirectory() as project:
            agents = Path(project) / ".claude" / "agents"
            agents.mkdir(parents=True)
            for name, path in batch.items():
                shutil.copyfile(folder / path, agents / name)
            for linter in linters:
                print(f"project {number + 1}, {len(batch)} files: {linter.name}", file=sys.stderr)
                result = run(linter.command, Path(project), limit)
                try:
                    found = linter.read(result.output)
                except UnreadableError:
                    unchecked[linter.name] |= set(batch.values())
                else:
                    errors[linter.name] |= {batch[name] for name in found if name in batch}
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
