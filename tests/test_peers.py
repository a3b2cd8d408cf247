"""The comparison with other linters: reading their output, comparing it with recorded truth, and the tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.peers import cost, truth
from benchmarks.peers.cost import Cost
from benchmarks.peers.linters import Linter
from benchmarks.peers.outputs import UnreadableError, read_cclint, read_json
from benchmarks.peers.truth import Agreement


@pytest.mark.parametrize(
    "output",
    [
        [{"path": "a/one.md", "severity": "error"}, {"path": "a/two.md", "severity": "warning"}],
        {"diagnostics": [{"level": "error", "file": "one.md"}, {"level": "info", "file": ""}]},
        {"violations": [{"severity": "error", "file_path": "a\\one.md"}]},
        {
            "files": [
                {"path": "one.md", "findings": [{"severity": "error"}]},
                {"path": "two.md", "findings": []},
            ]
        },
    ],
)
def test_errors_are_found_in_each_form_of_json(output: object) -> None:
    assert read_json(json.dumps(output)) == {"one.md"}


def test_lines_around_json_are_ignored() -> None:
    assert read_json('start\n{"level": "error", "file": "one.md"}\nend') == {"one.md"}


@pytest.mark.parametrize("output", ["", "YAMLException", '[{"path": ', '{"severity": "error"}'])
def test_output_of_a_linter_that_stopped_is_unreadable(output: str) -> None:
    with pytest.raises(UnreadableError):
        read_json(output)
    with pytest.raises(UnreadableError):
        read_cclint(output)


def test_errors_are_found_in_text() -> None:
    output = "a/one.md:\n  ✗ Missing\n\na/two.md:\n  ⚠ Unknown\n\n  Files checked: 3\n  Errors: 1\n"
    assert read_cclint(output) == {"one.md"}


def test_files_that_are_rejected_or_start_without_tools_do_not_work(tmp_path: Path) -> None:
    rows = ["path\tloads\tstarts", "a\ttrue\tnormal", "b\ttrue\trefused", "c\ttrue\tno-tools"]
    rows += ["d\ttrue\tunknown", "e\tfalse\t-", "f\t?\t-"]
    (tmp_path / "loads.tsv").write_text("\n".join(rows), "utf-8")
    works = truth.read_loads(tmp_path / "loads.tsv")
    assert works == {"a": True, "b": False, "c": False, "d": True, "e": False}


def test_files_or_agents_of_one_name_are_in_different_projects() -> None:
    names = {"a/x.md": "first", "c/y.md": "First", "d/z.md": "second"}
    assert truth.batches(["a/x.md", "b/X.md", "c/y.md", "d/z.md"], names) == [
        {"x.md": "a/x.md", "z.md": "d/z.md"},
        {"X.md": "b/X.md", "y.md": "c/y.md"},
    ]


def test_false_errors_misses_and_unchecked_files_are_counted() -> None:
    works = {"a": True, "b": False, "c": True, "d": False, "e": True}
    found = truth.agree(works, frozenset(("a", "d")), frozenset(("e",)))
    assert found == Agreement(5, false_errors=1, misses=1, unchecked=1)
    assert truth.table([("some", found)]).endswith("| some | 5 | 40.0 % | 1 | 1 | 1 |")


def test_a_linter_over_the_limit_is_not_run_on_more_files() -> None:
    linters = [Linter("quick", ("quick",)), Linter("slow", ("slow",))]
    costs = {
        ("quick", 1): Cost(0.1, 0.2, 30, complete=True),
        ("quick", 10): Cost(1, 2, 40, complete=False),
        ("slow", 1): None,
    }
    lines = cost.table(linters, costs, [1, 10], 60).splitlines()
    assert lines[-2:] == [
        "| quick | 0.10 / 0.20 / 30 | 1.00 / 2.00 / 40, stopped early |",
        "| slow | over 60 s | not run |",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="the benchmark needs `os.wait4`")
def test_a_run_is_measured_and_stopped_at_the_limit(tmp_path: Path) -> None:
    printed = cost.run([sys.executable, "-c", "print('done')"], tmp_path, 60)
    assert printed.ended
    assert printed.output.strip() == "done"
    assert printed.memory > 1
    assert not cost.run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 1).ended
