"""Starts the agentls in this archive, with any supported Python on any system.

The tables and the pages of the rules are read as files, and Python keeps what it compiles only of files, so the first
start unpacks the archive into the folder that the system has for the caches of a user.
"""

import os
import shutil
import sys
import zipfile

BUILD = ""  # Written by packages.py: another content is another folder.


def cache_folder() -> str:
    """Return the folder for caches of this user."""
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    return os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")


def unpack(archive: str) -> str:
    """Unpack the packages in the archive, unless that was done before, and return their folder."""
    folder = os.path.join(cache_folder(), "agentls", "pyz-" + BUILD)
    if not os.path.isdir(folder):
        part = "%s.%d" % (folder, os.getpid())
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(part, [name for name in opened.namelist() if name.startswith("lib/")])
        try:
            os.rename(part, folder)
        except OSError:  # Another process was faster.
            shutil.rmtree(part)
    return os.path.join(folder, "lib")


def main() -> None:
    """Run the command."""
    if sys.version_info < (3, 10):
        sys.exit("Python 3.10 or newer is required; this is %s" % sys.version.split()[0])
    try:
        sys.path.insert(0, unpack(os.path.dirname(os.path.abspath(__file__))))
    except OSError as error:
        sys.exit("agentls: cannot unpack itself: %s" % error)
    from agentls.cli.main import run

    run()


if __name__ == "__main__":
    main()
