"""`agentls check` beside an earlier revision, cclint, and the loop that reads each file and composes its YAML."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.files import write_many

Row = tuple[str, str, str, str, str]

LOOP = """
import re, sys, yaml
from pathlib import Path
loader = getattr(yaml, sys.argv[2])
for path in Path(sys.argv[1]).rglob("*.md"):
    found = re.match(r"---[ \\t]*\\r?\\n(.*?)---", path.read_bytes().decode("utf-8", "replace"), re.DOTALL)
    try:
        yaml.compose(found[1], Loader=loader) if found else None
    except yaml.YAMLError:
        pass
"""


# As installed, all modules are compiled already.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(corpus: Path | None, before: Path | None = None, count: int = 5_000, many: int = 50_000) -> list[Row]:
    """Measure; rows of what, baseline, agentls, goal, verdict. `before` is a working copy of an earlier
    revision to compare with, as `git worktree add` makes one."""
    rows = [*_one_file()]
    with tempfile.TemporaryDirectory() as folder:
        agents = write_many(Path(folder), count, corpus)
        rows += _against_others(folder, count, before)
        ours, memory = _timed(_check(folder, "--jobs", "1", "--no-project", "--no-cache"), 3)
        for loader, goal in (("Loader", "5 times"), ("CSafeLoader", "none")):
            loop, _ = _timed([sys.executable, "-c", LOOP, str(agents), loader], 3)
            what = f"check of {count} files; loop with yaml.{loader}"
            rows.append((what, f"{loop:.2f} s", f"{ours:.2f} s", goal, f"{ours / loop:.1f} times"))
        pool, _ = _timed(_check(folder, "--no-project", "--no-cache"), 3, one_core=False)
        rows.append(("the same with a process for each core", "", f"{pool:.2f} s", "none", ""))
        whole, _ = _timed(_check(folder, "--jobs", "1", "--no-cache"), 3)
        rows += _with_cache(folder, count)
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), many, corpus)
        longer, memory = _timed(_check(folder, "--jobs", "1", "--no-project", "--no-cache"), 1)
        growth = longer / ours / (many / count)
        rows.append(
            (
                f"check of {many} files",
                f"{ours * many / count:.1f} s (linear)",
                f"{longer:.1f} s",
                "linear",
                f"{growth:.2f}",
            )
        )
        rows.append((f"memory for {many} files", "", f"{memory / 1024:.0f} MB", "300 MB", ""))
        longest, memory = _timed(_check(folder, "--jobs", "1", "--no-cache"), 1)
        growth = longest / whole / (many / count)
        linear = f"{whole * many / count:.1f} s (linear)"
        rows.append(
            (
                "the same, each file as a part of its project",
                linear,
                f"{longest:.1f} s",
                "linear",
                f"{growth:.2f}",
            )
        )
        rows.append(("memory for that", "", f"{memory / 1024:.0f} MB", "none", ""))
    return rows


def _check(path: str, *options: str) -> list[str]:
    """The command that checks what lies at `path`."""
    return [sys.executable, "-m", "agentls", "check", "--output-format", "json", *options, path]


def _one_file() -> list[Row]:
    """CPU time of a check of one file, beside the import of its YAML parser."""
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), 1, None)
        (file,) = Path(folder).rglob("*.md")
        commands = {
            "yaml": [sys.executable, "-c", "import yaml"],
            "alone": _check(str(file), "--no-project"),
            "in its project": _check(str(file)),
        }
        found = _cpu(commands, 15)
    goals = {"alone": "2.2 times", "in its project": "2.6 times"}
    return [
        (
            f'check of one file {how}; python -c "import yaml"',
            f"{found['yaml'] * 1000:.0f} ms CPU",
            f"{found[how] * 1000:.0f} ms CPU",
            goal,
            f"{found[how] / found['yaml']:.1f} times",
        )
        for how, goal in goals.items()
    ]


def _against_others(folder: str, count: int, before: Path | None) -> list[Row]:
    """CPU time of a check of many files, beside an earlier revision and cclint, if they are there."""
    options = ("--jobs", "1", folder)
    new = [sys.executable, "-m", "agentls", "check", "--output-format", "json", "--no-cache", *options]
    old = [sys.executable, "-m", "agentls", "check", "--output-format", "json", *options]
    commands = {"alone": [*new, "--no-project"], "in a project": new}
    if before:
        commands |= {"before alone": [*old, "--no-project"], "before in a project": old}
    cclint = shutil.which("cclint")
    if cclint:
        commands["cclint"] = [cclint, "agents", "-q"]
    found = _cpu(commands, 3, before, folder)
    rows = [
        (
            f"check of {count} files in a project; alone",
            f"{found['alone']:.2f} s CPU",
            f"{found['in a project']:.2f} s CPU",
            "1.25 times",
            f"{found['in a project'] / found['alone']:.2f} times",
        )
    ]
    for how, goal in (("alone", "0.5 times"), ("in a project", "none")):
        if before:
            old_time, new_time = found[f"before {how}"], found[how]
            what = f"check of {count} files {how}; before"
            rows.append(
                (
                    what,
                    f"{old_time:.2f} s CPU",
                    f"{new_time:.2f} s CPU",
                    goal,
                    f"{new_time / old_time:.2f} times",
                )
            )
    if cclint:
        theirs, ours = found["cclint"], found["alone"]
        what = f"check of {count} files alone; cclint"
        rows.append((what, f"{theirs:.2f} s CPU", f"{ours:.2f} s CPU", "none", f"{ours / theirs:.2f} times"))
    return rows


def _with_cache(folder: str, count: int) -> list[Row]:
    """CPU time of a second check of unchanged files, beside the first."""
    rows = []
    for how, options in (("alone", ("--no-project",)), ("in a project", ())):
        command = _check(folder, "--jobs", "1", *options)
        first = _cpu({"first": command}, 0)["first"]
        second = _cpu({"second": command}, 3)["second"]
        what = f"second check of {count} unchanged files {how}; the first"
        rows.append(
            (what, f"{first:.2f} s CPU", f"{second:.2f} s CPU", "0.15 times", f"{second / first:.2f} times")
        )
    return rows


def _cpu(
    commands: dict[str, list[str]], times: int, before: Path | None = None, folder: str | None = None
) -> dict[str, float]:
    """The median CPU seconds of each command, all of them in turn, after one run to warm up unless there is
    just one. Those whose names start with "before" run the code of that working copy."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, command in commands.items():
            old = {"PYTHONPATH": str(before / "src")} if before and name.startswith("before") else {}
            process = subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**_ENVIRONMENT, **old},
                cwd=folder,
            )
            _, _, usage = os.wait4(process.pid, 0)
            if number or not times:
                seconds[name].append(usage.ru_utime + usage.ru_stime)
    return {name: statistics.median(found) for name, found in seconds.items()}


def _timed(command: list[str], times: int, *, one_core: bool = True) -> tuple[float, int]:
    """The median seconds of some runs of a command, and the most memory one took in KB."""
    seconds, memory = [], 0
    for _ in range(times + 1):
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
        )
        if one_core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {0})
        if hasattr(os, "wait4"):
            _, _, usage = os.wait4(process.pid, 0)
            memory = max(memory, usage.ru_maxrss)
        else:
            process.wait()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:]), memory
