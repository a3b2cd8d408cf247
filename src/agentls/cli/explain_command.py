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
    try:
        page = find_page(args.word, args.dialect)
    except LookupError as error:
        terminal.message(str(error))
        return 2
    terminal.markdown(page)
    return 0


def find_page(word: str, name: str | None) -> str:
    """Return the page about a word in the dialect `name`, or in any if it is `None`. Raises `LookupError`, with similar
    words, if there is none."""
    known = [loader.load_dialect(each) for each in ([name] if name else loader.DIALECT_NAMES)]
    page = explain(word, known[0]) if name else explain_in_any_format(word)
    if page is not None:
        return page
    similar = dict.fromkeys(found for dialect in known for found in suggest_words(word, dialect))
    words = ", ".join(f"'{each}'" for each in list(similar)[:_MAX_SUGGESTIONS])
    raise LookupError(f"unknown name '{word}'" + (f"; did you mean {words}?" if words else ""))
