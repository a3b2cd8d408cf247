"""Run the benchmarks and print their table: `python -m benchmarks [server] [check] [project] [OPTIONS]`."""

from __future__ import annotations

import argparse
import platform
from datetime import date
from pathlib import Path

from benchmarks import command_line, project, servers


def main() -> None:
    """Measure what was asked for, and print it as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "what", nargs="*", metavar="server|check|project", help="what to measure; all by default"
    )
    parser.add_argument("--corpus", type=Path, help="a folder of real agent files to measure with")
    parser.add_argument("--before", type=Path, help="a working copy of an earlier revision to compare with")
    arguments = parser.parse_args()
    rows = []
    if not arguments.what or "server" in arguments.what:
        rows += servers.run()
    if not arguments.what or "check" in arguments.what:
        rows += command_line.run(arguments.corpus, arguments.before)
    if not arguments.what or "project" in arguments.what:
        rows += project.run()
    print(f"{date.today()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    print("| What | Baseline | agentls | Goal | Measured |\n|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
