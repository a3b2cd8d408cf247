"""`agentls check --watch`: the check of files, repeated whenever something changes below their folders.

Each run is a process of its own, since a run reads every file and all settings only once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context

from agentls.cli.terminal import Terminal
from agentls.text.escaping import escape_path

_SUFFIXES = (".md", ".mdc", ".markdown", ".json", ".jsonc", ".toml", ".yaml", ".yml", ".gitignore")
"""The files whose text matters to a check. Of others it only matters whether they exist."""

_CACHE = ".agentls_cache"

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


class WatchError(Exception):
    """The files cannot be watched; the message says why."""


def watch(run: Callable[[list[str]], int], argv: list[str], paths: Sequence[str], terminal: Terminal) -> int:
    """Run `run(argv)` now and after each change below `paths`, until the user interrupts it, and return the exit code.
    Raises `WatchError`."""
    try:
        from watchfiles import Change, DefaultFilter
        from watchfiles import watch as find_changes
    except ImportError as error:
        raise WatchError("it needs the package watchfiles: pip install 'agentls[watch]'") from error
    missing = next((path for path in paths if not os.path.exists(path)), None)
    if missing is not None:
        raise WatchError(f"{escape_path(missing)}: no such file or folder")
    ignored = DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, _CACHE))

    def matters(change: Change, path: str) -> bool:
        return ignored(change, path) and (change is not Change.modified or path.endswith(_SUFFIXES))

    # The watch starts before the first run, so that no change is missed; its first answer is that nothing has changed.
    events = find_changes(*paths, watch_filter=matters, rust_timeout=100, yield_on_timeout=True)
    try:
        next(events)
        while True:
            if terminal.is_interactive:
                sys.stdout.write(_CLEAR)
                sys.stdout.flush()
            process = get_context("spawn").Process(target=run, args=(argv,))
            process.start()
            process.join()
            terminal.message("watching for changes; press Ctrl+C to stop")
            while not next(events):
                pass
    except KeyboardInterrupt:
        return 0
