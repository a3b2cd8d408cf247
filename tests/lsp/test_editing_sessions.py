"""Editing sessions of a random user: the server answers as one that was just started.

`AGENTLS_SESSION_STEPS` is the number of steps; `python -m benchmarks sessions --steps N` runs long ones."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks.sessions import ENCODINGS, run_session

STEPS = int(os.environ.get("AGENTLS_SESSION_STEPS", "450"))


@pytest.mark.skipif(sys.platform == "win32", reason="fresh servers are forked")
@pytest.mark.parametrize("seed", range(1, len(ENCODINGS) + 1))
def test_a_session_leaves_no_stale_answers(seed: int) -> None:
    result = run_session(seed, STEPS // len(ENCODINGS))
    assert [str(difference) for difference in result.differences] == []
    assert result.comparisons > 1
    assert result.turns["textDocument/didChange"] > 0
