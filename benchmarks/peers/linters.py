"""The linters that are compared, and how to install and call them."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.peers.outputs import read_cclint, read_json

FOLDER = Path("build/peers").resolve()
"""Where the other linters are installed."""


class Linter(NamedTuple):
    """A linter. `command` checks the project in the working directory, and `read` gives the names of the files
    with an error in its output. `cached` means that a run before the measured one fills its cache."""

    name: str
    command: tuple[str, ...]
    read: Callable[[str], frozenset[str]] = read_json
    cached: bool = False


class Peer(NamedTuple):
    """A linter of others: where its package is from, the package, its version, the linter in a row of the table,
    the program, and how to call it."""

    registry: str
    package: str
    version: str
    name: str
    program: str
    options: str
    read: Callable[[str], frozenset[str]] = read_json


# agnix refuses more than 10,000 files without `--max-files`.
PEERS = (
    Peer("pypi", "agnix", "0.59.3", "agnix", "agnix", "--target claude-code --format json --max-files 0 ."),
    Peer("pypi", "skillsaw", "0.22.0", "skillsaw", "skillsaw", "lint --format json ."),
    Peer("pypi", "amagi-skill-lint", "0.1.0", "amagi-skill-lint", "amagi-skill-lint", "--format json ."),
    Peer(
        "pypi", "harness-eval", "8.0.1", "harness-eval", "harness-eval", "harness-lint --all --format json ."
    ),
    Peer("npm", "@carlrannaberg/cclint", "0.2.10", "cclint", "cclint", "agents", read_cclint),
    Peer(
        "npm",
        "claude-code-lint",
        "0.5.0",
        "claudelint",
        "claudelint",
        "check-all --format json --no-cache",
    ),
)

_CHECK = (sys.executable, "-m", "agentls", "check", "--output-format", "json")

AGENTLS = (
    Linter("agentls, project", (*_CHECK, "--no-cache", ".")),
    Linter("agentls, project, cached", (*_CHECK, "."), cached=True),
    Linter("agentls `--no-project`", (*_CHECK, "--no-cache", "--no-project", ".")),
    Linter("agentls `--no-project`, cached", (*_CHECK, "--no-project", "."), cached=True),
)


def install(folder: Path = FOLDER) -> None:
    """Install the other linters into `folder`, in the versions of the table, unless they are there."""
    wanted = "\n".join(f"{peer.registry} {peer.package} {peer.version}" for peer in PEERS)
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    print(f"install {len(PEERS)} linters into {folder}", file=sys.stderr)
    venv.create(folder / "pypi", with_pip=True)
    packages = [f"{peer.package}=={peer.version}" for peer in PEERS if peer.registry == "pypi"]
    subprocess.run(
        [_programs(folder, "pypi") / "pip", "install", "--quiet", *packages], check=True, stdout=sys.stderr
    )
    packages = [f"{peer.package}@{peer.version}" for peer in PEERS if peer.registry == "npm"]
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder / "npm")]
    subprocess.run(["npm", "install", *options, *packages], check=True, stdout=sys.stderr)
    stamp.write_text(wanted, "utf-8")


def linters(folder: Path = FOLDER) -> list[Linter]:
    """agentls in all its modes, then the other linters as installed in `folder`."""
    return [*AGENTLS, *(_linter(folder, peer) for peer in PEERS)]


def _linter(folder: Path, peer: Peer) -> Linter:
    program = str(_programs(folder, peer.registry) / peer.program)
    return Linter(f"{peer.name} {peer.version}", (program, *peer.options.split()), peer.read)


def _programs(folder: Path, registry: str) -> Path:
    """The folder of the programs of all packages of a registry."""
    if registry == "npm":
        return folder / "npm" / "node_modules" / ".bin"
    return folder / "pypi" / ("Scripts" if sys.platform == "win32" else "bin")
