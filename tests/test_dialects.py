"""The tables: complete, consistent, and dated."""

from __future__ import annotations

import marshal
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentls.config import Config
from agentls.dialects import loader, rows, tables, validation
from agentls.dialects.loader import Dialect
from agentls.dialects.records import EnumValue
from agentls.readers.strategies import STRATEGIES, load_strategy


@pytest.fixture(params=loader.DIALECT_NAMES)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Each shipped dialect."""
    return loader.load_dialect(request.param)


def facts(row: Any) -> Iterator[Any]:
    """Yield every named tuple in a table, and the table itself."""
    if hasattr(row, "_fields"):
        yield row
    if isinstance(row, tuple):
        for item in row:
            yield from facts(item)


def test_every_fact_names_a_source_that_exists_and_has_a_date(dialect: Dialect) -> None:
    for row in facts(dialect):
        if hasattr(row, "source") and isinstance(row.source, str):
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", dialect.source(row.source).date), row


def test_the_tables_are_valid(dialect: Dialect) -> None:
    assert list(validation.find_problems(dialect, STRATEGIES)) == []
    for place in dialect.places:
        for name, other in place.other_readers.items():
            assert loader.load_dialect(other).runtime(name)


def test_referenced_names_exist(dialect: Dialect) -> None:
    for old in dialect.old_tools:
        assert all(dialect.tool(name) for name in old.replacements), old
        assert dialect.tool(old.name) is None, old
        assert not old.still_accepted or old.replacements, old
    for foreign in dialect.foreign_tools:
        assert all(dialect.tool(name) for name in foreign.replacements), foreign
        tool = dialect.tool(foreign.name)
        # For the other runtimes a tool that only some have is a tool of another product.
        assert tool is None or tool.runtimes, foreign
    for key in dialect.foreign_keys:
        assert not key.replacement or dialect.key(key.replacement), key
        assert dialect.key(key.name) is None, key
    for key_fact in dialect.keys:
        names = [value.name for value in key_fact.values]
        assert all(value.alias_of in ("", *names) for value in key_fact.values), key_fact
    for model in dialect.models.known:
        assert not model.resolves_to or dialect.models.get(model.resolves_to), model
    handlers = {handler.name for handler in dialect.hooks.handlers}
    types = [field for field in dialect.hooks.common_fields if field.name == "type"]
    assert handlers == {value for field in types for value in field.values}


def test_what_a_user_adds_is_known_and_does_not_change_the_table() -> None:
    mine = loader.configure_dialect(
        "claude-code", Config(tools=("Deploy",), models=("Our-1",), keys=("owner",))
    )
    assert mine.configured_tools == ("Deploy",)
    assert mine.models.get("our-1")
    assert mine.key("owner")
    assert loader.load_dialect("claude-code").key("owner") is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "x", "summary": "s"}, "`source` missing"),
        ({"name": "x", "summary": "s", "source": "y", "colour": 1}, "unknown field `colour`"),
        ({"name": "x", "summary": 5, "source": "y"}, "t.summary: must be a string, not `5`"),
        (["x"], "must be a mapping, not a list"),
    ],
)
def test_a_mistake_in_a_table_is_named(data: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        rows.build_record(EnumValue, data, "t")


def test_every_strategy_exists() -> None:
    assert all(callable(load_strategy(name)) for name in STRATEGIES)


@pytest.mark.parametrize("damaged", [b"", b"x", b"\xff" * 100, marshal.dumps(([0, 0], {"title": "old"}))])
def test_a_compiled_table_equals_its_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bytes
) -> None:
    (tmp_path / "x.yaml").write_text("title: now\nkeys: {a: [1, no, 1.5, null]}\n")
    monkeypatch.setattr(tables, "_FOLDER", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    expected = {"title": "now", "keys": {"a": [1, "no", 1.5, None]}}
    assert tables.load_table("x") == expected
    (compiled,) = (tmp_path / "__pycache__").iterdir()
    monkeypatch.setattr(tables, "load_yaml", lambda _: pytest.fail("it is parsed again"))
    assert tables.load_table("x") == expected
    monkeypatch.undo()
    monkeypatch.setattr(tables, "_FOLDER", str(tmp_path))
    compiled.write_bytes(damaged)
    assert tables.load_table("x") == expected
