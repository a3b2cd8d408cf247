"""Run random texts through agentls: `python -m fuzzing [--seconds N] [--seed N] [--target NAME] [--coverage]`.

Prints each new way to fail with its text, which is kept in `build/fuzzing`, and ends with 1 if there is one. What was
run is added to `fuzzing/executions.json`. With `--coverage`, Atheris chooses the texts by the code that they reach
(`pip install atheris`; CPython up to 3.12 on Linux and macOS).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

from fuzzing import raise_failure
from fuzzing.texts import MAX_LENGTH, TextSource

MAX_SECONDS = 1.0
"""A text of at most 1,500 characters that takes longer, also the second time, is a failure."""

EXECUTIONS = Path(__file__).with_name("executions.json")
FAILURES = Path(__file__).parents[1] / "build" / "fuzzing"


class Run:
    """What was executed, and how it failed."""

    def __init__(self) -> None:
        from fuzzing.targets import TARGETS

        self.targets = {name: target for name, (target, _) in TARGETS.items()}
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.slowest = 0.0

    def execute(self, name: str, text: str, number: int) -> None:
        """Run a target, and keep the text if it fails in a new way."""
        self.counts[name] += 1
        try:
            seconds = self._seconds(name, text, number)
            if seconds > MAX_SECONDS:
                seconds = self._seconds(name, text, number)
                assert seconds <= MAX_SECONDS, f"takes {seconds:.1f} s"
            self.slowest = max(self.slowest, seconds)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self._fail(
                f"{name}: {type(error).__name__} in {frame.name}, line {frame.lineno}", error, text, number
            )

    def _seconds(self, name: str, text: str, number: int) -> float:
        start = time.process_time()
        self.targets[name](text, number)
        return time.process_time() - start

    def _fail(self, how: str, error: Exception, text: str, number: int) -> None:
        self.failures[how] += 1
        if self.failures[how] == 1:
            FAILURES.mkdir(parents=True, exist_ok=True)
            kept = FAILURES / f"{len(self.failures)}.json"
            kept.write_text(json.dumps({"how": how, "text": text, "number": number}))
            print(f"{how}\n  text: {text!r}\n  kept in {kept} ({number})", file=sys.stderr)
            traceback.print_exception(error, limit=-4)

    def report(self) -> int:
        """Add up what was executed, print it, and return the exit code."""
        total = Counter(json.loads(EXECUTIONS.read_text("utf-8")) if EXECUTIONS.exists() else {})
        total += self.counts
        EXECUTIONS.write_text(json.dumps(dict(sorted(total.items())), indent=2) + "\n", "utf-8")
        for name, count in sorted(self.counts.items()):
            print(f"{name:12} {count:>10,} here {total[name]:>12,} in all")
        print(
            f"{'':12} {self.counts.total():>10,} here {total.total():>12,} in all; slowest {self.slowest:.2f} s"
        )
        for how, count in self.failures.items():
            print(f"FAILED {count:,} times: {how}")
        return 1 if self.failures else 0


def run_random(run: Run, seconds: float, seed: int, only: str | None) -> None:
    """Run texts that are put together at random."""
    from fuzzing.targets import TARGETS

    source, chooser = TextSource(seed), random.Random(seed)
    names, weights = list(TARGETS), [weight for _, weight in TARGETS.values()]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        name = only or chooser.choices(names, weights)[0]
        run.execute(name, source.text(), chooser.randrange(1_000_000))


def run_by_coverage(run: Run, seconds: float, seed: int, only: str | None) -> None:
    """Run texts that reach new code, starting from random ones."""
    import atheris

    from fuzzing.targets import TARGETS

    names = [only] if only else list(TARGETS)
    source = TextSource(seed)
    corpus = FAILURES.parent / "corpus"
    for folder in (corpus, FAILURES):
        folder.mkdir(parents=True, exist_ok=True)
    for at in range(200):
        (corpus / f"random-{at}").write_bytes(
            bytes([at % 256, 0, 0]) + source.text().encode("utf-8", "surrogatepass")
        )
    end = time.monotonic() + seconds

    def one_input(data: bytes) -> None:
        if time.monotonic() > end:
            code = run.report()
            sys.stdout.flush()
            os._exit(code)  # libFuzzer takes any other end for a crash, and ends with a code of its own.
        name = names[data[0] % len(names)] if data else names[0]
        run.execute(name, data[3:].decode("utf-8", "replace"), int.from_bytes(data[1:3], "big"))

    arguments = [
        sys.argv[0],
        f"-seed={seed + 1}",
        f"-max_len={MAX_LENGTH}",
        f"-artifact_prefix={FAILURES}/",
        "-print_final_stats=0",
        "-verbosity=0",
    ]
    atheris.Setup([*arguments, str(corpus)], one_input)
    atheris.Fuzz()


def main() -> int:
    """Run for some time, and report."""
    parser = argparse.ArgumentParser(prog="fuzzing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", default=None)
    parser.add_argument("--coverage", action="store_true", help="let Atheris choose the texts")
    arguments = parser.parse_args()
    if arguments.coverage:
        import atheris

        with atheris.instrument_imports(include=["agentls"]):
            run = Run()
    else:
        run = Run()
    execute = run_by_coverage if arguments.coverage else run_random
    with suppress(KeyboardInterrupt), patch("agentls.linter.check.report_failure", raise_failure):
        execute(run, arguments.seconds, arguments.seed, arguments.target)
    return run.report()


if __name__ == "__main__":
    sys.exit(main())
