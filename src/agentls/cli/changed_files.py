"""The files that have changed since a commit, and the lines in them, as Git tells them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping

from agentls.text.escaping import escape_lines
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import disk

Lines = tuple[range, ...]
"""Numbers of lines, counted from one."""

_ALL_LINES = (range(1, 1 << 62),)
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_FILE = re.compile(rb"^diff --git ", re.MULTILINE)

# What a repository can set to have Git start programs, or to change what it prints.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "diff.noprefix=false", "--literal-pathspecs")
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--diff-filter=d")


class ChangesError(Exception):
    """Git cannot tell what has changed; the message says why."""


class Changes(NamedTuple):
    """What has changed since the commit that the user calls `ref`: the changed lines of each file, by its real path
    (absolute, with `/`)."""

    ref: str
    lines: Mapping[str, Lines]

    def has(self, path: str) -> bool:
        """Whether the file at `path` has changed."""
        return _real_path(path) in self.lines

    def lines_of(self, path: str) -> Lines:
        """Return the changed lines of the file at `path`."""
        return self.lines.get(_real_path(path), ())


def read_changes(ref: str, folder: str) -> Changes:
    """Return what has changed in the repository of `folder` since HEAD and the commit `ref` had a common ancestor: in
    commits, in the index, in the files, and files that Git does not ignore but does not know either. Raises
    `ChangesError`."""
    top = os.fsdecode(_run_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\r\n"))
    try:
        commit = (
            _run_git(top, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
        )
    except ChangesError as error:
        hint = "; the clone is shallow, so fetch the whole history" if _is_shallow(top) else ""
        raise ChangesError(f"there is no commit `{ref}`{hint}") from error
    try:
        base = _run_git(top, "merge-base", commit, "HEAD").decode().strip()
    except ChangesError:
        base = commit  # The two have no common ancestor.
    names = _run_git(top, *_DIFF, "--name-only", "-z", base).split(b"\0")[:-1]
    _, *patches = _FILE.split(_run_git(top, *_DIFF, "--unified=0", base))
    if len(names) != len(patches):
        raise ChangesError("a file was changed while Git compared it; try again")
    changed = {name: _changed_lines(patch) for name, patch in zip(names, patches, strict=True)}
    new = _run_git(top, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")[:-1]
    changed |= dict.fromkeys(new, _ALL_LINES)
    return Changes(
        ref, {_real_path(os.path.join(top, os.fsdecode(name))): lines for name, lines in changed.items()}
    )


def _changed_lines(patch: bytes) -> Lines:
    """Return the lines that a patch without context adds or replaces."""
    hunks = ((int(start), int(count or 1)) for start, count in _HUNK.findall(patch))
    return tuple(range(start, start + count) for start, count in hunks if count)


def _is_shallow(folder: str) -> bool:
    return _run_git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _real_path(path: str) -> str:
    return disk.absolute_path(os.path.realpath(path))


def _run_git(folder: str, *arguments: str) -> bytes:
    """Return the output of Git in `folder`. Raises `ChangesError`."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            [*_GIT, *arguments],
            check=False,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except OSError as error:
        raise ChangesError(f"cannot run Git: {disk.describe_error(error)}") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip() or f"Git ended with code {done.returncode}"
        raise ChangesError(escape_lines(reason.removeprefix("fatal: ")))
    return done.stdout
