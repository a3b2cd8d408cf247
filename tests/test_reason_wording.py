"""Reasons are data: each has a rule that reports it, and a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import agentls.readers
from agentls.document import plugins
from agentls.linter.reason_wording import SENTENCES, describe_reason
from agentls.linter.rules import all_rules
from agentls.readers.reading import Cause, Reason, ReasonKind
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Sequence

MODULES = (*Path(agentls.readers.__path__[0]).glob("*.py"), Path(plugins.__file__))
READERS = "".join(path.read_text("utf-8") for path in MODULES)
CONSTRUCTORS = READERS.replace(READERS[READERS.index("Cause = Literal[") :].partition("]\n")[0], "")


@pytest.mark.parametrize("kind", get_args(ReasonKind))
def test_each_kind_of_reason_has_its_rule(kind: str) -> None:
    assert kind in all_rules()


@pytest.mark.parametrize("cause", get_args(Cause))
def test_each_cause_has_a_sentence_and_is_used(cause: Cause) -> None:
    assert (cause in SENTENCES) != (cause == "mismatch")
    assert f'"{cause}"' in CONSTRUCTORS


@pytest.mark.parametrize("cause", SENTENCES)
def test_a_sentence_names_its_data_and_has_no_full_stop(cause: Cause) -> None:
    sentence = describe_reason(Reason("invalid-yaml", cause, Span(0, 1), ("lorem", "ipsum", "dolor")))
    assert not sentence.endswith(".")
    assert ("lorem" in sentence) == any(form in SENTENCES[cause] for form in ("{0", "{all", "{any"))
    assert ("ipsum" in sentence) == any(form in SENTENCES[cause] for form in ("{1", "{all", "{any"))


def test_a_node_is_described_by_its_type() -> None:
    reason = Reason("broken-hooks", "hooks not a mapping", Span(0, 1), (Sequence(Span(0, 2), ()),))
    assert describe_reason(reason) == "`hooks` must be a mapping of events, not a list"
