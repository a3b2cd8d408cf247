"""Regular expressions that are compiled when they are first used.

A check of one file needs few of the patterns of all rules and readers, and compiling them takes longer than the check.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LazyPattern:
    """A pattern that becomes an `re.Pattern` when one of its attributes is asked for."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)  # From now on this method is not called for `name`.
        return found


def lazy_pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return the regular expression `source`, not yet compiled. It has the methods and attributes of a compiled one,
    but must not be passed to the functions of `re`."""
    return cast("re.Pattern[str]", _LazyPattern(source, flags))
