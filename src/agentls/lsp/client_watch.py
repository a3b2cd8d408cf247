"""End the process when its client has ended, even if the event loop is blocked.

The loop notices the end of the input only when it reads. So threads wait for the end of the client as well. A function
in C that takes for ever, such as the search of a regular expression, does not even let threads run; then the system
ends the process.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable

INTERVAL = 3.0
"""The time in seconds between two looks at a process or an input."""

GRACE = 10.0
"""The time in seconds in which the loop can answer what it has received, and end in an orderly way."""

MAX_BLOCKED = 60.0
"""The processor time in seconds after which the process ends if no thread could run."""

log = logging.getLogger(__name__)


def watch_input(descriptor: int) -> None:
    """End this process some time after the other end of its input is closed. On Windows, where the system does not tell
    that, nothing is watched: the loop notices it when it reads."""
    if sys.platform != "win32":
        _start(_wait_for_hangup, descriptor)


def watch_process(pid: int) -> None:
    """End this process when the process `pid` ends, even if another one keeps the input open. A process that is not
    found, such as that of a client in another container, is not watched."""
    if sys.platform == "win32":
        _start(_wait_on_windows, pid)
    elif _is_alive(pid):
        _start(_wait_for_process, pid)


def _start(wait: Callable[[int], None], about: int) -> None:
    threading.Thread(target=wait, args=(about,), daemon=True).start()


def _wait_for_hangup(descriptor: int) -> None:
    hangup = select.POLLHUP | getattr(select, "POLLRDHUP", 0)
    poller = select.poll()
    poller.register(descriptor, hangup)
    found: list[tuple[int, int]] = []
    while not found:
        # Where this thread does not run any more, the system ends the process by this signal.
        signal.setitimer(signal.ITIMER_PROF, MAX_BLOCKED)
        found = poller.poll(INTERVAL * 1000)
    if found[0][1] & hangup:  # Else the input cannot be watched.
        time.sleep(GRACE)
        _exit("the input has ended")


def _wait_for_process(pid: int) -> None:
    while _is_alive(pid):
        time.sleep(INTERVAL)
    _exit(f"the client process {pid} has ended")


def _wait_on_windows(pid: int) -> None:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    process = kernel.OpenProcess(_SYNCHRONIZE, False, pid)
    if process and kernel.WaitForSingleObject(process, _FOR_EVER) == 0:
        _exit(f"the client process {pid} has ended")


_SYNCHRONIZE = 0x00100000
_FOR_EVER = 0xFFFFFFFF


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _exit(reason: str) -> None:
    log.warning("%s", reason)
    os._exit(1)  # A normal exit would wait for the loop, and for the thread that reads the input.
