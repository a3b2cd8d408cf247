"""`agentls schema`: the JSON Schema of frontmatter."""

from __future__ import annotations

from argparse import Namespace

from agentls.cli.terminal import Terminal
from agentls.dialects import loader
from agentls.reports.frontmatter_schema import frontmatter_schema, schemas_of
from agentls.text.escaping import to_json


def run_schema(args: Namespace) -> int:
    """Run the command and return its exit code."""
    if args.name:
        schema = frontmatter_schema(loader.load_dialect(args.name))
    else:
        schema = schemas_of([loader.load_dialect(name) for name in loader.DIALECT_NAMES])
    Terminal("never").write([(to_json(schema, 2) + "\n", "plain")], exact=True)
    return 0
