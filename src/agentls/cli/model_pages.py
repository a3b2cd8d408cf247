"""The pages that a model can read through `agentls mcp`: one for each rule and for each dialect."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import loader
from agentls.linter.rules import all_rules
from agentls.reports import catalogue
from agentls.reports.explain import explain_rule
from agentls.text.named_tuples import NamedTuple

SCHEME = "agentls://"


class Page(NamedTuple):
    """A resource: its address, name and summary."""

    uri: str
    name: str
    summary: str


def list_pages() -> Iterator[Page]:
    """Yield the pages of all rules and all dialects."""
    for rule in all_rules().values():
        yield Page(f"{SCHEME}rules/{rule.code}", rule.code, f"Rule: {rule.summary}")
    for name in loader.DIALECT_NAMES:
        yield Page(f"{SCHEME}dialects/{name}", name, f"Format: {loader.load_dialect(name).title}")


def read_page(uri: str) -> str:
    """Return a page as Markdown. Raises `LookupError`."""
    kind, _, name = uri.removeprefix(SCHEME).partition("/")
    page = explain_rule(name) if kind == "rules" else None
    if kind == "dialects" and name in loader.DIALECT_NAMES:
        page = catalogue.render_dialect(loader.load_dialect(name))
    if page is None or not uri.startswith(SCHEME):
        raise LookupError(f"There is no page {uri}.")
    return page
