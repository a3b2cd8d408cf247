"""`agentls rules`: all rules, one line each."""

from __future__ import annotations

from argparse import Namespace

from agentls.cli.terminal import Terminal
from agentls.linter.rules import all_rules
from agentls.text.escaping import to_json


def run_rules(args: Namespace) -> int:
    """Run the command and return its exit code."""
    terminal = Terminal(args.color if args.output_format == "text" else "never")
    rules = all_rules()
    rows = [(rule.code, rule.severity.label, rule.group, rule.summary) for rule in rules.values()]
    if args.output_format == "text":
        terminal.table(
            [
                [(code, "label"), (severity, severity), (group, "muted"), (summary, "plain")]
                for code, severity, group, summary in rows
            ]
        )
        return 0
    names = ("code", "severity", "group", "summary")
    pages = [dict(zip(names, row, strict=True)) | {"page": rules[row[0]].page} for row in rows]
    terminal.write([(to_json(pages, 2) + "\n", "plain")], exact=True)
    return 0
