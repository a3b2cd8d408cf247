"""Overviews and pages of dialects, and facts by age."""

from __future__ import annotations

import json
from datetime import date

import pytest

from agentls.cli import main
from agentls.dialects import loader
from agentls.reports import catalogue


@pytest.mark.parametrize("name", loader.DIALECT_NAMES)
def test_every_dialect_has_an_overview_and_a_page(name: str) -> None:
    dialect = loader.load_dialect(name)
    seen = catalogue.summarise_dialect(dialect)
    assert seen.runtimes
    assert seen.places or name in {
        other for home in loader.all_places() for other in home.place.other_readers.values()
    }
    assert seen.newest >= seen.oldest >= "2025"
    page = catalogue.render_dialect(dialect)
    assert all(source.title in page for source in dialect.sources)


def test_facts_lead_to_their_sources() -> None:
    found = {(f.kind, f.name): f.source.id for f in catalogue.list_facts(loader.load_dialect("gemini-cli"))}
    assert found["key", "mcp_servers"] == "observed"
    assert found["key", "mcp_servers.command"] == "loader"
    assert found["value", "kind.remote"] == "remote-agents"
    assert found["tool", "replace"] == "subagents"


def test_old_facts_are_found_by_their_age() -> None:
    ages = {
        (date(2026, 11, 20) - date.fromisoformat(fact.source.date)).days
        for fact in catalogue.find_stale_facts(60, date(2026, 11, 20))
    }
    assert min(ages) > 60
    assert list(catalogue.find_stale_facts(10_000, date(2026, 11, 20))) == []


def test_the_command_lists_dialects(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["dialects"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in loader.DIALECT_NAMES)
    assert main.main(["dialects", "gemini-cli", "--color", "never"]) == 0
    assert "`mcp_servers`" in capsys.readouterr().out
    assert main.main(["dialects", "--output-format", "json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == list(loader.DIALECT_NAMES)


def test_the_command_lists_old_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["dialects", "gemini-cli", "--stale", "0", "--output-format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["dialect"] for row in rows} == {"gemini-cli"}
    assert main.main(["dialects", "--stale", "99999"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no facts are older than 99999 days" in captured.err
