"""Write files: new ones, and the text of others as a whole or not at all, if nobody has changed it meanwhile."""

from __future__ import annotations

import errno
import os
import stat

from agentls.workspace import disk
from agentls.workspace.regular_files import read_bytes


def create_file(path: str, text: str, *, replace: bool = False) -> None:
    """Write `text`, with its line ends, to a new file at `path`, and create its folders. Raises `OSError` if there is a
    file, which `replace` allows, or if it cannot be written."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    data = text.encode("utf-8", "replace")
    if replace and os.path.exists(path):
        target = os.path.realpath(path)
        _replace(target, data, stat.S_IMODE(os.stat(target).st_mode))
    else:
        _create(path, data)


def rewrite_file(path: str, old: str, new: str) -> None:
    """Replace the text `old` of the file at `path`, as `disk.read_text` returns it, by `new`.

    The file keeps its mode, its line ends and its byte order mark. A link stays a link to the changed file. Raises
    `OSError` if the file is not UTF-8, has changed, or cannot be written.
    """
    target = os.path.realpath(path)
    data, status = read_bytes(target), os.stat(target)
    if disk.decode(data) != old:
        raise OSError(errno.EBUSY, "the file has changed meanwhile")
    if old.encode("utf-8", "surrogatepass") != data:
        raise OSError(errno.EILSEQ, "the file is not UTF-8")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    _replace(target, new.encode("utf-8", "surrogatepass"), stat.S_IMODE(status.st_mode))


def _replace(target: str, data: bytes, mode: int) -> None:
    """Replace a file as a whole. On a full disk it stays as it is."""
    temporary = f"{target}.{os.getpid()}"
    _create(temporary, data, mode)
    try:
        os.replace(temporary, target)
    except OSError:
        os.remove(temporary)
        raise


def _create(path: str, data: bytes, mode: int | None = None) -> None:
    """Create a file, which is not left behind if it cannot be written."""
    file = open(path, "xb")  # noqa: SIM115  If it exists, it is not ours to remove.
    try:
        with file:
            if mode is not None:
                os.chmod(path, mode)
            file.write(data)
    except BaseException:
        os.remove(path)
        raise
