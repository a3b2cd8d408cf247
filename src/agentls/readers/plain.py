"""Files that are read from the first to the last line, without a frontmatter."""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.readers.reading import FileIdentity, Reading


def read_body(_: str, __: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    """The reading of a text that is all prompt."""
    return Reading(runtime, dialect, "clean", (), None, None, None, (), 0, None, None)
