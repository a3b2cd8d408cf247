"""The pipeline of a check: run the rules on a document, remove suppressed findings, and add the severities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.secrets import find_secrets, hide_secrets
from agentls.document.suppressions import find_suppressions
from agentls.linter.consequence import Effect, Severity, severity_of_finding
from agentls.linter.rule import RULES, Context, Finding, Fix, Related, Rule, Tag
from agentls.linter.rules import all_rules
from agentls.linter.subjects import applicable_rules, project_rules
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span

if TYPE_CHECKING:
    from agentls.project.world import World

MAX_FINDINGS = 100
"""The maximum number of findings of one rule in a file."""


class Diagnostic(NamedTuple):
    """A finding as the user sees it: with the code of its rule and its severity."""

    span: Span
    code: str
    severity: Severity
    message: str
    fixes: tuple[Fix, ...]
    related: tuple[Related, ...]
    tags: tuple[Tag, ...]
    effects: tuple[Effect, ...] = ()


def check(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document in the order of the text.

    `world` answers questions about the surroundings of the document. Of each rule, at most the first `MAX_FINDINGS`
    findings are kept, and one more says that there are others. A rule that fails is logged once, and the findings of
    the others are kept. Documentation beside agent files has none.
    """
    if document.is_documentation:
        return []
    context = Context(document, config, world)
    found = [(rule, finding) for rule in applicable_rules(context) for finding in _run(rule, context)]
    suppressions = find_suppressions(document)
    if suppressions:
        counts = Counter(rule.code for rule, _ in found)
        cut = {code for code, count in counts.items() if count > MAX_FINDINGS}
        used = {s for s in suppressions if any(s.covers(rule.code, finding.span) for rule, finding in found)}
        found = [
            (rule, finding)
            for rule, finding in found
            if not any(s.covers(rule.code, finding.span) for s in used)
        ]
        # A comment on a finding that is left out suppresses something.
        unused = tuple(s for s in suppressions if s not in used and cut.isdisjoint(s.codes or cut))
        rule = RULES["unused-suppression"]
        if unused and config.enables(rule.code):
            context = context._replace(unused_suppressions=unused, rule_codes=tuple(all_rules()))
            found += [(rule, finding) for finding in _run(rule, context)]
    return in_order(_diagnostic(rule, finding, document, config) for rule, finding in found)


def check_in_project(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document that depend on the other files of its project.

    They and the diagnostics of `check` in a world without a project are together all diagnostics, unless the
    document has ignore comments.
    """
    if document.is_documentation:
        return []
    context = Context(document, config, world)
    found = [(rule, finding) for rule in project_rules(context) for finding in _run(rule, context)]
    return in_order(_diagnostic(rule, finding, document, config) for rule, finding in found)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics in the order of the text."""
    return sorted(diagnostics, key=lambda diagnostic: diagnostic[:4])


def _run(rule: Rule, context: Context) -> list[Finding]:
    try:
        found = list(islice(rule.function(context), MAX_FINDINGS + 1))
        if len(found) > MAX_FINDINGS:
            message = (
                f"This file has more than {MAX_FINDINGS} `{rule.code}` findings; the others are not reported."
            )
            found[-1] = found[-1]._replace(message=message, fixes=(), related=(), meant="")
        # Most rules find nothing in most files.
        return found and [each for each in found if not _is_unasked_verdict(each, context.config)]
    except Exception:
        report_failure(rule, context.document.path)
        return []


_failed: set[str] = set()
"""The codes of the rules whose failures are logged. Once tells enough: an editor checks a file at each keystroke."""


def report_failure(rule: Rule, path: str) -> None:
    """Log the exception that a rule has raised on the file at `path`, unless the rule has failed before. The tests of
    agentls replace this function by one that raises the exception again."""
    if rule.code in _failed:
        return
    _failed.add(rule.code)
    import logging  # Its import takes longer than the check of a file, and rules rarely fail.

    logging.getLogger(__name__).exception("rule %s failed on %r", rule.code, path)


def _is_unasked_verdict(finding: Finding, config: Config) -> bool:
    """Whether a finding is only the verdict of a reader that advises, such as a validator, and the settings do not name
    that reader."""
    effects = finding.effects
    return bool(effects) and all(each.is_verdict and each.runtime not in config.runtimes for each in effects)


def _diagnostic(rule: Rule, finding: Finding, document: Document, config: Config) -> Diagnostic:
    if document.secrets:
        finding = _without_secrets(finding)
    configured = config.severity.get(rule.code)
    effects = finding.effects or tuple(
        Effect(each.runtime.name, rule.consequence) for each in document.readings
    )
    derived = severity_of_finding(effects, is_correctable=bool(finding.meant))
    severity = Severity[configured.upper()] if configured else derived
    message = f"{finding.message} Did you mean {finding.meant}?" if finding.meant else finding.message
    return Diagnostic(
        finding.span,
        rule.code,
        severity,
        message,
        finding.fixes,
        finding.related,
        _tags(rule, finding, severity),
        effects,
    )


def _without_secrets(finding: Finding) -> Finding:
    """Return a finding that repeats no secret of the file."""
    return finding._replace(
        message=hide_secrets(finding.message),
        fixes=_fixes_without_secrets(finding.fixes),
        related=tuple(each._replace(message=hide_secrets(each.message)) for each in finding.related),
        meant=hide_secrets(finding.meant),
    )


def _fixes_without_secrets(fixes: tuple[Fix, ...]) -> tuple[Fix, ...]:
    """Return fixes that repeat no secret in their titles, without those that would write one."""
    return tuple(
        fix._replace(title=hide_secrets(fix.title), instead=_fixes_without_secrets(fix.instead))
        for fix in fixes
        if not any(find_secrets(edit.new_text) for edit in fix.edits)
    )


def _tags(rule: Rule, finding: Finding, severity: Severity) -> tuple[Tag, ...]:
    """Return the tags of a diagnostic. An error, and what the author meant otherwise, is not shown as superfluous."""
    if severity is Severity.ERROR:
        return ()
    return tuple(tag for tag in rule.tags if not (finding.meant and tag == "unnecessary"))
