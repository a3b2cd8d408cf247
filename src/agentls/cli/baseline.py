"""A baseline: the findings that a project has accepted, so that only new ones are reported.

A finding is known by its file, rule and message, so that it stays the same when it moves to another line.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agentls.linter.check import Diagnostic
from agentls.text.escaping import to_json
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk
from agentls.workspace.regular_files import read_bytes

_VERSION = 1
_MAX_BYTES = 64 * 1024 * 1024

Finding = tuple[str, str]
"""The code of a rule, and a message."""


class BaselineError(Exception):
    """A file is no baseline; the message says why."""


class Baseline(NamedTuple):
    """How often each finding is accepted, by the paths of the files, which are relative to the folder of the `file`
    with the baseline."""

    file: str
    accepted: Mapping[str, Counter[Finding]]

    @property
    def folder(self) -> str:
        """The folder of the file (absolute)."""
        return disk.absolute_path(self.file).rpartition("/")[0]

    def without_accepted(self, path: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics of the file at `path` (absolute) that are not accepted."""
        left = Counter(self._accepted_in(path))
        new = []
        for diagnostic in diagnostics:
            finding = finding_of(diagnostic)
            left[finding] -= 1
            if left[finding] < 0:
                new.append(diagnostic)
        return new

    def count_stale(self, found: Mapping[str, Sequence[Finding]]) -> int:
        """Return the number of accepted findings that are gone. `found` are those of the checked files by their
        paths (absolute); of other files, only those count that no longer exist."""
        gone = 0
        for name, accepted in self.accepted.items():
            path = f"{self.folder}/{name}"
            if path in found:
                gone += (accepted - Counter(found[path])).total()
            elif not os.path.exists(path):
                gone += accepted.total()
        return gone

    def updated(self, found: Mapping[str, Sequence[Finding]]) -> Baseline:
        """Return the baseline that accepts what was `found` in the checked files, and what it accepts in others that
        exist."""
        checked = {self._name(path): Counter(findings) for path, findings in found.items()}
        kept = {
            name: accepted
            for name, accepted in self.accepted.items()
            if name not in checked and os.path.exists(f"{self.folder}/{name}")
        }
        return self._replace(accepted={**kept, **checked})

    def _accepted_in(self, path: str) -> Counter[Finding]:
        return self.accepted.get(self._name(path), Counter())

    def _name(self, path: str) -> str:
        return disk.relative_path(path, self.folder)


def finding_of(diagnostic: Diagnostic) -> Finding:
    """Return what a diagnostic is known by."""
    return diagnostic.code, diagnostic.message


def read_baseline(file: str, *, may_be_missing: bool) -> Baseline:
    """Return the baseline in `file`, an empty one if there is none and that is allowed. Raises `BaselineError`."""
    try:
        data = json.loads(read_bytes(file, _MAX_BYTES))
        if data["version"] != _VERSION:
            raise BaselineError(
                f"the version is {data['version']}, and this agentls reads version {_VERSION}"
            )
        accepted = {
            str(name): Counter({(str(row["code"]), str(row["message"])): int(row["count"]) for row in rows})
            for name, rows in data["findings"].items()
        }
    except FileNotFoundError as error:
        if may_be_missing:
            return Baseline(file, {})
        raise BaselineError("no such file; --update-baseline writes it") from error
    except OSError as error:
        raise BaselineError(disk.describe_error(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BaselineError("it is no baseline of agentls") from error
    return Baseline(file, accepted)


def write_baseline(baseline: Baseline) -> int:
    """Write a baseline, and return the number of its findings. Raises `OSError`."""
    findings = {
        name: [
            {"code": code, "message": message, "count": count}
            for (code, message), count in sorted(rows.items())
        ]
        for name, rows in sorted(baseline.accepted.items())
        if rows
    }
    text = to_json({"version": _VERSION, "findings": findings}, indent=2)
    with open(baseline.file, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"{text}\n")
    return sum(rows.total() for rows in baseline.accepted.values())
