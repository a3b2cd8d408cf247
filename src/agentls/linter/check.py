"""The one pipeline: rules over a document, minus what is silenced, with severities."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import agentls.linter.rules  # Fills the registry.  # noqa: F401
from agentls.config import Config
from agentls.document import suppressions as suppress
from agentls.document.document import Document
from agentls.linter.rule import RULES, Context, Finding, Fix, Related, Rule, Severity, Tag
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


def check(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document in the order of the text.

    `world` answers what rules ask about the document's surroundings. A rule has at most `MAX_FINDINGS`
    findings, the first ones. A rule that fails is logged, and the findings of the others are kept.
    """
    context = Context(document, config, world)
    found = [
        (rule, finding)
        for rule in RULES.values()
        if config.enables(rule.code)
        for finding in _run(rule, context)
    ]
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
        if config.enables(rule.code):
            found += [(rule, finding) for finding in _run(rule, context._replace(unused_suppressions=unused))]
    return sorted(_diagnostic(rule, finding, config) for rule, finding in found)


def check_in_project(document: Document, config: Config, world: World) -> list[Diagnostic]:
    """Return the diagnostics of a document that depend on the other files of its project. With those of `check`
    in a world without a project they are all, unless the document has ignore comments."""
    context = Context(document, config, world)
    return sorted(
        _diagnostic(rule, finding, config)
        for rule in RULES.values()
        if rule.code in _PROJECT_RULES and config.enables(rule.code)
        for finding in _run(rule, context)
    )


_PROJECT_RULES = frozenset(
    (
        *("unknown-skill", "unknown-agent", "unknown-server", "dead-mention", "duplicate-name"),
        *("hidden-definition", "confusable-name", "similar-description", "descriptions-over-budget"),
        *("unpreloadable-skill", "unreachable-agent"),
    )
)


def _most(document: Document) -> int:
    """How many findings a rule may have in a document."""
    block = document.frontmatter
    length = block.content.end - block.content.start if block else 0
    return max(MIN_FINDINGS, min(MAX_FINDINGS, FIX_BUDGET // (length + 1)))


def _run(rule: Rule, context: Context) -> list[Finding]:
    try:
        return list(islice(rule.function(context), _most(context.document)))
    except Exception:
        import logging  # Loading it takes longer than checking a file, and rules hardly ever fail.

        log = logging.getLogger(__name__)
        log.exception("rule %s failed on %s", rule.code, context.document.path)
        return []


def _diagnostic(rule: Rule, finding: Finding, config: Config) -> Diagnostic:
    severity = config.severity.get(rule.code)
    return Diagnostic(
        finding.span,
        rule.code,
        Severity[severity.upper()] if severity else max(rule.severity, finding.at_most),
        finding.message,
        finding.fixes,
        finding.related,
        rule.tags,
    )
