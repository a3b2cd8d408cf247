"""agentls agrees with the verdicts of the runtimes that are recorded in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

import truth


@pytest.mark.parametrize("path", truth.VERDICTS, ids=lambda path: path.stem)
def test_every_file_loads_as_it_does_in_its_runtime_and_has_no_error_if_it_works(path: Path) -> None:
    found = truth.compare(truth.read_verdicts(path))
    assert found.differing == ()
    assert found.false_errors == ()


@pytest.mark.parametrize("path", truth.VERDICTS, ids=lambda path: path.stem)
def test_every_kind_of_file_is_included_once(path: Path) -> None:
    kinds = [one.name for one in truth.read_verdicts(path).recorded]
    assert len(kinds) == len(set(kinds)) >= 10
