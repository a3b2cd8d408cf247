"""`agentls server`: the language server."""

from __future__ import annotations

from argparse import Namespace

from agentls.lsp import transports


def run_server(args: Namespace) -> int:
    """Run the command and return its exit code."""
    return transports.run_tcp(*args.tcp) if args.tcp else transports.run_stdio()
