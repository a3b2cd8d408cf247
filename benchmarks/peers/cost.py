"""CPU, time and memory of each linter on more and more files."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.files import write_flat
from benchmarks.peers.linters import Linter
from benchmarks.peers.outputs import UnreadableError

# As installed, all modules are compiled already.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Run(NamedTuple):
    """What one run cost, with all processes that it started: CPU seconds (user and system), seconds, and MB of
    memory of the largest process at its peak. `output` is its standard output, and `ended` is false if it was
    stopped at the time limit."""

    cpu: float
    wall: float
    memory: float
    output: str
    ended: bool = True


class Cost(NamedTuple):
    """The medians of several runs, the worst memory, and whether all of them checked the files to the end."""

    cpu: float
    wall: float
    memory: float
    complete: bool


def run(command: Sequence[str], folder: Path, limit: float) -> Run:
    """Run a command in `folder`, and stop it after `limit` seconds.

    The system counts the memory of this process at the start of another one as that one's, so no peak is below
    it.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        timer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    ended = process.returncode != -signal.SIGKILL
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, text, ended)


def measure(
    linters: Sequence[Linter], sizes: Sequence[int], corpus: Path | None, rounds: int, limit: float
) -> dict[tuple[str, int], Cost | None]:
    """The cost of each linter for each number of files, by both; `None` if it took longer than `limit` seconds.
    Linters take turns, and one that exceeds the limit is not run on more files."""
    costs: dict[tuple[str, int], Cost | None] = {}
    left = list(linters)
    for size in sorted(sizes):
        with tempfile.TemporaryDirectory() as folder:
            write_flat(Path(folder), size, corpus)
            runs = _take_turns(left, Path(folder), size, rounds, limit)
        for linter in left:
            costs[linter.name, size] = _summary(linter, runs[linter.name])
        left = [linter for linter in left if costs[linter.name, size]]
    return costs


def _take_turns(
    linters: Sequence[Linter], folder: Path, size: int, rounds: int, limit: float
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {linter.name: [] for linter in linters}
    for number in range(rounds):
        for linter in linters:
            if any(not one.ended for one in runs[linter.name]):
                continue
            print(f"{size} files, round {number + 1}: {linter.name}", file=sys.stderr)
            if linter.cached:
                run(linter.command, folder, limit)
            runs[linter.name].append(run(linter.command, folder, limit))
    return runs


def _summary(linter: Linter, runs: Sequence[Run]) -> Cost | None:
    if not all(one.ended for one in runs):
        return None
    try:
        linter.read(runs[0].output)
        complete = True
    except UnreadableError:
        complete = False
    return Cost(
        statistics.median(one.cpu for one in runs),
        statistics.median(one.wall for one in runs),
        max(one.memory for one in runs),
        complete,
    )


def table(
    linters: Sequence[Linter], costs: dict[tuple[str, int], Cost | None], sizes: Sequence[int], limit: float
) -> str:
    """The costs as a table in Markdown, with a line for each linter and a column for each number of files."""
    lines = [
        "CPU seconds / seconds / MB at peak",
        "",
        "| | " + " | ".join(f"{size:,} file{'s' * (size > 1)}" for size in sizes) + " |",
        "|---|" + "---|" * len(sizes),
    ]
    for linter in linters:
        cells = [_cell(costs, (linter.name, size), limit) for size in sizes]
        lines.append(f"| {linter.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(costs: dict[tuple[str, int], Cost | None], key: tuple[str, int], limit: float) -> str:
    if key not in costs:
        return "not run"
    cost = costs[key]
    if cost is None:
        return f"over {limit:.0f} s"
    stopped = "" if cost.complete else ", stopped early"
    return f"{cost.cpu:.2f} / {cost.wall:.2f} / {cost.memory:.0f}{stopped}"
