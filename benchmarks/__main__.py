"""Run the benchmarks and print their table: `python -m benchmarks [server] [check] [project] [OPTIONS]`.

`sessions` and `soak` take long, and only run if they are named: editing sessions whose answers are compared with those
of a fresh server, and a server that is edited in for a long time.
`python -m benchmarks hostile` prints what the worst texts cost instead, which takes long.
"""

from __future__ import annotations

import argparse
import platform
import sys
from datetime import date
from pathlib import Path

from benchmarks import command_line, hostile, project, servers, sessions, soak


def main() -> None:
    """Measure what was asked for, and print it as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        metavar="server|check|project|sessions|soak|hostile",
        help="what to measure; server, check and project by default",
    )
    parser.add_argument("--corpus", type=Path, help="a folder of real agent files to measure with")
    parser.add_argument("--before", type=Path, help="a working copy of an earlier revision to compare with")
    parser.add_argument("--kind", action="append", help="with hostile: the texts whose kind has this word")
    parser.add_argument("--dialect", action="append", help="with hostile: a dialect, or all")
    parser.add_argument("--size", action="append", type=int, help="with hostile: a number of characters")
    parser.add_argument("--steps", type=int, help="with sessions or soak: how many steps or edits")
    parser.add_argument("--seed", type=int, default=1, help="with sessions: the number of the first session")
    arguments = parser.parse_args()
    print(f"{date.today()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    if "hostile" in arguments.what:
        for line in hostile.run(arguments.kind, arguments.dialect, arguments.size):
            print(line, flush=True)
        return
    rows, is_equal = [], True
    if not arguments.what or "server" in arguments.what:
        rows += servers.run()
    if not arguments.what or "check" in arguments.what:
        rows += command_line.run(arguments.corpus, arguments.before)
    if not arguments.what or "project" in arguments.what:
        rows += project.run()
    if "sessions" in arguments.what:
        found, is_equal = sessions.run(arguments.steps or 20_000, arguments.seed)
        rows += found
    if "soak" in arguments.what:
        rows += soak.run(arguments.steps or 100_000)
    print("| What | Baseline | agentls | Goal | Measured |\n|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.exit(0 if is_equal else 1)


if __name__ == "__main__":
    main()
