"""Files without frontmatter: the whole text is the body."""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.readers.reading import FileIdentity, Reading


def read_body(_: str, __: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    """Return the reading of a text that is the prompt as a whole."""
    return Reading(runtime, dialect, "clean", (), None, None, None, (), 0, None, None)
