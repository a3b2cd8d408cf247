"""The package of the VS Code extension: what lies in those that `make vscode` has built, for whatever system."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from editors.real import EDITORS, missing

BUNDLE = runpy.run_path(str(EDITORS / "vscode" / "bundle.py"))
BUILD = EDITORS.parent / "build"
UNIVERSAL = BUILD / "agentls-universal.vsix"
BUILT = sorted({*BUILD.glob("agentls-*.vsix")} - {UNIVERSAL})

MARKS = {
    "linux-x64": "x86_64-linux-gnu.so",
    "linux-arm64": "aarch64-linux-gnu.so",
    "darwin-x64": "darwin.so",
    "darwin-arm64": "darwin.so",
    "win32-x64": "win_amd64.pyd",
    "win32-arm64": "win_arm64.pyd",
}
"""How the names of compiled modules end."""

PURE = """
import sys
sys.path[:0] = sys.argv[1:]
import rapidfuzz.fuzz, tomli
print(rapidfuzz.fuzz.ratio.__module__, tomli.loads("a = 1")["a"], tomli._parser.__file__[-3:])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server out of the package for this system."""
    package = EDITORS.parent / "build" / f"agentls-{BUNDLE['this_system']()}.vsix"
    if not package.exists():
        missing("the extension for VS Code is not built (make vscode)")
    folder = tmp_path_factory.mktemp("package")
    with ZipFile(package) as packed:
        packed.extractall(folder)
    return folder / "extension" / "dist" / "server"


def test_there_is_something_to_say_about_every_system() -> None:
    assert MARKS.keys() == BUNDLE["SYSTEMS"].keys()


@pytest.mark.parametrize("package", BUILT, ids=lambda package: package.stem)
def test_every_python_has_the_parts_for_the_system_and_no_others(package: Path) -> None:
    target = package.stem.partition("-")[2]
    with ZipFile(package) as packed:
        names = packed.namelist()
        manifest = packed.read("extension.vsixmanifest").decode()
    assert f'TargetPlatform="{target}"' in manifest
    compiled = [name for name in names if re.search(r"\.(so|pyd|dll|dylib)$", name)]
    tags = [f"cp{python.replace('.', '')}" for python in BUNDLE["pythons"](target)]
    for tag in tags:
        for module in ("pyromark/_pyromark", "yaml/_yaml"):
            (found,) = (
                name for name in compiled if name.startswith(f"extension/dist/server/{tag}/{module}.")
            )
            assert found.endswith(MARKS[target])
            assert re.search(rf"\b(cpython-{tag[2:]}|{tag})-|\babi3\b", found)
            compiled.remove(found)
    assert compiled == []
    assert {name.split("/")[3] for name in names if "/server/" in name} == {"lib", "main.py", *tags}


@pytest.mark.parametrize("package", BUILT, ids=lambda package: package.stem)
def test_nothing_else_is_in_it(package: Path) -> None:
    with ZipFile(package) as packed:
        inside = [
            name.removeprefix("extension/") for name in packed.namelist() if name.startswith("extension/")
        ]
    others = {name for name in inside if not name.startswith("dist/server/")}
    shown = ("agents", "finding", "inspection", "map")
    pictures = {"icon.png", "media/create.md", *(f"media/{name}.png" for name in shown)}
    assert others == {
        "LICENSE.txt",
        "changelog.md",
        "readme.md",
        "package.json",
        "dist/extension.js",
        *pictures,
    }
    assert any(re.match(r"dist/server/lib/rapidfuzz-.*/LICENSE", name) for name in inside)


def test_the_package_for_all_systems_has_python_in_webassembly_and_its_licences(tmp_path: Path) -> None:
    if not UNIVERSAL.exists():
        missing("the extension for all systems is not built (make vscode TARGET=universal)")
    assert UNIVERSAL.stat().st_size < 60_000_000
    with ZipFile(UNIVERSAL) as packed:
        assert "TargetPlatform" not in packed.read("extension.vsixmanifest").decode()
        names = {name.removeprefix("extension/dist/") for name in packed.namelist()}
        packed.extractall(tmp_path)
    assert not [name for name in names if re.search(r"\.(so|pyd|dll|dylib)$", name)]
    wasm = {
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        "python_stdlib.zip",
        "server.mjs",
        "snapshot.bin",
        "LICENSES.md",
    }
    assert {name.removeprefix("wasm/") for name in names if name.startswith("wasm/")} == wasm
    server = tmp_path / "extension" / "dist" / "server"
    agent = "---\nname: a\ndescription: Use it for tests.\ntools: Bahs\n---\n\n# A\n\n[b](c.md)\n"
    command = [sys.executable, "-I", str(server / "main.py"), "check", "--output-format", "json"]
    options = ["--stdin-filename", ".claude/agents/a.md", "-"]
    done = subprocess.run([*command, *options], input=agent, capture_output=True, text=True, check=False)
    assert "unknown-tool" in done.stdout, "an installed Python runs the pure packages"


def test_the_pure_parts_do_without_their_compiled_ones(server: Path) -> None:
    command = [sys.executable, "-I", "-c", PURE, str(server / "lib")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["rapidfuzz.fuzz_py", "1", ".py"]


def test_the_server_finds_and_suggests_as_the_installed_one_does(server: Path) -> None:
    agent = "---\nname: a\ndescription: Use it for tests.\ntools: Bahs\n---\nYou test.\n"
    arguments = ["check", "--output-format", "json", "--stdin-filename", ".claude/agents/a.md", "-"]
    said = []
    for program in (["-m", "agentls"], ["-I", str(server / "main.py")]):
        command = [sys.executable, *program, *arguments]
        done = subprocess.run(command, input=agent, capture_output=True, text=True, check=False)
        said.append(json.loads(done.stdout))
    assert said[0] == said[1]
    assert "Bash" in str(said[0])


def test_an_unsupported_python_is_reported(server: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text((server / "main.py").read_text("utf-8"), "utf-8")
    command = [sys.executable, "-I", "-S", str(tmp_path / "main.py"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "does not support cp{}{}".format(*sys.version_info) in done.stderr
