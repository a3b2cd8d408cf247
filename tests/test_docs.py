"""The documentation says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import generate
from agentls.config import SETTING_DESCRIPTIONS, Config, Override

ROOT = Path(__file__).parents[1]


def test_generated_documentation_is_current() -> None:
    assert [path.relative_to(ROOT) for path in generate.stale()] == [], "run `make docs`"


def test_every_setting_is_documented() -> None:
    assert set(SETTING_DESCRIPTIONS) == {*Config._fields, *Override._fields}


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("editors/*/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_in_the_documentation_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"
