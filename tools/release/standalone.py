"""Builds the program that needs no Python, for this system, tries it, and packs it: `make standalone`."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import smoke

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "standalone"


def main() -> None:
    """Build `build/standalone/agentls/` with the program in it, and an archive of that folder beside it."""
    shutil.rmtree(BUILD, ignore_errors=True)
    folders = ["--workpath", str(BUILD / "work"), "--distpath", str(BUILD)]
    spec = str(Path(__file__).with_name("standalone.spec"))
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders, spec]
    subprocess.run(command, check=True)
    shutil.rmtree(BUILD / "work")
    smoke.smoke([str(BUILD / "agentls" / "agentls")])
    name = f"agentls-{smoke.version()}-{sys.platform}-{platform.machine().lower()}"
    shutil.make_archive(
        str(BUILD / name), "zip" if sys.platform == "win32" else "gztar", root_dir=BUILD, base_dir="agentls"
    )


if __name__ == "__main__":
    main()
