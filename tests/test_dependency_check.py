"""The lock covers the declared dependencies, and a version that breaks the tests is named."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dependency_check
from dependency_check import Difference, differences, lowest, pins, table, verdict

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
SYSTEMS = ("linux", "darwin", "win32")
LOCKED = [
    Requirement(line.partition("#")[0])
    for line in dependency_check.LOCK.read_text("utf-8").splitlines()
    if line.partition("#")[0].strip()
]
OLD = Difference("rich", "15.0.0", "16.0")
NEW = Difference("pyyaml", "6.0.3", "6.0.4")
ADDED = Difference("added", None, "1.0")


def declared() -> list[Requirement]:
    """Return the dependencies, with those of the extras and of the group `dev`."""
    groups = dependency_check.project()["dependency-groups"]
    own = [stated for group in groups.values() for stated in group if isinstance(stated, str)]
    return [Requirement(stated) for stated in (*dependency_check.required(), *own)]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_one_matching_version_of_each_dependency(python: str, system: str) -> None:
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system}
    for wanted in declared():
        if wanted.marker and not wanted.marker.evaluate(here):
            continue
        name = canonicalize_name(wanted.name)
        fitting = [one for one in LOCKED if canonicalize_name(one.name) == name]
        versions = [one.specifier for one in fitting if one.marker is None or one.marker.evaluate(here)]
        assert len(versions) == 1, f"{name}: run `make lock`"
        (version,) = versions[0]
        assert wanted.specifier.contains(version.version), f"{name}: run `make lock`"


def test_the_lock_names_no_file_and_no_registry() -> None:
    assert [str(one) for one in LOCKED if one.url] == []
    assert {bound.operator for one in LOCKED for bound in one.specifier} == {"=="}


def test_lower_bounds_become_exact() -> None:
    assert lowest(
        ["PyYAML>=6.0.1", "rich<16,>=13.7.0", "tomli>=2.0.1; python_version < '3.11'", "pygls"]
    ) == [
        "PyYAML==6.0.1",
        "rich==13.7.0",
        'tomli==2.0.1 ; python_version < "3.11"',
    ]


def test_pins_are_those_for_this_python() -> None:
    text = (
        "# Written by hand.\n"
        "PyYAML==6.0.4\n"
        "    # via agentls\n"
        "typing_extensions==4.16.0  # last\n"
        "rich==1.0 ; python_full_version < '3'\n"
        "rich==15.0.0 ; python_full_version >= '3'\n"
        "-e /somewhere/agentls\n"
        "other @ file:///somewhere/other\n"
    )
    assert pins(text) == {"pyyaml": "6.0.4", "typing-extensions": "4.16.0", "rich": "15.0.0"}


def test_differences_to_the_lock_are_found() -> None:
    locked = {"pyyaml": "6.0.3", "rich": "15.0.0", "mypy": "2.4.1"}
    assert differences(locked, {"rich": "15.0.0", "pyyaml": "6.0.4", "added": "1.0"}) == [ADDED, NEW]


def test_a_table_has_a_row_for_each_difference() -> None:
    rows = [line.split() for line in table([ADDED, NEW]).splitlines()]
    assert rows == [["package", "locked", "tried"], ["added", "-", "1.0"], ["pyyaml", "6.0.3", "6.0.4"]]


def test_the_verdict_names_the_package() -> None:
    assert verdict([NEW], ["tests/test_a.py::test_b"]) == "pyyaml 6.0.4 breaks tests/test_a.py::test_b."
    assert verdict([NEW, OLD], ["a", "b", "c"]).splitlines() == [
        "pyyaml 6.0.4 breaks a and 2 more.",
        "rich 16.0 breaks a and 2 more.",
    ]
    assert "No package alone" in verdict([], ["a"])


@pytest.mark.parametrize(
    ("bad", "blamed"),
    [({"pyyaml==6.0.4"}, [NEW]), ({"pyyaml==6.0.4", "rich==16.0"}, [NEW, OLD]), (set(), [])],
)
def test_one_package_at_a_time_is_exchanged(
    bad: set[str], blamed: list[Difference], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"pyyaml": "6.0.3", "rich": "15.0.0"}

    def install(_: Path, *arguments: str, constraints: Iterable[str] = ()) -> None:
        assert arguments[0] == "--no-deps"
        assert not constraints
        state.update(pins("\n".join(arguments)))

    def run(_: Path, tests: Sequence[str]) -> tuple[list[str], str]:
        changed = [f"{name}=={version}" for name, version in state.items()]
        assert sum(one.tried == state.get(one.package) for one in (NEW, OLD)) <= 1
        return (list(tests) if bad & set(changed) else [], "")

    monkeypatch.setattr(dependency_check, "environment", lambda *_: Path("python"))
    monkeypatch.setattr(dependency_check, "install", install)
    monkeypatch.setattr(dependency_check, "run", run)
    assert dependency_check.breaking("newest", [ADDED, NEW, OLD], ["a"]) == blamed
    assert state == {"pyyaml": "6.0.3", "rich": "15.0.0"}


def test_no_package_is_named_if_tests_fail_with_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependency_check, "environment", lambda *_: Path("python"))
    monkeypatch.setattr(dependency_check, "run", lambda *_: (["a"], ""))
    assert dependency_check.breaking("newest", [NEW], ["a"]) is None


def test_failing_tests_are_named_as_pytest_names_them(tmp_path: Path) -> None:
    broken = tmp_path / "test_broken.py"
    broken.write_text("def test_good(): pass\ndef test_bad(): raise ValueError\n", "utf-8")
    failing, output = dependency_check.run(Path(sys.executable), [str(broken)])
    assert [name.partition("::")[2] for name in failing] == ["test_bad"]
    assert "1 failed, 1 passed" in output


def test_all_tests_fail_where_pytest_cannot_start(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import a_module_that_is_missing\n", "utf-8")
    failing, output = dependency_check.run(Path(sys.executable), [str(tmp_path)])
    assert failing == [str(tmp_path)]
    assert "a_module_that_is_missing" in output
