"""`agentls mcp`: the tools of agentls for models, as a server of the Model Context Protocol."""

from __future__ import annotations

import sys
from argparse import Namespace
from importlib.util import find_spec

MISSING = "agentls: `agentls mcp` needs the package mcp: pip install 'agentls[mcp]'\n"


def run_mcp(args: Namespace) -> int:
    """Run the command and return its exit code."""
    # Version 1 of the package has no `mcp_types`.
    if not all(map(find_spec, ("mcp", "mcp_types"))):
        sys.stderr.write(MISSING)
        return 2
    from agentls.cli.mcp_server import serve
    from agentls.cli.model_tools import ModelTools

    serve(ModelTools(args.config))
    return 0
