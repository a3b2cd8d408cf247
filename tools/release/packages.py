"""Builds what is published from this commit into `build/dist`: the sdist, the wheel and the zipapp.

Two builds of one commit are equal byte for byte: the time of every file is that of the commit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipapp
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIST = ROOT / "build" / "dist"

COMPILED = ("*.so", "*.pyd", "*.dylib", "bin", "*.libs", "pyromark*")
"""What works for one system and one Python only, where pure Python does the same."""

BACKPORTS = ("exceptiongroup", "tomli", "typing-extensions")
"""Dependencies of older Pythons, which pip leaves out on newer ones."""


def commit_time() -> str:
    """Return the time of the commit in seconds, or that of the environment if it has one."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return given or subprocess.check_output(["git", "log", "-1", "--format=%ct"], cwd=ROOT, text=True).strip()


def build_packages(folder: Path, time: str) -> Path:
    """Build the sdist, and the wheel from it, into `folder`, and return the wheel."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": time}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder), "--target"]
    subprocess.run([*command, "sdist"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    (sdist,) = folder.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as unpacked:
        shutil.unpack_archive(sdist, unpacked, filter="data")
        (source,) = Path(unpacked).iterdir()
        subprocess.run(
            [*command, "wheel"], cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    (wheel,) = folder.glob("*.whl")
    return wheel


def build_zipapp(wheel: Path, time: str) -> Path:
    """Build the zipapp of a wheel and its dependencies beside the wheel, in pure Python, for every system."""
    archive = wheel.parent / "agentls.pyz"
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
        ]
        chosen = ["--only-binary", ":all:", "--constraint", str(ROOT / "requirements.lock")]
        subprocess.run([*pip, *chosen, "--target", str(stage / "lib"), str(wheel), *BACKPORTS], check=True)
        for path in [path for pattern in COMPILED for path in (stage / "lib").rglob(pattern)]:
            if path.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        digest = hashlib.sha256(wheel.read_bytes())
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            digest.update(path.read_bytes())
        start = (Path(__file__).parent / "zipapp_start.py").read_text("utf-8")
        start = start.replace('BUILD = ""', f'BUILD = "{digest.hexdigest()[:16]}"')
        (stage / "__main__.py").write_text(start, "utf-8")
        for path in stage.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
            os.utime(path, (int(time), int(time)))
        zipapp.create_archive(stage, archive, interpreter="/usr/bin/env python3", compressed=True)
    return archive


def main() -> None:
    """Build all into `build/dist`."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    time = commit_time()
    build_zipapp(build_packages(DIST, time), time)


if __name__ == "__main__":
    main()
