"""Read files: the only place where a file is opened that the workspace or the user names.

Such a path may lead to anything. Opening a pipe or reading a terminal could wait for ever, and reading a device may
have an effect or no end. So only regular files are opened, and only up to a size.
"""

from __future__ import annotations

import errno
import os
import stat

MAX_BYTES = 4 * 1024 * 1024
"""The maximum size of a file that is read. The largest known agent files have less than 100 KB."""

# Between the look at a file and its opening, a pipe may replace it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of the regular file at `path`, or of the one that a link there leads to. Raises `OSError`,
    also for anything else, for more than `max_bytes`, and for a path that the system cannot have."""
    try:
        _check_type(os.stat(path))
        descriptor = os.open(path, _FLAGS)
    except ValueError as error:  # A null character, or one that the encoding of the system does not have.
        raise OSError(errno.EINVAL, "invalid path") from error
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        _check_type(status)
        if status.st_size > max_bytes:
            raise _too_large(max_bytes)
        data = file.read(status.st_size + 1)
        if len(data) > status.st_size:  # A file that grows, or one of `/proc`, which has no size.
            with open(descriptor, "rb", closefd=False) as rest:
                data += rest.read(max_bytes + 1 - len(data))
    return check_size(data, max_bytes)


def read_below(folder: str, path: str, max_bytes: int = MAX_BYTES) -> bytes:
    """As `read_bytes`, for a file that is below `folder` after links are followed. Raises `OSError` also if it is
    not."""
    try:
        real, base = (os.path.normcase(os.path.realpath(each)) for each in (path, folder))
    except ValueError as error:
        raise OSError(errno.EINVAL, "invalid path") from error
    if not real.startswith(base.rstrip(os.sep) + os.sep):
        raise OSError(errno.EACCES, f"outside {folder}")
    return read_bytes(real, max_bytes)


def check_size(data: bytes, max_bytes: int = MAX_BYTES) -> bytes:
    """Return `data` unchanged. Raises `OSError` if it has more than `max_bytes`."""
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def _too_large(max_bytes: int) -> OSError:
    limit = f"{max_bytes >> 20} MB" if max_bytes >= 1 << 20 else f"{max_bytes >> 10} KB"
    return OSError(errno.EFBIG, f"too large (the limit is {limit})")


def _check_type(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
