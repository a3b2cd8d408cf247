"""The fuzzer: it keeps what fails, counts what it runs, and its targets accept a sample of its texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentls.config import Config
from agentls.dialects import loader
from agentls.document import locate
from agentls.linter import check
from agentls.reports import explain
from fuzzing import __main__ as fuzzing
from fuzzing.everything import NoFiles
from fuzzing.targets import TARGETS
from fuzzing.texts import MAX_LENGTH, TextSource


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "EXECUTIONS", tmp_path / "executions.json")
    monkeypatch.setattr(fuzzing, "FAILURES", tmp_path / "failures")


@pytest.mark.parametrize("target", TARGETS)
def test_targets_accept_random_texts(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    run, source = fuzzing.Run(), TextSource(seed=7)
    for number in range(12):
        run.execute(target, source.text(), number * 7)
    assert run.report() == 0, capsys.readouterr().err


def test_texts_are_the_same_for_a_seed_and_differ_otherwise() -> None:
    first, second, other = (TextSource(seed) for seed in (1, 1, 2))
    texts = [first.text() for _ in range(50)]
    assert texts == [second.text() for _ in range(50)]
    assert texts != [other.text() for _ in range(50)]
    assert max(map(len, texts)) <= MAX_LENGTH


def test_what_fails_is_kept_once_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(text: str, _: int) -> None:
        raise ValueError(text)

    for _ in range(2):
        run = fuzzing.Run()
        run.targets["read"] = fail
        run.execute("read", "one", 5)
        run.execute("read", "two", 6)
        assert run.report() == 1
    assert json.loads(fuzzing.EXECUTIONS.read_text()) == {"read": 4}
    (kept,) = fuzzing.FAILURES.iterdir()
    assert json.loads(kept.read_text())["text"] == "one"
    assert "FAILED 2 times: read: ValueError in fail" in capsys.readouterr().out


def test_a_comment_with_a_tab_below_it_is_no_frontmatter_to_repair() -> None:
    TARGETS["lint"][0]("---\n #0x*f\n\t---\n", 600_724)


def test_explain_knows_no_tools_and_models_in_a_format_without_them() -> None:
    for name in loader.dialect_names():
        dialect = loader.load_dialect(name)
        if not {"tools", "model"} & {key.type for key in dialect.keys}:
            assert explain.explain("*", dialect) is None
            assert explain.explain("provider/model-1", dialect) is None


def test_a_key_is_removed_from_the_tree_that_a_runtime_reads() -> None:
    text = "---\nname: a\ndescription: Reviews.\ntools: Read\n^^^^^ duplicate-key: only the last one is used\nmodel:"
    document = locate.make_document("/p/.opencode/agents/a.md", text, Config())
    assert document is not None
    assert "invalid-value" in {found.code for found in check.check(document, Config(), NoFiles())}
