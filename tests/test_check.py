"""The pipeline of a check: suppression, severity, failing rules, and the limit of findings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.linter import check as check_module
from agentls.linter import subjects
from agentls.linter.check import MAX_FINDINGS, check, report_failure
from agentls.linter.consequence import Consequence
from agentls.linter.rule import RULES, Context, Finding, Rule
from agentls.project.world import NoDisk
from harness import agent

TEXT = (
    "---\nname: reviewer\ndescription: Reviews code. Use it often.\ntools: Read, Grpe\n---\n\nYou review.\n"
)


def codes(document: Document, config: Config | None = None) -> list[tuple[str, str]]:
    found = check(document, config or Config(), NoDisk())
    return [(diagnostic.code, diagnostic.severity.label) for diagnostic in found]


def test_rules_are_selected_and_ignored_and_have_a_severity() -> None:
    assert codes(agent(TEXT)) == [("unknown-tool", "warning")]
    assert codes(agent(TEXT), Config(select=("no-tools",))) == []
    assert codes(agent(TEXT), Config(ignore=("unknown-tool",))) == []
    assert codes(agent(TEXT), Config(severity={"unknown-tool": "hint"})) == [("unknown-tool", "hint")]


def test_overrides_apply_to_their_paths_only() -> None:
    from agentls.config import Override

    config = Config(overrides=(Override(("legacy/**",), ignore=("unknown-tool",)),))
    assert config.for_path("legacy/a.md").ignore == ("unknown-tool",)
    assert config.for_path("new/a.md").ignore == ()


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("# agentls: ignore[unknown-tool]", True),
        ("# agentls: ignore[unknown-tool, no-tools]", True),
        ("#agentls:ignore", True),
        ("# agentls: ignore-file[unknown-tool]", True),
        ("# agentls: ignore[no-tools]", False),
        ("# agentls is a tool", False),
    ],
)
def test_a_comment_above_a_key_suppresses_its_findings(comment: str, silenced: bool) -> None:
    found = codes(agent(TEXT.replace("tools:", f"{comment}\ntools:")))
    assert (("unknown-tool", "warning") not in found) is silenced
    unused = ("unused-suppression", "hint") in found
    assert unused is ("agentls:" in comment and not silenced)


def test_a_failing_rule_does_not_affect_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Context) -> Iterator[Finding]:
        raise RuntimeError("out of order")

    monkeypatch.setattr(check_module, "report_failure", report_failure)
    monkeypatch.setattr(subjects, "_PLANS", {})
    monkeypatch.setitem(RULES, "broken", Rule("broken", Consequence.NOT_LOADED, broken))
    assert codes(agent(TEXT)) == [("unknown-tool", "warning")]
    assert codes(agent(f"{TEXT}\nMore.")) == [("unknown-tool", "warning")]
    assert caplog.text.count("rule broken failed") == 1


def test_the_findings_of_a_rule_are_limited() -> None:
    many = ", ".join(f"Tool{n}x" for n in range(MAX_FINDINGS * 5))
    document = agent(TEXT.replace("Grpe", many))
    found = [each for each in check(document, Config(), NoDisk()) if each.code == "unknown-tool"]
    assert len(found) == MAX_FINDINGS + 1
    assert f"more than {MAX_FINDINGS}" in found[-1].message
    assert not found[-1].fixes


def test_a_comment_on_a_finding_that_is_left_out_is_used() -> None:
    many = "\n".join(f"key{n}: value" for n in range(MAX_FINDINGS * 2))
    for comment in ("# agentls: ignore[unknown-key]", "# agentls: ignore"):
        text = TEXT.replace("tools:", f"{many}\n{comment}\nlast: value\ntools:")
        found = [code for code, _ in codes(agent(text))]
        assert found.count("unknown-key") == MAX_FINDINGS + 1
        assert "unused-suppression" not in found
