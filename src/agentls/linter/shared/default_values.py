"""The values that fixes insert for required keys."""

from __future__ import annotations

import re

from agentls.linter.rule import Context


def placeholder(ctx: Context) -> str:
    """Return a description for the user to complete."""
    return f"What the {ctx.dialect.noun} does. Use it when ..."


def default_name(ctx: Context) -> str:
    """Return a valid name derived from the file name, or from the name of its folder."""
    return make_name(ctx.document.identity.default_name(ctx.reading.runtime.naming.default_name))


def make_name(stem: str) -> str:
    """Return a valid name derived from `stem`."""
    return re.sub(r"[\W_]+", "-", stem).strip("-").lower() or "my-agent"
