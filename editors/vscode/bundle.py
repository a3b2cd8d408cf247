"""Puts the server and its dependencies into the extension, for one platform and every supported Python.

    python bundle.py WHEEL [TARGET]     TARGET as in `vsce package --target`, or `universal`; default: this platform

Pure Python goes to `dist/server/lib`. Packages whose pure form is missing or slow go to `dist/server/cp310` and
so on, one folder for each Python. All come from PyPI as wheels; nothing is compiled. The target `universal`, for all
platforms, has pure Python only, and Python itself in WebAssembly (`make wasm`) in `dist/wasm`.
"""

from __future__ import annotations

import base64
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SERVER = HERE / "dist" / "server"
BUILD = HERE.parents[1] / "build"
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")

SYSTEMS = {
    "linux-x64": ("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
    "linux-arm64": ("manylinux2014_aarch64", "manylinux_2_28_aarch64"),
    "darwin-x64": ("macosx_11_0_x86_64",),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "win32-x64": ("win_amd64",),
    "win32-arm64": ("win_arm64",),
}

UNIVERSAL = "universal"

FIRST = {"win32-arm64": "3.12"}
"""The oldest Python for which all wheels exist, where that is not the oldest supported one."""

BINARY = frozenset(("pyromark", "yaml", "_yaml"))
"""Packages whose compiled modules are kept. All others have a pure form as well."""

BACKPORTS = ("exceptiongroup", "tomli", "typing-extensions")
"""Dependencies of older Pythons only, named here since pip evaluates markers for the Python that runs it."""

TERMINAL = ("rich", "pygments", "markdown_it", "markdown_it_py", "mdurl")

UNUSED = frozenset((*TERMINAL, "bin", "__pycache__", "rapidfuzz.libs"))
"""Not needed by the server."""


def this_system() -> str:
    """The target for this platform."""
    systems = {"linux": "linux", "darwin": "darwin", "win32": "win32"}
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    return f"{systems[sys.platform]}-{machine}"


def pythons(target: str) -> tuple[str, ...]:
    """The versions of Python that a target supports."""
    return PYTHONS[PYTHONS.index(FIRST.get(target, PYTHONS[0])) :]


def install(wheel: str, python: str, platforms: tuple[str, ...], folder: Path) -> None:
    """Install the wheel and its dependencies into `folder`, for `python` on one of `platforms`."""
    chosen = [option for name in platforms for option in ("--platform", name)]
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    where = ["--target", str(folder), "--only-binary", ":all:", "--no-compile"]
    kind = ["--implementation", "cp", "--python-version", python]
    subprocess.run([*command, *where, *kind, *chosen, wheel, *BACKPORTS], check=True)


def merge(installed: Path, python: str) -> None:
    """Copy what was installed for `python` into the server."""
    own = SERVER / f"cp{python.replace('.', '')}"
    for found in sorted(installed.iterdir()):
        name = found.name.partition(".dist-info")[0].partition("-")[0]
        if name in UNUSED or _is_compiled(found):
            continue
        if found.name in BINARY:
            shutil.copytree(found, own / found.name)
        elif not (SERVER / "lib" / found.name).exists() and found.is_dir():
            shutil.copytree(found, SERVER / "lib" / found.name, ignore=_compiled_of)
        elif found.is_file():
            shutil.copy(found, SERVER / "lib" / found.name)


def _is_compiled(path: Path) -> bool:
    return path.suffix in (".so", ".pyd", ".dylib")


def _compiled_of(_: str, names: list[str]) -> list[str]:
    return [name for name in names if _is_compiled(Path(name))]


def inline_pictures(readme: str) -> str:
    """The README with its pictures in it: VS Code shows no picture of an installed extension by its path."""

    def inlined(found: re.Match[str]) -> str:
        data = base64.b64encode((HERE / found[2]).read_bytes()).decode("ascii")
        return f"![{found[1]}](data:image/png;base64,{data})"

    return re.sub(r"!\[([^\]]*)\]\((media/[^)]+\.png)\)", inlined, readme)


def main(wheel: str, target: str = "") -> None:
    """Build `dist/server` for a target, and `dist/README.md`."""
    target = target or this_system()
    if target not in (*SYSTEMS, UNIVERSAL):
        sys.exit(f"unsupported target {target}; expected {UNIVERSAL} or one of {', '.join(SYSTEMS)}")
    shutil.rmtree(SERVER.parent, ignore_errors=True)
    (SERVER / "lib").mkdir(parents=True)
    shutil.copy(HERE / "main.py", SERVER)
    (SERVER.parent / "target").write_text(target)
    readme = inline_pictures((HERE / "README.md").read_text("utf-8"))
    (SERVER.parent / "README.md").write_text(readme, "utf-8")
    if target == UNIVERSAL:
        shutil.copytree(BUILD / "library", SERVER / "lib", dirs_exist_ok=True)
        shutil.copytree(BUILD / "wasm", SERVER.parent / "wasm")
        return
    for python in pythons(target):
        with tempfile.TemporaryDirectory() as folder:
            install(wheel, python, SYSTEMS[target], Path(folder))
            merge(Path(folder), python)


if __name__ == "__main__":
    main(*sys.argv[1:])
