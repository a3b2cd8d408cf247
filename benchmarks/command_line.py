"""`agentls check` beside the loop that reads each file and composes its YAML, on one core."""

from __future__ import annotations

import os
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


def run(corpus: Path | None, count: int = 5_000, many: int = 50_000) -> list[Row]:
    """Measure; rows of what, baseline, agentls, goal, verdict."""
    rows = [_one_file()]
    with tempfile.TemporaryDirectory() as folder:
        agents = write_many(Path(folder), count, corpus)
        ours, memory = _timed(_check(folder, "--jobs", "1", "--no-project"), 3)
        for loader, goal in (("Loader", "5 times"), ("CSafeLoader", "none")):
            loop, _ = _timed([sys.executable, "-c", LOOP, str(agents), loader], 3)
            what = f"check of {count} files; loop with yaml.{loader}"
            rows.append((what, f"{loop:.2f} s", f"{ours:.2f} s", goal, f"{ours / loop:.1f} times"))
        pool, _ = _timed(_check(folder, "--no-project"), 3, one_core=False)
        rows.append(("the same with a process for each core", "", f"{pool:.2f} s", "none", ""))
        whole, _ = _timed(_check(folder, "--jobs", "1"), 3)
        rows.append(("the same, each file as a part of its project", "", f"{whole:.2f} s", "none", ""))
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), many, corpus)
        longer, memory = _timed(_check(folder, "--jobs", "1", "--no-project"), 1)
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
        longest, memory = _timed(_check(folder, "--jobs", "1"), 1)
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


def _one_file() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), 1, None)
        (file,) = Path(folder).rglob("*.md")
        ours, _ = _timed([sys.executable, "-m", "agentls", "check", "--no-project", str(file)], 15)
    base, _ = _timed([sys.executable, "-c", "import yaml"], 15)
    return (
        'check of one file; python -c "import yaml"',
        f"{base * 1000:.0f} ms",
        f"{ours * 1000:.0f} ms",
        "3 times",
        f"{ours / base:.1f} times",
    )


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
