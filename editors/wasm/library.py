"""Collects agentls and the pure Python packages that it needs, for a Python without compiled packages.

    python library.py WHEEL FOLDER      also packs it as FOLDER.zip

All come from PyPI as wheels. Compiled parts are left out: each package has a pure form as well, and where pyromark has
none, markdown-it takes its place.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PYTHON = "3.14"
"""The Python of Pyodide."""

PLATFORM = "manylinux_2_28_x86_64"
"""Wheels for any platform have the same pure Python."""

UNUSED = frozenset(("_yaml", "bin", "pygments", "pyromark", "rich", "__pycache__", "rapidfuzz.libs"))
"""What is compiled, and what only a terminal needs."""

COMPILED = (".so", ".pyd", ".dylib")


def collect(wheel: str, folder: Path) -> None:
    """Fill `folder` with what agentls in `wheel` imports."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as installed:
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-compile",
        ]
        kind = ["--only-binary", ":all:", "--platform", PLATFORM, "--python-version", PYTHON]
        subprocess.run([*command, *kind, "--target", installed, wheel], check=True)
        for found in sorted(Path(installed).iterdir()):
            name = found.name.partition(".dist-info")[0].partition("-")[0]
            if name in UNUSED or found.suffix in COMPILED:
                continue
            if found.is_dir():
                shutil.copytree(found, folder / found.name, ignore=_compiled_of)
            else:
                shutil.copy(found, folder)
    shutil.make_archive(str(folder), "zip", folder)


def _compiled_of(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(COMPILED)]


if __name__ == "__main__":
    collect(sys.argv[1], Path(sys.argv[2]))
