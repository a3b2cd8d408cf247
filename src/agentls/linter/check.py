"""The one pipeline: rules over a document, minus what is silenced, with severities."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from agentls.config import Config
from agentls.document import suppressions as suppress
from agentls.document.document import Document
from agentls.linter.consequence import Effect, Severity, worst_severity
from agentls.linter.rule import RULES, Context, Finding, Fix, Related, Rule, Tag
from agentls.linter.rules import all_rules
from agentls.linter.subjects import applicable_rules, project_rules
from agentls.readers.reading import Reading
from agentls.text.offsets import Span

if TYPE_CHECKING:
    from agentls.project.world import World

MAX_FINDINGS = 100
MIN_FINDINGS = 10
FIX_BUDGET = 500_000
"""How many findings one rule may have in a file: `MOST`, and fewer where the frontmatter is longer than
anybody writes one, down to `LEAST`. Each fix is tried out before it is offered, for which the frontmatter
is read anew, of all together not much more than `PATIENCE` characters; a file that is wrong from end to
end would else be a matter of minutes."""


class Diagnostic(NamedTuple):
    """A finding that counts, with the rule it comes from and the severity it has for the user."""

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

    `world` answers what rules ask about the document's surroundings. A rule has at most `MAX_FINDINGS`
    findings, the first ones. A rule that fails is logged, and the findings of the others are kept.
    """
    context = Context(document, config, world)
    most = _most(document)
    found = [(rule, finding) for rule in applicable_rules(context) for finding in _run(rule, context, most)]
    suppressions = suppress.find_suppressions(document)
    if suppressions:
        used = {s for s in suppressions if any(s.covers(rule.code, finding.span) for rule, finding in found)}
        found = [
            (rule, finding)
            for rule, finding in found
            if not any(s.covers(rule.code, finding.span) for s in used)
        ]
        unused = tuple(s for s in suppressions if s not in used)
        rule = RULES["unused-suppression"]
        if unused and config.enables(rule.code):
            context = context._replace(unused_suppressions=unused, rule_codes=tuple(all_rules()))
            found += [(rule, finding) for finding in _run(rule, context, most)]
    return in_order(_diagnostic(rule, finding, document.readings, config) for rule, finding in found)


def check_in_project(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document that depend on the other files of its project. With those of `check`
    in a world without a project they are all, unless the document has ignore comments."""
    context = Context(document, config, world)
    most = _most(document)
    found = [(rule, finding) for rule in project_rules(context) for finding in _run(rule, context, most)]
    return in_order(_diagnostic(rule, finding, document.readings, config) for rule, finding in found)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics in the order of the text."""
    return sorted(diagnostics, key=lambda diagnostic: diagnostic[:4])


def _most(document: Document) -> int:
    """How many findings a rule may have in a document."""
    block = document.frontmatter
    length = block.content.end - block.content.start if block else 0
    return max(MIN_FINDINGS, min(MAX_FINDINGS, FIX_BUDGET // (length + 1)))


def _run(rule: Rule, context: Context, most: int) -> list[Finding]:
    try:
        return list(islice(rule.function(context), most))
    except Exception:
        import logging  # Loading it takes longer than checking a file, and rules hardly ever fail.

        log = logging.getLogger(__name__)
        log.exception("rule %s failed on %s", rule.code, context.document.path)
        return []


def _diagnostic(rule: Rule, finding: Finding, readings: tuple[Reading, ...], config: Config) -> Diagnostic:
    configured = config.severity.get(rule.code)
    effects = finding.effects or tuple(Effect(each.runtime.name, rule.consequence) for each in readings)
    severity = Severity[configured.upper()] if configured else worst_severity(effects)
    return Diagnostic(
        finding.span,
        rule.code,
        severity,
        finding.message,
        finding.fixes,
        finding.related,
        rule.tags if severity is not Severity.ERROR else (),
        effects,
    )
