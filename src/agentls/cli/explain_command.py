"""`agentls explain`: one rule, key, tool, model or other name as a page."""

from __future__ import annotations

from argparse import Namespace

from agentls.cli.terminal import Terminal
from agentls.dialects import loader
from agentls.reports.explain import explain, explain_in_any_format, suggest_words

_MAX_SUGGESTIONS = 5


def run_explain(args: Namespace) -> int:
    """Run the command and return its exit code."""
    terminal = Terminal(args.color)
    known = [loader.load_dialect(name) for name in ([args.dialect] if args.dialect else loader.DIALECT_NAMES)]
    page = explain(args.word, known[0]) if args.dialect else explain_in_any_format(args.word)
    if page is None:
        similar = dict.fromkeys(word for dialect in known for word in suggest_words(args.word, dialect))
        words = ", ".join(f"'{word}'" for word in list(similar)[:_MAX_SUGGESTIONS])
        terminal.message(f"unknown name '{args.word}'" + (f"; did you mean {words}?" if words else ""))
        return 2
    terminal.markdown(page)
    return 0
