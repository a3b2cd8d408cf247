"""Shared by all tests; `harness` lies beside the tests, so that they can import it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentls.linter import check
from fuzzing import raise_failure


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the agents and settings of whoever runs it, nor do the programs that it starts."""
    home = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("HOME", "USERPROFILE"):
            patch.setenv(variable, home)
        for variable in ("CLAUDE_CONFIG_DIR", "COPILOT_HOME", "XDG_CACHE_HOME"):
            patch.delenv(variable, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _failing_rules() -> Iterator[None]:
    """A rule that raises fails the test, although users only find that in the log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "report_failure", raise_failure)
        yield
