"""The output of `agentls check`: what is kept of the result for each file, and how all of them are printed."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from agentls.cli.terminal import Terminal, terminal_width
from agentls.config import Config
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Severity
from agentls.text.named_tuples import NamedTuple

if TYPE_CHECKING:
    from agentls.cli.baseline import Baseline, Finding
    from agentls.cli.blocks import PrintedFinding
    from agentls.cli.changed_files import Changes
    from agentls.cli.result_cache import CacheEntry
    from agentls.cli.text_output import RuleKey

MAX_FILES_FOR_INFORMATION = 2
"""With so few files somebody asks about these, and information is printed too."""

MIN_BLOCKS_FOR_TABLE = 20
"""With so many blocks, which take more than a screen, a table of the rules follows them."""

_LEAST_SEVERE = {
    "warning": Severity.WARNING,
    "information": Severity.INFORMATION,
    "hint": Severity.HINT,
    "all": Severity.HINT,
}
"""The least severe findings that each value of `show` prints."""


class FileResult(NamedTuple):
    """The result for one file: the number of its findings by severity and rule, those that are printed as text or the
    output for programs, the reason why it could not be checked, what the cache keeps of it, its absolute path, and
    with a baseline all that was found."""

    counts: Counter[RuleKey]
    printed: tuple[PrintedFinding, ...] = ()
    output: str = ""
    failure: str = ""
    entry: CacheEntry | None = None
    path: str = ""
    findings: tuple[Finding, ...] = ()


class FixTally(NamedTuple):
    """The number of findings that were fixed, and of the files that have them."""

    findings: int = 0
    files: int = 0

    def plus(self, count: int) -> FixTally:
        """Return the tally with one more file, in which `count` findings were fixed."""
        return FixTally(self.findings + count, self.files + 1)


class Tally:
    """The numbers of a run: of its files, and by severity and rule of its findings and of the files that have them.
    `fixed` is what was fixed before."""

    def __init__(self, fixed: FixTally) -> None:
        self.fixed = fixed
        self.files = 0
        self.findings: Counter[RuleKey] = Counter()
        self.files_with: Counter[RuleKey] = Counter()

    def count(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Yield the results of files, each after it has been counted."""
        for result in results:
            self.files += 1
            self.findings.update(result.counts)
            self.files_with.update(result.counts.keys())
            yield result

    @property
    def by_severity(self) -> Counter[Severity]:
        """Return the number of findings by severity."""
        counts = Counter[Severity]()
        for (severity, _), count in self.findings.items():
            counts[severity] += count
        return counts


def failed_result(reason: str) -> FileResult:
    return FileResult(Counter(), failure=reason)


class OutputStyle(NamedTuple):
    """How results are printed: the output format, and in text down to which severity: what the option or the settings
    say, else `default`, and at least `fail_on`, so that what fails is printed. What `baseline` accepts is not
    counted, and lines in `changes` are marked."""

    name: str
    show: str
    fail_on: int
    default: Severity = Severity.WARNING
    baseline: Baseline | None = None
    changes: Changes | None = None

    def render(
        self, path: str, document: Document, diagnostics: Sequence[Diagnostic], config: Config
    ) -> FileResult:
        """Return the result for a file with the printed path `path`."""
        if self.baseline is None:
            return self._render(path, document, diagnostics, config)
        from agentls.cli.baseline import finding_of

        new = self.baseline.without_accepted(document.path, diagnostics)
        return self._render(path, document, new, config)._replace(
            findings=tuple(map(finding_of, diagnostics))
        )

    def _render(
        self, path: str, document: Document, diagnostics: Sequence[Diagnostic], config: Config
    ) -> FileResult:
        counts = Counter((diagnostic.severity, diagnostic.code) for diagnostic in diagnostics)
        least = max(self.fail_on, _LEAST_SEVERE.get(self.show or config.show, self.default))
        shown = [each for each in diagnostics if self.name != "text" or each.severity <= least]
        if not shown:
            return FileResult(counts)
        from agentls.linter.fixing import judge_fixes

        shown = judge_fixes(document, shown, only_first=self.name != "sarif")
        if self.name != "text":
            from agentls.cli.machine_output import OUTPUT_FORMATS

            return FileResult(counts, output=OUTPUT_FORMATS[self.name].render(path, document.lines, shown))
        from agentls.cli.text_output import printed_findings

        changed = self.changes.lines_of(document.path) if self.changes else ()
        found = printed_findings(path, document.text, document.lines, shown, changed)
        return FileResult(counts, tuple(found))


def write_text(terminal: Terminal, results: Iterable[FileResult], tally: Tally, args: Namespace) -> None:
    """Write the results as text.

    The reader of a terminal sees the end first, so the worst is last there. Otherwise the order is that of the files.
    """
    from agentls.cli.blocks import make_blocks, separate_blocks
    from agentls.cli.text_output import render_block, render_fixed, render_summary, rule_table

    shown = [finding for result in results for finding in result.printed]
    visible = Counter(finding.severity for finding in shown)
    if args.statistics:
        shown, visible = [], tally.by_severity
        terminal.table(rule_table(tally.findings, tally.files_with))
    if terminal.is_interactive:
        shown.sort(key=lambda finding: -finding.severity)
    blocks = separate_blocks(shown) if args.verbose else make_blocks(shown)
    for block in blocks:
        terminal.write(render_block(block, terminal_width()))
    if args.quiet or not tally.files:
        return
    if len(blocks) >= MIN_BLOCKS_FOR_TABLE:
        rules = {(finding.severity, finding.code) for finding in shown}
        terminal.table(rule_table({rule: tally.findings[rule] for rule in rules}, tally.files_with))
        terminal.write([("\n", "plain")])
    if tally.fixed.findings:
        terminal.write(render_fixed(*tally.fixed, tally.findings.total()))
    terminal.write(render_summary(tally.files, visible, tally.by_severity - visible, shown, args.since))


def write_for_program(terminal: Terminal, results: Iterable[FileResult], head: str, separator: str) -> None:
    """Write the results in an output format for programs, as they come."""
    lead = head
    for result in results:
        if result.output:
            terminal.write([(lead + result.output, "plain")], exact=True)
            lead = separator
    if lead is head:
        terminal.write([(head.rstrip(), "plain")])
