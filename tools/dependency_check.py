"""Runs the tests of the core against the newest and the lowest versions of the dependencies.

The gate installs the versions in `requirements.lock`; a user gets the newest ones, or keeps the lowest that
`pyproject.toml` allows. Each of the two gets an environment of its own below `build/dependencies`, with the
project, the versions that are tried, and the test tools of the lock. Where tests fail, they run again with
the locked versions and one package exchanged at a time, so that the failure names the package.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
BUILD = ROOT / "build" / "dependencies"
CORE = ("tests", "--ignore", "tests/editors", "--ignore", "tests/publishing")
"""What needs no editor, no extension that was built, and none of the tools that build the site and a release."""


class Difference(NamedTuple):
    """A package whose version is not the locked one."""

    package: str
    locked: str | None
    tried: str


class Outcome(NamedTuple):
    """How one of the two runs ended, and what there is to say about it."""

    passed: bool
    text: str


class InstallError(Exception):
    """pip could not install what was asked for; the text is what pip says, which names the packages."""


def lowest(requirements: Iterable[str]) -> list[str]:
    """The requirements with each lower bound (`>=`) made the exact version. Those without one stay away."""
    found: list[str] = []
    for requirement in map(Requirement, requirements):
        marker = f" ; {requirement.marker}" if requirement.marker else ""
        bounds = [bound.version for bound in requirement.specifier if bound.operator == ">="]
        found += [f"{requirement.name}=={bound}{marker}" for bound in bounds]
    return found


def pins(text: str) -> dict[str, str]:
    """The versions that a lock, or what `pip freeze` prints, has for this Python on this system, by package."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        stated = line.partition("#")[0].strip()
        if "==" not in stated:
            continue
        requirement = Requirement(stated)
        if requirement.marker is None or requirement.marker.evaluate():
            (specifier,) = requirement.specifier
            found[canonicalize_name(requirement.name)] = specifier.version
    return found


def exact(versions: Mapping[str, str]) -> list[str]:
    """The versions as requirements."""
    return [f"{package}=={version}" for package, version in versions.items()]


def differences(kept: Mapping[str, str], tried: Mapping[str, str]) -> list[Difference]:
    """The packages of `tried` that have another version in the lock, or none."""
    return [
        Difference(package, kept.get(package), version)
        for package, version in sorted(tried.items())
        if kept.get(package) != version
    ]


def table(found: Sequence[Difference]) -> str:
    """The differences as text in three columns."""
    rows = [("package", "locked", "tried"), *((one.package, one.locked or "-", one.tried) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def verdict(breaking: Sequence[Difference], failing: Sequence[str]) -> str:
    """Which packages are to blame for the tests that fail."""
    if not breaking:
        return "No package alone breaks these tests: it takes several of the versions above."
    tests = failing[0] if len(failing) == 1 else f"{failing[0]} and {len(failing) - 1} more"
    return "\n".join(f"{one.package} {one.tried} breaks {tests}." for one in breaking)


def project() -> dict[str, Any]:
    """What `pyproject.toml` says."""
    data: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return data


def extras() -> dict[str, list[str]]:
    """The requirements of each extra."""
    found: dict[str, list[str]] = project()["project"]["optional-dependencies"]
    return found


def required() -> list[str]:
    """The dependencies of the project, with those of all extras."""
    return [*project()["project"]["dependencies"], *chain.from_iterable(extras().values())]


def locked() -> dict[str, str]:
    """The versions in the lock, by package."""
    return pins(LOCK.read_text("utf-8"))


def install(python: Path, *arguments: str, constraints: Iterable[str] = ()) -> None:
    """Install into the environment of `python` what the arguments name, within the constraints."""
    file = python.parents[1] / "constraints.txt"
    file.write_text("\n".join(constraints), "utf-8")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--constraint", str(file), *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise InstallError("\n".join(f"{ran.stdout}\n{ran.stderr}".splitlines()[-20:]))


def installed(python: Path) -> dict[str, str]:
    """The versions in the environment of `python`, without the project and without pip."""
    command = [str(python), "-m", "pip", "freeze", "--disable-pip-version-check", "--exclude-editable"]
    return pins(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def environment(name: str, constraints: Iterable[str]) -> Path:
    """The Python of a new environment that has the project, its dependencies within the constraints, and the
    test tools of the lock."""
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install(python, "--editable", f".[{','.join(extras())}]", constraints=constraints)
    tools = project()["dependency-groups"]["test"]
    install(python, *tools, constraints=exact({**locked(), **installed(python)}))
    return python


def run(python: Path, tests: Sequence[str]) -> tuple[list[str], str]:
    """Which of the tests fail, by their names, and what pytest prints. All of them if pytest does not say."""
    with tempfile.TemporaryDirectory() as cache:
        command = [str(python), "-m", "pytest", "--tb=short", "-o", f"cache_dir={cache}", *tests]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        output = ran.stdout + ran.stderr
        if ran.returncode == 0:
            return [], output
        failed = Path(cache) / "v" / "cache" / "lastfailed"
        return list(json.loads(failed.read_text("utf-8"))) if failed.exists() else list(tests), output


def breaking(name: str, found: Sequence[Difference], failing: Sequence[str]) -> list[Difference] | None:
    """The packages that break the tests if nothing else differs from the lock. None if they fail with it too."""
    python = environment(f"{name}-locked", exact(locked()))
    if run(python, failing)[0]:
        return None
    blamed: list[Difference] = []
    for one in found:
        if one.locked is None:
            continue
        install(python, "--no-deps", f"{one.package}=={one.tried}")
        if run(python, failing)[0]:
            blamed.append(one)
        install(python, "--no-deps", f"{one.package}=={one.locked}")
    return blamed


def check(name: str, constraints: Iterable[str]) -> Outcome:
    """Run the tests of the core with the versions that the constraints leave."""
    try:
        python = environment(name, constraints)
        found = differences(locked(), installed(python))
        if not found:
            return Outcome(True, "the versions of the lock, which `make test` has tested")
        failing, output = run(python, CORE)
        closing = output.rstrip().rpartition("\n")[2]
        if failing and not run(python, failing)[0]:
            again = "These failed among all others, and passed when they ran again:"
            return Outcome(True, "\n".join((table(found), closing, again, *failing)))
        if not failing:
            return Outcome(True, f"{table(found)}\n{closing}")
        blamed = breaking(name, found, failing)
    except InstallError as error:
        return Outcome(False, f"pip cannot install these versions.\n{error}")
    if blamed is None:
        return Outcome(False, f"{output}\n\nThese tests fail with the locked versions too.")
    return Outcome(False, f"{output}\n\n{table(found)}\n\n{verdict(blamed, failing)}")


def main() -> int:
    """Run what the command line names; 1 if a test fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", choices=["newest", "lowest"], help="try one of the two, not both side by side"
    )
    only = parser.parse_args().only
    chosen = [only] if only else ["newest", "lowest"]
    constraints = {"newest": [], "lowest": lowest(required())}
    BUILD.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as threads:
        outcomes = list(threads.map(lambda name: check(name, constraints[name]), chosen))
    for name, outcome in zip(chosen, outcomes, strict=True):
        print(f"== {name}: {'passed' if outcome.passed else 'FAILED'}\n{outcome.text}\n")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
