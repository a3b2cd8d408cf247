"""`agentls dialects`: the supported formats, one of them in full, or facts older than a number of days."""

from __future__ import annotations

from argparse import Namespace
from datetime import date

from agentls.cli.terminal import StyledText, Terminal
from agentls.dialects import loader as known
from agentls.reports import catalogue
from agentls.text.escaping import to_json


def run_dialects(args: Namespace) -> int:
    """Run the command and return its exit code."""
    terminal = Terminal(args.color if args.output_format == "text" else "never")
    if args.schema:
        from agentls.dialects.json_schema import schema

        return _json(terminal, schema())
    names = (args.name,) if args.name else known.DIALECT_NAMES
    if args.stale is not None:
        return _stale(terminal, names, args.stale, args.output_format)
    if args.output_format == "json":
        return _json(
            terminal, [catalogue.summarise_dialect(known.load_dialect(name))._asdict() for name in names]
        )
    if args.name:
        terminal.markdown(catalogue.render_dialect(known.load_dialect(args.name)))
        return 0
    rows: list[list[StyledText]] = [
        [("name", "muted"), ("newest fact", "muted"), ("runtimes", "muted"), ("locations", "muted")]
    ]
    for name in names:
        seen = catalogue.summarise_dialect(known.load_dialect(name))
        runtimes, places = ", ".join(seen.runtimes), ", ".join(seen.places)
        rows.append([(seen.name, "label"), (seen.newest, "muted"), (runtimes, "plain"), (places, "path")])
    terminal.table(rows)
    return 0


def _stale(terminal: Terminal, names: tuple[str, ...], days: int, form: str) -> int:
    """List the facts that are older than `days` days, the oldest first."""
    found = [fact for fact in catalogue.find_stale_facts(days, date.today()) if fact.dialect in names]
    found.sort(key=lambda fact: fact.source.date)
    if form == "json":
        return _json(terminal, [{**fact._asdict(), "source": fact.source._asdict()} for fact in found])
    if not found:
        terminal.message(f"no facts are older than {days} days")
        return 0
    terminal.table(
        [
            [
                (fact.source.date, "muted"),
                (fact.dialect, "label"),
                (fact.kind, "muted"),
                (fact.name, "plain"),
                (fact.source.title, "muted"),
            ]
            for fact in found
        ]
    )
    return 0


def _json(terminal: Terminal, data: object) -> int:
    terminal.write([(to_json(data, 2) + "\n", "plain")], exact=True)
    return 0
