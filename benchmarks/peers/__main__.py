"""Compare agentls with other linters: `python -m benchmarks.peers [OPTIONS]` prints a table of costs, or of truth
with `--truth`. The other linters are installed into `build/peers`."""

from __future__ import annotations

import argparse
import os
import platform
from datetime import date
from pathlib import Path

from benchmarks.peers import cost, truth
from benchmarks.peers.linters import install, linters


def main() -> None:
    """Install the linters, run them, and print a table as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("--sizes", default="1,100,1000,5000", help="numbers of files, separated by commas")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often each linter runs on each number of files"
    )
    parser.add_argument("--limit", type=float, default=300, help="the most seconds that one run may take")
    parser.add_argument("--only", default="", help="run only linters with one of these words in their names")
    parser.add_argument("--corpus", type=Path, help="a folder of real agent files to measure with")
    parser.add_argument(
        "--truth", type=Path, help="a folder of real Claude Code agents to compare with --loads"
    )
    parser.add_argument(
        "--loads", type=Path, help="a table of what Claude Code does with each of these files"
    )
    arguments = parser.parse_args()
    if (arguments.truth is None) != (arguments.loads is None):
        parser.error("--truth and --loads need each other")
    words = [word for word in arguments.only.split(",") if word]
    install()
    chosen = [each for each in linters() if not words or any(word in each.name for word in words)]
    if arguments.truth:
        chosen = [each for each in chosen if not each.cached]
        works = truth.read_loads(arguments.loads)
        result = truth.table(truth.compare(chosen, arguments.truth, works, arguments.limit))
    else:
        sizes = sorted({int(size) for size in arguments.sizes.split(",")})
        costs = cost.measure(chosen, sizes, arguments.corpus, arguments.rounds, arguments.limit)
        result = cost.table(chosen, costs, sizes, arguments.limit)
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    print(f"{date.today()}, Python {platform.python_version()}, {system}, load {os.getloadavg()[0]:.1f}\n")
    print(result)


if __name__ == "__main__":
    main()
