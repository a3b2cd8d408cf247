"""`agentls server`: the language server."""

from __future__ import annotations

from argparse import Namespace

from agentls.lsp import serve


def run_server(args: Namespace) -> int:
    """Run the command and return its exit code."""
    return serve.run_tcp(*args.tcp) if args.tcp else serve.run_stdio()
